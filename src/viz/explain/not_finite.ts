// Where a NaN or an infinity comes from: the first step that made one of numbers that were none.
import type { Known, Ref, Step } from "../recorder.ts";
import { isFinite_, hasNan } from "../values.ts";
import type { Figures } from "../values.ts";
import { callText, Explanation, shapeText } from "./explanation.ts";
import type { Fact } from "./explanation.ts";

export const figures = (ref: Ref | null): Figures | null => ref?.tensor.values.get(ref.version)?.figures ?? null;
const isBad = (ref: Ref | null): boolean => !isFinite_(figures(ref));
const isNan = (ref: Ref | null): boolean => hasNan(figures(ref));

/** What writes infinities on purpose, to mask. */
const MASKS = new Set([
  "masked_fill",
  "masked_fill_",
  "fill_",
  "full",
  "full_like",
  "where",
  "made",
  "triu",
  "tril",
  "index_put_",
]);

/** The step that made a tensor what it is at a version. */
export function makerOf(steps: readonly Step[], { tensor, version }: Ref, before = Infinity): Step | null {
  for (let i = Math.min(before, steps.length) - 1; i >= 0; i--) {
    const step = steps[i];
    if (step.outputs.some((ref) => ref?.tensor === tensor && ref.version <= version)) return step;
  }
  return null;
}

/** Where what is wrong with a value began: the step, or null for what came from outside. */
function originOf(
  steps: readonly Step[],
  of: Ref,
  is: (ref: Ref | null) => boolean,
  before: number,
): [Step | null, Ref] {
  let ref = of;
  let at = before;
  const visited = new Set<Step>();
  for (;;) {
    const step = makerOf(steps, ref, at);
    if (step === null || visited.has(step)) return [step, ref];
    visited.add(step);
    const own = step.outputs.find((output) => output?.tensor === ref.tensor) ?? null;
    if (step.kind === "node" && !is(own)) {
      // The engine added another node's gradient to this one's, in place: the first of that pass that gave a bad one.
      const other = steps.find(
        ({ kind, pass, index, outputs }) => kind === "node" && pass === step.pass && index < at && outputs.some(is),
      );
      if (other !== undefined) {
        ref = other.outputs.find(is)!;
        at = other.index + 1;
        continue;
      }
    }
    const given = givenTo(steps, step).find(is);
    if (given === undefined || given === null) return [step, ref];
    ref = given;
    // What a node saved was made before its pass; all else before the step.
    at = step.index;
  }
}
/** All that a step computed with: an optimizer also with gradients, a node also with what its op had. */
function givenTo(steps: readonly Step[], step: Step): (Ref | null)[] {
  if (step.kind === "optimizer")
    return [
      ...step.inputs.flatMap((ref) => {
        const last = steps.findLast(
          ({ kind, subject, index }) => kind === "node" && subject === ref?.tensor && index < step.index,
        );
        return last?.outputs ?? [];
      }),
      ...step.inputs,
    ];
  if (step.kind !== "node" || step.of < 0) return [...step.inputs];
  return [...step.inputs, ...steps[step.of].inputs, ...steps[step.of].outputs];
}

/** Where the first number that is none of a tensor comes from. */
export function whereNotFinite(steps: readonly Step[], of: Ref, isGradient: boolean): Explanation {
  const name = isNan(of) ? "NaN" : "infinity";
  const is = isNan(of) ? isNan : isBad;
  let [step, ref] = originOf(steps, of, is, Infinity);
  // Where infinities made the NaN, they were the first that went wrong, but for those that mask.
  if (is === isNan && step !== null) {
    const infinite = givenTo(steps, step).find(isBad);
    if (infinite !== undefined && infinite !== null) {
      const [first, at] = originOf(steps, infinite, isBad, step.index);
      if (first !== null && !isMask(first)) [step, ref] = [first, at];
    }
  }
  const place = isGradient ? "its gradient" : "this tensor";
  if (step === null || step.kind === "made")
    return new Explanation(
      "nan in the data",
      `The ${name} in ${place} was in the data already.`,
      [
        {
          line: step?.line ?? ref.tensor.line,
          what: `a tensor of ${shapeText(ref.tensor.shape)} with ${count(figures(ref))}`,
        },
      ],
      "Look at the data before training: torch.isnan(x).any(), or torch.nan_to_num(x).",
    );
  if (step.kind === "node") return inBackward(steps, step, name);
  const [cause, advice] = causeOf(step);
  return new Explanation(
    cause,
    is === isNan && !step.outputs.some(isNan)
      ? `The NaN in ${place} comes of an infinity, which ${step.name}() made in the forward pass: ${cause}.`
      : `The first ${name} in ${place} was made by ${step.name}() in the forward pass: ${cause}.`,
    [{ line: step.line, what: callText(step) }, ...step.inputs.map((given) => inputFact(given))],
    advice,
  );
}
function isMask(step: Step): boolean {
  if (MASKS.has(step.name)) return true;
  // A mask that is added is one as well.
  return step.kind === "op" && step.args.some((x) => x === "-Infinity");
}
const count = (f: Figures | null): string => (f === null ? "?" : `${f.nans} NaN in ${f.count} elements`);
const inputFact = (ref: Ref | null): Fact => {
  const f = figures(ref);
  if (ref === null || f === null) return { line: "", what: "" };
  return { line: ref.tensor.line, what: `an input, ${rangeText(f)}` };
};
export const rangeText = (f: Figures): string =>
  f.count === 0
    ? "empty"
    : `from ${short(f.min)} to ${short(f.max)}${f.zeros > 0 ? `, ${f.zeros} of ${f.count} zero` : ""}${f.nans > 0 ? `, ${f.nans} NaN` : ""}`;
