// The files whose ops are methods of tensors, where their first argument is self. Overloads and the like, beside this file,
// stay out: their types would have to be looked into to tell them from ops, and that makes Tensor refer to itself.
export * from "../activation.ts";
export * from "../aliases.ts";
export * from "../arranging.ts";
export * from "../comparison.ts";
export * from "../complex.ts";
export * from "../copy.ts";
export * from "../counting.ts";
export * from "../creation.ts";
export * from "../functions.ts";
export * from "../gamma.ts";
export * from "../indexing.ts";
export * from "../linalg/older.ts";
export * from "../matmul.ts";
export * from "../pointwise.ts";
export * from "../products.ts";
export * from "../random.ts";
export * from "../reduction.ts";
export * from "../scatter_reduce.ts";
export * from "../softmax.ts";
export * from "../sorting.ts";
export * from "../strided.ts";
export * from "../view.ts";
export { i0 } from "../special.ts";
