// Models from files of ONNX.
import { NotImplementedError, TypeError, ValueError } from "../base/errors.ts";
import { Module } from "../nn/module/module.ts";
import { Parameter } from "../nn/module/parameter.ts";
import { fromTyped } from "../ops/creation/from_data.ts";
import { read_bytes } from "../io/source.ts";
import type { Source } from "../io/source.ts";
import { Tensor } from "../tensor/tensor.ts";
import { typeWord } from "../tensor/type_word.ts";
import { Running, table } from "./from_onnx.ts";
import { dtypeOf, onnxMessages } from "./schema.ts";
import type { ModelProto, NodeProto, TensorProto } from "./schema.ts";

/** A graph of ONNX as a module: called with the graph's inputs, it gives its output, or a list of them. */
export class OnnxModel extends Module {
  readonly input_names: readonly string[];
  readonly output_names: readonly string[];
  private readonly nodes: readonly NodeProto[];
  private readonly constants: ReadonlyMap<string, Tensor>;
  private readonly constantsOfNodes: ReadonlyMap<NodeProto, Tensor>;
  /** After which node a value is used no more. */
  private readonly last: ReadonlyMap<string, number>;

  constructor(model: ModelProto) {
    super();
    const { graph } = model;
    if (graph === undefined) throw new ValueError("onnx.load: the file has no graph");
    const constants = new Map<string, Tensor>();
    for (const proto of graph.initializer) {
      const t = tensorOf(proto);
      const isLearnt = t.dtype.is_floating_point && t.ndim > 0;
      constants.set(proto.name, isLearnt ? new Parameter(t) : t);
    }
    const ofNodes = new Map<NodeProto, Tensor>();
    for (const node of graph.node) {
      if (!(node.opType in table) || !["", "ai.onnx"].includes(node.domain))
        throw new NotImplementedError(
          `onnx.load: the operator ${node.domain === "" ? "" : `${node.domain}.`}${node.opType} is not implemented (node '${node.name}')`,
        );
      const value = node.attribute.find(({ name }) => name === "value")?.t;
      if (value !== undefined) ofNodes.set(node, tensorOf(value));
    }
    this.input_names = graph.input.map(({ name }) => name).filter((name) => !constants.has(name));
    this.output_names = graph.output.map(({ name }) => name);
    this.nodes = graph.node;
    this.constants = constants;
    this.constantsOfNodes = ofNodes;
    this.last = new Map(graph.node.flatMap((node, i) => node.input.map((name) => [name, i] as const)));
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
    const values = new Map(this.constants);
    for (const [i, name] of this.input_names.entries()) values.set(name, inputs[i]);
    const kept = new Set(this.output_names);
    for (const [i, node] of this.nodes.entries()) {
      const constant = this.constantsOfNodes.get(node);
      const given = node.input.map((name) => (name === "" ? null : (values.get(name) ?? missing(node, name))));
      if (node.opType === "ConstantOfShape" && constant !== undefined) given.push(constant);
      const results =
        node.opType === "Constant" && constant !== undefined ? constant : table[node.opType](new Running(node, given));
      for (const [k, t] of (results instanceof Tensor ? [results] : results).entries())
        if (node.output[k] !== undefined) values.set(node.output[k], t);
      for (const name of node.input)
        if (this.last.get(name) === i && !kept.has(name) && !this.constants.has(name)) values.delete(name);
    }
    const outputs = this.output_names.map((name) => values.get(name) ?? missing(null, name));
    return outputs.length === 1 ? outputs[0] : outputs;
  }
}
function missing(node: NodeProto | null, name: string): never {
  throw new ValueError(
    `onnx: nothing gives '${name}'${node === null ? "" : `, which ${node.opType} '${node.name}' needs`}`,
  );
}
function tensorOf(proto: TensorProto): Tensor {
  const dtype = dtypeOf(proto.dataType);
  const where = `the tensor '${proto.name}'`;
  if (dtype === null)
    throw new NotImplementedError(`onnx.load: ${where} is of ONNX's dtype ${proto.dataType}, which is not here`);
  if (proto.externalData.length > 0)
    throw new NotImplementedError(
      `onnx.load: ${where} is in another file (${proto.externalData.find(({ key }) => key === "location")?.value ?? "?"})\nSave the model as one file: onnx.save(model, path), or torch.onnx.export(..., external_data=False).`,
    );
  const shape = proto.dims.map(Number);
  const count = shape.reduce((a, b) => a * b, 1);
  if (shape.some((s) => s < 0) || !Number.isSafeInteger(count))
    throw new ValueError(`onnx.load: ${where} has the shape [${shape.join(", ")}]`);
  const size = dtype.itemsize;
  const listed = [proto.floatData, proto.doubleData, proto.int64Data, proto.int32Data].find((list) => list.length > 0);
  if (listed !== undefined && proto.rawData.length === 0) {
    if (listed.length !== count)
      throw new ValueError(`onnx.load: ${where} of [${shape.join(", ")}] has ${listed.length} elements`);
    const is16 = size === 2 && dtype.is_floating_point; // halves are listed by their bits
    const typed = is16 ? Uint16Array.from(listed as number[]) : typedOf(dtype.array, listed);
    return fromTyped(typed as never, shape, dtype);
  }
  if (proto.rawData.length !== count * size)
    throw new ValueError(
      `onnx.load: ${where} of [${shape.join(", ")}] and ${dtype.name} needs ${count * size} bytes, has ${proto.rawData.length}`,
    );
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

/**
 * The model in a file of ONNX, from a path, an address or bytes: a module of its operators, whose parameters can be trained
 * on. Needs the package @bufbuild/protobuf.
 *
 * Raises NotImplementedError, before anything runs, for an operator that is not here, with its node; ValueError for a file
 * that is damaged.
 * @example
 * const model = await onnx.load("model.onnx");
 * const y = model(torch.zeros(1, 3, 32, 32));
 */
export async function load(source: Source): Promise<OnnxModel> {
  const messages = await onnxMessages();
  const bytes = await read_bytes(source);
  return new OnnxModel(messages.decode<ModelProto>("ModelProto", bytes));
}
