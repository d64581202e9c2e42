// Kernels to WebAssembly: the loops. A module exports run(descriptor, begin, end) for a range of the outermost dim.
//
// Note [Descriptors]: what a launch tells the code lies in memory: the params (8 bytes each; float64 for floats, int64 for
// integers and bools), then 32-bit sizes of the dims, then for each operand its address and its byte strides.
import type { Dtype, DtypeName } from "../../dtype.ts";
import { bool, float32, float64, int16, int64, int8 } from "../../dtype.ts";
import { acc } from "../../kernel/expr.ts";
import type { Expr } from "../../kernel/expr.ts";
import type { Kernel } from "../../kernel/loops.ts";
import { ModuleBuilder } from "./assembler.ts";
import type { FunctionBuilder, MemoryImport, ValType } from "./assembler.ts";
import { countUses, extractLane, lanesOf, laneType, Scope } from "./emit_expr.ts";
import type { Leaves, Target } from "./emit_expr.ts";
import { addHelper } from "./helpers.ts";
import { hostName, isHostCall, Lowering } from "./lower.ts";
import type { FeatureLevel } from "./features.ts";

/** How an operand moves from lane to lane: to the neighbour, not at all, or by a stride. */
export type Stride = "contiguous" | "zero" | "other";
/**
 * A form of a kernel. There is at least one outer dim and, if the kernel reduces, one reduced dim. `lanes`: which dim is
 * computed four elements at a time, the last outer one or the last reduced one, if any. `strides`: of all operands
 * along that dim.
 */
export interface Variant {
  readonly outer: number;
  readonly reduced: number;
  readonly lanes: "outer" | "reduced" | "none";
  readonly strides: readonly Stride[];
}
export interface EmitOptions {
  readonly level: FeatureLevel;
  readonly memory: MemoryImport;
}

/** Byte offsets within a descriptor. */
export const descriptorLayout = (
  params: number,
  rank: number,
): { readonly sizes: number; readonly operand: (k: number) => number } => {
  const sizes = params * 8;
  const operands = sizes + rank * 4;
  const step = (rank + 1) * 4;
  return { sizes, operand: (k: number) => operands + k * step };
};

export function emitKernel(kernel: Kernel, variant: Variant, options: EmitOptions): Uint8Array<ArrayBuffer> {
  return new KernelEmitter(kernel, variant, options).emit();
}

interface Group {
  readonly wide: boolean;
  /** How often the body stands side by side, each copy for its own lanes. */
  readonly copies: number;
}
const SINGLE: Group = { wide: false, copies: 1 };

/** Beyond these numbers of operations a body is not repeated: the registers would not do. */
const REPEATED_8 = 3;
const REPEATED_4 = 8;
const REPEATED_2 = 16;

class KernelEmitter {
  private readonly kernel: Kernel;
  private readonly variant: Variant;
  private readonly relaxed: boolean;
  private readonly module: ModuleBuilder;
  private readonly functions = new Map<string, number>();
  private readonly dtypes: readonly Dtype[];
  private readonly rank: number;
  /** What is stored, and the offsets it is stored at. */
  private readonly values: readonly Expr[];
  private readonly offsets: readonly (Expr | undefined)[];
  private readonly inits: readonly Expr[];
  private readonly steps: readonly Expr[];
  private readonly roots: readonly Expr[];
  private readonly merges: readonly { left: Expr; right: Expr; value: Expr }[];
  private readonly levels = new Map<Expr, number>();
  private readonly hoisted = new Map<Expr, number>();
  private f!: FunctionBuilder;
  private target!: Target;
  /** Local of each stride in bytes, [operand][dim]; of each size; of each pointer where the innermost open loop stands. */
  private strides: number[][] = [];
  private sizes: number[] = [];
  private pointers: number[] = [];
  private laneStrides: (number[] | null)[] = [];
  private iota = 0;
  private reduceIota = 0;
  private readonly constants = new Map<string, number>();

