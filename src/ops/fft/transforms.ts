// The transforms behind torch.fft: X[k] = Σ x[j] e^(-2πi jk/n) over one dim or several, complex or real at either end.
import "../../kernel/complex.ts";
import type { Dtype } from "../../base/dtype.ts";
import { complexOf, realOf } from "../../base/dtype.ts";
import { numel } from "../../base/layout.ts";
import { fftOf, inverseRealFft, realFft } from "../../numerics/fft.ts";
import { empty as allocate } from "../../tensor/allocate.ts";
import { host } from "../../kinds/kernels.ts";
import { define, op } from "../../dispatch/declare.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { arange } from "../creation/from_data.ts";
import { constant_pad_nd } from "../views/constant_pad.ts";

/** By what a transform is divided: nothing, √n, or n. The numbers are PyTorch's. */
export type Normalization = 0 | 1 | 2;
const scaleOf = (normalization: Normalization | number, n: number): number =>
  normalization === 0 ? 1 : normalization === 1 ? 1 / Math.sqrt(n) : 1 / n;

/**
 * The rows along `dim` of two contiguous tensors that differ in that dim alone: where each begins in the one and in the other,
 * and the step between its elements.
 */
function* rows(
  one: readonly number[],
  other: readonly number[],
  dim: number,
): Generator<{ from: number; to: number; step: number }> {
  const step = numel(one.slice(dim + 1));
  const outer = numel(one.slice(0, dim));
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < step; i++) yield { from: o * one[dim] * step + i, to: o * other[dim] * step + i, step };
}
/** Transforms the complex numbers of a contiguous tensor along `dim`, in place. */
function transform(t: Tensor, dim: number, forward: boolean, scale: number): void {
  const n = t.sizes[dim];
  const data = t.host() as Float64Array;
  const [re, im] = [new Float64Array(n), new Float64Array(n)];
  const plan = fftOf(n);
  for (const { from: start, step } of rows(t.sizes, t.sizes, dim)) {
    for (let k = 0, at = 2 * start; k < n; k++, at += 2 * step) {
      re[k] = data[at];
      im[k] = data[at + 1];
    }
    if (forward) plan.run(re, im);
    else plan.run(im, re);
    for (let k = 0, at = 2 * start; k < n; k++, at += 2 * step) {
      data[at] = re[k] * scale;
      data[at + 1] = im[k] * scale;
    }
  }
}
/** A contiguous copy. */
const copied = (t: Tensor, dtype: Dtype = t.dtype): Tensor => {
  const out = allocate(t.sizes, dtype);
  return out.copy_(t);
};
const sizesAt = (t: Tensor, dims: readonly number[]): number => dims.reduce((n, d) => n * t.sizes[d], 1);

/**
 * Note [Layout of transforms]: what is transformed is brought next to each other in memory: the dims that are not come
 * first, in the order in which they lie, then those that are, also in that order, but for the last of a transform that
 * halves it. The result stays so, as PyTorch's does. `body` gets the tensor with its dims in that order, contiguous or not,
 * and the places of the transformed ones.
 */
function inOrder(
  self: Tensor,
  dim: readonly number[],
  keepsLast: boolean,
  body: (x: Tensor, dims: readonly number[]) => Tensor,
): Tensor {
  const step = (d: number): number => self.strides[d];
  const byStep = (ds: readonly number[]): number[] => ds.toSorted((a, b) => step(b) - step(a));
  const sorted = keepsLast ? [...byStep(dim.slice(0, -1)), dim.at(-1)!] : byStep(dim);
  const order = [...byStep(partitioned(self.sizes.length, dim)), ...sorted];
  const result = body(
    self.permute(order),
    sorted.map((_, i) => order.length - sorted.length + i),
  );
  return result.permute(order.map((_, d) => order.indexOf(d)));
}
/** The dims that are not transformed, as std::partition leaves them: from the front, filled up from the back. */
function partitioned(ndim: number, dim: readonly number[]): number[] {
  const dims = Array.from({ length: ndim }, (_, d) => d);
  let end = ndim;
  for (let d = 0; d < end; d++) {
    if (!dim.includes(dims[d])) continue;
    do end--;
    while (end > d && dim.includes(dims[end]));
    [dims[d], dims[end]] = [dims[end], dims[d]];
  }
  return dims.slice(0, end);
}

