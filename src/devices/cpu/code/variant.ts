// What the code of a kernel and its launches agree on.
//
// Note [Descriptors]: what a launch tells the code lies in memory: the params (8 bytes each; float64 for floats, int64 for
// integers and bools), then 32-bit sizes of the dims, then for each operand its address and its byte strides.

/** How an operand moves from lane to lane: to the neighbour, not at all, or by a stride. */
export type Stride = "contiguous" | "zero" | "other";
/**
 * A form of a kernel. There is at least one outer dim and, if the kernel reduces, one reduced dim. `lanes`: which dim is
 * computed four elements at a time, the last outer one or the last reduced one, if any. `strides`: of all operands
 * along that dim.
 */
export interface Variant {
  readonly outer: number;
  readonly reduced: number;
  readonly lanes: "outer" | "reduced" | "none";
  readonly strides: readonly Stride[];
}
/** Byte offsets within a descriptor. */
export const descriptorLayout = (
  params: number,
  rank: number,
): { readonly sizes: number; readonly operand: (k: number) => number } => {
  const sizes = params * 8;
  const operands = sizes + rank * 4;
  const step = (rank + 1) * 4;
  return { sizes, operand: (k: number) => operands + k * step };
};
