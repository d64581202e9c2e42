// torch.onnx.export: a model's run, written down as a graph of ONNX.
import { withGrad } from "../autograd/mode.ts";
import type { Messages } from "../io/protobuf.ts";
import { NotImplementedError, TypeError, ValueError } from "../base/errors.ts";
import { observer } from "../base/observer.ts";
import type { Observer } from "../base/observer.ts";
import { registryByName } from "../dispatch/declare.ts";
import { RNNBase } from "../nn/layers/recurrent.ts";
import { Module } from "../nn/module/module.ts";
import { writeFile } from "../serialization/file_system.ts";
import { cat } from "../ops/views/joining.ts";
import { Tensor } from "../tensor/tensor.ts";
import { typeWord } from "../tensor/type_word.ts";
import { programPlace } from "../viz/places.ts";
import { GraphBuilder } from "./graph.ts";
import type { Initializer } from "./graph.ts";
import { writeRecurrent } from "./recurrent.ts";
import { numberOf, onnxMessages, onnxMessagesNow } from "./schema.ts";
import { casts, table } from "./to_onnx.ts";

export interface ExportOptions {
  input_names?: readonly string[];
  output_names?: readonly string[];
  /** Dims that may be of any size, by the names of inputs and outputs: `{ x: { 0: "batch", 1: "time" } }`. */
  dynamic_axes?: Readonly<Record<string, Axes>>;
  /** The same of inputs alone, by their order or their names; null for those whose sizes stay. */
  dynamic_shapes?: readonly (Axes | null)[] | Readonly<Record<string, Axes | null>> | null;
  /** Whether weights are written into a file beside the model's, `model.onnx.data`; models of more than 2 GB need it. */
  external_data?: boolean;
}
/** Names of dims by their numbers. */
type Axes = Readonly<Record<number, string>>;
/** What a message of protobuf may have. */
const MOST_BYTES = 2 ** 31 - 2 ** 20;
const OPSET = 21n;
const IR = 10n;

/**
 * A model as a file of ONNX (opset 21): it is run once on `args`, in eval mode, and the ops that it calls are written down with
 * its parameters under their names. What does not depend on the inputs becomes a constant, and so do sizes. Dims may be others
 * later, with `dynamic_axes`: the model is then run on other sizes, too, and refused where these are written into the graph. Returns the bytes, and writes them to `f`, if that is given. As
 * `torch.onnx.export`. Needs the package @bufbuild/protobuf.
 *
 * Raises NotImplementedError, with the line, for an op that has no form here; nothing is written then.
 * @example await onnx.export(model, [torch.zeros(1, 3, 32, 32)], "model.onnx", { input_names: ["image"] });
 */
async function exportModel(
  model: Module,
  args: Tensor | readonly Tensor[],
  f: string | null = null,
  options: ExportOptions = {},
): Promise<Uint8Array> {
  const inputs = checked(model, args);
  return written(await onnxMessages(), model, inputs, f, options);
}
export { exportModel as export };
/** @internal The same at once, for Python programs. */
export const exportNow = (
  model: Module,
  args: Tensor | readonly Tensor[],
  f: string | null,
  options: ExportOptions,
): Uint8Array => written(onnxMessagesNow(), model, checked(model, args), f, options);

