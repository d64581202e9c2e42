// Note [Conjugated views]: conj() of complex numbers is a view, as in PyTorch: the same memory, whose numbers it sees
// conjugated. So is the imaginary part of such a view, with the sign changed. Views of it are as well. What computes gets
// a copy in which that is done (dispatch/call.ts), what is written to it is turned on its way (assign); so no kernel knows
// of it. Programs without complex numbers look at `lazies.any`, once a call.
import type { Expr } from "../kernel/expr.ts";

/** What is done to the numbers in memory before anyone sees them. */
export type Lazy = "conj" | "neg";
export const lazies = { any: false };

/** A number as it is seen, of one in memory; and the other way round. */
export function turned(x: Expr, lazy: Lazy | null): Expr {
  if (lazy === null || (lazy === "conj" && !x.dtype.is_complex)) return x;
  return lazy === "neg" ? x.neg() : x.real().complex(x.imag().neg());
}
