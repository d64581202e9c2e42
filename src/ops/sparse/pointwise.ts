// Functions of each element, for those that make zeros of zeros.
import { RuntimeError } from "../../base/errors.ts";
import type { Scalar } from "../../base/dtype.ts";
import { broadcastShapes, list, sameShape } from "../../base/layout.ts";
import { registryByName } from "../../dispatch/declare.ts";
import { run } from "../../dispatch/call.ts";
import { promote_types } from "../../base/dtype.ts";
import { castScalar } from "../../tensor/elementwise.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { index_add } from "../indexing/indexing.ts";
import { common, lookedUp, merged } from "./order.ts";
import { _sparse_values, addedAt, asCoo, coalesced, denseElements, indicesOf, like, packed } from "./pack.ts";
import { coo, notImplementedFor, placedAlike, SparseTensor } from "./tensor.ts";
import { fromCoo } from "./layouts.ts";

/** What PyTorch has a kernel for that puts the elements in order first, for coo and for what is compressed. */
export const UNARY: readonly string[] = (
  "abs absolute sign sgn expm1 log1p sqrt sin tan asin arcsin atan arctan sinh tanh asinh arcsinh atanh arctanh erf erfinv " +
  "floor ceil trunc fix round frac deg2rad rad2deg relu isnan isinf isposinf isneginf signbit"
).split(" ");
/** Those that take elements as they come. */
export const LINEAR: readonly string[] = "neg negative conj_physical".split(" ");

/** An op on the values of a sparse tensor, in which they are its first argument. */
export function onValues(name: string, values: readonly unknown[], inOrder: boolean): SparseTensor {
  const given = values[0] as SparseTensor;
  const x = inOrder && given.layout === coo ? coalesced(given) : given;
  return like(x, run(registryByName.get(name)!, values.with(0, _sparse_values(x))) as Tensor);
}

type Operand = Tensor | Scalar;
const isNumber = (x: Operand): boolean => !(x instanceof Tensor) || x.sizes.length === 0;
/** Both in one layout, if only one is sparse or they differ in it. */
const differ = (a: Tensor, b: Tensor): RuntimeError =>
  new RuntimeError(`add: expected sizes of 'self' and 'other' to match, but ${list(a.sizes)} != ${list(b.sizes)}`);
const timesAlpha = (x: Tensor, alpha: Scalar): Tensor =>
  alpha === 1 || alpha === 1n ? x : x.mul(castScalar(alpha, x.dtype));

/** self + alpha · other. */
export function add(self: Operand, other: Operand, alpha: Scalar): Tensor {
  if (!(self instanceof SparseTensor)) {
    if (!(self instanceof Tensor)) throw sparsePlusDense();
    return denseAdd(self, other as SparseTensor, alpha);
  }
  if (!(other instanceof SparseTensor)) {
    if (self.layout !== coo && other instanceof Tensor && sameShape(other.sizes, self.sizes))
      return denseAdd(timesAlpha(other, alpha), self, 1);
    throw sparsePlusDense();
  }
  if (!sameShape(self.sizes, other.sizes)) throw differ(self, other);
  if (self.layout !== other.layout) throw new RuntimeError("memory format option is only supported by strided tensors");
  const dtype = promote_types(self.dtype, other.dtype);
  const [x, y] = [self, other].map((t) => (_sparse_values(t) as Tensor).to(dtype));
  if (placedAlike(self.parts.places, other.parts.places)) return like(self, x.add(timesAlpha(y, alpha)));
  if (self.layout !== coo) return fromCoo(add(asCoo(self), asCoo(other), alpha) as SparseTensor, self.layout);
  if (self.sparseDim !== other.sparseDim)
    throw new RuntimeError(
      `add: expected 'self' and 'other' to have same density, but 'self' has ${self.sparseDim} sparse dimensions while 'other' has ${other.sparseDim} sparse dimensions`,
    );
  const isCoalesced = self.parts.coalesced && other.parts.coalesced;
  if (other.nnz === 0) return like(self, x);
  if (self.nnz === 0) return like(other, timesAlpha(y, alpha));
  const { indices, first, second } = merged(self.parts.places[0], other.parts.places[0]);
  const begun = index_add(x.new_zeros([indices.sizes[1], ...x.sizes.slice(1)]), 0, first, x);
  const values = index_add(begun, 0, second, timesAlpha(y, alpha));
  return packed(coo, [indices], values, self.sizes, isCoalesced);
}
const sparsePlusDense = (): RuntimeError =>
  new RuntimeError("add(sparse, dense) is not supported. Use add(dense, sparse) instead.");
