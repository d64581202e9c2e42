// Why `.grad` is None, and why a tensor requires no gradient.
import { help } from "../../base/errors.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { knownOf, nodeOf } from "../recorder.ts";
import type { Known, Step } from "../recorder.ts";
import { Explanation, shapeText } from "./explanation.ts";
import type { Fact } from "./explanation.ts";
import { cutBefore, reachFrom } from "./reach.ts";
import type { Cut } from "./reach.ts";

const ADVICE: Readonly<Record<string, string>> = {
  detached: "Leave out detach() where the gradient is to pass.",
  no_grad: "Compute it outside of no_grad.",
  inference_mode: "Compute it outside of inference_mode.",
  integer: "Keep it in a floating-point dtype: cast the other side, or cast only what is compared or printed.",
  "not differentiable": "Use something smooth in its place: softmax for argmax, sigmoid for a comparison.",
  data: "Use the tensor itself, or detach() where no gradient is wanted, which at least notices changes in place.",
  "new tensor":
    "Compute with the tensors themselves, or join them with torch.stack or torch.cat: numbers have no history.",
};
const made = (known: Known): Fact => ({ line: known.line, what: `it was made, ${shapeText(known.shape)}` });

/** Why no gradient came to a tensor. */
export function whyNoGradient(steps: readonly Step[], t: Tensor): Explanation {
  if (!t.requires_grad) return whyNotRequired(steps, t);
  const known = knownOf(t);
  if (known === undefined)
    return new Explanation(
      "unused",
      "Its .grad is None: nothing that was recorded used this tensor.",
      [],
      "Record its use, too: viz.record around the forward and the backward pass.",
    );
  if (t.grad_fn !== null && !t.retains_grad) return nonLeaf(steps, known);
  const passes = steps.filter(({ kind }) => kind === "backward");
  const cleared = steps.findLast(({ kind, subject, set }) => kind === "grad=" && subject === known && set === null);
  const accumulated = steps.findLast(
    ({ kind, subject, index }) => kind === "node" && subject === known && index < (cleared?.index ?? 0),
  );
  if (cleared !== undefined && accumulated !== undefined && (passes.at(-1)?.index ?? -1) < cleared.index)
    return new Explanation(
      "zero_grad",
      "Its .grad is None because it was set to None after the last backward: zero_grad() does that.",
      [
        { line: cleared.line, what: "zero_grad() here" },
        { line: passes.at(-1)!.line, what: "the gradient came here" },
      ],
      "Read .grad before zero_grad(), or call zero_grad(set_to_none=False), which leaves zeros.",
    );
  const uses = steps.filter(
    ({ kind, inputs }) => USES.has(kind) && inputs.some((ref) => ref?.tensor === known || ref?.tensor.base === known),
  );
  if (uses.length === 0)
    return new Explanation(
      "unused",
      "Its .grad is None: no operation used this tensor.",
      [made(known)],
      "Compute the loss from it, or look for another tensor that took its place.",
    );
  if (passes.length === 0)
    return new Explanation(
      "no backward",
      "Its .grad is None: backward() was not called.",
      [{ line: uses.at(-1)!.line, what: "it was used last" }, made(known)],
      "Call backward() of the loss.",
    );
  const found: { readonly cut: Cut; readonly pass: Step; readonly cost: number }[] = [];
  for (const pass of passes.toReversed()) {
    const reached = reachFrom(steps, known, pass.index);
    const roots = pass.inputs.flatMap((ref) => (ref === null ? [] : (reached.get(ref.tensor) ?? [])));
    const best = roots.toSorted((a, b) => a.cost - b.cost).at(0);
    if (best === undefined) continue;
    if (best.cut === null) return lostOnTheWay(steps, known, pass, t);
    found.push({ cut: best.cut, cost: best.cost, pass });
  }
  const best = found.toSorted((a, b) => a.cost - b.cost).at(0);
  if (best === undefined) {
    const later = uses.every(({ index }) => index > passes.at(-1)!.index);
    return new Explanation(
      later ? "no backward" : "unused",
      later
        ? "Its .grad is None: it was used only after the last backward()."
        : "Its .grad is None: what it was used for is no part of what backward() was called on.",
      [
        { line: uses.at(-1)!.line, what: "it was used last" },
        { line: passes.at(-1)!.line, what: "backward() was called" },
        made(known),
      ],
    );
  }
  const { cut, pass } = best;
  const set = steps.find(({ kind, subject, set: on }) => kind === "requires_grad=" && subject === known && on === true);
  if (cut.cause === "requires_grad" && set !== undefined)
    return new Explanation("set too late", "Its .grad is None: requires_grad was set after it had been used.", [
      { line: set.line, what: "requires_grad was set" },
      { line: cut.line, what: "it was used" },
    ]);
  return new Explanation(
    cut.cause,
    "Its .grad is None: on the way from it to the loss the graph is cut.",
    [cut, { line: pass.line, what: "backward() was called" }, made(known)],
    ADVICE[cut.cause] ?? "",
  );
}
const USES = new Set<Step["kind"]>(["op", "data", "parameter", "read", "detach_", "data="]);

