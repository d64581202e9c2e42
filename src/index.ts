// The torch namespace, with every method of tensors.
import "./ops/methods/index.ts";

export * from "./lean.ts";
