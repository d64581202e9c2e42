// The transforms behind torch.fft: X[k] = Σ x[j] e^(-2πi jk/n) over one dim or several, complex or real at either end.
import "../../kernel/complex.ts";
import { complexOf, realOf } from "../../base/dtype.ts";
import { contiguousStrides, numel } from "../../base/layout.ts";
import { constant } from "../../kernel/expr.ts";
import { operand } from "../../kernel/loops.ts";
import type { Operand } from "../../kernel/loops.ts";
import { further } from "../../kernel/place.ts";
import { empty } from "../../tensor/allocate.ts";
import { compute } from "../../kinds/kernels.ts";
import { define, op } from "../../dispatch/declare.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { arange } from "../creation/from_data.ts";
import { alike, kernelOf, launch, ofNumbers, planes, roots, same, tableOf, transformed, turned } from "./passes.ts";
import type { Body } from "./passes.ts";
import { constant_pad_nd } from "../views/constant_pad.ts";
import { flip } from "../views/turning.ts";

/** By what a transform is divided: nothing, √n, or n. The numbers are PyTorch's. */
export type Normalization = 0 | 1 | 2;
const scaleOf = (normalization: Normalization | number, n: number): number =>
  normalization === 0 ? 1 : normalization === 1 ? 1 / Math.sqrt(n) : 1 / n;

/** Sizes or strides with those of `d` first. */
const ledBy = (of: readonly number[], d: number): number[] => [of[d], ...of.slice(0, d), ...of.slice(d + 1)];
const parted = ofNumbers((x) => (x.dtype.is_complex ? [x.real(), x.imag()] : [x, constant(0, x.dtype)]));
/**
 * The planes of `x` along `d`, see Note [Planes]. To go the other way is to go forward with the roles of real and imaginary
 * parts changed, before and after.
 */
function planesOf(x: Tensor, d: number, forward = true): Tensor {
  const shape = ledBy(x.sizes, d);
  const [n, ...others] = shape;
  const out = empty([2, n, numel(others)], realOf(x.dtype), undefined, x.backend);
  const [re, im] = planes(out, contiguousStrides(shape));
  const to = forward ? [re, im] : [im, re];
  launch(x, parted(x.dtype), shape, [operand(x, ledBy(x.strides, d)), ...to]);
  return out;
}
const joined: Body = ([[re, im]], _, scale) => [[re.mul(scale).complex(im.mul(scale))]];
/** Planes as the complex numbers of `out` along `d`, or as the first of them; times `scale`. */
function join(z: Tensor, out: Tensor, d: number, scale: number, forward = true): void {
  const shape = ledBy(out.sizes, d);
  const [re, im] = planes(z, [z.sizes[2], ...contiguousStrides(shape.slice(1))]);
  const from = forward ? [re, im] : [im, re];
  const kernel = kernelOf("joined", z.dtype, 1, 0, joined, true);
  launch(z, kernel, shape, [...from, operand(out, ledBy(out.strides, d))], scale);
}
/** Transforms the complex numbers of a tensor along `dim`, in place. */
function transform(t: Tensor, dim: number, forward: boolean, scale: number): void {
  join(transformed(planesOf(t, dim, forward)), t, dim, scale, forward);
}
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
  const out = empty(x.sizes, complexOf(x.dtype), undefined, x.backend);
  for (const [i, d] of dims.entries()) {
    const there = transformed(planesOf(i === 0 ? x : out, d, forward));
    join(there, out, d, i === 0 ? scaleOf(normalization, sizesAt(x, dims)) : 1, forward);
  }
  return out;
}
/** Complex to complex, over `dim`. @internal */
export const _fft_c2c = op("_fft_c2c(Tensor self, int[] dim, int normalization, bool forward) -> Tensor");
define(_fft_c2c, {
  kernel: compute(({ self, dim, normalization, forward }) =>
    dim.length === 0 ? self.clone() : inOrder(self, dim, false, (x, dims) => whole(x, dims, normalization, forward)),
  ),
  backward: { self: ({ grad, dim, normalization, forward }) => _fft_c2c(grad, dim, normalization, !forward) },
  node: "FftC2CBackward0",
});
const half: Body = ([[a, b], [c, d]], [w], scale) => {
  const by = scale.mul(0.5);
  const odd = turned([b.add(d), c.sub(a)], ...w);
  return [[a.add(c).add(odd[0]).mul(by).complex(b.sub(d).add(odd[1]).mul(by))]];
};
/**
 * The transform of real numbers without the last dim's conjugate half: an even length goes by a complex transform of half the
 * length, whose points and their opposites give those of the even and of the odd elements.
 */
