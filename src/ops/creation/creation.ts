// New tensors: of one value, of a rule, or like another.
import { cppName } from "../../base/cpp_names.ts";
import type { Dtype, Scalar } from "../../base/dtype.ts";
import {
  bool,
  Complex,
  complex64,
  complex128,
  complexOf,
  float32,
  get_default_dtype,
  uint8,
} from "../../base/dtype.ts";
import { iinfo } from "../../base/dtype_info.ts";
import { RuntimeError } from "../../base/errors.ts";
import { fma } from "../../base/fma.ts";
import { contiguousStrides, reach } from "../../base/layout.ts";
import type { Shape } from "../../base/layout.ts";
import { preserve_format, stridesIn } from "../../base/memory_format.ts";
import { isHalf, roundedToHalf } from "../../kernel/half.ts";
import { empty as allocate, emptyLike } from "../../tensor/allocate.ts";
import type { Like } from "../../tensor/allocate.ts";
import { compute, host } from "../../kinds/kernels.ts";
import { define, op } from "../../dispatch/declare.ts";
import { fillsUnwritten } from "../../settings/numerics.ts";
import { assign, castScalar } from "../../tensor/elementwise.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { _pow_scalar } from "../pointwise/arithmetic.ts";
import { asLeaf, checkSize, filled, fromTyped, hostZeros, inferDtype } from "./from_data.ts";

/** Elements that nobody has written; see `deterministic` in settings/numerics.ts. */
export function unwritten(t: Tensor): Tensor {
  const { dtype } = t;
  if (fillsUnwritten())
    assign(t, dtype.is_floating_point || dtype.is_complex ? NaN : dtype === bool ? true : iinfo(dtype).max);
  return t;
}
/** Uninitialised elements, in row-major order or in that of `memory_format`. */
export const empty = op(
  "empty(SymInt[] size, *, dtype? dtype=None, device? device=None, bool requires_grad=False, memory_format? memory_format=None, layout? layout=None) -> Tensor",
);
define(empty, {
  kernel: compute(({ size, dtype, requires_grad, memory_format }) => {
    if (memory_format === preserve_format)
      throw new RuntimeError("empty(): memory_format preserve_format is for tensors that are made like another");
    const strides = memory_format === null ? undefined : stridesIn(memory_format, checkSize(size));
    return asLeaf(unwritten(allocate(checkSize(size), dtype ?? get_default_dtype(), strides)), requires_grad);
  }),
});

/** Elements all 0. */
export const zeros = op(
  "zeros(SymInt[] size, *, dtype? dtype=None, device? device=None, bool requires_grad=False, layout? layout=None) -> Tensor",
);
define(zeros, {
  kernel: compute(({ size, dtype, requires_grad }) => {
    if (size.some((n) => n < 0)) throw new RuntimeError("zeros: Dimension size must be non-negative.");
    return asLeaf(filled(size, 0, dtype ?? get_default_dtype()), requires_grad);
  }),
});

/** Elements all 1. */
export const ones = op(
  "ones(SymInt[] size, *, dtype? dtype=None, device? device=None, bool requires_grad=False, layout? layout=None) -> Tensor",
);
define(ones, {
  kernel: compute(({ size, dtype, requires_grad }) =>
    asLeaf(filled(size, 1, dtype ?? get_default_dtype()), requires_grad),
  ),
});

/** Elements all `fill_value`: a number gives the default dtype, a bigint int64, a boolean bool. */
export const full = op(
  "full(SymInt[] size, Scalar fill_value, *, dtype? dtype=None, device? device=None, bool requires_grad=False, layout? layout=None) -> Tensor",
);
define(full, {
  kernel: compute(({ size, fill_value, dtype, requires_grad }) =>
    asLeaf(filled(size, fill_value, dtype ?? inferDtype(fill_value)!), requires_grad),
  ),
});

interface Made extends Like {
  readonly requires_grad: boolean;
}
function filledLike(t: Tensor, value: Scalar, made: Made): Tensor {
  const out = emptyLike(t, made);
  assign(out, value);
  return asLeaf(out, made.requires_grad);
}

/** Uninitialised elements, sizes and dtype of `self`. */
export const empty_like = op(
  "empty_like(Tensor self, *, dtype? dtype=None, device? device=None, bool requires_grad=False, memory_format? memory_format=None, layout? layout=None) -> Tensor",
);
define(empty_like, {
  kernel: compute(({ self, ...made }) => asLeaf(unwritten(emptyLike(self, made)), made.requires_grad)),
});

