// Matrix products.
import type { Matrix } from "../../devices/backend.ts";
import type { Dtype, Scalar } from "../../base/dtype.ts";
import { bool, Complex, Float, float32, float64 } from "../../base/dtype.ts";
import { cppName } from "../../base/cpp_names.ts";
import { RuntimeError } from "../../base/errors.ts";
import { broadcastShapes, numel } from "../../base/layout.ts";
import type { Shape } from "../../base/layout.ts";
import { empty as allocate } from "../../tensor/allocate.ts";
import { isHalf } from "../../kernel/half.ts";
import { contiguous_format } from "../../base/memory_format.ts";
import { composite, compute } from "../../kinds/kernels.ts";
import { define, inplace, op } from "../../dispatch/declare.ts";
import { castScalar } from "../../tensor/elementwise.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { conj } from "../common/conjugate.ts";
import { _complex } from "../pointwise/complex.ts";
import { notImplementedFor } from "../../dispatch/takes.ts";
import { rowMajor } from "../common/row_major.ts";
import { _unsafe_view } from "../views/view.ts";

/**
 * x · y for [n, k] and [k, m], for batches [b, n, k] and [b, k, m], and for vectors in place of either; plus `addend`, of the
 * result's shape, if the dtype is float32 or float64. Those run on the device's product, integers as sums of products; of
 * `narrow` are the numbers that were halves.
 */
function product(x: Tensor, y: Tensor, addend: Tensor | null = null, narrow?: Dtype): Tensor {
  const { dtype } = x;
  if (dtype.is_complex) {
    const [a, b, c, d] = [x.real, x.imag, y.real, y.imag];
    const [re, im] = [product(a, c).sub_(product(b, d)), product(a, d).add_(product(b, c))];
    // BLAS multiplies what a vector comes to by an alpha of 1 + 0i, which infinities do not survive.
    const scaled = x.sizes.length === 2 && (y.sizes.length === 1 || y.sizes[1] === 1);
    return scaled ? _complex(re.sub(im.mul(0)), im.add(re.mul(0))) : _complex(re, im);
  }
  if (isHalf(dtype)) return product(x.float(), y.float(), null, dtype).to(dtype);
  if (!isDirect(dtype))
    return y.sizes.length === 1
      ? x.mul(y).sum([-1], false, { dtype })
      : x.unsqueeze(-1).mul(y.unsqueeze(-3)).sum([-2], false, { dtype });
  const shape = x.sizes.slice(0, -1);
  if (y.sizes.length > 1) shape.push(y.sizes[y.sizes.length - 1]);
  const out = allocate(shape, dtype);
  const a = matrix(x, "row");
  const b = matrix(y, "column");
  const k = x.sizes[x.sizes.length - 1];
  const { block, offset } = out;
  const to = { block, offset, rowStride: b.cols, colStride: 1, batchStride: a.rows * b.cols };
  x.backend.matmul(dtype, {
    m: a.rows,
    n: b.cols,
    k,
    a,
    b,
    out: to,
    batch: x.sizes.length === 3 ? x.sizes[0] : 1,
    addend: addend === null ? undefined : matrix(addend, "row"),
    narrow,
  });
  return out;
}
const isDirect = (dtype: Dtype): boolean => dtype === float32 || dtype === float64;
/** The last two dims of a tensor; those of a vector as a row or a column. */
function matrix(
  { block, offset, sizes, strides }: Tensor,
  as: "row" | "column",
): Matrix & { rows: number; cols: number } {
  const d = sizes.length - 1;
  if (d > 0) {
    const batchStride = d > 1 ? strides[0] : 0;
    const [rowStride, colStride] = [strides[d - 1], strides[d]];
    return { block, offset, rows: sizes[d - 1], cols: sizes[d], rowStride, colStride, batchStride };
  }
  return as === "row"
    ? { block, offset, rows: 1, cols: sizes[0], rowStride: 0, colStride: strides[0], batchStride: 0 }
    : { block, offset, rows: sizes[0], cols: 1, rowStride: strides[0], colStride: 0, batchStride: 0 };
}
/** Both of one dtype, and none that the kernel is not made for. */
function sameDtype(kernel: string, a: Tensor, b: Tensor): void {
  if (a.dtype !== b.dtype)
    throw new RuntimeError(
      `expected m1 and m2 to have the same dtype, but got: ${cppName(a.dtype)} != ${cppName(b.dtype)}\nConvert one: x.to(other.dtype).`,
    );
  refuseBool(kernel, a);
}
function refuseBool(kernel: string, { dtype }: Tensor): void {
  if (dtype === bool) throw notImplementedFor(kernel, dtype);
}