function nonLeaf(steps: readonly Step[], known: Known): Explanation {
  const step = steps.findLast(({ kind, outputs }) => kind === "op" && outputs.some((ref) => ref?.tensor === known));
  const leaf = step?.inputs.find((ref) => ref !== null && ref.requires_grad && ref.tensor.line === step.line);
  return new Explanation(
    "non-leaf",
    `Its .grad is None: it is no leaf but the result of ${step === undefined ? "an operation" : `${step.name}()`}, and gradients are kept for leaves.`,
    [{ line: step?.line ?? known.line, what: `${step?.name ?? "an operation"}() made it` }],
    leaf
      ? `The leaf is the tensor before ${step!.name}(). Make the tensor first and mark what is final as the leaf: ${help({ TypeScript: "(…).requires_grad_()", Python: "(...).requires_grad_()" })}.`
      : "Call retain_grad() on it before backward(), or look at the leaf's .grad.",
  );
}
/** It is connected to what backward was called on, and yet nothing came. */
function lostOnTheWay(steps: readonly Step[], known: Known, pass: Step, t: Tensor): Explanation {
  const called = { line: pass.line, what: `${pass.name}() was called` };
  if (pass.into === "caller")
    return new Explanation(
      "autograd.grad",
      "Its .grad is None: autograd.grad() returns gradients and does not put them into .grad.",
      [called],
      "Use what it returns, or call backward().",
    );
  if (pass.into === "inputs")
    return new Explanation("inputs", "Its .grad is None: backward(inputs=...) fills only what is named there.", [
      called,
    ]);
  const accumulator = t.accumulator === null ? -1 : nodeOf(t.accumulator).id;
  const before = steps.filter(
    ({ kind, pass: of, edges }) =>
      kind === "node" && of === pass.index && edges.some((edge) => edge?.[0] === accumulator),
  );
  const silent = before.find(({ edges, outputs }) =>
    edges.every((edge, i) => edge?.[0] !== accumulator || !outputs[i]),
  );
  if (silent !== undefined)
    return new Explanation(
      "backward returned None",
      `Its .grad is None: ${silent.name} returned no gradient for it.`,
      [{ line: silent.line, what: "its forward was called" }, called],
      "Return a gradient for each argument of forward, in their order.",
    );
  if (pass.failed)
    return new Explanation("backward failed", "Its .grad is None: backward() did not come to its end.", [called]);
  const dead = steps.find(
    ({ kind, pass: of, outputs, inputs }) =>
      kind === "node" &&
      of === pass.index &&
      inputs.some((ref) => ref !== null) &&
      outputs.length > 0 &&
      outputs.every((ref) => ref === null),
  );
  return new Explanation(
    dead === undefined ? "unused" : "backward returned None",
    "Its .grad is None: no gradient came to it along the graph.",
    [...(dead === undefined ? [] : [{ line: dead.line, what: `${dead.name} returned None` }]), called, made(known)],
  );
}