/** Zeros of the sizes and dtype of `self`. */
export const zeros_like = op(
  "zeros_like(Tensor self, *, dtype? dtype=None, device? device=None, bool requires_grad=False, memory_format? memory_format=None, layout? layout=None) -> Tensor",
);
define(zeros_like, {
  kernel: compute(({ self, ...made }) => filledLike(self, 0, made)),
});

/** Ones of the sizes and dtype of `self`. */
export const ones_like = op(
  "ones_like(Tensor self, *, dtype? dtype=None, device? device=None, bool requires_grad=False, memory_format? memory_format=None, layout? layout=None) -> Tensor",
);
define(ones_like, {
  kernel: compute(({ self, ...made }) => filledLike(self, 1, made)),
});

/** `fill_value` at the sizes and dtype of `self`. */
export const full_like = op(
  "full_like(Tensor self, Scalar fill_value, *, dtype? dtype=None, device? device=None, bool requires_grad=False, memory_format? memory_format=None, layout? layout=None) -> Tensor",
);
define(full_like, {
  kernel: compute(({ self, fill_value, ...made }) => filledLike(self, fill_value, made)),
});

/** Uninitialised elements, dtype of `self`. */
export const new_empty = op(
  "new_empty(Tensor self, SymInt[] size, *, dtype? dtype=None, device? device=None, bool requires_grad=False, layout? layout=None) -> Tensor",
);
define(new_empty, {
  kernel: compute(({ self, size, dtype, requires_grad }) =>
    asLeaf(unwritten(allocate(checkSize(size), dtype ?? self.dtype)), requires_grad),
  ),
});

/** Zeros of the dtype of `self`. */
export const new_zeros = op(
  "new_zeros(Tensor self, SymInt[] size, *, dtype? dtype=None, device? device=None, bool requires_grad=False, layout? layout=None) -> Tensor",
);
define(new_zeros, {
  kernel: compute(({ self, size, dtype, requires_grad }) =>
    asLeaf(filled(size, 0, dtype ?? self.dtype), requires_grad),
  ),
});

/** Ones of the dtype of `self`. */
export const new_ones = op(
  "new_ones(Tensor self, SymInt[] size, *, dtype? dtype=None, device? device=None, bool requires_grad=False, layout? layout=None) -> Tensor",
);
define(new_ones, {
  kernel: compute(({ self, size, dtype, requires_grad }) =>
    asLeaf(filled(size, 1, dtype ?? self.dtype), requires_grad),
  ),
});

/** `fill_value` in the dtype of `self`. */
export const new_full = op(
  "new_full(Tensor self, SymInt[] size, Scalar fill_value, *, dtype? dtype=None, device? device=None, bool requires_grad=False, layout? layout=None) -> Tensor",
);
define(new_full, {
  kernel: compute(({ self, size, fill_value, dtype, requires_grad }) =>
    asLeaf(filled(size, fill_value, dtype ?? self.dtype), requires_grad),
  ),
});

/** Uninitialised elements with given strides, dtype of `self`. */
export const new_empty_strided = op(
  "new_empty_strided(Tensor self, SymInt[] size, SymInt[] stride, *, dtype? dtype=None, device? device=None, bool requires_grad=False, layout? layout=None) -> Tensor",
);
define(new_empty_strided, {
  kernel: compute(({ self, size, stride, dtype, requires_grad }) =>
    asLeaf(strided(size, stride, dtype ?? self.dtype), requires_grad),
  ),
});

/**
 * Zeros that lie as `other` does, in as much memory, behind the first `self_num_batch_dims` dims of `self`: a tangent of
 * `other`, of which every view has one.
 * @internal
 */
export const _new_zeros_with_same_feature_meta = op(
  "_new_zeros_with_same_feature_meta(Tensor self, Tensor other, *, int self_num_batch_dims=0) -> Tensor",
);
define(_new_zeros_with_same_feature_meta, {
  kernel: compute(({ self, other, self_num_batch_dims }) => {
    const { dtype, sizes, strides, offset } = other;
    const batch = self.shape.slice(0, self_num_batch_dims);
    const numel = other.storage.block.nbytes / dtype.itemsize;
    const { storage } = filled([...batch, numel], 0, dtype);
    const steps = contiguousStrides([...batch, numel]).slice(0, -1);
    return new Tensor(storage, dtype, [...batch, ...sizes], [...steps, ...strides], offset);
  }),
});

