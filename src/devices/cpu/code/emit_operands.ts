// Where the operands of a kernel stand while its loops run, and how their elements come into lanes and back.
import type { Dtype, DtypeName } from "../../../base/dtype.ts";
import { bool, int64, int8 } from "../../../base/dtype.ts";
import type { Expr } from "../../../kernel/expr.ts";
import type { FunctionBuilder } from "./assembler.ts";
import { extractLane, laneType, range } from "./emit_expr.ts";
import type { Scope } from "./emit_expr.ts";
import type { Variant } from "./variant.ts";

/** Elements that a body works on: four or one, the so-manieth four of those side by side. */
export interface Place {
  readonly wide: boolean;
  readonly copy: number;
}

/** The operands in the code of one kernel. */
export class Operands {
  private readonly f: FunctionBuilder;
  private readonly dtypes: readonly Dtype[];
  private readonly variant: Variant;
  /** Locals of the strides in bytes, [operand][dim]. */
  private readonly strides: readonly (readonly number[])[];
  /** Locals of the stride along the lanes times 0 to 4, where the elements are no neighbours. */
  private readonly multiples: readonly (readonly number[] | null)[];
  /** For each operand: locals of offsets that do not change, in bytes. */
  private readonly fixedOffsets: readonly Map<Expr, number>[];
  /** Locals of the addresses where the innermost open loop stands. */
  private pointers: readonly number[];

