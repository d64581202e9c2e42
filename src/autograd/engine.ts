// Runs backward: nodes in the order of their dependencies, without recursion.
import { RuntimeError, TypeError, warn } from "../base/errors.ts";
import { typeWord } from "../tensor/type_word.ts";
import { expandsTo, isExpanded, list, sameShape } from "../base/layout.ts";
import { strided } from "../base/memory_format.ts";
import { collectTemporaries, withoutCollecting } from "../tensor/allocate.ts";
import type { Owner } from "../tensor/allocate.ts";
import { currentDevice } from "../devices/registry.ts";
import { observe, observer } from "../base/observer.ts";
import type { Storage } from "../tensor/storage.ts";
import { Tensor } from "../tensor/tensor.ts";
import { AccumulateGrad } from "./accumulate.ts";
import { modes, withGrad } from "./mode.ts";
import type { Edge, Grads, Meta, Node } from "./node.ts";

export interface Run {
  readonly roots: readonly { readonly edge: Edge; readonly grad: Tensor }[];
  readonly keepGraph: boolean;
  readonly createGraph: boolean;
  /** Edges whose gradient is wanted; null: accumulate into all leaves. */
  readonly inputs: readonly Edge[] | null;
  /** Put the gradients of `inputs` into `.grad` (backward(inputs=...)) in place of returning them. */
  readonly accumulate: boolean;
}

/** What a run knows of a node. */
class Visit {
  readonly node: Node;
  /** AccumulateGrad comes before all others, later nodes before earlier ones, as in PyTorch. */
  readonly priority: number;
  /** Where the node's edges lead. */
  readonly next: (Visit | null)[];
  /** Edges that lead here and have not been gone along. */
  dependencies = 0;
  /** The gradients that came so far, one a result; null before the first. */
  grads: Grads | null = null;
  /** Whether it is on the way to a wanted gradient. */
  needed: boolean;
  /** For each result whose gradient is wanted, its places in the answer. */
  captures: Map<number, number[]> | null = null;

  constructor(node: Node, needed: boolean) {
    this.node = node;
    this.next = new Array<Visit | null>(node.edges.length);
    this.priority = node instanceof AccumulateGrad ? Infinity : node.sequence;
    this.needed = needed;
  }
}

/** Nodes that are ready, those of the highest priority first. */
class ReadyHeap {
  private readonly items: Visit[] = [];
  get size(): number {
    return this.items.length;
  }
  push(visit: Visit): void {
    const { items } = this;
    let i = items.push(visit) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (items[parent].priority >= visit.priority) break;
      items[i] = items[parent];
      i = parent;
    }
    items[i] = visit;
  }
  pop(): Visit {
    const { items } = this;
    const top = items[0];
    const last = items.pop()!;
    const n = items.length;
    if (n === 0) return top;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= n) break;
      if (child + 1 < n && items[child + 1].priority > items[child].priority) child++;
      if (items[child].priority <= last.priority) break;
      items[i] = items[child];
      i = child;
    }
    items[i] = last;
    return top;
  }
}

/** Gradients owned by this run, by storage: how many places hold them. See Note [Early release]. */
class Ownership implements Owner {
  private readonly counts = new Map<Storage, number>();
  hold(t: Tensor): void {
    const n = this.counts.get(t.storage);
    if (n !== undefined) this.counts.set(t.storage, n + 1);
  }
  /** A storage made by a formula, held by nobody yet. */
  own(s: Storage): void {
    if (!this.counts.has(s)) this.counts.set(s, 0);
  }
  drop(t: Tensor): void {
    const n = this.counts.get(t.storage);
    if (n === undefined) return;
    this.counts.set(t.storage, n - 1);
  }
  /** Whether this gradient is held in one place only, so that it may be changed or taken over. */
  isSole(t: Tensor): boolean {
    return this.counts.get(t.storage) === 1 && !t.storage.wanted;
  }
  freeIfUnused(t: Tensor): void {
    const s = t.storage;
    if (this.counts.get(s) !== 0) return;
    this.counts.delete(s);
    if (!s.wanted) s.block.free();
  }
}

/** The backward pass that runs now, the innermost, its number, and what is to be done as soon as it has ended. */
export const running: { pass: Run | null; number: number; after: (() => void)[] | null } = {
  pass: null,
  number: -1,
  after: null,
};
let passes = 0;