function halved(x: Tensor, dims: readonly number[], scale: number): Tensor {
  const last = dims.at(-1)!;
  const n = x.sizes[last];
  const out = empty(x.sizes.with(last, Math.floor(n / 2) + 1), complexOf(x.dtype), undefined, x.backend);
  if (n % 2 === 1) join(transformed(planesOf(x, last)), out, last, scale);
  else {
    const h = n / 2;
    const [from, to] = [ledBy(x.strides, last), ledBy(out.strides, last)];
    const others = ledBy(x.sizes, last).slice(1);
    const pairs = empty([2, h, numel(others)], x.dtype, undefined, x.backend);
    const inner = contiguousStrides(others);
    const step = numel(others);
    const [begin, ...steps] = from;
    for (const [k, plane] of planes(pairs, [step, ...inner]).entries())
      launch(x, same(x.dtype), [h, ...others], [operand(further(x, k * begin), [2 * begin, ...steps]), plane]);
    const z = transformed(pairs);
    const table = rootsUpTo(h + 1, n, z);
    const kernel = kernelOf("half", z.dtype, 2, 1, half, true);
    const still = inner.map(() => 0);
    const points = (count: number, first: number, by: number, one: number, other: number): void =>
      launch(
        z,
        kernel,
        [count, ...others],
        [
          ...planes(z, [one, ...inner], first * one),
          ...planes(z, [-one, ...inner], other),
          ...planes(table, [by, ...still], first),
          operand(further(out, first * to[0]), [by * to[0], ...to.slice(1)]),
        ],
        scale,
      );
    // The first and the last one are of the first point alone.
    points(2, 0, h, 0, 0);
    points(h - 1, 1, 1, step, (h - 1) * step);
  }
  for (const d of dims.slice(0, -1)) transform(out, d, true, 1);
  return out;
}
/** cos and sin of 2πk/n for the first k. */
const rootsUpTo = (count: number, n: number, like: Tensor): Tensor =>
  tableOf(`roots ${count} ${n}`, like, () => {
    const { cos, sin } = roots(n);
    return [cos.slice(0, count), sin.slice(0, count)];
  });
/** Real to complex, over `dim`; `onesided` leaves out the last dim's conjugate half. @internal */
export const _fft_r2c = op("_fft_r2c(Tensor self, int[] dim, int normalization, bool onesided) -> Tensor");
define(_fft_r2c, {
  kernel: compute(({ self, dim, normalization, onesided }) =>
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
const unhalf: Body = ([[a, b], [c, d]], [[cos, sin]], scale) => {
  const odd = turned([a.sub(c), b.add(d)], cos, sin.neg());
  return [[b.sub(d).add(odd[0]).mul(scale)], [a.add(c).sub(odd[1]).mul(scale)]];
};
/** The inverse of {@link halved} over the last dim alone: `n` real numbers. */
function unhalved(x: Tensor, last: number, n: number, scale: number): Tensor {
  const out = empty(x.sizes.with(last, n), realOf(x.dtype), undefined, x.backend);
  const h = Math.floor(n / 2);
  const z = planesOf(x.narrow(last, 0, h + 1), last);
  const lanes = z.sizes[2];
  // The imaginary parts of points that are their own conjugates count as 0.
  z.select(0, 1).select(0, 0).zero_();
  const to = ledBy(out.strides, last);
  const others = ledBy(out.sizes, last).slice(1);
  const give = (part: Operand, count: number, first: number, by: number): void =>
    launch(
      z,
      same(z.dtype),
      [count, ...others],
      [
        operand(part, [lanes, ...contiguousStrides(others)]),
        operand(further(out, first * to[0]), [by * to[0], ...to.slice(1)]),
      ],
    );
  if (n % 2 === 1) {
    const full = alike(z, [2, n, lanes]);
    full.narrow(1, 0, h + 1).copy_(z);
    const opposite = flip(z.narrow(1, 1, h), [1]);
    opposite.select(0, 1).neg_();
    full.narrow(1, h + 1, h).copy_(opposite);
    // The roles of the parts change there and back.
    const there = transformed(flip(full, [0]).mul_(scale));
    give(planes(there, [])[1], n, 0, 1);
    return out;
  }
  z.select(0, 1).select(0, h).zero_();
  const turnedOver = alike(z, [2, h, lanes]);
  const table = rootsUpTo(h, n, z);
  launch(
    z,
    kernelOf("unhalf", z.dtype, 2, 1, unhalf, true),
    [h, lanes],
    [
      ...planes(z, [lanes, 1]),
      ...planes(z, [-lanes, 1], h * lanes),
      ...planes(table, [1, 0]),
      ...planes(turnedOver, [lanes, 1]),
    ],
    scale,
  );
  const [odd, even] = planes(transformed(turnedOver), []);
  give(even, h, 0, 2);
  give(odd, h, 1, 2);
  return out;
}
/** Complex to real, over `dim`: the inverse of a onesided {@link _fft_r2c} of `last_dim_size` numbers in the last. @internal */
export const _fft_c2r = op("_fft_c2r(Tensor self, int[] dim, int normalization, int last_dim_size) -> Tensor");
define(_fft_c2r, {
  kernel: compute(({ self, dim, normalization, last_dim_size: n }) => {
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