  constructor(kernel: Kernel, variant: Variant, { level, memory }: EmitOptions) {
    this.kernel = kernel;
    this.variant = variant;
    this.relaxed = level === "relaxed";
    this.module = new ModuleBuilder(memory);
    this.dtypes = [...kernel.inputs, ...kernel.outputs.map((o) => o.dtype)];
    this.rank = variant.outer + variant.reduced;
    const lowering = new Lowering();
    const { outputs, reduce } = kernel;
    this.offsets = outputs.map((o) => o.offset && lowering.lower(o.offset));
    this.values = outputs.map((o, i) => lowering.output(o, kernel.inputs.length + i));
    this.inits = reduce?.accs.map((a) => lowering.lower(a.init)) ?? [];
    this.steps = reduce?.accs.map((a) => lowering.lower(a.step)) ?? [];
    this.merges =
      variant.lanes !== "reduced"
        ? []
        : reduce!.accs.map((a, i) => {
            const [left, right] = [acc(i, a.dtype), acc(i, a.dtype)];
            return { left, right, value: lowering.lower(a.combine!(left, right)) };
          });
    this.roots = [
      ...this.inits,
      ...this.steps,
      ...this.values,
      ...this.offsets,
      ...this.merges.map((m) => m.value),
    ].filter((e) => e !== undefined);
  }
  emit(): Uint8Array<ArrayBuffer> {
    for (const e of allOf(this.roots).filter(isHostCall)) {
      const name = hostName(e);
      const params = e.src.map((x) => (x.dtype === float32 ? "f32" : "f64"));
      if (!this.functions.has(name))
        this.functions.set(name, this.module.importFunction("math", name, params, params.slice(0, 1)));
    }
    this.module.func(["i32", "i32", "i32"], [], (f) => this.run(f), "run");
    return this.module.build();
  }

  private run(f: FunctionBuilder): void {
    this.f = f;
    this.target = { f, relaxed: this.relaxed, function: (name) => this.function(name), hoisted: this.hoisted };
    const layout = descriptorLayout(this.kernel.params.length, this.rank);
    const word = (offset: number): number => this.keep("i32", () => f.get(0).mem("i32.load", offset));
    this.sizes = range(this.rank, (d) => word(layout.sizes + 4 * d));
    this.strides = this.dtypes.map((_, k) => range(this.rank, (d) => word(layout.operand(k) + 4 * (d + 1))));
    this.pointers = this.dtypes.map((_, k) => word(layout.operand(k)));
    // The range begins somewhere in the outermost dim.
    for (const [k, p] of this.pointers.entries())
      f.get(p).get(1).get(this.strides[k][0]).op("i32.mul").op("i32.add").set(p);
    f.get(2).get(1).op("i32.sub").set(this.sizes[0]);
    this.laneStrides = this.dtypes.map((_, k) => this.multiples(k));
    const all = allOf(this.roots);
    this.iota = this.keep("i64", () => f.get(1).op("i64.extend_i32_s"));
    this.reduceIota = f.local("i64");
    for (const e of all)
      if (e.op === "const") this.hoisted.set(e, this.constant(e));
      else if (e.op === "param") this.hoisted.set(e, this.param(e));
    this.hoist(this.roots, 0);
    this.outerLoops(0);
  }
  private keep(type: ValType, push: () => void): number {
    const local = this.f.local(type);
    push();
    this.f.set(local);
    return local;
  }
  private function(name: string): number {
    let index = this.functions.get(name);
    if (index === undefined) {
      index = addHelper(this.module, name);
      this.functions.set(name, index);
    }
    return index;
  }

  // What does not change in the loops.

