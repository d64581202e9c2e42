// Young objects that died, found by collecting the young ones alone: a fraction of a millisecond instead of several.

const INSPECT: unique symbol = Symbol.for("nodejs.util.inspect.custom") as never;
/** Where those that are looked at enter themselves. */
let seen: Mortal[] = [];

/** What a nursery can watch. */
export class Mortal {
  [INSPECT](): string {
    seen.push(this);
    return "";
  }
}

/**
 * Note [Nurseries]: most tensors die young, and engines can collect young objects without looking at the old ones.
 * WeakRefs do not learn of it (they count as roots there), but a WeakSet does, and in Node `util.inspect` shows what is
 * in a WeakSet. So what was added and is not shown is dead. Whoever survives may be added once more: engines call old what
 * survived two collections.
 */
export class Nursery<Token extends Mortal> {
  private readonly collect: () => void;
  private readonly show: (set: object) => string;
  private tokens = new WeakSet<Token>();

  private constructor(collect: () => void, show: (set: object) => string) {
    this.collect = collect;
    this.show = show;
  }

  /** A nursery, or null where the engine does not let us. None of this is promised by any: hence the trial. */
  static open<Token extends Mortal>(): Nursery<Token> | null {
    means ??= findMeans();
    return means === "none" ? null : new Nursery<Token>(...means);
  }
  static works(...[collect, show]: Means): boolean {
    const nursery = new Nursery<Mortal>(collect, show);
    const held = new Set(mortals(nursery));
    const survivors = nursery.survivors();
    return survivors.length === held.size && survivors.every((token) => held.has(token));
  }

  add(token: Token): void {
    this.tokens.add(token);
  }

  /** Of those added since the last call, the ones still held; they have left the nursery. */
  survivors(): Token[] {
    seen = [];
    this.collect();
    // Short of stack, inspect() stops where it is and says so in other words.
    if (!this.show(this.tokens).startsWith("WeakSet {")) throw new RangeError("Maximum call stack size exceeded");
    const found = seen as Token[];
    seen = [];
    this.tokens = new WeakSet();
    return found;
  }
}

type Means = [collect: () => void, show: (set: object) => string];
let means: Means | "none" | undefined;

function findMeans(): Means | "none" {
  try {
    const { inspect } = globalThis.process.getBuiltinModule("node:util");
    const collect = forcedCollection();
    const all = { showHidden: true, customInspect: true, maxArrayLength: Infinity, depth: 1 } as const;
    const found: Means = [() => collect({ type: "minor" }), (set) => inspect(set, all)];
    return Nursery.works(...found) ? found : "none";
  } catch {
    return "none";
  }
}

/** The engine's gc(), without leaving it behind in the program. */
export function forcedCollection(): (options?: { type: "minor" }) => void {
  const v8 = globalThis.process.getBuiltinModule("node:v8");
  const vm = globalThis.process.getBuiltinModule("node:vm");
  v8.setFlagsFromString("--expose-gc");
  const gc = vm.runInNewContext("gc") as () => void;
  if (globalThis.gc === undefined) v8.setFlagsFromString("--no-expose-gc");
  return gc;
}

// A function of its own, lest the caller's frame keep all of them. Many, lest an engine show the first hundred.
const mortals = (nursery: Nursery<Mortal>): Mortal[] =>
  Array.from({ length: 512 }, () => {
    const token = new Mortal();
    nursery.add(token);
    return token;
  }).filter((_, i) => i % 2 === 0);
