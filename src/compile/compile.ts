// torch.compile: which trace a call belongs to, and what is traced, run again, or left to run eagerly.
import { modes, withGrad } from "../autograd/mode.ts";
import type { Edge, Grads } from "../autograd/node.ts";
import { gradientEdge, Node } from "../autograd/node.ts";
import { runBackward } from "../autograd/engine.ts";
import { RuntimeError, warn } from "../base/errors.ts";
import { isDense } from "../base/layout.ts";
import { observer } from "../base/observer.ts";
import { currentDevice } from "../devices/registry.ts";
import { bindArguments } from "../dispatch/callable.ts";
import { levels } from "../dispatch/levels.ts";
import { leavesOf, mapLeaves, tensorsOf } from "../func/tree.ts";
import { globalHooks } from "../nn/module/hooks.ts";
import { Module } from "../nn/module/module.ts";
import { looking } from "../ops/common/looks.ts";
import { assign } from "../tensor/elementwise.ts";
import { empty } from "../tensor/allocate.ts";
import { Tensor } from "../tensor/tensor.ts";
import { typeWord } from "../tensor/type_word.ts";
import { BAIL, Compiled } from "./compiled.ts";
import type { Joint, Result, Traced } from "./compiled.ts";
import { differenceOf, fieldsOf, isEqual, isUnchanged, keyOf, Layouts } from "./guards.ts";
import { looksTooLate } from "./lower.ts";
import { usesOf } from "./program.ts";
import { listenTo, tap } from "./tap.ts";
import { isSame, Tracer } from "./trace.ts";

type Fn = (...args: never[]) => unknown;
type AnyFn = (...args: unknown[]) => unknown;

export interface CompileOptions {
  /** Raise where something cannot be captured, in place of running the call eagerly. */
  fullgraph?: boolean;
  /** Taken, and of no effect: sizes are guarded. */
  dynamic?: boolean | null;
  /** Give `fn` back as it is. */
  disable?: boolean;
  /** How many traces there may be; 8 unless told. */
  recompile_limit?: number | null;
}
/** Counted by `torch.compiler.reset()`: what was compiled before is not used. */
export const generation = { now: 0 };
/** Traces of one call that must come before it is given up. */
const TRIES = 4;
const RECOMPILE_LIMIT = 8;

/** Calls that one trace is for. */
class Case {
  readonly key: readonly unknown[];
  compiled: Compiled | null = null;
  last: Traced | null = null;
  tries = 0;
  reason: string | null = null;
  private fields: readonly (readonly [object, string, unknown])[] = [];
  private layouts = new Layouts([]);
  private gradients: readonly (readonly [Tensor, boolean])[] = [];

  constructor(key: readonly unknown[]) {
    this.key = key;
  }
  /** Notes what else the trace depends on. */
  hold(modules: ReadonlySet<Module>, tracer: Tracer): void {
    const { outside, leaves } = tracer;
    const graded = gradedBy(tracer);
    this.fields = [...modules].flatMap(fieldsOf);
    this.layouts = new Layouts(outside);
    this.gradients = [...leaves].flatMap(([t, { before }]) => (graded.has(t) ? [[t, before === null] as const] : []));
  }
  holds(): boolean {
    return (
      isUnchanged(this.fields) &&
      this.layouts.hold() &&
      this.gradients.every(([t, wasNone]) => (t.gradient === null) === wasNone)
    );
  }
}
/** Leaves whose `.grad` the call sets or uses. */
function gradedBy({ steps, slots }: Tracer): ReadonlySet<Tensor> {
  const used = new Set(steps.flatMap((s) => Object.values(usesOf(s)).flat()));
  return new Set([
    ...steps.flatMap((s) => (s.kind === "gradient" ? [s.leaf] : [])),
    ...slots.flatMap(({ source: s }, i) => (s.kind === "gradient" && used.has(i) ? [s.of] : [])),
  ]);
}
/** What is known of a compiled function. */
export class Cases {
  readonly fn: AnyFn;
  readonly options: CompileOptions;
  cases: Case[] = [];
  private generation = generation.now;
  private warned = false;
  readonly name: string;

