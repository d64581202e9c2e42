// Launches kernels: chooses the form that fits the layout, compiles it the first time, writes the descriptor and calls.
import type { Dtype, Scalar } from "../../base/dtype.ts";
import { bool, uint8 } from "../../base/dtype.ts";
import type { Kernel, Launch, Loops } from "../../kernel/loops.ts";
import { plan } from "../../kernel/loops.ts";
import { elementNs } from "./code/cost.ts";
import { emitKernel } from "./code/emit.ts";
import type { FeatureLevel } from "./code/features.ts";
import { foldInParts } from "./code/partial.ts";
import { addressOf } from "../memory/span.ts";
import type { Task, Threads } from "./threads/threads.ts";
import type { Stride, Variant } from "./code/variant.ts";

interface Compiled {
  readonly task: Task;
  readonly variant: Variant;
  /** About how long an element takes. */
  readonly ns: number;
  /** Nanoseconds of work after which it is compiled anew, as wide code. */
  narrow: number;
}
/** What was compiled: for each form of a kernel, how it walks and what it took. */
export interface Report {
  readonly kernel: Kernel;
  readonly variant: Variant;
  /** See Note [Wide code]. */
  readonly wide: boolean;
  readonly bytes: number;
  readonly milliseconds: number;
}
export interface RunnerOptions {
  readonly memory: WebAssembly.Memory;
  readonly shared: boolean;
  /** Pages of the memory at most. */
  readonly maximum: number;
  readonly threads: Threads;
  /** Address of so many bytes, valid until the next call. */
  readonly scratch: (nbytes: number) => number;
  /** Where descriptors may be written; 8-aligned. */
  readonly descriptorBase: number;
  readonly level: FeatureLevel;
  /** Nanoseconds of work after which a kernel is worth the milliseconds that wide code takes to compile. */
  readonly wideAfter?: number;
}
/** Bytes at `descriptorBase` that a launch may use. */
export const DESCRIPTOR_BYTES = 4096;

const STRIDES: readonly Stride[] = ["contiguous", "zero", "other"];
const LANES: readonly Variant["lanes"][] = ["outer", "reduced", "none"];
/** Under which every operand of a kernel without reduction is one row of neighbours. */
const FLAT = 0;
/** The form of a kernel: its dims and how each operand lies. */
type Form = number | string;
/** So many operands are told apart by one exact number. */
const NUMBERED = 24;
/** A fold along neighbours shorter than this is better done beside others. */
const SHORT = 16;
/** Elements of a row done at a time where an operand lies across. */
const STRIP = 32;
/** A dim of fewer elements is walked one by one, and the work of each divided, if each takes so many nanoseconds. */
const FEW_UNITS = 32;
const LONG_UNIT = 100_000;
const WIDE_AFTER = 5_000_000;

/** Runs kernels on one WebAssembly memory. */
export class KernelRunner {
  private readonly options: RunnerOptions;
  private words!: Int32Array;
  private floats!: Float64Array;
  private readonly compiled: Report[] = [];
  /** The forms compiled of each kernel, by its number and that of the form; beside them the flat ones, for small launches. */
  private readonly forms: Map<Form, Compiled>[] = [];
  private readonly flats: Compiled[] = [];
  private readonly runPart = (kernel: Kernel, loops: Loops, starts: readonly number[]): void =>
    this.run(kernel, loops, starts);

  constructor(options: RunnerOptions) {
    this.options = options;
    this.view();
  }
  private view(): void {
    const { memory, descriptorBase } = this.options;
    this.words = new Int32Array(memory.buffer, descriptorBase, DESCRIPTOR_BYTES / 4);
    this.floats = new Float64Array(memory.buffer, descriptorBase, DESCRIPTOR_BYTES / 8);
  }
  /** What has been compiled so far. */
  report(): readonly Report[] {
    return this.compiled;
  }

