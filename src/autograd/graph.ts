// torch.autograd.graph
export { disable_saved_tensors_hooks, saved_tensors_hooks } from "./saved_hooks.ts";
