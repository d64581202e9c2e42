// Kernels that join: what computes an input takes its place, so that it need not be stored and read again.
//
// Note [Joining]: an elementwise kernel P joins a kernel C that reads what P stores: as the expression of that input
// (`fuse` in kernel/fuse.ts), and if others need what it stores, as another output of C. Which element of P an index of C
// stands for follows from strides: both walk the same memory, so their dims are cut into the same pieces, and P's operands
// get a stride for each of C's dims. So C may broadcast, transpose, slice or regroup what it reads.
import { isHalf } from "../kernel/half.ts";
import { any, finished, fuse } from "../kernel/fuse.ts";
import { Expr, rewriting } from "../kernel/expr.ts";
import { changed, Kernel, passesOf } from "../kernel/loops.ts";
import { usesOf } from "./program.ts";
import type { LaunchStep, Slot, SlotOperand, Step } from "./trace.ts";

/** Joined kernels stay below these. */
const MOST_OPERANDS = 16;
const MOST_PARTS = 300;
/** What costs next to nothing to compute once more. */
const FEW_PARTS = 6;
const EXPENSIVE = new Set(
  "div rem pow atan2 exp exp2 expm1 log log2 log10 log1p sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh sigmoid erf erfc erfinv lgamma digamma sqrt".split(
    " ",
  ),
);

/** Steps with kernels joined; `live` are the slots that others read afterwards. */
export function fused(given: readonly Step[], slots: readonly Slot[], live: ReadonlySet<number>): Step[] {
  const steps: (Step | null)[] = given.map((s) => (s.kind === "launch" ? tidied(s) : s));
  for (let at = 0; at < steps.length; at++) {
    for (;;) {
      const step = steps[at];
      if (step?.kind !== "launch") break;
      const joined = joinOne(steps, at, step, slots, live);
      if (joined === null) break;
      steps[at] = joined;
    }
  }
  return steps.filter((s) => s !== null);
}
/** Joins one of the kernels that `step` reads from with it; drops that kernel if nobody else needs it. */
function joinOne(
  steps: (Step | null)[],
  at: number,
  step: LaunchStep,
  slots: readonly Slot[],
  live: ReadonlySet<number>,
): LaunchStep | null {
  for (let k = 0; k < step.kernel.inputs.length; k++) {
    const { slot } = step.operands[k];
    if (slots[slot].source.kind !== "made") continue;
    const writers = indices(steps, (s) => usesOf(s).writes.includes(slot));
    const [by] = writers;
    const producer = steps[by];
    if (writers.length !== 1 || by >= at || producer?.kind !== "launch") continue;
    const stored = producer.operands.slice(producer.kernel.inputs.length);
    const from = stored.findIndex((o) => o.slot === slot);
    // Passes may store to one place several times.
    if (stored.filter((o) => o.slot === slot).length > 1) continue;
    if (!mayMove(steps, by, at, step, producer, slots)) continue;
    const readers = indices(steps, (s) => usesOf(s).reads.includes(slot));
    const others = step.operands.filter((o, i) => i !== k && i < step.kernel.inputs.length && o.slot === slot).length;
    const isSole = !live.has(slot) && readers.length === 1 && others === 0;
    const { length } = producer.kernel.outputs;
    const rest = Array.from({ length }, (_, i) => i).filter((i) => i !== from);
    // It goes with all that it stores, or is computed once more.
    if (isSole) {
      const joined = joinedSteps(step, k, producer, from, rest, 1);
      if (joined !== null && (rest.length === 0 || isFirst(steps, by, at, producer))) {
        steps[by] = null;
        return joined;
      }
    } else if (length === 1 && isCheap(producer)) {
      const joined = joinedSteps(step, k, producer, from, [], 1);
      if (joined !== null) {
        if (!live.has(slot) && readers.length === 1 && others === 0) steps[by] = null;
        return joined;
      }
    }
    if (!isFirst(steps, by, at, producer)) continue;
    const joined =
      producer.kernel.reduce === null
        ? joinedSteps(step, k, producer, from, [from, ...rest], 0)
        : finishedSteps(producer, from, step, k, !isSole);
    if (joined === null) continue;
    steps[by] = null;
    return joined;
  }
  return null;
}
function indices(steps: readonly (Step | null)[], test: (s: Step) => boolean): number[] {
  return steps.flatMap((s, i) => (s !== null && test(s) ? [i] : []));
}
/** Whether the producer may run as late as its consumer: nobody writes meanwhile what it reads. */
function mayMove(
  steps: readonly (Step | null)[],
  by: number,
  at: number,
  step: LaunchStep,
  producer: LaunchStep,
  slots: readonly Slot[],
): boolean {
  const { reads } = usesOf(producer);
  const { writes } = usesOf(step);
  if (writes.some((slot) => reads.includes(slot) || usesOf(producer).writes.includes(slot))) return false;
  const isOutside = reads.some((slot) => slots[slot].source.kind !== "made");
  for (let i = by + 1; i < at; i++) {
    const s = steps[i];
    if (s === null) continue;
    if (s.kind === "optimizer" && isOutside) return false;
    if (usesOf(s).writes.some((slot) => reads.includes(slot))) return false;
  }
  return true;
}
/** Whether nobody uses what the producer stores before step `at`. */
function isFirst(steps: readonly (Step | null)[], by: number, at: number, producer: LaunchStep): boolean {
  const { writes } = usesOf(producer);
  for (let i = by + 1; i < at; i++) {
    const s = steps[i];
    if (
      s !== null &&
      Object.values(usesOf(s))
        .flat()
        .some((slot) => writes.includes(slot))
    )
      return false;
  }
  return true;
}
const partsOf = new WeakMap<Kernel, { parts: number; expensive: boolean }>();
function costOf(kernel: Kernel): { parts: number; expensive: boolean } {
  let known = partsOf.get(kernel);
  if (known === undefined) {
    const seen = new Set<Expr>();
    const roots = [...kernel.outputs.map((o) => o.value), ...(kernel.reduce?.accs.map((a) => a.step) ?? [])];
    for (const root of roots) any(root, () => false, seen);
    const parts = [...seen];
    known = { parts: parts.filter((e) => e.src.length > 0).length, expensive: parts.some((e) => EXPENSIVE.has(e.op)) };
    partsOf.set(kernel, known);
  }
  return known;
}
/** Whether computing it once more reads no more than what it stores, and computes little. */
function isCheap({ kernel, operands, shape }: LaunchStep): boolean {
  const { parts, expensive } = costOf(kernel);
  const whole = operands
    .slice(0, kernel.inputs.length)
    .filter((o) => !o.strides.some((s, d) => s === 0 && shape[d] > 1));
  return !expensive && parts <= FEW_PARTS && whole.length <= 1;
}