  launch(kernel: Kernel, launch: Launch): void {
    const { shape, operands } = launch;
    if (kernel.reduce === null && isFlat(launch)) {
      let size = 1;
      for (let d = 0; d < shape.length; d++) size *= shape[d];
      if (size === 0) return;
      let flat: Compiled | undefined = this.flats[kernel.id];
      if (flat === undefined) {
        const strides = operands.map(() => "contiguous" as const);
        flat = this.compile(kernel, FLAT, { outer: 1, reduced: 0, lanes: "outer", strides });
      }
      flat = this.used(kernel, FLAT, flat, size * flat.ns);
      // Growing takes the views of a memory away that is not shared; asking for an address may make it grow.
      do this.describeFlat(kernel, launch, size);
      while (this.words.length === 0);
      const { threads, descriptorBase } = this.options;
      if (kernel.inOrder) flat.task.run(descriptorBase, 0, size, 0);
      else threads.parallelFor(flat.task, descriptorBase, size, flat.ns);
    } else {
      const starts = operands.map((o, k) => addressOf(o, dtypeOf(kernel, k).itemsize));
      if (this.words.length === 0) this.view();
      this.launchLoops(kernel, launch, starts);
    }
  }
  private describeFlat(kernel: Kernel, { operands, params }: Launch, size: number): void {
    if (this.words.length === 0) this.view();
    this.writeParams(kernel.params, params);
    const { words } = this;
    let at = kernel.params.length * 2;
    words[at++] = size;
    for (let k = 0; k < operands.length; k++) {
      const { itemsize } = dtypeOf(kernel, k);
      words[at++] = addressOf(operands[k], itemsize);
      words[at++] = itemsize;
    }
  }
  private formsOf(kernel: Kernel): Map<Form, Compiled> {
    return (this.forms[kernel.id] ??= new Map<Form, Compiled>());
  }

  private launchLoops(kernel: Kernel, launch: Launch, starts: readonly number[]): void {
    const { shape, reduced } = launch;
    for (let d = 0; d < shape.length - reduced; d++) if (shape[d] === 0) return;
    this.writeParams(kernel.params, launch.params);
    const loops = plan(kernel, launch);
    if (kernel.reduce !== null && foldInParts(kernel, loops, starts, this.runPart, this.options.scratch)) return;
    if (crosses(kernel, loops)) this.runStrips(kernel, loops, starts);
    else this.run(kernel, loops, starts);
  }
  /** A strip of the rows' last dim after the other, so that what is read across them stays in the cache. */
  private runStrips(kernel: Kernel, loops: Loops, starts: readonly number[]): void {
    const { sizes, strides } = loops;
    const last = sizes.length - 1;
    const n = sizes[last];
    const rest = n % STRIP;
    const strips = {
      sizes: [...sizes.slice(0, -2), (n - rest) / STRIP, sizes[last - 1], STRIP],
      reduced: 0,
      strides: strides.map((s) => [...s.slice(0, -2), s[last] * STRIP, s[last - 1], s[last]]),
    };
    this.run(kernel, strips, starts);
    if (rest === 0) return;
    const remainder = { sizes: [...sizes.slice(0, -1), rest], reduced: 0, strides };
    this.run(kernel, remainder, moved(kernel, loops, starts, last, n - rest));
  }

