// Batch norms made safe for vmap.
import { callable } from "../dispatch/callable.ts";
import { BatchNorm } from "../nn/layers/batchnorm.ts";
import type { Module } from "../nn/module/module.ts";

/**
 * Takes the running statistics out of every batch norm in `root`, in place, and gives `root`: vmap cannot write what each example of
 * a batch has into the one tensor that they share. As `torch.func.replace_all_batch_norm_modules_`.
 * @example
 * const net = torch.func.replace_all_batch_norm_modules_(new torch.nn.Sequential(new torch.nn.BatchNorm1d(3)));
 */
export const replace_all_batch_norm_modules_ = callable<{ root: Module }>()(
  "replace_all_batch_norm_modules_(module root) -> object",
  ({ root }) => {
    for (const module of root.modules())
      if (module instanceof BatchNorm && module.track_running_stats) {
        module.running_mean = null;
        module.running_var = null;
        module.num_batches_tracked = null;
        module.track_running_stats = false;
      }
    return root;
  },
);
