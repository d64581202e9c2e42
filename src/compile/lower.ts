// What becomes of a trace before it is run again: looks come first, constants are computed, what nobody reads is dropped,
// kernels join.
import { Storage } from "../tensor/storage.ts";
import { fused, withOutputs } from "./fuse.ts";
import { Program, usesOf } from "./program.ts";
import type { Role } from "./program.ts";
import type { Slot, Step } from "./trace.ts";

export interface Lowered {
  readonly steps: readonly Step[];
  /** What is the same in every call. */
  readonly constants: ReadonlyMap<number, Storage>;
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
  return { steps: withoutDead(fused(ordered, slots, live), slots, live), constants };
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