/** Kernels that were joined, by what they were made of. */
const known = new Map<string, Kernel | null>();
function joinedKernel(
  consumer: Kernel,
  k: number,
  producer: Kernel,
  from: number,
  stored: readonly number[],
): Kernel | null {
  const key = `${consumer.id} ${k} ${producer.id} ${from} ${stored.join()}`;
  let kernel = known.get(key);
  if (kernel === undefined) known.set(key, (kernel = fuse(consumer, k, producer, from, stored)));
  return kernel;
}
/**
 * `step` with its input `k` computed by output `from` of the producer; the outputs `stored` of the producer are stored, too.
 * `repeats`: whether it may compute elements of the producer several times, or not all of them.
 */
function joinedSteps(
  step: LaunchStep,
  k: number,
  producer: LaunchStep,
  from: number,
  stored: readonly number[],
  repeats: number,
): LaunchStep | null {
  const { kernel, operands, params } = step;
  const [made] = [producer.kernel.outputs[from]];
  if (step.backend !== producer.backend || isHalf(made.dtype)) return null;
  if (operands.length + producer.operands.length > MOST_OPERANDS + 2) return null;
  const [mine, its] = [costOf(kernel), costOf(producer.kernel)];
  if (mine.parts + its.parts > MOST_PARTS) return null;
  if (its.expensive && kernel.reduce !== null && passesOf(kernel).length > 1) return null;
  if (any0(kernel, (e) => e.op === "iota")) return null;
  // What scatters stores that alone.
  if (stored.length > 0 && kernel.outputs.some((o) => o.offset !== undefined || (o.mode ?? "set") !== "set"))
    return null;
  const { inputs } = producer.kernel;
  const walk = aligned(step, operands[k], producer, producer.operands[inputs.length + from]);
  if (walk === null) return null;
  if (!walk.once && (stored.length > 0 || repeats === 0 || (its.expensive && walk.again))) return null;
  const joined = joinedKernel(kernel, k, producer.kernel, from, stored);
  if (joined === null) return null;
  const n = kernel.inputs.length;
  const seen = producer.operands.map(walk.producer);
  const own = operands.map(walk.consumer);
  const whole = {
    ...step,
    kernel: joined,
    shape: walk.shape,
    reduced: walk.reduced,
    operands: [
      ...own.slice(0, n).toSpliced(k, 1),
      ...seen.slice(0, inputs.length),
      ...own.slice(n),
      ...stored.map((i) => seen[inputs.length + i]),
    ],
    params: [...params, ...producer.params],
  };
  const settled = settledReads(whole, n - 1, stored.length);
  return settled === null ? null : tidied(settled);
}
/**
 * A launch whose first `own` inputs read none of what its last `count` outputs store: it has those as values. Null where it
 * reads them elsewhere than where it stores them. (Behind them are the inputs of the producer, which may write over its own.)
 */
