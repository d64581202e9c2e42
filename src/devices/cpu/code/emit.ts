// Kernels to WebAssembly: the loops. A module exports run(descriptor, begin, end, thread) for a range of the
// outermost dim, see Note [Parallel work]. What it works on is in a descriptor, see Note [Descriptors].
import type { Dtype } from "../../../base/dtype.ts";
import { bool, float32, float64, int64 } from "../../../base/dtype.ts";
import type { Expr } from "../../../kernel/expr.ts";
import { passesOf } from "../../../kernel/loops.ts";
import type { Kernel } from "../../../kernel/loops.ts";
import { ModuleBuilder } from "./assembler.ts";
import type { FunctionBuilder, MemoryImport } from "./assembler.ts";
import { countUses, laneType, lanesOf, range, Scope } from "./emit_expr.ts";
import type { Leaves, Target } from "./emit_expr.ts";
import { Operands } from "./emit_operands.ts";
import { addHelper } from "./lane_arithmetic.ts";
import { BLOCK, laneFold } from "./lane_folds.ts";
import type { LaneFold, Meeting } from "./lane_folds.ts";
import { hostName, isHostCall, Lowering } from "./lower.ts";
import type { FeatureLevel } from "./features.ts";
import { descriptorLayout } from "./variant.ts";
import type { Variant } from "./variant.ts";

export interface EmitOptions {
  readonly level: FeatureLevel;
  readonly memory: MemoryImport;
}

export function emitKernel(kernel: Kernel, variant: Variant, options: EmitOptions): Uint8Array<ArrayBuffer> {
  return new KernelEmitter(kernel, variant, options).emit();
}

interface Group {
  readonly wide: boolean;
  /** How often the body stands side by side, each copy for its own lanes. */
  readonly copies: number;
}
/** For each accumulator its locals, one per part. */
type Accumulators = readonly (readonly number[])[];
type Pass = ReturnType<typeof passesOf>[number];
const SINGLE: Group = { wide: false, copies: 1 };

/**
 * Up to these numbers of operations a body is repeated so often: beyond, the registers would not do.
 *
 * Note [In step]: each operation of a long formula waits for the one before, and a processor looks ahead by a hundred or
 * two: it would find few to do meanwhile. So a map does two vectors in step, however long its formula. All is computed
 * before the first store, for the engine moves nothing past one. Values of 64 bits are two vectors anyway.
 */
const REPEATED_8 = 3;
const REPEATED_4 = 8;
const REPEATED_2 = 16;

class KernelEmitter {
  private readonly kernel: Kernel;
  private readonly variant: Variant;
  private readonly relaxed: boolean;
  /** Whether neighbouring vectors become one, see Note [Wide code]. */
  private readonly joined: boolean;
  private readonly module: ModuleBuilder;
  private readonly functions = new Map<string, number>();
  private readonly dtypes: readonly Dtype[];
  private readonly rank: number;
  /** What is stored, and the offsets it is stored at. */
  private readonly values: readonly Expr[];
  private readonly offsets: readonly (Expr | undefined)[];
  private readonly inits: readonly Expr[];
  private readonly steps: readonly Expr[];
  /** Of accumulators that are folded in lanes, and how those start and step; alike with the ones above where none are. */
  private readonly folds: readonly LaneFold[];
  private readonly laneInits: readonly Expr[];
  private readonly laneSteps: readonly Expr[];
  private readonly roots: readonly Expr[];
  private readonly passes: readonly Pass[];
  /** The outputs stored once for each result. */
  private readonly last: readonly number[];
  /** Accumulators below this are finished. */
  private finished: (i: number) => boolean = () => false;
  private readonly levels = new Map<Expr, number>();
  private readonly hoisted = new Map<Expr, number>();
  private f!: FunctionBuilder;
  private target!: Target;
  private operands!: Operands;
  /** Locals of the sizes of the dims. */
  private sizes: number[] = [];
  private iota = 0;
  private reduceIota = 0;
  private readonly constants = new Map<string, number>();