  constructor(fn: AnyFn, options: CompileOptions, name: string) {
    this.fn = fn;
    this.options = options;
    this.name = name;
  }
  call(args: readonly unknown[]): unknown {
    const { savedHooks, anomaly } = modes();
    // Somebody watches, or it is part of what is compiled, differentiated or mapped: its ops are.
    if (tap.listener !== null || observer.current !== null || levels.newest !== null || savedHooks !== null || anomaly)
      return this.fn(...args);
    if (this.generation !== generation.now) {
      this.cases = [];
      this.generation = generation.now;
    }
    const key = keyOf(args);
    const found = this.cases.find((c) => isEqual(key, c.key) && c.holds()) ?? this.another(key);
    if (found === null) return this.fn(...args);
    if (found.compiled !== null) {
      const result = found.compiled.call(args, tensorsOf(args));
      return result === BAIL ? this.fn(...args) : result;
    }
    return found.tries >= TRIES ? this.fn(...args) : this.trace(found, args);
  }
  private another(key: readonly unknown[]): Case | null {
    const limit = this.options.recompile_limit ?? RECOMPILE_LIMIT;
    // A case that was traced but never used may have been the first of a series.
    const stale = this.cases.findIndex((c) => c.compiled === null && isEqual(c.key, key) && c.tries < TRIES);
    if (stale >= 0) {
      const [again] = this.cases.splice(stale, 1);
      again.last = null;
      this.cases.push(again);
      return again;
    }
    if (this.cases.length >= limit) {
      if (this.options.fullgraph === true) throw new RuntimeError(this.limitText(limit, key));
      if (!this.warned) warn(this.limitText(limit, key));
      this.warned = true;
      return null;
    }
    const made = new Case(key);
    this.cases.push(made);
    return made;
  }
  private limitText(limit: number, key: readonly unknown[]): string {
    return (
      `torch._dynamo hit config.recompile_limit (${limit})\n   function: '${this.name}'\n   last reason: ${differenceOf(key, this.cases.at(-1)!.key)}\n` +
      "Every other shape, number or mode is another program. Calls that none was made for run eagerly from now on."
    );
  }
  private trace(found: Case, args: readonly unknown[]): unknown {
    found.tries++;
    const tensors = tensorsOf(args);
    const modules = new Set<Module>();
    const { result, traced, tracer } = tracedCall(this.fn, args, tensors, modules, this.options.fullgraph === true);
    const before = found.last;
    found.last = traced;
    found.reason = tracer.failure;
    found.hold(modules, tracer);
    if (traced === null || before === null) return result;
    if (!isSame(before.trace, tracer)) {
      found.reason =
        "two calls with equal arguments did different things: it depends on something else than its arguments (a counter, the next batch, a tensor that is another one in each call)";
      if (this.options.fullgraph === true && found.tries >= TRIES) throw new RuntimeError(unsupported(found.reason));
      return result;
    }
    found.compiled = new Compiled(this.fn, traced, tensors, tracer.written());
    found.last = null;
    return result;
  }
}
const unsupported = (reason: string): string => `torch.compile: this cannot be captured with fullgraph=True: ${reason}`;

class Marker extends Node {
  override name(): string {
    return "Marker";
  }
  override apply(): Grads {
    return [];
  }
}

