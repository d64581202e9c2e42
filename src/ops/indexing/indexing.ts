// Reading and writing elements by index: integers, slices, masks, tensors of indices.
import type { Dtype, Scalar } from "../../base/dtype.ts";
import { bool, Complex, int32, int64, opmath } from "../../base/dtype.ts";
import { help, IndexError, RuntimeError } from "../../base/errors.ts";
import { index as place } from "../../kernel/abstract.ts";
import { input, load, param } from "../../kernel/expr.ts";
import type { Expr } from "../../kernel/expr.ts";
import { Kernel, operand } from "../../kernel/loops.ts";
import type { Operand, StoreMode } from "../../kernel/loops.ts";
import { broadcastShapes, expandStrides, list, resultStrides, sameShape, wrapDim, numel } from "../../base/layout.ts";
import type { Shape } from "../../base/layout.ts";
import { empty as allocate } from "../../tensor/allocate.ts";
import { contiguous_format } from "../../base/memory_format.ts";
import { gradientOfRows } from "../../dispatch/layouts.ts";
import { refuseBatch } from "../../dispatch/levels.ts";
import { composite, compute } from "../../kinds/kernels.ts";
import { noDerivative } from "../../dispatch/no_formula.ts";
import { define, inplace, op } from "../../dispatch/declare.ts";
import { assertApart, assertNoOverlap, assign, castScalar } from "../../tensor/elementwise.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { scalar_tensor } from "../creation/creation.ts";
import { arange, fromTyped } from "../creation/from_data.ts";
import { assertPlaces, assertSlices, assertWithin } from "../common/index_checks.ts";
import { _masked_fill } from "../pointwise/arithmetic.ts";
import { of, onlyBool, onlyIndices, onlyLong, sameAsFirst } from "../../dispatch/takes.ts";
import { rowMajor } from "../common/row_major.ts";

/** Where one tensor of indices moves along one dim of the indexed tensor. */
interface Pointer {
  readonly index: Tensor;
  readonly size: number;
  /** Stride of the indexed dim, in elements. */
  readonly stride: number;
}
/** Σ index * stride, negative indices counted from the end. Params: size and stride of each pointer; inputs from 1 on. */
function offsetOf(dtypes: readonly Dtype[]): Expr {
  return dtypes
    .map((dtype, i) => {
      const x = input(i + 1, dtype).cast(place);
      return x
        .lt(0)
        .where(x.add(param(2 * i, place)), x)
        .mul(param(2 * i + 1, place));
    })
    .reduce((a, b) => a.add(b));
}
const kernels = new Map<string, Kernel>();
function kernelFor(store: StoreMode | null, from: Dtype, to: Dtype, pointers: readonly Pointer[]): Kernel {
  const dtypes = pointers.map((p) => p.index.dtype);
  const key = [store, from.code, to.code, ...dtypes.map((d) => d.code)].join();
  let kernel = kernels.get(key);
  if (!kernel) {
    const offset = offsetOf(dtypes);
    const output =
      store === null
        ? { dtype: to, value: load(0, from, offset) }
        : { dtype: to, value: input(0, from).cast(to), offset, mode: store };
    const params = dtypes.flatMap(() => [place, place]);
    kernels.set(key, (kernel = new Kernel({ inputs: [from, ...dtypes], params, outputs: [output] })));
  }
  return kernel;
}
const numbersOf = (pointers: readonly Pointer[]): number[] => pointers.flatMap((p) => [p.size, p.stride]);
const pointerOperands = (pointers: readonly Pointer[], shape: Shape): Operand[] =>
  pointers.map(({ index }) => operand(index, expandStrides(index.sizes, index.strides, shape)));

