// torch.distributed for Python, which pickles its objects itself: collectives of bytes.
import { group, groupOf } from "../distributed/group.ts";
import type { Group, ProcessGroup } from "../distributed/group.ts";
import { broadcastUneven, gatherUneven, scatterUneven } from "../distributed/objects.ts";
import { ReduceOp } from "../distributed/reduce_op.ts";
import type { RedOpType } from "../distributed/reduce_op.ts";
import type { Tensor } from "../tensor/tensor.ts";

export const distributed = {
  distWorld: (): ProcessGroup | null => group.WORLD,
  distReduceOp: (name: keyof typeof ReduceOp): RedOpType => ReduceOp[name],
  distGather: (bytes: Tensor, of: Group | null): Tensor[] => gatherUneven(bytes, groupOf(of)),
  distBroadcast: (bytes: Tensor | null, root: number, of: Group | null): Tensor =>
    broadcastUneven(bytes, root, groupOf(of)),
  distScatter: (bytes: Tensor[] | null, root: number, of: Group | null): Tensor =>
    scatterUneven(bytes, root, groupOf(of)),
};
