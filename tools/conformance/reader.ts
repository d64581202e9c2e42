// Reads a folder of recorded PyTorch cases: one JSON object a line, and a blob with the tensors' bytes.
import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";

/** A Python value as JSON writes it: plain, or tagged ({t}, {float}, {int}, {tuple}, {dict}, {dtype}, {slice}, …). */
export type Encoded = number | string | boolean | null | readonly Encoded[] | { readonly [tag: string]: Encoded };
export interface RecordedTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Place and length in the blob, in bytes. The elements are in row-major order whatever the strides. */
  readonly off: number;
  readonly len: number;
  readonly rg?: boolean;
  /** Present if it was not contiguous. */
  readonly strides?: readonly number[];
  readonly offset_elems?: number;
}
export interface GradientOf {
  readonly of: { readonly t: number };
  readonly grad: { readonly t: number } | null;
}
/** What all cases have; the rest depends on the kind and is read by whoever replays it. */
export interface Case {
  readonly id: string;
  readonly op: string;
  readonly kind: string;
  readonly dtype: string;
  readonly tensors: readonly RecordedTensor[];
  readonly args?: readonly Encoded[];
  readonly kwargs?: Readonly<Record<string, Encoded>>;
  readonly expected?: Encoded;
  readonly cotangents?: readonly ({ readonly t: number } | null)[];
  readonly grads?: readonly GradientOf[];
  readonly mutated?: readonly { readonly of: { readonly t: number }; readonly after: { readonly t: number } }[];
  readonly gauge?: readonly number[];
  readonly notes?: readonly string[];
  readonly error?: {
    readonly type: string;
    readonly actual_type: string;
    readonly regex: string | null;
    readonly message: string;
  };
  readonly [more: string]: unknown;
}
/** A folder of cases. */
export interface Dataset {
  readonly cases: readonly Case[];
  readonly blob: ArrayBuffer;
  /** Whether what was recorded in float64 is in float32: narrow.ts. */
  readonly isNarrow?: boolean;
}

export function readDataset(dir: string): Dataset {
  const unzip = (name: string): Buffer => zlib.gunzipSync(fs.readFileSync(path.join(dir, name)));
  const bytes = unzip("blob.bin.gz");
  // Typed arrays need their bytes at multiples of the element's size; a Buffer may start anywhere.
  const blob = new ArrayBuffer(bytes.length);
  new Uint8Array(blob).set(bytes);
  const lines = unzip("cases.jsonl.gz").toString("utf8").split("\n");
  return { cases: lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Case), blob };
}