/** Calls `fn` and writes down what it does; `traced` is null if that is of no use. */
export function tracedCall(
  fn: AnyFn,
  args: readonly unknown[],
  tensors: readonly Tensor[],
  modules: Set<Module>,
  fullgraph: boolean,
): { result: unknown; traced: Traced | null; tracer: Tracer } {
  const tracer = new Tracer(tensors);
  if (fullgraph)
    tracer.refuse = (reason) => {
      throw new RuntimeError(unsupported(reason));
    };
  listenTo(currentDevice());
  for (const t of tensors) listenTo(t.backend);
  for (const leaf of leavesOf(args)) if (leaf instanceof Module) modules.add(leaf);
  const { sequence } = new Marker();
  const listen = (on: boolean): void => {
    tap.listener = on ? tracer : null;
    observer.current = on ? tracer : null;
    looking.by = on ? tracer.looked : null;
  };
  const hook = {
    hook: (module: Module) => {
      modules.add(module);
      const { backward, backwardPre } = module._hooks;
      if (backward.size + backwardPre.size > 0) tracer.fail("a module has hooks for backward");
    },
    takesKwargs: false,
  };
  globalHooks.forwardPre.set(-1, hook);
  listen(true);
  let result: unknown;
  let traced: Traced | null = null;
  try {
    result = fn(...args);
    globalHooks.forwardPre.delete(-1);
    if (result instanceof Promise) tracer.fail("the function returns a promise");
    if (tracer.failure === null) {
      tracer.noteGradients();
      traced = finish(tracer, result, tensors, sequence, listen);
    }
  } finally {
    globalHooks.forwardPre.delete(-1);
    listen(false);
  }
  return { result, traced: tracer.failure === null ? traced : null, tracer };
}
/** The results by their slots, and the trace of the backward pass. */
function finish(
  tracer: Tracer,
  result: unknown,
  args: readonly Tensor[],
  sequence: number,
  listen: (on: boolean) => void,
): Traced | null {
  const known: (Tensor | number)[] = [...args.keys(), ...tracer.outside];
  const tensorOf = (t: Tensor | number): Tensor => (typeof t === "number" ? args[t] : t);
  const outputs: Tensor[] = [];
  const results = tensorsOf(result).map((t): Result => {
    const same = known.find((k) => tensorOf(k) === t);
    if (same !== undefined) return { kind: "same", tensor: same };
    const ref = tracer.refOf(t);
    const base = known.find((k) => tensorOf(k).storage.block === t.storage.block);
    if (base !== undefined) {
      if (tensorOf(base).lazy !== t.lazy) tracer.fail("it returns a conjugated view of an argument");
      if (tensorOf(base).dtype !== t.dtype) tracer.fail("it returns a view of an argument in another dtype");
      return { kind: "view", of: base, ref, requiresGrad: t.requires_grad };
    }
    if (tracer.slots[ref.slot].source.kind !== "made") tracer.fail("it returns memory that the call has not made");
    if (t.leafRequiresGrad) tracer.fail("it returns a leaf that requires grad");
    const nr = t.requires_grad ? outputs.push(t) - 1 : -1;
    return { kind: "made", ref, nr };
  });
  tracer.signature.push(
    leavesOf(result).filter((x) => !(x instanceof Tensor)),
    ...results.map((r) => r.kind),
  );
  for (const r of results)
    if (r.kind !== "same") tracer.signature.push(r.ref.slot, r.ref.offset, ...r.ref.sizes, ...r.ref.strides);
  tracer.signature.splice(
    tracer.signature.findIndex(Array.isArray),
    1,
    ...leavesOf(result).filter((x) => !(x instanceof Tensor)),
  );
  const tree = mapLeaves(result, (x) => x);
  const { steps } = tracer;
  let joint: Joint | null = null;
  if (outputs.length > 0 && tracer.failure === null)
    joint = backwardOf(tracer, outputs, known, tensorOf, sequence, listen);
  tracer.written();
  if (tracer.failure === null && looksTooLate(steps.slice(0, joint?.from), tracer.slots))
    tracer.fail("the library checks values after something was written that it cannot take back");
  return tracer.failure === null ? { trace: tracer, tree, results, joint } : null;
}
function backwardOf(
  tracer: Tracer,
  outputs: readonly Tensor[],
  known: readonly (Tensor | number)[],
  tensorOf: (t: Tensor | number) => Tensor,
  sequence: number,
  listen: (on: boolean) => void,
): Joint | null {
  // Where the graph that the call made ends.
  const ends: Edge[] = [];
  const seen = new Set<Node>();
  const stack = outputs.map((t) => t.grad_fn!);
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (seen.has(node)) continue;
    seen.add(node);
    if (node.tensorHooks !== null || node.preHooks !== null || node.postHooks !== null || node.retained !== null)
      tracer.fail(`hooks on ${node.name()}`);
    for (const edge of node.edges) {
      if (edge === null) continue;
      if (edge.node.sequence > sequence && !edge.node.isAccumulator) stack.push(edge.node);
      else if (!ends.some((e) => e.node === edge.node && e.nr === edge.nr)) ends.push(edge);
    }
  }
  const to = ends.map(({ node, nr }) =>
    known.find((k) => {
      const edge = tensorOf(k).requires_grad ? gradientEdge(tensorOf(k)) : null;
      return edge?.node === node && edge.nr === nr;
    }),
  );
  if (to.includes(undefined)) tracer.fail("its graph leads to tensors that it has not been seen to use");
  if (ends.length === 0) tracer.fail("its graph leads nowhere");
  if (tracer.failure !== null) return null;
  const from = tracer.steps.length;
  const roots = outputs.map((t, at) => {
    // Gradients mostly lie as the results do.
    const g = empty(t.sizes, t.dtype, isDense(t.sizes, t.strides) ? t.strides : undefined, t.backend);
    listen(false);
    assign(g, 1);
    listen(true);
    tracer.incoming(g, at);
    return { edge: gradientEdge(t)!, grad: g };
  });
  const incoming = roots.map(({ grad }) => grad.strides);
  // Hooks of what lies behind run when gradients really come.
  const hooks = ends.map(({ node }) => [node, node.tensorHooks, node.retained] as const);
  for (const [node] of hooks) node.tensorHooks = node.retained = null;
  let grads: Grads;
  const { length } = tracer.signature;
  const { ranBackward } = tracer;
  try {
    grads = withGrad(false, () =>
      runBackward({ roots, keepGraph: true, createGraph: false, inputs: ends, accumulate: false }),
    );
  } catch (error) {
    if (!ranBackward) tracer.fail(`its backward pass raises: ${(error as Error).message}`);
    // A whole step of training: the graph of what it returns is spent.
    tracer.steps.length = from;
    tracer.signature.length = length;
    return null;
  } finally {
    for (const [node, tensorHooks, retained] of hooks) Object.assign(node, { tensorHooks, retained });
  }
  const gradients = grads.map((g) => (g === null ? null : tracer.refOf(g)));
  tracer.signature.push(
    ...gradients.flatMap((r) => (r === null ? [null] : [r.slot, r.offset, ...r.sizes, ...r.strides])),
  );
  return { from, to: to as (Tensor | number)[], gradients, incoming };
}