function denseAdd(self: Tensor, other: SparseTensor, alpha: Scalar): Tensor {
  assertSame(self, other);
  const dtype = promote_types(self.dtype, other.dtype);
  return addedAt(self.to(dtype), other, timesAlpha(_sparse_values(other).to(dtype), alpha));
}
export function assertSame(self: Tensor, other: Tensor): void {
  if (!sameShape(self.sizes, other.sizes))
    throw new RuntimeError(
      `add: expected 'self' and 'other' to have same size, but self has size ${list(self.sizes)} while other has size ${list(other.sizes)} (FYI: dense-sparse addition does not currently support broadcasting)`,
    );
}

/** self · other, elements of which one is zero left out. */
export function mul(self: Operand, other: Operand): Tensor {
  if (!(self instanceof SparseTensor)) return mul(other, self);
  if (isNumber(other)) return like(self, _sparse_values(self).mul(other));
  if (!(other instanceof SparseTensor)) return timesDense(self, other as Tensor);
  if (!sameShape(self.sizes, other.sizes))
    throw new RuntimeError(
      `mul: expected 'self' and 'other' to have same sizes when both are sparse, but ${list(self.sizes)} != ${list(other.sizes)}`,
    );
  if (placedAlike(self.parts.places, other.parts.places) && (self.layout !== coo || self.parts.coalesced))
    return like(self, _sparse_values(self).mul(_sparse_values(other)));
  if (isOutOfOrder(self)) return within(self, other);
  if (isOutOfOrder(other)) return within(other, self);
  const [x, y] = [self, other].map((t) => coalesced(asCoo(t)));
  const { indices, first, second } = common(x.parts.places[0], y.parts.places[0]);
  const values = _sparse_values(x).index_select(0, first).mul(_sparse_values(y).index_select(0, second));
  const made = packed(coo, [indices], values, self.sizes, true);
  return self.layout === coo ? made : fromCoo(made, self.layout);
}
const isOutOfOrder = (x: SparseTensor): boolean => x.layout === coo && !x.parts.coalesced;
/** The product at the elements of `x`, which may be there more than once, that the other has. */
function within(x: SparseTensor, other: SparseTensor): SparseTensor {
  const y = coalesced(asCoo(other));
  const found = lookedUp(x.parts.places[0], y.parts.places[0]);
  const at = found.nonzero().squeeze([1]);
  const factors = _sparse_values(y).index_select(0, found.index_select(0, at).sub(1n));
  return packed(
    coo,
    [x.parts.places[0].index_select(1, at)],
    _sparse_values(x).index_select(0, at).mul(factors),
    x.sizes,
  );
}
function timesDense(self: SparseTensor, other: Tensor): Tensor {
  if (!sameShape(broadcastShapes(other.sizes, self.sizes), self.sizes))
    throw new RuntimeError(
      `mul: a dense tensor of size ${list(other.sizes)} does not broadcast to the size of the sparse one, ${list(self.sizes)}`,
    );
  return like(self, _sparse_values(self).mul(denseElements(other.expand([...self.sizes]), indicesOf(self))));
}
/** self / other, a number. */
export function div(self: Operand, other: Operand, mode: string | null): Tensor {
  if (!(self instanceof SparseTensor))
    throw new RuntimeError(
      `Sparse division requires a scalar or zero-dim dense tensor divisor (got shape ${list((other as Tensor).sizes)} for divisor)`,
    );
  if (!isNumber(other) || other instanceof SparseTensor)
    throw new RuntimeError(
      `Sparse division requires a scalar or zero-dim dense tensor divisor (got shape ${list((other as Tensor).sizes)} for divisor)`,
    );
  const x = mode === null || self.layout !== coo ? self : coalesced(self);
  return like(x, _sparse_values(x).div(other, { rounding_mode: mode as "floor" | "trunc" | null }));
}
/** self to a power that is a number. */
export function pow(self: Operand, exponent: Operand): Tensor {
  if (!(self instanceof SparseTensor) || exponent instanceof Tensor)
    throw notImplementedFor(
      "pow.Tensor_Tensor",
      [self, exponent].find((x) => x instanceof SparseTensor)!,
    );
  if (Number(exponent) === 0)
    throw new RuntimeError("pow: cannot raise to zeroth power on sparse tensor; it would make the result tensor dense");
  const x = self.layout === coo ? coalesced(self) : self;
  return like(x, _sparse_values(x).pow(exponent));
}
