// torch.viz.explain: which question a tensor, an error or a module asks, and who answers it.
import { help } from "../../base/errors.ts";
import { Module } from "../../nn/module/module.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { knownOf } from "../recorder.ts";
import type { Recorder, Ref } from "../recorder.ts";
import { tidy } from "../places.ts";
import { latest } from "../run.ts";
import { figuresOfTensor, isFinite_ } from "../values.ts";
import { callText, Explanation, shapeText } from "./explanation.ts";
import { whyFreed, whyListGrows, whyMemoryGrows, whySpoiled } from "./graph_gone.ts";
import { whyNoGradient, whyNotRequired } from "./no_gradient.ts";
import { figures, firstNotFinite, rangeText, whereNotFinite } from "./not_finite.ts";
import { whyNotMoved, whyStrength } from "./strength.ts";

/**
 * What is wrong with a tensor's gradient or values, a module's parameters, a list of tensors, or an error, and which line
 * of the program it comes from; asked during or after a {@link record}ing. Without an argument: what is wrong with the
 * recording.
 *
 * Of a tensor it tells where a NaN comes from, why `.grad` is None, zero or huge, why it requires no gradient, why its graph
 * grows; of an error, which two lines an in-place change is about, who freed the graph, what does not require a gradient.
 * @example
 * viz.record(() => {
 *   const w = torch.ones(2, { requires_grad: true });
 *   const y = w.mul(3).detach();
 *   y.requires_grad_().sum().backward();
 *   console.log(String(viz.explain(w))); // … detach() gives a tensor without a history …
 * });
 */
export function explain(of?: Tensor | Module | readonly Tensor[] | Error | null): Explanation {
  const recorder = latest.run?.recorder ?? null;
  if (recorder === null)
    return new Explanation(
      "not recorded",
      "Nothing was recorded, so that lines cannot be told.",
      [],
      "Run the program inside of viz.record.",
    );
  if (of === undefined || of === null) return explainRun(recorder);
  if (of instanceof Tensor) return explainTensor(recorder, of);
  if (of instanceof Error) return explainError(recorder, of.name, of.message, placeOf(of));
  if (of instanceof Module) return explainModule(recorder, of);
  return (
    whyListGrows(
      recorder,
      of.filter((x) => x instanceof Tensor),
    ) ?? nothing("None of these tensors holds a graph.")
  );
}
const nothing = (told: string): Explanation => new Explanation("nothing", told, []);
const placeOf = ({ stack }: Error): string => tidy(/[^\s()]+:\d+:\d+/.exec(stack ?? "")?.[0] ?? "");

function explainTensor(recorder: Recorder, t: Tensor): Explanation {
  const { steps } = recorder;
  const bad = notFinite(t);
  if (bad !== null) return whereNotFinite(steps, bad, false);
  const { gradient } = t;
  const badGradient = gradient === null ? null : notFinite(gradient);
  if (badGradient !== null) {
    const known = knownOf(t);
    const came = steps.findLast(({ kind, subject }) => kind === "node" && subject === known);
    return whereNotFinite(steps, came?.outputs[0] ?? badGradient, true);
  }
  const known = knownOf(t);
  if (gradient !== null)
    return (
      (known === undefined ? null : (whyStrength(steps, known) ?? whyNotMoved(steps, known))) ??
      anyNotFinite(recorder) ??
      nothing("Nothing is wrong with it: its elements are finite, and it has a gradient that is neither zero nor huge.")
    );
  // A gradient itself is asked about.
  const of =
    known && steps.findLast(({ subject, outputs }) => subject !== null && outputs[0]?.tensor === known)?.subject;
  const weak = of && of !== known ? whyStrength(steps, of) : null;
  if (weak) return weak;
  if (!t.requires_grad) return whyNotRequired(steps, t);
  if (t.grad_fn === null || recorder.withoutGrad === known) return whyNoGradient(steps, t);
  if (recorder.spoiled !== null && recorder.failed !== null) return whySpoiled(recorder)!;
  const grows = whyMemoryGrows(recorder, t);
  if (grows !== null) return grows;
  const failed = steps.findLast(({ kind }) => kind === "backward");
  if (recorder.failed?.kind === "node" && failed?.index === recorder.failed.pass) return whyFreed(recorder);
  return whyNoGradient(steps, t);
}
function anyNotFinite({ steps }: Recorder): Explanation | null {
  const bad = firstNotFinite(steps);
  return bad === null ? null : whereNotFinite(steps, bad.ref, bad.isGradient);
}
/** The tensor as it is now, if it has an element that is no number or is infinite. */
function notFinite(t: Tensor): Ref | null {
  const found = t.is_meta ? null : figuresOfTensor(t);
  if (isFinite_(found)) return null;
  const tensor = knownOf(t);
  const { version } = t.storage;
  if (tensor === undefined) return null;
  if (tensor.values.get(version) === undefined)
    tensor.values.set(version, {
      shape: t.sizes,
      dtype: t.dtype,
      figures: found,
      elements: null,
      strides: t.strides,
    });
  return { tensor, version, requires_grad: t.requires_grad };
}

