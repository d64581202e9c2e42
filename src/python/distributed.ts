// torch.distributed for Python, which pickles its objects itself: collectives of bytes.
import { group, groupOf } from "../distributed/group.ts";
import type { Group, ProcessGroup } from "../distributed/group.ts";
import { broadcastUneven, gatherUneven, scatterUneven } from "../distributed/objects.ts";
import { allreduce_hook, bf16_compress_hook, fp16_compress_hook } from "../distributed/comm_hooks.ts";
import { Reducer } from "../distributed/reducer.ts";
import type { GradBucket, ReducerOptions } from "../distributed/reducer.ts";
import { ReduceOp } from "../distributed/reduce_op.ts";
import type { RedOpType } from "../distributed/reduce_op.ts";
import { Future } from "../distributed/work.ts";
import { fill, pieceFile, planSave } from "../distributed/checkpoint.ts";
import { DeviceMesh } from "../distributed/device_mesh.ts";
import type { Ranks } from "../distributed/device_mesh.ts";
import { fillPiece, isCut, sameCut, ShardSet, wholeOf } from "../distributed/fully_shard.ts";
import { ownersOf } from "../distributed/zero_redundancy_optimizer.ts";
import type { Parameter } from "../nn/module/parameter.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Of a module written in Python, whose buffers Python tells at every forward. */
class PythonReducer extends Reducer {
  private readonly told: { buffers: readonly Tensor[] };
  constructor(
    params: readonly Tensor[],
    names: readonly string[],
    buffers: readonly Tensor[],
    of: Group | null,
    options: ReducerOptions,
  ) {
    const told = { buffers };
    super(params, names, () => told.buffers, groupOf(of), options);
    this.told = told;
  }
  forward(buffers: readonly Tensor[], synchronises: boolean): void {
    this.told.buffers = buffers;
    this.before(synchronises);
  }
}
const compress = { allreduce_hook, bf16_compress_hook, fp16_compress_hook };

export const distributed = {
  distReducer: (...args: ConstructorParameters<typeof PythonReducer>): Reducer => new PythonReducer(...args),
  /** One of the library's own hooks, or a function of Python's that returns the reduced buffer. */
  distHook(reducer: Reducer, of: ProcessGroup | null, hook: string | ((bucket: GradBucket) => Tensor)): void {
    if (typeof hook === "string") reducer.register_comm_hook(of, compress[hook as keyof typeof compress]);
    else reducer.register_comm_hook(null, (_, bucket) => Future.of(hook(bucket)));
  },
  distWorld: (): ProcessGroup | null => group.WORLD,
  distReduceOp: (name: keyof typeof ReduceOp): RedOpType => ReduceOp[name],
  distGather: (bytes: Tensor, of: Group | null): Tensor[] => gatherUneven(bytes, groupOf(of)),
  distBroadcast: (bytes: Tensor | null, root: number, of: Group | null): Tensor =>
    broadcastUneven(bytes, root, groupOf(of)),
  distMesh: (device_type: string, mesh: Ranks | ProcessGroup, mesh_dim_names: string[] | null): DeviceMesh =>
    new DeviceMesh(device_type, mesh, { mesh_dim_names }),
  // ---- tensors in pieces
  distShards: (params: Parameter[], options: ConstructorParameters<typeof ShardSet>[1]): ShardSet =>
    new ShardSet(params, options),
  distIsCut: isCut,
  distWhole: wholeOf,
  distSameCut: sameCut,
  distFillPiece: fillPiece,
  distOwners: ownersOf,
  /** The tensors that this process writes, into which file, and what the first one writes as index. */
  distPlanSave(entries: [string, unknown][], of: Group | null): unknown[] {
    const group = groupOf(of);
    const { mine, index } = planSave(entries, group);
    return [[...mine], pieceFile(group), index];
  },
  distFill: (entries: [string, unknown][], index: string, read: (file: string) => [string, Tensor][]): object =>
    Object.fromEntries(fill(entries, index, (file) => new Map(read(file)))),
  distScatter: (bytes: Tensor[] | null, root: number, of: Group | null): Tensor =>
    scatterUneven(bytes, root, groupOf(of)),
};
