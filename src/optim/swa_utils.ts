// torch.optim.swa_utils
export { SWALR } from "./lr_scheduler/swa.ts";
