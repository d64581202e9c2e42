// What the forms of ops in ONNX are written with.
import { float32, float64, int64 } from "../base/dtype.ts";
import type { Dtype } from "../base/dtype.ts";
import { NotImplementedError } from "../base/errors.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { GraphBuilder } from "./graph.ts";

/** A call that was seen: its arguments by the names of its signature, and its results. */
export interface Call {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly results: readonly Tensor[];
}
/** Writes a call into a graph: the names of its results. */
export type Written = (g: GraphBuilder, call: Call) => string | string[];

export const t = ({ args }: Call, name: string): Tensor => args[name] as Tensor;
export const n = ({ args }: Call, name: string): number => Number(args[name]);
export const first = ({ args }: Call): Tensor => Object.values(args).find((x) => x instanceof Tensor) as Tensor;
/** As many numbers as there are dims. */
export const each = (x: unknown, many: number): number[] => {
  const given = (Array.isArray(x) ? x : [x]).map(Number);
  return given.length === 1 ? new Array<number>(many).fill(given[0]) : given;
};
export const positive = (dim: number, ndim: number): number => (dim < 0 ? dim + Math.max(ndim, 1) : dim);
export const dimsOf = (x: unknown, ndim: number): number[] =>
  x === null || x === undefined || (Array.isArray(x) && x.length === 0)
    ? Array.from({ length: ndim }, (_, d) => d)
    : (Array.isArray(x) ? x : [x]).map((d) => positive(Number(d), ndim));
export const refuse = (call: Call, why: string): never => {
  throw new NotImplementedError(`onnx.export: ${call.name} ${why} is not implemented`);
};

export const unary =
  (op: string): Written =>
  (g, call) =>
    g.node(op, [g.cast(g.name(first(call)), first(call).dtype, call.results[0].dtype)]);
/** The dtype that operands of two dtypes are compared in. */
export function common(a: Dtype, b: Dtype): Dtype {
  if (a === b) return a;
  if (a.is_floating_point !== b.is_floating_point) return a.is_floating_point ? a : b;
  if (a.is_floating_point) return a === float64 || b === float64 ? float64 : float32;
  return int64;
}
/** Both operands in one dtype. */
export function operands(g: GraphBuilder, call: Call, a: unknown, b: unknown, to: Dtype | null): [string, string] {
  const of = (x: unknown): Dtype | null => (x instanceof Tensor ? x.dtype : null);
  const isWhole = (x: unknown): boolean => x instanceof Tensor || typeof x === "bigint" || Number.isInteger(Number(x));
  const [da, db] = [of(a), of(b)];
  let dtype = to ?? common(da ?? db!, db ?? da!);
  if (!dtype.is_floating_point && !(isWhole(a) && isWhole(b))) dtype = float32;
  const named = (x: unknown): string =>
    x instanceof Tensor ? g.cast(g.name(x), x.dtype, dtype) : g.scalar(Number(x), dtype);
  return [named(a), named(b)];
}
export const pair = ({ args }: Call): [unknown, unknown] => {
  const values = Object.values(args);
  return [values[0], values[1]];
};
export const binary =
  (op: string): Written =>
  (g, call) =>
    g.node(op, operands(g, call, ...pair(call), call.results[0].dtype));
export const transposed = (g: GraphBuilder, x: Tensor, perm: readonly number[]): string =>
  g.node("Transpose", [g.name(x)], { perm });
export function sliced(g: GraphBuilder, x: Tensor, dim: number, start: number, end: number, step = 1): string {
  return g.node("Slice", [g.name(x), ...[[start], [end], [dim], [step]].map((v) => g.ints(v))]);
}