export const short = (x: number): string => (Number.isFinite(x) ? String(Number(x.toPrecision(4))) : String(x));

type Cause = readonly [cause: string, advice: string];
const EPSILON = "Keep it away from zero: add a small number such as 1e-8, or clamp(min=1e-8) first.";
const SMALLER =
  "Look at how large the numbers became: a smaller learning rate, scaled inputs, clipped gradients, or a form that does not overflow (log_softmax, logsumexp, float32 in place of float16).";
/** What of an op's inputs made the result no number. */
function causeOf(step: Step): Cause {
  const inputs = step.inputs.map((ref) => figures(ref));
  const [a, b] = inputs;
  const min = a?.min ?? Infinity;
  const divisor = inputs.length > 1 ? b : null;
  const empty = step.inputs.some((ref) => ref !== null && ref.tensor.shape.includes(0));
  if (empty) return ["mean of nothing", "Nothing was selected: look at the mask or the index before taking the mean."];
  if (/softmax|attention/.test(step.name) && inputs.some((f) => f !== null && f.min === -Infinity))
    return [
      "softmax of -inf alone",
      "A row has nothing that is not masked out. Leave one element of each row unmasked, or mask with a large negative number.",
    ];
  if (/^log(2|10)?_?$/.test(step.name))
    return min < 0
      ? ["log of a negative number", "log takes positive numbers: look at what came in."]
      : ["log of zero", `${EPSILON} The log of a softmax, or of a sum of exponentials, is log_softmax or logsumexp.`];
  if (/^(linalg_)?(slog|log)det$/.test(step.name))
    return step.outputs.some(isNan)
      ? [
          "log of a negative number",
          "The determinant is negative: slogdet() gives its sign and the logarithm of its size.",
        ]
      : ["log of zero", "The matrix is singular: add a small number to its diagonal."];
  if (/^log1p_?$/.test(step.name))
    return min < -1 ? ["log of a negative number", "log1p takes numbers above -1."] : ["log of zero", EPSILON];
  if (/^sqrt_?$/.test(step.name) && min < 0)
    return ["sqrt of a negative number", "Rounding can bring a sum of squares below zero: clamp(min=0) first."];
  if (/^rsqrt_?$/.test(step.name))
    return min < 0 ? ["sqrt of a negative number", "clamp(min=1e-8) first."] : ["division by zero", EPSILON];
  if (/^(div|true_divide|divide|floor_divide|remainder|fmod)_?$/.test(step.name))
    if (divisor === null || divisor === undefined ? step.args.includes("0") : divisor.zeros > 0)
      return ["division by zero", EPSILON];
  if (/^(reciprocal|rdiv|_rdiv|rtruediv)_?$/.test(step.name) && (a?.zeros ?? 0) > 0)
    return ["division by zero", EPSILON];
  if (/^(pow|float_power)_?$/.test(step.name)) {
    if (min < 0)
      return [
        "power of a negative number",
        "A fractional power of a negative number is no real number: take abs() or clamp first.",
      ];
    if ((a?.zeros ?? 0) > 0) return ["division by zero", EPSILON];
  }
  if (/^(asin|acos|atanh|erfinv|arcsin|arccos|arctanh)_?$/.test(step.name) && a !== null && (a.max >= 1 || a.min <= -1))
    return ["outside of the domain", "Rounding goes beyond 1: clamp(-1 + 1e-7, 1 - 1e-7) first."];
  if (/^logit_?$/.test(step.name)) return ["log of zero", "Give logit an eps."];
  if (/^(std|var|std_mean|var_mean)$/.test(step.name))
    return [
      "std of one element",
      "The unbiased estimate divides by n - 1: take correction=0, or more than one element.",
    ];
  if (/cross_entropy|nll_loss/.test(step.name) && inputs.every((f) => isFinite_(f)) && largestOf(inputs[0]) < 1e30)
    return [
      "mean of nothing",
      "Every target is the ignored index, so the mean is 0/0: leave out batches without targets.",
    ];
  if (inputs.some((f) => f !== null && !isFinite_(f))) {
    if (/^(sub|add|sum|mean)_?$/.test(step.name)) return ["inf minus inf", SMALLER];
    if (/^(mul|multiply|mm|matmul|bmm|linear|addmm|dot|mv)_?$/.test(step.name)) return ["zero times inf", SMALLER];
    return [`${step.name} of infinity`, SMALLER];
  }
  return ["overflow", SMALLER];
}
const largestOf = (f: Figures | null): number => (f === null ? 0 : Math.max(Math.abs(f.min), Math.abs(f.max)));

