// How a device learns that nobody holds a piece of its memory any more.
import { collector } from "./collector.ts";

/**
 * - `poll`: weak references, read after a forced collection. Works inside synchronous loops; Node, Deno and Bun only.
 * - `finalizer`: finalization callbacks, which run when the program awaits a timer or an event; browsers.
 * - `none`: memory comes back by `free()` alone.
 */
export type LivenessKind = "poll" | "finalizer" | "none";

export interface Liveness<Token extends object, Record> {
  readonly kind: LivenessKind;
  /** Reports `record` as dead some time after the token became unreachable; the record must not lead to the token. */
  watch(token: Token, record: Record): void;
  /** What a token of so many bytes carries to make a garbage collector aware of its weight. */
  ballast(nbytes: number): ArrayBuffer | null;
  /** The tokens not found dead, if the engine lets us ask. */
  living(): readonly Token[];
  /** Looks for dead tokens now, if the engine lets us; returns how many were looked at. */
  sweep(): number;
  /** Whether many more are watched than after the last sweep. */
  readonly crowded: boolean;
}

const CROWD = 16384;

/** The liveness asked for, or the best that this engine has. */
export function createLiveness<Token extends object, Record>(
  wanted: LivenessKind,
  dead: (record: Record) => void,
): Liveness<Token, Record> {
  if (wanted === "none")
    return { kind: "none", watch: () => {}, ballast: () => null, living: () => [], sweep: () => 0, crowded: false };
  const collect = wanted === "poll" ? synchronousCollector() : null;
  return collect ? new Poll(collect, dead) : new Finalizer(dead);
}

class Poll<Token extends object, Record> implements Liveness<Token, Record> {
  readonly kind = "poll";
  private readonly collect: () => void;
  private readonly dead: (record: Record) => void;
  private readonly refs: WeakRef<Token>[] = [];
  private readonly records: Record[] = [];
  private crowd = CROWD;

  constructor(collect: () => void, dead: (record: Record) => void) {
    this.collect = collect;
    this.dead = dead;
  }
  watch(token: Token, record: Record): void {
    this.refs.push(new WeakRef(token));
    this.records.push(record);
  }
  ballast(): null {
    return null;
  }
  living(): Token[] {
    return this.refs.map((ref) => ref.deref()).filter((token) => token !== undefined);
  }
  sweep(): number {
    this.collect();
    const { refs, records } = this;
    const watched = refs.length;
    let kept = 0;
    for (let i = 0; i < watched; i++) {
      if (refs[i].deref() === undefined) this.dead(records[i]);
      else {
        refs[kept] = refs[i];
        records[kept++] = records[i];
      }
    }
    refs.length = records.length = kept;
    this.crowd = 2 * kept + CROWD;
    return watched;
  }
  get crowded(): boolean {
    return this.refs.length > this.crowd;
  }
}

class Finalizer<Token extends object, Record> implements Liveness<Token, Record> {
  readonly kind = "finalizer";
  private readonly registry: FinalizationRegistry<Record>;

  constructor(dead: (record: Record) => void) {
    this.registry = new FinalizationRegistry(dead);
  }
  watch(token: Token, record: Record): void {
    this.registry.register(token, record);
  }
  // Collectors count the bytes of plain ArrayBuffers; those of a resizable one bring Chromium's to no hurry.
  ballast(nbytes: number): ArrayBuffer | null {
    try {
      return new ArrayBuffer(nbytes);
    } catch {
      return null; // too large for this engine: the block works without
    }
  }
  living(): never[] {
    return [];
  }
  sweep(): number {
    return 0;
  }
  readonly crowded = false;
}

/** The engine's full collection if it shows who is dead: Note [Polling weak references]. */
function synchronousCollector(): (() => void) | null {
  if (collect === undefined) collect = tried(collector()?.all);
  return collect;
}
let collect: (() => void) | null | undefined;

function tried(all: (() => void) | undefined): (() => void) | null {
  try {
    const references = mortals();
    all!();
    const dead = references.filter((reference) => reference.deref() === undefined);
    // Bun's engine spares what a number on the stack may point to.
    return dead.length > references.length / 2 ? all! : null;
  } catch {
    return null;
  }
}
// A function of its own, lest the caller's frame keep one of them.
const mortals = (): WeakRef<object>[] => Array.from({ length: 8 }, () => new WeakRef({}));
