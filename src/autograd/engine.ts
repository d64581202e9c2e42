// Runs backward: nodes in the order of their dependencies, without recursion.
import { RuntimeError, warn } from "../errors.ts";
import { typeWord } from "../type_word.ts";
import { broadcastShapes, list, sameShape } from "../layout.ts";
import type { Shape } from "../layout.ts";
import { collectTemporaries, withoutCollecting } from "../allocate.ts";
import { currentDevice } from "../devices/registry.ts";
import { observe, observer } from "../observer.ts";
import type { Storage } from "../storage.ts";
import { Tensor } from "../tensor.ts";
import { AccumulateGrad } from "./accumulate.ts";
import { enable_grad, mode, no_grad } from "./mode.ts";
import type { Edge, Grads, Node } from "./node.ts";

export interface Run {
  readonly roots: readonly { readonly edge: Edge; readonly grad: Tensor }[];
  readonly keepGraph: boolean;
  readonly createGraph: boolean;
  /** Edges whose gradient is wanted; null: accumulate into all leaves. */
  readonly inputs: readonly Edge[] | null;
  /** Put the gradients of `inputs` into `.grad` (backward(inputs=...)) in place of returning them. */
  readonly accumulate: boolean;
}

/** Ready nodes, latest first; AccumulateGrad before all others, as in PyTorch. */
class ReadyHeap {
  private readonly items: Node[] = [];
  get size(): number {
    return this.items.length;
  }
  push(node: Node): void {
    const { items } = this;
    let i = items.push(node) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (priority(items[parent]) >= priority(node)) break;
      items[i] = items[parent];
      i = parent;
    }
    items[i] = node;
  }
  pop(): Node {
    const { items } = this;
    const top = items[0];
    const last = items.pop()!;
    const n = items.length;
    if (n === 0) return top;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= n) break;
      if (child + 1 < n && priority(items[child + 1]) > priority(items[child])) child++;
      if (priority(items[child]) <= priority(last)) break;
      items[i] = items[child];
      i = child;
    }
    items[i] = last;
    return top;
  }
}
const priority = (node: Node): number => (node instanceof AccumulateGrad ? Infinity : node.sequence);

/** Gradients owned by this run, by storage: how many places hold them. See Note [Early release]. */
class Ownership {
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
    return this.counts.get(t.storage) === 1 && !t.storage.kept;
  }
  freeIfUnused(t: Tensor): void {
    const s = t.storage;
    if (this.counts.get(s) !== 0) return;
    this.counts.delete(s);
    if (!s.kept) s.block.free();
  }
}

/** Runs backward and returns the gradients of `inputs` (null where nothing came). */
export function runBackward(run: Run): Grads {
  const body = (): Grads => withoutCollecting(() => new GraphTask(run).execute());
  const grads = run.createGraph ? enable_grad(body) : no_grad(body);
  if (!run.keepGraph) currentDevice().settle();
  return grads;
}

class GraphTask {
  private readonly run: Run;
  private readonly dependencies = new Map<Node, number>();
  private readonly buffers = new Map<Node, (Tensor | null)[]>();
  /** Nodes on the way to a wanted gradient; null when every leaf is wanted. */
  private needed: Set<Node> | null = null;
  private readonly captures = new Map<Node, Map<number, number[]>>();
  private readonly captured: Grads;
  private readonly ownership = new Ownership();
  private readonly ready = new ReadyHeap();