  /** 0: of constants and params; 1: the same along the lanes; 2: changes. */
  private level(e: Expr): number {
    let level = this.levels.get(e);
    if (level === undefined) {
      level = Math.max(0, ...e.src.map((x) => this.level(x)));
      if (e.op === "acc" || e.op === "iota" || e.op === "reduceIota") level = 2;
      else if (e.op === "input" || e.op === "load") level = this.isFixed(Number(e.value)) ? Math.max(1, level) : 2;
      this.levels.set(e, level);
    }
    return level;
  }
  /** Whether the loop over the lanes, with all that is in it, leaves an input where it is. */
  private isFixed(k: number): boolean {
    const { lanes, strides } = this.variant;
    const innermost = lanes === (this.kernel.reduce ? "reduced" : "outer");
    return innermost && k < this.kernel.inputs.length && strides[k] === "zero";
  }
  /** Computes all that is at most `level` deep, and keeps it in locals. */
  private hoist(roots: readonly Expr[], level: number): void {
    const found = new Set<Expr>();
    const seen = new Set<Expr>();
    const visit = (e: Expr): void => {
      if (seen.has(e) || this.hoisted.has(e)) return;
      seen.add(e);
      if (this.level(e) <= level) found.add(e);
      else e.src.forEach(visit);
    };
    roots.forEach(visit);
    const scope = this.scope(SINGLE, 0, countUses([...found], this.hoisted));
    const locals = [...found].map((e) => [e, scope.locals(e)[0]] as const);
    for (const [e, local] of locals) this.hoisted.set(e, local);
  }
  // A v128.const in a loop is made anew in every pass by V8's newer compiler, and a local made of one is one still.
  // What is in a global that could change, it cannot know.
  private constant({ dtype, value }: Expr): number {
    const bytes = splatBytes(dtype, value);
    const key = bytes.join();
    let local = this.constants.get(key);
    if (local === undefined) {
      local = this.keep("v128", () => this.f.globalGet(this.module.global(bytes)));
      this.constants.set(key, local);
    }
    return local;
  }
  private param({ dtype, value }: Expr): number {
    const { f } = this;
    const at = Number(value) * 8;
    return this.keep("v128", () => {
      f.get(0);
      if (dtype.itemsize === 8) f.mem("v128.load64_splat", at);
      else if (dtype === float32) f.mem("f64.load", at).op("f32.demote_f64").op("f32x4.splat");
      else if (dtype === bool) f.mem("i64.load", at).op("i64.eqz").i32(1).op("i32.sub").op("i32x4.splat");
      else f.mem("i32.load", at).op("i32x4.splat");
    });
  }

  // Loops.