function checked(model: Module, args: Tensor | readonly Tensor[]): readonly Tensor[] {
  if (!((model as unknown) instanceof Module))
    throw new TypeError(`onnx.export: expected a Module as model, got ${typeWord(model)}`);
  const inputs = args instanceof Tensor ? [args] : [...args];
  const bad = inputs.find((x) => !((x as unknown) instanceof Tensor));
  if (bad !== undefined) throw new TypeError(`onnx.export: expected tensors as args, got ${typeWord(bad)}`);
  return inputs;
}
function written(
  messages: Messages,
  model: Module,
  inputs: readonly Tensor[],
  f: string | null,
  {
    input_names = [],
    output_names = [],
    dynamic_axes: given = {},
    dynamic_shapes = null,
    external_data = false,
  }: ExportOptions,
): Uint8Array {
  const parameters = new Map<Tensor, string>();
  for (const [name, t] of [...model.named_parameters(), ...model.named_buffers()])
    if (!parameters.has(t)) parameters.set(t, name);
  const g = new GraphBuilder(parameters);
  const dynamic_axes = { ...given, ...shapesByName(inputs, input_names, dynamic_shapes) };
  const input = inputs.map((x, i) => {
    const name = nameOf(input_names, i);
    g.live.set(x, name);
    return infoOf(name, x, dynamic_axes[name]);
  });
  const results = traced(g, model, inputs);
  const grown = inputs.map((x, i) => larger(x, Object.keys(dynamic_axes[input[i].name] ?? {}).map(Number)));
  let larges = results;
  if (grown.some((x, i) => x !== inputs[i])) {
    const again = new GraphBuilder(parameters, g, (op) => {
      throw new NotImplementedError(
        `onnx.export: a size that dynamic_axes names is written into the graph (${op})\n${programPlace()}: what the op is given there depends on the size of the inputs. Leave the dim out of dynamic_axes, or write the model without that size.`,
      );
    });
    for (const [i, x] of grown.entries()) again.live.set(x, input[i].name);
    try {
      larges = traced(again, model, grown);
    } catch (error) {
      if (error instanceof NotImplementedError) throw error;
      throw new ValueError(
        `onnx.export: dynamic_axes names dims that the model takes in one size alone: where they are one larger it raises\n${(error as Error).message}`,
      );
    }
  }
  const output = results.map((y, i) => {
    const name = output_names[i] ?? `output_${i}`;
    // A result may be an input, or another result: it has a name of its own all the same.
    g.nodes.push({ opType: "Identity", name, input: [g.name(y)], output: [name], attribute: [] });
    return infoOf(name, y, dynamic_axes[name] ?? changing(name, y, larges[i], inputs, grown, input, dynamic_axes));
  });
  for (const name of Object.keys(dynamic_axes))
    if (![...input, ...output].some((info) => info.name === name))
      throw new ValueError(`onnx.export: dynamic_axes names '${name}', which is neither an input nor an output`);
  const { node, initializer } = g.needed(output.map(({ name }) => name));
  const data = external_data ? externalized(initializer, f) : [];
  if (initializer.reduce((sum, { rawData }) => sum + (rawData?.length ?? 0), 0) > MOST_BYTES)
    throw new ValueError(
      "onnx.export: a file of ONNX holds 2 GB at most\nWith external_data: true the weights go to a file beside it.",
    );
  const bytes = messages.encode("ModelProto", {
    irVersion: IR,
    producerName: "tidu",
    opsetImport: [{ domain: "", version: OPSET }],
    graph: { name: "main_graph", node, initializer, input, output },
  });
  if (f === null) return bytes;
  if (data.length > 0) writeFile("onnx.export", `${f}.data`, (write) => data.forEach(write));
  writeFile("onnx.export", f, (write) => write(bytes));
  return bytes;
}

const nameOf = (names: readonly string[], i: number): string => names[i] ?? `input_${i}`;
function shapesByName(
  inputs: readonly Tensor[],
  names: readonly string[],
  shapes: ExportOptions["dynamic_shapes"],
): Record<string, Axes> {
  if (shapes === null || shapes === undefined) return {};
  const isList = Array.isArray(shapes);
  if (isList && shapes.length !== inputs.length)
    throw new ValueError(
      `onnx.export: expected dynamic_shapes to have one entry for each of ${inputs.length} inputs, got ${shapes.length}`,
    );
  const entries = isList
    ? (shapes as readonly (Axes | null)[]).map((axes, i) => [nameOf(names, i), axes] as const)
    : Object.entries(shapes as Readonly<Record<string, Axes | null>>);
  return Object.fromEntries(entries.flatMap(([name, axes]) => (axes === null ? [] : [[name, axes]])));
}
/** The dims of a result that became others when inputs did: by the name of an input's dim that did so alike, if there is one. */
function changing(
  name: string,
  y: Tensor,
  large: Tensor,
  inputs: readonly Tensor[],
  grown: readonly Tensor[],
  input: readonly { readonly name: string }[],
  axes: Readonly<Record<string, Axes>>,
): Record<number, string> {
  const changed: Record<number, string> = {};
  for (const [d, size] of y.sizes.entries()) {
    if (large.sizes[d] === size) continue;
    changed[d] = `${name}_dim_${d}`;
    for (const [i, x] of inputs.entries())
      for (const [k, named] of Object.entries(axes[input[i].name] ?? {}))
        if (x.sizes[Number(k)] === size && grown[i].sizes[Number(k)] === large.sizes[d]) changed[d] = named;
  }
  return changed;
}
/** The same with one element more along dims, which is the last one again. */
const larger = (x: Tensor, dims: readonly number[]): Tensor =>
  dims.reduce((y, d) => cat([y, y.narrow(d, y.size(d) - 1, 1)], d), x);
