// Rewrites a kernel's expressions into what has an instruction, lane by lane at worst.
//
// Note [One expression, one object]: what is the same object is computed once. So lowering keeps sharing as it finds it,
// and makes one object of all reads of an input.
import type { Dtype } from "../../../base/dtype.ts";
import { bool, float32, float64, int32, int64, uint8 } from "../../../base/dtype.ts";
import { constant, Expr, input, load } from "../../../kernel/expr.ts";
import type { BinaryOp, BitOp, CompareOp, ExprOp } from "../../../kernel/expr.ts";
import { isHalf, narrowed, widened } from "../../../kernel/half.ts";
import type { Output } from "../../../kernel/loops.ts";
import { IN_HOST } from "../../../kernel/formulas/format.ts";
import { hasFormula, lower } from "../../../kernel/math.ts";

/** Whether a lowered operator is a call of the host. */
export const isHostCall = (e: Expr): boolean => e.dtype.is_floating_point && (e.op === "nextafter" || hasFormula(e.op));
/** By which name it is imported. */
export const hostName = (e: Expr): string => (e.dtype === float32 ? `${e.op}f` : e.op);

/** How truth values meet: each operator as two masks and logic on them. */
const LOGIC: Partial<Record<BinaryOp | BitOp | CompareOp, (x: Expr, y: Expr) => Expr>> = {
  add: (x, y) => x.or(y),
  max: (x, y) => x.or(y),
  mul: (x, y) => x.and(y),
  min: (x, y) => x.and(y),
  div: (x, y) => x.and(y),
  sub: (x, y) => x.xor(y),
  rem: (x) => x.and(x.not()),
  pow: (x, y) => x.or(y.not()),
  eq: (x, y) => x.xor(y).not(),
  ne: (x, y) => x.xor(y),
  lt: (x, y) => x.not().and(y),
  le: (x, y) => x.not().or(y),
  gt: (x, y) => x.and(y.not()),
  ge: (x, y) => x.or(y.not()),
};

/** Lowers expressions that belong together; shared parts stay shared. */
export class Lowering {
  private readonly done = new Map<Expr, Expr>();
  private readonly reads: Expr[] = [];

  lower(e: Expr): Expr {
    let lowered = this.done.get(e);
    if (lowered === undefined) {
      lowered = this.rewrite(e);
      this.done.set(e, lowered);
    }
    return lowered;
  }
  /** What an output stores: with a mode, its value meets operand `k`, which is what was there. */
  output({ dtype, value, offset, mode = "set" }: Output, k: number): Expr {
    if (mode === "set") return this.lower(value);
    const old = offset === undefined ? input(k, dtype) : load(k, dtype, offset);
    return this.lower(new Expr(mode, [old, value], dtype));
  }
  private rewrite(e: Expr): Expr {
    if (e.op === "input") return (this.reads[Number(e.value)] ??= e);
    if ((e.op === "const" || e.op === "param") && isHalf(e.dtype))
      return this.lower(new Expr("cast", [new Expr(e.op, [], float32, e.value)], e.dtype));
    if (e.src.length === 0) return e;
    const src = e.src.map((x) => this.lower(x));
    const rebuilt = src.every((x, i) => x === e.src[i]) ? e : new Expr(e.op, src, e.dtype, e.value);
    const simpler = simplify(rebuilt);
    return simpler === rebuilt ? rebuilt : this.lower(simpler);
  }
}

/** What 16-bit floats can do as they are: be moved. */
const MOVES: ReadonlySet<ExprOp> = new Set(["load", "where", "bitcast", "cast"]);

function simplify(e: Expr): Expr {
  const { op, src, dtype } = e;
  const [x, y] = src;
  if (!MOVES.has(op) && src.some((s) => isHalf(s.dtype))) {
    const wide = src.map((s) => (isHalf(s.dtype) ? s.cast(float32) : s));
    return isHalf(dtype) ? new Expr(op, wide, float32).cast(dtype) : new Expr(op, wide, dtype);
  }
  if (src.length === 2 && x.dtype === bool) return LOGIC[op as BinaryOp]?.(x, y) ?? e;
  if (op === "cast") return castThrough(e, x, dtype);
  if (dtype.is_floating_point && hasFormula(op)) return e.value === IN_HOST ? e : lower(op, src);
  // -x + y is y - x, to the bit.
  if (op === "add" && dtype.is_floating_point && x.op === "neg") return y.sub(x.src[0]);
  if (op === "add" && dtype.is_floating_point && y.op === "neg") return x.sub(y.src[0]);
  if (op === "copysign") {
    const bits = dtype === float64 ? int64 : int32;
    const sign = constant(-(2n ** BigInt(dtype.itemsize * 8 - 1)), bits);
    return x.bitcast(bits).and(sign.not()).or(y.bitcast(bits).and(sign)).bitcast(dtype);
  }
  if ((op === "min" || op === "max") && dtype === int64) return (op === "min" ? x.lt(y) : x.gt(y)).where(x, y);
  if (dtype === bool && (op === "neg" || op === "abs")) return x;
  if (!dtype.is_floating_point && (op === "floor" || op === "ceil" || op === "trunc" || op === "round")) return x;
  return e;
}

function castThrough(e: Expr, x: Expr, to: Dtype): Expr {
  if (to === x.dtype) return x;
  if (to === bool) return x.ne(0);
  if (isHalf(x.dtype)) return widened(x).cast(to);
  if (isHalf(to)) return x.dtype === float32 ? narrowed(x, to) : x.cast(float32).cast(to);
  if (x.dtype === bool) return x.where(constant(1, to), constant(0, to));
  if (!x.dtype.is_floating_point || to.is_floating_point) return e;
  // WebAssembly's conversions end at the largest integer; here what is too large, and NaN, is to become the lowest.
  if (to === uint8 && x.dtype === float64) return x.cast(int64).cast(to);
  const limit = 2 ** (to === int64 ? 63 : 31);
  return isBelow(x, limit) ? e : x.lt(limit).where(x, -limit).cast(to);
}
const isBelow = ({ op, src: [test, kept] }: Expr, limit: number): boolean =>
  op === "where" && test.op === "lt" && test.src[0] === kept && test.src[1].value === limit;