function settledReads(step: LaunchStep, own: number, count: number): LaunchStep | null {
  const { kernel, operands } = step;
  const n = kernel.inputs.length;
  for (let k = 0; k < own; k++) {
    const place = operands.findIndex((o, i) => i >= operands.length - count && o.slot === operands[k].slot);
    if (place < 0) continue;
    const value = kernel.outputs[place - n].value;
    if (!isSamePlace(operands[k], operands[place]) || value.dtype !== kernel.inputs[k]) return null;
    const key = `${kernel.id} ${k} ${place}`;
    let made = settledKernels.get(key);
    if (made === undefined) {
      const renumbered = (e: Expr, src: readonly Expr[]): Expr | null =>
        (e.op === "input" || e.op === "load") && Number(e.value) > k
          ? new Expr(e.op, src, e.dtype, Number(e.value) - 1)
          : null;
      const after = rewriting(renumbered);
      const change = rewriting((e, src) => (e.op === "input" && e.value === k ? after(value) : renumbered(e, src)));
      const inputs = kernel.inputs.toSpliced(k, 1);
      made = any0(kernel, (e) => e.op === "load" && e.value === k)
        ? null
        : new Kernel({ inputs, params: kernel.params, ...changed(kernel, change) });
      settledKernels.set(key, made);
    }
    return made === null
      ? null
      : settledReads({ ...step, kernel: made, operands: operands.toSpliced(k, 1) }, own - 1, count);
  }
  return step;
}
const settledKernels = new Map<string, Kernel | null>();
function any0({ outputs, reduce }: Kernel, test: (e: Expr) => boolean): boolean {
  return outputs.some((o) => any(o.value, test)) || (reduce?.accs.some((a) => any(a.step, test)) ?? false);
}

/** The producer, a reduction, with `step` applied to its output `from` where it stores that. */
function finishedSteps(
  producer: LaunchStep,
  from: number,
  step: LaunchStep,
  k: number,
  kept: boolean,
): LaunchStep | null {
  const { kernel, operands } = producer;
  const made = kernel.outputs[from];
  if (step.backend !== producer.backend || step.kernel.reduce !== null || isHalf(made.dtype)) return null;
  if (operands.length + step.operands.length > MOST_OPERANDS + 2) return null;
  if (costOf(kernel).parts + costOf(step.kernel).parts > MOST_PARTS) return null;
  const n = kernel.inputs.length;
  const walk = aligned(producer, operands[n + from], step, step.operands[k]);
  if (walk === null || !(made.pass === undefined ? walk.onceOutside : walk.once)) return null;
  // It may read no other element of what is stored here.
  const writes = operands.slice(n).map((o) => o.slot);
  if (step.operands.some((o, i) => i !== k && i < step.kernel.inputs.length && writes.includes(o.slot))) return null;
  const key = `${kernel.id} ${from} ${step.kernel.id} ${k} ${kept}`;
  let joined = finishedKernels.get(key);
  if (joined === undefined) finishedKernels.set(key, (joined = finished(kernel, from, step.kernel, k, kept)));
  if (joined === null) return null;
  const own = operands.map(walk.consumer);
  const its = step.operands.map(walk.producer);
  const m = step.kernel.inputs.length;
  return tidied({
    ...producer,
    kernel: joined,
    shape: walk.shape,
    reduced: walk.reduced,
    operands: [
      ...own.slice(0, n),
      ...its.slice(0, m).toSpliced(k, 1),
      ...own.slice(n).filter((_, i) => kept || i !== from),
      ...its.slice(m),
    ],
    params: [...producer.params, ...step.params],
  });
}
const finishedKernels = new Map<string, Kernel | null>();

