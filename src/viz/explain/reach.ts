// How what a recording saw hangs together: what a tensor leads to, what it comes from, and where its gradient is cut.
import type { Known, Ref, Step } from "../recorder.ts";
import { callText } from "./explanation.ts";

/** Where the way from a tensor to its results stops being one for gradients. */
export interface Cut {
  readonly cause: string;
  readonly line: string;
  readonly what: string;
}
/** How far a tensor led: with no cut on the way, or over which one first. */
interface Reach {
  readonly cost: number;
  readonly cut: Cut | null;
}
const CUT = 10;
/** What came out as numbers and went into a new tensor may be a coincidence: any other way is likelier. */
const READ = 11;
/** So many steps may lie between the two. */
const NEAR = 400;

/** Why a result of a step requires no gradient though an argument does. */
export function cutAt(step: Step, made: Known): Cut {
  const { line } = step;
  const cut = (cause: string, what: string): Cut => ({ cause, line, what });
  if (step.kind === "data") return cut("data", ".data gives the elements without their history");
  if (step.kind === "detach_") return cut("detached", "detach_() cuts the tensor from its graph");
  if (step.name === "detach") return cut("detached", "detach() gives a tensor without a history");
  if (step.mode === "inference") return cut("inference_mode", `${callText(step)} ran in inference_mode`);
  if (step.mode === "no_grad") return cut("no_grad", `${callText(step)} ran under no_grad`);
  if (!made.dtype.is_differentiable)
    return CASTS.has(step.name)
      ? cut("integer", `${step.name}() makes it ${String(made.dtype)}: integers have no gradient`)
      : cut("not differentiable", `${step.name}() gives ${String(made.dtype)}, of which there is no gradient`);
  return cut("not differentiable", `${step.name}() has no derivative`);
}
const CASTS = new Set(["to", "_to_copy", "type", "long", "int", "short", "char", "byte", "bool", "type_as", "copy_"]);

const DATA = new Set<Step["kind"]>(["op", "data", "parameter", "detach_", "data="]);

/** What follows from a tensor, and over which cut, by tensor. */
export function reachFrom(steps: readonly Step[], from: Known, until = Infinity): Map<Known, Reach> {
  const reached = new Map<Known, Reach>([[from, { cost: 0, cut: null }]]);
  const reads: { readonly step: Step; readonly reach: Reach }[] = [];
  const arrive = (at: Known, reach: Reach): void => {
    if (reach.cost < (reached.get(at)?.cost ?? Infinity)) reached.set(at, reach);
  };
  for (const step of steps) {
    if (step.index >= until) break;
    if (step.kind === "read") {
      const reach = reached.get(step.subject!);
      if (reach !== undefined) reads.push({ step, reach });
    }
    if (step.kind === "made") {
      const near = reads.filter(({ step: { index } }) => step.index - index <= NEAR);
      for (const { step: read, reach } of near)
        arrive(step.subject!, {
          cost: reach.cost + READ + (step.index - read.index) / NEAR,
          cut: reach.cut ?? { cause: "new tensor", line: step.line, what: "a new tensor is made of numbers" },
        });
    }
    if (!DATA.has(step.kind)) continue;
    let best: { readonly ref: Ref; readonly reach: Reach } | null = null;
    for (const ref of step.inputs) {
      const reach = ref === null ? undefined : reached.get(ref.tensor);
      if (reach !== undefined && reach.cost < (best?.reach.cost ?? Infinity)) best = { ref: ref!, reach };
    }
    if (best === null) continue;
    const { ref, reach } = best;
    for (const output of step.kind === "detach_" || step.kind === "data="
      ? [{ ...ref, tensor: step.subject!, requires_grad: false }]
      : step.outputs) {
      if (output === null) continue;
      let next = reach;
      if (reach.cut === null && !ref.requires_grad)
        next = {
          cost: CUT,
          cut: { cause: "requires_grad", line: step.line, what: "it did not require grad yet when it was used" },
        };
      else if (step.kind === "parameter")
        next = {
          cost: reach.cost + CUT,
          cut: reach.cut ?? { cause: "new tensor", line: step.line, what: "nn.Parameter is a new leaf" },
        };
      else if (!output.requires_grad && ref.requires_grad)
        next = { cost: reach.cost + CUT, cut: reach.cut ?? cutAt(step, output.tensor) };
      if (step.kind === "detach_") reached.set(output.tensor, next);
      else arrive(output.tensor, next);
      // What is written into a view is in what it is a view of.
      if (output.tensor.base !== null && step.inputs.some((r) => r?.tensor === output.tensor))
        arrive(output.tensor.base, next);
    }
  }
  return reached;
}

/** Why a tensor requires no gradient: the cut it lies behind, or the leaves it was made from. */
export function cutBefore(steps: readonly Step[], of: Known): { readonly cut: Cut | null; readonly leaves: Known[] } {
  const leaves: Known[] = [];
  const visited = new Set<Known>();
  /** The way of a step that made it, looked at the last first. */
  const look = (known: Known, before: number): Cut | null => {
    if (visited.has(known)) return null;
    visited.add(known);
    let isMade = false;
    for (let i = Math.min(before, steps.length) - 1; i >= 0; i--) {
      const step = steps[i];
      if ((step.kind === "detach_" || step.kind === "data=") && step.subject === known) {
        const cut = step.kind === "detach_" ? cutAt(step, known) : null;
        if (cut !== null) return cut;
      }
      if (step.kind === "backward" || step.kind === "node" || step.kind === "optimizer") continue;
      if (!step.outputs.some((ref) => ref?.tensor === known)) continue;
      if (step.kind === "parameter") {
        leaves.push(known);
        return null;
      }
      const wanted = step.inputs.find((ref) => ref !== null && ref.requires_grad && ref.tensor !== known);
      if (wanted) return cutAt(step, known);
      if (step.kind === "made") {
        const read = readBefore(steps, i);
        if (read !== null)
          return { cause: "new tensor", line: step.line, what: `a new tensor of numbers, read at ${read.line}` };
      }
      for (const ref of step.inputs.toReversed()) {
        if (ref === null || ref.tensor === known) continue;
        isMade = true;
        const cut = look(ref.tensor, i);
        if (cut !== null) return cut;
      }
      if (!step.inputs.some((ref) => ref?.tensor === known)) break;
    }
    if (!isMade) leaves.push(known);
    return null;
  };
  return { cut: look(of, Infinity), leaves };
}
/** The nearest reading of a tensor with a history before a step. */
function readBefore(steps: readonly Step[], at: number): Step | null {
  for (let i = at - 1; i >= 0 && at - i <= NEAR; i--) {
    const step = steps[i];
    if (step.kind === "made" && step.outputs[0]?.requires_grad) return null;
    if (
      step.kind === "read" &&
      (step.inputs[0]?.requires_grad || cutBefore(steps.slice(0, i), step.subject!).cut !== null)
    )
      return step;
  }
  return null;
}
