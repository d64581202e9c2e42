// What a kernel is, and how a launch of it becomes loops. For no device in particular.
//
// A kernel walks an iteration space, dim by dim. Each operand (inputs first, then outputs) has a stride for each dim,
// 0 where it is broadcast. A kernel that reduces splits the space: the outer dims, and behind them the reduced ones.
import type { Dtype, Scalar } from "../base/dtype.ts";
import type { Expr } from "./expr.ts";
import type { Place } from "./place.ts";

/** How a value meets what is in memory; all but "set" read before they write. */
export type StoreMode = "set" | "add" | "mul" | "min" | "max";

export interface Output {
  readonly dtype: Dtype;
  readonly value: Expr;
  /** Elements (index) from where the loop stands: a scatter. Then the same place may be written many times, in order. */
  readonly offset?: Expr;
  readonly mode?: StoreMode;
  /** Of a reduction: stored at every element in this pass over the reduced dims, not once at the end. */
  readonly pass?: number;
}

export interface Accumulator {
  readonly dtype: Dtype;
  /** Of constants and params only. */
  readonly init: Expr;
  /** The next value, from acc(i), inputs, params and reduceIota. */
  readonly step: Expr;
  /**
   * Two partial results into one: then the device may reduce in lanes, in any order, each lane starting from `init`, which
   * must be neutral. Without it the steps run in row-major order.
   */
  readonly combine?: (a: Expr, b: Expr) => Expr;
  /** In which pass over the reduced dims it steps, 0 unless told. */
  readonly pass?: number;
  /** Of a precise sum of float32: what is added. Then neighbours may be added in float32 first, see Note [Blocks]. */
  readonly term?: Expr;
}

export interface Reduction {
  readonly accs: readonly Accumulator[];
  /** Store the outputs at every step (cumsum), not once at the end (sum). */
  readonly scan: boolean;
}

let made = 0;
/**
 * One kernel. Without `reduce`: outputs[k] = value(inputs, params) at every index. With it: for every outer index, run the
 * accumulators over the reduced dims, and store the outputs (of acc(i) and params; in a scan of inputs too).
 *
 * Note [Passes]: a reduction may walk the reduced dims several times for each outer index: a softmax takes the maximum,
 * then the sum and the exponentials, then divides them. The steps of a pass and the outputs that are stored in it use
 * inputs, params and the accumulators of passes before it. An operand may be stored in several passes, as several outputs.
 */
export class Kernel {
  readonly inputs: readonly Dtype[];
  readonly params: readonly Dtype[];
  readonly outputs: readonly Output[];
  readonly reduce: Reduction | null;
  /**
   * Whether what an element stores is read for elements 64 or more after it in row-major order, of neighbours throughout:
   * then one thread does them in order. For devices whose memory the host sees.
   */
  readonly inOrder: boolean;
  /** Another number for every kernel, by which devices know what they made of it. */
  readonly id = made++;

  constructor(k: {
    inputs: readonly Dtype[];
    params?: readonly Dtype[];
    outputs: readonly Output[];
    reduce?: Reduction | null;
    inOrder?: boolean;
  }) {
    this.inputs = k.inputs;
    this.params = k.params ?? [];
    this.outputs = k.outputs;
    this.reduce = k.reduce ?? null;
    this.inOrder = k.inOrder ?? false;
  }
  private holdsComplex: boolean | null = null;
  /** Whether complex numbers enter, leave, or come about on the way: then a device runs what kernel/complex.ts makes of it. */
  get isComplex(): boolean {
    return (this.holdsComplex ??= this.looksComplex());
  }
  private looksComplex(): boolean {
    const seen = new Set<Expr>();
    const holds = (e: Expr): boolean => {
      if (e.dtype.is_complex) return true;
      if (seen.has(e)) return false;
      seen.add(e);
      return e.src.some(holds);
    };
    const { outputs, reduce } = this;
    return (
      [...this.inputs, ...this.params].some((d) => d.is_complex) ||
      outputs.some((o) => holds(o.value)) ||
      (reduce !== null && reduce.accs.some((a) => holds(a.step)))
    );
  }
}

/** The outputs and the reduction of a kernel, with `change` of each expression in its place. */
export function changed(kernel: Kernel, change: (e: Expr) => Expr): Pick<Kernel, "outputs" | "reduce"> {
  const { outputs, reduce } = kernel;
  return {
    outputs: outputs.map((o) => ({
      ...o,
      value: change(o.value),
      ...(o.offset !== undefined && { offset: change(o.offset) }),
    })),
    reduce: reduce && {
      ...reduce,
      accs: reduce.accs.map((a) => ({
        ...a,
        init: change(a.init),
        step: change(a.step),
        ...(a.term !== undefined && { term: change(a.term) }),
      })),
    },
  };
}

