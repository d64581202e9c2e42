// In-place ops and the graph: what may be changed, and how history is rewritten. See Note [In-place on views].
import { help, programStack, RuntimeError } from "../base/errors.ts";
import type { Layout } from "../base/layout.ts";
import type { Storage } from "../tensor/storage.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Lazy } from "../tensor/lazy.ts";
import type { ViewInfo } from "../tensor/tensor.ts";
import { modes } from "./mode.ts";
import type { Described, Edge, Grads, Meta } from "./node.ts";
import { gradientEdge, Node, shortName, metaOf } from "./node.ts";

/** Raises PyTorch's sentence if changing `t` in place is forbidden. `recording`: the change enters the graph. */
export function assertWritable(t: Tensor, recording: boolean): void {
  if (t.inference && !modes().inference)
    throw new RuntimeError(
      "Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone to get a normal tensor before doing inplace update.See https://github.com/pytorch/rfcs/pull/17 for more details.",
    );
  if (!recording) return;
  const view = t.view_;
  if (view !== null) {
    if (view.made !== "default") throw forbiddenView(t, view);
    // Also where the base wants no gradient: then the view is itself a leaf that does, or a view of such a one.
    if (view.base.node === null && t.requires_grad)
      throw new RuntimeError(
        `a view of a leaf Variable that requires grad is being used in an in-place operation.\n${leafHelp()}`,
      );
  }
  if (t.leafRequiresGrad)
    throw new RuntimeError(`a leaf Variable that requires grad is being used in an in-place operation.\n${leafHelp()}`);
}
const leafHelp = (): string =>
  "Gradients are taken with respect to a leaf, so what it holds may not be replaced by something computed. " +
  "To set its numbers, as optimizers do, write inside " +
  help({ TypeScript: "torch.no_grad(() => ...)", Python: "`with torch.no_grad():`" }) +
  "; to compute with changed ones, change a copy: y = x.clone().";
function forbiddenView(t: Tensor, view: ViewInfo): RuntimeError {
  if (view.made === "no_grad" || view.made === "inference") return ambiguousView(t, view.made, "is being");
  const why =
    view.made === "multiple"
      ? MULTIPLE
      : "This view was created inside a custom Function (or because an input was returned as-is) and the autograd logic to handle view+inplace would override the custom backward associated with the custom Function, leading to incorrect gradients. This behavior is forbidden. You can fix this by cloning the output of the custom Function.";
  // PyTorch's words for a view without a node, in whatever mode it was made.
  const what =
    t.node === null
      ? "A view was created in no_grad mode and is being modified inplace with grad mode enabled."
      : `${outputOf(t)} is a view and is being modified inplace.`;
  return new RuntimeError(`${what} ${why}`);
}
const outputOf = ({ outputNr, node }: Tensor): string =>
  `Output ${outputNr}${node === null ? "" : ` of ${shortName(node)}`}`;
function ambiguousView(t: Tensor, made: "no_grad" | "inference", what: string): RuntimeError {
  const view = t.node === null ? "A view was" : `${outputOf(t)} is a view of a view which was`;
  const [scope, now] =
    made === "no_grad" ? ["no_grad", "with grad mode enabled"] : ["inference_mode", "in normal mode"];
  return new RuntimeError(
    `${view} created in ${made} mode and ${what} modified inplace ${now}. Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace either both inside the ${scope} block (if you don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked).`,
  );
}
const MULTIPLE =
  "This view is the output of a function that returns multiple views. Such functions do not allow the output views to be modified inplace. You should replace the inplace operation by an out-of-place one.";
const changedBase = (t: Tensor): RuntimeError =>
  new RuntimeError(
    `${outputOf(t)} is a view and its base or another view of its base has been modified inplace. ${MULTIPLE}`,
  );

/** In whose name the library writes just now, where that is not the op's: what the program called. */
let author: string | null = null;
export function writingAs<T>(name: string, body: () => T): T {
  const outer = author;
  author = outer ?? name;
  try {
    return body();
  } finally {
    author = outer;
  }
}
/** The elements were written to by the op `name`. */
export function markChanged(storage: Storage, name: string): void {
  storage.version++;
  storage.changedBy = author ?? name;
  storage.changedAt = modes().anomaly ? programStack.place() : null;
}

/** After an in-place op on `t`: its history becomes that op's node, and for a view the base's too. */
export function rewriteHistory(t: Tensor, makeNode: () => Node): void {
  const old = t.grad_fn;
  const node = makeNode();
  if (t.view_ === null) {
    moveRetained(t, old, node);
    t.node = node;
    t.outputNr = 0;
    return;
  }
  const { base } = t.view_;
  const copy = new CopySlices(base, t, node);
  moveRetained(base, base.node, copy);
  base.node = copy;
  base.outputNr = 0;
  if (t.view_.version === t.storage.version) t.view_ = { ...t.view_, version: -1 };
}
/** `retain_grad` asks for the gradient of the tensor as it is now; hooks stay with the value they were put on. */
function moveRetained(t: Tensor, from: Node | null, to: Node): void {
  if (!t.retains || from?.retained?.get(t.outputNr) !== t) return;
  from.retained.delete(t.outputNr);
  (to.retained ??= new Map()).set(0, t);
}

