// A graph of ONNX while it is made: nodes, and the names of values.
import { int64 } from "../base/dtype.ts";
import type { Dtype } from "../base/dtype.ts";
import { NotImplementedError } from "../base/errors.ts";
import { tensor } from "../ops/creation/from_data.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { numberOf } from "./schema.ts";

export type Attribute =
  number | string | readonly number[] | { readonly float: number } | { readonly strings: readonly string[] };
const [FLOAT, INT, STRING, INTS, STRINGS] = [1, 2, 3, 7, 8];
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
/** A tensor of the file: `rawData` here, or in a file beside it. */
export interface Initializer {
  readonly name: string;
  readonly dims: readonly bigint[];
  readonly dataType: number;
  rawData?: Uint8Array;
  externalData?: readonly { readonly key: string; readonly value: string }[];
  dataLocation?: number;
}

const text = (node: object | undefined): string =>
  JSON.stringify(node, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
function bytesIn(t: Tensor): Uint8Array {
  const { buffer, byteOffset, byteLength } = t.detach().contiguous().typed_array();
  return new Uint8Array(buffer, byteOffset, byteLength).slice();
}
function sameConstant(a: Initializer, b: Initializer | undefined): boolean {
  if (b === undefined || a.name !== b.name || a.dataType !== b.dataType || String(a.dims) !== String(b.dims))
    return false;
  return a.rawData!.length === b.rawData!.length && a.rawData!.every((byte, i) => byte === b.rawData![i]);
}
interface Node {
  readonly opType: string;
  readonly name: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute: readonly object[];
}
export class GraphBuilder {
  readonly nodes: Node[] = [];
  readonly initializers: Initializer[] = [];
  /** What a tensor is called: one that follows from the model's inputs, or a parameter. */
  readonly live = new Map<Tensor, string>();
  private readonly constants = new Map<Tensor, string>();
  /** Tensors whose values an op changed by way of another one, and which op that was. */
  private readonly stale = new Map<Tensor, string>();
  private readonly shared = new Map<string, string>();
  private readonly parameters: ReadonlyMap<Tensor, string>;
  private count = 0;
  /** The graph that a run on inputs of other sizes gave, which this one is to be; and who is told where it is not. */
  private readonly like: GraphBuilder | null;
  private readonly differs: (op: string) => never;
  constructor(
    parameters: ReadonlyMap<Tensor, string>,
    like: GraphBuilder | null = null,
    differs: (op: string) => never = () => undefined as never,
  ) {
    this.parameters = parameters;
    this.like = like;
    this.differs = differs;
  }
  /** The name of a tensor; one that does not follow from the inputs becomes a constant of the graph. */
  name(t: Tensor): string {
    const changed = this.stale.get(t);
    if (changed !== undefined)
      throw new NotImplementedError(
        `onnx.export: a tensor is used whose memory ${changed} has changed, through another tensor\nONNX has values alone: write what changes as a new tensor (torch.cat, torch.where, x.index_copy).`,
      );
    const known = this.live.get(t) ?? this.constants.get(t);
    if (known !== undefined) return known;
    const name = this.parameters.get(t) ?? `constant_${this.count++}`;
    this.initialize(name, t);
    this.constants.set(t, name);
    return name;
  }
  private initialize(name: string, t: Tensor): void {
    const dataType = numberOf(t.dtype);
    if (dataType === null) throw new NotImplementedError(`onnx.export: ONNX has no dtype for ${t.dtype}`);
    const other = this.like?.initializers[this.initializers.length];
    // A parameter is the same tensor; its bytes are not taken twice.
    const isSame = other?.name === name && this.parameters.has(t);
    const made = { name, dims: t.sizes.map(BigInt), dataType, rawData: isSame ? other.rawData : bytesIn(t) };
    if (this.like !== null && !isSame && !sameConstant(made, other)) this.differs("a constant");
    this.initializers.push(made);
  }
  /** An op wrote to `t`: whoever else lies in its memory has no name any more. */
  written(t: Tensor, op: string): void {
    for (const other of [...this.live.keys(), ...this.constants.keys(), ...this.parameters.keys()])
      if (other !== t && other.storage === t.storage) this.stale.set(other, op);
    this.stale.delete(t);
  }
  /** Whole numbers as a constant, such as a shape. */
  ints(values: readonly number[]): string {
    return this.once(`ints ${values.join()}`, () => tensor(BigInt64Array.from(values, BigInt), { dtype: int64 }));
  }
  scalar(value: number, dtype: Dtype): string {
    return this.once(`${dtype.name} ${Object.is(value, -0) ? "-0" : value}`, () => tensor(value, { dtype }));
  }
  private once(key: string, make: () => Tensor): string {
    let name = this.shared.get(key);
    if (name === undefined) this.shared.set(key, (name = this.name(make())));
    return name;
  }
  /** What the results are made of; a program also computes what it only looks at. */
  needed(results: readonly string[]): { node: Node[]; initializer: Initializer[] } {
    const asked = new Set(results);
    const node: Node[] = [];
    for (let i = this.nodes.length - 1; i >= 0; i--) {
      const { input, output } = this.nodes[i];
      if (!output.some((name) => asked.has(name))) continue;
      node.push(this.nodes[i]);
      for (const name of input) asked.add(name);
    }
    return { node: node.reverse(), initializer: this.initializers.filter(({ name }) => asked.has(name)) };
  }
  /** Adds a node; the name of its result. */
  node(op: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    return this.nodeOf(op, inputs, attributes, 1)[0];
  }
  nodeOf(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>>,
    many: number,
  ): string[] {
    const output = Array.from({ length: many }, () => `${op.toLowerCase()}_${this.count++}`);
    const attribute = Object.entries(attributes).map(([name, value]) => {
      if (typeof value === "string") return { name, type: STRING, s: bytesOf(value) };
      if (typeof value === "number") return { name, type: INT, i: BigInt(value) };
      if ("strings" in value) return { name, type: STRINGS, strings: value.strings.map(bytesOf) };
      if ("float" in value) return { name, type: FLOAT, f: value.float };
      return { name, type: INTS, ints: value.map(BigInt) };
    });
    const made = { opType: op, name: output[0], input: [...inputs], output, attribute };
    if (this.like !== null && text(made) !== text(this.like.nodes[this.nodes.length])) this.differs(op);
    this.nodes.push(made);
    return output;
  }
  cast(name: string, from: Dtype, to: Dtype): string {
    return from === to ? name : this.node("Cast", [name], { to: numberOf(to)! });
  }
}
