// Products of sparse matrices.
import { RuntimeError } from "../../base/errors.ts";
import type { Dtype, Scalar } from "../../base/dtype.ts";
import { list } from "../../base/layout.ts";
import { index as place } from "../../kernel/abstract.ts";
import { acc, input, load, param } from "../../kernel/expr.ts";
import { Kernel, operand } from "../../kernel/loops.ts";
import { define, op } from "../../dispatch/declare.ts";
import { notImplementedFor as notFor } from "../../dispatch/takes.ts";
import { compute } from "../../kinds/kernels.ts";
import { empty as allocate } from "../../tensor/allocate.ts";
import { assign, castScalar } from "../../tensor/elementwise.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { conj } from "../common/conjugate.ts";
import { index_add } from "../indexing/indexing.ts";
import { index_reduce } from "../indexing/scatter_reduce.ts";
import { compress, pairsOf } from "./order.ts";
import { _sparse_values, asCoo, coalesced, indicesOf, like, packed } from "./pack.ts";
import { coo, csr, notImplementedFor, SparseTensor } from "./tensor.ts";
import { fromCoo, turned } from "./layouts.ts";
import { addmm as dense } from "../linalg/matmul.ts";

/** Σ values[i] · mat[cols[i]] for each row of the result: a sparse matrix times a dense one. @internal */
export const _spmm = op("_spmm(Tensor rows, Tensor cols, Tensor values, Tensor mat, int count) -> Tensor");
define(_spmm, {
  kernel: compute(({ rows, cols, values, mat, count }) => {
    const { dtype } = values;
    const width = mat.sizes[1];
    const out = allocate([count, width], dtype);
    assign(out, 0);
    const n = values.sizes[0];
    if (n === 0 || width === 0) return out;
    const still = (t: Tensor): readonly number[] => [t.strides[0], 0];
    out.backend.launch(productFor(dtype, rows.dtype, cols.dtype), {
      shape: [n, width],
      reduced: 0,
      operands: [
        operand(mat, [0, mat.strides[1]]),
        operand(values, still(values)),
        operand(cols, still(cols)),
        operand(rows, still(rows)),
        operand(out, [0, 1]),
      ],
      params: [mat.strides[0], width],
    });
    return out;
  }),
  saves: { values: ["rows", "cols", "mat"], mat: ["rows", "cols", "values"] },
  backward: {
    values: ({ grad, rows, cols, mat }) => _sddmm(grad, conj(mat), rows, cols),
    mat: ({ grad, rows, cols, values, sizes }) => _spmm(cols, rows, conj(values), grad, sizes.mat[0]),
  },
  node: "MmBackward0",
});
const products = new Map<string, Kernel>();
function productFor(dtype: Dtype, row: Dtype, col: Dtype): Kernel {
  const key = [dtype, row, col].map((d) => d.code).join();
  let kernel = products.get(key);
  if (kernel === undefined) {
    const at = (i: number, of: Dtype, stride: number): ReturnType<typeof input> =>
      input(i, of).cast(place).mul(param(stride, place));
    const value = load(0, dtype, at(2, col, 0)).mul(input(1, dtype));
    kernel = new Kernel({
      inputs: [dtype, dtype, col, row],
      params: [place, place],
      outputs: [{ dtype, value, offset: at(3, row, 1), mode: "add" }],
    });
    products.set(key, kernel);
  }
  return kernel;
}
/** a[rows[i]] · b[cols[i]] for each i: a dense product at the places of a sparse matrix alone; b by rows. @internal */
export const _sddmm = op("_sddmm(Tensor a, Tensor b, Tensor rows, Tensor cols) -> Tensor");
define(_sddmm, {
  kernel: compute(({ a, b, rows, cols }) => {
    const { dtype } = a;
    const n = rows.sizes[0];
    const out = allocate([n], dtype);
    if (n === 0) return out;
    const still = (t: Tensor): readonly number[] => [t.strides[0], 0];
    out.backend.launch(dotFor(dtype, rows.dtype, cols.dtype), {
      shape: [n, a.sizes[1]],
      reduced: 1,
      operands: [
        operand(a, [0, a.strides[1]]),
        operand(b, [0, b.strides[1]]),
        operand(rows, still(rows)),
        operand(cols, still(cols)),
        operand(out, [1, 0]),
      ],
      params: [a.strides[0], b.strides[0]],
    });
    return out;
  }),
  saves: { a: ["b", "rows", "cols"], b: ["a", "rows", "cols"] },
  backward: {
    a: ({ grad, b, rows, cols, sizes }) => _spmm(rows, cols, grad, conj(b), sizes.a[0]),
    b: ({ grad, a, rows, cols, sizes }) => _spmm(cols, rows, grad, conj(a), sizes.b[0]),
  },
});
const dots = new Map<string, Kernel>();
function dotFor(dtype: Dtype, row: Dtype, col: Dtype): Kernel {
  const key = [dtype, row, col].map((d) => d.code).join();
  let kernel = dots.get(key);
  if (kernel === undefined) {
    const at = (i: number, of: Dtype, stride: number): ReturnType<typeof input> =>
      input(i, of).cast(place).mul(param(stride, place));
    const term = load(0, dtype, at(2, row, 0)).mul(load(1, dtype, at(3, col, 1)));
    const sum = acc(0, dtype);
    kernel = new Kernel({
      inputs: [dtype, dtype, row, col],
      params: [place, place],
      outputs: [{ dtype, value: sum }],
      reduce: {
        scan: false,
        accs: [{ dtype, init: term.lift(0), step: sum.add(term), combine: (p, q) => p.add(q) }],
      },
    });
    dots.set(key, kernel);
  }
  return kernel;
}

