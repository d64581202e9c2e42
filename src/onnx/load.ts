// Models from files of ONNX.
import { NotImplementedError, TypeError, ValueError } from "../base/errors.ts";
import { Module } from "../nn/module/module.ts";
import { Parameter } from "../nn/module/parameter.ts";
import { fromTyped } from "../ops/creation/from_data.ts";
import { read_bytes } from "../io/source.ts";
import type { Source } from "../io/source.ts";
import { MemorySource, openSource } from "../serialization/source.ts";
import type { FileSource, Source as Bytes } from "../serialization/source.ts";
import { Tensor } from "../tensor/tensor.ts";
import { typeWord } from "../tensor/type_word.ts";
import { table } from "./from_onnx.ts";
import { Running, Sequence } from "./running.ts";
import type { Subgraph, Value } from "./running.ts";
import { dtypeOf, onnxMessages } from "./schema.ts";
import type { GraphProto, ModelProto, NodeProto, TensorProto } from "./schema.ts";

/** Files that tensors lie in, by the names that the model has for them. */
type Files = ReadonlyMap<string, Bytes>;
/** The values that nodes gave, and beyond them those of the graphs around. */
interface Scope {
  readonly values: Map<string, Value>;
  readonly outer: Scope | null;
}
function found(name: string, scope: Scope | null): Value | undefined {
  for (let s = scope; s !== null; s = s.outer) {
    const value = s.values.get(name);
    if (value !== undefined) return value;
  }
  return undefined;
}
interface Step {
  readonly node: NodeProto;
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly graphs: ReadonlyMap<string, Graph>;
  /** Values that nobody asks for after this node. */
  readonly done: readonly string[];
}
/** The first version of the operators in which those of today have their inputs' order. */
const OLDEST_OPSET = 7;

/** A graph, made ready to run: raises for what is not here before anything runs. */
class Graph {
  readonly constants: ReadonlyMap<string, Tensor>;
  readonly input_names: readonly string[];
  readonly output_names: readonly string[];
  private readonly steps: readonly Step[];
  private readonly opset: number;
  constructor(graph: GraphProto, opset: number, files: Files, learnt: boolean) {
    this.opset = opset;
    const constants = new Map<string, Tensor>();
    // Running averages are no parameters, whose gradients nobody could have.
    const norms = graph.node.filter(({ opType }) => opType === "BatchNormalization");
    const averages = new Set(norms.flatMap(({ input }) => input.slice(3)));
    for (const proto of graph.initializer) {
      const t = tensorOf(proto, files);
      const isLearnt = learnt && t.dtype.is_floating_point && t.ndim > 0 && !averages.has(proto.name);
      constants.set(proto.name, isLearnt ? new Parameter(t) : t);
    }
    this.constants = constants;
    this.input_names = graph.input.map(({ name }) => name).filter((name) => !constants.has(name));
    this.output_names = graph.output.map(({ name }) => name);
    const last = new Map(graph.node.flatMap((node, i) => usedBy(node).map((name) => [name, i] as const)));
    const kept = new Set([...this.output_names, ...constants.keys()]);
    this.steps = graph.node.map((node, i) => {
      if (!Object.hasOwn(table, node.opType) || !["", "ai.onnx"].includes(node.domain))
        throw new NotImplementedError(
          `onnx.load: the operator ${node.domain === "" ? "" : `${node.domain}.`}${node.opType} is not implemented (node '${node.name}')`,
        );
      const own = node.attribute;
      return {
        node,
        tensors: new Map(own.flatMap(({ name, t }) => (t === undefined ? [] : [[name, tensorOf(t, files)] as const]))),
        graphs: new Map(
          own.flatMap(({ name, g }) => (g === undefined ? [] : [[name, new Graph(g, opset, files, false)] as const])),
        ),
        done: [...last].filter(([name, at]) => at === i && !kept.has(name)).map(([name]) => name),
      };
    });
  }
  run(inputs: readonly Value[], outer: Scope | null): Value[] {
    const values = new Map<string, Value>(this.constants);
    for (const [i, name] of this.input_names.entries()) values.set(name, inputs[i]);
    const scope = { values, outer };
    for (const { node, tensors, graphs, done } of this.steps) {
      const given = node.input.map((name) => (name === "" ? null : (found(name, scope) ?? missing(node, name))));
      const subgraphs = new Map<string, Subgraph>(
        [...graphs].map(([name, g]) => [name, { run: (of: readonly Value[]) => g.run(of, scope) }]),
      );
      const results = table[node.opType](new Running(node, given, { opset: this.opset, tensors, graphs: subgraphs }));
      for (const [k, t] of (results instanceof Tensor || results instanceof Sequence ? [results] : results).entries())
        if (node.output[k] !== undefined && node.output[k] !== "") values.set(node.output[k], t);
      for (const name of done) values.delete(name);
    }
    return this.output_names.map((name) => found(name, scope) ?? missing(null, name));
  }
}
/** The names that a node asks for, also those of a graph in it. */
const usedBy = (node: NodeProto): string[] => [
  ...node.input,
  ...node.attribute.flatMap(({ g }) => (g === undefined ? [] : [...g.node.flatMap(usedBy), ...g.output.map((o) => o.name)])), // prettier-ignore
];
function missing(node: NodeProto | null, name: string): never {
  throw new ValueError(
    `onnx: nothing gives '${name}'${node === null ? "" : `, which ${node.opType} '${node.name}' needs`}`,
  );
}

