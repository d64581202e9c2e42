// What a recorded program is: the lines that generate.py prints.
import * as torch from "tidu";
import type { Dtype } from "tidu";
import { dtypeByName } from "../../src/base/dtype.ts";
import type { DtypeName } from "../../src/base/dtype.ts";
import { floatOf, pythonFloat } from "../conformance/values.ts";

/** A value of a call: null, or an object of one key. */
export type Value =
  | null
  | { readonly tensor: number }
  | { readonly bool: boolean }
  | { readonly int: string }
  | { readonly float: string }
  | { readonly complex: readonly [string, string] }
  | { readonly str: string }
  | { readonly dtype: DtypeName }
  | { readonly slice: readonly [number | null, number | null, number | null] }
  | { readonly list: readonly Value[] };

/** A tensor that a program is given: `count` elements of storage, and how it lies in them. */
export interface Given {
  readonly dtype: DtypeName;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
  readonly count: number;
  readonly bytes: string;
  readonly grad: boolean;
  readonly version: number;
}
export interface Result {
  readonly dtype: DtypeName;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly grad: boolean;
  readonly leaf: boolean;
  readonly version: number;
  readonly bytes: string;
}
export type Raised = readonly [name: string, firstLine: string];
export interface Call {
  readonly where: "method" | "property" | "torch" | "F" | "linalg" | "special" | "fft" | "getitem" | "setitem";
  readonly name: string;
  readonly args: readonly Value[];
  readonly kwargs: Readonly<Record<string, Value>>;
  readonly no_grad: boolean;
  readonly given: readonly (readonly [number, Given])[];
  readonly error?: Raised;
  /** What has been written that is no result: running statistics, or what PyTorch began before it raised. Null: has another shape. */
  readonly changed?: readonly (readonly [number, string | null])[];
  /** Null where one could not be written down, being too large for one. */
  readonly results?: readonly (Result | { readonly value: string })[] | null;
}
export interface Program {
  readonly id: string;
  readonly calls: readonly Call[];
  /** What was given, as it is after all calls. */
  readonly after: readonly (readonly [number, { readonly bytes: string; readonly version: number }])[];
  readonly roots?: readonly number[];
  /** Of which results gradients are kept, and which of their gradients a hook doubles. */
  readonly retained?: readonly number[];
  readonly hooks?: readonly number[];
  /** Whether the gradients are those of the gradients. */
  readonly twice?: boolean;
  readonly gradients?: readonly (readonly [
    number,
    { readonly dtype: DtypeName; readonly shape: readonly number[]; readonly bytes: string } | null,
  ])[];
  readonly backward_error?: Raised;
}

export const dtypeOf = (name: DtypeName): Dtype => dtypeByName.get(name)!;
export const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64"));

/** A value as the library takes it; whole floats stay floats. */
export function valueOf(value: Value, tensors: readonly unknown[]): unknown {
  if (value === null) return null;
  if ("tensor" in value) return tensors[value.tensor];
  if ("bool" in value) return value.bool;
  if ("int" in value) return Number.isSafeInteger(Number(value.int)) ? Number(value.int) : BigInt(value.int);
  if ("float" in value) return pythonFloat(floatOf(value.float));
  if ("complex" in value) return new torch.Complex(floatOf(value.complex[0]), floatOf(value.complex[1]));
  if ("str" in value) return value.str;
  if ("dtype" in value) return dtypeOf(value.dtype);
  if ("slice" in value) return torch.slice_(...value.slice);
  return value.list.map((x) => valueOf(x, tensors));
}
