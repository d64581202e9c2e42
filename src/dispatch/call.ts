// The single path of every call: bind, compute, mark the view or bump the version, record the node.
import type { Dtype } from "../base/dtype.ts";
import { modes, withGrad } from "../autograd/mode.ts";
import { assertWritable, markChanged, rewriteHistory, writingAs } from "../autograd/inplace.ts";
import { gradientEdge, inGraph } from "../autograd/node.ts";
import { nodeNamed, OpNode } from "../autograd/op_node.ts";
import { LinAlgError, help, isRaised } from "../base/errors.ts";
import { placement } from "../devices/registry.ts";
import { broadcastShapes } from "../base/layout.ts";
import type { Shape } from "../base/layout.ts";
import { observe, observer } from "../base/observer.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { ViewInfo } from "../tensor/tensor.ts";
import { collectTemporaries, empty } from "../tensor/allocate.ts";
import { autocasting } from "./autocasting.ts";
import type { Autocast } from "./autocasting.ts";
import { bind } from "./bind.ts";
import { assertCast, assertFits } from "./fits.ts";
import { assertOwned, beneathAll, isRandom, levelOf, levels, mapTensors, standing } from "./levels.ts";
import type { Level } from "./levels.ts";
import type { AnyDefinition, Check, Entry, OpKernel } from "./declare.ts";
import { otherLayouts } from "./layouts.ts";
import { outs } from "./outs.ts";
import { placed, runOnHost, writeOnHost } from "./placement.ts";
import type { Schema } from "./schema.ts";
import { assign, settled } from "../tensor/elementwise.ts";
import { lazies } from "../tensor/lazy.ts";
import { promotedDtype } from "./promotion.ts";
import { formerArguments } from "./former_arguments.ts";
import { anyTaken, isOfDtypes, isTaken } from "./takes.ts";

type Values = readonly unknown[];
type Results = Tensor | readonly Tensor[];

/** What a user calls, as a function or as a method, with all that was given; self stands before what a method is given. */
export function makeCall(entry: Entry, method: boolean): (given: readonly unknown[]) => unknown {
  const { schema } = entry;
  if (entry.inplaceOf !== null) {
    const of = entry.inplaceOf;
    return (given) => runInPlace(of, schema.name, bind(schema, given, method));
  }
  const order = formerArguments.orderOf(schema);
  if (order !== null)
    return (given) => run(entry, bind(schema, formerArguments.translate(schema, order, given), method));
  const { args } = schema;
  return (given) => {
    const values = bind(schema, given, method);
    return values.length === args.length ? run(entry, values) : runInto(entry, values);
  };
}
/** With the tensors for the results behind the values. */
function runInto(entry: Entry, values: Values): unknown {
  const inputs = outs.inputsFor(entry.schema, values);
  return outs.writeOuts(entry.schema, values.at(-1), run(entry, inputs), inputs);
}

/**
 * Runs an op on bound values.
 *
 * Note [Plain calls]: what few calls need stands in functions of its own, each behind a field that is read: a closure over
 * the values, even where it is never made, costs every call a place for them outside the stack.
 */
