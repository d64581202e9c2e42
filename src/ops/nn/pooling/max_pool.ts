// The largest elements of windows, where they are, and their gradient.
import { empty } from "../../../tensor/allocate.ts";
import { madeOfOps } from "../../../autograd/open_levels.ts";
import type { Dtype } from "../../../base/dtype.ts";
import { int32, int64, opmath } from "../../../base/dtype.ts";
import { index } from "../../../kernel/abstract.ts";
import { acc, constant, input, load, param } from "../../../kernel/expr.ts";
import type { Expr } from "../../../kernel/expr.ts";
import { further } from "../../../kernel/place.ts";
import { Kernel, operand } from "../../../kernel/loops.ts";
import type { Output } from "../../../kernel/loops.ts";
import { contiguousStrides, numel } from "../../../base/layout.ts";
import type { Shape } from "../../../base/layout.ts";
import { compute, inFormat } from "../../../kinds/kernels.ts";
import { define, op } from "../../../dispatch/declare.ts";
import type { Tensor } from "../../../tensor/tensor.ts";
import { offsetsOf, table } from "../convolution/correlation.ts";
import type { Along } from "../convolution/correlation.ts";
import { lowest } from "../../reduction/reduction.ts";
import { overhang, padded, poolPlaces, windowsOf } from "../convolution/windows.ts";
import type { Sliding } from "../convolution/windows.ts";
import { scatter_add_ } from "../../indexing/indexing.ts";

/**
 * Of x and of three tables: where in the input its elements are within the window, where windows begin, and their first
 * elements that are no padding, which are the largest where none is larger than the padding.
 */
const largest = (dtype: Dtype): Kernel => {
  const wide = opmath(dtype);
  const [x, at] = [input(0, dtype).cast(wide), input(1, int32).add(input(2, int32))];
  const [best, place] = [acc(0, wide), acc(1, int32)];
  const wins = x.gt(best).or(x.isnan());
  return new Kernel({
    inputs: [dtype, int32, int32, int32],
    outputs: resultsOf(dtype, best, place.lt(0).where(input(3, int32), place)),
    reduce: {
      scan: false,
      accs: [
        { dtype: wide, init: constant(lowest(dtype), wide), step: wins.where(x, best) },
        { dtype: int32, init: constant(-1, int32), step: wins.where(at, place) },
      ],
    },
  });
};
const resultsOf = (dtype: Dtype, best: Expr, place: Expr): Output[] => [
  { dtype, value: best.cast(dtype) },
  { dtype: int64, value: place.cast(int64) },
];
/** The same for windows of so few elements that a kernel can name each: params are their offsets, then their places. */
const largestOfFew = (dtype: Dtype, count: number): Kernel => {
  const x = (t: number): Expr => load(0, dtype, param(t, index)).cast(opmath(dtype));
  const at = (t: number): Expr => param(count + t, int32);
  const begin = input(1, int32);
  let [best, place] = [x(0), input(2, int32).sub(begin)];
  for (let t = 1; t < count; t++) {
    const next = x(t);
    const wins = next.gt(best).or(next.isnan());
    [best, place] = [wins.where(next, best), wins.where(at(t), place)];
  }
  return new Kernel({
    inputs: [dtype, int32, int32],
    params: Array.from({ length: 2 * count }, (_, i) => (i < count ? index : int32)),
    outputs: resultsOf(dtype, best, place.add(begin)),
  });
};
const FEW = 16;
const kernels = new Map<number, Kernel>();
/** The kernel for windows of so many elements; 0 for any number. */
function largestKernel(dtype: Dtype, count: number): Kernel {
  const key = dtype.code * (FEW + 1) + count;
  let kernel = kernels.get(key);
  if (!kernel) kernels.set(key, (kernel = count === 0 ? largest(dtype) : largestOfFew(dtype, count)));
  return kernel;
}

/** Offsets of every combination of positions i * step - first along dims. */
const positions = (counts: Shape, step: Shape, first: Shape, strides: readonly number[]): Along[] =>
  counts.map((n, d) => ({ at: Array.from({ length: n }, (_, i) => i * step[d] - first[d]), stride: strides[d] }));
const numbersOf = (dims: readonly Along[]): number[] => [...offsetsOf(dims)];
/** The first element of each window that is no padding. */
const firsts = (counts: Shape, { stride, padding, dilation }: Sliding, strides: readonly number[]): Along[] =>
  counts.map((n, d) => {
    const inside = (begin: number): number => begin + Math.max(0, Math.ceil(-begin / dilation[d])) * dilation[d];
    return { at: Array.from({ length: n }, (_, i) => inside(i * stride[d] - padding[d])), stride: strides[d] };
  });
