// Functions of functions (vmap, grad, jvp): what stands between a call and its kernels while one of them runs.
import type { Block } from "../kernel/place.ts";
import { Tensor } from "../tensor.ts";
import type { Entry } from "./op.ts";

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
export abstract class Level {
  readonly number: number;
  readonly below: Level | null;
  open = true;
  /** Whether calls are recorded for tensors of this level. */
  abstract readonly records: boolean;
  /** Whether tensors made from nothing are of this level, so that others of it may be written into them. */
  readonly wraps: boolean = false;
  /** Whether draws of random numbers are its concern, whatever the arguments. */
  readonly draws: boolean = false;

  constructor() {
    this.below = levels.newest;
    this.number = (this.below?.number ?? 0) + 1;
  }
  /** The results of an op on values of this level. */
  abstract compute(entry: Entry, values: Values): Results;
  /** Lets an op write into the first value, which is of this level. */
  abstract write(of: Entry, name: string, values: Values): void;
  /** Raises for an op in place on a tensor that is not of this level, though other arguments are. */
  abstract refuseWrite(name: string): Error;

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
export const levels: { newest: Level | null } = { newest: null };

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
  override get whole(): Tensor {
    return this.holds.whole;
  }
  override get isDifferentiated(): boolean {
    return this.requires_grad || this.holds.isDifferentiated;
  }
  override get block(): Block {
    return this.holds.block;
  }
}

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
  if (tensors.length === 0) for (found = levels.newest; found !== null && !found.wraps;) found = found.below;
  for (const t of tensors)
    if (t instanceof Wrapped && (found === null || t.level.number > found.number)) found = t.level;
  if (isRandom(entry))
    for (let level = levels.newest; level !== null; level = level.below)
      if (level.draws) {
        if (found === null || level.number > found.number) found = level;
        break;
      }
  return found;
}
/** Whether an op draws random numbers. */
export const isRandom = ({ schema }: Entry): boolean =>
  schema.name === "_rrelu_slopes" || schema.args.some((a) => a.type.startsWith("Generator"));

/** Where no level is left, but tensors of ended ones may be among the arguments. */
class Ground extends Level {
  override readonly records = true;
  override compute(): never {
    throw new Error("levels: no tensor is of the ground");
  }
  override write(): never {
    throw new Error("levels: no tensor is of the ground");
  }
  override refuseWrite(): Error {
    return new Error("levels: no tensor is of the ground");
  }
}
const ground = new Ground();
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