  /** Runs loops whose operands begin at the addresses `starts`. */
  private run(kernel: Kernel, loops: Loops, starts: readonly number[]): void {
    const { sizes, strides } = loops;
    // The code has at least one outer dim and, if the kernel reduces, one reduced dim: of size 1 where there is none.
    const before = sizes.length === loops.reduced ? 1 : 0;
    const behind = kernel.reduce !== null && loops.reduced === 0 ? 1 : 0;
    const reduced = loops.reduced + behind;
    const rank = before + sizes.length + behind;
    const outer = rank - reduced;
    const lanes = lanesOf(kernel, loops);
    const along = (lanes === "reduced" ? rank : outer) - 1 - before;
    let key = (rank * 16 + reduced) * 3 + LANES.indexOf(lanes);
    // As a number while it is exact; of more operands as a text of several.
    let more = "";
    for (let k = 0; k < starts.length; k++) {
      if (k % NUMBERED === NUMBERED - 1) {
        more += `${key} `;
        key = 0;
      }
      key = key * 3 + classOf(strides[k], sizes, along);
    }
    const form = more === "" ? key : more + key;
    let compiled = this.formsOf(kernel).get(form);
    if (compiled === undefined) {
      const classes = strides.map((s) => STRIDES[classOf(s, sizes, along)]);
      compiled = this.compile(kernel, form, { outer, reduced, lanes, strides: classes });
    }
    const units = before === 1 ? 1 : sizes[0];
    let unitNs = compiled.ns;
    for (let d = 1 - before; d < sizes.length; d++) unitNs *= sizes[d];
    compiled = this.used(kernel, form, compiled, units * unitNs);
    const divisible = canDivide(kernel, strides);
    if (divisible && outer > 1 && units > 1 && units < FEW_UNITS && unitNs > LONG_UNIT) {
      const unit = { sizes: sizes.slice(1), reduced: loops.reduced, strides: strides.map((s) => s.slice(1)) };
      for (let i = 0; i < units; i++) this.run(kernel, unit, moved(kernel, loops, starts, 0, i));
      return;
    }
    const { words } = this;
    let at = kernel.params.length * 2;
    if (before === 1) words[at++] = 1;
    for (let d = 0; d < sizes.length; d++) words[at++] = sizes[d];
    if (behind === 1) words[at++] = 1;
    for (let k = 0; k < starts.length; k++) {
      const { itemsize } = dtypeOf(kernel, k);
      words[at++] = starts[k];
      const stored = k >= kernel.inputs.length && !isStoredInPasses(kernel, k - kernel.inputs.length);
      if (before === 1) words[at++] = 0;
      for (let d = 0; d < sizes.length; d++) words[at++] = stored && d + before >= outer ? 0 : strides[k][d] * itemsize;
      if (behind === 1) words[at++] = 0;
    }
    const { threads, descriptorBase } = this.options;
    if (divisible) threads.parallelFor(compiled.task, descriptorBase, units, unitNs);
    else compiled.task.run(descriptorBase, 0, units, 0);
  }

  private writeParams(dtypes: readonly Dtype[], params: readonly Scalar[]): void {
    for (let i = 0; i < dtypes.length; i++) {
      const x = params[i];
      const { itemsize, is_floating_point } = dtypes[i];
      if (is_floating_point) this.floats[i] = Number(x);
      else if (itemsize < 4) {
        this.words[2 * i] = wrapped(x, dtypes[i]);
        this.words[2 * i + 1] = 0;
      } else if (typeof x === "bigint") {
        this.words[2 * i] = Number(BigInt.asIntN(32, x));
        this.words[2 * i + 1] = Number(BigInt.asIntN(32, x >> 32n));
      } else {
        const n = Math.trunc(Number(x));
        this.words[2 * i] = n;
        this.words[2 * i + 1] = Math.floor(n / 2 ** 32);
      }
    }
  }

  /** Counts the work that a form of a kernel does, and makes it wide code when it is worth it. */
  private used(kernel: Kernel, key: Form, compiled: Compiled, ns: number): Compiled {
    compiled.narrow -= ns;
    return compiled.narrow >= 0 ? compiled : this.compile(kernel, key, compiled.variant, true);
  }
  private compile(kernel: Kernel, key: Form, variant: Variant, wide = false): Compiled {
    const start = performance.now();
    const { shared, maximum, level, threads, wideAfter = WIDE_AFTER } = this.options;
    const bytes = emitKernel(kernel, variant, { level: narrowed(level, wide), memory: { shared, maximum } });
    const ns = elementNs(kernel, variant);
    const compiled = {
      task: threads.compile(bytes, { wide }),
      ns: wide ? ns / 2 : ns,
      variant,
      narrow: level === "wide" && !wide ? wideAfter : Infinity,
    };
    this.formsOf(kernel).set(key, compiled);
    if (key === FLAT) this.flats[kernel.id] = compiled;
    this.compiled.push({ kernel, variant, wide, bytes: bytes.length, milliseconds: performance.now() - start });
    return compiled;
  }
}
const narrowed = (level: FeatureLevel, wide: boolean): FeatureLevel => (level === "wide" && !wide ? "relaxed" : level);

