// How accumulators are kept in lanes along a row, and meet at its end.
//
// Note [Blocks]: adding float32 in float64 takes two conversions and two additions where one addition in float32 would
// do. So a row is cut into blocks, whose sums in lanes are float32, of 32 terms each where the body stands eight times, and
// the sums of the blocks are added in float64: the error does not grow with the row.
import { float32 } from "../../../base/dtype.ts";
import { acc, constant } from "../../../kernel/expr.ts";
import type { Expr } from "../../../kernel/expr.ts";
import type { Accumulator } from "../../../kernel/loops.ts";
import type { Lowering } from "./lower.ts";

/** Elements of a block; a multiple of what any body takes at a time. */
export const BLOCK = 1024;

/** Two accumulators and what becomes of them together. */
export interface Meeting {
  readonly left: Expr;
  readonly right: Expr;
  readonly value: Expr;
}
/** An accumulator in lanes. */
export interface LaneFold {
  readonly init: Expr;
  readonly step: Expr;
  /** Two in lanes into one. */
  readonly merge: Meeting;
  /** One in lanes into that of the row, at the end of a block; null if it lasts for the row. */
  readonly endBlock: Meeting | null;
  /** Two results of the row into one. */
  readonly combine: Meeting;
}

/** Accumulator `i` in lanes, lowered. */
export function laneFold({ dtype, init, step, combine, term }: Accumulator, i: number, lowering: Lowering): LaneFold {
  const meeting = (left: Expr, right: Expr, value: Expr): Meeting => ({ left, right, value: lowering.lower(value) });
  const [left, right] = [acc(i, dtype), acc(i, dtype)];
  const whole = meeting(left, right, combine!(left, right));
  if (term === undefined)
    return { init: lowering.lower(init), step: lowering.lower(step), merge: whole, endBlock: null, combine: whole };
  const [sum, other] = [acc(i, float32), acc(i, float32)];
  return {
    init: constant(0, float32),
    step: lowering.lower(sum.add(term)),
    merge: meeting(sum, other, sum.add(other)),
    endBlock: meeting(left, sum, left.add(sum.cast(dtype))),
    combine: whole,
  };
}
