// The standard normal distribution.
import { float32 } from "../../base/dtype.ts";
import type { Expr } from "../expr.ts";
import { expBelow0 } from "./exponential.ts";
import { rare } from "../rare.ts";
import { polynomial, select } from "./format.ts";

// What is beyond a, over e^(-a²/2), as a polynomial of 1 / (1 + SLOPE a) for a from 0 to 14, to 4e-8 of itself.
const BEYOND = [
  1.70071779e-5, 0.117289338, 0.121699431, 0.0847446139, 0.166289504, -0.117072005, 0.27101751, -0.183406671,
  0.0394212672,
];
const SLOPE = 0.295;
const HEIGHT = 1 / Math.sqrt(2 * Math.PI);

/** How much of the distribution is below x, and its density there. For float32 both share an exponential. */
export function normal(x: Expr): { below: Expr; density: Expr } {
  const exponent = x.mul(x).mul(-0.5);
  if (x.dtype !== float32)
    return { below: rare(x.mul(Math.SQRT1_2)).erf().add(1).mul(0.5), density: exponent.exp().mul(HEIGHT) };
  const e = expBelow0(exponent);
  const t = x.lift(1).div(x.abs().mul(SLOPE).add(1));
  const beyond = polynomial(t, [BEYOND, []]).mul(e);
  return { below: select(x.lt(0), beyond, x.lift(1).sub(beyond)), density: e.mul(HEIGHT) };
}
