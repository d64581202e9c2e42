// Parts of sparse tensors, and tensors put together of them. They share no memory with what they are of.
import { IndexError, RuntimeError } from "../../base/errors.ts";
import { list, wrapDim } from "../../base/layout.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { cat } from "../views/joining.ts";
import { doubles } from "../creation/from_data.ts";
import { sortingOrder, whole } from "./order.ts";
import { _sparse_values, asCoo, indicesOf, packed } from "./pack.ts";
import { coo, SparseTensor } from "./tensor.ts";
import { rowsIn, turned } from "./layouts.ts";

/** The elements for which something holds, and their indices. */
function chosen(x: SparseTensor, mask: Tensor): { indices: Tensor; values: Tensor } {
  const at = mask.nonzero().squeeze([1]);
  return { indices: indicesOf(x).index_select(1, at), values: _sparse_values(x).index_select(0, at) };
}
/** A slice of one index. */
export function select(given: SparseTensor, dim: number, index: number): Tensor {
  const x = given.layout === coo ? given : asCoo(given);
  const rank = x.sizes.length;
  const d = wrapDim(dim, rank);
  const n = x.sizes[d];
  if (index < -n || index >= n)
    throw new IndexError(`select(): index ${index} out of range for tensor of size ${list(x.sizes)} at dimension ${d}`);
  const i = index < 0 ? index + n : index;
  const size = x.sizes.toSpliced(d, 1);
  const count = x.sparseDim;
  if (d >= count)
    return packed(coo, x.parts.places, _sparse_values(x).select(d - count + 1, i), size, x.parts.coalesced);
  const { indices, values } = chosen(x, indicesOf(x).select(0, d).eq(BigInt(i)));
  if (count === 1) return values.sum([0]);
  const left = Array.from({ length: count }, (_, k) => k).filter((k) => k !== d);
  return packed(coo, [rowsIn(indices, left)], values, size, x.parts.coalesced);
}
/** Slices in a row, with a copy of their elements. */
export function narrowCopy(given: SparseTensor, dim: number, start: number, length: number): Tensor {
  const x = given.layout === coo ? given : asCoo(given);
  const d = wrapDim(dim, x.sizes.length);
  const n = x.sizes[d];
  const from = start < 0 ? start + n : start;
  if (from < 0 || from + length > n)
    throw new RuntimeError(`Invalid range to narrow. range(start, start+length) must be a subset of range(0, ${n}).`);
  const size = x.sizes.with(d, length);
  if (d >= x.sparseDim)
    return packed(
      coo,
      x.parts.places,
      _sparse_values(x).narrow(d - x.sparseDim + 1, from, length),
      size,
      x.parts.coalesced,
    );
  const row = indicesOf(x).select(0, d);
  const { indices, values } = chosen(x, row.ge(BigInt(from)).logical_and(row.lt(BigInt(from + length))));
  return packed(coo, [shifted(indices, d, -from)], values, size, x.parts.coalesced);
}
/** Indices with a number added to those of one dim. */
function shifted(indices: Tensor, d: number, by: number): Tensor {
  const all = new Float64Array(indices.sizes[0]);
  all[d] = by;
  return by === 0 ? indices : indices.add(whole(all).unsqueeze(1));
}
/** The slices at indices, in their order, as often as they are there. */
export function indexSelect(given: SparseTensor, dim: number, index: Tensor): Tensor {
  const x = given.layout === coo ? given : asCoo(given);
  const d = wrapDim(dim, x.sizes.length);
  const n = x.sizes[d];
  const wanted = doubles(index.reshape([-1]));
  for (const i of wanted)
    if (i < -n || i >= n)
      throw new IndexError(
        `index_select(): index contains ${i} that is out of range for tensor of size ${list(x.sizes)} at dimension ${d}`,
      );
  const size = x.sizes.with(d, wanted.length);
  if (d >= x.sparseDim)
    return packed(
      coo,
      x.parts.places,
      _sparse_values(x).index_select(d - x.sparseDim + 1, index),
      size,
      x.parts.coalesced,
    );
  // For each slice that there is, the places where it is wanted, one after the other.
  const places = Array.from({ length: n }, (): number[] => []);
  for (const [k, i] of wanted.entries()) places[i < 0 ? i + n : i].push(k);
  const row = doubles(indicesOf(x).select(0, d).contiguous());
  const [from, to]: number[][] = [[], []];
  for (const [k, i] of row.entries())
    for (const place of places[i]) {
      from.push(k);
      to.push(place);
    }
  const order = sortingOrder([Float64Array.from(to)], [wanted.length], to.length);
  const at = whole(Float64Array.from(order, (k) => from[k]));
  const indices = indicesOf(x).index_select(1, at);
  const rows = [...indices.unbind(0)];
  rows[d] = whole(Float64Array.from(order, (k) => to[k]));
  return packed(
    coo,
    [
      cat(
        rows.map((r) => r.unsqueeze(0)),
        0,
      ),
    ],
    _sparse_values(x).index_select(0, at),
    size,
  );
}
/** A dim of size 1. */
export function unsqueeze(x: SparseTensor, dim: number): Tensor {
  if (x.layout !== coo) throw new RuntimeError("Sparse CSR tensors do not have strides");
  const d = wrapDim(dim, x.sizes.length + 1);
  const size = x.sizes.toSpliced(d, 0, 1);
  const count = x.sparseDim;
  if (d > count) return packed(coo, x.parts.places, _sparse_values(x).unsqueeze(d - count + 1), size);
  const rows = [...indicesOf(x).unbind(0)].map((r) => r.unsqueeze(0));
  rows.splice(d, 0, whole(new Float64Array(x.nnz), [1, x.nnz]));
  return packed(coo, [cat(rows, 0)], _sparse_values(x), size);
}
export function permute(x: SparseTensor, dims: readonly number[]): Tensor {
  const rank = x.sizes.length;
  if (dims.length !== rank)
    throw new RuntimeError(
      `permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering of dimensions i.e. input.dim() = ${rank} is not equal to len(dims) = ${dims.length}`,
    );
  const order = dims.map((d) => wrapDim(d, rank));
  if (new Set(order).size !== rank) throw new RuntimeError("permute(): duplicate dims are not allowed.");
  if (order.every((d, k) => d === k)) return x.alias();
  if (x.layout !== coo) {
    if (rank === 2) return turned(x);
    throw new RuntimeError("permute(): not of a tensor that is compressed");
  }
  const count = x.sparseDim;
  if (order.some((d, k) => d < count !== k < count))
    throw new RuntimeError(
      "permute(sparse_coo): transpositions between sparse and dense dimensions are not allowed.Only transpositions within sparse and dense dimensions are supported.",
    );
  const values = _sparse_values(x).permute(0, ...order.slice(count).map((d) => d - count + 1));
  const own = order.slice(0, count);
  const isSame = own.every((d, k) => d === k);
  const indices = isSame ? x.parts.places[0] : rowsIn(indicesOf(x), own);
  const size = order.map((d) => x.sizes[d]);
  return packed(coo, [indices], values, size, isSame && x.parts.coalesced);
}
/** One after the other along a dim. */
export function joined(tensors: readonly Tensor[], dim: number): Tensor {
  const all = tensors.map((t, i) => {
    if (!(t instanceof SparseTensor))
      throw new RuntimeError(`Concatenating sparse tensors, but a dense tensor was found at position ${i}.`);
    if (t.layout !== coo) throw new RuntimeError("Sparse CSR tensors do not have is_contiguous");
    return t;
  });
  const [first] = all;
  const d = wrapDim(dim, first.sizes.length);
  const [count, rank] = [first.sparseDim, first.sizes.length];
  for (const [i, t] of all.entries()) {
    const same = t.sizes.length === rank && t.sizes.every((n, k) => k === d || n === first.sizes[k]);
    if (!same)
      throw new RuntimeError(
        `All tensors must have the same shape: ${list(first.sizes)} (except in the concatenating dimension), but found shape: ${list(t.sizes)} at position ${i}.`,
      );
    if (t.sparseDim !== count)
      throw new RuntimeError(
        `All tensors must have the same sparse_dim and dense_dim: ${count}, ${rank - count}, but tensor at position ${i} has ${t.sparseDim}, ${rank - t.sparseDim}.`,
      );
  }
  const starts = all.map((_, i) => all.slice(0, i).reduce((n, t) => n + t.sizes[d], 0));
  const size = first.sizes.with(
    d,
    all.reduce((n, t) => n + t.sizes[d], 0),
  );
  if (d < count) {
    const indices = cat(
      all.map((t, i) => shifted(indicesOf(t), d, starts[i])),
      1,
    );
    return packed(
      coo,
      [indices],
      cat(
        all.map((t) => _sparse_values(t)),
        0,
      ),
      size,
    );
  }
  // Each has its own elements, with zeros before and behind.
  const values = all.map((t, i) => {
    const own = _sparse_values(t);
    const k = d - count + 1;
    const zeros = (n: number): Tensor => own.new_zeros(own.sizes.with(k, n));
    return cat([zeros(starts[i]), own, zeros(size[d] - starts[i] - t.sizes[d])], k);
  });
  return packed(
    coo,
    [
      cat(
        all.map((t) => indicesOf(t)),
        1,
      ),
    ],
    cat(values, 0),
    size,
  );
}
