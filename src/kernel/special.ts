// Placeholder until the real one lands: functions of the host, by MathOp name, plus pow and nextafter.
import type { MathOp } from "./expr.ts";
type Unary = (x: number) => number;
const missing: Unary = () => NaN;
export const hostMath: Record<MathOp | "abs" | "floor" | "ceil" | "trunc" | "sqrt", Unary> & {
  pow: (x: number, y: number) => number;
  nextafter: (x: number, y: number) => number;
  [more: string]: any
} = {
  exp: Math.exp, exp2: (x) => 2 ** x, expm1: Math.expm1, log: Math.log, log2: Math.log2, log10: Math.log10, log1p: Math.log1p,
  sin: Math.sin, cos: Math.cos, tan: Math.tan, asin: Math.asin, acos: Math.acos, atan: Math.atan, sinh: Math.sinh, cosh: Math.cosh,
  tanh: Math.tanh, asinh: Math.asinh, acosh: Math.acosh, atanh: Math.atanh, sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  erf: missing, erfc: missing, erfinv: missing, lgamma: missing, digamma: missing,
  abs: Math.abs, floor: Math.floor, ceil: Math.ceil, trunc: Math.trunc, sqrt: Math.sqrt,
  pow: (x, y) => (x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y),
  nextafter: () => NaN, nextafterf: ()=>NaN, rem: (x:number,y:number)=>x%y, atan2: Math.atan2,
};
