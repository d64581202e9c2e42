// torch.autograd.graph
export { saved_tensors_hooks } from "./saved_hooks.ts";