  /** Emits what reads the descriptor; the range to run begins at the index in local `begin`. */
  constructor(
    f: FunctionBuilder,
    dtypes: readonly Dtype[],
    variant: Variant,
    word: (k: number, i: number) => number,
    begin: number,
  ) {
    this.f = f;
    this.dtypes = dtypes;
    this.variant = variant;
    const rank = variant.outer + variant.reduced;
    this.strides = dtypes.map((_, k) => range(rank, (d) => word(k, d + 1)));
    this.pointers = dtypes.map((_, k) => word(k, 0));
    this.fixedOffsets = dtypes.map(() => new Map());
    for (const [k, p] of this.pointers.entries())
      f.get(p).get(begin).get(this.strides[k][0]).op("i32.mul").op("i32.add").set(p);
    const along = variant.lanes === "reduced" ? rank - 1 : variant.outer - 1;
    this.multiples = dtypes.map((_, k) => {
      if (variant.lanes === "none" || variant.strides[k] !== "other") return null;
      return range(5, (n) => f.keep("i32", () => f.get(this.strides[k][along]).i32(n).op("i32.mul")));
    });
  }
  /** Runs `body` with pointers of its own, which begin where those outside are. */
  walking(body: () => void): void {
    const outside = this.pointers;
    this.pointers = outside.map((p) => this.f.keep("i32", () => this.f.get(p)));
    body();
    this.pointers = outside;
  }
  /** One step along a dim. */
  step(d: number): void {
    for (const [k, p] of this.pointers.entries()) this.f.get(p).get(this.strides[k][d]).op("i32.add").set(p);
  }
  /** `n` steps along the dim of the lanes. */
  stepLanes(n: number): void {
    const { f } = this;
    for (const [k, p] of this.pointers.entries()) {
      const stride = this.variant.strides[k];
      if (stride === "zero") continue;
      f.get(p);
      if (stride === "contiguous") f.i32(n * this.dtypes[k].itemsize);
      else f.get(this.multiples[k]![n]);
      f.op("i32.add").set(p);
    }
  }
  /** Pushes one part of the elements of an operand. */
  load(k: number, part: number, place: Place): void {
    this.loadFrom(k, part, place, () => this.f.get(this.pointers[k]));
  }
  /** The same at an offset in elements, alike in all lanes or not. */
  loadAt(k: number, part: number, place: Place, scope: Scope, offset: Expr, alike: boolean): void {
    const base = (lane: number): void => this.pushMoved(k, scope, offset, lane);
    if (alike || !place.wide) this.loadFrom(k, part, place, base);
    else this.loadLanes(k, part, place, base);
  }
  /** Two elements of float32 in the low half of a vector; false if they are no neighbours. */
  loadHalf(k: number, part: number, { wide, copy }: Place): boolean {
    const near = wide && this.variant.strides[k] === "contiguous";
    if (near) this.f.get(this.pointers[k]).mem("v128.load64_zero", copy * 16 + part * 8);
    return near;
  }
  /** Keeps an offset of operand `k` that does not change, which the local has in its lanes, in bytes. */
  fixOffset(k: number, offset: Expr, local: number): void {
    this.fixedOffsets[k].set(
      offset,
      this.f.keep("i32", () => this.pushOffset(k, [local], 0)),
    );
  }
  private pushOffset(k: number, locals: readonly number[], lane: number): void {
    const { f } = this;
    extractLane(f, int64, locals, lane);
    f.op("i32.wrap_i64").i32(this.dtypes[k].itemsize).op("i32.mul");
  }
  /** Pushes where operand `k` stands, and so many elements further. */
  private pushMoved(k: number, scope: Scope, offset: Expr, lane: number): void {
    const { f } = this;
    const fixed = this.fixedOffsets[k].get(offset);
    f.get(this.pointers[k]);
    if (fixed !== undefined) f.get(fixed);
    else this.pushOffset(k, scope.locals(offset), lane);
    f.op("i32.add");
  }
  private loadFrom(k: number, part: number, place: Place, base: (lane: number) => void): void {
    const { f } = this;
    const { wide, copy } = place;
    const dtype = this.dtypes[k];
    const stride = this.variant.strides[k];
    const size = dtype.itemsize;
    if (!wide || stride === "zero") {
      base(0);
      if (size === 8) f.mem("v128.load64_splat");
      else if (size === 4) f.mem("v128.load32_splat");
      else f.mem(SCALAR_LOAD[dtype.name]!).op("i32x4.splat");
    } else if (stride === "other") return this.loadLanes(k, part, place, base);
    else {
      const at = copy * 4 * size + part * 16;
      base(0);
      if (size >= 4) f.mem("v128.load", at);
      else if (size === 2) f.mem("v128.load16x4_s", at);
      else {
        const sign = dtype === int8 ? "s" : "u";
        f.mem("v128.load32_zero", at).op(`i16x8.extend_low_i8x16_${sign}`).op(`i32x4.extend_low_i16x8_${sign}`);
      }
    }
    this.maskIfBool(dtype);
  }
  private loadLanes(k: number, part: number, { copy }: Place, base: (lane: number) => void): void {
    const { f } = this;
    const dtype = this.dtypes[k];
    const type = laneType(dtype);
    const lanes = dtype.itemsize === 8 ? 2 : 4;
    for (let j = 0; j < lanes; j++) {
      const lane = part * 2 + j;
      base(lane);
      this.moveToLane(k, lane);
      f.mem(
        SCALAR_LOAD[dtype.name]!,
        this.variant.strides[k] === "contiguous" ? (copy * 4 + lane) * dtype.itemsize : 0,
      );
      if (j === 0) f.op(`${type}.splat`);
      else f.lane(`${type}.replace_lane`, j);
    }
    this.maskIfBool(dtype);
  }
  private moveToLane(k: number, lane: number): void {
    const multiples = this.multiples[k];
    if (multiples && lane > 0) this.f.get(multiples[lane]).op("i32.add");
  }
  private maskIfBool(dtype: Dtype): void {
    if (dtype === bool) this.f.i32(31).op("i32x4.shl").i32(31).op("i32x4.shr_s");
  }
  /** Stores a value; `offset`: in elements, alike in all lanes. */
  store(k: number, scope: Scope, value: Expr, copy: number, offset: Expr | undefined): void {
    const { f } = this;
    const { dtype } = value;
    const size = dtype.itemsize;
    const base = (): void => void (offset ? this.pushMoved(k, scope, offset, 0) : f.get(this.pointers[k]));
    const stored = (part: number): void => {
      scope.push(value, part, dtype === bool ? 32 : undefined);
      if (dtype === bool) f.op("i32x4.neg");
    };
    if (!scope.wide) {
      base();
      stored(0);
      f.laneMem(`v128.store${size * 8}_lane`, 0);
    } else if (this.variant.strides[k] === "other") {
      const parts = range(size === 8 ? 2 : 1, (part) => f.keep("v128", () => stored(part)));
      for (let lane = 0; lane < 4; lane++) {
        base();
        this.moveToLane(k, lane);
        if (size === 8) f.get(parts[lane >> 1]).laneMem("v128.store64_lane", lane & 1);
        else f.get(parts[0]).laneMem(`v128.store${size * 8}_lane`, (lane * 4) / size);
      }
    } else {
      const at = copy * 4 * size;
      for (let part = 0; part < (size === 8 ? 2 : 1); part++) {
        base();
        stored(part);
        if (size >= 4) f.mem("v128.store", at + part * 16);
        else this.narrowed(dtype).laneMem(`v128.store${size * 32}_lane`, 0, at);
      }
    }
  }
  /** Packs four small integers, each in 32 bits on top of the stack, together. */
  private narrowed(dtype: Dtype): FunctionBuilder {
    const { f } = this;
    const local = f.keep("v128", () => {});
    f.get(local).get(local).op("i16x8.narrow_i32x4_s");
    return dtype.itemsize === 2
      ? f
      : f
          .set(local)
          .get(local)
          .get(local)
          .op(`i8x16.narrow_i16x8_${dtype === int8 ? "s" : "u"}`);
  }
}
/** float16 and bfloat16 are carried as the integers of their bits. */
const SCALAR_LOAD: Partial<Record<DtypeName, string>> = {
  float64: "f64.load",
  float32: "f32.load",
  int64: "i64.load",
  int32: "i32.load",
  int16: "i32.load16_s",
  int8: "i32.load8_s",
  uint8: "i32.load8_u",
  bool: "i32.load8_u",
  float16: "i32.load16_s",
  bfloat16: "i32.load16_s",
};
