import type { Tensor } from "../tensor/tensor.ts";

/** Python callables that give the attributes of tensors, by tensor. See Note [Attributes] in bridge.ts. */
export const keptAttributes = new WeakMap<Tensor, () => unknown>();
