// The methods of sparse tensors, and those of dense ones that make them.
import { RuntimeError } from "../../base/errors.ts";
import { list, sameShape } from "../../base/layout.ts";
import { markChanged } from "../../autograd/inplace.ts";
import { bindArguments } from "../../dispatch/callable.ts";
import { Tensor } from "../../tensor/tensor.ts";
import type {} from "./declared.ts";
import {
  _sparse_values,
  called,
  coalesced,
  cppLayout,
  denseElements,
  expected,
  indicesOf,
  like,
  sparseElements,
} from "./pack.ts";
import { dense, inLayout, sparse } from "./layouts.ts";
import { zeros } from "../creation/creation.ts";
import { whole } from "./order.ts";
import { smm, sspaddmm } from "./functions.ts";
import { none } from "./none.ts";
import { coo, csc, csr, notImplementedFor, SparseTensor } from "./tensor.ts";

const isCoo = (x: Tensor): x is SparseTensor => x instanceof SparseTensor && x.layout === coo;
function cooOnly(name: string, x: Tensor): SparseTensor {
  if (!isCoo(x)) throw expected(name, "sparse coordinate", x);
  return x;
}
function sparseOnly(name: string, x: Tensor): SparseTensor {
  if (!(x instanceof SparseTensor)) throw notImplementedFor(name, x);
  return x;
}
function toSparse(self: Tensor, given: readonly unknown[]): Tensor {
  const { sparse_dim, layout } = bindArguments(
    "to_sparse(int? sparse_dim=None, *, layout? layout=None, object blocksize=None, int? dense_dim=None) -> Tensor",
    given,
  );
  if (layout !== null) return inLayout(self, layout);
  if (self instanceof SparseTensor) {
    if (sparse_dim !== null && sparse_dim !== self.sparseDim)
      throw new RuntimeError(
        `to_sparse: conversion from ${cppLayout(self)} to Sparse with sparse_dim argument !=self.sparse_dim() is not supported`,
      );
    return inLayout(self, coo);
  }
  if (sparse_dim === null) return inLayout(self, coo);
  return called("ToSparseBackward0", sparse(self, sparse_dim), [self]);
}
/** The elements of self at the places of `mask`. */
function masked(self: Tensor, mask: Tensor): Tensor {
  if (!(mask instanceof SparseTensor)) throw notImplementedFor("sparse_mask", mask);
  if (!sameShape(self.sizes, mask.sizes))
    throw new RuntimeError(
      `sparse_mask(): operands have incompatible sizes; self has size ${list(self.sizes)} but mask has size ${list(mask.sizes)}`,
    );
  const indices = indicesOf(mask);
  const values = self instanceof SparseTensor ? sparseElements(self, indices) : denseElements(self, indices);
  return called("SparseMaskBackward0", like(mask, values), [self]);
}
function resized(self: SparseTensor, size: readonly number[], sparseDim: number, denseDim: number): void {
  if (sparseDim + denseDim !== size.length)
    throw new RuntimeError(
      `'len(size) == sparse_dim + dense_dim' is not satisfied: len(size) = ${size.length}, sparse_dim = ${sparseDim}, dense_dim = ${denseDim}`,
    );
  if (self.nnz > 0 && (sparseDim !== self.sparseDim || size.some((n, d) => n < self.sizes[d])))
    throw new RuntimeError(
      "shrinking the size of sparse dimensions or changing the number of them on a non-empty sparse tensor is not supported.\nUse sparse_resize_and_clear_.",
    );
  const { places, values, coalesced: inOrder } = self.parts;
  if (self.nnz > 0 && !sameShape(values.sizes.slice(1), size.slice(sparseDim)))
    throw new RuntimeError("changing the sizes of dense dimensions of a tensor that has elements is not supported.");
  const indices = self.nnz > 0 ? places[0] : whole(new Float64Array(0), [sparseDim, 0]);
  const held = self.nnz > 0 ? values : zeros([0, ...size.slice(sparseDim)], { dtype: self.dtype });
  self.become(new SparseTensor(coo, { places: [indices], values: held, coalesced: inOrder }, [...size]));
  markChanged(self.storage, "sparse_resize_");
}
const part = (x: Tensor): Tensor => x.detach();

