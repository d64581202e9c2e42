// Collections of garbage on demand, where the engine has such a thing: V8 as Node and Deno have it, JavaScriptCore as Bun.
import type utils from "node:util";
import type v8s from "node:v8";
import type vms from "node:vm";

/** Holds objects weakly. */
export interface WeakList {
  add(token: Mortal): void;
  /** Those that are still there, after a collection of the young. */
  living(): Mortal[];
}
export interface Collector {
  /** Collects everything, after which weak references tell who is dead. */
  all(): void;
  /** Collects young objects alone: a fraction of a millisecond instead of several. */
  young(): void;
  /** A list that learns of the deaths that `young` finds. */
  list(): WeakList;
  /** Bytes of JavaScript objects that `all` has to look through, as far as that can be told. */
  heap(): number;
}

/** The engine's collector; null where there is none. What it does nobody promises: whoever uses it tries it first. */
export function collector(): Collector | null {
  if (found === undefined) {
    found = null;
    for (const find of [findBuns, findV8s]) found ??= find();
  }
  return found;
}
let found: Collector | null | undefined;

const builtin = <Module>(name: string): Module | undefined =>
  globalThis.process?.getBuiltinModule?.(name) as Module | undefined;

/**
 * Note [Polling weak references]: JavaScript keeps the target of a new or just read WeakRef until the job ends, so a
 * synchronous loop never sees one die. Bun can end that hold; in Node a script run in a context with a microtask queue of
 * its own does. After it a forced collection empties the references. None of this is a promise of the engine: hence the
 * trials.
 */
function findV8s(): Collector | null {
  try {
    const { inspect } = builtin<typeof utils>("node:util")!;
    const vm = builtin<typeof vms>("node:vm")!;
    const gc = exposedCollection();
    const script = new vm.Script("0");
    const context = vm.createContext({}, { microtaskMode: "afterEvaluate" });
    const all = { showHidden: true, customInspect: true, maxArrayLength: Infinity, depth: 1 } as const;
    return {
      all: () => {
        script.runInContext(context);
        gc();
      },
      young: () => gc({ type: "minor" }),
      list: () => new ShownList((set) => inspect(set, all)),
      heap: () => globalThis.process.memoryUsage().heapUsed,
    };
  } catch {
    return null;
  }
}
/** V8's gc(), without leaving it behind in the program. */
function exposedCollection(): (options?: { type: "minor" }) => void {
  const v8 = builtin<typeof v8s>("node:v8")!;
  const vm = builtin<typeof vms>("node:vm")!;
  v8.setFlagsFromString("--expose-gc");
  const gc = vm.runInNewContext("gc") as () => void;
  if (globalThis.gc === undefined) v8.setFlagsFromString("--no-expose-gc");
  return gc;
}

interface BunsEngine {
  releaseWeakRefs(): void;
  fullGC(): number;
  edenGC(): number;
}
function findBuns(): Collector | null {
  if (globalThis.process?.versions?.["bun"] === undefined) return null;
  const engine = builtin<Partial<BunsEngine>>("bun:jsc");
  const { releaseWeakRefs, fullGC, edenGC } = engine ?? {};
  if (!releaseWeakRefs || !fullGC || !edenGC) return null;
  return {
    all: () => {
      releaseWeakRefs();
      fullGC();
    },
    young: () => {
      releaseWeakRefs();
      edenGC();
    },
    list: () => new ReferenceList(),
    // Bun counts WebAssembly's memory with the objects.
    heap: () => 0,
  };
}

const INSPECT: unique symbol = Symbol.for("nodejs.util.inspect.custom") as never;
/** Where those that are looked at enter themselves. */
let seen: Mortal[] = [];

/** What a list can hold. */
export class Mortal {
  [INSPECT](): string {
    seen.push(this);
    return "";
  }
}

/** What `util.inspect` shows of a WeakSet: V8's weak references count as roots where the young alone are collected. */
export class ShownList implements WeakList {
  private readonly show: (set: object) => string;
  private readonly tokens = new WeakSet<Mortal>();

  constructor(show: (set: object) => string) {
    this.show = show;
  }
  add(token: Mortal): void {
    this.tokens.add(token);
  }
  living(): Mortal[] {
    seen = [];
    // Short of stack, inspect() stops where it is and says so in other words.
    if (!this.show(this.tokens).startsWith("WeakSet {")) throw new RangeError("Maximum call stack size exceeded");
    const living = seen;
    seen = [];
    return living;
  }
}
class ReferenceList implements WeakList {
  private readonly references: WeakRef<Mortal>[] = [];

  add(token: Mortal): void {
    this.references.push(new WeakRef(token));
  }
  living(): Mortal[] {
    return this.references.map((reference) => reference.deref()).filter((token) => token !== undefined);
  }
}
