// Why a graph is no longer what it was: a saved value changed, the graph freed, or one that grows and grows.
import { help } from "../../base/errors.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { changesOf, nodeOf } from "../recorder.ts";
import type { Recorder, Step } from "../recorder.ts";
import type { Node } from "../../autograd/node.ts";
import { callText, Explanation, shapeText } from "./explanation.ts";

/** Which change spoiled what a node had saved. */
export function whySpoiled({ steps, spoiled }: Recorder): Explanation | null {
  if (spoiled === null) return null;
  const { tensor, version, savedBy, name } = spoiled;
  const t = tensor.ref?.deref();
  const change = t === undefined ? undefined : changesOf(t).find((c) => c.version > version);
  const saver = savedBy < 0 ? null : steps[savedBy];
  const by = change?.by ?? "an in-place operation";
  return new Explanation(
    by === "optimizer.step()" ? "changed by the optimizer" : "changed in place",
    `A tensor of ${shapeText(tensor.shape)} that ${name} had saved at version ${version} was changed to version ${change?.version ?? version + 1} by ${/^\w+$/.test(by) ? `${by}()` : by}, so the gradient can no longer be computed from it.`,
    [
      { line: change?.line ?? "", what: `${by} changed it: version ${change?.version ?? "?"}` },
      { line: saver?.line ?? "", what: `${saver === null ? name : callText(saver)} saved it: version ${version}` },
    ],
    by === "optimizer.step()"
      ? "Call backward() of every loss that was computed with the old numbers before optimizer.step(), or compute the loss anew after it."
      : "Make a new tensor in place of changing this one, or change a clone().",
  );
}

/** Who freed the graph that backward went through once more. */
export function whyFreed({ steps, failed }: Recorder): Explanation {
  const second = steps.findLast(({ kind }) => kind === "backward");
  const node = failed?.kind === "node" ? failed.node : -1;
  const first = steps.find(
    ({ kind, pass, node: of, index }) =>
      kind === "node" &&
      of === node &&
      pass !== second?.index &&
      !steps[pass].keeps &&
      index < (failed?.index ?? Infinity),
  );
  const pass =
    first === undefined
      ? steps.find(({ kind, index }) => kind === "backward" && index < (second?.index ?? 0))
      : steps[first.pass];
  const end = second?.index ?? Infinity;
  const begin = pass?.index ?? end;
  // A tensor of the freed graph that was used again after it was freed.
  const freed = new Set(
    steps.filter((s) => s.kind === "node" && s.pass === begin && s.of >= 0 && s.subject === null).map((s) => s.of),
  );
  const again = steps.find(
    ({ kind, index, inputs, mode }) =>
      kind === "op" &&
      mode === "grad" &&
      index > begin &&
      index < end &&
      inputs.some((ref) => ref !== null && ref.requires_grad && ref.tensor.made >= 0 && freed.has(ref.tensor.made)),
  );
  const facts = [
    { line: pass?.line ?? "", what: "the first backward() freed the graph" },
    { line: second?.line ?? "", what: "the second backward() went through it again" },
    ...(failed?.line ? [{ line: failed.line, what: `${failed.name} has lost what it saved` }] : []),
  ];
  if (again !== undefined) {
    const kept = again.inputs.find((ref) => ref !== null && ref.requires_grad && freed.has(ref.tensor.made))!;
    return new Explanation(
      "graph carried over",
      "A tensor of a graph that a backward() had freed was used again, and the next backward() went back into that graph.",
      [
        { line: again.line, what: `${callText(again)} used it again` },
        { line: kept.tensor.line, what: `it was made, ${shapeText(kept.tensor.shape)}` },
        ...facts,
      ],
      "Cut it off between the steps: h = h.detach(). Or compute it anew for every backward().",
    );
  }
  return new Explanation(
    "backward twice",
    "backward() went through the same graph twice: what nodes save is freed by the first.",
    facts,
    `Add the losses and call backward() once, or keep the graph the first time: ${help({ TypeScript: "backward({ retain_graph: true })", Python: "backward(retain_graph=True)" })}.`,
  );
}

/** The nodes behind a tensor, as many as there are up to a limit. */
function nodesBehind(t: Tensor, limit = 200_000): Set<Node> {
  const seen = new Set<Node>();
  const stack: Node[] = t.grad_fn === null ? [] : [t.grad_fn];
  while (stack.length > 0 && seen.size < limit) {
    const node = stack.pop()!;
    if (seen.has(node)) continue;
    seen.add(node);
    for (const edge of node.edges) if (edge !== null) stack.push(edge.node);
  }
  return seen;
}

/** Whether a tensor's graph goes back through several passes or rounds; then memory grows with each. */
export function whyMemoryGrows({ steps }: Recorder, t: Tensor): Explanation | null {
  if (t.grad_fn === null) return null;
  const behind = nodesBehind(t);
  const made = [...behind].map((node) => nodeOf(node).step).filter((step) => step >= 0);
  const ends = steps.filter(({ kind }) => kind === "backward").map(({ index }) => index);
  const round = (step: number): number => ends.filter((end) => end < step).length;
  const rounds = new Set(made.map(round));
  const own = nodeOf(t.grad_fn).step;
  const line = own < 0 ? "" : steps[own].line;
  // The same line time and again, each upon the last.
  let chain = 0;
  for (let node: Node | undefined = t.grad_fn; node !== undefined;) {
    if (own >= 0 && isOfLine(steps, node, line, steps[own].name)) chain++;
    const next: Node | undefined = node.edges.find(
      (e) => e !== null && isOfLine(steps, e.node, line, own < 0 ? "" : steps[own].name),
    )?.node;
    node = next;
  }
  if (rounds.size < 2 && chain < 2) return null;
  return new Explanation(
    "graph kept",
    `Memory grows because this tensor holds the graphs of ${Math.max(rounds.size, chain)} rounds, ${behind.size} nodes with all that they saved.`,
    [{ line, what: own < 0 ? "it was made" : `${callText(steps[own])} adds a round to it` }],
    `Keep the number, not the tensor: total += loss.item(). Between steps of a sequence cut the graph: h = h.detach().`,
  );
}
function isOfLine(steps: readonly Step[], node: Node, line: string, name: string): boolean {
  const { step } = nodeOf(node);
  return step >= 0 && steps[step].line === line && steps[step].name === name;
}
/** Tensors kept in a list, each with its graph. */
export function whyListGrows({ steps }: Recorder, list: readonly Tensor[]): Explanation | null {
  const held = list.filter((t) => t.grad_fn !== null);
  if (held.length === 0) return null;
  const nodes = new Set(held.flatMap((t) => [...nodesBehind(t)]));
  const { step } = nodeOf(held.at(-1)!.grad_fn!);
  return new Explanation(
    "graph kept",
    `Memory grows because ${held.length} of these ${list.length} tensors hold their graphs, ${nodes.size} nodes with all that they saved.`,
    [{ line: step < 0 ? "" : steps[step].line, what: "the last of them was made" }],
    "Keep numbers or detached tensors: losses.append(loss.item()), outputs.append(y.detach()).",
  );
}
