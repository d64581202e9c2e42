// torch.utils, the name under which PyTorch keeps data, checkpoints and a switch.
export * as checkpoint from "../func/checkpoint.ts";
export * as data from "./index.ts";
export { deterministic } from "../settings/numerics.ts";
