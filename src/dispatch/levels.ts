// Functions of functions (vmap, grad, jvp): what stands between a call and its kernels while one of them runs.
import type { FunctionClass } from "../autograd/function.ts";
import { levels as open } from "../autograd/open_levels.ts";
import type { OpenLevel } from "../autograd/open_levels.ts";
import type { Block } from "../kernel/place.ts";
import { Tensor } from "../tensor/tensor.ts";
import { RuntimeError } from "../base/errors.ts";
import type { Scalar } from "../base/dtype.ts";
import type { Entry } from "./declare.ts";

/**
 * Note [Levels]: vmap, grad and jvp run a function on tensors of their own, of a new level. Each holds what the level below
 * sees, in `holds`: all of a batch, or the values that this level's graph is about. Levels nest as the calls do. A
 * call belongs to the newest level among its arguments; that level computes its results by calls on what they hold, one
 * level down, until nothing is wrapped and kernels run. Recording, views and checks in place are those of every call, so a
 * level has a graph of its own, or none. While no level is open a call reads one field more.
 *
 * When its function has returned a level ends: what it made then stands for what it holds. So backward through the graph
 * of a level runs one level down, after its end, and may be recorded there: derivatives of derivatives.
 */
export abstract class Level implements OpenLevel {
  readonly number: number;
  readonly below: Level | null;
  open = true;
  readonly transforms: boolean = true;
  /** Whether calls are recorded for tensors of this level. */
  abstract readonly records: boolean;
  /** Whether all that is made while it is open is of this level, so that others of it may be written into it. */
  readonly wraps: boolean = false;
  /** Whether a call with this tensor is its own, where its tensors are those of below. */
  readonly claims: ((t: Tensor) => boolean) | null = null;
  /** Whether draws of random numbers are its concern, whatever the arguments. */
  readonly draws: boolean = false;

  /** Whether its tensors stand for several. */
  readonly batches: boolean = false;
  /** What a tensor of it is called where it is printed, and what is told before its value. */
  readonly shown: readonly [kind: string, more: string] = ["GradTracking", ""];

  constructor() {
    this.below = levels.newest;
    this.number = (this.below?.number ?? 0) + 1;
  }
  /** The results of an op on values of this level. */
  abstract compute(entry: Entry, values: Values): Results;
  /** The results of a custom Function on values of this level. */
  abstract custom(of: FunctionClass, args: Values): unknown;
  /** Lets an op write into the first value, which is of this level. */
  abstract write(of: Entry, name: string, values: Values): void;
  /** What is said of an op in place on a tensor that is not of this level, though it would have to be. */
  abstract refuseWrite(of: Entry | null, name: string, values: Values): Error | null;

  /** What a function draws for itself, where draws are the level's concern. */
  draw(size: readonly number[], drawn: (size: readonly number[]) => Tensor): Tensor {
    return drawn(size);
  }
  /** Runs a function on tensors of this level, and ends the level. */
  run<T>(body: () => T): T {
    levels.newest = this;
    try {
      return body();
    } finally {
      levels.newest = this.below;
      this.open = false;
    }
  }
  /** Runs code one level down. */
  lower<T>(body: () => T): T {
    const { newest } = levels;
    levels.newest = this.below ?? ground;
    try {
      return body();
    } finally {
      levels.newest = newest;
    }
  }
  /** A tensor of this level that holds one of below. */
  wrap(t: Tensor): Tensor {
    return t;
  }
  owns(t: Tensor): boolean {
    return t instanceof Wrapped && t.level === this;
  }
  /** What a tensor of this level holds; others are themselves. */
  readonly innerOf = (t: Tensor): Tensor => (t instanceof Wrapped && t.level === this ? t.holds : t);
  /** Arguments as tensors of this level. */
  lift(values: Values): Values {
    return values;
  }
}
type Values = readonly unknown[];
export type Results = Tensor | readonly Tensor[];

/** The newest level that is open. */
export const levels = open as { newest: Level | null };

/** A tensor of a level. Its sizes and strides are those that the function sees. */
export class Wrapped extends Tensor {
  /** @internal */ readonly level: Level;
  /** @internal */ holds: Tensor;

  constructor(level: Level, inner: Tensor, sizes = inner.sizes, strides = inner.strides) {
    super(inner.storage, inner.dtype, sizes, strides, inner.offset);
    this.level = level;
    this.holds = inner;
    // More than one tensor leads to the elements.
    inner.storage.kept = true;
  }
  override bare(): Tensor {
    return new Wrapped(this.level, this.holds, this.sizes, this.strides);
  }
  /** Takes the place of another tensor of its level, of which it is to be another view. */
  override become(seen: Tensor): void {
    this.holds = (seen as Wrapped).holds;
    super.become(seen);
  }
  override get whole(): Tensor {
    return this.holds.whole;
  }
  override get isDifferentiated(): boolean {
    return this.requires_grad || this.holds.isDifferentiated;
  }
  override get block(): Block {
    return this.holds.block;
  }
  override is_conj(): boolean {
    return this.holds.is_conj();
  }
  override is_neg(): boolean {
    return this.holds.is_neg();
  }
  override elementAt(index: readonly number[]): Scalar {
    return this.holds.elementAt(index);
  }
  override toString(): string {
    const held = this.holds.toString();
    const { open, number, shown } = this.level;
    return open ? `${shown[0]}Tensor(lvl=${number}, ${shown[1]}value=\n${held.replace(/^/gm, "    ")}\n)` : held;
  }
}