/** out[i] = self[i + Σ pointers]. `strides` walk self by the result's dims, 0 where a pointer does. */
function gatherBy(
  self: Tensor,
  shape: Shape,
  strides: readonly number[],
  pointers: readonly Pointer[],
  outStrides?: readonly number[],
): Tensor {
  const out = allocate(shape, self.dtype, outStrides, self.backend);
  self.backend.launch(kernelFor(null, self.dtype, self.dtype, pointers), {
    shape,
    reduced: 0,
    operands: [operand(self, strides), ...pointerOperands(pointers, shape), operand(out, out.strides)],
    params: numbersOf(pointers),
  });
  return out;
}
/** target[i + Σ pointers] meets source[i]. */
function scatterBy(
  target: Tensor,
  shape: Shape,
  strides: readonly number[],
  pointers: readonly Pointer[],
  source: Tensor,
  mode: StoreMode,
): void {
  assertApart(target, source);
  target.backend.launch(kernelFor(mode, source.dtype, target.dtype, pointers), {
    shape,
    reduced: 0,
    operands: [
      operand(source, expandStrides(source.sizes, source.strides, shape)),
      ...pointerOperands(pointers, shape),
      operand(target, strides),
    ],
    params: numbersOf(pointers),
  });
}

/** How tensors of indices meet a tensor: the result's shape, self's strides by its dims, the pointers. */
interface Gather {
  readonly shape: Shape;
  readonly strides: readonly number[];
  readonly pointers: readonly Pointer[];
}
function gatherPlan({ sizes, strides }: Tensor, indices: readonly (Tensor | null)[]): Gather {
  const used = indices.flatMap((index, d) => (index === null ? [] : [{ index, d }]));
  let lead: Shape;
  try {
    lead = used.map((u) => u.index.sizes).reduce(broadcastShapes);
  } catch {
    throw new IndexError(
      `shape mismatch: indexing tensors could not be broadcast together with shapes ${used.map((u) => list(u.index.sizes)).join(", ")}`,
    );
  }
  const rest = sizes.map((_, d) => d).filter((d) => !indices[d]);
  // Indices side by side put their dims in their place, else in front, as numpy does.
  const together = used.every((u, i) => i === 0 || u.d === used[i - 1].d + 1);
  const before = together ? rest.filter((d) => d < used[0].d) : [];
  const after = rest.filter((d) => !before.includes(d));
  const shape = [...before.map((d) => sizes[d]), ...lead, ...after.map((d) => sizes[d])];
  const walk = [...before.map((d) => strides[d]), ...lead.map(() => 0), ...after.map((d) => strides[d])];
  if (used.some((u) => sizes[u.d] === 0) && !lead.includes(0))
    throw new IndexError("index is out of bounds for dimension with size 0");
  const pointers = used.map(({ index, d }, place) => {
    // Where nothing is indexed nothing is looked for, as in PyTorch.
    if (!shape.includes(0))
      assertWithin(
        index,
        sizes[d],
        (i) => new IndexError(`index ${i} is out of bounds for dimension ${place} with size ${sizes[d]}`),
        true,
      );
    const padded = index.expand(lead).reshape([...before.map(() => 1), ...lead, ...after.map(() => 1)]);
    return { index: padded, size: sizes[d], stride: strides[d] };
  });
  return { shape, strides: walk, pointers };
}

/** {@link Tensor.index} with a tensor of indices, or null, for each dim. @internal */
export const _index = op("_index(Tensor self, Tensor?[] indices) -> Tensor");
define(_index, {
  kernel: compute(({ self, indices }) => {
    const { shape, strides, pointers } = gatherPlan(self, indices);
    const layouts = pointers.map(({ index }) => index.geometry);
    return gatherBy(self, shape, strides, pointers, resultStrides(shape, [{ shape, strides, offset: 0 }, ...layouts]));
  }),
  saves: { self: ["indices"] },
  backward: { self: ({ grad, sizes, indices }) => _index_put(grad.new_zeros(sizes.self), indices, grad, true) },
  node: "IndexBackward0",
});
/** Self with `values` written (or added) where the indices point. @internal */
export const _index_put = op(
  "_index_put(Tensor self, Tensor?[] indices, Tensor values, bool accumulate=False) -> Tensor",
);
define(_index_put, {
  kernel: {
    kind: "compute",
    run: ([self, indices, values, accumulate]) => {
      const out = (self as Tensor).clone();
      putInto(out, indices as (Tensor | null)[], values as Tensor, accumulate as boolean);
      return out;
    },
    into: ([, indices, values, accumulate], _schema, target) =>
      putInto(target, indices as (Tensor | null)[], values as Tensor, accumulate as boolean),
  },
  saves: ["indices"],
  backward: {
    self: ({ grad, sizes, indices, accumulate }) =>
      accumulate ? grad : _index_put(grad, indices, grad.new_zeros([]).expand(sizes.values.map(() => 1)), false),
    values: ({ grad, indices }) => _index(grad, indices),
  },
  node: "IndexPutBackward0",
});
function putInto(target: Tensor, indices: readonly (Tensor | null)[], values: Tensor, accumulate: boolean): void {
  const { shape, strides, pointers } = gatherPlan(target, indices);
  if (!fits(values.sizes, shape))
    throw new RuntimeError(
      `shape mismatch: value tensor of shape ${list(values.sizes)} cannot be broadcast to indexing result of shape ${list(shape)}`,
    );
  if (values.dtype !== target.dtype)
    throw new RuntimeError(
      `Index put requires the source and destination dtypes match, got ${target.dtype.legacyName} for the destination and ${values.dtype.legacyName} for the source.`,
    );
  scatterBy(target, shape, strides, pointers, values, accumulate ? "add" : "set");
}
const fits = (from: Shape, to: Shape): boolean => {
  const trimmed = from.slice(Math.max(0, from.length - to.length));
  return (
    from.slice(0, from.length - trimmed.length).every((n) => n === 1) &&
    trimmed.every((n, d) => n === 1 || n === to[d + to.length - trimmed.length])
  );
};
/** @internal */
export const _index_put_ = inplace(_index_put);