/** Product of two matrices. */
export const mm = op("mm(Tensor self, Tensor mat2) -> Tensor");
define(mm, {
  kernel: compute(({ self, mat2 }) => {
    if (self.sizes.length !== 2) throw new RuntimeError("self must be a matrix");
    if (mat2.sizes.length !== 2) throw new RuntimeError("mat2 must be a matrix");
    assertMatrices("mat1 and mat2", self, mat2);
    sameDtype("addmm_impl_cpu_", self, mat2);
    return product(self, mat2);
  }),
  saves: { self: ["mat2"], mat2: ["self"] },
  backward: {
    self: ({ grad, mat2, sizes, strides }) => gradOfLeft(grad, mat2, isByColumns(sizes.self, strides.self)),
    mat2: ({ grad, self, sizes, strides }) => gradOfRight(grad, self, isByColumns(sizes.mat2, strides.mat2)),
  },
  strided: true,
});
/** A gradient lies as what it is of, so that it can become a parameter's gradient as it is: a layer's weight is the transpose of a factor. */
const isByColumns = ([rows]: Shape, [down, across]: readonly number[]): boolean => down === 1 && across === rows;
const gradOfLeft = (grad: Tensor, right: Tensor, byColumns: boolean): Tensor =>
  byColumns ? conj(right).mm(grad.t()).t() : grad.mm(conj(right.t()));
const gradOfRight = (grad: Tensor, left: Tensor, byColumns: boolean): Tensor =>
  byColumns ? grad.t().mm(conj(left)).t() : conj(left.t()).mm(grad);
