// Sparse tensors without elements.
import type { Dtype } from "../../base/dtype.ts";
import { RuntimeError } from "../../base/errors.ts";
import { list } from "../../base/layout.ts";
import type { Shape } from "../../base/layout.ts";
import type { DeviceLike } from "../../devices/device.ts";
import { placedOn } from "../../devices/registry.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { zeros } from "../creation/creation.ts";
import { whole } from "./order.ts";
import { packed } from "./pack.ts";
import { coo } from "./tensor.ts";
import type { SparseLayout, SparseTensor } from "./tensor.ts";

/** A tensor without elements. */
export function none(size: Shape, dtype: Dtype, layout: SparseLayout, device: DeviceLike | null = null): SparseTensor {
  return placedOn(device, () => {
    const rank = size.length;
    const empty = (n: number): Tensor => zeros([n], { dtype });
    if (layout === coo) return packed(coo, [whole(new Float64Array(0), [rank, 0])], empty(0), size, true);
    if (rank !== 2)
      throw new RuntimeError(
        `torch.empty: Only batched sparse compressed (non-block) tensors are supported, but got size ${list(size)}`,
      );
    const starts = whole(new Float64Array(size[layout.compressed!] + 1));
    return packed(layout, [starts, whole(new Float64Array(0))], empty(0), size);
  });
}

/** The same for another's numbers of sparse and dense dims. */
export function emptied(x: SparseTensor): SparseTensor {
  if (x.layout !== coo) return none(x.sizes, x.dtype, x.layout);
  const { values } = x.parts;
  const empty = values.new_zeros([0, ...values.sizes.slice(1)]);
  return packed(coo, [whole(new Float64Array(0), [x.sparseDim, 0])], empty, x.sizes, true);
}