/** The indices of the elements that are not zero, one row each. @internal */
export const _nonzero = op("_nonzero(Tensor self) -> Tensor");
define(_nonzero, {
  kernel: compute(({ self }) => {
    const x = self.ne(0).contiguous();
    const truth = x.backend.download(bool, x, x.numel());
    const n = self.sizes.length;
    const places: number[] = [];
    for (let i = 0; i < truth.length; i++) if (truth[i]) places.push(i);
    // Dim by dim, as PyTorch lays them out.
    const count = places.length;
    const out = new BigInt64Array(count * n);
    for (const [row, place] of places.entries())
      for (let d = n - 1, rest = place; d >= 0; d--) {
        out[d * count + row] = BigInt(rest % self.sizes[d]);
        rest = Math.floor(rest / self.sizes[d]);
      }
    return fromTyped(out, [n, count], int64).t();
  }),
});
/** The elements where `mask` is true, in row-major order. */
export const masked_select = op("masked_select(Tensor self, Tensor mask) -> Tensor");
define(masked_select, {
  takes: of("mask", onlyBool("masked_select: expected BoolTensor for mask")),
  kernel: composite(({ self, mask }) => {
    refuseBatch(
      mask,
      "vmap: Attempted to vmap over `mask` in torch.masked_select(self, mask) We cannot support this because for each batch this would return a differently shaped Tensor. Please file an issue at https://github.com/pytorch/pytorch/issues if you need this feature.",
    );
    const broadcast = broadcastShapes(mask.sizes, self.sizes);
    const shape = broadcast.length === 0 ? [1] : broadcast;
    return _index(self.expand(shape), _nonzero(mask.expand(shape)).unbind(1));
  }),
  node: "MaskedSelectBackward0",
});

/** What PyTorch writes into where it gives a result in row-major order. */
const copyInOrder = (self: Tensor): Tensor => self.clone({ memory_format: contiguous_format });
/** The result's shape is index's; self is walked by it, but for `dim`, where index points. */
function alongDim(
  name: string,
  self: Tensor,
  dim: number,
  index: Tensor,
  message: (i: number) => Error,
): { d: number; pointer: Pointer } {
  if (index.dtype !== int64 && index.dtype !== int32 && index.numel() > 0)
    throw new RuntimeError(`${name}(): Expected dtype int32/int64 for index`);
  const d = wrapDim(dim, self.sizes.length);
  const size = self.sizes[d] ?? 1;
  assertWithin(index, size, message, false);
  return { d, pointer: { index, size, stride: self.strides[d] ?? 0 } };
}
const outOfBounds =
  (d: number, size: number) =>
  (i: number): Error =>
    new RuntimeError(`index ${i} is out of bounds for dimension ${d} with size ${size}`);
