/// <reference lib="esnext.disposable" preserve="true" />
// What holds while code runs: whether operations are recorded, where tensors are made, and the like.
import type { Backend } from "../devices/backend.ts";
import { getDevice, placement } from "../devices/registry.ts";
import { bfloat16 } from "../base/dtype.ts";
import type { Dtype } from "../base/dtype.ts";
import { RuntimeError, warn } from "../base/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** One set of modes. */
interface Modes {
  grad: boolean;
  /** Whether tangents are carried on. */
  forwardGrad: boolean;
  inference: boolean;
  anomaly: boolean;
  checkNan: boolean;
  /** What packs the tensors that nodes keep, and gives them back; and what is said to who wants that where it cannot be. */
  savedHooks: SavedHooks | null;
  hooksRefused: string | null;
  /** Whether checkpoints compute again no more than backward needs; null: as each was told. */
  earlyStop: boolean | null;
  /** Whether ops choose the dtype they compute in; the lower one; what they have cast, if once for all calls. */
  autocast: boolean;
  castTo: Dtype;
  /** The device whose tensors are cast, as they say it. */
  castOn: string;
  castCache: WeakMap<Tensor, { readonly version: number; readonly cast: Tensor }> | null;
  castsOnce: boolean;
  /** Where tensors are made that nothing else places; null for the first device. */
  device: Backend | null;
}
export interface SavedHooks {
  readonly pack: (t: Tensor) => unknown;
  readonly unpack: (packed: unknown) => Tensor;
}

/**
 * Note [Modes]: modes belong to what is running, as PyTorch's belong to a thread. While synchronous code runs nothing else
 * can, so its modes stand in `running`, a plain object that every call reads. A body that returns a promise goes on later,
 * between pieces of other code: its modes travel with its asynchronous context (AsyncLocalStorage in Node, Bun and Deno),
 * and as long as such bodies wait, code that is in no synchronous body asks the context which modes are its own. Engines
 * without such contexts refuse asynchronous bodies.
 */
const program: Modes = {
  grad: true,
  forwardGrad: true,
  inference: false,
  anomaly: false,
  checkNan: true,
  savedHooks: null,
  hooksRefused: null,
  earlyStop: null,
  autocast: false,
  castTo: bfloat16,
  castOn: "cpu",
  castCache: null,
  castsOnce: true,
  device: null,
};
let running: Modes | null = program;
/** Synchronous bodies around the code that runs, and asynchronous ones that wait. */
let depth = 0;
let waiting = 0;

interface ContextStore {
  run<T>(modes: Modes, body: () => T): T;
  getStore(): Modes | undefined;
}
type AsyncHooks = { AsyncLocalStorage: new () => ContextStore };
const context: ContextStore | null = (() => {
  const hooks = globalThis.process?.getBuiltinModule?.("node:async_hooks") as unknown as AsyncHooks | undefined;
  return hooks === undefined ? null : new hooks.AsyncLocalStorage();
})();
const ask = (): Modes => context?.getStore() ?? program;

/** The modes of what runs now, to be read and set. */
export const modes = (): Modes => running ?? ask();

/** Runs code of the library's own, which never waits, with recording on or off. */
export function withGrad<T>(on: boolean, body: () => T): T {
  const now = modes();
  const { grad } = now;
  now.grad = on;
  try {
    return body();
  } finally {
    now.grad = grad;
  }
}

/** Ends a mode at the end of a block: `using _ = torch.no_grad()`. */
export interface Guard {
  [Symbol.dispose](): void;
}

