// New tensors: of one value, of a rule, or like another.
import type { Dtype, Scalar } from "../dtype.ts";
import { float64, get_default_dtype } from "../dtype.ts";
import { RuntimeError } from "../errors.ts";
import { copyStrides, numel } from "../layout.ts";
import type { Shape } from "../layout.ts";
import { preserve_format, stridesIn } from "../memory_format.ts";
import type { MemoryFormat } from "../memory_format.ts";
import { empty as allocate } from "../allocate.ts";
import { compute } from "../op/kernels.ts";
import { define, op } from "../op/op.ts";
import { assign } from "../op/pointwise.ts";
import { Tensor } from "../tensor.ts";
import { _pow_scalar } from "./pointwise.ts";
import { asLeaf, checkSize, filled, fromTyped, inferDtype } from "./data.ts";

/** Uninitialised elements. */
export const empty = op(
  "empty(int[] size, *, dtype? dtype=None, str? device=None, bool requires_grad=False) -> Tensor",
);
define(empty, {
  kernel: compute(({ size, dtype, requires_grad }) =>
    asLeaf(allocate(checkSize(size), dtype ?? get_default_dtype()), requires_grad),
  ),
});

/** Elements all 0. */
export const zeros = op(
  "zeros(int[] size, *, dtype? dtype=None, str? device=None, bool requires_grad=False) -> Tensor",
);
define(zeros, {
  kernel: compute(({ size, dtype, requires_grad }) => {
    if (size.some((n) => n < 0)) throw new RuntimeError("zeros: Dimension size must be non-negative.");
    return asLeaf(filled(size, 0, dtype ?? get_default_dtype()), requires_grad);
  }),
});

/** Elements all 1. */
export const ones = op("ones(int[] size, *, dtype? dtype=None, str? device=None, bool requires_grad=False) -> Tensor");
define(ones, {
  kernel: compute(({ size, dtype, requires_grad }) =>
    asLeaf(filled(size, 1, dtype ?? get_default_dtype()), requires_grad),
  ),
});

/** Elements all `fill_value`: a number gives the default dtype, a bigint int64, a boolean bool. */
export const full = op(
  "full(int[] size, Scalar fill_value, *, dtype? dtype=None, str? device=None, bool requires_grad=False) -> Tensor",
);
define(full, {
  kernel: compute(({ size, fill_value, dtype, requires_grad }) =>
    asLeaf(filled(size, fill_value, dtype ?? inferDtype(fill_value)!), requires_grad),
  ),
});

const like = (t: Tensor, dtype: Dtype | null, format: MemoryFormat | null): Tensor => {
  const kept = format === null || format === preserve_format;
  return allocate(t.sizes, dtype ?? t.dtype, kept ? copyStrides(t.layout) : stridesIn(format, t.sizes), t.backend);
};
const filledLike = (t: Tensor, dtype: Dtype | null, value: Scalar, format: MemoryFormat | null): Tensor => {
  const out = like(t, dtype, format);
  assign(out, value);
  return out;
};

/** Uninitialised elements, sizes and dtype of `self`. */
export const empty_like = op(
  "empty_like(Tensor self, *, dtype? dtype=None, str? device=None, bool requires_grad=False, memory_format? memory_format=None) -> Tensor",
);
define(empty_like, {
  kernel: compute(({ self, dtype, requires_grad, memory_format }) =>
    asLeaf(like(self, dtype, memory_format), requires_grad),
  ),
});

/** Zeros of the sizes and dtype of `self`. */
export const zeros_like = op(
  "zeros_like(Tensor self, *, dtype? dtype=None, str? device=None, bool requires_grad=False, memory_format? memory_format=None) -> Tensor",
);
define(zeros_like, {
  kernel: compute(({ self, dtype, requires_grad, memory_format }) =>
    asLeaf(filledLike(self, dtype, 0, memory_format), requires_grad),
  ),
});

/** Ones of the sizes and dtype of `self`. */
export const ones_like = op(
  "ones_like(Tensor self, *, dtype? dtype=None, str? device=None, bool requires_grad=False, memory_format? memory_format=None) -> Tensor",
);
define(ones_like, {
  kernel: compute(({ self, dtype, requires_grad, memory_format }) =>
    asLeaf(filledLike(self, dtype, 1, memory_format), requires_grad),
  ),
});

/** `fill_value` at the sizes and dtype of `self`. */
export const full_like = op(
  "full_like(Tensor self, Scalar fill_value, *, dtype? dtype=None, str? device=None, bool requires_grad=False, memory_format? memory_format=None) -> Tensor",
);
define(full_like, {
  kernel: compute(({ self, fill_value, dtype, requires_grad, memory_format }) =>
    asLeaf(filledLike(self, dtype, fill_value, memory_format), requires_grad),
  ),
});

/** Uninitialised elements, dtype of `self`. */
export const new_empty = op(
  "new_empty(Tensor self, int[] size, *, dtype? dtype=None, str? device=None, bool requires_grad=False) -> Tensor",
);
define(new_empty, {
  kernel: compute(({ self, size, dtype, requires_grad }) =>
    asLeaf(allocate(checkSize(size), dtype ?? self.dtype), requires_grad),
  ),
});

