// Why a gradient is zero, tiny or huge: the node of the backward pass where it became so.
import { changesOf } from "../recorder.ts";
import type { Known, Ref, Step } from "../recorder.ts";
import { figuresOfTensor, isZero, largest } from "../values.ts";
import { callText, Explanation } from "./explanation.ts";
import type { Fact } from "./explanation.ts";
import { figures, makerOf, rangeText, short } from "./not_finite.ts";

const TINY = 1e-7;
const HUGE = 1e4;

/** What a pass did, by node. */
interface Pass {
  readonly nodes: ReadonlyMap<number, Step>;
  /** The steps of nodes whose gradients go to a node. */
  readonly into: ReadonlyMap<number, readonly Step[]>;
}
function passOf(steps: readonly Step[], index: number): Pass {
  const nodes = new Map<number, Step>();
  const into = new Map<number, Step[]>();
  for (const step of steps) {
    if (step.kind !== "node" || step.pass !== index) continue;
    nodes.set(step.node, step);
    for (const edge of step.edges) {
      if (edge === null) continue;
      const known = into.get(edge[0]);
      if (known === undefined) into.set(edge[0], [step]);
      else if (!known.includes(step)) known.push(step);
    }
  }
  return { nodes, into };
}
const strength = (refs: readonly (Ref | null)[]): number =>
  Math.max(0, ...refs.map((ref) => (figures(ref) === null ? 0 : largest(figures(ref)!))));
/** What a node gave another one. */
const sentTo = (step: Step, node: number): number =>
  strength(step.outputs.filter((_, i) => step.edges[i]?.[0] === node));

/** Why the gradient of a leaf is as weak or as strong as it is; null where it is neither. */
export function whyStrength(steps: readonly Step[], leaf: Known): Explanation | null {
  const end = steps.findLast(({ kind, subject }) => kind === "node" && subject === leaf);
  if (end === undefined) return null;
  const f = figures(end.outputs[0] ?? null);
  if (f === null) return null;
  const size = largest(f);
  if (isZero(f)) return whyZero(steps, end, 0, "zero");
  if (size < TINY) return whyZero(steps, end, size, tiny(size));
  if (size > HUGE) return whyHuge(steps, end, size);
  return whyChanged(steps, leaf, end);
}
const tiny = (size: number): string => `tiny, at most ${short(size)}`;

/** It came neither weak nor strong, and was changed then; null where it is still neither. */
function whyChanged(steps: readonly Step[], leaf: Known, end: Step): Explanation | null {
  const gradient = leaf.ref?.deref()?.gradient ?? null;
  const now = gradient === null || gradient.is_meta ? null : figuresOfTensor(gradient);
  if (gradient === null || now === null || now.count === 0) return null;
  const size = largest(now);
  if (size >= TINY && size <= HUGE) return null;
  const change = changesOf(gradient).findLast(({ step }) => step > end.index);
  const facts = [
    change === undefined ? hookOf(steps, leaf) : { line: change.line, what: `${change.by} changed it` },
    {
      line: steps[end.pass]?.line ?? "",
      what: `backward() was called, and gave ${rangeText(figures(end.outputs[0])!)}`,
    },
  ];
  return new Explanation(
    change?.by === "zero_" ? "zero_grad" : "gradient changed",
    `Its gradient is ${isZero(now) ? "zero" : size < TINY ? tiny(size) : `huge, up to ${short(size)}`}: it was changed after backward() had computed it.`,
    facts,
    "Look at what changes gradients between backward() and step(): zero_grad(), clipping, scaling, hooks.",
  );
}
/** Whether an optimizer wrote to a parameter, and yet each element is what it was. */
function leaves({ inputs, outputs }: Step, parameter: Known): boolean {
  const [before, after] = [inputs, outputs].map((refs) => refs.find((ref) => ref?.tensor === parameter));
  const [was, is] = [figures(before ?? null), figures(after ?? null)];
  return was !== null && is !== null && was.digest === is.digest;
}
function whyLeft({ name, line, args }: Step): Explanation {
  const isZero = args.every((arg) => arg === "lr=0");
  const rates = args.join(", ");
  return new Explanation(
    "learning rate",
    isZero
      ? "It has a gradient, but the optimizer took its step with a learning rate of 0."
      : `It has a gradient, but the optimizer's step${rates === "" ? "" : ` (${rates})`} is so small that each element is rounded to what it was.`,
    [{ line, what: `${name}(${rates}) changed no element` }],
    isZero
      ? "A scheduler that begins at 0, as a warm-up by epoch / count does, leaves the first steps without effect: begin at (epoch + 1) / count."
      : "Take a larger learning rate; float32 has some seven digits.",
  );
}
/** Where a hook on a tensor was registered. */
function hookOf(steps: readonly Step[], of: Known): Fact {
  const step = steps.findLast(({ kind, subject }) => kind === "hook" && subject === of);
  return { line: step?.line ?? of.line, what: step === undefined ? "a hook on this tensor changed it" : "this hook" };
}