  constructor(kernel: Kernel, variant: Variant, { level, memory }: EmitOptions) {
    this.kernel = kernel;
    this.variant = variant;
    this.relaxed = level !== "simd128";
    this.joined = level === "wide";
    this.module = new ModuleBuilder(memory);
    this.dtypes = [...kernel.inputs, ...kernel.outputs.map((o) => o.dtype)];
    this.rank = variant.outer + variant.reduced;
    const lowering = new Lowering();
    const { outputs, reduce } = kernel;
    this.offsets = outputs.map((o) => o.offset && lowering.lower(o.offset));
    this.values = outputs.map((o, i) => lowering.output(o, kernel.inputs.length + i));
    this.inits = reduce?.accs.map((a) => lowering.lower(a.init)) ?? [];
    this.steps = reduce?.accs.map((a) => lowering.lower(a.step)) ?? [];
    this.passes = passesOf(kernel);
    this.last = outputs.flatMap((o, i) => (o.pass === undefined ? [i] : []));
    const inLanes = variant.lanes === "reduced";
    this.folds = inLanes ? reduce!.accs.map((a, i) => laneFold(a, i, lowering)) : [];
    this.laneInits = inLanes ? this.folds.map((a) => a.init) : this.inits;
    this.laneSteps = inLanes ? this.folds.map((a) => a.step) : this.steps;
    this.roots = [
      ...this.inits,
      ...this.steps,
      ...this.values,
      ...this.offsets,
      ...this.laneInits,
      ...this.laneSteps,
      ...this.folds.flatMap((a) => [a.merge.value, a.endBlock?.value, a.combine.value]),
    ].filter((e) => e !== undefined);
  }
  emit(): Uint8Array<ArrayBuffer> {
    for (const e of allOf(this.roots).filter(isHostCall)) {
      const name = hostName(e);
      const params = e.src.map((x) => (x.dtype === float32 ? "f32" : "f64"));
      if (!this.functions.has(name))
        this.functions.set(name, this.module.importFunction("math", name, params, params.slice(0, 1)));
    }
    this.module.func(["i32", "i32", "i32", "i32"], [], (f) => this.run(f), "run");
    return this.module.build();
  }

