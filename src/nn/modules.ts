// torch.nn.modules
export * as module from "./global_hooks.ts";