Tensor.refreshHistory = (t, view) => {
  if (view.made === "custom") return t.node;
  if (view.made === "multiple") throw changedBase(t);
  if (view.made === "no_grad" || view.made === "inference")
    throw ambiguousView(t, view.made, "its base or another view of its base has been");
  const edge = gradientEdge(view.base);
  t.view_ = { ...view, version: t.storage.version };
  const node = edge === null ? null : new AsStrided(edge, new Places(view.base, t), metaOf(t));
  if (node !== null) moveRetained(t, t.node, node);
  t.node = node;
  t.outputNr = 0;
  return t.node;
};

/** The gradient of a base from that of a view of it. ops/views/strided.ts gives it, for ops are written above this folder. */
export const stridedGradient = {
  of: (_grad: Tensor, _view: Layout, _base: Layout): Tensor => {
    throw new Error("stridedGradient.of: not given");
  },
};
/**
 * Where a view and its base lie in memory, in numbers of one kind: where just one of them is complex, as `real` and `imag`
 * are views of another dtype, both are counted in pairs of real numbers.
 */
class Places {
  readonly base: Layout;
  readonly view: Layout;
  private readonly pairsBase: boolean;
  private readonly pairsView: boolean;
  /** What the view does to the base's numbers: see Note [Conjugated views]. */
  private readonly lazy: Lazy | null;
  constructor(base: Tensor, view: Tensor) {
    const crosses = base.dtype.is_complex !== view.dtype.is_complex;
    this.pairsBase = crosses && base.dtype.is_complex;
    this.pairsView = crosses && view.dtype.is_complex;
    this.lazy = base.lazy === null ? view.lazy : view.dtype.is_complex && view.lazy === null ? base.lazy : null;
    this.base = this.pairsBase ? inPairs(base.geometry) : base.geometry;
    this.view = this.pairsView ? inPairs(view.geometry) : view.geometry;
  }
  /** A gradient of the base, or of the view, as numbers of that kind; and back. */
  ofBase = (grad: Tensor): Tensor => (this.pairsBase ? grad.resolve_conj().view_as_real() : grad);
  ofView = (grad: Tensor): Tensor => (this.pairsView ? grad.resolve_conj().view_as_real() : this.turned(grad));
  toBase = (grad: Tensor): Tensor => (this.pairsBase ? grad.contiguous().view_as_complex() : grad);
  toView = (grad: Tensor): Tensor => (this.pairsView ? grad.contiguous().view_as_complex() : this.turned(grad));
  private turned(grad: Tensor): Tensor {
    return this.lazy === null ? grad : this.lazy === "neg" ? grad.neg() : grad.conj_physical();
  }
}
const inPairs = ({ shape, strides, offset }: Layout): Layout => ({
  shape: [...shape, 2],
  strides: [...strides.map((step) => 2 * step), 1],
  offset: 2 * offset,
});

/** A view's history rebuilt from its base: the base seen through the view's strides. */
class AsStrided extends Node {
  private readonly places: Places;
  constructor(edge: Edge, places: Places, view: Meta) {
    super();
    this.edges = [edge];
    this.places = places;
    this.outputs = [view];
  }
  override name(): string {
    return "AsStridedBackward0";
  }
  override apply(grads: Grads): Grads {
    const [grad] = grads;
    const { places } = this;
    const { base, view } = places;
    return [grad === null ? null : places.toBase(stridedGradient.of(places.ofView(grad), view, base))];
  }
}

/**
 * An in-place op on a view as the base sees it: the gradient of the view's part goes through the op's node, the rest
 * passes by. PyTorch's CopySlices.
 */
class CopySlices extends Node {
  private readonly places: Places;
  private readonly inner: Node;
  constructor(base: Tensor, view: Tensor, inner: Node) {
    super();
    this.places = new Places(base, view);
    this.inner = inner;
    this.edges = [gradientEdge(base), ...inner.edges.slice(1)];
    this.outputs = [metaOf(base)];
    // What the op keeps of its result is a view of the base: it is led through this node, or the op would run twice.
    const seen = metaOf(view);
    let through: Edge | null = null;
    inner.entrance = () => (through ??= { node: new AsStrided({ node: this, nr: 0 }, this.places, seen), nr: 0 });
  }
  override name(): string {
    return "torch::autograd::CopySlices";
  }
  override get isForeign(): boolean {
    return this.inner.isForeign;
  }
  override apply(grads: Grads, needs: readonly boolean[]): Grads {
    const [grad] = grads;
    if (grad === null) return this.edges.map(() => null);
    const { places } = this;
    const { shape, strides } = places.view;
    const offset = places.view.offset - places.base.offset;
    const pairs = places.ofBase(grad);
    const whole = pairs.new_empty_strided(places.base.shape, places.base.strides).copy_(pairs);
    const part = whole.as_strided(shape, strides, offset);
    const [own, ...rest] = this.inner.apply([places.toView(part)], [needs[0], ...needs.slice(1)]);
    if (!needs[0]) return [null, ...rest];
    const inside = own === null ? whole.new_zeros(shape) : places.ofView(own);
    return [places.toBase(whole.as_strided_scatter(inside, shape, strides, offset)), ...rest];
  }
  override describe(): Described {
    return this.inner.describe();
  }
  override release(): void {
    this.inner.release();
  }
}