export function run(entry: Entry, values: Values): Results {
  if (otherLayouts.route !== null) {
    const results = otherLayouts.route(entry, values, null);
    if (results !== null) return results;
  }
  if (placement.several) return runPlaced(entry, values);
  return observer.current === null ? execute(entry, values) : runObserved(entry, values);
}
function runPlaced(entry: Entry, values: Values): Results {
  return placed(entry, values, (v) => runObserved(entry, v));
}
function runObserved(entry: Entry, values: Values): Results {
  return observe(`aten::${entry.schema.name}`, "op", values, () => execute(entry, values));
}
function execute(entry: Entry, values: Values): Results {
  if (entry.definition === null) throw new Error(`${entry.schema.name}: declared but not defined`);
  if (autocasting.of !== null && modes().autocast) {
    const results = executeCast(autocasting.of, entry, values);
    if (results !== null) return results;
  }
  return levels.newest === null ? executeOn(null, entry, values) : executeAtLevel(entry, values);
}
/** Null if the op runs on what it was given. */
function executeCast(autocast: Autocast, entry: Entry, values: Values): Results | null {
  const policy = autocast.policyOf(entry.schema);
  return policy === null ? null : autocast.run(policy, values, (cast) => execute(entry, cast));
}
function executeAtLevel(entry: Entry, given: Values): Results {
  const [level, values] = atLevel(entry, given);
  if (level === null && entry.definition!.kernel.kind !== "composite") return beneathAll(() => execute(entry, values));
  return executeOn(level, entry, values);
}
function executeOn(level: Level | null, entry: Entry, values: Values): Results {
  const { schema } = entry;
  if (entry.takes !== null) assertTakes(entry, values, null);
  if (entry.inplaceArg >= 0 && values[entry.inplaceArg] === true) return runOver(entry, values);
  const { kernel } = entry.definition!;
  if (kernel.kind === "composite") return compose(entry.definition!, values, entry);
  const { grad, inference } = modes();
  // A view is as much of inference as what it is of, and then neither recorded nor known as a view.
  const ofInference = kernel.kind === "view" && (values[0] as Tensor).inference;
  const recording =
    grad && !inference && !ofInference && entry.record !== null && level?.records !== false && needsGrad(entry, values);
  let results: Results;
  if (level !== null) {
    results = level.compute(entry, values);
    if (kernel.kind === "view" && !ofInference) markViews(values[0] as Tensor, results);
  } else if (kernel.kind === "view") {
    results = kernel.run(values, schema);
    if (!ofInference) markViews(values[0] as Tensor, results);
  } else if (kernel.kind === "loops") results = kernel.run(lazies.any ? settledAll(values) : values, schema);
  else {
    results = computeUnrecorded(kernel, lazies.any && kernel.shares !== true ? settledAll(values) : values, entry);
    // A kernel may see its result through views of its own; to the outside it is fresh.
    forEachTensor(results, makeFresh);
  }
  if (kernel.kind === "view" ? ofInference : inference) forEachTensor(results, inferred);
  if (recording) recordNode(entry, values, results);
  return schema.results === null ? results : named(entry, results);
}
const inferred = (t: Tensor): void => void (t.inference = true);
function recordNode(entry: Entry, values: Values, results: Results): void {
  if (results instanceof Tensor) {
    if (results.dtype.is_differentiable) results.node = new OpNode(entry, values, [results], null);
    return;
  }
  const node = new OpNode(entry, values, results, null);
  for (let i = 0; i < results.length; i++) {
    const t = results[i];
    if (!t.dtype.is_differentiable || entry.record!.constants.includes(i)) continue;
    t.node = node;
    t.outputNr = i;
  }
}

/** What computes gets numbers as they are seen: see Note [Conjugated views]. */
const settledAll = (values: Values): Values => withGrad(false, () => mapTensors(values, settled));
/** The level that a call belongs to, if any, and the arguments as it gets them. */
function atLevel(entry: Entry, values: Values): [Level | null, Values] {
  const given = mapTensors(values, standing);
  const level = entry.definition!.kernel.kind === "composite" ? null : levelOf(entry, given);
  return [level, level?.lift(given) ?? given];
}