const dtypeOf = ({ inputs, outputs }: Kernel, k: number): Dtype =>
  k < inputs.length ? inputs[k] : outputs[k - inputs.length].dtype;
/** Whether an output is stored at every element of the reduced dims. */
const isStoredInPasses = ({ reduce, outputs }: Kernel, i: number): boolean =>
  reduce === null || reduce.scan || outputs[i].pass !== undefined;
/** Addresses of the operands at index `i` of dim `d`. */
const moved = (kernel: Kernel, { strides }: Loops, starts: readonly number[], d: number, i: number): number[] =>
  starts.map((start, k) => start + i * strides[k][d] * dtypeOf(kernel, k).itemsize);

/** Whether the outermost dim may be cut up: no element is written twice, nor is the order of writing part of the result. */
function canDivide({ inputs, outputs }: Kernel, strides: readonly (readonly number[])[]): boolean {
  for (let i = 0; i < outputs.length; i++) {
    const { offset, mode, pass } = outputs[i];
    if (offset !== undefined || (mode !== undefined && pass === undefined) || strides[inputs.length + i][0] === 0)
      return false;
  }
  return true;
}
/** Number of the class of a stride along a dim, as in STRIDES; where there is but one element it does not matter. */
function classOf(strides: readonly number[], sizes: readonly number[], d: number): number {
  if (d < 0 || d >= sizes.length || sizes[d] === 1 || strides[d] === 1) return 0;
  return strides[d] === 0 ? 1 : 2;
}

/** Whether each operand's elements are neighbours all along. */
function isFlat({ shape, operands }: Launch): boolean {
  for (let k = 0; k < operands.length; k++) {
    const { strides } = operands[k];
    let expected = 1;
    for (let d = shape.length - 1; d >= 0; d--) {
      if (strides[d] !== expected && shape[d] !== 1) return false;
      expected *= shape[d];
    }
  }
  return true;
}

/** Whether an operand lies across the others: neighbours in the last dim but one, far apart in the last. */
function crosses({ reduce, outputs }: Kernel, { sizes, strides }: Loops): boolean {
  const last = sizes.length - 1;
  if (reduce !== null || last < 1 || sizes[last] < 2 * STRIP || sizes[last - 1] < 2 * STRIP) return false;
  if (outputs.some((o) => o.offset !== undefined || o.mode !== undefined)) return false;
  return strides.some((s) => s[last - 1] === 1 && Math.abs(s[last]) > STRIP);
}

/** Which dim to compute by four. */
function lanesOf(kernel: Kernel, { sizes, reduced, strides }: Loops): Variant["lanes"] {
  if (kernel.reduce === null) return "outer";
  const last = sizes.length - 1;
  const outer = last - reduced;
  const beside = outer < 0 ? 1 : sizes[outer];
  const { accs, scan } = kernel.reduce;
  const folds = reduced > 0 && !scan && accs.every((a) => a.combine !== undefined);
  let inRow = kernel.outputs.every((o, i) => o.pass === undefined || strides[kernel.inputs.length + i][last] === 1);
  let neighbours = false;
  for (let k = 0; k < kernel.inputs.length; k++) {
    const stride = strides[k][last];
    if (stride === 1) neighbours = true;
    else if (stride !== 0) inRow = false;
  }
  if (folds && inRow && neighbours && (sizes[last] >= SHORT || beside < 4)) return "reduced";
  return beside >= 4 ? "outer" : "none";
}

/** A number as a small integer holds it: without its fraction, what is too large wrapped around. Bools: not 0. */
function wrapped(x: Scalar, dtype: Dtype): number {
  if (dtype === bool) return Number(Number(x) !== 0);
  const bits = Number(BigInt.asIntN(32, typeof x === "bigint" ? x : BigInt(Math.trunc(Number(x)) || 0)));
  const unused = 32 - 8 * dtype.itemsize;
  return dtype === uint8 ? (bits << unused) >>> unused : (bits << unused) >> unused;
}