function assertMatrices(names: string, a: Tensor, b: Tensor): void {
  if (a.sizes[1] !== b.sizes[0])
    throw new RuntimeError(
      `${names} shapes cannot be multiplied (${a.sizes[0]}x${a.sizes[1]} and ${b.sizes[0]}x${b.sizes[1]})`,
    );
}
/** Products of two batches of matrices, [b, n, k] and [b, k, m]. */
export const bmm = op("bmm(Tensor self, Tensor mat2) -> Tensor");
define(bmm, {
  kernel: compute(({ self, mat2 }) => {
    if (self.sizes.length !== 3) throw new RuntimeError("batch1 must be a 3D tensor");
    if (mat2.sizes.length !== 3) throw new RuntimeError("batch2 must be a 3D tensor");
    const [b, , k] = self.sizes;
    if (mat2.sizes[0] !== b || mat2.sizes[1] !== k)
      throw new RuntimeError(
        `Expected size for first two dimensions of batch2 tensor to be: [${b}, ${k}] but got: [${mat2.sizes[0]}, ${mat2.sizes[1]}].`,
      );
    refuseBool("bmm", self);
    if (self.dtype !== mat2.dtype)
      throw new RuntimeError(
        `expected scalar type ${self.dtype.legacyName} but found ${mat2.dtype.legacyName}\nConvert one: x.to(other.dtype).`,
      );
    return product(self, mat2);
  }),
  saves: { self: ["mat2"], mat2: ["self"] },
  backward: {
    self: ({ grad, mat2 }) => grad.bmm(conj(mat2.transpose(1, 2))),
    mat2: ({ grad, self }) => conj(self.transpose(1, 2)).bmm(grad),
  },
});
function sameAddmv({ dtype }: Tensor, mat: Tensor, vec: Tensor): void {
  if (dtype !== mat.dtype || dtype !== vec.dtype)
    throw new RuntimeError(
      `addmv input tensors must have the same dtype, but got ${dtype.legacyName}, ${mat.dtype.legacyName}, and ${vec.dtype.legacyName}\nConvert one: x.to(other.dtype).`,
    );
}
/** Product of a matrix and a vector. */
export const mv = op("mv(Tensor self, Tensor vec) -> Tensor");
define(mv, {
  kernel: compute(({ self, vec }) => {
    if (self.sizes.length !== 2 || vec.sizes.length !== 1)
      throw new RuntimeError(`vector + matrix @ vector expected, got 1, ${self.sizes.length}, ${vec.sizes.length}`);
    if (self.sizes[1] !== vec.sizes[0])
      throw new RuntimeError(
        `size mismatch, got input (${self.sizes[0]}), mat (${self.sizes[0]}x${self.sizes[1]}), vec (${vec.sizes[0]})`,
      );
    sameAddmv(vec, self, vec);
    refuseBool("addmv_impl_cpu", self);
    return product(self, vec);
  }),
  saves: { self: ["vec"], vec: ["self"] },
  backward: {
    self: ({ grad, vec }) => grad.unsqueeze(1).mul(conj(vec).unsqueeze(0)),
    vec: ({ grad, self }) => mv(conj(self.t()), grad),
  },
});
/** Sum of the products of two vectors. */
export const dot = op("dot(Tensor self, Tensor tensor) -> Tensor");
define(dot, {
  kernel: compute(({ self, tensor }) => {
    if (self.sizes.length !== 1 || tensor.sizes.length !== 1)
      throw new RuntimeError(`1D tensors expected, but got ${self.sizes.length}D and ${tensor.sizes.length}D tensors`);
    if (self.dtype !== tensor.dtype)
      throw new RuntimeError(
        `dot : expected both vectors to have same dtype, but found ${self.dtype.legacyName} and ${tensor.dtype.legacyName}`,
      );
    if (self.sizes[0] !== tensor.sizes[0])
      throw new RuntimeError(
        `inconsistent tensor size, expected tensor [${self.sizes[0]}] and src [${tensor.sizes[0]}] to have the same number of elements, but got ${self.sizes[0]} and ${tensor.sizes[0]} elements respectively`,
      );
    refuseBool("dot", self);
    return product(self, tensor);
  }),
  saves: { self: ["tensor"], tensor: ["self"] },
  backward: {
    self: ({ grad, tensor }) => grad.mul(conj(tensor)),
    tensor: ({ grad, self }) => grad.mul(conj(self)),
  },
});
/** {@link dot} with the conjugate of self. */
export const vdot = op("vdot(Tensor self, Tensor other) -> Tensor");
define(vdot, { kernel: composite(({ self, other }) => self.conj_physical().dot(other)), node: "VdotBackward0" });
/** Every product of an element of self with one of vec2, as a matrix. */
export const outer = op("outer(Tensor self, Tensor vec2) -> Tensor");
define(outer, {
  kernel: composite(({ self, vec2 }) => {
    for (const [name, x] of [
      ["self", self],
      ["vec2", vec2],
    ] as const)
      if (x.sizes.length !== 1)
        throw new RuntimeError(`outer: Expected 1-D argument ${name}, but got ${x.sizes.length}-D`);
    return self.unsqueeze(1).mul(vec2);
  }),
});
/** beta * self + alpha * mat1 · mat2. */
export const addmm = op("addmm(Tensor self, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1) -> Tensor");
define(addmm, {
  kernel: compute(({ self, mat1, mat2, beta, alpha }) => {
    if (mat1.sizes.length !== 2) throw new RuntimeError(`mat1 must be a matrix, got ${mat1.sizes.length}-D tensor`);
    if (mat2.sizes.length !== 2) throw new RuntimeError(`mat2 must be a matrix, got ${mat2.sizes.length}-D tensor`);
    assertMatrices("mat1 and mat2", mat1, mat2);
    if (mat1.dtype !== mat2.dtype)
      throw new RuntimeError(
        `mat1 and mat2 must have the same dtype, but got ${mat1.dtype.legacyName} and ${mat2.dtype.legacyName}\nConvert one: x.to(other.dtype).`,
      );
    if (self.dtype !== mat2.dtype)
      throw new RuntimeError(
        `self and mat2 must have the same dtype, but got ${self.dtype.legacyName} and ${mat2.dtype.legacyName}\nConvert one: x.to(other.dtype).`,
      );
    refuseBool("addmm_impl_cpu_", mat1);
    if (isLeftOut(alpha, self.dtype)) return scaledTo([mat1.sizes[0], mat2.sizes[1]], self, beta);
    if (beta === 1 && alpha === 1 && self.dtype === mat1.dtype && isDirect(self.dtype))
      return product(mat1, mat2, self.expand([mat1.sizes[0], mat2.sizes[1]]));
    return combined(self, beta, product(mat1, mat2), alpha);
  }),
  saves: { mat1: ["mat2"], mat2: ["mat1"] },
  backward: {
    self: ({ grad, beta }) => times(grad, conj(beta)),
    mat1: ({ grad, mat2, alpha, sizes, strides }) =>
      times(gradOfLeft(grad, mat2, isByColumns(sizes.mat1, strides.mat1)), conj(alpha)),
    mat2: ({ grad, mat1, alpha, sizes, strides }) =>
      times(gradOfRight(grad, mat1, isByColumns(sizes.mat2, strides.mat2)), conj(alpha)),
  },
  strided: true,
});
const times = (t: Tensor, alpha: Scalar): Tensor => (alpha === 1 ? t : t.mul(alpha));
/** BLAS leaves out a product by 0 altogether, NaN included; of integers and 16-bit floats it makes none. */
const isLeftOut = (alpha: Scalar, dtype: Dtype): boolean => isZero(alpha) && (isDirect(dtype) || dtype.is_complex);
const isZero = (x: Scalar): boolean => (x instanceof Complex ? x.re === 0 && x.im === 0 : Number(x) === 0);
/** beta * self, of a result's shape; beta 0 leaves self out, NaN included. */
function scaledTo(sizes: Shape, self: Tensor, beta: Scalar): Tensor {
  const expanded = self.expand(sizes);
  if (isZero(beta)) return self.new_zeros(sizes);
  return beta === 1
    ? expanded.clone({ memory_format: contiguous_format })
    : rowMajor(expanded.mul(castScalar(beta, self.dtype)));
}
/** beta * self + alpha * made, in the place of `made`. */
function combined(self: Tensor, beta: Scalar, made: Tensor, alpha: Scalar): Tensor {
  const scaled = alpha === 1 ? made : made.mul(castScalar(alpha, made.dtype));
  const added = self.expand(made.sizes);
  if (isZero(beta)) return scaled;
  // A complex infinity is no longer one once it is multiplied by 1 + 0i.
  return scaled.add_(beta === 1 && !self.dtype.is_complex ? added : self.mul(castScalar(beta, made.dtype)));
}
export const addmm_ = inplace(addmm);
/** beta * self + alpha * mat · vec. */
export const addmv = op("addmv(Tensor self, Tensor mat, Tensor vec, *, Scalar beta=1, Scalar alpha=1) -> Tensor");
define(addmv, {
  kernel: compute(({ self, mat, vec, beta, alpha }) => {
    sameAddmv(self, mat, vec);
    const made = mv(mat, vec);
    self.expand(made.sizes);
    // As in PyTorch self is not repeated for a matrix without elements.
    if (mat.numel() === 0 && !isZero(beta)) return scaledTo(self.sizes, self, beta);
    return isZero(alpha) && isDirect(self.dtype) ? scaledTo(made.sizes, self, beta) : combined(self, beta, made, alpha);
  }),
  saves: { mat: ["vec"], vec: ["mat"] },
  backward: {
    self: ({ grad, beta }) => times(grad, conj(beta)),
    mat: ({ grad, vec, alpha }) => times(outer(grad, conj(vec)), conj(alpha)),
    vec: ({ grad, mat, alpha }) => times(mv(conj(mat.t()), grad), conj(alpha)),
  },
});
export const addmv_ = inplace(addmv);
/** beta * self + alpha * vec1 ⊗ vec2. */
export const addr = op("addr(Tensor self, Tensor vec1, Tensor vec2, *, Scalar beta=1, Scalar alpha=1) -> Tensor");
define(addr, {
  kernel: compute(({ self, vec1, vec2, beta, alpha }) => {
    for (const [name, x] of Object.entries({ beta, alpha }))
      if (!self.dtype.is_differentiable && (x instanceof Float || !Number.isInteger(Number(x))))
        throw new RuntimeError(`For integral input tensors, argument ${name} must not be a floating point number.`);
    return blend(self, beta, outer(vec1, vec2), alpha);
  }),
  saves: { vec1: ["vec2"], vec2: ["vec1"] },
  backward: {
    self: ({ grad, beta }) => times(grad, conj(beta)),
    vec1: ({ grad, vec2, alpha }) => times(mv(grad, conj(vec2)), conj(alpha)),
    vec2: ({ grad, vec1, alpha }) => times(mv(grad.t(), conj(vec1)), conj(alpha)),
  },
});
export const addr_ = inplace(addr);
/** beta * self + alpha * the batched products. */
export const baddbmm = op(
  "baddbmm(Tensor self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> Tensor",
);
define(baddbmm, {
  kernel: compute(({ self, batch1, batch2, beta, alpha }) => {
    if (self.dtype !== batch1.dtype || self.dtype !== batch2.dtype)
      throw new RuntimeError(
        `Input dtypes must be the same, got: input ${cppName(self.dtype)}, batch1: ${cppName(batch1.dtype)}, batch2: ${cppName(batch2.dtype)}\nConvert one: x.to(other.dtype).`,
      );
    refuseBool("baddbmm", self);
    const made = batch1.bmm(batch2);
    // PyTorch leaves small ones to no BLAS.
    if (numel(made.sizes.slice(1)) * batch1.sizes[2] >= 400 && isLeftOut(alpha, self.dtype))
      return scaledTo(made.sizes, self, beta);
    // In PyTorch self is copied into the result's place first, which is in row-major order.
    return blend(rowMajor(self), beta, made, alpha);
  }),
  saves: { batch1: ["batch2"], batch2: ["batch1"] },
  backward: {
    self: ({ grad, beta }) => times(grad, conj(beta)),
    batch1: ({ grad, batch2, alpha }) => times(grad.bmm(conj(batch2.transpose(1, 2))), conj(alpha)),
    batch2: ({ grad, batch1, alpha }) => times(conj(batch1.transpose(1, 2)).bmm(grad), conj(alpha)),
  },
});
export const baddbmm_ = inplace(baddbmm);
/** beta * self + alpha * the sum of the batched products. */
export const addbmm = op(
  "addbmm(Tensor self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> Tensor",
);
define(addbmm, {
  kernel: compute(({ self, batch1, batch2, beta, alpha }) => {
    refuseBool("addmm_impl_cpu_", batch1);
    const made = batch1.bmm(batch2).sum(0, false, { dtype: self.dtype });
    if (isLeftOut(alpha, self.dtype)) return scaledTo(made.sizes, self, beta);
    // In PyTorch self is copied into the result's place first, which is in row-major order.
    return blend(rowMajor(self), beta, made, alpha);
  }),
  saves: { batch1: ["batch2"], batch2: ["batch1"] },
  backward: {
    self: ({ grad, beta }) => times(grad, conj(beta)),
    batch1: ({ grad, batch2, alpha }) => times(eachOf(grad, batch2).bmm(conj(batch2.transpose(1, 2))), conj(alpha)),
    batch2: ({ grad, batch1, alpha }) => times(conj(batch1.transpose(1, 2)).bmm(eachOf(grad, batch1)), conj(alpha)),
  },
});
const eachOf = (grad: Tensor, { sizes }: Tensor): Tensor => grad.unsqueeze(0).expand([sizes[0], ...grad.sizes]);
export const addbmm_ = inplace(addbmm);
const blend = (self: Tensor, beta: Scalar, made: Tensor, alpha: Scalar): Tensor => {
  const scaled = alpha === 1 ? made : made.mul(castScalar(alpha, made.dtype));
  if (isZero(beta)) return scaled.add(self.new_zeros([]).expand(self.sizes));
  // A complex infinity is no longer one once it is multiplied by 1 + 0i.
  return (beta === 1 && !self.dtype.is_complex ? self : self.mul(castScalar(beta, made.dtype))).add(scaled);
};