/** Raises for a dtype that the op does not take. */
function assertTakes(entry: Entry, values: Values, target: Dtype | null): void {
  const { takes, schema } = entry;
  for (const check of takes!) {
    const value = check.place < 0 ? null : values[check.place];
    if (value instanceof Tensor) {
      const { dtype } = value;
      if (isTaken(check, dtype) && (check.same !== true || dtype === firstOf(values))) continue;
      if (check.unless?.(values) !== true) throw refusal(entry, check, dtype, values);
    } else if (check.place < 0) {
      const dtype = promotedDtype(values, schema);
      if (isTaken(check, dtype) || check.unless?.(values) === true) continue;
      if (target !== null) assertCast(dtype, target, `${schema.name}_`);
      throw refusal(entry, check, dtype, values);
    }
  }
}
/** What is said of a dtype; or of the other arguments, where PyTorch sees to them first: they are tried with another dtype. */
function refusal(entry: Entry, check: Check, dtype: Dtype, values: Values): Error {
  const { definition, schema } = entry;
  // What draws would move the generator on.
  if (check.isLast === true && !isRandom(entry)) {
    const taken = anyTaken(check);
    const follows = (i: number): boolean => entry.takes!.some((c) => c.same === true && c.place === i);
    const other = (v: unknown, i: number): unknown =>
      v instanceof Tensor && (check.place < 0 || check.place === i || (v.dtype === dtype && follows(i)))
        ? zeros(v.sizes, taken)
        : v;
    try {
      withGrad(false, () => collectTemporaries(() => definition!.kernel.run(values.map(other), schema)));
    } catch (error) {
      // A LinAlgError is about the numbers, which are zeros here.
      if (isRaised(error) && !isOfDtypes(error) && !(error instanceof LinAlgError)) return error;
    }
  }
  return check.refuse(dtype, firstOf(values));
}

function zeros(sizes: Shape, dtype: Dtype): Tensor {
  const t = empty(sizes, dtype);
  assign(t, 0);
  return t;
}
const firstOf = (values: Values): Dtype => values.find((v): v is Tensor => v instanceof Tensor)!.dtype;

/** Ops put together are recorded by themselves. */
function compose(
  { kernel, node, lastNode }: AnyDefinition,
  values: Values,
  entry: Entry,
  op = entry.schema.name,
): Results {
  const results = named(
    entry,
    collectTemporaries(() => kernel.run(values, entry.schema)),
  );
  const name = node ?? lastNode;
  if (name !== undefined) nameLastNode(entry, results, name, values, op);
  // What it has made for itself nobody else sees: views of that are none, if unrecorded or the one node's results.
  if (node !== undefined || !modes().grad)
    forEachTensor(results, (t) => void (t.view_ !== null && !isOf(t, values) && makeFresh(t)));
  return results;
}
const isOf = (t: Tensor, values: Values): boolean =>
  values.some((v) => (v instanceof Tensor ? v.storage === t.storage : Array.isArray(v) && isOf(t, v)));
/** Kernels may be written with ops of their own; those are not recorded, and their temporaries are released. */
function computeUnrecorded(kernel: OpKernel, values: Values, entry: Entry): Results {
  return withGrad(false, () => collectTemporaries(() => runKernel(kernel, values, entry.schema)));
}
const runKernel = (kernel: OpKernel, values: Values, schema: Schema): Results =>
  kernel.kind === "host" ? runOnHost(kernel, values, schema) : kernel.run(values, schema);

/** Results under their names, where there are several: `const { values, indices } = x.max(0)`. */
function named({ schema }: Entry, results: Results): Results {
  if (schema.results === null || results instanceof Tensor) return results;
  const array = [...results] as Tensor[] & Record<string, Tensor>;
  for (const [i, name] of schema.results.entries())
    if (!(name in array) || name === "values") Object.defineProperty(array, name, { value: results[i] });
  return array;
}

function needsGrad({ record }: Entry, values: Values): boolean {
  const { formulas } = record!;
  for (let i = 0; i < formulas.length; i++) if (isTensorWithGrad(values[formulas[i].arg])) return true;
  return false;
}

function markViews(of: Tensor, results: Results): void {
  const base = of.view_?.base ?? of;
  const { grad, inference } = modes();
  const made = !grad ? "no_grad" : results instanceof Tensor ? (of.view_?.made ?? "default") : "multiple";
  markAs(results, base, made === "no_grad" && inference ? "inference" : made, of.storage.version);
}
function markAs(results: Results, base: Tensor, made: ViewInfo["made"], version: number): void {
  if (results instanceof Tensor) results.view_ = { base, made, version };
  else for (const t of results) markAs(t, base, made, version);
}
function forEachTensor(results: Results, f: (t: Tensor) => void): void {
  if (results instanceof Tensor) f(results);
  else results.forEach(f);
}
const makeFresh = (t: Tensor): void => void (t.view_ = null);

