// torch.optim.swa_utils
export {
  AveragedModel,
  get_ema_avg_fn,
  get_ema_multi_avg_fn,
  get_swa_avg_fn,
  get_swa_multi_avg_fn,
  update_bn,
} from "./averaged_model.ts";
export type { AverageFunction, MultiAverageFunction } from "./averaged_model.ts";
export { SWALR } from "./lr_scheduler/swa.ts";