/** Product of vectors, matrices or batches of them, with the batch dims broadcast. */
export const matmul = op("matmul(Tensor self, Tensor other) -> Tensor");
define(matmul, {
  kernel: composite(({ self, other }) => {
    const [n, m] = [self.sizes.length, other.sizes.length];
    if (n === 0 || m === 0)
      throw new RuntimeError(`both arguments to matmul need to be at least 1D, but they are ${n}D and ${m}D`);
    if (n === 1 && m === 1) return self.dot(other);
    if (n === 2 && m === 1) return mv(self, other);
    if (n === 1 && m === 2) {
      assertMatrices("mat1 and mat2", self.unsqueeze(0), other);
      return self.unsqueeze(0).mm(other).squeeze([0]);
    }
    if (n === 2 && m === 2) return self.mm(other);
    // A batch of rows times one matrix is one product.
    if (n > 2 && m <= 2) return foldedRows(self, other);
    return batched(self, other);
  }),
});
function foldedRows(self: Tensor, other: Tensor): Tensor {
  const lead = self.sizes.slice(0, -1);
  const rows = self.reshape([numel(lead), self.sizes.at(-1)!]);
  return other.sizes.length === 1
    ? _unsafe_view(mv(rows, other), lead)
    : _unsafe_view(rows.mm(other), [...lead, other.sizes[1]]);
}
function batched(self: Tensor, other: Tensor): Tensor {
  const x = self.sizes.length === 1 ? self.unsqueeze(0) : self;
  const y = other.sizes.length === 1 ? other.unsqueeze(1) : other;
  const [n, k] = x.sizes.slice(-2);
  const [k2, m] = y.sizes.slice(-2);
  const batch = broadcastShapes(x.sizes.slice(0, -2), y.sizes.slice(0, -2));
  const count = numel(batch);
  if (k !== k2)
    throw new RuntimeError(
      `Expected size for first two dimensions of batch2 tensor to be: [${count}, ${k}] but got: [${count}, ${k2}].`,
    );
  const out = x
    .expand([...batch, n, k])
    .reshape([count, n, k])
    .bmm(y.expand([...batch, k, m]).reshape([count, k, m]));
  const shape = [...batch, ...(self.sizes.length === 1 ? [] : [n]), ...(other.sizes.length === 1 ? [] : [m])];
  return _unsafe_view(out, shape);
}

/** input · weightᵀ + bias over the last dim of input. */
export const linear = op("linear(Tensor input, Tensor weight, Tensor? bias=None) -> Tensor");
define(linear, {
  kernel: composite(({ input, weight, bias }) => {
    if (weight.sizes.length === 1) {
      const out = input.matmul(weight);
      return bias === null ? out : out.add(bias);
    }
    if (input.sizes.length === 0)
      throw new RuntimeError(
        `both arguments to linear need to be at least 1D, but they are 0D and ${weight.sizes.length}D`,
      );
    const lead = input.sizes.slice(0, -1);
    // Where PyTorch does not take the input for a matrix it adds the bias afterwards, of whatever dtype.
    if (bias !== null && bias.dtype !== input.dtype && lead.length > 1 && !input.is_contiguous())
      return input.matmul(weight.t()).add_(bias);
    const rows = lead.length === 1 ? input : input.reshape([numel(lead), input.sizes.at(-1)!]);
    const out = bias === null ? rows.mm(weight.t()) : addmm(bias, rows, weight.t());
    if (lead.length === 1) return out;
    const shape = [...lead, weight.sizes[0]];
    return bias === null ? _unsafe_view(out, shape) : out.view(shape);
  }),
});
