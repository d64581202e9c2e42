// What the samples are made of. Float tensors are float64 leaves.
import * as torch from "../../src/index.ts";
import { Tensor } from "../../src/index.ts";

export type Sample = readonly unknown[];
/** By the op's name. */
export type Samples = Readonly<Record<string, () => Sample[]>>;

/** Irregular numbers in [low, high], none equal, none near a whole number of halves. */
export function leaf(shape: readonly number[], low = 0.15, high = 0.85, seed = 1): Tensor {
  const n = shape.reduce((a, b) => a * b, 1);
  const values = Array.from({ length: n }, (_, i) => {
    const x = Math.abs(Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453) % 1;
    return low + (high - low) * x;
  });
  return torch.tensor(values, { dtype: torch.float64 }).reshape(shape).detach().requires_grad_(true);
}
/** An argument with `f` of each tensor in it: itself, in a list or an option. */
export function mapTensors(x: unknown, f: (t: Tensor) => unknown): unknown {
  if (x instanceof Tensor) return f(x);
  if (Array.isArray(x)) return x.map((y) => mapTensors(y, f));
  if (typeof x !== "object" || x === null || Object.getPrototypeOf(x) !== Object.prototype) return x;
  return Object.fromEntries(Object.entries(x).map(([name, y]) => [name, mapTensors(y, f)]));
}
export const index = (values: number[], shape = [values.length]): Tensor =>
  torch.tensor(values, { dtype: torch.int64 }).reshape(shape);
export const mask = (values: boolean[], shape = [values.length]): Tensor => torch.tensor(values).reshape(shape);
/** A leaf seen through a transpose: strided, not contiguous. */
export const strided = (): Tensor => leaf([3, 2]).t();

export const a = (): Tensor => leaf([2, 3]);
export const b = (): Tensor => leaf([2, 3], 0.2, 0.9, 2);
export const row = (): Tensor => leaf([3], 0.3, 0.8, 3);
export const signed = (): Tensor => leaf([2, 3], -2.3, 2.1, 4);

/** Calls with one tensor: contiguous, strided, of no dims. */
export const unary = (): Sample[] => [[a()], [strided()], [leaf([])]];
/** Calls with two: same shape, broadcast, and with a number. */
export const binary = (): Sample[] => [
  [a(), b()],
  [a(), row()],
  [leaf([2, 1]), row()],
  [a(), 0.7],
];
export const pairs = (): Sample[] => [
  [a(), b()],
  [leaf([2, 1]), row()],
];
