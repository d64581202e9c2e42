// Every op, for the methods of Tensor. Files of plain functions (data, overloads, subscript) stay out: their types would
// have to be looked into to tell them from ops, and that makes Tensor refer to itself.
export * from "./activation.ts";
export * from "./aliases.ts";
export * from "./arranging.ts";
export * from "./comparison.ts";
export * from "./complex.ts";
export * from "./conv.ts";
export * from "./copy.ts";
export * from "./creation.ts";
export * from "./counting.ts";
export * from "./dropout.ts";
export * from "./functions.ts";
export * from "./indexing.ts";
export * from "./loss.ts";
export * from "./matmul.ts";
export * from "./norm.ts";
export * from "./padding.ts";
export * from "./pointwise.ts";
export * from "./pool.ts";
export * from "./products.ts";
export * from "./random.ts";
export * from "./reduction.ts";
export * from "./scatter_reduce.ts";
export * from "./sorting.ts";
export * from "./view.ts";
export { _col2im, _im2col } from "./windows.ts";
export { i0 } from "./special.ts";
export * from "./window_functions.ts";
