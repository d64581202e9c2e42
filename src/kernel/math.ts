// Functions as formulas of the expression language's arithmetic.
import type { Expr, ExprOp, MathOp } from "./expr.ts";

const MATH_OPS: Record<MathOp, true> = {
  exp: true,
  exp2: true,
  expm1: true,
  log: true,
  log2: true,
  log10: true,
  log1p: true,
  sin: true,
  cos: true,
  tan: true,
  asin: true,
  acos: true,
  atan: true,
  sinh: true,
  cosh: true,
  tanh: true,
  asinh: true,
  acosh: true,
  atanh: true,
  sigmoid: true,
  erf: true,
  erfc: true,
  erfinv: true,
  lgamma: true,
  digamma: true,
};
export const isMathOp = (op: ExprOp): op is MathOp => op in MATH_OPS;
/** `op` of x in terms of arithmetic, or null where there is no formula. */
export function lower(op: MathOp, x: Expr): Expr | null {
  void op; void x;
  return null;
}
