// What becomes of a trace before it is run again: looks come first, constants are computed, what nobody reads is dropped,
// kernels join.
import type { Storage } from "../tensor/storage.ts";
import { fused, withOutputs } from "./fuse.ts";
import { Program, usesOf } from "./program.ts";
import type { Role } from "./program.ts";
import { Ref } from "./trace.ts";
import type { Slot, Step } from "./trace.ts";
import { isDense, numel } from "../base/layout.ts";

export interface Lowered {
  readonly steps: readonly Step[];
  /** What is the same in every call. */
  readonly constants: ReadonlyMap<number, Storage>;
  /** Those of the trace, and behind them those that came with lowering. */
  readonly slots: readonly Slot[];
}
/** Larger constants are computed anew in every call: a trace should not hold much memory. */
const LARGEST_CONSTANT = 2 ** 20;

/** Steps made fit to be run again and again; `live` are the slots that others read afterwards. */
export function lowered(
  traced: readonly Step[],
  slots: readonly Slot[],
  live: ReadonlySet<number>,
  known: ReadonlyMap<number, Storage> = new Map(),
): Lowered {
  const [steps, constants] = folded(traced, slots, live, known);
  const ordered = withoutDead(looksFirst(steps, slots), slots, live);
  const [apart, all] = renamed(ordered, slots);
  return { steps: withoutDead(fused(apart, all, live), all, live), constants, slots: all };
}
const isMade = (slots: readonly Slot[], slot: number): boolean => slots[slot].source.kind === "made";
const isPure = ({ kind }: Step): boolean =>
  kind === "launch" || kind === "product" || kind === "pack" || kind === "upload";

/** Computes what depends on nothing that changes. */
function folded(
  steps: readonly Step[],
  slots: readonly Slot[],
  live: ReadonlySet<number>,
  known: ReadonlyMap<number, Storage>,
): [readonly Step[], ReadonlyMap<number, Storage>] {
  const constant = new Set(known.keys());
  const writers = new Map<number, Step[]>();
  for (const step of steps)
    for (const slot of usesOf(step).writes) writers.set(slot, [...(writers.get(slot) ?? []), step]);
  const candidate = (slot: number): boolean =>
    isMade(slots, slot) && !live.has(slot) && slots[slot].nbytes <= LARGEST_CONSTANT;
  // A slot is constant if all that is ever written to it is; writers come in order, so one pass over the steps finds most.
  const settled = (step: Step): boolean =>
    (step.kind === "launch" || step.kind === "upload") && usesOf(step).reads.every((slot) => constant.has(slot));
  for (const step of steps)
    for (const slot of usesOf(step).writes)
      if (
        candidate(slot) &&
        (writers.get(slot)!.every(settled) || writers.get(slot)!.every((w) => settledBut(w, slot, constant)))
      )
        constant.add(slot);
  const isFolded = (step: Step): boolean => settled(step) && usesOf(step).writes.every((slot) => constant.has(slot));
  // A number written everywhere is better told to the kernels that read it.
  const first = steps.filter(isFolded);
  const made = [...new Set(first.flatMap((s) => usesOf(s).writes))].filter((slot) => !known.has(slot));
  if (made.length === 0) return [steps, known];
  const roles = slots.map((_, slot): Role => (made.includes(slot) ? "kept" : known.has(slot) ? "constant" : "given"));
  const program = new Program(first, slots, roles, known);
  program.run(new Map());
  const constants = new Map(known);
  for (const slot of made) constants.set(slot, program.storageOf(slot));
  return [steps.filter((s) => !isFolded(s)), constants];
}
const settledBut = (step: Step, slot: number, constant: ReadonlySet<number>): boolean =>
  (step.kind === "launch" || step.kind === "upload") && usesOf(step).reads.every((s) => s === slot || constant.has(s));

/**
 * Looks that can be made before all else are: then nothing has been written yet when one comes out differently. With them
 * goes what they look at.
 */