  private outerLoops(d: number): void {
    const { variant, kernel } = this;
    if (d < variant.outer - 1) return this.plainLoop(d, () => this.outerLoops(d + 1));
    const lanes = variant.lanes === "outer";
    if (kernel.reduce) {
      const body = (g: Group): void => (variant.lanes === "reduced" ? this.reduceInLanes() : this.reduce(g));
      const count = (by: number): void => this.count(this.iota, by);
      if (lanes) this.laneLoop(d, this.groups([...this.steps, ...this.values]), body, count);
      else this.plainLoop(d, () => (body(SINGLE), count(1)));
    } else {
      this.hoist([...this.values, ...this.offsets.filter((e) => e !== undefined)], 1);
      const count = (by: number): void => this.count(this.iota, by);
      if (lanes) this.laneLoop(d, this.groups(this.values), (g) => this.map(g), count);
      else this.plainLoop(d, () => (this.map(SINGLE), count(1)));
    }
  }
  private count(counter: number, by: number): void {
    this.f.get(counter).i64(by).op("i64.add").set(counter);
  }
  /** Runs `body` with pointers of its own, which begin where those outside are. */
  private walking(body: () => void): void {
    const outside = this.pointers;
    this.pointers = outside.map((p) => this.keep("i32", () => this.f.get(p)));
    body();
    this.pointers = outside;
  }
  private plainLoop(d: number, body: () => void): void {
    const { f } = this;
    this.walking(() => {
      const rest = f.local("i32");
      f.get(this.sizes[d])
        .tee(rest)
        .if(() =>
          f.loop((again) => {
            body();
            for (const [k, p] of this.pointers.entries()) f.get(p).get(this.strides[k][d]).op("i32.add").set(p);
            f.get(rest).i32(1).op("i32.sub").tee(rest).brIf(again);
          }),
        );
    });
  }
  /** Walks the dim of the lanes by groups of elements, the largest first. */
  private laneLoop(d: number, groups: readonly Group[], body: (g: Group) => void, count: (by: number) => void): void {
    const { f } = this;
    this.walking(() => {
      const rest = this.keep("i32", () => f.get(this.sizes[d]));
      for (const group of groups) {
        const n = group.wide ? 4 * group.copies : 1;
        const enough = (): void => void f.get(rest).i32(n).op("i32.ge_u");
        enough();
        f.if(() =>
          f.loop((again) => {
            body(group);
            for (let k = 0; k < this.pointers.length; k++) this.advance(k, n);
            count(n);
            f.get(rest).i32(n).op("i32.sub").set(rest);
            enough();
            f.brIf(again);
          }),
        );
      }
    });
  }
  private advance(k: number, n: number): void {
    const { f } = this;
    const stride = this.variant.strides[k];
    if (stride === "zero") return;
    f.get(this.pointers[k]);
    if (stride === "contiguous") f.i32(n * this.dtypes[k].itemsize);
    else f.get(this.laneStrides[k]![n]);
    f.op("i32.add").set(this.pointers[k]);
  }
  /** Locals of the stride times 0 to 4, for an operand whose elements in the lanes are no neighbours. */
  private multiples(k: number): number[] | null {
    const { lanes, strides, outer } = this.variant;
    if (lanes === "none" || strides[k] !== "other") return null;
    const stride = this.strides[k][lanes === "outer" ? outer - 1 : this.rank - 1];
    return range(5, (n) => this.keep("i32", () => this.f.get(stride).i32(n).op("i32.mul")));
  }
  /** How the elements along the lanes are grouped. Copies want addresses that are known numbers apart. */
  private groups(roots: readonly Expr[]): Group[] {
    const { strides, lanes } = this.variant;
    const outputs = strides.slice(this.kernel.inputs.length);
    const ordered = this.offsets.some((e) => e !== undefined && this.level(e) === 2);
    if (lanes === "outer" && (ordered || outputs.includes("zero"))) return [SINGLE];
    const walked = lanes === "outer" ? strides : strides.slice(0, this.kernel.inputs.length);
    const copies = walked.includes("other") ? 1 : this.copies(roots);
    const wide = { wide: true, copies: 1 };
    return copies > 1 ? [{ wide: true, copies }, wide, SINGLE] : [wide, SINGLE];
  }
  private copies(roots: readonly Expr[]): number {
    const changing = allOf(roots).filter((e) => e.src.length > 0 && !this.hoisted.has(e));
    if (changing.some(isHostCall)) return 1;
    // Accumulators wait for themselves: the more of them, the less.
    if (this.kernel.reduce && changing.length <= REPEATED_8) return 8;
    return changing.length <= REPEATED_4 ? 4 : changing.length <= REPEATED_2 ? 2 : 1;
  }

  // Bodies.

