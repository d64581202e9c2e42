// torch.nn.modules
export * as module from "./module/global_hooks.ts";
