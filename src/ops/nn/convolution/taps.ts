// Sums over the elements of windows one by one, for so few rows that a product of matrices does not pay: depthwise
// convolutions. Measured, 8x128x28x28 by 3x3 on one thread: 1.3 ms, as products of one row 18 ms.
import type { Dtype } from "../../../base/dtype.ts";
import { empty } from "../../../tensor/allocate.ts";
import { index } from "../../../kernel/abstract.ts";
import { acc, constant, input, load, param } from "../../../kernel/expr.ts";
import type { Expr } from "../../../kernel/expr.ts";
import { further } from "../../../kernel/place.ts";
import { Kernel, operand } from "../../../kernel/loops.ts";
import type { Operand } from "../../../kernel/loops.ts";
import { contiguousStrides } from "../../../base/layout.ts";
import type { Tensor } from "../../../tensor/tensor.ts";
import type { Windows } from "./correlation.ts";

const MOST_ROWS = 2;
const MOST_TAPS = 64;
/** Whether each group has so few rows, and each row so few numbers, that this is the better way. */
export const fitsTaps = (rows: number, inner: number): boolean => rows <= MOST_ROWS && inner > 0 && inner <= MOST_TAPS;

const range = <T>(n: number, of: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => of(i));
const cached = (make: (dtype: Dtype, taps: number) => Kernel): ((dtype: Dtype, taps: number) => Kernel) => {
  const kernels = new Map<number, Kernel>();
  return (dtype, taps) => {
    const key = dtype.code * 128 + taps;
    let kernel = kernels.get(key);
    if (kernel === undefined) kernels.set(key, (kernel = make(dtype, taps)));
    return kernel;
  };
};
/** Element `t` of the window that input `k` stands at: where it is, the params tell. */
const tap = (k: number, dtype: Dtype, t: number): Expr => load(k, dtype, param(t, index));
const windowSum = (dtype: Dtype, taps: number, start: Expr): Kernel => {
  const value = range(taps, (t) => t).reduce(
    (sum, t) => tap(0, dtype, t).fma(load(1, dtype, constant(t, index)), sum),
    start,
  );
  const inputs = start.op === "input" ? [dtype, dtype, dtype] : [dtype, dtype];
  return new Kernel({ inputs, params: range(taps, () => index), outputs: [{ dtype, value }] });
};
const sums = cached((dtype, taps) => windowSum(dtype, taps, constant(0, dtype)));
const sumsWithBias = cached((dtype, taps) => windowSum(dtype, taps, input(2, dtype)));
const gradients = cached(
  (dtype, taps) =>
    new Kernel({
      inputs: [dtype, dtype],
      params: range(taps, () => index),
      outputs: range(taps, (t) => ({ dtype, value: acc(t, dtype) })),
      reduce: {
        scan: false,
        accs: range(taps, (t) => ({
          dtype,
          init: constant(0, dtype),
          step: input(1, dtype).fma(tap(0, dtype, t), acc(t, dtype)),
          combine: (a: Expr, b: Expr) => a.add(b),
        })),
      },
    }),
);

/** The windows of x [n, channels, …] as an operand over [n, groups, rows, places…], and where in them the taps are. */
function windowsOf(x: Tensor, groups: number, windows: Windows): { seen: Operand; taps: number[] } {
  const [sample, plane, ...strides] = x.strides;
  const channels = x.sizes[1] / groups;
  let taps = range(channels, (c) => c * plane);
  for (const [d, w] of windows.entries()) taps = taps.flatMap((at) => w.taps.map((t) => at + t * strides[d]));
  const first = windows.reduce((at, w, d) => at + w.places[0] * strides[d], 0);
  const steps = windows.map((w, d) => (w.places.length > 1 ? (w.places[1] - w.places[0]) * strides[d] : 0));
  return {
    seen: operand(further(x, first), [sample, channels * plane, 0, ...steps]),
    taps,
  };
}
/** A tensor [n, groups, rows, places] with its last dim taken apart. */
const overPlaces = (t: Tensor, places: readonly number[]): Operand =>
  operand(t, [...t.strides.slice(0, 3), ...contiguousStrides(places).map((step) => step * t.strides[3])]);

/** to[n, g, r] = the sum of the windows' elements by w[g, r], plus bias[g * rows + r]. */
export function sumTaps(x: Tensor, w: Tensor, bias: Tensor | null, windows: Windows, to: Tensor): void {
  const [groups, rows, inner] = w.sizes;
  const { seen, taps } = windowsOf(x, groups, windows);
  const places = windows.map((p) => p.places.length);
  const still = places.map(() => 0);
  const weight: Operand = operand(w, [0, rows * inner, inner, ...still]);
  const operands = [seen, weight, overPlaces(to, places)];
  if (bias !== null) {
    const [step] = bias.strides;
    operands.splice(2, 0, operand(bias, [0, rows * step, step, ...still]));
  }
  const kernel = (bias === null ? sums : sumsWithBias)(x.dtype, inner);
  x.backend.launch(kernel, { shape: [...to.sizes.slice(0, 3), ...places], reduced: 0, operands, params: taps });
}
/** out[g, r, t] = the sum over samples and places of by[n, g, r] times tap t of the windows of x; or adds it. */
export function tapGradients(by: Tensor, x: Tensor, windows: Windows, out: Tensor, more: boolean): void {
  if (more) {
    const part = empty(out.sizes, out.dtype, undefined, out.backend);
    tapGradients(by, x, windows, part, false);
    out.add_(part);
    return;
  }
  const [n, groups, rows] = by.sizes;
  const places = windows.map((p) => p.places.length);
  const { seen, taps } = windowsOf(x, groups, windows);
  const inward = (of: Operand): Operand => {
    const [sample, group, row, ...rest] = of.strides;
    return operand(of, [group, row, sample, ...rest]);
  };
  const still = [0, ...places.map(() => 0)];
  const [group, row, step] = out.strides;
  const operands = [
    inward(seen),
    inward(overPlaces(by, places)),
    ...taps.map((_, t) => operand(further(out, t * step), [group, row, ...still])),
  ];
  x.backend.launch(gradients(x.dtype, taps.length), {
    shape: [groups, rows, n, ...places],
    reduced: 1 + places.length,
    operands,
    params: taps,
  });
}