/** Uninitialised elements with given strides. */
export const empty_strided = op(
  "empty_strided(SymInt[] size, SymInt[] stride, *, dtype? dtype=None, device? device=None, bool requires_grad=False, layout? layout=None) -> Tensor",
);
define(empty_strided, {
  kernel: compute(({ size, stride, dtype, requires_grad }) =>
    asLeaf(strided(size, stride, dtype ?? get_default_dtype()), requires_grad),
  ),
});

/** Uninitialised elements that lie in memory in the order of the dims in `physical_layout`, the outermost first. */
export const empty_permuted = op(
  "empty_permuted(int[] size, int[] physical_layout, *, dtype? dtype=None, device? device=None, bool requires_grad=False, layout? layout=None) -> Tensor",
);
define(empty_permuted, {
  kernel: compute(({ size, physical_layout, dtype, requires_grad }) => {
    if (size.length !== physical_layout.length)
      throw new RuntimeError(
        `Number of dimensions in size does not match the length of the physical_layout; i.e. len(size) = ${size.length} is not equal to len(physical_layout) = ${physical_layout.length}`,
      );
    for (const [i, dim] of physical_layout.entries()) {
      if (dim < 0 || dim >= size.length)
        throw new RuntimeError(
          `Dimension out of range (expected to be between 0 and ${size.length - 1}, but got ${dim} at index ${i}).  NB: negative dims not currently supported; file an issue if you want it.`,
        );
      if (physical_layout.indexOf(dim) < i) throw new RuntimeError("Duplicate dim not allowed");
    }
    const laid = checkSize(physical_layout.map((dim) => size[dim]));
    const made = unwritten(allocate(laid, dtype ?? get_default_dtype()));
    const stride = size.map((_, dim) => made.strides[physical_layout.indexOf(dim)]);
    return asLeaf(new Tensor(made.storage, made.dtype, size, stride, 0), requires_grad);
  }),
});

function strided(size: Shape, stride: readonly number[], dtype: Dtype): Tensor {
  if (size.length !== stride.length)
    throw new RuntimeError(
      `mismatch in length of strides and shape: strides has ${stride.length} dimensions, while shape has ${size.length}`,
    );
  checkSize(size);
  const flat = allocate([reach({ shape: size, strides: stride, offset: 0 })], dtype);
  return new Tensor(unwritten(flat).storage, dtype, size, stride, 0);
}

/** `steps` values from start to end, both included: numbers, or tensors that hold one. */
export const linspace = op(
  "linspace(Tensor|Scalar start, Tensor|Scalar end, int steps, *, dtype? dtype=None, device? device=None, bool requires_grad=False, layout? layout=None) -> Tensor",
);
define(linspace, {
  kernel: compute(({ start, end, steps, dtype, requires_grad }) => {
    assertSteps(steps);
    const [a, b] = [numberOf(start), numberOf(end)];
    const to = spacedDtype("linspace", a, b, dtype);
    // Of complex numbers the parts, in turn.
    const ends = to.is_complex
      ? partsOf(a).map((x, k) => [x, partsOf(b)[k]])
      : [[steps > 0 ? fitted(a, to) : 0, steps > 1 ? fitted(b, to) : 0]];
    const values = hostZeros(steps * ends.length);
    for (const [k, [first, last]] of ends.entries()) {
      const spaced = spacedBy(first, last, steps, to);
      for (let i = 0; i < steps; i++) values[i * ends.length + k] = spaced(i);
    }
    return asLeaf(fromTyped(values, [steps], to), requires_grad);
  }),
});
/**
 * From both ends, so that the last is exact: the step as the dtype has it, float64 of whole numbers, times how many, and the end,
 * rounded together; of halves each by itself.
 */
function spacedBy(start: number, end: number, steps: number, to: Dtype): (i: number) => number {
  const [isShort, round] = [isHalf(to), roundedTo(to)];
  const [first, last] = [start, end].map(round);
  if (steps === 1) return () => first;
  const step = round(round(last - first) / round(steps - 1));
  const from = (x: number, k: number, by: number): number =>
    isShort ? round(x + round(by * round(k))) : round === exact ? fma(by, k, x) : round(x + by * k);
  const half = Math.floor(steps / 2);
  return (i) => (i < half ? from(first, i, step) : from(last, steps - 1 - i, -step));
}
function assertSteps(steps: number): void {
  if (steps < 0) throw new RuntimeError("number of steps must be non-negative");
}
const exact = (x: number): number => x;
/** Numbers as a dtype of floats has them. */
const roundedTo = (dtype: Dtype): ((x: number) => number) =>
  isHalf(dtype) ? (x) => roundedToHalf(x, dtype) : dtype === float32 || dtype === complex64 ? Math.fround : exact;
