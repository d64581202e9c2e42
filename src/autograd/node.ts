// The nodes of the graph, the edges between them, and the tensors they keep for backward.
import type { Backend } from "../devices/backend.ts";
import { withoutCollecting } from "../tensor/allocate.ts";
import { help, programStack, RuntimeError, TypeError } from "../base/errors.ts";
import { observer } from "../base/observer.ts";
import type { Dtype } from "../base/dtype.ts";
import type { Shape } from "../base/layout.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { TensorHook } from "../tensor/tensor.ts";
import { modes } from "./mode.ts";
import type { SavedHooks } from "./mode.ts";
import { typeWord } from "../tensor/type_word.ts";
import { spoiled } from "./spoiled.ts";

/** Where a gradient goes: input `nr` of `node`, which is the node's output `nr` in the forward sense. */
export interface Edge {
  readonly node: Node;
  readonly nr: number;
}
/** What the gradient of one result must look like. */
export interface Meta {
  readonly shape: Shape;
  readonly dtype: Dtype;
  readonly device: Backend;
}
export const metaOf = (t: Tensor): Meta => ({ shape: t.sizes, dtype: t.dtype, device: t.backend });
export type Grads = (Tensor | null)[];
export type NodeHook = (gradInputs: Grads, gradOutputs: Grads) => Grads | void;
export type NodePreHook = (gradOutputs: Grads) => Grads | void;

/** Tensors that a node keeps, by the names of arguments, and its other arguments. */
export interface Described {
  readonly saved: readonly (readonly [name: string, kept: SavedTensor])[];
  readonly plain: Readonly<Record<string, unknown>>;
}
const NONE: readonly never[] = [];
let sequence = 0;
let hookId = 0;

/** Takes a hook away again. */
export interface RemovableHandle {
  remove(): void;
}
export function addHook<T>(hooks: Map<number, T>, hook: T): RemovableHandle {
  const id = hookId++;
  hooks.set(id, hook);
  return { remove: () => void hooks.delete(id) };
}

/** A step of backward: turns the gradients of an op's results into those of its inputs. */
export abstract class Node {
  /** One an input of the op; null where it needs no gradient. */
  edges: readonly (Edge | null)[] = NONE;
  /** One a result of the op. */
  outputs: readonly Meta[] = NONE;
  /** Later nodes run first among those that are ready, as in PyTorch. */
  readonly sequence = sequence++;
  /** Hooks of the tensors this node made, by result. They run before the node does. */
  tensorHooks: Map<number, Map<number, TensorHook>> | null = null;
  /** Results whose gradient is to be kept (`retain_grad`). */
  retained: Map<number, Tensor> | null = null;
  preHooks: Map<number, NodePreHook> | null = null;
  postHooks: Map<number, NodeHook> | null = null;
  /** The stack at the time of the forward call, under anomaly detection. */
  readonly forwardStack: string | null = modes().anomaly ? programStack.frames() : null;
  private ownMetadata: Record<string, unknown> | null = null;
  /** What an observer knows of it. */
  noted: unknown = null;
  /** Where a gradient of result `nr` goes: to this node, unless another one runs it. */
  entrance(nr: number): Edge {
    return { node: this, nr };
  }

  /** A dictionary for whoever wants to note something about the node. */
  get metadata(): Record<string, unknown> {
    return (this.ownMetadata ??= {});
  }
  abstract name(): string;
  /** `type(node).__name__` of Python: `AccumulateGrad`, where `name()` is `torch::autograd::AccumulateGrad`. */
  get typeName(): string {
    return this.name().replace(/^.*::/, "");
  }
  /** Gradients of the inputs; `needs` tells which are wanted. */
  abstract apply(grads: Grads, needs: readonly boolean[]): Grads;
  /** Lets the saved tensors go. */
  release(): void {}
  /** What it keeps, for pictures of the graph. */
  describe(): Described {
    return { saved: [], plain: {} };
  }
  /** Runs code that is not the library's own: what it is given may be kept. */
  get isForeign(): boolean {
    return false;
  }
  /** Where the gradient of a leaf ends. */
  get isAccumulator(): boolean {
    return false;
  }

