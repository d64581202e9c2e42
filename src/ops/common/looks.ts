// Looks at elements that decide which way an op goes. Where there are none to look at (on meta) it goes the usual one.
import type { Tensor } from "../../tensor/tensor.ts";

/** Who writes looks down, to make them again: see Note [Traces] in compile/trace.ts. */
export type Looker = <T>(t: Tensor, decide: (t: Tensor) => T) => T;
export const looking: { by: Looker | null } = { by: null };
/** What `decide` says of the elements of `t`. It looks at nothing else. */
export const look = <T>(t: Tensor, decide: (t: Tensor) => T): T =>
  looking.by === null ? decide(t) : looking.by(t, decide);

/** Whether some element of a tensor of bools is true. */
export const isAny = (t: Tensor): boolean =>
  t.whole.backend.holdsData && look(t.whole, (whole) => Boolean(whole.any().item()));
/** The only element as a number, or `otherwise`. */
export const numberIn = (t: Tensor, otherwise: number): number =>
  t.whole.backend.holdsData ? look(t.whole, (whole) => Number(whole.item())) : otherwise;