/** Runs `of` and writes its result into the first value, whose history then is this op's. */
export function runInPlace(of: Entry, name: string, values: Values): Tensor {
  if (otherLayouts.route !== null) {
    const self = otherLayouts.route(of, values, name);
    if (self !== null) return self as Tensor;
  }
  if (placement.several) return placed(of, values, (v) => inPlaceObserved(of, name, v));
  return observer.current === null ? shapesFirst(of, name, values) : inPlaceObserved(of, name, values);
}
function inPlaceObserved(of: Entry, name: string, values: Values): Tensor {
  return observe(`aten::${name}`, "op", values, () => shapesFirst(of, name, values));
}
/** What PyTorch's loops say of the shapes they say before they look at the dtypes and the elements. */
function shapesFirst(of: Entry, name: string, values: Values): Tensor {
  try {
    return executeInPlace(of, name, values);
  } catch (error) {
    if (of.definition!.kernel.kind === "loops" && SAID_LATER.test((error as Error).message)) {
      const tensors = values.filter((v): v is Tensor => v instanceof Tensor);
      const sizes = tensors.map((t) => t.sizes).reduce(broadcastShapes);
      assertFits(tensors[0], { sizes, dtype: tensors[0].dtype }, name);
    }
    throw error;
  }
}
const SAID_LATER = /not implemented for '|can't be cast to|^ZeroDivisionError/;
function executeInPlace(of: Entry, name: string, values: Values): Tensor {
  return levels.newest === null ? writeOn(null, of, name, values) : writeAtLevel(of, name, values);
}
function writeAtLevel(of: Entry, name: string, given: Values): Tensor {
  assertOwned(of, name, mapTensors(given, standing));
  const [level, values] = atLevel(of, given);
  if (level === null && of.definition!.kernel.kind !== "composite")
    return beneathAll(() => executeInPlace(of, name, values));
  return writeOn(level, of, name, values);
}
function writeOn(level: Level | null, of: Entry, name: string, values: Values): Tensor {
  const { definition } = of;
  const { kernel, unrecorded } = definition!;
  const self = values[0] as Tensor;
  const { grad } = modes();
  const recording =
    grad && unrecorded?.(self.dtype) !== true && level?.records !== false && values.some(isTensorWithGrad);
  if (grad) assertWritable(self, recording);
  if (of.takes !== null) assertTakes(of, values, self.dtype);
  if (kernel.kind === "composite") {
    // What it is made of may need the old elements for backward.
    const given = recording ? [copied(self), ...values.slice(1)] : values;
    return becomeComposed(self, compose(definition!, given, of, name) as Tensor, name);
  }
  // A formula that needs the old self gets a copy: the memory is about to change.
  let saved = values;
  if (recording && of.record !== null && savesSelf(of, values)) saved = [self.clone(), ...values.slice(1)];
  if (level !== null) level.write(of, name, values);
  else {
    const now = modes();
    now.grad = false;
    try {
      write(of, name, values);
    } finally {
      now.grad = grad;
    }
    markChanged(self.storage, name);
  }
  if (recording) recordWrite(of, saved, self, values);
  return self;
}
function recordWrite(of: Entry, saved: Values, self: Tensor, values: Values): void {
  rewriteHistory(self, () => new OpNode(of, saved, [self], values));
}
/** The result over the first value's numbers. */
function write({ definition, schema }: Entry, name: string, values: Values): void {
  const { kernel } = definition!;
  const given = lazies.any ? settledAll(values) : values;
  const target = given[0] as Tensor;
  if (kernel.into && kernel.kind === "host") writeOnHost(kernel, given, schema, target);
  else if (kernel.into) kernel.into(given, schema, target);
  else writeComputed(kernel, given, schema, target, name);
  if (target !== values[0]) assign(values[0] as Tensor, target);
}
function writeComputed(kernel: OpKernel, given: Values, schema: Schema, target: Tensor, name: string): void {
  collectTemporaries(() => writeResult(target, runKernel(kernel, given, schema) as Tensor, name));
}
/** The same elements in memory of their own, at the same place in the graph. */
function copied(t: Tensor): Tensor {
  if (levels.newest !== null) return t.clone();
  const copy = withGrad(false, () => t.clone());
  const edge = gradientEdge(t);
  return edge === null ? copy : inGraph(copy, edge);
}
const isTensorWithGrad = (v: unknown): boolean =>
  v instanceof Tensor ? v.requires_grad : Array.isArray(v) && v.some((t) => t instanceof Tensor && t.requires_grad);