const compiledFunctions = new WeakMap<object, Cases>();
/** What is known of a function that `compile` returned. */
export const casesOf = (fn: object): Cases | undefined => compiledFunctions.get(fn);

/**
 * A function or module that does what `fn` does, with fewer and larger kernels once it was called a few times, as
 * `torch.compile`. See docs/compile.md for what it captures and what stays eager. Raises RuntimeError for what is no
 * function, and with `fullgraph` where something cannot be captured.
 * @example
 * const f = torch.compile((x: Tensor) => x.mul(2).add(1).tanh());
 * f(torch.ones(3)); // tensor([0.9951, 0.9951, 0.9951])
 */
export function compile<F extends Fn>(model: F, options?: CompileOptions): F;
export function compile(...given: unknown[]): unknown {
  const { model, ...options } = bindArguments<typeof COMPILE, { model: AnyFn }>(COMPILE, given);
  if (typeof model !== "function")
    throw new RuntimeError(`torch.compile expects a callable, but got ${typeWord(model)}`);
  if (options.disable) return model;
  const cases = new Cases(model, options, model instanceof Module ? model.constructor.name : model.name);
  const compiled = model instanceof Module ? moduleLike(model, cases) : (...args: unknown[]) => cases.call(args);
  compiledFunctions.set(compiled, cases);
  return compiled;
}
const COMPILE =
  "compile(object model, *, bool fullgraph=False, bool? dynamic=None, object backend=None, str? mode=None, object options=None, str? name=None, bool disable=False, int? recompile_limit=None, bool isolate_recompiles=False, object shapes_spec=None) -> object";
/** The module itself to all who look, but for its calls. */
function moduleLike(module: Module, cases: Cases): Module {
  return new Proxy(module, {
    apply: (_target, _self, args: unknown[]) => cases.call(args),
  });
}