/** Runs backward and returns the gradients of `inputs` (null where nothing came). */
export function runBackward(run: Run): Grads {
  const body = (): Grads => withoutCollecting(() => new GraphTask(run).execute());
  const { pass, number, after } = running;
  running.pass = run;
  running.number = passes++;
  running.after = null;
  observer.current?.note?.("backward", run);
  let grads: Grads;
  try {
    grads = withGrad(run.createGraph, body);
    for (const callback of running.after ?? NOTHING) callback();
  } finally {
    running.pass = pass;
    running.number = number;
    running.after = after;
  }
  observer.current?.note?.("gradients", run, grads);
  if (!run.keepGraph) currentDevice().settle();
  return grads;
}

class GraphTask {
  private readonly run: Run;
  private readonly visits = new Map<Node, Visit>();
  private readonly roots: readonly Visit[];
  private readonly captured: Grads;
  private readonly ownership = new Ownership();
  private readonly ready = new ReadyHeap();

  constructor(run: Run) {
    this.run = run;
    this.captured = (run.inputs ?? []).map(() => null);
    this.roots = this.countDependencies();
    if (run.inputs !== null) this.findNeeded(run.inputs);
  }
  /** Visits all that the roots lead to; returns the roots' visits. */
  private countDependencies(): Visit[] {
    const { visits } = this;
    const needed = this.run.inputs === null;
    const stack: Visit[] = [];
    const visit = (node: Node): Visit => {
      let found = visits.get(node);
      if (found === undefined) {
        visits.set(node, (found = new Visit(node, needed)));
        stack.push(found);
      }
      return found;
    };
    const roots = this.run.roots.map(({ edge }) => visit(edge.node));
    while (stack.length > 0) {
      const { node, next } = stack.pop()!;
      const { edges } = node;
      for (let i = 0; i < edges.length; i++) {
        const edge = edges[i];
        const to = edge === null ? null : visit(edge.node);
        if (to !== null) to.dependencies++;
        next[i] = to;
      }
    }
    return roots;
  }
  /** Walks from the wanted nodes up to those that lead to them. */
  private findNeeded(inputs: readonly Edge[]): void {
    const stack: Visit[] = [];
    for (const [i, { node, nr }] of inputs.entries()) {
      const visit = this.visits.get(node);
      if (visit === undefined) continue;
      visit.captures ??= new Map<number, number[]>();
      visit.captures.set(nr, [...(visit.captures.get(nr) ?? []), i]);
      visit.needed = true;
      stack.push(visit);
    }
    const parents = new Map<Visit, Visit[]>();
    for (const visit of this.visits.values())
      for (const to of visit.next) {
        if (to === null) continue;
        const known = parents.get(to);
        if (known) known.push(visit);
        else parents.set(to, [visit]);
      }
    while (stack.length > 0)
      for (const parent of parents.get(stack.pop()!) ?? []) {
        if (parent.needed) continue;
        parent.needed = true;
        stack.push(parent);
      }
  }

  execute(): Grads {
    const { ready, roots } = this;
    for (const [i, { edge, grad }] of this.run.roots.entries()) {
      if (roots[i].grads === null && roots[i].dependencies === 0) ready.push(roots[i]);
      this.add(roots[i], edge.nr, grad);
    }
    while (ready.size > 0) {
      const visit = ready.pop();
      if (observer.current === null) this.step(visit);
      else {
        observer.current.note?.("node", visit.node);
        observe(`autograd::engine::evaluate_function: ${visit.node.name()}`, "backward", [], () => this.step(visit));
      }
    }
    return this.captured;
  }

  private step(visit: Visit): void {
    const { node, next, needed } = visit;
    const { edges } = node;
    const grads = visit.grads ?? nothingFor(node);
    visit.grads = null;
    const incoming = needed ? this.callTensorHooks(node, grads) : grads;
    if (visit.captures !== null) this.capture(visit.captures, incoming);
    // A custom Function is called with nothing, too: it may want zeros.
    const leadsOn = needed && this.leadsOn(visit);
    // Nothing lies behind it, but its gradient was asked for: its hooks run as if it did.
    if (needed && !leadsOn && this.run.accumulate && visit.captures !== null) callPreHooks(node, incoming);
    const runs = leadsOn && (node.isForeign || incoming.some((g) => g !== null));
    const results = runs ? this.observedApply(visit, callPreHooks(node, incoming)) : NONE;
    for (let i = 0; i < next.length; i++) {
      const to = next[i];
      if (to === null) continue;
      const grad = results[i] ?? null;
      if (grad !== null) this.add(to, edges[i]!.nr, grad);
      if (--to.dependencies === 0) this.ready.push(to);
    }
    const { ownership } = this;
    for (const g of grads) if (g !== null) ownership.drop(g);
    for (const g of grads) if (g !== null) ownership.freeIfUnused(g);
    for (const g of results) if (g !== null) ownership.freeIfUnused(g);
  }
  /** With given inputs a node runs only if something wanted lies behind it. */
  private leadsOn({ node, next, captures }: Visit): boolean {
    if (this.run.inputs === null) return true;
    if (node instanceof AccumulateGrad) return this.run.accumulate && captures !== null;
    return next.some((to) => to !== null && to.needed);
  }

