// Functions that kernels import for what the formulas leave out: JavaScript's, where it has them. special.ts has the others.
import type { MathOp } from "../expr.ts";

/** With C's values at 1 and -1, where JavaScript has NaN. */
const pow = (x: number, y: number): number => (x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y);

const words = new DataView(new ArrayBuffer(8));
/** The neighbour of x towards y, of 64 or 32 bits: floats of a sign lie in the order of their bits. */
function nextafterOf(x: number, y: number, wide: boolean): number {
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  if (x === y) return y;
  if (wide) words.setFloat64(0, x);
  else words.setFloat32(0, x);
  const bits = wide ? words.getBigInt64(0) : BigInt(words.getInt32(0));
  const away = x === 0 || x < y === x > 0;
  const next = x === 0 ? 1n : bits + (away ? 1n : -1n);
  if (wide) words.setBigInt64(0, next);
  else words.setInt32(0, Number(next));
  const result = wide ? words.getFloat64(0) : words.getFloat32(0);
  return x === 0 && y < 0 ? -result : result;
}

type Unary = (x: number) => number;
type Binary = (x: number, y: number) => number;
/** Functions that kernels import: the MathOps, rounding, and those of two arguments; "f" at the end: on float32. */
const everyday = {
  exp: Math.exp,
  exp2: (x: number) => 2 ** x,
  expm1: Math.expm1,
  log: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  log1p: Math.log1p,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
  sigmoid: (x: number) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x))),
  abs: Math.abs,
  floor: Math.floor,
  ceil: Math.ceil,
  trunc: Math.trunc,
  sqrt: Math.sqrt,
  pow,
  atan2: Math.atan2,
  rem: (x: number, y: number) => x % y,
  nextafter: (x: number, y: number) => nextafterOf(x, y, true),
  nextafterf: (x: number, y: number) => nextafterOf(x, y, false),
};
/** With those of special.ts, as soon as they are there. */
export const hostMath = everyday as Record<MathOp | "abs" | "floor" | "ceil" | "trunc" | "sqrt", Unary> &
  Record<"pow" | "atan2" | "rem" | "nextafter" | "nextafterf", Binary>;
