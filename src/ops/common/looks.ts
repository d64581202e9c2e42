// Looks at elements that decide which way an op goes. Where there are none to look at (on meta) it goes the usual one.
import type { Tensor } from "../../tensor/tensor.ts";

/** Whether some element of a tensor of bools is true. */
export const isAny = (t: Tensor): boolean => t.whole.backend.holdsData && Boolean(t.whole.any().item());
/** The only element as a number, or `otherwise`. */
export const numberIn = (t: Tensor, otherwise: number): number =>
  t.whole.backend.holdsData ? Number(t.whole.item()) : otherwise;
