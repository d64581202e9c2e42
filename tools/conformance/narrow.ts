// Cases in float64 as cases in float32, for a device that has no float64: the same programs on rounded inputs.
import type { Case, Dataset, Encoded, RecordedTensor } from "./reader.ts";

const NARROWER: Readonly<Record<string, string>> = { float64: "float32", complex128: "complex64" };

export function narrowed({ cases, blob }: Dataset): Dataset {
  const size = cases.reduce((n, c) => n + c.tensors.filter(isWide).reduce((m, t) => m + t.len / 2, 0), 0);
  const start = Math.ceil(blob.byteLength / 8) * 8;
  const larger = new ArrayBuffer(start + size);
  new Uint8Array(larger).set(new Uint8Array(blob));
  let off = start;
  const narrow = (t: RecordedTensor): RecordedTensor => {
    if (!isWide(t)) return t;
    const len = t.len / 2;
    new Float32Array(larger, off, len / 4).set(new Float64Array(larger, t.off, t.len / 8));
    off += len;
    return { ...t, dtype: NARROWER[t.dtype], off: off - len, len };
  };
  const own = (c: Case): Case => ({ ...(withDtypes(c as never) as unknown as Case), tensors: c.tensors.map(narrow) });
  return { cases: cases.map(own), blob: larger, isNarrow: true };
}
const isWide = ({ dtype }: RecordedTensor): boolean => dtype in NARROWER;
/** A recorded value in which dtypes that are asked for are narrower, too. */
function withDtypes(v: Encoded): Encoded {
  if (Array.isArray(v)) return (v as Encoded[]).map(withDtypes);
  if (typeof v !== "object" || v === null) return v;
  return Object.fromEntries(
    Object.entries(v as { readonly [tag: string]: Encoded }).map(([k, x]) => [
      k,
      k === "dtype" && typeof x === "string" ? (NARROWER[x] ?? x) : k === "tensors" ? x : withDtypes(x),
    ]),
  );
}
