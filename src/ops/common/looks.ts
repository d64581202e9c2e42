// Looks at elements that decide which way an op goes. Where there are none to look at (on meta) it goes the usual one.
import type { Tensor } from "../../tensor/tensor.ts";

/** Whether some element of a tensor of bools is true. */
export const isAny = ({ whole }: Tensor): boolean => whole.backend.holdsData && Boolean(whole.any().item());
/** The only element as a number, or `otherwise`. */
export const numberIn = ({ whole }: Tensor, otherwise: number): number =>
  whole.backend.holdsData ? Number(whole.item()) : otherwise;