  constructor(run: Run) {
    this.run = run;
    this.captured = (run.inputs ?? []).map(() => null);
    this.countDependencies();
    if (run.inputs !== null) this.findNeeded(run.inputs);
  }
  private countDependencies(): void {
    const seen = new Set<Node>();
    const stack: Node[] = [];
    for (const { edge } of this.run.roots) {
      if (seen.has(edge.node)) continue;
      seen.add(edge.node);
      stack.push(edge.node);
    }
    while (stack.length > 0) {
      for (const edge of stack.pop()!.edges) {
        if (edge === null) continue;
        this.dependencies.set(edge.node, (this.dependencies.get(edge.node) ?? 0) + 1);
        if (seen.has(edge.node)) continue;
        seen.add(edge.node);
        stack.push(edge.node);
      }
    }
    if (this.run.inputs !== null) this.reachable = seen;
  }
  private reachable: Set<Node> = new Set();
  /** Walks from the wanted nodes up to those that lead to them. */
  private findNeeded(inputs: readonly Edge[]): void {
    for (const [i, { node, nr }] of inputs.entries()) {
      const byOutput = this.captures.get(node) ?? new Map<number, number[]>();
      this.captures.set(node, byOutput);
      byOutput.set(nr, [...(byOutput.get(nr) ?? []), i]);
    }
    const parents = new Map<Node, Node[]>();
    for (const node of this.reachable)
      for (const edge of node.edges) {
        if (edge === null) continue;
        const known = parents.get(edge.node);
        if (known) known.push(node);
        else parents.set(edge.node, [node]);
      }
    this.needed = new Set(inputs.map((e) => e.node));
    const stack = [...this.needed];
    while (stack.length > 0)
      for (const parent of parents.get(stack.pop()!) ?? []) {
        if (this.needed.has(parent)) continue;
        this.needed.add(parent);
        stack.push(parent);
      }
  }

  execute(): Grads {
    const roots = new Set<Node>();
    for (const { edge, grad } of this.run.roots) {
      this.add(edge, grad);
      roots.add(edge.node);
    }
    for (const node of roots) if ((this.dependencies.get(node) ?? 0) === 0) this.ready.push(node);
    while (this.ready.size > 0) {
      const node = this.ready.pop();
      if (observer.current === null) this.step(node);
      else observe(`autograd::engine::evaluate_function: ${node.name()}`, "backward", [], () => this.step(node));
    }
    return this.captured;
  }

  private step(node: Node): void {
    const grads = this.buffers.get(node) ?? node.outputs.map(() => null);
    this.buffers.delete(node);
    const wanted = this.needed === null || this.needed.has(node);
    const incoming = wanted ? this.callTensorHooks(node, grads) : grads;
    this.capture(node, incoming);
    const onlyCaptured = this.run.inputs !== null && !this.leadsOn(node);
    const runs = wanted && !onlyCaptured && incoming.some((g) => g !== null);
    const results = runs ? this.observedApply(node, incoming) : null;
    for (const [i, edge] of node.edges.entries()) {
      if (edge === null) continue;
      const grad = results?.[i] ?? null;
      if (grad !== null) this.add(edge, grad);
      const left = this.dependencies.get(edge.node)! - 1;
      this.dependencies.set(edge.node, left);
      if (left === 0) this.ready.push(edge.node);
    }
    for (const g of grads) if (g !== null) this.ownership.drop(g);
    for (const g of [...grads, ...(results ?? [])]) if (g !== null) this.ownership.freeIfUnused(g);
  }
  /** With given inputs a node runs only if something wanted lies behind it. */
  private leadsOn(node: Node): boolean {
    if (node instanceof AccumulateGrad) return this.run.accumulate && this.captures.has(node);
    return node.edges.some((e) => e !== null && this.needed!.has(e.node));
  }

  private callTensorHooks(node: Node, grads: Grads): Grads {
    const hooks = node.tensorHooks;
    const { preHooks, retained } = node;
    if (hooks === null && preHooks === null && retained === null) return grads;
    return withoutCollecting(() => {
      let out = [...grads];
      for (const g of out) if (g !== null) g.storage.kept = true;
      for (const [nr, perTensor] of hooks ?? []) {
        for (const hook of perTensor.values()) {
          const grad = out[nr];
          if (grad === null) continue;
          out[nr] = checkHookResult(hook(grad), grad, hook.name);
        }
      }
      for (const hook of preHooks?.values() ?? []) out = checkHookResults(hook(out), out, hook.name);
      for (const [nr, t] of retained ?? []) {
        const grad = out[nr];
        if (grad === null) continue;
        t.gradient = t.gradient === null ? (mode.grad ? grad : grad.clone()) : t.gradient.add(grad);
      }
      return out;
    });
  }
  private capture(node: Node, grads: Grads): void {
    if (this.run.accumulate) return;
    for (const [nr, places] of this.captures.get(node) ?? []) {
      const grad = grads[nr] ?? null;
      if (grad !== null) grad.storage.kept = true;
      for (const i of places) this.captured[i] = grad;
    }
  }

