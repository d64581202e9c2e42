// Functions with a backward of the user's own.
import { float32 } from "../base/dtype.ts";
import { help, NotImplementedError, RuntimeError, TypeError, warn } from "../base/errors.ts";
import { observe } from "../base/observer.ts";
import { empty } from "../tensor/allocate.ts";
import { assign } from "../tensor/elementwise.ts";
import { Tensor } from "../tensor/tensor.ts";
import { assertWritable, markChanged, rewriteHistory } from "./inplace.ts";
import { modes, withGrad } from "./mode.ts";
import type { Described, Grads, Meta } from "./node.ts";
import { freedTwice, gradientEdge, Node, SavedTensor, metaOf } from "./node.ts";
import { levels } from "./open_levels.ts";
import { typeWord } from "../tensor/type_word.ts";

type Returned = Tensor | readonly (Tensor | null)[] | null | undefined;
/** What is known of the batch that a vmap maps over. */
export interface VmapInfo {
  readonly batch_size: number;
  readonly randomness: "error" | "different" | "same";
}
/** A subclass of Function. */
export type FunctionClass = typeof Function;
/** The arguments of `forward` but the context: whether it gets one, its first parameter tells. */
type ForwardArgs<C> = C extends { forward: (...args: infer A) => unknown }
  ? A extends [infer First, ...infer Rest]
    ? FunctionContext extends First
      ? Rest
      : A
    : A
  : never;
type ForwardResult<C> = C extends { forward: (...args: never[]) => infer R } ? R : never;

/** What forward hands to backward. Any other property may be set on it too. */
export class FunctionContext {
  [key: string]: unknown;
  /** For each argument of forward: whether its gradient is wanted. */
  needs_input_grad: boolean[] = [];
  /** @internal */ toSave: readonly (Tensor | null)[] = [];
  /** @internal */ saved: readonly (SavedTensor | null)[] | null = [];
  /** @internal */ nonDifferentiable: readonly Tensor[] = [];
  /** @internal */ dirty: readonly Tensor[] = [];
  /** @internal */ materialize = true;
  /** Whether that goes for results that have no gradient, too. @internal */
  _materialize_non_diff_grads = true;
  /** @internal */ toSaveForward: readonly (Tensor | null)[] = [];
  /** @internal What `saved_tensors` are at the moment, where a level shows others than were kept. */
  shown: readonly (Tensor | null)[] | null = null;
  /** @internal */ node: Node | null = null;

  /** Keeps tensors for backward, with their versions, as `ctx.save_for_backward`. */
  save_for_backward(...tensors: (Tensor | null)[]): void {
    this.toSave = tensors;
  }
  /** Keeps tensors for jvp, as `ctx.save_for_forward`. */
  save_for_forward(...tensors: (Tensor | null)[]): void {
    this.toSaveForward = tensors;
  }
  /** The tensors kept. Raises RuntimeError if they were changed in place or freed since. */
  get saved_tensors(): Tensor[] {
    if (this.shown !== null) return this.shown as Tensor[];
    if (this.saved === null) throw freedTwice();
    return this.saved.map((s) => s?.unpack(this.node!, true) ?? null) as Tensor[];
  }
  /** These results have no gradient. */
  mark_non_differentiable(...tensors: Tensor[]): void {
    this.nonDifferentiable = tensors;
  }
  /** These inputs were changed in place by forward. */
  mark_dirty(...tensors: Tensor[]): void {
    this.dirty = tensors;
  }
  /** Whether backward gets zeros (the default) or null where no gradient came. */
  set_materialize_grads(on: boolean): void {
    this.materialize = on;
  }
}