const overflowed = ({ outputs }: Step): boolean => outputs.some((ref) => isBad(ref));
function equalValues(node: Step, forward: Step, name: string, values: string): Explanation {
  return new Explanation(
    `equal ${values}`,
    `The first ${name} was made in the backward pass, by ${node.name}: vectors of equal ${values} can be turned among each other, so they have no derivative. The forward pass was in order there.`,
    [{ line: node.line, what: callText(forward) }, ...forward.inputs.map((given) => inputFact(given))],
    `Use the ${values} alone, whose gradient is finite, or move them apart: add a small random matrix first.`,
  );
}
function inBackward(steps: readonly Step[], node: Step, name: string): Explanation {
  const forward = node.of < 0 ? null : steps[node.of];
  const [a, b] = forward?.inputs.map((ref) => figures(ref)) ?? [];
  const op = forward?.name ?? node.name;
  const zero =
    (a?.zeros ?? 0) > 0 ||
    (b?.zeros ?? 0) > 0 ||
    (forward !== null && forward.outputs.some((ref) => (figures(ref)?.zeros ?? 0) > 0));
  // Vectors of equal values are not determined, so they have no slope: x / 0 in the formula.
  const ofValues = forward === null || overflowed(forward) ? null : /^_?(linalg_)?(eigh?|svd)$/.exec(op);
  if (ofValues !== null) return equalValues(node, forward!, name, /svd/.test(op) ? "singular values" : "eigenvalues");
  const edge =
    /^(a(rc)?(sin|cos|tanh)|erfinv)/.test(op) && a !== null && a !== undefined && (a.max >= 1 || a.min <= -1);
  const isOverflowed = forward !== null && overflowed(forward);
  const cause = edge
    ? `derivative of ${op} at 1`
    : isOverflowed
      ? "zero times inf"
      : zero || /^(std|var)$/.test(op)
        ? `derivative of ${op} at zero`
        : `overflow in the gradient of ${op}`;
  return new Explanation(
    cause,
    `The first ${name} was made in the backward pass, by ${node.name}: ${cause}. The forward pass was in order there.`,
    [
      { line: node.line, what: forward === null ? node.name : callText(forward) },
      ...(forward?.inputs ?? []).map((given) => inputFact(given)),
      { line: steps[node.pass]?.line ?? "", what: "backward() was called" },
    ],
    isOverflowed
      ? "torch.where() takes the good branch forward, but backward the gradient of the other one is 0 times infinity: make its input harmless before the op, not its result after."
      : "The slope is infinite there, though the value is not: add a small number inside (sqrt(x + 1e-8)), or keep the input off that point with torch.where before the op.",
  );
}
/** The first of a recording, wherever it went. */
export function firstNotFinite(steps: readonly Step[]): { readonly ref: Ref; readonly isGradient: boolean } | null {
  for (const step of steps) {
    if (isMask(step)) continue;
    const ref = step.outputs.find(isNan);
    if (ref) return { ref, isGradient: step.kind === "node" };
  }
  return null;
}
export const isBadKnown = (known: Known, version: number): boolean =>
  !isFinite_(known.values.get(version)?.figures ?? null);
