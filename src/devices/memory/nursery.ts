// Young objects that died, found by collecting the young ones alone: a fraction of a millisecond instead of several.
import { collector, Mortal } from "./collector.ts";
import type { WeakList } from "./collector.ts";

/**
 * Note [Nurseries]: most tensors die young, and engines can collect young objects without looking at the old ones. In Bun
 * weak references learn of it. In V8 they do not, but a WeakSet does, and in Node `util.inspect` shows what is in a WeakSet.
 * So what was added and is not shown is dead. Whoever survives may be added once more: V8 calls old what survived two
 * collections.
 */
export class Nursery<Token extends Mortal> {
  private readonly collect: () => void;
  private readonly list: () => WeakList;
  private tokens: WeakList;

  private constructor(...[collect, list]: Means) {
    this.collect = collect;
    this.list = list;
    this.tokens = list();
  }

  /** A nursery, or null where the engine does not let us. None of this is promised by any: hence the trial. */
  static open<Token extends Mortal>(): Nursery<Token> | null {
    means ??= findMeans();
    return means === "none" ? null : new Nursery<Token>(...means);
  }
  static works(...means: Means): boolean {
    const nursery = new Nursery<Mortal>(...means);
    const held = mortals(nursery);
    const survivors = new Set(nursery.survivors());
    // Bun's engine spares what a number on the stack may point to.
    return held.every((token) => survivors.has(token)) && survivors.size < 1.5 * held.length;
  }

  add(token: Token): void {
    this.tokens.add(token);
  }

  /** Of those added since the last call, the ones still held; they have left the nursery. */
  survivors(): Token[] {
    this.collect();
    const found = this.tokens.living() as Token[];
    this.tokens = this.list();
    return found;
  }
}

type Means = [collect: () => void, list: () => WeakList];
let means: Means | "none" | undefined;

function findMeans(): Means | "none" {
  try {
    const { young, list } = collector()!;
    return Nursery.works(young, list) ? [young, list] : "none";
  } catch {
    return "none";
  }
}

// A function of its own, lest the caller's frame keep all of them. Many, lest an engine show the first hundred.
function mortals(nursery: Nursery<Mortal>): Mortal[] {
  const held: Mortal[] = [];
  for (let i = 0; i < 512; i++) {
    const token = new Mortal();
    nursery.add(token);
    if (i % 2 === 0) held.push(token);
  }
  return held;
}
