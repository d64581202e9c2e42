// The files whose ops are methods of tensors, where their first argument is self. Overloads and the like, beside this file,
// stay out: their types would have to be looked into to tell them from ops, and that makes Tensor refer to itself.
export * from "../nn/activation/activation.ts";
export * from "../pointwise/aliases.ts";
export * from "../views/arranging.ts";
export * from "../pointwise/comparison.ts";
export * from "../pointwise/complex.ts";
export * from "../copies/copy.ts";
export * from "../reduction/counting.ts";
export * from "../creation/creation.ts";
export * from "../pointwise/functions.ts";
export * from "../pointwise/gamma.ts";
export * from "../indexing/indexing.ts";
export * from "../linalg/older.ts";
export * from "../linalg/matmul.ts";
export * from "../pointwise/arithmetic.ts";
export * from "../linalg/other_products.ts";
export * from "../random/random.ts";
export * from "../reduction/reduction.ts";
export * from "../indexing/scatter_reduce.ts";
export * from "../nn/activation/softmax.ts";
export * from "../reduction/sorting.ts";
export * from "../views/strided.ts";
export * from "../views/view.ts";
export { i0 } from "../pointwise/special.ts";
