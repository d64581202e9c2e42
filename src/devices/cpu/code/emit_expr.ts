// Lowered expressions to WebAssembly SIMD instructions.
//
// Note [Lanes]: a body computes four neighbouring elements at once (wide), or one. Values of 32 bits and smaller lie in
// one vector, those of 64 bits in two ("parts"). One element alone is computed with the same instructions, all lanes
// alike, so that an element's value does not depend on its place: fused multiply-adds have no scalar form.
// A bool is a mask, all ones or zeros, as wide as the values it was made of.
import type { Dtype } from "../../../base/dtype.ts";
import { bool, float32, float64, int16, int8, uint8 } from "../../../base/dtype.ts";
import type { Expr, ExprOp } from "../../../kernel/expr.ts";
import { RARE } from "../../../kernel/formulas/format.ts";
import type { FunctionBuilder } from "./assembler.ts";
import { hostName, isHostCall } from "./lower.ts";

/** Where the leaves of an expression are; each method pushes one part of a value. */
export interface Leaves {
  input(k: number, part: number): void;
  /** Two elements of a float32 input in the low half of a vector, if they can be had so. */
  half(k: number, part: number): boolean;
  load(k: number, offset: Expr, part: number, scope: Scope): void;
  counter(op: "iota" | "reduceIota", part: number): void;
  /** The locals of an accumulator, one per part. */
  acc(i: number): readonly number[];
}
/** What the body of a function is emitted with. */
export interface Target {
  readonly f: FunctionBuilder;
  readonly relaxed: boolean;
  /** Function index of a host function ("exp") or of a helper ("i32.div"). */
  function(name: string): number;
  /** Expressions that do not change in the loop, computed before it: a local with all lanes alike. */
  readonly hoisted: ReadonlyMap<Expr, number>;
}

const isWide64 = (dtype: Dtype): boolean => dtype.itemsize === 8;
/** Bits of each lane that holds the expression. */
export function bitsOf(e: Expr): 32 | 64 {
  if (e.dtype !== bool) return isWide64(e.dtype) ? 64 : 32;
  if (COMPARE.has(e.op)) return bitsOf(e.src[0]);
  const masks = e.op === "where" ? e.src.slice(1) : e.op in LOGIC ? e.src : [];
  return masks.length > 0 && masks.every((x) => bitsOf(x) === 64) ? 64 : 32;
}
const COMPARE: ReadonlySet<ExprOp> = new Set(["eq", "ne", "lt", "le", "gt", "ge"]);
/** The lanes that hold a dtype. */
export const laneType = (dtype: Dtype): "f32x4" | "f64x2" | "i32x4" | "i64x2" =>
  dtype === float32 ? "f32x4" : dtype === float64 ? "f64x2" : isWide64(dtype) ? "i64x2" : "i32x4";

/** Instructions that do what the operator says, per lane. Integers lack some. */
const DIRECT: Partial<Record<ExprOp, string>> = {
  add: "add",
  sub: "sub",
  mul: "mul",
  div: "div",
  min: "min",
  max: "max",
  neg: "neg",
  abs: "abs",
  floor: "floor",
  ceil: "ceil",
  trunc: "trunc",
  round: "nearest",
  sqrt: "sqrt",
};
const LOGIC: Partial<Record<ExprOp, string>> = { and: "v128.and", or: "v128.or", xor: "v128.xor", not: "v128.not" };
/** of(0), of(1), … of(n - 1). */
export const range = <T>(n: number, of: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => of(i));
/** Lane numbers for a shuffle of bytes, from lane numbers of `bytes` each; the second vector's follow the first's. */
export const lanesOf = (bytes: number, lanes: readonly number[]): number[] =>
  lanes.flatMap((lane) => range(bytes, (b) => lane * bytes + b));
const EVEN_WORDS = lanesOf(4, [0, 2, 4, 6]);
const LOW_HALVES = lanesOf(8, [0, 2]);
const HIGH_HALF = lanesOf(8, [1, 1]);

/** How often each expression that changes in the loop is used, from these roots on. */
export function countUses(roots: readonly Expr[], hoisted: ReadonlyMap<Expr, number>): Map<Expr, number> {
  const uses = new Map<Expr, number>();
  const visit = (e: Expr): void => {
    if (hoisted.has(e)) return;
    const n = uses.get(e) ?? 0;
    uses.set(e, n + 1);
    if (n === 0) e.src.forEach(visit);
  };
  roots.forEach(visit);
  return uses;
}

