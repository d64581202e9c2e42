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

/** The floats of a contiguous tensor, row by row along `dim`: where each row begins, and the step between its elements. */
function* rows(shape: readonly number[], dim: number): Generator<{ start: number; step: number }> {
  const step = numel(shape.slice(dim + 1));
  const outer = numel(shape.slice(0, dim));
  for (let o = 0; o < outer; o++) for (let i = 0; i < step; i++) yield { start: o * shape[dim] * step + i, step };
}
/** Transforms the complex numbers of a contiguous tensor along `dim`, in place. */
function transform(t: Tensor, dim: number, forward: boolean, scale: number): void {
  const n = t.sizes[dim];
  const data = t.host() as Float64Array;
  const [re, im] = [new Float64Array(n), new Float64Array(n)];
  const plan = fftOf(n);
  for (const { start, step } of rows(t.sizes, dim)) {
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

/** Complex to complex, over `dim`. @internal */
export const _fft_c2c = op("_fft_c2c(Tensor self, int[] dim, int normalization, bool forward) -> Tensor");
define(_fft_c2c, {
  kernel: host(({ self, dim, normalization, forward }) => {
    const out = copied(self);
    for (const [i, d] of dim.entries())
      transform(out, d, forward, i === 0 ? scaleOf(normalization, sizesAt(self, dim)) : 1);
    return out;
  }),
  backward: { self: ({ grad, dim, normalization, forward }) => _fft_c2c(grad, dim, normalization, !forward) },
  node: "FftC2CBackward0",
});
/** Real to complex, over `dim`; `onesided` leaves out the last dim's conjugate half. @internal */
export const _fft_r2c = op("_fft_r2c(Tensor self, int[] dim, int normalization, bool onesided) -> Tensor");
define(_fft_r2c, {
  kernel: host(({ self, dim, normalization, onesided }) => {
    const scale = scaleOf(normalization, sizesAt(self, dim));
    const complex = complexOf(self.dtype);
    if (!onesided) {
      const out = copied(self, complex);
      for (const [i, d] of dim.entries()) transform(out, d, true, i === 0 ? scale : 1);
      return out;
    }
    const last = dim.at(-1)!;
    const n = self.sizes[last];
    const half = Math.floor(n / 2) + 1;
    const out = allocate(self.sizes.with(last, half), complex);
    const from = copied(self).host() as Float64Array;
    const to = out.host() as Float64Array;
    const [x, re, im] = [new Float64Array(n), new Float64Array(half), new Float64Array(half)];
    const targets = rows(out.sizes, last);
    for (const { start, step } of rows(self.sizes, last)) {
      for (let k = 0; k < n; k++) x[k] = from[start + k * step];
      realFft(x, re, im);
      const target = targets.next().value!.start;
      for (let k = 0, at = 2 * target; k < half; k++, at += 2 * step) {
        to[at] = re[k] * scale;
        to[at + 1] = im[k] * scale;
      }
    }
    for (const d of dim.slice(0, -1)) transform(out, d, true, 1);
    return out;
  }),
  backward: {
    self: ({ grad, sizes, dim, normalization, onesided }) => {
      const last = dim.at(-1)!;
      const full = onesided ? resized(grad, [last], [sizes.self[last]]) : grad;
      return _fft_c2c(full, dim, normalization, false).real;
    },
  },
  node: "FftR2CBackward0",
});
/** Complex to real, over `dim`: the inverse of a onesided {@link _fft_r2c} of `last_dim_size` numbers in the last. @internal */
export const _fft_c2r = op("_fft_c2r(Tensor self, int[] dim, int normalization, int last_dim_size) -> Tensor");
define(_fft_c2r, {
  kernel: host(({ self, dim, normalization, last_dim_size: n }) => {
    const last = dim.at(-1)!;
    const half = Math.floor(n / 2) + 1;
    const source = copied(self);
    for (const d of dim.slice(0, -1)) transform(source, d, false, 1);
    const out = allocate(self.sizes.with(last, n), realOf(self.dtype));
    const scale = scaleOf(normalization, sizesAt(out, dim));
    const from = source.host() as Float64Array;
    const to = out.host() as Float64Array;
    const [re, im, x] = [new Float64Array(half), new Float64Array(half), new Float64Array(n)];
    const sources = rows(source.sizes, last);
    for (const { start, step } of rows(out.sizes, last)) {
      const first = sources.next().value!.start;
      for (let k = 0, at = 2 * first; k < half; k++, at += 2 * step) {
        re[k] = from[at];
        im[k] = from[at + 1];
      }
      inverseRealFft(re, im, x);
      for (let k = 0; k < n; k++) to[start + k * step] = x[k] * scale;
    }
    return out;
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