/** Runs `body` with `changes` in force, or, without a body, until the returned guard is disposed. */
export function scoped<T>(name: string, changes: Partial<Modes>, body: (() => T) | null = null): T | Guard {
  const outer = modes();
  if (body === null) return new Held(name, outer, changes);
  if (context === null && body.constructor.name === "AsyncFunction") throw cannotFollow(name);
  const result = within({ ...outer, ...changes }, body);
  if (!goesOn(result)) return result;
  if (isGenerator(result)) return resumedIn(result, (step) => scoped(name, changes, step)) as T;
  if (!("finally" in result)) return result;
  if (context === null) {
    result.catch(() => {});
    throw cannotFollow(name);
  }
  waiting++;
  if (depth === 0) running = null;
  return result.finally(() => {
    if (--waiting === 0) running = program;
  }) as T;
}
function within<T>(inner: Modes, body: () => T): T {
  const outer = running;
  running = inner;
  depth++;
  try {
    return context === null ? body() : context.run(inner, body);
  } finally {
    running = --depth === 0 && waiting > 0 ? null : outer;
  }
}
const cannotFollow = (name: string): RuntimeError =>
  new RuntimeError(
    `${name}() got an asynchronous body, which this engine cannot follow: it has no AsyncLocalStorage, so whatever else runs while the body waits would be in its mode, too.\nPut ${name}(() => …) around each synchronous part between the awaits.`,
  );
/** Whether a body goes on after its call: a promise or a generator, told from all else by what made it. */
function goesOn(result: unknown): result is Promise<unknown> | AnyGenerator {
  if (typeof result !== "object" || result === null) return false;
  const made: unknown = result.constructor;
  return typeof made !== "function" || made.name === "Promise" || result instanceof Promise;
}
type AnyGenerator = Generator<unknown, unknown, unknown> | AsyncGenerator<unknown, unknown, unknown>;
const isGenerator = (x: object): x is AnyGenerator =>
  /^\[object (Async)?Generator\]$/.test(Object.prototype.toString.call(x));
/** The generator with each of its steps run by `run`: a mode holds inside its body alone, not where its values are used. */
function resumedIn(generator: AnyGenerator, run: (step: () => unknown) => unknown): AnyGenerator {
  const wrapped = Object.create(Object.getPrototypeOf(generator) as object) as AnyGenerator;
  return Object.assign(wrapped, {
    next: (...given: [] | [unknown]) => run(() => generator.next(...given)),
    return: (value: unknown) => run(() => generator.return(value)),
    throw: (error: unknown) => run(() => generator.throw(error)),
  });
}

/** The guards in force on each set of modes: the newest. */
const newest = new WeakMap<Modes, Held>();
/** Counts the synchronous stretches in which guards were made. */
let stretch = 0;
let stretchEnds = false;

/**
 * A mode that is in force until its guard is disposed. Guards may end in another order than they began: what one brought
 * back at its end is then for the next newer one that changes the same to bring back. A guard that nobody keeps
 * (`set_grad_enabled(false)` as a statement) never ends, and those after it do not keep it alive.
 */
class Held implements Guard {
  private readonly name: string;
  private readonly modes: Modes;
  /** What it changed, as it was. */
  private readonly before: Partial<Modes>;
  private older: WeakRef<Held> | null;
  private newer: Held | null = null;
  private readonly begun: number;
  private ended = false;

  constructor(name: string, modes: Modes, changes: Partial<Modes>) {
    this.name = name;
    this.modes = modes;
    this.before = Object.fromEntries(Object.keys(changes).map((key) => [key, modes[key as keyof Modes]]));
    const below = newest.get(modes);
    this.older = below === undefined ? null : new WeakRef(below);
    if (below !== undefined) below.newer = this;
    newest.set(modes, this);
    Object.assign(modes, changes);
    this.begun = stretch;
    if (stretchEnds) return;
    stretchEnds = true;
    queueMicrotask(() => {
      stretchEnds = false;
      stretch++;
    });
  }
  [Symbol.dispose](): void {
    if (this.ended) return;
    this.ended = true;
    for (const [key, value] of Object.entries(this.before)) {
      let next = this.newer;
      while (next !== null && !(key in next.before)) next = next.newer;
      Object.assign(next === null ? this.modes : next.before, { [key]: value });
    }
    const older = this.older?.deref() ?? null;
    if (older !== null) older.newer = this.newer;
    if (this.newer !== null) this.newer.older = this.older;
    else if (older !== null) newest.set(this.modes, older);
    else newest.delete(this.modes);
    if (this.begun !== stretch && this.modes === program)
      warn(
        `A guard of ${this.name}() was held while the program waited: whatever else ran meanwhile was in its mode, too. Write ${this.name}(async () => …), which holds for its body alone.`,
      );
  }
}

placement.fallback = () => modes().device ?? getDevice("cpu");