function assertIndexFits(name: string, index: Tensor, self: Tensor, d: number, what: string, dims = true): void {
  if (index.numel() === 0) return;
  if (Math.max(index.sizes.length, 1) !== Math.max(self.sizes.length, 1))
    throw new RuntimeError(`Index tensor must have the same number of dimensions as ${what} tensor`);
  for (let k = 0; k < index.sizes.length; k++)
    if ((dims || k !== d) && k !== d && index.sizes[k] > (self.sizes[k] ?? 1))
      throw new RuntimeError(
        `Size does not match at dimension ${k} expected index ${list(index.sizes)} to be no larger than self ${list(self.sizes)} apart from dimension ${d}`,
      );
  void name;
}
/** out[i][j] = self[index[i][j]][j] for dim 0, and likewise for others. */
export const gather = op("gather(Tensor self, int dim, Tensor index, *, bool sparse_grad=False) -> Tensor");
define(gather, {
  kernel: compute(({ self, dim, index }) => {
    const d = wrapDim(dim, self.sizes.length);
    assertIndexFits("gather", index, self, d, "input");
    const { pointer } = alongDim("gather", self, dim, index, outOfBounds(d, self.sizes[d] ?? 1));
    const strides = index.sizes.map((_, k) => (k === d ? 0 : (self.strides[k] ?? 0)));
    return gatherBy(self, index.sizes, strides, [pointer]);
  }),
  saves: { self: ["index"] },
  backward: { self: ({ grad, sizes, dim, index }) => scatter_add(grad.new_zeros(sizes.self), dim, index, grad) },
});
function scatterAlong(name: string, target: Tensor, dim: number, index: Tensor, src: Tensor, mode: StoreMode): void {
  const d = wrapDim(dim, target.sizes.length);
  assertNoOverlap(target, []);
  assertIndexFits(name, index, target, d, "self");
  if (src.sizes.length > 0 && src.sizes.length !== index.sizes.length && index.numel() > 0)
    throw new RuntimeError("Index tensor must have the same number of dimensions as src tensor");
  for (let k = 0; k < index.sizes.length; k++)
    if (src.sizes.length > 0 && index.numel() > 0 && index.sizes[k] > (src.sizes[k] ?? 1))
      throw new RuntimeError(
        `Expected index ${list(index.sizes)} to be no larger than self ${list(target.sizes)} apart from dimension ${d} and to be no larger size than src ${list(src.sizes)}`,
      );
  if (index.numel() === 0) return;
  const { pointer } = alongDim("scatter", target, dim, index, outOfBounds(d, target.sizes[d] ?? 1));
  const strides = index.sizes.map((_, k) => (k === d ? 0 : (target.strides[k] ?? 0)));
  const source = src.sizes.length === 0 ? src : src.as_strided(index.sizes, src.strides, src.offset);
  scatterBy(target, index.sizes, strides, [pointer], source, mode);
}
const SAME_SOURCE = sameAsFirst("src", () => "scatter(): Expected self.dtype to be equal to src.dtype");
/**
 * Self with src[i][j] at [index[i][j]][j] for dim 0, and likewise for others; `src` may be a number. `reduce` "add" or
 * "multiply" meets what is there, and has no derivative.
 */