/** Values of one pass through a loop's body: four elements, or one. */
export class Scope {
  readonly wide: boolean;
  private readonly target: Target;
  private readonly leaves: Leaves;
  private readonly uses: ReadonlyMap<Expr, number>;
  private readonly values = new Map<Expr, readonly number[]>();

  constructor(target: Target, leaves: Leaves, wide: boolean, uses: ReadonlyMap<Expr, number>) {
    this.target = target;
    this.leaves = leaves;
    this.wide = wide;
    this.uses = uses;
  }
  parts(bits: 32 | 64): number {
    return this.wide && bits === 64 ? 2 : 1;
  }
  /** Takes locals as the value of an expression. */
  bind(e: Expr, locals: readonly number[]): void {
    this.values.set(e, locals);
  }
  /** The value in locals, one per part; a mask as it is. */
  locals(e: Expr): readonly number[] {
    const hoisted = this.target.hoisted.get(e);
    if (hoisted !== undefined) return range(this.parts(bitsOf(e)), () => hoisted);
    let locals = this.values.get(e);
    if (locals === undefined) {
      const { f } = this.target;
      locals = range(this.parts(bitsOf(e)), (part) => f.keep("v128", () => this.compute(e, part)));
      this.values.set(e, locals);
    }
    return locals;
  }
  /** Pushes one part; a mask in lanes of `bits`. */
  push(e: Expr, part = 0, bits = bitsOf(e)): void {
    const { f } = this.target;
    if (this.wide && bits !== bitsOf(e)) {
      const [low, high] = this.locals(e);
      if (bits === 64) f.get(low).op(part === 0 ? "i64x2.extend_low_i32x4_s" : "i64x2.extend_high_i32x4_s");
      else f.get(low).get(high).shuffle(EVEN_WORDS);
    } else if (this.values.has(e) || this.target.hoisted.has(e) || (this.uses.get(e) ?? 2) > 1)
      f.get(this.locals(e)[part]);
    else this.compute(e, part);
  }