export class FunctionNode extends Node {
  private readonly of: FunctionClass;
  private readonly called: string;
  private readonly ctx: FunctionContext;
  /** Which of the results of forward are tensors. */
  private readonly places: readonly number[];
  private readonly count: number;
  /** Results that have no gradient. */
  readonly constants: Set<number> = new Set();
  constructor(of: FunctionClass, called: string, ctx: FunctionContext, places: readonly number[], count: number) {
    super();
    this.of = of;
    this.called = called;
    this.ctx = ctx;
    this.places = places;
    this.count = count;
  }
  override name(): string {
    return `${this.called}Backward`;
  }
  override get isForeign(): boolean {
    return true;
  }
  override apply(grads: Grads): Grads {
    const some = grads.find((g) => g !== null);
    const given = new Array<Tensor | null>(this.count).fill(null);
    for (const [k, i] of this.places.entries()) {
      const filled = this.ctx.materialize && (this.ctx._materialize_non_diff_grads || !this.constants.has(k));
      given[i] = grads[k] ?? (filled ? zerosFor(this.outputs[k], some) : null);
    }
    const list = listOf(backwardOf(this.of)(this.ctx, ...(given as never[])));
    if (list.length > this.edges.length && list.slice(this.edges.length).every((g) => g === null))
      list.length = this.edges.length;
    if (list.length !== this.edges.length)
      throw new RuntimeError(
        `function ${this.name()} returned an incorrect number of gradients (expected ${this.edges.length}, got ${list.length})`,
      );
    for (const [i, g] of list.entries()) {
      if (g !== null && !(g instanceof Tensor))
        throw new TypeError(
          `function ${this.name()} returned a ${typeWord(g)} as gradient ${i}; expected a Tensor or ${help({ TypeScript: "null", Python: "None" })}`,
        );
      if (g !== null && this.edges[i] === null && !this.ctx.needs_input_grad[i]) list[i] = null;
    }
    return list;
  }
  override describe(): Described {
    const saved = (this.ctx.saved ?? []).flatMap((s, i): [string, SavedTensor][] =>
      s === null ? [] : [[`saved_tensors[${i}]`, s]],
    );
    return { saved, plain: {} };
  }
  /** What `save_for_backward` kept. Raises RuntimeError once it is freed. */
  get raw(): readonly (SavedTensor | null)[] {
    if (this.ctx.saved === null) throw freedTwice();
    return this.ctx.saved;
  }
  get saved_tensors(): Tensor[] {
    return this.ctx.saved_tensors;
  }
  override release(): void {
    if (this.ctx.saved !== null && this.ctx.saved.length > 0) this.ctx.saved = null;
  }
}
/** Neither backwards nor forwards. */
const unrecorded = <T>(body: () => T): T => {
  const now = modes();
  const { grad, forwardGrad } = now;
  Object.assign(now, { grad: false, forwardGrad: false });
  try {
    return body();
  } finally {
    Object.assign(now, { grad, forwardGrad });
  }
};
function listOf(returned: Returned): (Tensor | null)[] {
  return returned instanceof Tensor || returned === null || returned === undefined ? [returned ?? null] : [...returned];
}
/** `backward`, or `vjp`, which is another name of it. */
export function backwardOf(of: FunctionClass): FunctionClass["backward"] {
  if (of.vjp === Function.vjp) return of.backward.bind(of);
  if (of.backward !== Function.backward)
    throw new RuntimeError(
      "Implementing both 'backward' and 'vjp' for a custom Function is not allowed. You should only implement one of them.",
    );
  return of.vjp.bind(of);
}

/** How a level has a Function run. */
export interface InLevel {
  readonly called: string;
  /** What stands for `forward`, where the level computes it by what its tensors hold. */
  readonly compute?: () => unknown;
  /** Told when forward has run: the context, and what it gave. */
  readonly seen?: ((ctx: FunctionContext, results: readonly unknown[]) => void) | undefined;
}

/**
 * A differentiable function of the user's own, as `torch.autograd.Function`: subclass it with static `forward` and
 * `backward`, call it with `apply`. `backward` gets one gradient a result and returns one an argument (null for none).
 *
 * With a static `setup_context(ctx, inputs, output)`, which keeps what backward needs, `forward` gets no context; only such a
 * Function can be called inside torch.func.grad, vmap and jvp. vmap needs a static `vmap(info, in_dims, ...args)`, which gives
 * `[output, out_dims]`, or `generate_vmap_rule = true`; jvp and forward_ad need a static `jvp(ctx, ...tangents)`.
 * @example
 * class Double extends torch.autograd.Function {
 *   static forward(ctx: FunctionContext, x: Tensor) { return x.mul(2); }
 *   static backward(ctx: FunctionContext, grad: Tensor) { return grad.mul(2); }
 * }
 * Double.apply(x)
 */
export class Function {
  /** Whether vmap is to run forward, backward and jvp for a whole batch at once: they must be written with ops. */
  static generate_vmap_rule = false;

