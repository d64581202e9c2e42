// What a kernel is, and how a launch of it becomes loops. For no device in particular.
//
// A kernel walks an iteration space, dim by dim. Each operand (inputs first, then outputs) has a stride for each dim,
// 0 where it is broadcast. A kernel that reduces splits the space: the outer dims, and behind them the reduced ones.
import type { Dtype, Scalar } from "../dtype.ts";
import type { Expr } from "./expr.ts";

/** How a value meets what is in memory; all but "set" read before they write. */
export type StoreMode = "set" | "add" | "mul" | "min" | "max";

export interface Output {
  readonly dtype: Dtype;
  readonly value: Expr;
  /** Elements (int64) from where the loop stands: a scatter. Then the same place may be written many times, in order. */
  readonly offset?: Expr;
  readonly mode?: StoreMode;
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
}

export interface Reduction {
  readonly accs: readonly Accumulator[];
  /** Store the outputs at every step (cumsum), not once at the end (sum). */
  readonly scan: boolean;
}

/**
 * One kernel. Without `reduce`: outputs[k] = value(inputs, params) at every index. With it: for every outer index, run the
 * accumulators over the reduced dims, and store the outputs (of acc(i) and params; in a scan of inputs too).
 */
export class Kernel {
  readonly inputs: readonly Dtype[];
  readonly params: readonly Dtype[];
  readonly outputs: readonly Output[];
  readonly reduce: Reduction | null;
  /** Whether complex numbers enter or leave: then a device runs what kernel/complex.ts makes of it. */
  readonly isComplex: boolean;
  /** The forms a device has compiled, by layout class. Belongs to the device. */
  readonly variants: Map<number, unknown> = new Map();

  constructor(k: {
    inputs: readonly Dtype[];
    params?: readonly Dtype[];
    outputs: readonly Output[];
    reduce?: Reduction | null;
  }) {
    this.inputs = k.inputs;
    this.params = k.params ?? [];
    this.outputs = k.outputs;
    this.reduce = k.reduce ?? null;
    this.isComplex = [...this.inputs, ...this.params, ...this.outputs.map((o) => o.dtype)].some((d) => d.is_complex);
  }
}

/** An operand of a launch: where its first element is, in bytes, and its strides in elements, one per iteration dim. */
export interface Operand {
  readonly ptr: number;
  readonly strides: readonly number[];
}

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
  const order: number[] = [];
  for (let d = 0; d < outer; d++) if (shape[d] !== 1) order.push(d);
  if (free && order.length > 1) sortByStride(order, operands);
  const outerDims = join(order, shape, operands);
  const inner: number[] = [];
  for (let d = outer; d < shape.length; d++) if (shape[d] !== 1) inner.push(d);
  const anyOrder = kernel.reduce !== null && !kernel.reduce.scan && kernel.reduce.accs.every((a) => a.combine);
  if (anyOrder && inner.length > 1) sortByStride(inner, operands.slice(0, kernel.inputs.length));
  const innerDims = join(inner, shape, operands);
  const dims = outerDims.concat(innerDims);
  return {
    sizes: dims.map((d) => d.size),
    reduced: innerDims.length,
    strides: operands.map((_, k) => dims.map((d) => d.strides[k])),
  };
}
/** Largest strides outermost, judged by the last operand that tells two dims apart. Insertion sort keeps ties in place. */
function sortByStride(order: number[], operands: readonly Operand[]): void {
  const before = (a: number, b: number): boolean => {
    for (let k = operands.length - 1; k >= 0; k--) {
      const x = Math.abs(operands[k].strides[a]);
      const y = Math.abs(operands[k].strides[b]);
      if (x !== y && x !== 0 && y !== 0) return x > y;
    }
    return false;
  };
  for (let i = 1; i < order.length; i++)
    for (let j = i; j > 0 && before(order[j], order[j - 1]); j--) [order[j], order[j - 1]] = [order[j - 1], order[j]];
}
interface JoinedDim {
  size: number;
  strides: number[];
}
function join(order: readonly number[], shape: readonly number[], operands: readonly Operand[]): JoinedDim[] {
  const dims: JoinedDim[] = [];
  for (const d of order) {
    const size = shape[d];
    const strides = operands.map((o) => o.strides[d]);
    const last = dims.at(-1);
    if (last !== undefined && strides.every((s, k) => last.strides[k] === s * size)) {
      last.size *= size;
      last.strides = strides;
    } else dims.push({ size, strides });
  }
  return dims;
}