/** A graph of ONNX as a module: called with the graph's inputs, it gives its output, or a list of them. */
export class OnnxModel extends Module {
  readonly input_names: readonly string[];
  readonly output_names: readonly string[];
  private readonly graph: Graph;

  constructor(model: ModelProto, files: Files) {
    super();
    if (model.graph === undefined) throw new ValueError("onnx.load: the file has no graph");
    const opset = Number(model.opsetImport.find(({ domain }) => ["", "ai.onnx"].includes(domain))?.version ?? 1n);
    if (opset < OLDEST_OPSET)
      throw new NotImplementedError(
        `onnx.load: the model is of opset ${opset}; those from ${OLDEST_OPSET} on are read\nonnx.version_converter.convert_version(model, 18) makes it a newer one.`,
      );
    this.graph = new Graph(model.graph, opset, files, true);
    const { input_names, output_names, constants } = this.graph;
    this.input_names = input_names;
    this.output_names = output_names;
    for (const [name, t] of constants) {
      const own = name.replaceAll(".", "_");
      if (t instanceof Parameter) this.register_parameter(own, t);
      else if (own !== "") this.register_buffer(own, t);
    }
  }
  override forward(...inputs: Tensor[]): Tensor | Tensor[] {
    if (inputs.length !== this.input_names.length)
      throw new TypeError(
        `OnnxModel: expected ${this.input_names.length} inputs (${this.input_names.join(", ")}), got ${inputs.length}`,
      );
    for (const [i, x] of inputs.entries())
      if (!((x as unknown) instanceof Tensor))
        throw new TypeError(`OnnxModel: expected a tensor for '${this.input_names[i]}', got ${typeWord(x)}`);
    const outputs = this.graph.run(inputs, null).flatMap((y) => (y instanceof Sequence ? [...y.items] : [y]));
    return outputs.length === 1 ? outputs[0] : outputs;
  }
}
/** What a tensor says of the file that it lies in; null if it lies in the model. */
const externalOf = (proto: TensorProto, key: string): string | null =>
  proto.externalData.find((entry) => entry.key === key)?.value ?? null;