/** Gives tensors these methods. */
export function addMethods(): void {
  const P = Tensor.prototype;
  Object.defineProperty(SparseTensor.prototype, "nbytes", {
    get() {
      throw new RuntimeError(
        "nbytes is not defined for sparse tensors.  If you want the size of the constituent tensors, add the nbytes of the indices and values.  If you want the size of the  equivalent dense tensor, multiply numel() by element_size()",
      );
    },
  });
  P.to_sparse = function (...given: unknown[]) {
    return toSparse(this, given);
  };
  P.to_sparse_coo = function () {
    return toSparse(this, []);
  };
  P.to_sparse_csr = function () {
    return inLayout(this, csr);
  };
  P.to_sparse_csc = function () {
    return inLayout(this, csc);
  };
  P.to_dense = function (...given: unknown[]) {
    const { dtype } = bindArguments("to_dense(dtype? dtype=None, *, bool? masked_grad=None) -> Tensor", given);
    if (!(this instanceof SparseTensor)) return dtype === null ? this : this.to(dtype);
    if (dtype !== null) throw new RuntimeError("dtype argument is not supported by sparse_to_dense");
    return dense(this);
  };
  P.coalesce = function () {
    return coalesced(cooOnly("coalesce", this));
  };
  P.is_coalesced = function () {
    return cooOnly("is_coalesced", this).parts.coalesced;
  };
  P.indices = function () {
    const x = cooOnly("indices", this);
    if (!x.parts.coalesced)
      throw new RuntimeError("Cannot get indices on an uncoalesced tensor, please call .coalesce() first");
    return part(x.parts.places[0]);
  };
  P.values = function () {
    if (!(this instanceof SparseTensor)) throw expected("values", "sparse", this);
    if (this.layout === coo && !this.parts.coalesced)
      throw new RuntimeError("Cannot get values on an uncoalesced tensor, please call .coalesce() first");
    return _sparse_values(this);
  };
  P._indices = function () {
    if (!isCoo(this)) throw notImplementedFor("_indices", this);
    return part(this.parts.places[0]);
  };
  P._values = function () {
    if (!isCoo(this)) throw notImplementedFor("_values", this);
    return part(this.parts.values);
  };
  P._nnz = function () {
    return sparseOnly("_nnz", this).nnz;
  };
  for (const [name, which, dim] of [
    ["crow_indices", 0, 0],
    ["col_indices", 1, 0],
    ["ccol_indices", 0, 1],
    ["row_indices", 1, 1],
  ] as const)
    P[name] = function () {
      const what = `sparse ${dim === 0 ? "row" : "column"} compressed`;
      if (!(this instanceof SparseTensor) || this.layout.compressed !== dim) throw expected(name, what, this);
      return part(this.parts.places[which]);
    };
  P.sparse_dim = P._dimI = function () {
    return this instanceof SparseTensor ? this.sparseDim : 0;
  };
  P.dense_dim = P._dimV = function () {
    return this.sizes.length - this.sparse_dim();
  };
  P._coalesced_ = function (on) {
    cooOnly("_coalesced_", this).setCoalesced(on);
    return this;
  };
  P.sparse_mask = function (mask) {
    return masked(this, mask);
  };
  P.sparse_resize_ = function (size, sparse_dim, dense_dim) {
    resized(cooOnly("sparse_resize_", this), size, sparse_dim, dense_dim);
    return this;
  };
  P.sparse_resize_and_clear_ = function (size, sparse_dim, dense_dim) {
    const x = cooOnly("sparse_resize_and_clear_", this);
    x.become(none(x.sizes, x.dtype, coo));
    resized(x, size, sparse_dim, dense_dim);
    return this;
  };
  P.smm = function (mat) {
    return smm(this, mat);
  };
  P.sspaddmm = function (mat1, mat2, options) {
    return sspaddmm(this, mat1, mat2, options ?? {});
  };
}