  private map(group: Group): void {
    const uses = countUses([...this.values, ...this.offsets.filter((e) => e !== undefined)], this.hoisted);
    for (let c = 0; c < group.copies; c++) this.storeAll(this.scope(group, c, uses), c);
  }
  /** Accumulators in new locals, one per part, that hold the initial values. */
  private accumulators(wide: boolean): number[][] {
    return this.inits.map((init) =>
      range(wide && init.dtype.itemsize === 8 ? 2 : 1, () =>
        this.keep("v128", () => this.f.get(this.hoisted.get(init)!)),
      ),
    );
  }
  private reducedLoops(d: number, last: (d: number) => void): void {
    if (d === this.rank - 1) last(d);
    else this.plainLoop(d, () => this.reducedLoops(d + 1, last));
  }
  /** One result, or in lanes several side by side. */
  private reduce(group: Group): void {
    const { f } = this;
    const scan = this.kernel.reduce!.scan;
    const accs = range(group.copies, () => this.accumulators(group.wide));
    f.i64(0).set(this.reduceIota);
    const uses = countUses(this.values, this.hoisted);
    this.reducedLoops(this.variant.outer, (d) =>
      this.plainLoop(d, () => {
        for (const [c, own] of accs.entries()) {
          this.step(group, c, own);
          if (scan) this.storeAll(this.scope(group, c, uses, own), c);
        }
        this.count(this.reduceIota, 1);
      }),
    );
    if (!scan) for (const [c, own] of accs.entries()) this.storeAll(this.scope(group, c, uses, own), c);
  }
  /** One result, its partial results in lanes. */
  private reduceInLanes(): void {
    const { f } = this;
    const groups = this.groups(this.steps);
    const partial = range(groups[0].copies, () => this.accumulators(true));
    const single = this.accumulators(false);
    f.i64(0).set(this.reduceIota);
    this.reducedLoops(this.variant.outer, (d) => {
      this.hoist(this.steps, 1);
      const body = (g: Group): void => {
        for (let c = 0; c < g.copies; c++) this.step(g, c, g.wide ? partial[c] : single);
      };
      this.laneLoop(d, groups, body, (by) => this.count(this.reduceIota, by));
    });
    for (const other of partial.slice(1)) this.merge(true, partial[0], other);
    for (let lane = 0; lane < 4; lane++) {
      const element = partial[0].map((parts, i) => [
        this.keep("v128", () => this.pushLane(this.inits[i].dtype, parts, lane)),
      ]);
      this.merge(false, single, element);
    }
    this.storeAll(this.scope(SINGLE, 0, countUses(this.values, this.hoisted), single), 0);
  }
  private pushLane(dtype: Dtype, parts: readonly number[], lane: number): void {
    const { f } = this;
    if (dtype.itemsize === 8)
      f.get(parts[lane >> 1])
        .get(parts[lane >> 1])
        .shuffle(lanesOf(8, [lane & 1, lane & 1]));
    else
      f.get(parts[0])
        .get(parts[0])
        .shuffle(lanesOf(4, [lane, lane, lane, lane]));
  }
  private step(group: Group, copy: number, accs: readonly number[][]): void {
    const scope = this.scope(group, copy, countUses(this.steps, this.hoisted), accs);
    this.assign(scope, this.steps, accs);
  }
  /** accs = combine(accs, others). */
  private merge(wide: boolean, accs: readonly number[][], others: readonly number[][]): void {
    const values = this.merges.map((m) => m.value);
    const scope = this.scope({ wide, copies: 1 }, 0, countUses(values, this.hoisted));
    for (const [i, { left, right }] of this.merges.entries()) {
      scope.bind(left, accs[i]);
      scope.bind(right, others[i]);
    }
    this.assign(scope, values, accs);
  }
  /** Assigns values to accumulators, all at once. Masks are kept in lanes of 32 bits. */
  private assign(scope: Scope, values: readonly Expr[], accs: readonly number[][]): void {
    const { f } = this;
    const next = values.map((e, i) =>
      accs[i].map((_, part) => this.keep("v128", () => scope.push(e, part, e.dtype === bool ? 32 : undefined))),
    );
    for (const [i, parts] of accs.entries())
      for (const [part, local] of parts.entries()) f.get(next[i][part]).set(local);
  }

  // Memory.

