// Modules: construction, state, forward, gradients; their errors; their structure.
import type { Tensor } from "tidu";
import { lookup } from "./call.ts";
import { difference, flatten } from "./compare.ts";
import type { Case, Dataset, Encoded } from "./reader.ts";
import { differenceOfError, differenceOfGrads } from "./replay.ts";
import { Missing, Values } from "./values.ts";

interface Recipe {
  readonly module: string;
  readonly args: readonly Encoded[];
  readonly kwargs: Readonly<Record<string, Encoded>>;
}
/** What is used of a module here. */
interface ModuleLike {
  (...args: unknown[]): unknown;
  train(on: boolean): unknown;
  double(): unknown;
  float(): unknown;
  load_state_dict(state: Record<string, unknown>): unknown;
  state_dict(): Map<string, Tensor> | Record<string, Tensor>;
  named_parameters(): Iterable<readonly [string, Tensor]>;
  named_buffers(): Iterable<readonly [string, Tensor]>;
  named_modules(): Iterable<readonly [string, object]>;
  named_children(): Iterable<readonly [string, object]>;
}
const isRecipe = (v: Encoded): boolean => typeof v === "object" && v !== null && "module" in v;

export function construct({ module, args, kwargs }: Recipe, values: Values): ModuleLike {
  const decode = (v: Encoded): unknown => {
    if (isRecipe(v)) return construct(v as unknown as Recipe, values);
    if (Array.isArray(v)) return v.map(decode);
    if (typeof v === "object" && v !== null && "fn" in v) return lookup((v as unknown as { fn: string }).fn);
    if (typeof v === "object" && v !== null && "dict" in v)
      return Object.fromEntries((v as unknown as { dict: [string, Encoded][] }).dict.map(([k, x]) => [k, decode(x)]));
    return values.decode(v);
  };
  const Module = lookup(`nn.${module}`) as unknown as new (...x: unknown[]) => ModuleLike;
  const named = Object.entries(kwargs).map(([k, v]) => [k, decode(v)]);
  return new Module(...args.map(decode), ...(named.length > 0 ? [Object.fromEntries(named)] : []));
}
const entries = (state: Map<string, Tensor> | Record<string, Tensor>): [string, Tensor][] =>
  state instanceof Map ? [...state] : Object.entries(state);
const given = (c: Case, values: Values): unknown[] => {
  const named = Object.entries(c.kwargs ?? {}).map(([k, v]) => [k, values.decode(v)]);
  // A forward has no names for its arguments here; `input` is the first.
  if (named.length === 1 && named[0][0] === "input") return [named[0][1]];
  return [...(c.args ?? []).map((v) => values.decode(v)), ...(named.length > 0 ? [Object.fromEntries(named)] : [])];
};

export function replayModule(c: Case, data: Dataset): string | null {
  if (c["complex"] === true) throw new Missing("complex dtypes");
  const values = new Values(c, data.blob);
  const m = construct(c["ctor"] as Recipe, values);
  if (data.isNarrow) m.float();
  else m.double();
  m.train(c["train"] !== false);
  const state = Object.entries((c["state_dict"] ?? {}) as Record<string, { t: number }>);
  if (state.length > 0) m.load_state_dict(Object.fromEntries(state.map(([k, v]) => [k, values.tensor(v.t)])));
  const result = m(...given(c, values));
  const problem = difference(result, c.expected ?? null, values, c.gauge);
  if (problem !== null) return problem;
  const after = new Map(entries(m.state_dict()));
  for (const [name, v] of Object.entries((c["state_after"] ?? {}) as Record<string, Encoded>)) {
    const changed = difference(after.get(name), v, values);
    if (changed !== null) return `${name} afterwards: ${changed}`;
  }
  if (!c.cotangents) return null;
  const parameters = new Map(m.named_parameters());
  const ofParameters = Object.entries((c["param_grads"] ?? {}) as Record<string, { t: number } | null>);
  return differenceOfGrads(values, flatten(result), c.cotangents, [
    ...(c.grads ?? []).map(({ of, grad }) => ({ name: `input ${of.t}`, tensor: values.tensor(of.t), grad })),
    ...ofParameters.map(([name, grad]) => ({ name, tensor: parameters.get(name)!, grad })),
  ]);
}
export function replayModuleError(c: Case, data: Dataset): string | null {
  const values = new Values(c, data.blob);
  return differenceOfError(c, () => {
    const m = construct(c["ctor"] as Recipe, values);
    if (data.isNarrow) m.float();
    else m.double();
    return m(...given(c, values));
  });
}
export function replayModuleStruct(c: Case, data: Dataset): string | null {
  const values = new Values(c, data.blob);
  const m = construct(c["ctor"] as Recipe, values);
  const shapes = (items: Iterable<readonly [string, Tensor]>): unknown => [...items].map(([k, t]) => [k, [...t.shape]]);
  const got: Record<string, unknown> = {
    state_dict: entries(m.state_dict()).map(([k]) => k),
    named_parameters: shapes(m.named_parameters()),
    named_buffers: shapes(m.named_buffers()),
    named_modules: [...m.named_modules()].map(([k, x]) => [k, x.constructor.name]),
    children: [...m.named_children()].map(([k]) => k),
  };
  const want: Record<string, unknown> = {
    ...c,
    state_dict: (c["state_dict"] as unknown as [string, unknown][]).map(([k]) => k),
  };
  for (const [what, x] of Object.entries(got))
    if (JSON.stringify(x) !== JSON.stringify(want[what]))
      return `${what}: ${JSON.stringify(x)}, expected ${JSON.stringify(want[what])}`;
  return null;
}