/** An end as that dtype holds it: ends of whole numbers are cut first. */
function fitted(x: Scalar, to: Dtype): number {
  const held = Number(castScalar(x, to));
  return to === uint8 && held < 0 ? held + 256 : held;
}
/** The dtype of numbers between two: complex if one is. */
function spacedDtype(name: string, a: Scalar, b: Scalar, asked: Dtype | null): Dtype {
  if (!(a instanceof Complex || b instanceof Complex)) return asked ?? get_default_dtype();
  const found = complexOf(get_default_dtype());
  if (asked !== null && !asked.is_complex)
    throw new RuntimeError(
      `torch.${name}(): inferred dtype ${cppName(found)} can't be safely cast to passed dtype ${asked.legacyName}`,
    );
  return asked ?? found;
}
const partsOf = (x: Scalar): [number, number] => (x instanceof Complex ? [x.re, x.im] : [Number(x), 0]);

function numberOf(x: Tensor | Scalar): Scalar {
  if (!(x instanceof Tensor)) return x;
  if (x.sizes.length > 0)
    throw new RuntimeError(
      `linspace only supports 0-dimensional start and end tensors, but got start with ${x.sizes.length} dimension(s).`,
    );
  return x.item() as Scalar;
}

/** `steps` powers of `base`, the exponents evenly spaced from start to end. */
export const logspace = op(
  "logspace(Tensor|Scalar start, Tensor|Scalar end, int steps, float base=10.0, *, dtype? dtype=None, device? device=None, bool requires_grad=False, layout? layout=None) -> Tensor",
);
define(logspace, {
  kernel: host(({ start, end, steps, base, dtype, requires_grad }) => {
    const [a, b] = [numberOf(start), numberOf(end)];
    const to = spacedDtype("logspace", a, b, dtype);
    assertSteps(steps);
    if (to.is_complex) {
      const exponents = linspace(a, b, steps, { dtype: complex128 });
      return asLeaf(_pow_scalar(base, exponents).to(to), requires_grad);
    }
    // The ends as the dtype has them, and all else in float64.
    const values = hostZeros(steps);
    const round = roundedTo(to);
    const [first, last] = [a, b].map((x) =>
      !to.is_floating_point ? Math.trunc(Number(x)) : steps === 1 ? Number(x) : round(Number(x)),
    );
    const step = steps > 1 ? round(last - first) / (steps - 1) : 0;
    for (let i = 0; i < steps; i++)
      values[i] = base ** (i < Math.floor(steps / 2) || steps === 1 ? first + step * i : last - step * (steps - 1 - i));
    return asLeaf(fromTyped(values, [steps], to), requires_grad);
  }),
});

/** Ones on the diagonal, zeros elsewhere. */
export const eye = op(
  "eye(int n, int? m=None, *, dtype? dtype=None, device? device=None, bool requires_grad=False, layout? layout=None) -> Tensor",
);
define(eye, {
  kernel: compute(({ n, m, dtype, requires_grad }) => {
    if (n < 0) throw new RuntimeError(`n must be greater or equal to 0, got ${n}`);
    if (m !== null && m < 0) throw new RuntimeError(`m must be greater or equal to 0, got ${m}`);
    const out = filled([n, m ?? n], 0, dtype ?? get_default_dtype());
    assign(new Tensor(out.storage, out.dtype, [Math.min(n, m ?? n)], [(m ?? n) + 1], 0), 1);
    return asLeaf(out, requires_grad);
  }),
});

/** A tensor of no dims. */
export const scalar_tensor = op(
  "scalar_tensor(Scalar s, *, dtype? dtype=None, device? device=None, bool requires_grad=False, layout? layout=None) -> Tensor",
);
define(scalar_tensor, {
  kernel: compute(({ s, dtype, requires_grad }) => asLeaf(filled([], s, dtype ?? get_default_dtype()), requires_grad)),
});