/** What happened to a gradient on its way: a node made another one of it, or a hook, between two nodes. */
interface Turn {
  readonly step: Step;
  /** Of a hook: whose gradient it changed. */
  readonly hooked: Known | null;
  /** What came out in times what went in. */
  readonly ratio: number;
}
function turnsOf(steps: readonly Step[], way: readonly Step[]): Turn[] {
  const ratio = (before: number, after: number): number => (before === 0 ? 1 : after / before);
  return way.slice(0, -1).flatMap((step, i): Turn[] => {
    const next = way[i + 1];
    const sent = sentTo(step, next.node);
    const turn = { step, hooked: null, ratio: ratio(strength(step.inputs), sent) };
    // What others send is added to it; a hook can also take away.
    const hooked = next.subject ?? (next.of < 0 ? null : (steps[next.of].outputs[0]?.tensor ?? null));
    const isHooked = hooked !== null && steps.some(({ kind, subject }) => kind === "hook" && subject === hooked);
    return isHooked ? [turn, { step: next, hooked, ratio: ratio(sent, strength(next.inputs)) }] : [turn];
  });
}
const byHook = (steps: readonly Step[], told: string, hooked: Known, called: Fact): Explanation =>
  new Explanation(
    "hook",
    `Its gradient is ${told}: a hook made it so.`,
    [hookOf(steps, hooked), called],
    "What a hook returns takes the gradient's place; a hook that only looks returns nothing.",
  );

/**
 * Why a parameter stays as it is though gradients come to it: the optimizers that took steps have others, or changed none of its
 * elements. Null where one of them did.
 */
export function whyNotMoved(steps: readonly Step[], parameter: Known): Explanation | null {
  const came = steps.find(({ kind, subject }) => kind === "node" && subject === parameter);
  const taken = steps.filter(({ kind, index }) => kind === "optimizer" && index > (came?.index ?? Infinity));
  if (!parameter.isParameter || taken.length === 0) return null;
  const having = taken.filter(({ inputs }) => inputs.some((ref) => ref?.tensor === parameter));
  if (having.length > 0) return having.every((step) => leaves(step, parameter)) ? whyLeft(having[0]) : null;
  return new Explanation(
    "not in the optimizer",
    "It has a gradient, but the optimizer that took a step has other parameters.",
    [
      { line: taken[0].line, what: `${taken[0].name}() changed ${taken[0].inputs.length} others` },
      ...(parameter.line === "" ? [] : [{ line: parameter.line, what: "it was made" }]),
    ],
    "Make the optimizer after the model is complete, from its parameters(), or add them by add_param_group.",
  );
}

