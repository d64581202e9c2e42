// torch.utils, the name under which PyTorch keeps data.
export * as data from "./index.ts";