  private callTensorHooks(node: Node, grads: Grads): Grads {
    const hooks = node.tensorHooks;
    const { retained } = node;
    if (hooks === null && retained === null) return grads;
    return withoutCollecting(() => {
      let out = [...grads];
      for (const g of out) if (g !== null) g.storage.kept = true;
      for (const [nr, perTensor] of hooks ?? []) {
        // Also with nothing, as PyTorch calls them: of a node's results another one may have a gradient alone.
        for (const hook of Array.from(perTensor.values()))
          out[nr] = checkHookResult(hook(out[nr] as Tensor), out[nr], hook.name);
      }
      for (const [nr, t] of retained ?? []) {
        const grad = out[nr];
        if (grad === null) continue;
        t.gradient = t.gradient === null ? (modes().grad ? grad : grad.clone()) : t.gradient.add(grad);
      }
      return out;
    });
  }
  private capture(captures: ReadonlyMap<number, readonly number[]>, grads: Grads): void {
    if (this.run.accumulate) return;
    for (const [nr, places] of captures) {
      const grad = grads[nr] ?? null;
      if (grad !== null) grad.storage.kept = true;
      for (const i of places) this.captured[i] = grad;
    }
  }

  private observedApply(visit: Visit, grads: Grads): Grads {
    if (observer.current === null) return this.apply(visit, grads);
    return observe(visit.node.name(), "backward", grads, () => this.apply(visit, grads));
  }
  private apply({ node, next }: Visit, grads: Grads): Grads {
    const needs = next.map((to) => to !== null && to.needed);
    let results: Grads;
    try {
      if (node.isForeign || this.run.createGraph) {
        for (const g of grads) if (g !== null) g.storage.kept = true;
        results = node.apply(grads, needs);
      } else if (node instanceof AccumulateGrad) {
        const [grad] = grads;
        node.accumulate(grad!, this.ownership.isSole(grad!));
        results = [];
      } else results = this.formula(node, grads, needs);
    } catch (error) {
      if (modes().anomaly) reportAnomaly(node);
      throw error;
    }
    if (node.postHooks !== null) results = callPostHooks(node, results, grads);
    if (!this.run.keepGraph) {
      // What a formula passes on of the tensors it was given lives on.
      for (const t of results) if (t !== null) t.storage.unseen = false;
      node.release();
    }
    this.validate(node, results);
    return results;
  }
  /** The library's own formulas leave nothing behind but their results. */
  private formula(node: Node, grads: Grads, needs: readonly boolean[]): Grads {
    return collectTemporaries(() => node.apply(grads, needs), this.ownership);
  }

  /** Undoes broadcasting and casts, so that formulas need not; refuses what does not fit. */
  private validate(node: Node, results: Grads): void {
    if (results.length > node.edges.length)
      throw new RuntimeError(
        `Function ${node.name()} returned an incorrect number of gradients (expected ${node.edges.length}, got ${results.length})`,
      );
    let replaced: Tensor[] | null = null;
    for (let i = 0; i < results.length; i++) {
      const grad = results[i] ?? null;
      const edge = node.edges[i];
      if (grad === null || edge === null) continue;
      const meta = edge.node.outputs[edge.nr];
      if (modes().anomaly && modes().checkNan) assertNoNan(node, grad, i);
      if (grad.dtype !== meta.dtype || grad.backend !== meta.device || !sameShape(grad.sizes, meta.shape))
        (replaced ??= []).push(grad);
      else continue;
      results[i] = this.fitted(node, grad, meta, i);
    }
    // The real part is a view of the complex gradient, which must not go then; and one gradient may be of several inputs.
    for (const grad of replaced ?? [])
      if (!results.some((r) => r?.storage === grad.storage)) this.ownership.freeIfUnused(grad);
  }
  private fitted(node: Node, grad: Tensor, { shape, dtype, device }: Meta, i: number): Tensor {
    let fitted = grad;
    if (!sameShape(grad.sizes, shape)) {
      if (!expandsTo(shape, grad.sizes))
        throw new RuntimeError(
          `Function ${node.name()} returned an invalid gradient at index ${i} - got ${list(grad.sizes)} but expected shape compatible with ${list(shape)}`,
        );
      fitted = this.derived(() => grad.sum_to_size(shape));
    }
    if (fitted.dtype !== dtype) {
      const before = fitted;
      // Of a complex gradient a real number takes the real part.
      fitted = this.derived(() => (before.dtype.is_complex && !dtype.is_complex ? before.real : before).to(dtype));
    }
    if (fitted.backend !== device) {
      const elsewhere = fitted;
      fitted = this.derived(() => elsewhere.to(device.name));
    }
    return fitted;
  }
  private derived(make: () => Tensor): Tensor {
    return this.run.createGraph ? make() : collectTemporaries(make, this.ownership);
  }