/** What a reduction does in each pass: the numbers of its accumulators and of the outputs stored at every element. */
export function passesOf({
  outputs,
  reduce,
}: Kernel): readonly { accs: readonly number[]; outputs: readonly number[] }[] {
  const ofAccs = reduce?.accs.map((a) => a.pass ?? 0) ?? [];
  const ofOutputs = outputs.map((o) => o.pass ?? -1);
  const numbers = (passes: readonly number[], pass: number): number[] =>
    passes.flatMap((p, i) => (p === pass ? [i] : []));
  return Array.from({ length: Math.max(0, ...ofAccs, ...ofOutputs) + 1 }, (_, pass) => ({
    accs: numbers(ofAccs, pass),
    outputs: numbers(ofOutputs, pass),
  }));
}

/** An operand of a launch: the place of its first element, and its strides in elements, one per iteration dim. */
export interface Operand extends Place {
  readonly strides: readonly number[];
}

export const operand = ({ block, offset }: Place, strides: readonly number[]): Operand => ({ block, offset, strides });

/** A launch: the iteration space (outer dims, then `reduced` dims), the operands (inputs, then outputs), the params. */
export interface Launch {
  readonly shape: readonly number[];
  /** How many dims at the end of `shape` are reduced. */
  readonly reduced: number;
  readonly operands: readonly Operand[];
  readonly params: readonly Scalar[];
}

/** Loops with as few dims as the strides allow; sizes and strides per dim, outermost first. */
export interface Loops {
  readonly sizes: readonly number[];
  /** How many of the dims at the end are reduced. */
  readonly reduced: number;
  /** strides[operand][dim], in elements. */
  readonly strides: readonly (readonly number[])[];
}

/** Drops dims of size 1, orders the free ones by the last operand's strides, and joins those that lie end to end. */
export function plan(kernel: Kernel, { shape, reduced, operands }: Launch): Loops {
  const outer = shape.length - reduced;
  const free = kernel.reduce !== null || kernel.outputs.every((o) => o.offset === undefined);
  const anyOrder = kernel.reduce !== null && !kernel.reduce.scan && kernel.reduce.accs.every((a) => a.combine);
  const order = new Array<number>(shape.length);
  const behind = arrange(order, 0, 0, outer, shape, operands, free ? operands.length : 0);
  const count = arrange(order, behind, outer, shape.length, shape, operands, anyOrder ? kernel.inputs.length : 0);
  // The loop in which each dim ends up.
  const places = new Array<number>(count);
  let loops = 0;
  let outerLoops = 0;
  for (let i = 0; i < count; i++) {
    if (i === 0 || i === behind || !joins(order[i - 1], order[i], shape, operands)) loops++;
    places[i] = loops - 1;
    if (i < behind) outerLoops = loops;
  }
  const sizes = new Array<number>(loops).fill(1);
  for (let i = 0; i < count; i++) sizes[places[i]] *= shape[order[i]];
  const strides = new Array<number[]>(operands.length);
  for (let k = 0; k < operands.length; k++) {
    const own = (strides[k] = new Array<number>(loops));
    for (let i = 0; i < count; i++) own[places[i]] = operands[k].strides[order[i]];
  }
  return { sizes, reduced: loops - outerLoops, strides };
}
/**
 * Enters the dims from `begin` to `end` that have several elements into `order` from place `from` on, ordered by the strides
 * of the first `judges` operands, if any. Returns the place after the last.
 */
function arrange(
  order: number[],
  from: number,
  begin: number,
  end: number,
  shape: readonly number[],
  operands: readonly Operand[],
  judges: number,
): number {
  let count = from;
  for (let d = begin; d < end; d++) {
    if (shape[d] === 1) continue;
    let at = count++;
    // Insertion keeps ties in place.
    for (; at > from && isOutside(d, order[at - 1], operands, judges); at--) order[at] = order[at - 1];
    order[at] = d;
  }
  return count;
}
/** Whether the steps of dim `a` are the whole of dim `b` in each operand. */
function joins(a: number, b: number, shape: readonly number[], operands: readonly Operand[]): boolean {
  for (let k = 0; k < operands.length; k++)
    if (operands[k].strides[a] !== operands[k].strides[b] * shape[b]) return false;
  return true;
}
/** Whether dim `a` has larger strides than `b`, judged by the last operand that tells the two apart. */
function isOutside(a: number, b: number, operands: readonly Operand[], judges: number): boolean {
  for (let k = judges - 1; k >= 0; k--) {
    const x = Math.abs(operands[k].strides[a]);
    const y = Math.abs(operands[k].strides[b]);
    if (x !== y && x !== 0 && y !== 0) return x > y;
  }
  return false;
}