/** A dim, or a piece of one. */
interface Piece {
  readonly size: number;
  readonly stride: number;
  /** Of which dim, and how many of its steps are one of this. */
  readonly dim: number;
  readonly step: number;
}
interface Walk {
  readonly shape: number[];
  readonly reduced: number;
  /** Whether each element of the producer is met exactly once, and whether some are met again. */
  readonly once: boolean;
  /** The same, not counting how often the reduced dims meet it. */
  readonly onceOutside: boolean;
  readonly again: boolean;
  consumer(this: void, o: SlotOperand): SlotOperand;
  producer(this: void, o: SlotOperand): SlotOperand;
}
/** How the consumer's loops walk over what the producer stores; null where that cannot be said in strides. */
function aligned(step: LaunchStep, read: SlotOperand, producer: LaunchStep, stored: SlotOperand): Walk | null {
  const walks = piecesOf(step.shape, read.strides, boundsOf(producer.shape, stored.strides));
  const made = piecesOf(producer.shape, stored.strides, boundsOf(step.shape, read.strides));
  if (walks === null || made === null) return null;
  if (made.some((p) => p.stride === 0 && p.size > 1)) return null;
  const matched = walks.map((): Piece | null => null);
  const taken = new Set<Piece>();
  for (const [i, w] of walks.entries()) {
    if (w.stride === 0 || w.size === 1) continue;
    const found = made.find((p) => p.stride === w.stride && p.size >= w.size && !taken.has(p));
    if (found === undefined) return null;
    taken.add(found);
    matched[i] = found;
  }
  // Where the consumer begins in what the producer stores.
  let rest = read.offset - stored.offset;
  const starts = new Map<Piece, number>();
  for (const p of [...made].filter((x) => x.size > 1).sort((a, b) => b.stride - a.stride)) {
    const start = Math.floor(rest / p.stride);
    const walked = walks[matched.indexOf(p)]?.size ?? 1;
    if (start < 0 || start + walked > p.size) return null;
    starts.set(p, start);
    rest -= start * p.stride;
  }
  if (rest !== 0) return null;
  const outer = step.shape.length - step.reduced;
  const elements = (pieces: readonly Piece[]): number => pieces.reduce((n, p) => n * p.size, 1);
  const again = walks.some((w, i) => matched[i] === null && w.size > 1);
  return {
    shape: walks.map((w) => w.size),
    reduced: walks.filter((w) => w.dim >= outer).length,
    once: !again && elements(walks) === elements(made),
    onceOutside:
      !walks.some((w, i) => w.dim < outer && matched[i] === null && w.size > 1) &&
      elements(walks.filter((w) => w.dim < outer)) === elements(made),
    again,
    consumer: ({ slot, offset, strides }) => ({ slot, offset, strides: walks.map((w) => strides[w.dim] * w.step) }),
    producer: ({ slot, offset, strides }) => ({
      slot,
      offset: [...starts].reduce((sum, [p, start]) => sum + start * strides[p.dim] * p.step, offset),
      strides: matched.map((p) => (p === null ? 0 : strides[p.dim] * p.step)),
    }),
  };
}
/** Where dims begin and end in memory, in elements. */
const boundsOf = (shape: readonly number[], strides: readonly number[]): number[] =>
  shape.flatMap((n, d) => (n > 1 && strides[d] > 0 ? [strides[d], strides[d] * n] : []));