  static forward(..._args: never[]): unknown {
    throw new NotImplementedError("You must implement the forward function for custom autograd.Function.");
  }
  static setup_context(_ctx: FunctionContext, _inputs: never, _output: never): void {
    throw new NotImplementedError("setup_context is not implemented.");
  }
  static backward(_ctx: FunctionContext, ..._grads: never[]): Returned {
    throw new NotImplementedError(
      "You must implement either the backward or vjp method for your custom autograd.Function to use it with backward mode AD.",
    );
  }
  /** Another name of `backward`. */
  static vjp(_ctx: FunctionContext, ..._grads: never[]): Returned {
    throw new NotImplementedError("vjp is not implemented.");
  }
  static jvp(_ctx: FunctionContext, ..._tangents: never[]): Returned {
    throw new NotImplementedError(
      "You must implement the jvp function for custom autograd.Function to use it with forward mode AD.",
    );
  }
  static vmap(_info: VmapInfo, _in_dims: never, ..._args: never[]): readonly [output: unknown, out_dims: unknown] {
    throw new NotImplementedError(
      "To use autograd.Function with vmap, you must either override the vmap staticmethod or set generate_vmap_rule=True.",
    );
  }
  /** Runs forward unrecorded and, if an argument requires grad, records a node that will run backward. */
  static apply<C extends FunctionClass>(this: C, ...args: ForwardArgs<C>): ForwardResult<C> {
    if (this === undefined)
      throw new TypeError(
        `apply was called without its class, which it needs: write ${help({ TypeScript: "x => Mine.apply(x)", Python: "lambda x: Mine.apply(x)" })}`,
      );
    const result = observe(this.name, "op", args, () =>
      levels.newest === null ? this.alone(args, null) : levels.newest.custom(this, args),
    );
    return result as ForwardResult<C>;
  }
  /** @internal What `apply` does where no level is open, or in a level, which computes forward by what it holds. */
  static alone(values: readonly unknown[], level: InLevel | null): unknown {
    const ctx = new FunctionContext();
    const recording = modes().grad && values.some((v) => v instanceof Tensor && v.requires_grad);
    ctx.needs_input_grad = values.map((v) => v instanceof Tensor && v.requires_grad);
    const edges = values.map((v) => (recording && v instanceof Tensor ? gradientEdge(v) : null));
    const compute = level?.compute;
    const computed = compute?.();
    const returned = unrecorded(() => {
      if (this.setup_context === Function.setup_context) return this.forward(...([ctx, ...values] as never[]));
      const made = compute === undefined ? this.forward(...(values as never[])) : computed;
      this.setup_context(ctx, values as never, made as never);
      return made;
    });
    const results = Array.isArray(returned) ? (returned as unknown[]) : [returned];
    const outputs = results.filter((out) => out instanceof Tensor);
    for (const t of ctx.dirty)
      if (recording && !values.includes(t))
        warn(
          "ctx.mark_dirty() received a tensor that was not an input. Only input Tensors that have been mutated should be passed to ctx.mark_dirty().",
        );
    for (const t of ctx.dirty) {
      if (!outputs.includes(t))
        throw new RuntimeError(
          "Some elements marked as dirty during the forward method were not returned as output. The inputs that are modified inplace must all be outputs of the Function.",
        );
      if (recording && t.is_leaf && t.requires_grad)
        throw new RuntimeError("a leaf Variable that requires grad has been used in an in-place operation.");
      if (t.view_ !== null) assertWritable(t, recording);
      if (t.view_ !== null && recording && outputs.length > 1)
        throw new RuntimeError(
          "If your Function modifies inplace an input that is a view of another Tensor, your Function cannot return more than one Tensor. This is not supported by the current autograd engine. You should either make sure the input is not a view (using .clone() for example) or make your Function only return one Tensor (potentially splitting it into two Functions: one doing the inplace that returns a single Tensor and a second one that does the other operations). You can ask on the forum https://discuss.pytorch.org/ if you need help to do this change.",
        );
      if (compute === undefined) markChanged(t.storage, this.name);
    }
    level?.seen?.(ctx, results);
    const given = new Set(values);
    // An input returned as it is becomes a view of itself, so that it can have a history of its own.
    const made = outputs.map((t) => (given.has(t) && !ctx.dirty.includes(t) ? t.alias() : t));
    const asReturned = (): unknown => {
      if (!Array.isArray(returned)) return made[0] ?? returned;
      let next = 0;
      return results.map((out) => (out instanceof Tensor ? made[next++] : out));
    };
    if (!recording || outputs.length === 0) {
      if (modes().grad)
        for (const t of made)
          if (t.view_?.made === "no_grad") t.view_ = { ...t.view_, made: made.length > 1 ? "multiple" : "custom" };
      return asReturned();
    }
    const places = results.flatMap((out, i) => (out instanceof Tensor ? [i] : []));
    const node = new FunctionNode(this, level?.called ?? this.name, ctx, places, results.length);
    node.edges = edges;
    ctx.node = node;
    node.outputs = made.map(metaOf);
    for (const [i, t] of made.entries()) {
      if (ctx.nonDifferentiable.includes(outputs[i]) || !t.dtype.is_differentiable) {
        node.constants.add(i);
        continue;
      }
      if (ctx.dirty.includes(t) && t.view_ !== null) {
        rewriteHistory(t, () => node);
        continue;
      }
      const kind = made.length > 1 ? "multiple" : "custom";
      if (t.view_ !== null) t.view_ = { ...t.view_, made: kind, version: t.storage.version };
      t.node = node;
      t.outputNr = i;
      t.leafRequiresGrad = false;
    }
    ctx.saved = ctx.toSave.map((t) => {
      if (t === null) return null;
      const i = outputs.indexOf(t);
      return new SavedTensor(i >= 0 ? made[i] : t, i >= 0 && !given.has(t), Math.max(i, 0));
    });
    return asReturned();
  }
}