function explainModule(recorder: Recorder, module: Module): Explanation {
  const found = [...module.named_parameters()].map(([name, p]) => ({ name, why: explainTensor(recorder, p) }));
  const faults = found.filter(({ why }) => why.cause !== "nothing");
  if (faults.length === 0)
    return nothing("Nothing is wrong: every parameter has a gradient that is neither zero nor huge.");
  const [first] = faults;
  const same = faults.filter(({ why }) => why.cause === first.why.cause).map(({ name }) => name);
  const { cause, line } = first.why;
  return new Explanation(cause, `${same.join(", ")}: ${first.why.text}`, [{ line, what: cause }]);
}
function explainRun(recorder: Recorder): Explanation {
  const spoiled = whySpoiled(recorder);
  if (spoiled !== null) return spoiled;
  const bad = anyNotFinite(recorder);
  if (bad !== null) return bad;
  if (recorder.rootless !== null) return rootless(recorder);
  if (recorder.failed !== null) return failedOp(recorder, "", "");
  if (recorder.withoutGrad !== null) {
    const t = recorder.withoutGrad.ref?.deref();
    if (t !== undefined) return explainTensor(recorder, t);
  }
  for (const { kind, subject } of recorder.steps)
    if (kind === "node" && subject !== null) {
      const why = whyStrength(recorder.steps, subject);
      if (why !== null) return why;
    }
  return nothing("Nothing is wrong with what was recorded.");
}
function rootless(recorder: Recorder): Explanation {
  const t = recorder.rootless?.ref?.deref();
  if (t === undefined) return nothing("The tensor is gone.");
  return whyNotRequired(recorder.steps, t);
}

