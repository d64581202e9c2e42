// Hooks on communication: other ways for gradients to travel, as torch.distributed.algorithms.ddp_comm_hooks.
import { bfloat16, float16 } from "../base/dtype.ts";
import type { Dtype } from "../base/dtype.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { all_reduce } from "./collectives.ts";
import type { ProcessGroup } from "./group.ts";
import { groupOf } from "./group.ts";
import type { GradBucket } from "./reducer.ts";
import type { Future } from "./work.ts";

/** The mean of a tensor over a group, which is hooks' state; null for the world. */
function mean(state: unknown, t: Tensor): Future<Tensor> {
  const group = groupOf(state as ProcessGroup | null);
  t.div_(group.size());
  return all_reduce(t, { group, async_op: true })!
    .get_future()
    .map(([sum]) => sum);
}
/** The mean, as without a hook. */
export const allreduce_hook = (state: unknown, bucket: GradBucket): Future<Tensor> => mean(state, bucket.buffer());
const compressed =
  (dtype: Dtype) =>
  (state: unknown, bucket: GradBucket): Future<Tensor> => {
    const buffer = bucket.buffer();
    return mean(state, buffer.to(dtype)).map((sum) => buffer.copy_(sum));
  };
/** Gradients as float16 on their way. */
export const fp16_compress_hook = compressed(float16);
/** Gradients as bfloat16 on their way. */
export const bf16_compress_hook = compressed(bfloat16);