  private run(f: FunctionBuilder): void {
    this.f = f;
    this.target = { f, relaxed: this.relaxed, function: (name) => this.function(name), hoisted: this.hoisted };
    const layout = descriptorLayout(this.kernel.params.length, this.rank);
    const word = (offset: number): number => this.f.keep("i32", () => f.get(0).mem("i32.load", offset));
    this.sizes = range(this.rank, (d) => word(layout.sizes + 4 * d));
    const operand = (k: number, i: number): number => word(layout.operand(k) + 4 * i);
    this.operands = new Operands(f, this.dtypes, this.variant, operand, 1);
    f.get(2).get(1).op("i32.sub").set(this.sizes[0]);
    const all = allOf(this.roots);
    this.iota = this.f.keep("i64", () => f.get(1).op("i64.extend_i32_s"));
    this.reduceIota = f.local("i64");
    for (const e of all)
      if (e.op === "const") this.hoisted.set(e, this.constant(e));
      else if (e.op === "param") this.hoisted.set(e, this.param(e));
    this.hoist(this.roots, 0);
    for (const { op, src, value } of all)
      if (op === "load" && this.level(src[0]) === 0)
        this.operands.fixOffset(Number(value), src[0], this.hoisted.get(src[0])!);
    this.outerLoops(0);
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
      if (e.op === "acc") level = this.finished(Number(e.value)) ? 1 : 2;
      else if (e.op === "iota" || e.op === "reduceIota") level = 2;
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
  private hoist(roots: readonly Expr[], level: number, accs: Accumulators = []): void {
    const found = this.atMost(roots, level);
    const scope = this.scope(SINGLE, 0, countUses(found, this.hoisted), accs);
    const locals = found.map((e) => [e, scope.locals(e)[0]] as const);
    for (const [e, local] of locals) {
      if (this.joined && level > 0) this.cutOff(e.dtype, local);
      this.hoisted.set(e, local);
    }
  }
  /** V8 looks for pairs up to where values come from; in front of a loop it is not to, for what it finds there are none. */
  private cutOff(dtype: Dtype, local: number): void {
    const type = laneType(dtype);
    this.f.get(local).lane(`${type}.extract_lane`, 0).op(`${type}.splat`).set(local);
  }
  /** The largest parts of expressions that are at most `level` deep. */
  private atMost(roots: readonly Expr[], level: number): Expr[] {
    const found = new Set<Expr>();
    const seen = new Set<Expr>();
    const visit = (e: Expr): void => {
      if (seen.has(e) || this.hoisted.has(e)) return;
      seen.add(e);
      if (this.level(e) <= level) found.add(e);
      else e.src.forEach(visit);
    };
    roots.forEach(visit);
    return [...found];
  }
  /** What is fixed in a pass follows from the passes before it. */
  private enter(pass: Pass | null): void {
    const before = this.passes.slice(0, pass === null ? undefined : this.passes.indexOf(pass)).flatMap((p) => p.accs);
    this.finished = (i) => before.includes(i);
    this.levels.clear();
  }
  private rootsOf({ accs, outputs }: Pass, wide: boolean): Expr[] {
    const steps = wide ? this.laneSteps : this.steps;
    return [...accs.map((i) => steps[i]), ...outputs.map((i) => this.values[i])];
  }
  // A v128.const in a loop is made anew in every pass by V8's newer compiler, and a local made of one is one still. What is in
  // a global that could change, it cannot know. The global is a number, for the sake of wide code.
  private constant({ dtype, value }: Expr): number {
    const bits = bitsOf(dtype, value);
    const type = dtype.itemsize === 8 ? "i64" : "i32";
    const key = `${type} ${bits}`;
    let local = this.constants.get(key);
    if (local === undefined) {
      const splat = type === "i64" ? "i64x2.splat" : "i32x4.splat";
      local = this.f.keep("v128", () => this.f.globalGet(this.module.global(type, bits)).op(splat));
      this.constants.set(key, local);
    }
    return local;
  }
  private param({ dtype, value }: Expr): number {
    const { f } = this;
    const at = Number(value) * 8;
    return this.f.keep("v128", () => {
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
      if (lanes) this.laneLoop(this.sizes[d], this.groups([...this.steps, ...this.values]), body, count);
      else this.plainLoop(d, () => (body(SINGLE), count(1)));
    } else {
      this.hoist([...this.values, ...this.offsets.filter((e) => e !== undefined)], 1);
      const count = (by: number): void => this.count(this.iota, by);
      if (lanes) this.laneLoop(this.sizes[d], this.groups(this.values), (g) => this.map(g), count);
      else this.plainLoop(d, () => (this.map(SINGLE), count(1)));
    }
  }
  private count(counter: number, by: number): void {
    this.f.get(counter).i64(by).op("i64.add").set(counter);
  }
  private plainLoop(d: number, body: () => void): void {
    const { f } = this;
    this.operands.walking(() => {
      const rest = f.local("i32");
      f.get(this.sizes[d])
        .tee(rest)
        .if(() =>
          f.loop((again) => {
            body();
            this.operands.step(d);
            f.get(rest).i32(1).op("i32.sub").tee(rest).brIf(again);
          }),
        );
    });
  }
  /** Walks the dim of the lanes by groups of elements, the largest first. */
  private laneLoop(
    size: number,
    groups: readonly Group[],
    body: (g: Group) => void,
    count: (by: number) => void,
  ): void {
    const { f } = this;
    this.operands.walking(() => {
      const rest = f.keep("i32", () => f.get(size));
      for (const group of groups) {
        const n = group.wide ? 4 * group.copies : 1;
        const enough = (): void => void f.get(rest).i32(n).op("i32.ge_u");
        enough();
        f.if(() =>
          f.loop((again) => {
            body(group);
            this.operands.stepLanes(n);
            count(n);
            f.get(rest).i32(n).op("i32.sub").set(rest);
            enough();
            f.brIf(again);
          }),
        );
      }
    });
  }
  /** Walks the dim of the lanes by blocks; `body` gets the local of a block's size. */
  private blockLoop(size: number, body: (size: number) => void): void {
    const { f } = this;
    this.operands.walking(() => {
      const rest = f.keep("i32", () => f.get(size));
      const block = f.local("i32");
      f.get(rest).if(() =>
        f.loop((again) => {
          f.i32(BLOCK).get(rest).get(rest).i32(BLOCK).op("i32.gt_u").op("select").set(block);
          body(block);
          this.operands.stepLanes(BLOCK);
          f.get(rest).get(block).op("i32.sub").tee(rest).brIf(again);
        }),
      );
    });
  }
  /** How the elements along the lanes are grouped. Copies want addresses that are known numbers apart. */
  private groups(roots: readonly Expr[]): Group[] {
    const { strides, lanes } = this.variant;
    const outputs = strides.slice(this.kernel.inputs.length);
    const ordered = this.offsets.some((e) => e !== undefined && this.level(e) === 2);
    if (lanes === "outer" && (ordered || outputs.includes("zero"))) return [SINGLE];
    const { inputs, outputs: all } = this.kernel;
    const walked = strides.filter(
      (_, k) => lanes === "outer" || k < inputs.length || all[k - inputs.length].pass !== undefined,
    );
    const copies = walked.includes("other") ? 1 : this.copies(roots);
    const wide = { wide: true, copies: 1 };
    return copies > 1 ? [{ wide: true, copies }, wide, SINGLE] : [wide, SINGLE];
  }
  private copies(roots: readonly Expr[]): number {
    const changing = allOf(roots).filter((e) => e.src.length > 0 && !this.hoisted.has(e));
    if (changing.some(isHostCall)) return 1;
    // Accumulators wait for themselves, the more of them the less; eight vectors of them leave registers for the rest.
    if (this.kernel.reduce && changing.length <= REPEATED_8)
      return this.laneInits.some((e) => e.dtype.itemsize === 8) ? 4 : 8;
    if (changing.length <= REPEATED_4) return 4;
    const inStep = this.kernel.reduce === null && changing.every((e) => e.dtype.itemsize <= 4);
    // What a row is summed in must not change when its kernel becomes wide code, or the sum would.
    const inRow = this.variant.lanes === "reduced";
    return inStep || inRow || this.joined || changing.length <= REPEATED_2 ? 2 : 1;
  }

  // Bodies.

  /** See Note [In step]. */
  private map(group: Group): void {
    const uses = countUses([...this.values, ...this.offsets.filter((e) => e !== undefined)], this.hoisted);
    const scopes = range(group.copies, (c) => this.scope(group, c, uses));
    this.storeAll([...scopes.entries()], this.last);
  }
  /** Accumulators in new locals, one per part, that hold the initial values. */
  private accumulators(wide: boolean, inits = this.inits): Accumulators {
    return inits.map((init) =>
      range(wide && init.dtype.itemsize === 8 ? 2 : 1, () =>
        this.f.keep("v128", () => this.f.get(this.hoisted.get(init)!)),
      ),
    );
  }
  private reducedLoops(d: number, last: (d: number) => void): void {
    this.f.i64(0).set(this.reduceIota);
    const loops = (inner: number): void => {
      if (inner === this.rank - 1) last(inner);
      else this.plainLoop(inner, () => loops(inner + 1));
    };
    loops(d);
  }
  /** One result, or in lanes several side by side. */
  private reduce(group: Group): void {
    const scan = this.kernel.reduce!.scan;
    const accs = range(group.copies, () => this.accumulators(group.wide));
    const store = (): void =>
      this.storeAll(
        accs.map((own, c) => [c, this.scopeOfLast(group, c, own)]),
        this.last,
      );
    for (const pass of this.passes) {
      this.enter(pass);
      const fixed = accs.map((own, c) => this.fixedIn(pass, group, c, own));
      this.reducedLoops(this.variant.outer, (d) =>
        this.plainLoop(d, () => {
          this.step(pass, group, accs, fixed);
          if (scan) store();
          this.count(this.reduceIota, 1);
        }),
      );
    }
    if (!scan) store();
  }
  private scopeOfLast(group: Group, copy: number, accs: Accumulators): Scope {
    const values = this.last.map((i) => this.values[i]);
    return this.scope(group, copy, countUses(values, this.hoisted), accs);
  }
  /** What follows from finished accumulators, which each copy has of its own. */
  private fixedIn(pass: Pass, group: Group, copy: number, accs: Accumulators): [Expr, readonly number[]][] {
    const found = this.atMost(this.rootsOf(pass, group.wide), 1);
    const scope = this.scope(group, copy, countUses(found, this.hoisted), accs);
    return found.map((e) => [e, scope.locals(e)]);
  }
  /** One result, its partial results in lanes. */
  private reduceInLanes(): void {
    const single = this.accumulators(false);
    for (const pass of this.passes) {
      this.enter(pass);
      const outside = new Set(this.hoisted.keys());
      const groups = this.groups(this.rootsOf(pass, true));
      const partial = range(groups[0].copies, () =>
        this.accumulators(true, this.laneInits).map((parts, i) =>
          pass.accs.includes(i) ? parts : [single[i][0], single[i][0]],
        ),
      );
      const ofBlocks = pass.accs.filter((i) => this.folds[i].endBlock !== null);
      // What the row comes to.
      const whole = ofBlocks.length > 0 ? this.accumulators(true) : [];
      const total = partial[0].map((parts, i) => (ofBlocks.includes(i) ? whole[i] : parts));
      const body = (g: Group): void => this.step(pass, g, g.wide ? partial.slice(0, g.copies) : [single]);
      const walk = (size: number): void => this.laneLoop(size, groups, body, (by) => this.count(this.reduceIota, by));
      this.reducedLoops(this.variant.outer, (d) => {
        this.hoist([...this.rootsOf(pass, true), ...this.rootsOf(pass, false)], 1, single);
        if (ofBlocks.length === 0) return walk(this.sizes[d]);
        this.blockLoop(this.sizes[d], (size) => {
          walk(size);
          this.mergeCopies(ofBlocks, partial);
          this.merge(ofBlocks, (a) => a.endBlock!, true, total, partial[0]);
          for (const i of ofBlocks)
            for (const own of partial) this.f.get(this.hoisted.get(this.laneInits[i])!).set(own[i][0]);
        });
      });
      for (const e of this.hoisted.keys()) if (!outside.has(e)) this.hoisted.delete(e);
      const ofRows = pass.accs.filter((i) => !ofBlocks.includes(i));
      this.mergeCopies(ofRows, partial);
      if (pass.accs.length === 0) continue;
      for (let lane = 0; lane < 4; lane++) {
        const element = total.map((parts, i) =>
          pass.accs.includes(i) ? [this.f.keep("v128", () => this.pushLane(this.inits[i].dtype, parts, lane))] : [],
        );
        this.merge(pass.accs, (a) => a.combine, false, single, element);
      }
    }
    this.enter(null);
    this.storeAll([[0, this.scopeOfLast(SINGLE, 0, single)]], this.last);
  }
  /** Brings the copies of accumulators together in the first. */
  private mergeCopies(which: readonly number[], copies: readonly Accumulators[]): void {
    for (let apart = 1; apart < copies.length; apart *= 2)
      for (let c = 0; c + apart < copies.length; c += 2 * apart)
        this.merge(which, (a) => a.merge, true, copies[c], copies[c + apart]);
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
  /** One element for the accumulators of each copy. */
  private step(
    pass: Pass,
    group: Group,
    accs: readonly Accumulators[],
    fixed: readonly [Expr, readonly number[]][][] = [],
  ): void {
    const steps = group.wide ? this.laneSteps : this.steps;
    const values = pass.accs.map((i) => steps[i]);
    const uses = countUses(this.rootsOf(pass, group.wide), this.hoisted);
    const scopes = accs.map((own, c) => this.scope(group, c, uses, own));
    for (const [c, found] of fixed.entries()) for (const [e, locals] of found) scopes[c].bind(e, locals);
    const copies = [...scopes.entries()];
    // One copy after the other takes fewer registers.
    for (const some of this.joined ? [copies] : copies.map((copy) => [copy])) {
      const next = some.map(([c, scope]) => this.compute(scope, values, accs[c], pass.accs));
      this.storeAll(some, pass.outputs);
      for (const [i, [c]] of some.entries()) this.set(accs[c], pass.accs, next[i]);
    }
  }
  /** Accumulators `which` meet others, in lanes or as results. */
  private merge(
    which: readonly number[],
    meetingOf: (fold: LaneFold) => Meeting,
    wide: boolean,
    accs: Accumulators,
    others: Accumulators,
  ): void {
    const meetings = which.map((i) => meetingOf(this.folds[i]));
    const values = meetings.map((m) => m.value);
    const scope = this.scope({ wide, copies: 1 }, 0, countUses(values, this.hoisted));
    for (const [n, i] of which.entries()) {
      scope.bind(meetings[n].left, accs[i]);
      scope.bind(meetings[n].right, others[i]);
    }
    this.set(accs, which, this.compute(scope, values, accs, which));
  }
  /** New values of the accumulators `which`, in locals like theirs. Masks are kept in lanes of 32 bits. */
  private compute(scope: Scope, values: readonly Expr[], accs: Accumulators, which: readonly number[]): Accumulators {
    const { f } = this;
    return which.map((i, n) =>
      accs[i].map((_, part) =>
        f.keep("v128", () => scope.push(values[n], part, values[n].dtype === bool ? 32 : undefined)),
      ),
    );
  }
  private set(accs: Accumulators, which: readonly number[], next: Accumulators): void {
    for (const [n, i] of which.entries())
      for (const [part, local] of accs[i].entries()) this.f.get(next[n][part]).set(local);
  }

  // Memory.

  private scope(group: Group, copy: number, uses: ReadonlyMap<Expr, number>, accs: Accumulators = []): Scope {
    const place = { wide: group.wide, copy };
    const leaves: Leaves = {
      input: (k, part) => this.operands.load(k, part, place),
      half: (k, part) => this.operands.loadHalf(k, part, place),
      load: (k, offset, part, scope) => this.operands.loadAt(k, part, place, scope, offset, this.level(offset) < 2),
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
  /** Stores outputs; all are computed before the first is stored: it may lie where an input is. */
  /** Stores what the copies have for the outputs `which`. What stood between two stores would keep them from being joined. */
  private storeAll(copies: readonly (readonly [copy: number, scope: Scope])[], which: readonly number[]): void {
    if (copies.length * which.length > 1)
      for (const [, scope] of copies) for (const i of which) scope.locals(this.values[i]);
    for (const i of which)
      for (const [copy, scope] of copies)
        this.operands.store(this.kernel.inputs.length + i, scope, this.values[i], copy, this.offsets[i]);
  }
}
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
/** The bits of a constant in a lane. */
function bitsOf(dtype: Dtype, value: number | bigint): bigint {
  if (dtype === float64) return new BigInt64Array(Float64Array.of(Number(value)).buffer)[0];
  if (dtype === float32) return BigInt(new Int32Array(Float32Array.of(Number(value)).buffer)[0]);
  if (dtype === int64) return BigInt(value);
  return BigInt(Int32Array.of(dtype === bool ? -Number(value) : Number(value))[0]);
}
