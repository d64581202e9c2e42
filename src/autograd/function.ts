// Functions with a backward of the user's own.
import { help, NotImplementedError, RuntimeError, TypeError } from "../base/errors.ts";
import { Tensor } from "../tensor/tensor.ts";
import { assertWritable, markChanged, rewriteHistory } from "./inplace.ts";
import { modes, no_grad } from "./mode.ts";
import type { Edge, Grads } from "./node.ts";
import { freedTwice, gradientEdge, Node, SavedTensor, metaOf } from "./node.ts";
import { typeWord } from "../tensor/type_word.ts";

type Returned = Tensor | readonly (Tensor | null)[] | null | undefined;
type Forward = (ctx: FunctionContext, ...args: never[]) => Tensor | readonly Tensor[];
type Backward = (ctx: FunctionContext, ...grads: never[]) => Returned;
interface FunctionClass {
  readonly name: string;
  forward: Forward;
  backward: Backward;
}
type ForwardArgs<C> = C extends { forward: (ctx: FunctionContext, ...args: infer A) => unknown } ? A : never;
type ForwardResult<C> = C extends { forward: (ctx: FunctionContext, ...args: never[]) => infer R } ? R : never;

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
  /** @internal */ node: Node | null = null;

  /** Keeps tensors for backward, with their versions, as `ctx.save_for_backward`. */
  save_for_backward(...tensors: (Tensor | null)[]): void {
    this.toSave = tensors;
  }
  /** The tensors kept. Raises RuntimeError if they were changed in place or freed since. */
  get saved_tensors(): Tensor[] {
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

class FunctionNode extends Node {
  private readonly of: FunctionClass;
  private readonly ctx: FunctionContext;
  constructor(of: FunctionClass, ctx: FunctionContext, edges: readonly (Edge | null)[]) {
    super();
    this.of = of;
    this.ctx = ctx;
    this.edges = edges;
  }
  override name(): string {
    return `${this.of.name}Backward`;
  }
  override get isForeign(): boolean {
    return true;
  }
  override apply(grads: Grads): Grads {
    const some = grads.find((g) => g !== null)!;
    const given = this.ctx.materialize
      ? grads.map((g, i) => g ?? some.new_zeros(this.outputs[i].shape, { dtype: this.outputs[i].dtype }))
      : grads;
    const returned = this.of.backward(this.ctx, ...(given as never[]));
    const list =
      returned instanceof Tensor || returned === null || returned === undefined ? [returned ?? null] : [...returned];
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
  override release(): void {
    if (this.ctx.saved !== null && this.ctx.saved.length > 0) this.ctx.saved = null;
  }
}

/**
 * A differentiable function of the user's own, as `torch.autograd.Function`: subclass it with static `forward` and
 * `backward`, call it with `apply`. `backward` gets one gradient a result and returns one an argument (null for none).
 * @example
 * class Double extends torch.autograd.Function {
 *   static forward(ctx: FunctionContext, x: Tensor) { return x.mul(2); }
 *   static backward(ctx: FunctionContext, grad: Tensor) { return grad.mul(2); }
 * }
 * Double.apply(x)
 */
export class Function {
  static forward(_ctx: FunctionContext, ..._args: never[]): Tensor | readonly Tensor[] {
    throw new NotImplementedError("You must implement the forward function for custom autograd.Function.");
  }
  static backward(_ctx: FunctionContext, ..._grads: never[]): Returned {
    throw new NotImplementedError(
      "You must implement either the backward or vjp method for your custom autograd.Function to use it with backward mode AD.",
    );
  }
  /** Runs forward unrecorded and, if an argument requires grad, records a node that will run backward. */
  static apply<C extends { forward: Forward; backward: Backward }>(this: C, ...args: ForwardArgs<C>): ForwardResult<C> {
    if (this === undefined)
      throw new TypeError(
        `apply was called without its class, which it needs: write ${help({ TypeScript: "x => Mine.apply(x)", Python: "lambda x: Mine.apply(x)" })}`,
      );
    const values = args as readonly unknown[];
    const ctx = new FunctionContext();
    const recording = modes().grad && values.some((v) => v instanceof Tensor && v.requires_grad);
    ctx.needs_input_grad = values.map((v) => v instanceof Tensor && v.requires_grad);
    const edges = values.map((v) => (recording && v instanceof Tensor ? gradientEdge(v) : null));
    const results = no_grad(() => this.forward(ctx, ...(values as never[])));
    const outputs = results instanceof Tensor ? [results] : [...(results as readonly Tensor[])];
    for (const out of outputs)
      if (!(out instanceof Tensor))
        throw new TypeError(
          `${(this as unknown as FunctionClass).name}.forward: expected to return Tensors, got ${typeWord(out)}`,
        );
    for (const t of ctx.dirty) {
      if (!outputs.includes(t))
        throw new RuntimeError(
          "Some elements marked as dirty during the forward method were not returned as output. The inputs that are modified inplace must all be outputs of the Function.",
        );
      if (recording && t.is_leaf && t.requires_grad)
        throw new RuntimeError("a leaf Variable that requires grad has been used in an in-place operation.");
      if (t.view_ !== null) assertWritable(t, recording);
      markChanged(t.storage, (this as unknown as FunctionClass).name);
    }
    if (!recording) return results as ForwardResult<C>;
    const node = new FunctionNode(this as unknown as FunctionClass, ctx, edges);
    ctx.node = node;
    const given = new Set(values);
    // An input returned as it is becomes a view of itself, so that it can have this node as its history.
    const made = outputs.map((t) => (given.has(t) && !ctx.dirty.includes(t) ? t.alias() : t));
    node.outputs = made.map(metaOf);
    for (const [i, t] of made.entries()) {
      if (ctx.nonDifferentiable.includes(outputs[i]) || !t.dtype.is_differentiable) continue;
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
    return (results instanceof Tensor ? made[0] : made) as ForwardResult<C>;
  }
}

/** Makes a backward that may run only once: what it returns cannot be differentiated again. */
export function once_differentiable<B extends (...args: never[]) => unknown>(backward: B): B {
  return ((...args: never[]) => no_grad(() => backward(...args))) as B;
}