/** Whether it stands for a batch, in the end. */
export function isBatched(t: Tensor): boolean {
  let of = standing(t);
  while (of instanceof Wrapped && !of.level.batches) of = of.holds;
  return of instanceof Wrapped;
}
/** Raises a sentence of vmap for a tensor that stands for a batch, where what is done needs its elements. */
export function refuseBatch(t: Tensor, sentence: string): void {
  if (levels.newest !== null && isBatched(t)) throw new RuntimeError(sentence);
}
export const dynamicShape = (op: string): string =>
  `vmap: We do not support batching operators that can output dynamic shape. Attempted to vmap over aten::${op}. Please file an issue at https://github.com/pytorch/pytorch/issues if you need this feature.`;
export const BATCHED_MASK =
  "vmap: We do not support batching operators that can support dynamic shape. Attempting to batch over indexing with a boolean mask.";
/** The tensor itself, or what it stands for if its level has ended. */
export function standing(t: Tensor): Tensor {
  while (t instanceof Wrapped && !t.level.open) t = t.holds;
  return t;
}
/** `f` of every tensor among values and in their lists. */
export function mapTensors(values: Values, f: (t: Tensor) => Tensor): unknown[] {
  return values.map((v) => (v instanceof Tensor ? f(v) : Array.isArray(v) ? mapTensors(v, f) : v));
}
/** Every tensor among values and in their lists. */
export function tensorsIn(values: Values): Tensor[] {
  return values.flatMap((v) => (v instanceof Tensor ? [v] : Array.isArray(v) ? tensorsIn(v) : []));
}

/** The level that a call belongs to; null if to none. */
export function levelOf(entry: Entry, values: Values): Level | null {
  let found: Level | null = null;
  const tensors = tensorsIn(values);
  // A view of what the function did not make is none of its own.
  if (tensors.length === 0 || entry.definition!.kernel.kind !== "view")
    for (found = levels.newest; found !== null && !found.wraps;) found = found.below;
  for (const t of tensors)
    if (t instanceof Wrapped && (found === null || t.level.number > found.number)) found = t.level;
  for (let level = levels.newest; level !== null && level !== found; level = level.below)
    if (level.claims !== null && tensors.some(level.claims)) return level;
  if (isRandom(entry))
    for (let level = levels.newest; level !== null; level = level.below)
      if (level.draws) {
        if (found === null || level.number > found.number) found = level;
        break;
      }
  return found;
}
/**
 * Raises for an op in place on what a level above its own must not see change, or which cannot hold what is written. `of` is
 * null where only the layout changes.
 */
export function assertOwned(of: Entry | null, name: string, values: Values): void {
  const self = values[0] as Tensor;
  const highest = of === null ? null : levelOf(of, values);
  for (let level = levels.newest; level !== null && !level.owns(self); level = level.below) {
    const refused = level !== ground && (level.wraps || level === highest) ? level.refuseWrite(of, name, values) : null;
    if (refused !== null) throw refused;
  }
}
/** What a function that is no op draws: of this size, or of as many as the levels want. */
export function drawnAt(size: readonly number[], drawn: (size: readonly number[]) => Tensor): Tensor {
  let level = levels.newest;
  while (level !== null && !level.draws) level = level.below;
  return level === null ? drawn(size) : level.draw(size, drawn);
}
/** Whether an op draws random numbers. */
export const isRandom = ({ schema }: Entry): boolean =>
  schema.name === "_rrelu_slopes" || schema.args.some((a) => a.type.startsWith("Generator"));

/** A tensor made of data, as of those levels that what is made from nothing is of. */
export function inLevels(t: Tensor): Tensor {
  const wrapping: Level[] = [];
  for (let level = levels.newest; level !== null; level = level.below) if (level.wraps) wrapping.push(level);
  return wrapping.reduceRight((made, level) => level.wrap(made), t);
}

/** Where no level is left, but tensors of ended ones may be among the arguments. */
class Ground extends Level {
  override readonly transforms = false;
  override readonly records = true;
  override compute(): never {
    throw new Error("levels: no tensor is of the ground");
  }
  override write(): never {
    throw new Error("levels: no tensor is of the ground");
  }
  override custom(of: FunctionClass, args: Values): unknown {
    return of.alone(mapTensors(args, standing), null);
  }
  override refuseWrite(): never {
    throw new Error("levels: no tensor is of the ground");
  }
}
const ground = new Ground();
/** Runs a kernel's own code, of which no level is to know. */
export function beneathAll<T>(body: () => T): T {
  const { newest } = levels;
  levels.newest = null;
  try {
    return body();
  } finally {
    levels.newest = newest;
  }
}
/** Runs code to which tensors of ended levels may come. */
export function amongEnded<T>(body: () => T): T {
  const { newest } = levels;
  levels.newest ??= ground;
  try {
    return body();
  } finally {
    levels.newest = newest;
  }
}