/** The dims, cut at those of the bounds that fall within them. */
function piecesOf(shape: readonly number[], strides: readonly number[], bounds: readonly number[]): Piece[] | null {
  const pieces: Piece[] = [];
  for (const [dim, n] of shape.entries()) {
    const stride = strides[dim];
    if (stride < 0) return null;
    const end = stride * n;
    const cuts = [...new Set(bounds)]
      .filter((b) => n > 1 && b > stride && b < end && b % stride === 0 && end % b === 0)
      .sort((a, b) => b - a);
    let above = end;
    const own: Piece[] = [];
    for (const cut of cuts) {
      if (above % cut !== 0) continue;
      own.push({ size: above / cut, stride: cut, dim, step: cut / stride });
      above = cut;
    }
    own.push({ size: stride === 0 ? n : above / stride, stride, dim, step: 1 });
    pieces.push(...own);
  }
  return pieces;
}

const tidy = new Map<string, Kernel>();
/** The same launch with operands that are equal read once, and parts of expressions that are equal computed once. */
export function tidied(step: LaunchStep): LaunchStep {
  const { kernel, operands } = step;
  const n = kernel.inputs.length;
  const places: number[] = [];
  const kept: number[] = [];
  for (let i = 0; i < n; i++) {
    const same = kept.findIndex((j) => kernel.inputs[j] === kernel.inputs[i] && isSamePlace(operands[i], operands[j]));
    places.push(same < 0 ? kept.push(i) - 1 : same);
  }
  if (kept.length === n) return step;
  const key = `${kernel.id} ${places.join()}`;
  let made = tidy.get(key);
  if (made === undefined) {
    made = new Kernel({
      inputs: kept.map((i) => kernel.inputs[i]),
      params: kernel.params,
      ...changed(kernel, shared(places)),
    });
    tidy.set(key, made);
  }
  return { ...step, kernel: made, operands: [...kept.map((i) => operands[i]), ...operands.slice(n)] };
}
const isSamePlace = (a: SlotOperand, b: SlotOperand): boolean =>
  a.slot === b.slot && a.offset === b.offset && a.strides.every((s, d) => s === b.strides[d]);
/** Renumbers inputs; expressions that say the same become one object. */
function shared(places: readonly number[]): (e: Expr) => Expr {
  const ids = new Map<Expr, number>();
  const byText = new Map<string, Expr>();
  return rewriting((e, src) => {
    const value = e.op === "input" || e.op === "load" ? places[Number(e.value)] : e.value;
    const text = `${e.op} ${String(e.dtype)} ${Object.is(value, -0) ? "-0" : value} ${src.map((x) => ids.get(x)).join()}`;
    let found = byText.get(text);
    if (found === undefined) {
      found = new Expr(e.op, src, e.dtype, value);
      byText.set(text, found);
      ids.set(found, ids.size);
    }
    return found;
  });
}

const pruned = new Map<string, Kernel>();
/** The same launch without the outputs that nobody reads, nor the inputs that only those needed. */
export function withOutputs(step: LaunchStep, isRead: (slot: number) => boolean): LaunchStep {
  const { kernel, operands } = step;
  const n = kernel.inputs.length;
  const outputs = kernel.outputs.flatMap((_, i) => (isRead(operands[n + i].slot) ? [i] : []));
  if (outputs.length === kernel.outputs.length || outputs.length === 0 || kernel.reduce !== null) return step;
  const used = new Set<number>();
  const note = (e: Expr): boolean => {
    if (e.op === "input" || e.op === "load") used.add(Number(e.value));
    return false;
  };
  for (const i of outputs) {
    const { value, offset } = kernel.outputs[i];
    any(value, note);
    if (offset !== undefined) any(offset, note);
  }
  const inputs = kernel.inputs.flatMap((_, i) => (used.has(i) ? [i] : []));
  const key = `${kernel.id} ${outputs.join()}`;
  let made = pruned.get(key);
  if (made === undefined) {
    const rest = new Kernel({ ...kernel, outputs: outputs.map((i) => kernel.outputs[i]) });
    const places = kernel.inputs.map((_, i) => inputs.indexOf(i));
    made = new Kernel({
      inputs: inputs.map((i) => kernel.inputs[i]),
      params: kernel.params,
      ...changed(rest, shared(places)),
    });
    pruned.set(key, made);
  }
  return { ...step, kernel: made, operands: [...inputs, ...outputs.map((i) => n + i)].map((i) => operands[i]) };
}
