// torch.autograd
import "./accumulate.ts";
import "./methods.ts";

export type { BackwardOptions, GradOptions } from "./backward.ts";
export { Node } from "./node.ts";
export type { RemovableHandle } from "./node.ts";
export { Function, FunctionContext, once_differentiable } from "./function.ts";
