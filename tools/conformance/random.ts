// Random streams: after manual_seed, the recorded calls in order, all drawing from the same stream.
import * as torch from "tidu";
import type { Tensor } from "tidu";
import { lookup } from "./call.ts";
import { difference, differenceOfElements } from "./compare.ts";
import type { Case, Dataset, Encoded } from "./reader.ts";
import { elementsOf, Missing, Values } from "./values.ts";

interface Call {
  readonly fn: string;
  readonly args?: readonly Encoded[];
  readonly size?: readonly number[];
  readonly dtype?: Encoded;
  readonly input?: Encoded;
  readonly p?: Encoded;
  readonly options?: Encoded;
  readonly expected: Encoded;
}
/** What passes through log, sin and cos differs by units in the last place; float32 normals more near 0. */
const TOLERANCE = { rtol: 1e-4, atol: 1e-5 };

export function replayRandom(c: Case, data: Dataset): string | null {
  const values = new Values(c, data.blob);
  torch.manual_seed(c["seed"] as number);
  for (const [i, call] of (c["calls"] as Call[]).entries()) {
    const problem = differenceOfDraw(run(call, values), call.expected, values);
    if (problem !== null) return `call ${i}, ${call.fn}: ${problem}`;
  }
  return null;
}
function differenceOfDraw(got: unknown, want: Encoded, values: Values): string | null {
  if (got instanceof torch.Tensor && typeof want === "object" && want !== null && "t" in want) {
    const k = (want as { t: number }).t;
    const recorded = values.recorded(k);
    if (got.dtype.name !== recorded.dtype) return `dtype ${got.dtype.name}, expected ${recorded.dtype}`;
    if (got.shape.join() !== recorded.shape.join()) return `shape [${got.shape.join()}]`;
    return differenceOfElements(elementsOf(got), values.elements(k), TOLERANCE);
  }
  return difference(got, want, values);
}
function run(call: Call, values: Values): unknown {
  const args = (call.args ?? []).map((v) => values.decode(v));
  const options = (call.options === undefined ? {} : values.decode(call.options)) as Record<string, unknown>;
  // Dropouts were recorded in training, which is not every one's default.
  if (call.p !== undefined) Object.assign(options, { p: values.decode(call.p), training: true });
  const dtype = call.dtype === undefined ? {} : { dtype: values.decode(call.dtype) };
  const call_ = (f: unknown, ...given: unknown[]): unknown => (f as (...x: unknown[]) => unknown)(...given);
  const trailing = Object.keys(options).length > 0 ? [options] : [];
  if (call.fn.startsWith("nn.init."))
    return call_(lookup(call.fn), torch.zeros(call.size!, dtype as object), ...args, ...trailing);
  if (call.fn.endsWith("_")) {
    const target = torch.empty(call.size!, dtype as object) as Tensor & Record<string, unknown>;
    if (typeof target[call.fn] !== "function") throw new Missing(`no Tensor.${call.fn}`);
    return (target[call.fn] as (...x: unknown[]) => unknown)(...args, ...trailing);
  }
  if (/^nn\.[A-Z]/.test(call.fn)) {
    const Module = lookup(call.fn) as unknown as new (...x: unknown[]) => { state_dict(): unknown };
    return new Module(...args, ...trailing).state_dict();
  }
  const f = lookup(call.fn);
  const input = call.input === undefined ? [] : [values.decode(call.input)];
  if (call.fn.startsWith("rand") && call.size) args.push(call.size);
  return call_(f, ...input, ...args, ...(call.dtype === undefined ? trailing : [{ ...options, ...dtype }]));
}