export const scatter = op(
  "scatter(Tensor self, int dim, Tensor index, Tensor|Scalar src, *, str? reduce=None) -> Tensor",
);
define(scatter, {
  takes: SAME_SOURCE,
  kernel: {
    kind: "compute",
    run: ([self, dim, index, src, reduce]) => {
      const out = copyInOrder(self as Tensor);
      scatterAlong("scatter", out, dim as number, index as Tensor, sourceOf(src, out), storeMode(reduce));
      return out;
    },
    into: ([, dim, index, src, reduce], _schema, target) =>
      scatterAlong("scatter", target, dim as number, index as Tensor, sourceOf(src, target), storeMode(reduce)),
  },
  saves: ["index"],
  backward: {
    self: (context) =>
      context.reduce === null ? scatter(context.grad, context.dim, context.index, 0) : noDerivative(context),
    // Of the index's shape, as in PyTorch, which takes no larger source.
    src: (context) =>
      context.reduce === null ? context.grad.gather(context.dim, context.index) : noDerivative(context),
  },
  node: ({ src, reduce }) =>
    reduce !== null ? "NotImplemented" : src === undefined ? "ScatterBackward0" : "ScatterBackward1",
});
function storeMode(reduce: unknown): StoreMode {
  if (reduce === null) return "set";
  if (reduce === "add") return "add";
  if (reduce === "multiply") return "mul";
  throw new RuntimeError("reduce argument must be either add or multiply.");
}
const sourceOf = (src: unknown, like: Tensor): Tensor => {
  if (!(src instanceof Tensor)) return scalar_tensor(src as Scalar, { dtype: like.dtype });
  return src;
};
export const scatter_ = inplace(scatter);
/** {@link scatter} that adds to what is there. */
export const scatter_add = op("scatter_add(Tensor self, int dim, Tensor index, Tensor src) -> Tensor");
define(scatter_add, {
  takes: SAME_SOURCE,
  kernel: {
    kind: "compute",
    run: ([self, dim, index, src]) => {
      const out = copyInOrder(self as Tensor);
      addAlong(out, dim as number, index as Tensor, src);
      return out;
    },
    into: ([, dim, index, src], _schema, target) => addAlong(target, dim as number, index as Tensor, src),
  },
  saves: { src: ["index"] },
  backward: {
    self: ({ grad }) => grad,
    src: ({ grad, dim, index }) => grad.gather(dim, index),
  },
});
/** Adds to a target so that sums of 16-bit floats are rounded once, at their end. */
function roundingOnce(target: Tensor, add: (sum: Tensor) => void): void {
  const sum = target.to(opmath(target.dtype));
  add(sum);
  if (sum !== target) assign(target, sum);
}
function addAlong(target: Tensor, dim: number, index: Tensor, src: unknown): void {
  roundingOnce(target, (sum) =>
    scatterAlong("scatter_add", sum, dim, index, sourceOf(src, target).to(sum.dtype), "add"),
  );
}
export const scatter_add_ = inplace(scatter_add);

