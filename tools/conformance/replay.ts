// Replays one case of any kind and says how it went.
import * as torch from "tidu";
import type { Tensor } from "tidu";
import { currentDevice } from "../../src/devices/registry.ts";
import { argumentsOf, callableFor } from "./call.ts";
import {
  difference,
  differenceOfElements,
  differenceOfTensors,
  flatten,
  otherStrides,
  toleranceFor,
} from "./compare.ts";
import type { Case, Dataset, Encoded } from "./reader.ts";
import type { Outcome } from "./report.ts";
import { Missing, Values, elementsOf } from "./values.ts";
import { replayGradUtil, replayOptim, replaySched } from "./training.ts";
import { replayModule, replayModuleError, replayModuleStruct } from "./modules.ts";
import { replayPromotion } from "./promotion.ts";
import { replayRandom } from "./random.ts";

/** A sentence about the first difference, or null. */
type Replay = (c: Case, data: Dataset, notes: string[]) => string | null;
const REPLAYS: Readonly<Record<string, Replay>> = {
  op: replayOp,
  error: replayError,
  promotion: replayPromotion,
  random: replayRandom,
  module: replayModule,
  module_error: replayModuleError,
  module_struct: replayModuleStruct,
  optim: replayOptim,
  grad_util: replayGradUtil,
  sched: replaySched,
};
export const KINDS = Object.keys(REPLAYS);

export function replay(c: Case, data: Dataset): Outcome {
  const notes: string[] = [];
  try {
    const why = REPLAYS[c.kind](c, data, notes);
    return why === null ? { status: "passed", why: "", notes } : { status: "failed", why };
  } catch (error) {
    if (error instanceof Missing) return { status: "missing", why: error.message };
    const { name, message } = error as Error;
    return { status: "failed", why: `raised ${name}: ${message.split("\n")[0]}` };
  }
}

function replayOp(c: Case, data: Dataset, notes: string[]): string | null {
  const call = callableFor(c);
  const values = new Values(c, data.blob);
  const given = argumentsOf(values);
  const run = (): unknown => call(given, c.args ?? []);
  const result = c.notes?.includes("inplace-no-grad") ? torch.no_grad(run) : run();
  if (otherStrides(flatten(result), c.expected ?? null, values)) notes.push("have results with other strides");
  return (
    difference(result, c.expected ?? null, values, c.gauge) ??
    differenceOfMutated(c, values) ??
    differenceOfGradients(c, values, result)
  );
}
function differenceOfMutated(c: Case, values: Values): string | null {
  for (const { of, after } of c.mutated ?? []) {
    const problem = differenceOfTensors(values.tensor(of.t), after.t, values);
    if (problem !== null) return `input ${of.t} afterwards: ${problem}`;
  }
  return null;
}
function differenceOfGradients(c: Case, values: Values, result: unknown): string | null {
  if (!c.grads || !c.cotangents) return null;
  return differenceOfGrads(
    values,
    flatten(result),
    c.cotangents,
    c.grads.map(({ of, grad }) => ({ name: `input ${of.t}`, tensor: values.tensor(of.t), grad })),
  );
}
/** Gradients of the outputs under the recorded cotangents, against the recorded gradients. */
export function differenceOfGrads(
  values: Values,
  outputs: readonly Tensor[],
  cotangents: readonly ({ readonly t: number } | null)[],
  wanted: readonly { name: string; tensor: Tensor; grad: { readonly t: number } | null }[],
): string | null {
  const pairs = cotangents.flatMap((g, i) =>
    g === null || outputs[i] === undefined ? [] : [{ y: outputs[i], g: values.tensor(g.t) }],
  );
  const used = pairs.filter(({ y }) => y.requires_grad);
  const grads: readonly (Tensor | null)[] =
    used.length === 0
      ? wanted.map(() => null)
      : torch.autograd.grad(
          used.map((p) => p.y),
          wanted.map((w) => w.tensor),
          used.map((p) => p.g),
          { allow_unused: true },
        );
  for (const [i, { name, grad }] of wanted.entries()) {
    const got = grads[i];
    if (grad === null) {
      if (got !== null) return `gradient of ${name}: expected None`;
      continue;
    }
    if (got === null) return `gradient of ${name} is missing`;
    const { dtype } = values.recorded(grad.t);
    const problem =
      got.shape.join() !== values.recorded(grad.t).shape.join()
        ? `shape [${got.shape.join()}]`
        : differenceOfElements(elementsOf(got), values.elements(grad.t), toleranceFor(values.case.op, dtype));
    if (problem !== null) return `gradient of ${name}: ${problem}`;
  }
  return null;
}

const takesOut = (kwargs: Readonly<Record<string, Encoded>> = {}): boolean => "out" in kwargs;
function replayError(c: Case, data: Dataset): string | null {
  if (takesOut(c.kwargs)) throw new Missing("out=");
  const call = callableFor(c);
  const values = new Values(c, data.blob);
  return differenceOfError(c, () => {
    call(argumentsOf(values), c.args ?? []);
    // Some errors are told late: see Note [Late checks].
    currentDevice().synchronize();
  });
}
/** Whether `body` raises what PyTorch raises: a class of that name, a message in which the recorded pattern is found. */
export function differenceOfError(c: Case, body: () => unknown): string | null {
  const { type, actual_type, regex, message } = c.error!;
  try {
    body();
  } catch (error) {
    if (error instanceof Missing) throw error;
    const got = error as Error;
    const told = `raised ${got.name}: ${got.message.split("\n")[0]}; expected ${actual_type}: ${message.split("\n")[0]}`;
    if (got.name !== actual_type && got.name !== type && type !== "Exception") return told;
    // In Python a class may begin with its own end: []] is a bracket.
    const found =
      regex === null
        ? got.message.includes(message.split("\n")[0])
        : new RegExp(regex.replace(/(?<!\[)\[\]/g, "[\\]")).test(got.message);
    return found ? null : told;
  }
  return `raised nothing, expected ${actual_type}: ${message.split("\n")[0]}`;
}
