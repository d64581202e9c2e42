// The torch namespace, with every method of tensors.
import "./ops/methods/index.ts";
import "./nn/module/backward_hook.ts";

export * from "./lean.ts";
