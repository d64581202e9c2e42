// The remainder of a division.
import { float32, float64 } from "../../base/dtype.ts";
import type { Expr } from "../expr.ts";
import { flipped, inHost, leading, select } from "./format.ts";

/** Of larger quotients not every product is exact: those lanes ask the host. */
const LIMIT = 2 ** 26;
/** x - trunc(x / y) y with the sign of x, exactly, as C's fmod. */
export function rem(x: Expr, y: Expr): Expr {
  if (x.dtype === float32) return rem(x.cast(float64), y.cast(float64)).cast(float32);
  const a = x.abs();
  const b = y.abs();
  const quotient = a.div(b).trunc();
  const high = leading(b);
  const rest = a.sub(quotient.mul(high)).sub(quotient.mul(b.sub(high)));
  // A quotient that was rounded up to a whole number takes one too many.
  const exact = select(rest.lt(0), rest.add(b), rest);
  return select(quotient.ge(LIMIT), inHost("rem", x, y), flipped(select(quotient.eq(0), a, exact), x));
}
