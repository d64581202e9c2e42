// torch.utils, the name under which PyTorch keeps data and checkpoints.
export * as checkpoint from "../func/checkpoint.ts";
export * as data from "./index.ts";
