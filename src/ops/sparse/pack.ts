// From parts to sparse tensors and back: the ops that all others are composed of, and the only ones that see both.
import { nodeNamed } from "../../autograd/op_node.ts";
import { RuntimeError } from "../../base/errors.ts";
import type { Shape } from "../../base/layout.ts";
import type { Layout } from "../../base/memory_format.ts";
import { define, op } from "../../dispatch/declare.ts";
import { compute } from "../../kinds/kernels.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { _index, _index_put, index_add } from "../indexing/indexing.ts";
import { cat, stack } from "../views/joining.ts";
import { grouped, lookedUp, writtenOut } from "./order.ts";
import { coo, placedAlike, SparseTensor } from "./tensor.ts";
import type { SparseLayout } from "./tensor.ts";

/**
 * Note [Sparse composites]: a function of a sparse tensor is written with ops on its values, which {@link _sparse_values} gives,
 * and {@link _sparse_pack} makes a sparse tensor of what comes out. Both can be derived: what goes back through the one is
 * a sparse tensor, through the other its values. So gradients of sparse tensors are sparse, and every formula is a dense op's.
 * @internal
 */
export const _sparse_pack = op(
  "_sparse_pack(Tensor[] places, Tensor values, int[] size, object layout, bool coalesced=False) -> Tensor",
);
define(_sparse_pack, {
  kernel: compute(({ places, values, size, layout, coalesced }) => {
    const parts = { places: places.map((t) => t.detach()), values: values.detach(), coalesced };
    return new SparseTensor(layout as SparseLayout, parts, size);
  }),
  saves: { values: ["places"] },
  backward: {
    values: ({ grad, places, layout }) => valuesAt(grad, places, layout as SparseLayout),
  },
  node: ({ layout }) =>
    layout === coo ? "SparseCooTensorWithDimsAndTensorsBackward0" : "SparseCompressedTensorBackward0",
});
/** A sparse tensor of these parts. @internal */
export function packed(
  layout: SparseLayout,
  places: readonly Tensor[],
  values: Tensor,
  size: Shape,
  coalesced = false,
): SparseTensor {
  return _sparse_pack([...places], values, [...size], layout, coalesced) as SparseTensor;
}
/** The last step of a composite under the name that PyTorch's one node has: see Note [Composites in the graph]. */
export function called<T extends Tensor>(name: string, made: T, inputs: readonly unknown[]): T {
  if (made.node !== null && !inputs.includes(made)) nodeNamed(made, name, inputs);
  return made;
}
/** One stored at the same places as another. */
export const like = (x: SparseTensor, values: Tensor): SparseTensor =>
  packed(x.layout, x.parts.places, values, x.sizes, x.parts.coalesced);

/** The values of a sparse tensor. @internal */
export const _sparse_values = op("_sparse_values(Tensor self) -> Tensor");
define(_sparse_values, {
  kernel: compute(({ self }) => (self as SparseTensor).parts.values.detach()),
  saves: ["self"],
  backward: {
    self: ({ grad, self }) => {
      const x = self as SparseTensor;
      const { places, coalesced } = x.parts;
      // Where an element is written more than once, each part of it has the element's gradient, which is told once.
      const distinct = x.layout !== coo || coalesced ? null : grouped(places[0], x.sizes);
      if (distinct === null) return packed(x.layout, places, grad, x.sizes, coalesced);
      return packed(coo, [distinct.indices], grad.index_select(0, distinct.firsts), x.sizes, true);
    },
  },
  node: "ValuesBackward0",
});

/** Elements in order, each of them once. @internal */
export const _sparse_coalesce = op("_sparse_coalesce(Tensor self) -> Tensor");
define(_sparse_coalesce, {
  kernel: compute(({ self }) => {
    const x = self as SparseTensor;
    const { places, values } = x.parts;
    const distinct = grouped(places[0], x.sizes);
    if (distinct === null) return packed(coo, places, values, x.sizes, true);
    const sums = index_add(
      values.new_zeros([distinct.firsts.sizes[0], ...values.sizes.slice(1)]),
      0,
      distinct.group,
      values,
    );
    return packed(coo, [distinct.indices], sums, x.sizes, true);
  }),
  backward: { self: ({ grad }) => grad },
  node: "CoalesceBackward0",
});
/** Self with its elements in order; itself if they are. @internal */
export function coalesced(x: SparseTensor): SparseTensor {
  if (x.layout !== coo) throw expected("coalesce", "sparse coordinate", x);
  return x.parts.coalesced ? x : (_sparse_coalesce(x) as SparseTensor);
}
export const expected = (name: string, what: string, x: Tensor): RuntimeError =>
  new RuntimeError(`${name} expected ${what} tensor layout but got ${cppLayout(x)}`);
export const cppLayout = (x: Tensor): string => (x instanceof SparseTensor ? x.layout.cppName : "Strided");

/** The indices of all elements, [sparse dims, elements], however they are stored. */
export function indicesOf(x: SparseTensor): Tensor {
  return writtenIndices(x.parts.places, x.layout);
}
function writtenIndices(places: readonly Tensor[], layout: Layout): Tensor {
  const { compressed } = layout as SparseLayout;
  if (compressed === null) return places[0];
  const [starts, plain] = places;
  const rows = writtenOut(starts, plain.sizes[0]).to(plain.dtype);
  return stack(compressed === 0 ? [rows, plain] : [plain, rows], 0);
}
/** The values of coo, or of others, in an order in which they are coalesced coo. */
export function asCoo(x: SparseTensor): SparseTensor {
  if (x.layout === coo) return x;
  const made = packed(coo, [indicesOf(x).long()], _sparse_values(x), x.sizes, x.layout.compressed === 0);
  return x.layout.compressed === 0 ? made : coalesced(made);
}

/** The elements of a tensor at places, as the values of a sparse tensor that has these. */
function valuesAt(x: Tensor, places: readonly Tensor[], layout: SparseLayout): Tensor {
  if (x instanceof SparseTensor) {
    if (x.layout === layout && placedAlike(x.parts.places, places)) return _sparse_values(x);
    return sparseElements(x, writtenIndices(places, layout));
  }
  return denseElements(x, writtenIndices(places, layout));
}
/** The elements of a dense tensor at indices of its first dims. */
export function denseElements(x: Tensor, indices: Tensor): Tensor {
  const [d, n] = indices.sizes;
  return d === 0 ? x.unsqueeze(0).expand([n, ...x.sizes]) : _index(x, [...indices.unbind(0)]);
}
/** The elements of a sparse tensor at indices, zeros where it stores none. */
export function sparseElements(x: SparseTensor, indices: Tensor): Tensor {
  const own = coalesced(asCoo(x));
  const values = _sparse_values(own);
  const found = lookedUp(indices, own.parts.places[0]);
  return cat([values.new_zeros([1, ...values.sizes.slice(1)]), values], 0).index_select(0, found);
}
/** A dense tensor with values added (or, where no place occurs twice, written) at the places of a sparse one. */
export function addedAt(x: Tensor, sparse: SparseTensor, values: Tensor): Tensor {
  const indices = indicesOf(sparse);
  if (indices.sizes[0] === 0) return x.add(values.sum([0]));
  return _index_put(x, [...indices.unbind(0)], values, true);
}