/** A number is a vector of one element to what works along a dim. */
const asVector = (t: Tensor): Tensor => (t.sizes.length === 0 ? t.reshape([1]) : t);
/** A vector of indices into one dim of self, as a pointer that broadcasts over the others. */
function vectorPointer(self: Tensor, dim: number, index: Tensor): { d: number; pointer: Pointer; shape: Shape } {
  const d = wrapDim(dim, self.sizes.length);
  const n = index.numel();
  const padded = index.reshape(self.sizes.map((_, k) => (k === d ? n : 1)));
  return {
    d,
    shape: self.sizes.with(d, n),
    pointer: { index: padded, size: self.sizes[d], stride: self.strides[d] },
  };
}
/** The slices of self at `index` along `dim`. */
export const index_select = op("index_select(Tensor self, int dim, Tensor index) -> Tensor");
define(index_select, {
  takes: of("index", onlyIndices("index_select(): Expected dtype int32 or int64 for index", RuntimeError)),
  kernel: compute(({ self, dim, index }) => {
    const whole = asVector(self);
    const { d, shape, pointer } = vectorPointer(whole, dim, index);
    if (index.sizes.length > 1) throw new IndexError("index_select(): Index is supposed to be a vector");
    if (self.sizes.length === 0 && index.numel() !== 1)
      throw new RuntimeError(`index_select(): Index to scalar can have only 1 value, got ${index.numel()} value(s)`);
    if (whole.sizes[d] === 0 && whole.sizes.length > 1 && index.numel() > 0)
      throw new RuntimeError("index_select(): self indexing axis dim should be positive");
    assertWithin(index, whole.sizes[d], () => new IndexError("index out of range in self"), false);
    const strides = whole.strides.map((s, k) => (k === d ? 0 : s));
    return gatherBy(whole, shape, strides, [pointer]).view(self.sizes.length === 0 ? [] : shape);
  }),
  saves: { self: ["index"] },
  backward: { self: ({ grad, sizes, dim, index }) => index_add(grad.new_zeros(sizes.self), dim, index, grad) },
});
function intoSlices(target: Tensor, dim: number, index: Tensor, source: Tensor, mode: StoreMode): void {
  assertNoOverlap(target, []);
  const whole = asVector(target);
  const { d, shape, pointer } = vectorPointer(whole, dim, index);
  const strides = whole.strides.map((s, k) => (k === d ? 0 : s));
  scatterBy(whole, shape, strides, [pointer], source, mode);
}
function addSlices(target: Tensor, dim: number, index: Tensor, source: Tensor, alpha: Scalar): void {
  assertSlices("index_add_", target, dim, index, source);
  const d = wrapDim(dim, target.sizes.length);
  const size = target.sizes[d] ?? 1;
  // Slices without elements are not looked for, as in PyTorch.
  if (numel(target.sizes.toSpliced(d, 1)) > 0 && source.numel() > 0 && (target.sizes.length < 2 || target.numel() > 0))
    assertWithin(
      index,
      size,
      (i) => (target.sizes.length > 1 ? outOfBounds(d, size)(i) : new IndexError("index out of range in self")),
      false,
    );
  if (target.numel() === 0) return;
  assertNoOverlap(target, []);
  const add = (sum: Tensor): void => intoSlices(sum, dim, index, timesAlpha(source, alpha).to(sum.dtype), "add");
  // As in PyTorch; in the dims between they are rounded at each step.
  if (target.sizes.length > 1 && (d === 0 || d === target.sizes.length - 1)) roundingOnce(target, add);
  else add(target);
}
function copySlices(target: Tensor, dim: number, index: Tensor, source: Tensor): void {
  const d = wrapDim(dim, target.sizes.length);
  const count = index.numel();
  const [from, to] = [source.sizes.length, target.sizes.length];
  if (index.sizes.length > 1)
    throw new IndexError(`index_copy_(): Index should have dimension 1 or 0 (got ${index.sizes.length})`);
  if (from === 0 && count !== 1)
    throw new IndexError(`index_copy_(): When source is scalar, index should have one element (got ${count})`);
  if (from !== to && from > 0 && to > 0)
    throw new IndexError(
      `index_copy_(): When source and destination are not scalars, their dimensionality must match. Source dimensionality (${from}), destination dimensionality (${to})`,
    );
  const [own, given] = [target.sizes.toSpliced(d, 1), source.sizes.toSpliced(d, 1)];
  if (!sameShape(own, given))
    throw new RuntimeError(
      `index_copy_(): Source/destination tensor must have same slice shapes. Destination slice shape: ${own.join(" ")} at dimension ${d} and source slice shape: ${given.join(" ")} at dimension 0.`,
    );
  if (from > 0 && source.sizes[d] !== count)
    throw new IndexError(
      `index_copy_(): Number of indices (${count}) should be equal to source.size(dim) (${source.sizes[d]})`,
    );
  const size = target.sizes[d] ?? 1;
  // Slices without elements are not looked for, as in PyTorch.
  if (numel(own) > 0)
    assertWithin(
      index,
      size,
      (i) => new IndexError(`index_copy_(): index ${i} is out of bounds for dimension ${d} with size ${size}`),
      false,
    );
  intoSlices(target, dim, index, asVector(source), "set");
}
function fillSlices(target: Tensor, dim: number, index: Tensor, value: Tensor | Scalar): void {
  const d = wrapDim(dim, target.sizes.length);
  if (value instanceof Tensor && value.sizes.length > 0)
    throw new RuntimeError(
      `index_fill_ only supports a 0-dimensional value tensor, but got tensor with ${value.sizes.length} dimension(s).`,
    );
  if (index.sizes.length > 1) throw new RuntimeError("Index has to be a vector/scalar");
  const size = target.sizes[d] ?? 1;
  // Slices without elements are not looked for, as in PyTorch.
  if (numel(target.sizes.toSpliced(d, 1)) > 0)
    assertWithin(
      index,
      size,
      (i) => new IndexError(`index ${i} is out of bounds for dimension ${d} with size ${size}`),
      true,
    );
  intoSlices(target, dim, index, fillValue(value, target.dtype), "set");
}
function fillValue(value: Tensor | Scalar, dtype: Dtype): Tensor {
  const isComplex = value instanceof Tensor ? value.dtype.is_complex : value instanceof Complex;
  if (isComplex && !dtype.is_complex)
    throw new RuntimeError("index_fill_(): Converting complex Scalar to non-complex type is not supported");
  return value instanceof Tensor ? value.to(dtype) : scalar_tensor(value, { dtype });
}
/** Self with alpha * source added to the slices at `index` along `dim`. */
export const index_add = op(
  "index_add(Tensor self, int dim, Tensor index, Tensor source, *, Scalar alpha=1) -> Tensor",
);
define(index_add, {
  kernel: {
    kind: "compute",
    run: ([self, dim, index, source, alpha]) => {
      const out = copyInOrder(self as Tensor);
      addSlices(out, dim as number, index as Tensor, source as Tensor, alpha as Scalar);
      return out;
    },
    into: ([, dim, index, source, alpha], _schema, target) =>
      addSlices(target, dim as number, index as Tensor, source as Tensor, alpha as Scalar),
  },
  saves: { source: ["index"] },
  backward: {
    self: ({ grad }) => grad,
    source: ({ grad, dim, index, alpha, sizes }) =>
      timesAlpha(grad.index_select(dim, index).expand_as(grad.new_zeros(sizes.source)), alpha),
  },
});
/** In the dtype of what is scaled: 2.5 is 2 to whole numbers. */
const timesAlpha = (t: Tensor, alpha: Scalar): Tensor => (alpha === 1 ? t : t.mul(castScalar(alpha, t.dtype)));
export const index_add_ = inplace(index_add);
/** Self with the slices at `index` along `dim` replaced by those of `source`. */
export const index_copy = op("index_copy(Tensor self, int dim, Tensor index, Tensor source) -> Tensor");
define(index_copy, {
  takes: [
    of(
      "index",
      onlyLong((d) => `index_copy_(): Expected a long tensor for index, but got ${d.legacyName}`),
    ),
    sameAsFirst(
      "source",
      (d, self) =>
        `index_copy_(): self and source expected to have the same dtype, but got (self) ${self.legacyName} and (source) ${d.legacyName}`,
    ),
  ].flat(),
  kernel: compute(({ self, dim, index, source }) => {
    const out = copyInOrder(self);
    copySlices(out, dim, index, source);
    return out;
  }),
  saves: ["index"],
  backward: {
    self: ({ grad, dim, index }) => index_fill(grad, dim, index, 0),
    source: ({ grad, dim, index }) => grad.index_select(dim, index),
  },
});
export const index_copy_ = inplace(index_copy);
/** Self with `value` in the slices at `index` along `dim`. */
export const index_fill = op("index_fill(Tensor self, int dim, Tensor index, Tensor|Scalar value) -> Tensor");
define(index_fill, {
  takes: of("index", onlyLong("index_fill_(): Expected dtype int64 for index.", IndexError)),
  kernel: compute(({ self, dim, index, value }) => {
    const out = self.clone();
    fillSlices(out, dim, index, value);
    return out;
  }),
  saves: ["index"],
  backward: {
    self: ({ grad, dim, index }) => index_fill(grad, dim, index, 0),
    value: ({ grad, dim, index }) => {
      const kept = index_fill(grad.new_ones(grad.sizes, { dtype: bool }), dim, index, 0);
      return _masked_fill(grad, kept, 0).sum();
    },
  },
  node: ({ value }) => (value === undefined ? "IndexFillBackward1" : "IndexFillBackward0"),
});
export const index_fill_ = inplace(index_fill);
/** Elements of the flattened tensor at `index`. */
export const take = op("take(Tensor self, Tensor index) -> Tensor");
define(take, {
  takes: of(
    "index",
    onlyLong((d) => `take(): Expected a long tensor for index, but got ${d.legacyName}`),
  ),
  kernel: compute(({ self, index }) => {
    assertPlaces(self, index, "take(): tried to take from an empty tensor");
    return _index(self.reshape([-1]), [rowMajor(index)]);
  }),
  saves: ["index"],
  backward: {
    self: ({ grad, sizes, index }) =>
      _index_put(grad.new_zeros(sizes.self).reshape([-1]), [index], grad, true).reshape(sizes.self),
  },
});