/** The transform over `dims` of as many points as there are. */
function whole(x: Tensor, dims: readonly number[], normalization: number, forward: boolean): Tensor {
  const out = copied(x, complexOf(x.dtype));
  for (const [i, d] of dims.entries())
    transform(out, d, forward, i === 0 ? scaleOf(normalization, sizesAt(x, dims)) : 1);
  return out;
}
/** Complex to complex, over `dim`. @internal */
export const _fft_c2c = op("_fft_c2c(Tensor self, int[] dim, int normalization, bool forward) -> Tensor");
define(_fft_c2c, {
  kernel: host(({ self, dim, normalization, forward }) =>
    dim.length === 0 ? self.clone() : inOrder(self, dim, false, (x, dims) => whole(x, dims, normalization, forward)),
  ),
  backward: { self: ({ grad, dim, normalization, forward }) => _fft_c2c(grad, dim, normalization, !forward) },
  node: "FftC2CBackward0",
});
/** The transform of real numbers without the last dim's conjugate half. */
function halved(x: Tensor, dims: readonly number[], scale: number): Tensor {
  const last = dims.at(-1)!;
  const n = x.sizes[last];
  const half = Math.floor(n / 2) + 1;
  const out = allocate(x.sizes.with(last, half), complexOf(x.dtype));
  const source = copied(x).host() as Float64Array;
  const target = out.host() as Float64Array;
  const [row, re, im] = [new Float64Array(n), new Float64Array(half), new Float64Array(half)];
  for (const { from, to, step } of rows(x.sizes, out.sizes, last)) {
    for (let k = 0; k < n; k++) row[k] = source[from + k * step];
    realFft(row, re, im);
    for (let k = 0, at = 2 * to; k < half; k++, at += 2 * step) {
      target[at] = re[k] * scale;
      target[at + 1] = im[k] * scale;
    }
  }
  for (const d of dims.slice(0, -1)) transform(out, d, true, 1);
  return out;
}
/** Real to complex, over `dim`; `onesided` leaves out the last dim's conjugate half. @internal */
export const _fft_r2c = op("_fft_r2c(Tensor self, int[] dim, int normalization, bool onesided) -> Tensor");
define(_fft_r2c, {
  kernel: host(({ self, dim, normalization, onesided }) =>
    inOrder(self, dim, true, (x, dims) =>
      onesided ? halved(x, dims, scaleOf(normalization, sizesAt(x, dims))) : whole(x, dims, normalization, true),
    ),
  ),
  backward: {
    self: ({ grad, sizes, dim, normalization, onesided }) => {
      const last = dim.at(-1)!;
      const full = onesided ? resized(grad, [last], [sizes.self[last]]) : grad;
      return _fft_c2c(full, dim, normalization, false).real;
    },
  },
  node: "FftR2CBackward0",
});
/** The inverse of {@link halved} over the last dim alone: `n` real numbers. */
function unhalved(x: Tensor, last: number, n: number, scale: number): Tensor {
  const half = Math.floor(n / 2) + 1;
  const out = allocate(x.sizes.with(last, n), realOf(x.dtype));
  const source = copied(x).host() as Float64Array;
  const target = out.host() as Float64Array;
  const [re, im, row] = [new Float64Array(half), new Float64Array(half), new Float64Array(n)];
  for (const { from, to, step } of rows(x.sizes, out.sizes, last)) {
    for (let k = 0, at = 2 * from; k < half; k++, at += 2 * step) {
      re[k] = source[at];
      im[k] = source[at + 1];
    }
    inverseRealFft(re, im, row);
    for (let k = 0; k < n; k++) target[to + k * step] = row[k] * scale;
  }
  return out;
}
/** Complex to real, over `dim`: the inverse of a onesided {@link _fft_r2c} of `last_dim_size` numbers in the last. @internal */
export const _fft_c2r = op("_fft_c2r(Tensor self, int[] dim, int normalization, int last_dim_size) -> Tensor");
define(_fft_c2r, {
  kernel: host(({ self, dim, normalization, last_dim_size: n }) => {
    const [last, others] = [dim.at(-1)!, dim.slice(0, -1)];
    // The last one in the end, on what is left of the conjugate halves.
    const source = others.length === 0 ? self : inOrder(self, others, false, (x, dims) => whole(x, dims, 0, false));
    const scale = scaleOf(normalization, sizesAt(self, others) * n);
    return inOrder(source, [last], true, (x, [d]) => unhalved(x, d, n, scale));
  }),
  backward: {
    self: ({ grad, dim, normalization, last_dim_size }) => {
      const last = dim.at(-1)!;
      const half = _fft_r2c(grad, dim, normalization, true);
      // Points that stand for their conjugates, too, count twice.
      const twice = last_dim_size - half.sizes[last];
      const weights = arange(half.sizes[last])
        .sub(0.5)
        .sub(twice / 2)
        .abs()
        .lt(twice / 2)
        .add(1);
      return half.mul(weights.view(half.sizes.map((_, d) => (d === last ? -1 : 1))));
    },
  },
  node: "FftC2RBackward0",
});

/** Cut off, or continued by zeros, to `sizes` along `dims`. */
export function resized(t: Tensor, dims: readonly number[], sizes: readonly number[]): Tensor {
  let out = t;
  const pad = t.sizes.flatMap(() => [0, 0]);
  for (const [i, d] of dims.entries()) {
    if (sizes[i] < t.sizes[d]) out = out.narrow(d, 0, sizes[i]);
    else pad[2 * (t.sizes.length - 1 - d) + 1] = sizes[i] - t.sizes[d];
  }
  return pad.some((n) => n > 0) ? constant_pad_nd(out, pad) : out;
}