function looksFirst(steps: readonly Step[], slots: readonly Slot[]): readonly Step[] {
  const early = new Set<number>();
  for (const [at, look] of steps.entries()) {
    if (look.kind !== "look") continue;
    const needed = new Set([look.at.slot]);
    const slice: number[] = [at];
    for (let i = at - 1; i >= 0; i--) {
      if (early.has(i) || !usesOf(steps[i]).writes.some((slot) => needed.has(slot))) continue;
      slice.push(i);
      for (const slot of usesOf(steps[i]).reads) needed.add(slot);
    }
    const stays = (i: number): boolean => !early.has(i) && !slice.includes(i);
    const moves = slice.every((i) => {
      const { reads, writes } = usesOf(steps[i]);
      const mine = [...reads, ...writes];
      if (i !== at && !isPure(steps[i])) return false;
      for (let k = 0; k < i; k++) {
        if (!stays(k)) continue;
        const other = usesOf(steps[k]);
        if (other.writes.some((slot) => mine.includes(slot)) || other.reads.some((slot) => writes.includes(slot)))
          return false;
        if (steps[k].kind === "optimizer" && mine.some((slot) => !isMade(slots, slot))) return false;
      }
      return true;
    });
    if (moves) for (const i of slice) early.add(i);
  }
  return [...steps.filter((_, i) => early.has(i)), ...steps.filter((_, i) => !early.has(i))];
}
/** Whether a look comes after something that cannot be undone. */
export function looksTooLate(steps: readonly Step[], slots: readonly Slot[]): boolean {
  const first = looksFirst(steps, slots);
  const done = first.findIndex(
    (s) => s.kind === "optimizer" || s.kind === "gradient" || usesOf(s).writes.some((slot) => !isMade(slots, slot)),
  );
  return done >= 0 && first.slice(done).some((s) => s.kind === "look");
}

/** Gives what is written over as a whole a slot of its own until then: so each has one writer, and kernels can join. */
function renamed(given: readonly Step[], slots: readonly Slot[]): [readonly Step[], readonly Slot[]] {
  const steps = [...given];
  const all = [...slots];
  const inGradients = new Set(steps.flatMap((s) => (s.kind === "gradient" ? usesOf(s).reads : [])));
  for (let at = steps.length - 1; at > 0; at--) {
    const step = steps[at];
    if (step.kind !== "launch" || step.kernel.reduce !== null || step.kernel.outputs.length !== 1) continue;
    const { slot, offset, strides } = step.operands.at(-1)!;
    const [{ dtype, mode, offset: scatters }] = step.kernel.outputs;
    const covers =
      offset === 0 &&
      numel(step.shape) * dtype.itemsize === all[slot].nbytes &&
      isDense(step.shape, strides) &&
      (mode ?? "set") === "set" &&
      scatters === undefined;
    if (!covers || !isMade(all, slot) || inGradients.has(slot)) continue;
    const first = steps.findIndex((s) => Object.values(usesOf(s)).flat().includes(slot));
    if (first === at || usesOf(steps[first]).reads.includes(slot)) continue;
    const to = all.push(all[slot]) - 1;
    for (let i = first; i < at; i++) steps[i] = moved(steps[i], slot, to);
    const operands = step.operands.map((o, i) =>
      i < step.kernel.inputs.length && o.slot === slot ? { ...o, slot: to } : o,
    );
    steps[at] = { ...step, operands };
  }
  return [steps, all];
}
/** A step that uses another slot in place of one. */
function moved(step: Step, slot: number, to: number): Step {
  const other = (s: number): number => (s === slot ? to : s);
  const ref = (r: Ref): Ref => (r.slot === slot ? new Ref(to, r) : r);
  const given = (v: unknown): unknown => (v instanceof Ref ? ref(v) : Array.isArray(v) ? v.map(given) : v);
  switch (step.kind) {
    case "launch":
      return { ...step, operands: step.operands.map((o) => ({ ...o, slot: other(o.slot) })) };
    case "product":
      return { ...step, slots: Object.fromEntries(Object.entries(step.slots).map(([part, s]) => [part, other(s)])) };
    case "pack":
      return { ...step, slot: other(step.slot), to: other(step.to) };
    case "upload":
      return { ...step, slot: other(step.slot) };
    case "run":
      return { ...step, values: step.values.map(given), results: step.results.map(ref) };
    case "look":
      return { ...step, at: ref(step.at) };
    case "gradient":
    case "optimizer":
      return step;
  }
}

/** Drops what writes to memory that is never read. */
export function withoutDead(steps: readonly Step[], slots: readonly Slot[], live: ReadonlySet<number>): Step[] {
  const read = new Set(live);
  const kept: Step[] = [];
  for (const step of [...steps].reverse()) {
    const { reads, writes } = usesOf(step);
    const isNeeded = !isPure(step) || writes.some((slot) => read.has(slot) || !isMade(slots, slot));
    if (!isNeeded) continue;
    const needed = step.kind === "launch" ? withOutputs(step, (slot) => read.has(slot) || !isMade(slots, slot)) : step;
    kept.push(needed);
    for (const slot of needed === step ? reads : usesOf(needed).reads) read.add(slot);
  }
  return kept.reverse();
}