  /** The edges as next_functions shows them. */
  get shownEdges(): readonly (Edge | null)[] {
    return this.edges;
  }
  get next_functions(): [Node | null, number][] {
    return this.shownEdges.map((e) => (e === null ? [null, 0] : [e.node, e.nr]));
  }
  /** `hook(gradInputs, gradOutputs)` after the node has run; may return other gradInputs. */
  register_hook(hook: NodeHook): RemovableHandle {
    return addHook((this.postHooks ??= new Map()), hook);
  }
  /** `hook(gradOutputs)` before the node runs; may return others. */
  register_prehook(hook: NodePreHook): RemovableHandle {
    return addHook((this.preHooks ??= new Map()), hook);
  }
  toString(): string {
    return `<${this.typeName} object>`;
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

/** The edge that leads to a tensor's gradient; null if it needs none. */
export function gradientEdge(t: Tensor): Edge | null {
  const node = t.grad_fn;
  if (node !== null) return { node, nr: t.outputNr };
  if (!t.leafRequiresGrad) return null;
  return { node: (t.accumulator ??= makeAccumulator.for(t)), nr: 0 };
}
/** Set by accumulate.ts, which needs operators. */
export const makeAccumulator: { for: (leaf: Tensor) => Node } = {
  for: () => {
    throw new Error("autograd: AccumulateGrad is not loaded");
  },
};

/** When tensors were cut from the graph in place: nodes before that may have kept them for where they led. */
export const detachments = {
  /** By tensor, the first node since; null while there is none, for that is looked up often. */
  since: null as WeakMap<Tensor, number> | null,
  note(t: Tensor): void {
    (this.since ??= new WeakMap<Tensor, number>()).set(t, sequence);
  },
};

/** A tensor kept for backward, with the version it had. See Note [Version counters]. */
export class SavedTensor {
  private tensor: Tensor | null;
  version: number;
  private readonly isResult: boolean;
  private readonly outputNr: number;
  /** What a hook made of the tensor, and where its gradient goes; then the tensor itself is not kept. */
  private packed: { readonly by: SavedHooks; readonly value: unknown; readonly edge: Edge | null } | null = null;

  constructor(t: Tensor, isResult: boolean, outputNr = 0) {
    if (t.inference)
      throw new RuntimeError(
        "Inference tensors cannot be saved for backward. Please do not use Tensors created in inference mode in computation tracked by autograd. To work around this, you can make a clone to get a normal tensor and use it in autograd, or use `torch.no_grad()` instead of `torch.inference_mode()`.",
      );
    // A result would hold its own node; keep its data alone and give it the node when asked.
    this.tensor = isResult ? t.bare() : t;
    this.version = t.storage.version;
    this.isResult = isResult;
    this.outputNr = outputNr;
    const { savedHooks } = modes();
    if (savedHooks === null) t.storage.savers++;
    else this.pack(savedHooks, t);
  }
  private pack(by: SavedHooks, t: Tensor): void {
    const now = modes();
    const { grad, savedHooks } = now;
    now.savedHooks = null;
    now.grad = false;
    t.storage.kept = true;
    try {
      const value = withoutCollecting(() => by.pack(this.tensor!));
      this.packed = { by, value, edge: this.isResult ? null : gradientEdge(t) };
    } finally {
      now.savedHooks = savedHooks;
      now.grad = grad;
    }
    if (t.storage.version !== this.version)
      throw new RuntimeError(
        "A saved tensor pack hook is modifying its input in place. Tensors provided as input to pack hook cannot be modified by in-place operations as this can lead to unexpected side-effects. Please open an issue if you need to perform in-place operations on the input to a pack hook.",
      );
    this.tensor = null;
  }
  /** Has it kept as `pack` makes it, and made again by `unpack`, as `node._raw_saved_self.register_hooks` of PyTorch. */
  register_hooks(pack: (t: Tensor) => unknown, unpack: (packed: never) => Tensor): void {
    const { tensor, packed } = this;
    if (packed !== null)
      throw new RuntimeError(
        "Calling register_hooks on a saved tensor whose hooks have already been set. Hint: only one pair of hooks is allowed at a time.",
      );
    if (tensor === null)
      throw new RuntimeError(
        "Calling register_hooks on a saved tensor after it has been freed. Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time or if you need to access saved variables after calling backward.",
      );
    this.pack({ pack, unpack: unpack as (packed: unknown) => Tensor }, tensor);
    tensor.storage.unsave();
  }
  private fromHook({ by, value, edge }: NonNullable<SavedTensor["packed"]>, owner: Node): Tensor {
    const t = withoutCollecting(() => by.unpack(value));
    if (!(t instanceof Tensor))
      throw new TypeError(
        `Output of saved tensor unpack_hook expected to be a Tensor but got result of type ${typeWord(t)}`,
      );
    const to = this.isResult ? owner.entrance(this.outputNr) : edge;
    return to === null || !modes().grad ? t : inGraph(t, to);
  }
  /** The tensor, unchecked; null where it is packed or freed. */
  get seen(): Tensor | null {
    return this.tensor;
  }
  unpack(owner: Node, recorded = modes().grad): Tensor {
    const { tensor, packed } = this;
    if (packed !== null) return this.fromHook(packed, owner);
    if (tensor === null) throw freedTwice();
    if (tensor.storage.version !== this.version) throw this.spoiled(tensor, owner);
    if (detachments.since !== null && (detachments.since.get(tensor) ?? 0) > owner.sequence) throw detachedInPlace();
    if (!this.isResult || !recorded) return tensor;
    return inGraph(tensor, owner.entrance(this.outputNr));
  }
  release(): void {
    this.tensor?.storage.unsave();
    this.tensor = this.packed = null;
  }
  private spoiled(tensor: Tensor, owner: Node): RuntimeError {
    const { version, isResult } = this;
    observer.current?.note?.("spoiled", tensor, { version, owner });
    // A result of whole numbers has no node.
    const [maker, nr] =
      isResult && tensor.dtype.is_differentiable ? [owner, this.outputNr] : [tensor.grad_fn, tensor.outputNr];
    const origin = maker === null ? null : `output ${nr} of ${shortName(maker)}`;
    return spoiled({ tensor, version, savedBy: owner.typeName, isResult, origin });
  }
}
/** The same elements, its gradient led along the edge. */
export function inGraph(t: Tensor, { node, nr }: Edge): Tensor {
  const made = t.bare();
  if (node.isAccumulator) {
    made.leafRequiresGrad = true;
    made.accumulator = node;
    return made;
  }
  made.node = node;
  made.outputNr = nr;
  return made;
}
const detachedInPlace = (): RuntimeError =>
  new RuntimeError(
    "Trying to use a saved tensor that has been detached in-place, i.e. with .detach_().This is not supported, please use out-of-place `.detach()` instead",
  );
export const shortName = (node: Node): string => node.name().replace(/Backward(?:0$|(?=\d*$))/, "");
export const freedTwice = (): RuntimeError =>
  new RuntimeError(
    "Trying to backward through the graph a second time (or directly access saved tensors after they have already been freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time or if you need to access saved tensors after calling backward.\n" +
      help({
        TypeScript: "loss.backward({ retain_graph: true })",
        Python: "loss.backward(retain_graph=True)",
      }) +
      ", or compute the loss anew for every backward. Where a state goes from one step to the next (the hidden state of a recurrent net), cut the graph between the steps: h = h.detach().",
  );
