// torch.distributed: several processes, of one machine or many, that talk by MPI.
export * from "./group.ts";
export { ReduceOp, RedOpType } from "./reduce_op.ts";
export {
  all_gather,
  all_gather_into_tensor,
  all_reduce,
  all_reduce_coalesced,
  all_to_all,
  all_to_all_single,
  barrier,
  broadcast,
  gather,
  reduce,
  reduce_scatter,
  reduce_scatter_tensor,
  scatter,
} from "./collectives.ts";
export { batch_isend_irecv, irecv, isend, P2POp, recv, send } from "./point_to_point.ts";
export { Future, Work } from "./work.ts";
export { get_debug_level, set_debug_level } from "./debug.ts";
export type { DebugLevel } from "./debug.ts";
export {
  all_gather_object,
  broadcast_object_list,
  gather_object,
  monitored_barrier,
  recv_object_list,
  scatter_object_list,
  send_object_list,
} from "./objects.ts";
export { DistributedDataParallel } from "./data_parallel.ts";
export type { Scope } from "./data_parallel.ts";
export { GradBucket } from "./reducer.ts";
export type { CommHook } from "./reducer.ts";
export { allreduce_hook, bf16_compress_hook, fp16_compress_hook } from "./comm_hooks.ts";
export { DistributedSampler } from "../data/distributed_sampler.ts";
export { SyncBatchNorm } from "./sync_batch_norm.ts";
export { ZeroRedundancyOptimizer } from "./zero_redundancy_optimizer.ts";
export { DeviceMesh, init_device_mesh } from "./device_mesh.ts";
export type { Ranks } from "./device_mesh.ts";
export type { MixedPrecisionPolicy } from "./fully_shard.ts";
export { fully_shard, get_model_state_dict, set_model_state_dict } from "./fully_shard.ts";
export * as checkpoint from "./checkpoint.ts";
