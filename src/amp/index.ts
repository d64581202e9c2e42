// torch.amp: automatic mixed precision.
export { autocast, custom_bwd, custom_fwd, is_autocast_available } from "./autocast.ts";
export type { AutocastOptions } from "./autocast.ts";
export { GradScaler } from "./grad_scaler.ts";
export type { ScalerState } from "./grad_scaler.ts";