  private scope(group: Group, copy: number, uses: ReadonlyMap<Expr, number>, accs: readonly number[][] = []): Scope {
    const leaves: Leaves = {
      input: (k, dtype, part) =>
        this.load({ k, dtype, copy, wide: group.wide, base: () => this.f.get(this.pointers[k]) }, part),
      half: (k, part) => {
        const near = group.wide && this.variant.strides[k] === "contiguous";
        if (near) this.f.get(this.pointers[k]).mem("v128.load64_zero", copy * 16 + part * 8);
        return near;
      },
      load: (k, dtype, offset, part, scope) => {
        const place = { k, dtype, copy, wide: group.wide };
        if (!group.wide || this.level(offset) < 2)
          this.load({ ...place, base: () => this.pushMoved(k, scope, offset, 0) }, part);
        else this.loadLanes({ ...place, base: (lane) => this.pushMoved(k, scope, offset, lane) }, part);
      },
      counter: (op, part) => this.pushCounter(op, part, group.wide, copy),
      acc: (i) => accs[i],
    };
    return new Scope(this.target, leaves, group.wide, uses);
  }
  private pushCounter(op: "iota" | "reduceIota", part: number, wide: boolean, copy: number): void {
    const { f } = this;
    const [local, along] = op === "iota" ? [this.iota, "outer"] : [this.reduceIota, "reduced"];
    f.get(local);
    if (wide && along === this.variant.lanes) {
      const first = copy * 4 + part * 2;
      f.i64(first)
        .op("i64.add")
        .op("i64x2.splat")
        .get(local)
        .i64(first + 1)
        .op("i64.add")
        .lane("i64x2.replace_lane", 1);
    } else f.op("i64x2.splat");
  }
  /** Pushes where operand `k` stands, and so many elements further. */
  private pushMoved(k: number, scope: Scope, offset: Expr, lane: number): void {
    const { f } = this;
    f.get(this.pointers[k]);
    extractLane(f, int64, scope.locals(offset), lane);
    f.op("i32.wrap_i64").i32(this.dtypes[k].itemsize).op("i32.mul").op("i32.add");
  }
  /** Pushes one part of what an operand has in the lanes. */
  private load(place: Place, part: number): void {
    const { f } = this;
    const { k, dtype, copy, wide, base } = place;
    const stride = this.variant.strides[k];
    const size = dtype.itemsize;
    if (!wide || stride === "zero") {
      base(0);
      if (size === 8) f.mem("v128.load64_splat");
      else if (size === 4) f.mem("v128.load32_splat");
      else f.mem(SCALAR_LOAD[dtype.name]!).op("i32x4.splat");
    } else if (stride === "other") return this.loadLanes(place, part);
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
  private loadLanes({ k, dtype, copy, base }: Place, part: number): void {
    const { f } = this;
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
    const multiples = this.laneStrides[k];
    if (multiples && lane > 0) this.f.get(multiples[lane]).op("i32.add");
  }
  private maskIfBool(dtype: Dtype): void {
    if (dtype === bool) this.f.i32(31).op("i32x4.shl").i32(31).op("i32x4.shr_s");
  }
  /** All outputs are computed before the first is stored: it may lie where an input is. */
  private storeAll(scope: Scope, copy: number): void {
    if (this.values.length > 1) this.values.forEach((e) => scope.locals(e));
    for (const [i, value] of this.values.entries()) this.store(scope, i, value, copy);
  }
  private store(scope: Scope, i: number, value: Expr, copy: number): void {
    const { f } = this;
    const k = this.kernel.inputs.length + i;
    const { dtype } = value;
    const size = dtype.itemsize;
    const offset = this.offsets[i];
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
      const parts = range(size === 8 ? 2 : 1, (part) => this.keep("v128", () => stored(part)));
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
    const local = this.keep("v128", () => {});
    f.get(local).get(local).op("i16x8.narrow_i32x4_s");
    return dtype === int16
      ? f
      : f
          .set(local)
          .get(local)
          .get(local)
          .op(`i8x16.narrow_i16x8_${dtype === int8 ? "s" : "u"}`);
  }
}
/** Elements of an operand; `base` pushes the address of the one in a lane, before the stride is added. */
interface Place {
  readonly k: number;
  readonly dtype: Dtype;
  readonly copy: number;
  readonly wide: boolean;
  readonly base: (lane: number) => void;
}
const SCALAR_LOAD: Partial<Record<DtypeName, string>> = {
  float64: "f64.load",
  float32: "f32.load",
  int64: "i64.load",
  int32: "i32.load",
  int16: "i32.load16_s",
  int8: "i32.load8_s",
  uint8: "i32.load8_u",
  bool: "i32.load8_u",
};
const range = <T>(n: number, of: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => of(i));
/** The expressions and all below them, each once. */
function allOf(roots: readonly Expr[]): Expr[] {
  const seen = new Set<Expr>();
  const visit = (e: Expr): void => {
    if (seen.has(e)) return;
    seen.add(e);
    e.src.forEach(visit);
  };
  roots.forEach(visit);
  return [...seen];
}
/** A constant in all lanes. */
function splatBytes(dtype: Dtype, value: number | bigint): Uint8Array {
  const bytes = new ArrayBuffer(16);
  if (dtype === float64) new Float64Array(bytes).fill(Number(value));
  else if (dtype === float32) new Float32Array(bytes).fill(Number(value));
  else if (dtype === int64) new BigInt64Array(bytes).fill(BigInt(value));
  else new Int32Array(bytes).fill(dtype === bool ? -Number(value) : Number(value));
  return new Uint8Array(bytes);
}