/** Where gradients go no further: nothing leads on from it, or it raises. */
class End extends Node {
  private readonly called: string;
  private readonly end: (grads: Grads) => Grads;
  constructor(called: string, end: (grads: Grads) => Grads) {
    super();
    this.called = called;
    this.end = end;
  }
  override name(): string {
    return this.called;
  }
  override apply(grads: Grads): Grads {
    return this.end(grads);
  }
}
/** A tensor of no graph as what came of `from`; its gradient goes to `end`, which may raise. @internal */
export function ended(made: Tensor, from: Tensor, called: string, end: (grad: Tensor) => null): Tensor {
  if (!modes().grad || !from.requires_grad) return made;
  made.node = new End(called, ([grad]) => [end(grad!)]);
  made.node.edges = [gradientEdge(from)];
  made.node.outputs = [metaOf(made)];
  return made;
}
/** The same tensor, to which no gradient comes. @internal */
export const undefinedGrad = (t: Tensor): Tensor => ended(t.detach(), t, "UndefinedGrad", () => null);
/** The same tensors, that raise where they are differentiated. @internal */
export function undifferentiable(results: readonly (Tensor | null)[]): (Tensor | null)[] {
  const node = new End("Error", () => {
    throw new RuntimeError("trying to differentiate twice a function that was marked with @once_differentiable");
  });
  const made = results.map((t) => t && t.detach());
  node.edges = made.map((t) => (t?.dtype.is_differentiable ? gradientEdge(t.detach().requires_grad_(true)) : null));
  node.outputs = made.map((t) => metaOf(t ?? empty([0], float32)));
  for (const [i, t] of made.entries()) {
    if (!t?.dtype.is_differentiable) continue;
    t.node = node;
    t.outputNr = i;
  }
  return made;
}
/**
 * Makes a backward that may run only once: what it returns raises where it is differentiated again, as
 * `torch.autograd.function.once_differentiable`.
 */
export function once_differentiable<B extends (...args: never[]) => unknown>(backward: B): B {
  return ((...args: never[]) => {
    const results = withGrad(false, () => backward(...args)) as Returned;
    const recording = modes().grad && (args as unknown[]).some((x) => x instanceof Tensor && x.requires_grad);
    if (!recording || results === null || results === undefined) return results;
    return results instanceof Tensor ? undifferentiable([results])[0] : undifferentiable(results);
  }) as B;
}
/** What stands for a gradient that did not come, like another that did. */
function zerosFor({ shape, dtype, device }: Meta, like: Tensor | undefined): Tensor {
  if (like !== undefined) return like.new_zeros(shape, { dtype });
  const zeros = empty(shape, dtype, undefined, device);
  assign(zeros, 0);
  return zeros;
}