/** The nodes from the loss to a leaf, the strongest way. */
function wayTo(steps: readonly Step[], end: Step): Step[] {
  const { into } = passOf(steps, end.pass);
  const way: Step[] = [end];
  const seen = new Set<Step>(way);
  for (let at: Step | undefined = end; at !== undefined;) {
    const { node }: Step = at;
    const next: Step | undefined = (into.get(node) ?? [])
      .filter((step) => !seen.has(step))
      .toSorted((a, b) => sentTo(b, node) - sentTo(a, node) || strength(b.inputs) - strength(a.inputs))
      .at(0);
    if (next !== undefined) {
      way.unshift(next);
      seen.add(next);
    }
    at = next;
  }
  return way;
}
/** Several ways give a gradient that is none together: null where that is not so. */
function whyCancelled(steps: readonly Step[], way: readonly Step[], told: string, called: Fact): Explanation | null {
  const { into } = passOf(steps, way[0].pass);
  for (const step of way) {
    const given = (into.get(step.node) ?? []).filter((from) => sentTo(from, step.node) > 0);
    if (given.length < 2 || strength(step.inputs) > TINY * sentTo(given[0], step.node)) continue;
    return new Explanation(
      "cancelled",
      `Its gradient is ${told}: what comes to it on ${given.length} ways adds up to nothing, so the loss does not change with it.`,
      [
        ...given.map((from) => ({
          line: from.line,
          what: `${from.name} gave up to ${short(sentTo(from, step.node))}`,
        })),
        called,
      ],
      "What is centred or normalized has the same sum whatever goes in: look at what the loss measures.",
    );
  }
  return null;
}
function whyZero(steps: readonly Step[], end: Step, size: number, told: string): Explanation {
  const way = wayTo(steps, end);
  const called = { line: steps[end.pass]?.line ?? "", what: "backward() was called" };
  const shrunk = turnsOf(steps, way);
  const cancelled = whyCancelled(steps, way, told, called);
  if (cancelled !== null) return cancelled;
  const worst = shrunk.toSorted((a, b) => a.ratio - b.ratio).at(0);
  if (worst === undefined || (size > 0 && worst.ratio > 1e-3)) {
    const weak = shrunk.filter(({ ratio }) => ratio < 0.9);
    return new Explanation(
      "vanishing",
      `Its gradient is ${told}: it became weaker in each of ${weak.length} steps of the backward pass.`,
      [
        ...weak.map(({ step, ratio }) => ({ line: step.line, what: `${step.name}: ${short(ratio)} of what came` })),
        called,
      ],
      "Use relu in place of sigmoid or tanh, normalization, residual connections, or another initialization.",
    );
  }
  const { step, hooked } = worst;
  if (hooked !== null) return byHook(steps, told, hooked, called);
  const forward = step.of < 0 ? null : steps[step.of];
  const [cause, at, advice] = causeOfZero(steps, step, forward);
  const input = forward?.inputs[0] ?? null;
  return new Explanation(
    cause,
    `Its gradient is ${told}: ${step.name} let nothing through. ${capital(cause)}.`,
    [
      { line: at.line, what: callText(at) },
      ...(input !== null && figures(input) !== null
        ? [{ line: input.tensor.line, what: `what went in, ${rangeText(figures(input)!)}` }]
        : []),
      called,
    ],
    advice,
  );
}
const capital = (s: string): string => s.slice(0, 1).toUpperCase() + s.slice(1);

/** What an op's derivative is zero for, and what is to be done. */
const ZEROS: readonly (readonly [name: RegExp, cause: string, advice: string])[] = [
  [
    /^(relu_?|threshold_?|relu6|clamp_min)$/,
    "dead relu",
    "Every input is below zero, where relu's slope is none: use leaky_relu, a smaller learning rate or another initialization, and look at the bias.",
  ],
  [
    /^(sigmoid|tanh|hardsigmoid|hardtanh|hardswish|softsign|erf|logsigmoid|log_sigmoid)_?$/,
    "saturated",
    "Its input is too large, where the curve is flat: scale the input, normalize it, or use a loss on logits (binary_cross_entropy_with_logits).",
  ],
  [
    /^(softmax|log_softmax|cross_entropy)/,
    "saturated",
    "One logit is so much larger than the others that the softmax does not move: divide the logits by a temperature, or scale the input.",
  ],
  [
    /^(round|floor|ceil|trunc|sign|sgn|heaviside|frac|fix|bucketize)_?$/,
    "step function",
    "A step has slope zero everywhere. Pass the gradient straight through: y = x + (round(x) - x).detach().",
  ],
  [
    /^(clamp|clip|clamp_max|clamp_min|hardshrink|softshrink|minimum|maximum)_?$/,
    "clamped",
    "Every element is beyond the bound, where the slope is none.",
  ],
  [/^(where|masked_fill_?|masked_scatter)$/, "masked out", "The mask takes the other side everywhere."],
  [/dropout/, "dropped", "Dropout with p = 1 leaves nothing."],
];
function causeOfZero(
  steps: readonly Step[],
  node: Step,
  forward: Step | null,
): [cause: string, at: Step, advice: string] {
  if (forward === null) return ["zero derivative", node, ""];
  const [incoming] = node.inputs;
  const f = figures(incoming ?? null);
  if (/^(softmax|log_softmax)/.test(forward.name) && f !== null && f.count > 1 && f.min === f.max)
    return [
      "constant",
      forward,
      "The outputs of a softmax always add up to one, so their sum does not depend on the input.",
    ];
  for (const [name, cause, advice] of ZEROS)
    if (name.test(forward.name))
      return [cause === "saturated" ? `saturated ${forward.name.replace(/_$/, "")}` : cause, forward, advice];
  const zero = forward.inputs.find((ref) => ref !== null && isZero(figures(ref)));
  if (zero) {
    const maker = makerOf(steps, zero, forward.index);
    const known = maker === null || maker.kind !== "op" ? undefined : ZEROS.find(([name]) => name.test(maker.name));
    const alive = maker?.inputs.some((ref) => ref !== null && !isZero(figures(ref))) ?? false;
    if (known !== undefined && alive) return [known[1], maker!, known[2]];
    const first = beganZero(steps, zero, forward.index);
    if (first !== null && underflowed(first))
      return [
        "underflow",
        first,
        "The result is smaller than its dtype can hold: compute in float32, scale the loss up (torch.amp.GradScaler), or work with logarithms.",
      ];
    return [
      "multiplied by zero",
      forward,
      "What it was multiplied by is zero: initialize with small random numbers in place of zeros, or look at the mask or weight.",
    ];
  }
  if (forward.args.some((x) => /^-?0(\.0*)?$/.test(x)))
    return ["multiplied by zero", forward, "What it was multiplied by is zero."];
  if (/pow|square|abs|mul|prod|norm/.test(forward.name))
    return ["zero derivative", forward, "Its slope is zero at this input: a minimum, or a start at exactly zero."];
  if (/norm/.test(forward.name))
    return ["constant", forward, "What comes out of a normalization has the same mean and size whatever goes in."];
  return ["zero derivative", forward, ""];
}