/** Of an error by its class's name, its text, and the line where it was raised. */
export function explainError(recorder: Recorder, name: string, message: string, place: string): Explanation {
  const spoiled = /modified by an inplace operation/.test(message) ? whySpoiled(recorder) : null;
  if (spoiled !== null) return spoiled;
  if (/backward through the graph a second time|freed/.test(message)) return whyFreed(recorder);
  if (/does not require grad/.test(message) && recorder.rootless !== null) return rootless(recorder);
  if (/not have been used in the graph|does not require grad/.test(message)) {
    const t = recorder.unused?.ref?.deref();
    if (t !== undefined) return unusedInGrad(recorder, t);
  }
  if (
    /NoneType|null|undefined/.test(message) &&
    /TypeError|AttributeError/.test(name) &&
    recorder.withoutGrad !== null
  ) {
    const t = recorder.withoutGrad.ref?.deref();
    if (t !== undefined) return explainTensor(recorder, t);
  }
  const number = /TypeError|AttributeError/.test(name) ? askedOfNumber(recorder, message) : null;
  if (number !== null) return number;
  if (/returned nan values/.test(message)) {
    const bad = anyNotFinite(recorder);
    if (bad !== null) return bad;
  }
  return failedOp(recorder, message, place);
}
/** autograd.grad asked for a gradient that never came. */
function unusedInGrad({ steps }: Recorder, t: Tensor): Explanation {
  const why = whyNoGradient(steps, t);
  if (why.cause !== "autograd.grad" && why.line !== "") return why;
  const pass = steps.findLast(({ kind }) => kind === "backward");
  return new Explanation(
    "unused",
    "The result does not depend on it.",
    [
      { line: pass?.line ?? "", what: "its gradient was asked for" },
      { line: knownOf(t)?.line ?? "", what: "it was made" },
    ],
    `Compute the result from it, or take None for its gradient: ${help({ TypeScript: "{ allow_unused: true }", Python: "allow_unused=True" })}.`,
  );
}
/** What a tensor has and a number has not was asked of what `item()` gave. */
function askedOfNumber({ steps }: Recorder, message: string): Explanation | null {
  const read = steps.findLast(({ kind }) => kind === "read");
  if (read === undefined || !/no attribute '|is not a function/.test(message)) return null;
  const asked = /'(\w+)'$|\.(\w+) is not a function/.exec(message)?.slice(1).find(Boolean);
  if (asked === undefined || !(asked in Tensor.prototype)) return null;
  return new Explanation(
    "number",
    `${asked} is a tensor's: a number has none, nor a graph.`,
    [{ line: read.line, what: "the tensor's elements were given out as numbers" }],
    "Keep the tensor for backward(), and take item() of it only to print or to add up.",
  );
}
const KINDS: readonly (readonly [RegExp, string, string])[] = [
  [
    /leaf Variable that requires grad is being used in an in-place/,
    "leaf changed in place",
    "Change it under no_grad, or compute with a changed copy.",
  ],
  [
    /grad can be implicitly created only for scalar/,
    "not a scalar",
    "Reduce it by mean() or sum() first, or give backward() a gradient.",
  ],
  [/can require gradients/, "integer", "Only floating-point tensors can: write numbers with a point, or give a dtype."],
  [/is a view|a view of a leaf/, "view changed in place", "Change a clone(), or write out of place."],
  [/Can't call numpy\(\)|detach\(\)\.numpy/, "numpy of a graph", "x.detach().numpy() gives the numbers."],
  [
    /shapes? .*(cannot be multiplied|must match|mismatch)|size of tensor|must match|Expected .*size|invalid for input of size|shape '/i,
    "shapes",
    "",
  ],
  [
    /should be between|must be (between|positive|non-negative|in)\b|out of (range|bounds)/i,
    "out of range",
    "Look at the range of what goes in: probabilities come from sigmoid or softmax, classes and indices begin at 0.",
  ],
  [/expected .* (dtype|scalar type|to have the same)|dtype/i, "dtypes", "Bring both to one dtype with to()."],
];
const rangeOf = (ref: Ref): string => (figures(ref) === null ? "" : `, ${rangeText(figures(ref)!)}`);
function failedOp(recorder: Recorder, message: string, place: string): Explanation {
  const step = recorder.failed;
  const [, cause, advice] = KINDS.find(([pattern]) => pattern.test(message)) ?? [null, "failed", ""];
  const given = step?.inputs.flatMap((ref) =>
    ref === null
      ? []
      : [{ line: ref.tensor.line, what: `an input was made, ${shapeText(ref.tensor.shape)}${rangeOf(ref)}` }],
  );
  const line = step?.line ?? place;
  return new Explanation(
    cause,
    message === "" ? `${step?.name ?? "It"} failed.` : message.split("\n")[0],
    [{ line, what: step === null ? "here" : callText(step) }, ...(given ?? [])],
    advice,
  );
}

/** The line of the program that made a tensor, as `file:line`; "" where that was not recorded. */
export function where_from(t: Tensor): string {
  return knownOf(t)?.line ?? "";
}
