// Functions as formulas of the expression language's arithmetic: see Note [Formulas]. test/kernel/math.test.ts says how far they
// are from the true value, in units in the last place.
import { acos, asin, atan, atan2 } from "./formulas/arc.ts";
import { erf, erfc, erfinv } from "./formulas/error_function.ts";
import { cosh, exp, exp2, expm1, sigmoid, sinh, tanh } from "./formulas/exponential.ts";
import { digamma, lgamma } from "./formulas/gamma.ts";
import type { Formula } from "./formulas/format.ts";
import { acosh, asinh, atanh, log, log10, log1p, log2 } from "./formulas/logarithm.ts";
import { pow } from "./formulas/power.ts";
import { rem } from "./formulas/remainder.ts";
import { cos, sin, tan } from "./formulas/trigonometric.ts";
import type { Expr, ExprOp, MathOp } from "./expr.ts";

const UNARY: Record<MathOp, Formula> = {
  exp,
  exp2,
  expm1,
  log,
  log2,
  log10,
  log1p,
  sin,
  cos,
  tan,
  asin,
  acos,
  atan,
  sinh,
  cosh,
  tanh,
  asinh,
  acosh,
  atanh,
  sigmoid,
  erf,
  erfc,
  erfinv,
  lgamma,
  digamma,
};
const BINARY: Partial<Record<ExprOp, (x: Expr, y: Expr) => Expr>> = { atan2, pow, rem };
/** Whether floats have a formula for the operator. */
export const hasFormula = (op: ExprOp): boolean => op in UNARY || op in BINARY;
/** Such an operator in terms of arithmetic. Parts of formulas may be shared. */
export function lower(op: ExprOp, [x, y]: readonly Expr[]): Expr {
  return op in UNARY ? UNARY[op as MathOp](x) : BINARY[op]!(x, y);
}