  private observedApply(node: Node, grads: Grads): Grads {
    if (observer.current === null) return this.apply(node, grads);
    return observe(node.name(), "backward", grads, () => this.apply(node, grads));
  }
  private apply(node: Node, grads: Grads): Grads {
    const needs = node.edges.map((e) => e !== null && (this.needed === null || this.needed.has(e.node)));
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
      if (mode.anomaly) reportAnomaly(node);
      throw error;
    }
    if (node.postHooks !== null) results = callPostHooks(node, results, grads);
    if (!this.run.keepGraph) node.release();
    this.validate(node, results);
    return results;
  }
  /** The library's own formulas leave nothing behind but their results. */
  private formula(node: Node, grads: Grads, needs: readonly boolean[]): Grads {
    const made: Storage[] = [];
    const results = collectTemporaries(() => node.apply(grads, needs), made);
    for (const s of made) this.ownership.own(s);
    return results;
  }

  /** Undoes broadcasting and casts, so that formulas need not; refuses what does not fit. */
  private validate(node: Node, results: Grads): void {
    if (results.length > node.edges.length)
      throw new RuntimeError(
        `Function ${node.name()} returned an incorrect number of gradients (expected ${node.edges.length}, got ${results.length})`,
      );
    for (const [i, edge] of node.edges.entries()) {
      const grad = results[i] ?? null;
      if (grad === null || edge === null) continue;
      const meta = edge.node.outputs[edge.nr];
      if (mode.anomaly && mode.checkNan) assertNoNan(node, grad, i);
      let fitted = grad;
      if (!sameShape(grad.sizes, meta.shape)) {
        if (!expandsTo(meta.shape, grad.sizes))
          throw new RuntimeError(
            `Function ${node.name()} returned an invalid gradient at index ${i} - got ${list(grad.sizes)} but expected shape compatible with ${list(meta.shape)}`,
          );
        fitted = this.derived(() => fitted.sum_to_size(meta.shape));
      }
      if (fitted.dtype !== meta.dtype) {
        const before = fitted;
        // Of a complex gradient a real number takes the real part.
        fitted = this.derived(() => before._to_copy({ dtype: meta.dtype }));
      }
      if (fitted !== grad) this.ownership.freeIfUnused(grad);
      results[i] = fitted;
    }
  }
  private derived(make: () => Tensor): Tensor {
    if (this.run.createGraph) return make();
    const made: Storage[] = [];
    const t = collectTemporaries(make, made);
    for (const s of made) this.ownership.own(s);
    return t;
  }

  /** Adds a gradient to what a node waits for. */
  private add({ node, nr }: Edge, grad: Tensor): void {
    let buffer = this.buffers.get(node);
    if (buffer === undefined) {
      buffer = node.outputs.map(() => null);
      this.buffers.set(node, buffer);
    }
    const before = buffer[nr];
    if (before === null) {
      buffer[nr] = grad;
      this.ownership.hold(grad);
      return;
    }
    if (
      !this.run.createGraph &&
      this.ownership.isSole(before) &&
      sameShape(before.sizes, grad.sizes) &&
      !overlaps(before)
    ) {
      before.add_(grad);
      this.ownership.freeIfUnused(grad);
      return;
    }
    const sum = this.derived(() => before.add(grad));
    this.ownership.drop(before);
    this.ownership.freeIfUnused(before);
    buffer[nr] = sum;
    this.ownership.hold(sum);
  }
}
const overlaps = (t: Tensor): boolean => t.strides.some((s, d) => s === 0 && t.sizes[d] > 1);
function expandsTo(from: Shape, to: Shape): boolean {
  try {
    return sameShape(broadcastShapes(from, to), to);
  } catch {
    return false;
  }
}

/** What a hook on a tensor returned, if it may stand for the gradient. */
export function checkHookResult(result: unknown, grad: Tensor, hook: string): Tensor {
  if (result === undefined || result === null) return grad;
  if (!(result instanceof Tensor)) throw new TypeError(`expected Variable, but hook returned '${typeWord(result)}'`);
  if (!sameShape(result.sizes, grad.sizes))
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
function callPostHooks(node: Node, results: Grads, grads: Grads): Grads {
  return withoutCollecting(() => {
    let out = results;
    for (const t of [...results, ...grads]) if (t !== null) t.storage.kept = true;
    for (const hook of node.postHooks!.values()) out = checkHookResults(hook(out, grads), out, hook.name);
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