/** Largest of each window, and where it is in the flattened spatial dims. @internal */
export const _max_pool = op(
  "_max_pool(Tensor self, int[] kernel_size, int[] stride, int[] padding, int[] dilation, bool ceil_mode) -> (Tensor values, Tensor indices)",
);
define(_max_pool, {
  kernel: inFormat(
    compute(({ self, ceil_mode, ...sliding }) => {
      const spatial = self.sizes.slice(2);
      const places = poolPlaces(spatial, sliding, ceil_mode);
      const wide = padded(self, sliding.padding, lowest(self.dtype), overhang(spatial, places, sliding));
      const windows = windowsOf(wide, places, sliding);
      const shape = windows.sizes.slice(0, 2 + places.length);
      const [values, indices] = [
        empty(shape, self.dtype, undefined, self.backend),
        empty(shape, int64, undefined, self.backend),
      ];
      const rows = contiguousStrides(spatial);
      const { kernel_size, stride, padding, dilation } = sliding;
      const [still, fixed] = [places.map(() => 0), kernel_size.map(() => 0)];
      const within = positions(kernel_size, dilation, fixed, rows);
      const begins = [positions(places, stride, padding, rows), firsts(places, sliding, rows)];
      const few = numel(kernel_size) <= FEW;
      const inner = few ? [] : fixed;
      const outer = windows.strides.slice(0, 2 + places.length);
      const offsets = positions(kernel_size, dilation, fixed, wide.strides.slice(2));
      const operands = [
        operand(windows, few ? outer : windows.strides),
        ...(few ? [] : [operand(table(within), [0, 0, ...still, ...contiguousStrides(kernel_size)])]),
        ...begins.map((at) => operand(table(at), [0, 0, ...contiguousStrides(places), ...inner])),
        ...[values, indices].map((t) => operand(t, [...t.strides, ...inner])),
      ];
      self.backend.launch(largestKernel(self.dtype, few ? numel(kernel_size) : 0), {
        shape: few ? shape : windows.sizes,
        reduced: few ? 0 : kernel_size.length,
        operands,
        params: few ? [offsets, within].flatMap(numbersOf) : [],
      });
      return [values, indices];
    }),
  ),
  saves: ["indices"],
  backward: {
    self: ({ grad, sizes, indices, ...sliding }) => {
      if (!madeOfOps() && tiles(sizes.self.slice(2), sliding)) return tiled(grad, indices, sizes.self, sliding);
      const [n, c, ...spatial] = sizes.self;
      const rows = [n, c, numel(spatial)];
      return scatter_add_(grad.new_zeros(rows), 2, indices.flatten(2), grad.flatten(2)).view(sizes.self);
    },
  },
  flat: ["self"],
  node: ({ kernel_size }) => `MaxPool${kernel_size.length}DWithIndicesBackward0`,
});

/** Whether windows cover the input with nothing between them or twice, and their elements are few. */
const tiles = (spatial: Shape, { kernel_size, stride, padding, dilation }: Sliding): boolean =>
  numel(kernel_size) <= FEW &&
  spatial.every(
    (n, d) => n % kernel_size[d] === 0 && stride[d] === kernel_size[d] && padding[d] === 0 && dilation[d] === 1,
  );
/** The gradient of windows that tile the input: for each element that of its window, or 0 if it is not the largest. */
function tiled(
  grad: Tensor,
  indices: Tensor,
  size: Shape,
  { kernel_size, stride, padding, dilation }: Sliding,
): Tensor {
  const { dtype, backend } = grad;
  const out = empty(size, dtype, undefined, backend);
  const places = grad.sizes.slice(2);
  const [sample, plane, ...rows] = out.strides;
  const fixed = kernel_size.map(() => 0);
  const begin = table(positions(places, stride, padding, rows));
  const within = numbersOf(positions(kernel_size, dilation, fixed, rows));
  const windows = [sample, plane, ...rows.map((s, d) => s * stride[d])];
  backend.launch(tilesKernel(dtype, within.length), {
    shape: grad.sizes,
    reduced: 0,
    operands: [
      operand(grad, grad.strides),
      operand(indices, indices.strides),
      operand(begin, [0, 0, ...contiguousStrides(places)]),
      ...within.map((offset) => operand(further(out, offset), windows)),
    ],
    params: within,
  });
  return out;
}
const tileKernels = new Map<number, Kernel>();
function tilesKernel(dtype: Dtype, count: number): Kernel {
  const key = dtype.code * (FEW + 1) + count;
  let kernel = tileKernels.get(key);
  if (kernel === undefined) {
    const [grad, place] = [input(0, dtype), input(1, int64).cast(int32).sub(input(2, int32))];
    const params = Array.from({ length: count }, () => int32);
    const outputs = params.map((_, t) => ({ dtype, value: place.eq(param(t, int32)).where(grad, constant(0, dtype)) }));
    tileKernels.set(key, (kernel = new Kernel({ inputs: [dtype, int64, int32], params, outputs })));
  }
  return kernel;
}
