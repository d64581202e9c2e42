// Functions as formulas of the expression language's arithmetic: see Note [Formulas]. test/kernel/math.test.ts says how far they
// are from the true value.
import { exp, expm1, sigmoid, tanh } from "./formulas/exponential.ts";
import type { Formula } from "./formulas/format.ts";
import { log, log1p } from "./formulas/logarithm.ts";
import { pow } from "./formulas/power.ts";
import { rem } from "./formulas/remainder.ts";
import { cos, sin } from "./formulas/trigonometric.ts";
import type { Expr, ExprOp, MathOp } from "./expr.ts";

type Binary = (x: Expr, y: Expr) => Expr;
/** Those of every day; rare_math.ts adds the others. */
export const UNARY: Partial<Record<MathOp, Formula>> = { exp, expm1, log, log1p, sin, cos, tanh, sigmoid };
export const BINARY: Partial<Record<ExprOp, Binary>> = { pow, rem };
/** Whether floats have a formula for the operator. */
export const hasFormula = (op: ExprOp): boolean => op in UNARY || op in BINARY;
/** Such an operator in terms of arithmetic. Parts of formulas may be shared. */
export function lower(op: ExprOp, [x, y]: readonly Expr[]): Expr {
  return op in UNARY ? UNARY[op as MathOp]!(x) : BINARY[op]!(x, y);
}