/** Below (and on) a diagonal: the rest zero. */
export const tril = op("tril(Tensor self, int diagonal=0) -> Tensor");
define(tril, {
  kernel: compute(({ self, diagonal }) => triangle("tril", self, (row, col) => col.sub(row).le(diagonal))),
  backward: { self: ({ grad, diagonal }) => grad.tril(diagonal) },
});
export const tril_ = inplace(tril);
/** Above (and on) a diagonal: the rest zero. */
export const triu = op("triu(Tensor self, int diagonal=0) -> Tensor");
define(triu, {
  kernel: compute(({ self, diagonal }) => triangle("triu", self, (row, col) => col.sub(row).ge(diagonal))),
  backward: { self: ({ grad, diagonal }) => grad.triu(diagonal) },
});
export const triu_ = inplace(triu);
function triangle(name: string, self: Tensor, keep: (row: Tensor, col: Tensor) => Tensor): Tensor {
  if (self.sizes.length < 2) throw new RuntimeError(`${name}: input tensor must have at least 2 dimensions`);
  const [rows, cols] = self.sizes.slice(-2);
  return self.masked_fill(keep(arange(rows).unsqueeze(1), arange(cols)).logical_not(), 0);
}

/** Scales the rows that are looked up, in place, to a norm of at most `max_norm`. */
function shorten(weight: Tensor, rows: Tensor, max_norm: number, norm_type: number): void {
  assertWithin(
    rows,
    weight.sizes[0],
    (i) => new IndexError(`select(): index ${i} out of range for tensor of size ${list(weight.sizes)} at dimension 0`),
    false,
  );
  const looked = weight.index_select(0, rows);
  const norms = looked.norm(norm_type, [1], true);
  const scale = norms.add(1e-7).reciprocal().mul(max_norm);
  index_copy_(weight, 0, rows.long(), looked.mul(scale.masked_fill(norms.le(max_norm), 1)));
}
/** Rows of `weight` at `input`. `padding_idx` gets no gradient. With `sparse` the gradient is a sparse tensor of the rows that were read. As `nn.functional.embedding`. */
export const embedding = op(
  "embedding(Tensor input, Tensor weight, int? padding_idx=None, float? max_norm=None, float norm_type=2.0, bool scale_grad_by_freq=False, bool sparse=False) -> Tensor",
);
define(embedding, {
  kernel: compute(({ input, weight, max_norm, norm_type }) => {
    if (input.dtype !== int64 && input.dtype !== int32)
      throw new RuntimeError(
        `Expected tensor for argument #${max_norm === null ? 1 : 2} 'indices' to have one of the following scalar types: Long, Int; but got torch.${input.dtype.legacyName}Tensor instead (while checking arguments for ${max_norm === null ? "embedding" : "embedding_renorm_"})\nIndices come from ${help({ TypeScript: "bigints", Python: "ints" })}, torch.randint, or x.long().`,
      );
    if (weight.sizes.length !== 2) throw new RuntimeError("'weight' must be 2-D");
    const rows = input.reshape([-1]);
    if (max_norm !== null) shorten(weight, rows.long(), max_norm, norm_type);
    return weight.index_select(0, rows).view([...input.sizes, weight.sizes[1]]);
  }),
  saves: { weight: ["input"] },
  backward: {
    weight: ({ grad, input, sizes, padding_idx, scale_grad_by_freq, sparse }) => {
      const flat = input.reshape([-1]);
      let rows = grad.reshape([flat.numel(), sizes.weight[1]]);
      if (sparse) {
        if (scale_grad_by_freq)
          throw new RuntimeError("embedding_backward: scale_grad_by_freq not supported with sparse gradients");
        if (padding_idx === null) return gradientOfRows(flat, rows, sizes.weight);
        const padding = padding_idx < 0 ? padding_idx + sizes.weight[0] : padding_idx;
        const counted = _nonzero(flat.ne(padding)).squeeze([1]);
        return gradientOfRows(flat.index_select(0, counted), rows.index_select(0, counted), sizes.weight);
      }
      if (padding_idx !== null)
        rows = rows.masked_fill(flat.eq(padding_idx < 0 ? padding_idx + sizes.weight[0] : padding_idx).unsqueeze(1), 0);
      if (scale_grad_by_freq) {
        const counts = index_add(grad.new_zeros([sizes.weight[0]]), 0, flat, grad.new_ones(flat.sizes));
        rows = rows.div(counts.index_select(0, flat).unsqueeze(1));
      }
      return index_add(grad.new_zeros(sizes.weight), 0, flat, rows);
    },
  },
});