function tensorOf(proto: TensorProto, files: Files): Tensor {
  const dtype = dtypeOf(proto.dataType);
  const where = `the tensor '${proto.name}'`;
  if (dtype === null)
    throw new NotImplementedError(`onnx.load: ${where} is of ONNX's dtype ${proto.dataType}, which is not here`);
  const shape = proto.dims.map(Number);
  const count = shape.reduce((a, b) => a * b, 1);
  if (shape.some((s) => s < 0) || !Number.isSafeInteger(count))
    throw new ValueError(`onnx.load: ${where} has the shape [${shape.join(", ")}]`);
  const size = dtype.itemsize;
  const wrongSize = (has: number | string): ValueError =>
    new ValueError(
      `onnx.load: ${where} of [${shape.join(", ")}] and ${dtype.name} needs ${count * size} bytes, has ${has}`,
    );
  const location = externalOf(proto, "location");
  if (location !== null) {
    const file = files.get(location)!;
    const offset = Number(externalOf(proto, "offset") ?? 0);
    const length = Number(externalOf(proto, "length") ?? file.length - offset);
    if (length !== count * size) throw wrongSize(length);
    if (!(offset >= 0 && offset + length <= file.length))
      throw new ValueError(
        `onnx.load: ${where} is bytes ${offset} to ${offset + length} of ${location}, which has ${file.length}`,
      );
    const bytes = new Uint8Array(length);
    file.copy(offset, bytes);
    return fromTyped(new dtype.array(bytes.buffer, 0, count) as never, shape, dtype);
  }
  const listed = [proto.floatData, proto.doubleData, proto.int64Data, proto.int32Data].find((list) => list.length > 0);
  if (listed !== undefined && proto.rawData.length === 0) {
    if (listed.length !== count)
      throw new ValueError(`onnx.load: ${where} of [${shape.join(", ")}] has ${listed.length} elements`);
    const is16 = size === 2 && dtype.is_floating_point; // halves are listed by their bits
    const typed = is16 ? Uint16Array.from(listed as number[]) : typedOf(dtype.array, listed);
    return fromTyped(typed as never, shape, dtype);
  }
  if (proto.rawData.length !== count * size) throw wrongSize(proto.rawData.length);
  // A copy: slice() of Node's Buffer is none.
  const bytes = new Uint8Array(proto.rawData);
  return fromTyped(new dtype.array(bytes.buffer as ArrayBuffer, 0, count) as never, shape, dtype);
}
function typedOf(array: { new (length: number): unknown }, list: readonly (number | bigint)[]): unknown {
  const typed = new array(list.length) as { [i: number]: number | bigint };
  const isBig = typed instanceof BigInt64Array;
  for (const [i, x] of list.entries()) typed[i] = isBig ? BigInt(x) : Number(x);
  return typed;
}
/** The names of the files that a graph's tensors lie in. */
const locationsOf = (graph: GraphProto): string[] => [
  ...graph.initializer.flatMap((proto) => externalOf(proto, "location") ?? []),
  ...graph.node.flatMap(({ attribute }) =>
    attribute.flatMap(({ t, g }) => [
      ...(t === undefined ? [] : [externalOf(t, "location") ?? []].flat()),
      ...(g === undefined ? [] : locationsOf(g)),
    ]),
  ),
];
/** The file of tensors beside a model. Its name is the model's word: it may not lead out of the model's folder. */
async function beside(model: Source, location: string): Promise<Bytes> {
  if (!(typeof model === "string" || model instanceof URL))
    throw new ValueError(
      `onnx.load: tensors of the model lie in another file, '${location}'\nBytes do not tell where it is: onnx.load(bytes, { external_data: { "${location}": source } })`,
    );
  if (/^([/\\]|[A-Za-z]:)/.test(location) || location.split(/[/\\]/).includes(".."))
    throw new ValueError(`onnx.load: tensors of the model lie in '${location}', which is not in the model's folder`);
  const address = String(model);
  if (/^(https?|file|blob|data):/.test(address) || globalThis.process?.getBuiltinModule === undefined)
    return new MemorySource(await read_bytes(new URL(location, address)));
  return openSource("onnx.load", address.replace(/[^/\\]*$/, "") + location);
}

export interface LoadOptions {
  /** Files that the model's tensors lie in, by the names that it has for them; unless told, those in its folder. */
  external_data?: Readonly<Record<string, Source>>;
}
/**
 * The model in a file of ONNX, from a path, an address or bytes: a module of its operators, whose parameters can be trained
 * on. Tensors in files beside it are read, too. Needs the package @bufbuild/protobuf.
 *
 * Raises NotImplementedError, before anything runs, for an operator that is not here, with its node; ValueError for a file
 * that is damaged.
 * @example
 * const model = await onnx.load("model.onnx");
 * const y = model(torch.zeros(1, 3, 32, 32));
 */
export async function load(source: Source, { external_data = {} }: LoadOptions = {}): Promise<OnnxModel> {
  const messages = await onnxMessages();
  const model = messages.decode<ModelProto>("ModelProto", await read_bytes(source));
  const files = new Map<string, Bytes>();
  try {
    for (const name of new Set(model.graph === undefined ? [] : locationsOf(model.graph)))
      files.set(
        name,
        Object.hasOwn(external_data, name)
          ? new MemorySource(await read_bytes(external_data[name]))
          : await beside(source, name),
      );
    return new OnnxModel(model, files);
  } finally {
    for (const file of files.values()) (file as Partial<FileSource>).close?.();
  }
}