/** The op that made zeros of what was not all zero. */
function beganZero(steps: readonly Step[], of: Ref, before: number): Step | null {
  const maker = makerOf(steps, of, before);
  const zero = maker?.kind === "op" ? maker.inputs.find((ref) => ref !== null && isZero(figures(ref))) : null;
  return zero ? beganZero(steps, zero, maker!.index) : maker;
}
/** Whether a product, a quotient or an exponential of numbers none of which is zero came to nothing. */
function underflowed({ kind, name, inputs, args }: Step): boolean {
  const factors = inputs.map((ref) => figures(ref));
  return (
    kind === "op" &&
    /^(mul|multiply|div|true_divide|divide|exp2?|pow|square|prod|softmax|sigmoid|to|_to_copy|half|type)_?$/.test(
      name,
    ) &&
    !args.some((x) => /^-?0(\.0*)?$/.test(x)) &&
    factors.every((f) => f !== null && f.zeros === 0 && f.nans === 0)
  );
}

function whyHuge(steps: readonly Step[], end: Step, size: number): Explanation {
  const way = wayTo(steps, end);
  const called = { line: steps[end.pass]?.line ?? "", what: "backward() was called" };
  const strong = turnsOf(steps, way)
    .filter(({ ratio }) => ratio > 1.5)
    .toSorted((a, b) => b.ratio - a.ratio);
  const [worst] = strong;
  if (worst === undefined)
    return new Explanation(
      "huge loss",
      `Its gradient is huge, up to ${short(size)}: it was so from the beginning of the backward pass.`,
      [called],
    );
  if (worst.hooked !== null) return byHook(steps, `huge, up to ${short(size)}`, worst.hooked, called);
  const total = strong.reduce((sum, { ratio }) => sum + Math.log(ratio), 0);
  const forward = worst.step.of < 0 ? null : steps[worst.step.of];
  const spread = strong.filter(({ step }) => step.name === worst.step.name);
  const facts = [
    ...strong
      .slice(0, 5)
      .map(({ step, ratio }) => ({ line: step.line, what: `${step.name}: ${short(ratio)} times what came` })),
    called,
  ];
  if (Math.log(worst.ratio) < 0.5 * total && spread.length > 2)
    return new Explanation(
      "exploding",
      `Its gradient is huge, up to ${short(size)}: it grew in each of ${spread.length} times ${worst.step.name}.`,
      facts,
      "Clip gradients (nn.utils.clip_grad_norm_), scale the weights down, normalize, or cut the sequence.",
    );
  const [a, b] = forward?.inputs.map((ref) => figures(ref)) ?? [];
  const cause = /^(div|true_divide|reciprocal)/.test(forward?.name ?? "")
    ? "division by a small number"
    : /^(log|sqrt|rsqrt|pow)/.test(forward?.name ?? "")
      ? `${forward!.name} near zero`
      : "multiplied by a large number";
  return new Explanation(
    cause,
    `Its gradient is huge, up to ${short(size)}: most of that is ${worst.step.name}'s, ${short(worst.ratio)} times what came. ${capital(cause)}.`,
    [
      ...facts.slice(0, 1),
      ...[a, b].flatMap((f) => (f ? [{ line: worst.step.line, what: `an input, ${rangeText(f)}` }] : [])),
      ...facts.slice(1),
    ],
    cause.startsWith("multiplied")
      ? "Scale it down: a mean in place of a sum, normalized inputs, smaller weights."
      : "Keep it away from zero: add a small number, or clamp.",
  );
}