function savesSelf({ record, schema }: Entry, values: Values): boolean {
  const name = schema.args[0].name;
  return record!.formulas.some(({ arg, saves }) => saves.some((s) => s.name === name) && isTensorWithGrad(values[arg]));
}

/** Runs an op that was asked, by its argument `inplace`, to write its result over its first argument. */
function runOver(entry: Entry, values: Values): Tensor {
  const { definition, schema, inplaceArg } = entry;
  const plain = values.with(inplaceArg, false);
  const name = `${schema.name}_`;
  if (definition!.kernel.kind !== "composite") return runInPlace(entry, name, plain);
  const self = values[0] as Tensor;
  // What a composite is made of may need the old elements for backward.
  const given = modes().grad && self.requires_grad ? self.clone() : self;
  const result = run(entry, plain.with(0, given)) as Tensor;
  if (result === given) return self;
  const asked = `${schema.name}(${help({ TypeScript: "{ inplace: true }", Python: "inplace=True" })})`;
  return writingAs(asked, () => copyInto(self, result, name));
}

/** The node that a composite ends with goes by the name that PyTorch's one node has. */
function nameLastNode(
  { schema, definition }: Entry,
  results: Results,
  node: NonNullable<AnyDefinition["node"]>,
  values: Values,
  op: string,
): void {
  forEachTensor(results, (t) => {
    if (t.node === null || values.includes(t)) return;
    const given = (): object => Object.fromEntries(schema.args.map(({ name }, i) => [name, values[i]]));
    const name = typeof node === "string" ? node : node({ ...given(), op } as never);
    nodeNamed(t, name, node === definition!.node ? passing(schema, values) : null);
  });
}
/** The arguments that have a place among the inputs of the node, given or not. */
const passing = ({ args }: Schema, values: Values): Values =>
  values.filter((v, i) => (v !== null || args[i].type.startsWith("Tensor")) && !APART.has(args[i].name));
/** Arguments of floats that no gradient ever goes to, or that may be integers. */
const APART = new Set(["running_mean", "running_var", "_random_samples", "samples", "target", "offsets"]);
/** The result of a composite is written into self, whose history then is the result's. */
function becomeComposed(self: Tensor, result: Tensor, name: string): Tensor {
  const { node } = result;
  // For a view's base, for another dtype and for the levels below the copy has to be recorded.
  if (
    levels.newest !== null ||
    node === null ||
    self.view_ !== null ||
    result.dtype !== self.dtype ||
    result.outputNr > 0
  )
    return copyInto(self, result, name);
  withGrad(false, () => copyInto(self, result, name));
  rewriteHistory(self, () => node);
  return self;
}
/** The differentiable result is copied in by the op copy_. */
function copyInto(self: Tensor, result: Tensor, name: string): Tensor {
  assertFits(self, result, name);
  return writingAs(name, () => self.copy_(result));
}
function writeResult(self: Tensor, result: Tensor, name: string): void {
  assertFits(self, result, name);
  assign(self, result);
}