/** Smaller ones stay in the model. */
const LEAST_EXTERNAL = 1024;
const ALIGNMENT = 64;
/** TensorProto.DataLocation. */
const EXTERNAL = 1;
/** Takes the bytes of tensors out of the model: what is to be written beside it. */
function externalized(initializers: readonly Initializer[], f: string | null): Uint8Array[] {
  if (f === null) throw new ValueError("onnx.export: external_data needs a path, beside which the weights go");
  const location = `${f.replace(/^.*[/\\]/, "")}.data`;
  const pieces: Uint8Array[] = [];
  let offset = 0;
  for (const tensor of initializers) {
    const { rawData } = tensor;
    if (rawData === undefined || rawData.length < LEAST_EXTERNAL) continue;
    const filling = (ALIGNMENT - (offset % ALIGNMENT)) % ALIGNMENT;
    pieces.push(new Uint8Array(filling), rawData);
    offset += filling;
    const entries = { location, offset, length: rawData.length };
    tensor.externalData = Object.entries(entries).map(([key, value]) => ({ key, value: String(value) }));
    tensor.dataLocation = EXTERNAL;
    offset += rawData.length;
    delete tensor.rawData;
  }
  return pieces;
}
function infoOf(name: string, x: Tensor, axes: Readonly<Record<number, string>> = {}): { name: string; type: object } {
  const bad = Object.keys(axes).find((d) => !(Number(d) >= 0 && Number(d) < x.ndim));
  if (bad !== undefined)
    throw new ValueError(`onnx.export: dynamic_axes names dim ${bad} of '${name}', which has ${x.ndim} dims`);
  const elemType = numberOf(x.dtype);
  if (elemType === null) throw new NotImplementedError(`onnx.export: ONNX has no dtype for ${x.dtype}`);
  const dim = x.sizes.map((s, d) => (axes[d] === undefined ? { dimValue: BigInt(s) } : { dimParam: axes[d] }));
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}
function traced(g: GraphBuilder, model: Module, inputs: readonly Tensor[]): Tensor[] {
  const modes = [...model.modules()].map((m) => [m, m.training] as const);
  const before = observer.current;
  model.eval();
  const tracer = new Tracer(g);
  const recurrent = [...model.modules()].filter(
    (m): m is RNNBase<unknown> => m instanceof RNNBase && m.proj_size === 0 && !Object.hasOwn(m, "forward"),
  );
  for (const m of recurrent) tracer.watch(m);
  observer.current = tracer;
  let result: unknown;
  try {
    result = withGrad(false, () => (model as unknown as (...x: Tensor[]) => unknown)(...inputs));
  } finally {
    observer.current = before;
    for (const m of recurrent) delete (m as Partial<typeof m>).forward;
    for (const [m, training] of modes) m.training = training;
  }
  const leaves = (x: unknown): unknown[] => (Array.isArray(x) ? (x as unknown[]).flatMap(leaves) : [x]);
  const results = leaves(result);
  if (results.length === 0 || !results.every((y) => y instanceof Tensor))
    throw new TypeError(`onnx.export: expected the model to return tensors, got ${typeWord(result)}`);
  return results;
}
interface Begun {
  readonly name: string;
  readonly isWritten: boolean;
}
/** Writes down each call that depends on the inputs; what a call calls itself only where the call has no form of its own. */
class Tracer implements Observer {
  private readonly g: GraphBuilder;
  /** Whether what runs is within a call that is written down whole. */
  private inside = 0;
  /** The ops that run, the program's own call first. */
  private readonly path: { readonly name: string; readonly inputs: readonly unknown[] }[] = [];
  constructor(g: GraphBuilder) {
    this.g = g;
  }
  begin(called: string, kind: "op" | "backward" | "user", inputs: readonly unknown[]): Begun | null {
    if (kind !== "op") return null;
    const name = called.replace(/^aten::/, "");
    this.path.push({ name, inputs });
    const isWritten = this.inside === 0 && this.isLive(inputs) && formOf(name) !== null;
    if (isWritten) this.inside++;
    return { name, isWritten };
  }
  end(begun: unknown, inputs: readonly unknown[], result: unknown): void {
    if (begun === null) return;
    const { name, isWritten } = begun as Begun;
    if (isWritten) this.inside--;
    const { name: called, inputs: given } = this.path[0];
    this.path.pop();
    if (result === undefined || this.inside > 0 || !this.isLive(inputs) || SIZES_ALONE.test(name)) return;
    const results = tensorsIn(result);
    const entry = registryByName.get(name);
    const { args } = entry?.schema ?? { args: [] };
    if (isWritten) {
      const byName = Object.fromEntries(inputs.map((x, i) => [args[i]?.name ?? `_${i}`, x]));
      const names = [formOf(name)!(this.g, { name, args: byName, results })].flat();
      for (const [i, t] of results.entries()) if (names[i] !== undefined) this.g.live.set(t, names[i]);
      if (WRITES.test(name)) this.g.written(results[0], `${name} (${programPlace()})`);
      return;
    }
    // What is no composite may write by code that nobody sees.
    const isSeen = entry?.definition?.kernel.kind === "composite" || SEEN.has(name);
    const unknown = !isSeen || results.some((t) => !this.g.live.has(t));
    if (unknown || WRITES.test(name))
      throw new NotImplementedError(
        `onnx.export: the op ${called} has no form in ONNX here${called === name ? "" : `, for it calls ${name}`}\n${programPlace()}: ${called}(${given.map(argument).join(", ")})`,
      );
  }
  /** Has a recurrent layer written down whole: ONNX has operators of all their steps. */
  watch(module: RNNBase<unknown>): void {
    const forward = module.forward.bind(module) as (...args: unknown[]) => [unknown, unknown];
    (module as { forward: unknown }).forward = (...args: unknown[]): unknown => {
      const [input, hx = null] = args;
      if (this.inside > 0 || !(input instanceof Tensor) || !this.isLive([input, hx])) return forward(...args);
      this.inside++;
      let result: [unknown, unknown];
      try {
        result = forward(...args);
      } finally {
        this.inside--;
      }
      writeRecurrent(this.g, module, input, hx === null ? null : tensorsIn(hx), tensorsIn(result));
      return result;
    };
  }
  private isLive(inputs: readonly unknown[]): boolean {
    return tensorsIn(inputs).some((t) => this.g.live.has(t));
  }
}
/** Names of ops that write to their first tensor. */
const WRITES = /[^_]_$/;
/** In place, an op gives its tensor another name: what it was called before is what was before. */
const formOf = (name: string) =>
  table[name] ?? (WRITES.test(name) ? table[name.slice(0, -1)] : undefined) ?? (CASTS.test(name) ? casts : null);
/** What takes from a tensor its dtype and device alone, which no run changes. */
const SIZES_ALONE = /^new_(zeros|ones|full|empty|tensor)$/;
/** Ops that are no composites, and all of whose work is done by other ops: each is in a file that ONNX Runtime ran. */
const SEEN: ReadonlySet<string> = new Set(
  "pixel_shuffle pixel_unshuffle logit _norm roll _mse_loss smooth_l1_loss binary_cross_entropy_with_logits".split(" "),
);
const CASTS = /^(_?to(_copy)?|float|double|half|long|int|type|type_as|bool|bfloat16)$/;
const tensorsIn = (x: unknown): Tensor[] =>
  x instanceof Tensor ? [x] : Array.isArray(x) ? (x as unknown[]).flatMap(tensorsIn) : [];
const argument = (x: unknown): string =>
  x instanceof Tensor
    ? `tensor of [${x.sizes.join(", ")}]`
    : Array.isArray(x)
      ? `[${x.map(argument).join(", ")}]`
      : String(x);