  /** Adds a gradient to what a node waits for. */
  private add(to: Visit, nr: number, grad: Tensor): void {
    const grads = (to.grads ??= nothingFor(to.node));
    const before = grads[nr];
    if (before === null) {
      grads[nr] = grad;
      this.ownership.hold(grad);
      return;
    }
    if (
      !this.run.createGraph &&
      before.layout === strided &&
      this.ownership.isSole(before) &&
      sameShape(before.sizes, grad.sizes) &&
      !isExpanded(before.sizes, before.strides)
    ) {
      before.add_(grad);
      this.ownership.freeIfUnused(grad);
      return;
    }
    // A sparse gradient can be added to a dense one, not the other way round.
    const sum = this.derived(() => (before.layout === strided ? before.add(grad) : grad.add(before)));
    this.ownership.drop(before);
    this.ownership.freeIfUnused(before);
    grads[nr] = sum;
    this.ownership.hold(sum);
  }
}
const NONE: Grads = [];
const NOTHING: readonly (() => void)[] = [];
const nothingFor = (node: Node): Grads => new Array<Tensor | null>(node.outputs.length).fill(null);

/** What a hook on a tensor returned, if it may stand for the gradient. */
export function checkHookResult<G extends Tensor | null>(result: unknown, grad: G, hook: string): Tensor | G {
  if (result === undefined || result === null) return grad;
  if (!(result instanceof Tensor)) throw new TypeError(`expected Variable, but hook returned '${typeWord(result)}'`);
  if (grad !== null && !sameShape(result.sizes, grad.sizes))
    throw new RuntimeError(`hook '${hook || "<lambda>"}' has changed the size of value`);
  return result;
}
/** The same for a hook on a node, which may return one gradient for each it was given. */
function checkHookResults(results: unknown, grads: Grads, hook: string): Grads {
  if (results === undefined || results === null) return grads;
  if (!Array.isArray(results)) throw new TypeError(`expected tuple, but hook returned '${typeWord(results)}'`);
  if (results.length !== grads.length)
    throw new RuntimeError(
      `hook '${hook || "<lambda>"}' has returned an incorrect number of values (got ${results.length}, but expected ${grads.length})`,
    );
  return results.map((g, i) =>
    g === null ? null : grads[i] === null ? (g as Tensor) : checkHookResult(g, grads[i], hook),
  );
}
/** Those that there are when the first is called. Only where the node itself runs: who asks for the gradient that comes to it gets it without. */
function callPreHooks({ preHooks }: Node, grads: Grads): Grads {
  if (preHooks === null) return grads;
  return withoutCollecting(() => {
    let out = grads;
    for (const g of grads) if (g !== null) g.storage.kept = true;
    for (const hook of Array.from(preHooks.values())) out = checkHookResults(hook(out), out, hook.name);
    return out;
  });
}
function callPostHooks(node: Node, results: Grads, grads: Grads): Grads {
  return withoutCollecting(() => {
    let out = results;
    for (const t of [...results, ...grads]) if (t !== null) t.storage.kept = true;
    for (const hook of Array.from(node.postHooks!.values())) out = checkHookResults(hook(out, grads), out, hook.name);
    return out;
  });
}
function assertNoNan(node: Node, grad: Tensor, i: number): void {
  if (!grad.isnan().any().item()) return;
  reportAnomaly(node);
  throw new RuntimeError(`Function '${node.name()}' returned nan values in its ${i}th output.`);
}
function reportAnomaly(node: Node): void {
  if (node.forwardStack === null) {
    warn(
      `Error detected in ${node.name()}. No forward pass information available. Enable detect anomaly during forward pass for more information.`,
    );
    return;
  }
  warn(
    `Error detected in ${node.name()}. Traceback of forward call that caused the error:\n${node.forwardStack ?? ""}\n`,
  );
}