/** The matrix of a hybrid tensor has no numbers for elements. */
function assertMatrix(name: string, x: SparseTensor): void {
  if (x.sizes.length !== 2 || x.sparseDim !== 2)
    throw new RuntimeError(
      `${name}: Expected dim 2 matrices, but got sparse tensor of ${x.sparseDim} sparse and ${x.sizes.length - x.sparseDim} dense dims`,
    );
}
function timesDense(x: SparseTensor, mat: Tensor): Tensor {
  const [rows, cols] = indicesOf(x).unbind(0);
  return _spmm(rows, cols, _sparse_values(x), mat, x.sizes[0]);
}
export const mismatched = (a: Tensor, b: Tensor): RuntimeError =>
  new RuntimeError(
    `mat1 and mat2 shapes cannot be multiplied (${a.sizes[0]}x${a.sizes[1]} and ${b.sizes[0]}x${b.sizes[1]})`,
  );
/** A product of two matrices of which one is sparse at least. */
export function mm(a: Tensor, b: Tensor): Tensor {
  for (const x of [a, b]) if (x instanceof SparseTensor) assertMatrix("mm", x);
  if (a.sizes.length !== 2) throw new RuntimeError("mat1 must be a matrix");
  if (b.sizes.length !== 2) throw new RuntimeError("mat2 must be a matrix");
  if (a.sizes[1] !== b.sizes[0]) {
    if (a instanceof SparseTensor && b instanceof SparseTensor) throw mismatched(a, b);
    // PyTorch turns a product by a sparse matrix around.
    const [of, given] = a instanceof SparseTensor ? [a.sizes[1], b.sizes[0]] : [b.sizes[0], a.sizes[1]];
    throw new RuntimeError(`addmm: Argument #3 (dense): Expected dim 0 size ${of}, got ${given}`);
  }
  if (a.dtype !== b.dtype) throw new RuntimeError(`expected scalar type ${cppTypeName(a)} but found ${cppTypeName(b)}`);
  if (a.dtype.name === "bool") throw notFor("addmm_sparse_dense", a.dtype);
  if (a instanceof SparseTensor) return b instanceof SparseTensor ? sparseProduct(a, b) : timesDense(a, b);
  return timesDense(turned(b as SparseTensor), a.t()).t();
}
function sparseProduct(a: SparseTensor, b: SparseTensor): Tensor {
  const [x, y] = [coalesced(asCoo(a)), coalesced(asCoo(b))];
  const [rows, cols] = x.parts.places[0].unbind(0);
  const [otherRows, otherCols] = y.parts.places[0].unbind(0);
  const pairs = pairsOf([rows, cols], compress(otherRows, y.sizes[0]), otherCols, y.sizes[1]);
  const terms = _sparse_values(x).index_select(0, pairs.first).mul(_sparse_values(y).index_select(0, pairs.second));
  const values = index_add(terms.new_zeros([pairs.indices.sizes[1]]), 0, pairs.group, terms);
  const made = packed(coo, [pairs.indices], values, [x.sizes[0], y.sizes[1]], true);
  return a.layout === coo ? made : fromCoo(made, csr);
}
const isOne = (x: Scalar): boolean => x === 1 || x === 1n;
const times = (x: Tensor, by: Scalar): Tensor => (isOne(by) ? x : x.mul(castScalar(by, x.dtype)));
/** beta · self + alpha · a · b. */
export function addmm(self: Tensor, a: Tensor, b: Tensor, beta: Scalar, alpha: Scalar): Tensor {
  if (!(a instanceof SparseTensor || b instanceof SparseTensor) && !(self instanceof SparseTensor))
    return dense(self, a, b, { beta, alpha });
  if (self.layout === coo)
    throw new RuntimeError("addmm_sparse_dense: expected strided result tensor, got tensor with layout Sparse");
  if (a.layout === coo && b.layout === coo)
    throw new RuntimeError(
      "addmm_sparse_dense: expected either 'mat1' to have sparse layout and 'mat2' to have strided layout, got 'mat1' with layout Sparse and 'mat2' with layout Sparse",
    );
  if (self instanceof SparseTensor && !(b instanceof SparseTensor && a instanceof SparseTensor))
    throw new RuntimeError(
      `addmm: computation on CPU is not implemented for ${[self, a, b]
        .map((t) => cppName(t))
        .join(" + ")
        .replace(/ \+ (\w+)$/, " @ $1")}`,
    );
  const product = times(mm(a, b), alpha);
  if (beta === 0 || beta === 0n) return product;
  return times(self, beta).add(product);
}
const cppTypeName = ({ dtype }: Tensor): string => dtype.legacyName;
const cppName = (x: Tensor): string => (x instanceof SparseTensor ? x.layout.cppName : "Strided");
/** A matrix times a vector. */
export function mv(a: Tensor, v: Tensor): Tensor {
  if (v instanceof SparseTensor) throw notImplementedFor("mv", v);
  if (a.sizes[1] !== v.sizes[0])
    throw new RuntimeError(`mv: expected self.size(-1) == vec.size(-1)\nGot ${list(a.sizes)} and ${list(v.sizes)}.`);
  return mm(a, v.unsqueeze(1)).squeeze([1]);
}
/** Products of the matrices of a batch: one product of a matrix that has them all along its diagonal. */
export function bmm(a: Tensor, b: Tensor): Tensor {
  if (b instanceof SparseTensor && a instanceof SparseTensor) throw notImplementedFor("bmm", b);
  if (!(a instanceof SparseTensor)) return bmm(b.transpose(1, 2), a.transpose(1, 2)).transpose(1, 2);
  const [batch, n, m] = a.sizes;
  if (b.sizes.length !== 3 || a.sparseDim !== 3 || b.sizes[0] !== batch || b.sizes[1] !== m)
    throw new RuntimeError(
      `bmm: dimensions of the batches do not fit\nGot ${list(a.sizes)} and ${list(b.sizes)}: [b, n, k] and [b, k, m] are wanted, the first of 3 sparse dims.`,
    );
  const [which, rows, cols] = indicesOf(a).unbind(0);
  const made = _spmm(
    which.mul(BigInt(n)).add(rows),
    which.mul(BigInt(m)).add(cols),
    _sparse_values(a),
    b.reshape([batch * m, b.sizes[2]]),
    batch * n,
  );
  return made.view([batch, n, b.sizes[2]]);
}
/** As `torch.matmul` takes matrices, vectors and batches. */
export function matmul(a: Tensor, b: Tensor): Tensor {
  if (!(a instanceof SparseTensor || b instanceof SparseTensor)) return a.matmul(b);
  const [d, e] = [a.sizes.length, b.sizes.length];
  if (d === 2 && e === 2) return mm(a, b);
  if (d === 2 && e === 1) return mv(a, b);
  if (d === 1 && e === 2) return mv(b.t(), a);
  if (d === 3 && e === 3) return bmm(a, b);
  throw notImplementedFor("matmul", a instanceof SparseTensor ? a : b);
}
/** beta · self + alpha · a · b where self has elements, which is where the product is computed alone. */
export function sampledAddmm(self: SparseTensor, a: Tensor, b: Tensor, beta: Scalar, alpha: Scalar): SparseTensor {
  const [rows, cols] = indicesOf(self).unbind(0);
  const product = times(_sddmm(a, b.t(), rows, cols), alpha);
  return like(self, times(_sparse_values(self), beta).add(product));
}
/** A product with the largest, the smallest or the mean term in place of the sum of terms. */
export function reducedMm(x: SparseTensor, mat: Tensor, reduce: string): Tensor {
  const [rows, cols] = indicesOf(x).unbind(0);
  if (reduce === "sum") return timesDense(x, mat);
  const terms = _sparse_values(x).unsqueeze(1).mul(mat.index_select(0, cols));
  const zeros = terms.new_zeros([x.sizes[0], mat.sizes[1]]);
  return index_reduce(zeros, 0, rows, terms, reduce === "mean" ? "mean" : reduce === "max" ? "amax" : "amin", {
    include_self: false,
  });
}
