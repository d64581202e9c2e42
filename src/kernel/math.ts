// Functions as formulas of the expression language's arithmetic: see Note [Formulas]. test/math.test.ts says how far they
// are from the true value, in units in the last place.
import { acos, asin, atan, atan2 } from "./formulas/arc.ts";
import { erf, erfc, erfinv } from "./formulas/error_function.ts";
import { cosh, exp, exp2, expm1, sigmoid, sinh, tanh } from "./formulas/exponential.ts";
import type { Formula } from "./formulas/format.ts";
import { acosh, asinh, atanh, log, log10, log1p, log2 } from "./formulas/logarithm.ts";
import { pow } from "./formulas/power.ts";
import { rem } from "./formulas/remainder.ts";
import { cos, sin, tan } from "./formulas/trigonometric.ts";
import type { Expr, ExprOp, MathOp } from "./expr.ts";

/** All functions; those without a formula are the host's, in float64. */
const FORMULAS: Record<MathOp, Formula | null> = {
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
  lgamma: null,
  digamma: null,
};
const BINARY: Partial<Record<ExprOp, (x: Expr, y: Expr) => Expr>> = { atan2, pow, rem };
export const isMathOp = (op: ExprOp): op is MathOp => op in FORMULAS;
export const hasFormula = (op: ExprOp): boolean => op in BINARY || (isMathOp(op) && FORMULAS[op] !== null);
/** `op` of floats in terms of arithmetic, or null where there is no formula. Parts of formulas may be shared. */
export function lower(op: ExprOp, [x, y]: readonly Expr[]): Expr | null {
  return (isMathOp(op) ? FORMULAS[op]?.(x) : BINARY[op]?.(x, y)) ?? null;
}