/** Zeros of the dtype of `self`. */
export const new_zeros = op(
  "new_zeros(Tensor self, int[] size, *, dtype? dtype=None, str? device=None, bool requires_grad=False) -> Tensor",
);
define(new_zeros, {
  kernel: compute(({ self, size, dtype, requires_grad }) =>
    asLeaf(filled(size, 0, dtype ?? self.dtype), requires_grad),
  ),
});

/** Ones of the dtype of `self`. */
export const new_ones = op(
  "new_ones(Tensor self, int[] size, *, dtype? dtype=None, str? device=None, bool requires_grad=False) -> Tensor",
);
define(new_ones, {
  kernel: compute(({ self, size, dtype, requires_grad }) =>
    asLeaf(filled(size, 1, dtype ?? self.dtype), requires_grad),
  ),
});

/** `fill_value` in the dtype of `self`. */
export const new_full = op(
  "new_full(Tensor self, int[] size, Scalar fill_value, *, dtype? dtype=None, str? device=None, bool requires_grad=False) -> Tensor",
);
define(new_full, {
  kernel: compute(({ self, size, fill_value, dtype, requires_grad }) =>
    asLeaf(filled(size, fill_value, dtype ?? self.dtype), requires_grad),
  ),
});

/** Uninitialised elements with given strides, dtype of `self`. */
export const new_empty_strided = op(
  "new_empty_strided(Tensor self, int[] size, int[] stride, *, dtype? dtype=None) -> Tensor",
);
define(new_empty_strided, {
  kernel: compute(({ self, size, stride, dtype }) => strided(size, stride, dtype ?? self.dtype)),
});

/** Uninitialised elements with given strides. */
export const empty_strided = op(
  "empty_strided(int[] size, int[] stride, *, dtype? dtype=None, str? device=None) -> Tensor",
);
define(empty_strided, {
  kernel: compute(({ size, stride, dtype }) => strided(size, stride, dtype ?? get_default_dtype())),
});

function strided(size: Shape, stride: readonly number[], dtype: Dtype): Tensor {
  const extent = numel(size) === 0 ? 0 : size.reduce((at, n, d) => at + (n - 1) * stride[d], 1);
  const flat = allocate([extent], dtype);
  return new Tensor(flat.storage, dtype, size, stride, 0);
}

/** `steps` values from start to end, both included: numbers, or tensors that hold one. */
export const linspace = op(
  "linspace(Tensor|Scalar start, Tensor|Scalar end, int steps, *, dtype? dtype=None, str? device=None, bool requires_grad=False) -> Tensor",
);
define(linspace, {
  kernel: compute(({ start, end, steps, dtype, requires_grad }) => {
    if (steps < 0) throw new RuntimeError("number of steps must be non-negative");
    const [a, b] = [numberOf(start), numberOf(end)];
    const step = steps > 1 ? (b - a) / (steps - 1) : 0;
    const values = new Float64Array(steps);
    // From both ends, so that the middle is symmetric and the end exact.
    for (let i = 0; i < steps; i++) values[i] = i < steps / 2 ? a + i * step : b - (steps - 1 - i) * step;
    return asLeaf(fromTyped(values, [steps], dtype ?? get_default_dtype()), requires_grad);
  }),
});

function numberOf(x: Tensor | Scalar): number {
  if (!(x instanceof Tensor)) return Number(x);
  if (x.sizes.length > 0)
    throw new RuntimeError(
      `linspace only supports 0-dimensional start and end tensors, but got start with ${x.sizes.length} dimension(s).`,
    );
  return Number(x.item());
}

/** `steps` powers of `base`, the exponents evenly spaced from start to end. */
export const logspace = op(
  "logspace(Tensor|Scalar start, Tensor|Scalar end, int steps, float base=10.0, *, dtype? dtype=None, str? device=None, bool requires_grad=False) -> Tensor",
);
define(logspace, {
  kernel: compute(({ start, end, steps, base, dtype, requires_grad }) => {
    const to = dtype ?? get_default_dtype();
    const bound = (x: Tensor | Scalar): Tensor | Scalar => (to.is_differentiable ? x : Math.trunc(numberOf(x)));
    const exponents = linspace(bound(start), bound(end), steps, { dtype: float64 });
    return asLeaf(_pow_scalar(base, exponents).to(to), requires_grad);
  }),
});

/** Ones on the diagonal, zeros elsewhere. */
export const eye = op(
  "eye(int n, int? m=None, *, dtype? dtype=None, str? device=None, bool requires_grad=False) -> Tensor",
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
  "scalar_tensor(Scalar s, *, dtype? dtype=None, str? device=None, bool requires_grad=False) -> Tensor",
);
define(scalar_tensor, {
  kernel: compute(({ s, dtype, requires_grad }) => asLeaf(filled([], s, dtype ?? get_default_dtype()), requires_grad)),
});