  private compute(e: Expr, part: number): void {
    const { op, src, dtype } = e;
    const { f } = this.target;
    const type = laneType(dtype);
    const float = dtype.is_floating_point;
    const bits = bitsOf(e);
    if (isHostCall(e)) return this.laneByLane(e, part, () => f.call(this.target.function(hostName(e))));
    switch (op) {
      case "input":
        return this.leaves.input(Number(e.value), part);
      case "load":
        return this.leaves.load(Number(e.value), src[0], part, this);
      case "iota":
      case "reduceIota":
        return this.leaves.counter(op, part);
      case "acc":
        return void f.get(this.leaves.acc(Number(e.value))[part]);
      case "where":
        return this.where(e, part, bits);
      case "cast":
        return this.cast(src[0], dtype, e, part);
      case "bitcast":
        return this.push(src[0], part);
      case "fma":
        for (const x of src.slice(0, 2)) this.push(x, part);
        if (float && this.target.relaxed) {
          this.push(src[2], part);
          return void f.op(`${type}.relaxed_madd`);
        }
        f.op(`${type}.mul`);
        this.push(src[2], part);
        f.op(`${type}.add`);
        return this.wrap(dtype);
      case "and":
      case "or":
      case "xor":
      case "not":
        for (const x of src) this.push(x, part, bits);
        f.op(LOGIC[op]!);
        return op === "not" && dtype !== bool ? this.wrap(dtype) : undefined;
      case "shl":
      case "shr":
        return this.shift(e, part);
    }
    if (COMPARE.has(op)) {
      for (const x of src) this.push(x, part);
      const of = src[0].dtype;
      f.op(`${laneType(of)}.${op}${of.is_floating_point || op === "eq" || op === "ne" ? "" : "_s"}`);
    } else if (!float && (op === "div" || op === "rem" || op === "pow")) {
      const name = `${type === "i64x2" ? "i64" : "i32"}.${op}`;
      this.laneByLane(e, part, () => f.call(this.target.function(name)));
      this.wrap(dtype);
    } else if (!this.bounded(e, part)) {
      const direct = DIRECT[op];
      if (direct === undefined) throw new Error(`emit: no ${op} of ${String(dtype)}`);
      for (const x of src) this.push(x, part);
      f.op(`${type}.${direct}${!float && (op === "min" || op === "max") ? "_s" : ""}`);
      this.wrap(dtype);
    }
  }
  /** Brings the top of the stack back into the range of a small integer. */
  private wrap(dtype: Dtype): void {
    const { f } = this.target;
    if (dtype === int8) f.i32(24).op("i32x4.shl").i32(24).op("i32x4.shr_s");
    else if (dtype === int16) f.i32(16).op("i32x4.shl").i32(16).op("i32x4.shr_s");
    else if (dtype === uint8) f.i32(24).op("i32x4.shl").i32(24).op("i32x4.shr_u");
  }
  /**
   * Pushes the max or min of a float and a constant, if `e` is one that takes an instruction or two where max and min take
   * eight: pmax(p, q) is p < q ? q : p and pmin(p, q) is q < p ? q : p, so that a NaN in p stays one.
   */
  private bounded({ op, src, dtype }: Expr, part: number): boolean {
    if (!dtype.is_floating_point || (op !== "max" && op !== "min")) return false;
    const [x, bound] = src[0].op === "const" ? [src[1], src[0]] : src;
    // The least of 0 and -0 is -0, which pmin does not know.
    if (bound.op !== "const" || Number.isNaN(bound.value) || (op === "min" && Object.is(bound.value, -0))) return false;
    const { f } = this.target;
    this.push(x, part);
    this.push(bound, part);
    f.op(`${laneType(dtype)}.p${op}`);
    // Nor does pmax know that 0 is more than -0, but their sum is 0.
    if (op === "max" && Object.is(bound.value, 0)) {
      this.push(bound, part);
      f.op(`${laneType(dtype)}.add`);
    }
    return true;
  }
  private where(e: Expr, part: number, bits: 32 | 64): void {
    const [mask, a, b] = e.src;
    const { f } = this.target;
    const [x, y] = mask.src;
    // pmin(p, q) is q < p ? q : p, pmax(p, q) is p < q ? q : p: one instruction each.
    if (e.dtype.is_floating_point && mask.op === "lt" && ((x === a && y === b) || (x === b && y === a))) {
      this.push(b, part);
      this.push(a, part);
      return void f.op(`${laneType(e.dtype)}.${x === a ? "pmin" : "pmax"}`);
    }
    if (e.value === RARE || this.calls(a)) return this.unlikely(e, part);
    this.push(a, part, bits);
    this.push(b, part, bits);
    this.push(mask, part, bits);
    this.select(bits);
  }
  private select(bits: 32 | 64): void {
    const { f } = this.target;
    if (this.target.relaxed) f.op(bits === 64 ? "i64x2.relaxed_laneselect" : "i32x4.relaxed_laneselect");
    else f.op("v128.bitselect");
  }
  /** Where `a` is rarely wanted, or takes a call of the host, it is computed if some lane wants it. */
  private unlikely({ src: [mask, a, b] }: Expr, part: number): void {
    const { f } = this.target;
    const bits = bitsOf(a);
    const result = f.local("v128");
    this.push(b, part, bits);
    f.set(result);
    this.locals(mask);
    this.push(mask, part, bits);
    f.op("v128.any_true");
    // What is computed in the branch is there in the branch only.
    const outside = new Map(this.values);
    f.if(() => {
      this.push(a, part, bits);
      f.get(result);
      this.push(mask, part, bits);
      this.select(bits);
      f.set(result);
    });
    this.values.clear();
    for (const [e, locals] of outside) this.values.set(e, locals);
    f.get(result);
  }
  /** Whether it takes a call that is not made yet. */
  private calls(e: Expr, seen = new Set<Expr>()): boolean {
    if (seen.has(e) || this.target.hoisted.has(e) || this.values.has(e)) return false;
    seen.add(e);
    return isHostCall(e) || e.src.some((x) => this.calls(x, seen));
  }
  private shift(e: Expr, part: number): void {
    const [x, amount] = e.src;
    const { f } = this.target;
    const type = laneType(e.dtype);
    if (amount.op !== "const") {
      const name = `${type.slice(0, 3)}.${e.op}`;
      const width = e.dtype.itemsize * 8;
      this.laneByLane(e, part, () => f.i32(width).call(this.target.function(name)));
    } else {
      const by = Number(amount.value);
      const width = e.dtype.itemsize * 8;
      const fits = by >= 0 && by < width;
      this.push(x, part);
      // What is shifted out of a small integer to the left goes with wrap(), so the whole lane may be shifted.
      if (e.op === "shr") f.i32(fits ? by : e.dtype === uint8 ? width : width - 1).op(`${type}.shr_s`);
      else if (fits) f.i32(by).op(`${type}.shl`);
      else f.op("drop").v128(new Uint8Array(16));
    }
    this.wrap(e.dtype);
  }
  private cast(x: Expr, to: Dtype, e: Expr, part: number): void {
    const { f } = this.target;
    const from = laneType(x.dtype);
    const type = laneType(to);
    switch (`${from}>${type}`) {
      case "f32x4>f64x2":
        return this.halves(x, part, "f64x2.promote_low_f32x4");
      case "i32x4>f64x2":
        return this.halves(x, part, "f64x2.convert_low_i32x4_s");
      case "i32x4>i64x2":
        f.get(this.locals(x)[0]);
        return void f.op(part === 0 ? "i64x2.extend_low_i32x4_s" : "i64x2.extend_high_i32x4_s");
      case "f64x2>f32x4":
        return this.joined(x, "f32x4.demote_f64x2_zero");
      case "f64x2>i32x4":
        this.joined(x, "i32x4.trunc_sat_f64x2_s_zero");
        break;
      case "i64x2>i32x4": {
        const locals = this.locals(x);
        f.get(locals[0]).get(locals.at(-1)!).shuffle(EVEN_WORDS);
        break;
      }
      case "i32x4>f32x4":
        this.push(x, part);
        return void f.op("f32x4.convert_i32x4_s");
      case "f32x4>i32x4":
        this.push(x, part);
        f.op("i32x4.trunc_sat_f32x4_s");
        break;
      case "i32x4>i32x4":
        this.push(x, part);
        break;
      default: {
        // Between 64-bit integers and floats there are only scalar conversions.
        const [a, b] = [from.slice(0, 3), type.slice(0, 3)];
        const name = b === "i64" ? `i64.trunc_sat_${a}_s` : `${b}.convert_${a}_s`;
        return this.laneByLane(e, part, () => f.op(name));
      }
    }
    this.wrap(to);
  }
  /** Converts one half of a vector of four into a vector of two. */
  private halves(x: Expr, part: number, convert: string): void {
    const { f } = this.target;
    const alone = x.op === "input" && x.dtype === float32 && this.uses.get(x) === 1;
    if (!(alone && this.leaves.half(Number(x.value), part))) {
      const [local] = this.locals(x);
      f.get(local);
      if (part === 1) f.get(local).shuffle(HIGH_HALF);
    }
    f.op(convert);
  }
  /** Converts two vectors of two into one of four. */
  private joined(x: Expr, convert: string): void {
    const { f } = this.target;
    const locals = this.locals(x);
    f.get(locals[0]).op(convert);
    f.get(locals.at(-1)!).op(convert);
    f.shuffle(LOW_HALVES);
  }
  /** Each lane by a scalar instruction: `scalar` takes the operands from the stack. */
  private laneByLane(e: Expr, part: number, scalar: () => void): void {
    const { f } = this.target;
    const type = laneType(e.dtype);
    const lanes = !this.wide ? 1 : bitsOf(e) === 64 ? 2 : 4;
    const sources = e.src.map((x) => ({ x, locals: this.locals(x) }));
    for (let j = 0; j < lanes; j++) {
      for (const { x, locals } of sources) extractLane(f, x.dtype, locals, part * 2 + j);
      scalar();
      if (j === 0) f.op(`${type}.splat`);
      else f.lane(`${type}.replace_lane`, j);
    }
  }
}

/** Pushes one lane of a value as a scalar. */
export function extractLane(f: FunctionBuilder, dtype: Dtype, locals: readonly number[], lane: number): void {
  if (isWide64(dtype)) f.get(locals[lane >> 1]).lane(`${laneType(dtype)}.extract_lane`, lane & 1);
  else f.get(locals[0]).lane(`${laneType(dtype)}.extract_lane`, lane);
}