/** Why a tensor requires no gradient. */
export function whyNotRequired(steps: readonly Step[], t: Tensor): Explanation {
  const known = knownOf(t);
  if (known === undefined)
    return new Explanation(
      "requires_grad",
      "It requires no gradient, and where it was made was not recorded.",
      [],
      "Record the program from where it is made.",
    );
  const told = "It does not require a gradient: ";
  const { cut, leaves } = cutBefore(steps, known);
  if (cut !== null)
    return new Explanation(
      cut.cause,
      `${told}the graph is cut before it.`,
      [cut, made(known)],
      ADVICE[cut.cause] ?? "",
    );
  const setting = (on: boolean): { readonly leaf: Known; readonly step: Step } | null => {
    for (const step of steps.toReversed())
      if (step.kind === "requires_grad=" && step.set === on && leaves.includes(step.subject!))
        return { leaf: step.subject!, step };
    return null;
  };
  const frozen = setting(false);
  if (frozen !== null)
    return new Explanation(
      "frozen",
      `${told}requires_grad was set to ${help({ TypeScript: "false", Python: "False" })}.`,
      [{ line: frozen.step.line, what: "requires_grad was switched off" }, made(frozen.leaf)],
    );
  const late = setting(true);
  if (late !== null && late.leaf !== known)
    return new Explanation("set too late", `${told}what it was computed from was marked only afterwards.`, [
      { line: late.step.line, what: "requires_grad was set" },
      made(known),
    ]);
  const derived = gradientsWithoutGraph(steps, leaves.includes(known) ? leaves : [...leaves, known]);
  if (derived !== null) return derived;
  const chosen = likeliest(steps, leaves) ?? known;
  const integers = leaves.length > 0 && leaves.every(({ dtype }) => !dtype.is_differentiable);
  return new Explanation(
    "requires_grad",
    integers
      ? `${told}it comes from tensors of ${String(chosen.dtype)}, which cannot.`
      : `${told}${chosen === known ? "it was made without requires_grad" : "nothing that it was computed from does"}.`,
    [
      made(chosen),
      ...leaves.filter((leaf) => leaf !== chosen).map(made),
      ...(leaves.includes(known) ? [] : [made(known)]),
    ],
    `Make what is to be learnt with ${help({ TypeScript: "{ requires_grad: true }", Python: "requires_grad=True" })} or as an nn.Parameter.`,
  );
}
/** A gradient was computed with, as in a penalty, but the pass that gave it had recorded none of what it did. */
function gradientsWithoutGraph(steps: readonly Step[], leaves: readonly Known[]): Explanation | null {
  const pass = steps.findLast(
    ({ kind, outputs, pass }) =>
      (kind === "backward" || (kind === "node" && pass >= 0)) &&
      outputs.some((ref) => ref && leaves.includes(ref.tensor)),
  );
  if (pass === undefined) return null;
  const { name, line } = pass.kind === "node" ? steps[pass.pass] : pass;
  return new Explanation(
    "create_graph",
    `It does not require a gradient: it was computed from a gradient, and ${name}() gives those without a graph of their own.`,
    [
      { line, what: `${name}() was called` },
      ...leaves.filter((leaf) => !pass.outputs.some((ref) => ref?.tensor === leaf)).map(made),
    ],
    `Have the pass record itself: ${name}(${help({ TypeScript: "…, { create_graph: true }", Python: "..., create_graph=True" })}).`,
  );
}
/** The leaf that was most likely meant to be learnt: a parameter, or the second factor of what was computed first. */
function likeliest(steps: readonly Step[], leaves: readonly Known[]): Known | undefined {
  const candidates = leaves.filter(({ dtype }) => dtype.is_differentiable);
  const parameter = candidates.find(({ isParameter }) => isParameter);
  if (parameter !== undefined) return parameter;
  if (candidates.length < 2) return candidates[0] ?? leaves[0];
  const first = steps.find(
    ({ kind, inputs }) => kind === "op" && inputs.some((ref) => ref !== null && candidates.includes(ref.tensor)),
  );
  return first?.inputs.findLast((ref) => ref !== null && candidates.includes(ref.tensor))?.tensor ?? candidates[0];
}
