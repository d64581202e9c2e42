// A node of ONNX while it runs, and what its operators share.
import { NotImplementedError, ValueError } from "../base/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { AttributeProto, NodeProto } from "./schema.ts";

/** A list of tensors, which is one value to ONNX. */
export class Sequence {
  readonly items: readonly Tensor[];
  constructor(items: readonly Tensor[]) {
    this.items = items;
  }
}
export type Value = Tensor | Sequence;
/** A graph within a node: a branch, or the body of a loop. */
export interface Subgraph {
  /** Runs it on inputs, with the values around it in sight. */
  run(inputs: readonly Value[]): Value[];
}
/** A node's inputs and attributes, when it runs. */
export class Running {
  readonly node: NodeProto;
  private readonly inputs: readonly (Value | null)[];
  private readonly attributes: ReadonlyMap<string, AttributeProto>;
  /** The version of ONNX's operators that the model asks for. */
  readonly opset: number;
  private readonly tensors: ReadonlyMap<string, Tensor>;
  private readonly graphs: ReadonlyMap<string, Subgraph>;
  constructor(
    node: NodeProto,
    inputs: readonly (Value | null)[],
    {
      opset,
      tensors,
      graphs,
    }: Pick<Running, "opset"> & {
      readonly tensors: ReadonlyMap<string, Tensor>;
      readonly graphs: ReadonlyMap<string, Subgraph>;
    },
  ) {
    this.node = node;
    this.inputs = inputs;
    this.attributes = new Map(node.attribute.map((a) => [a.name, a]));
    this.opset = opset;
    this.tensors = tensors;
    this.graphs = graphs;
  }
  x(i: number): Tensor {
    return this.maybe(i) ?? this.lacks(`its input ${i}`);
  }
  maybe(i: number): Tensor | null {
    const x = this.inputs[i] ?? null;
    return x instanceof Sequence ? this.lacks(`a tensor as its input ${i}`) : x;
  }
  /** An input that is a list of tensors. */
  sequence(i: number): readonly Tensor[] {
    const x = this.inputs[i];
    return x instanceof Sequence ? x.items : this.lacks(`a sequence as its input ${i}`);
  }
  /** An input that may be either. */
  value(i: number): Value {
    return this.inputs[i] ?? this.lacks(`its input ${i}`);
  }
  private lacks(what: string): never {
    throw new ValueError(`onnx: ${this.node.opType} '${this.node.name}' lacks ${what}`);
  }
  get all(): Tensor[] {
    return this.inputs.map((_, i) => this.x(i));
  }
  /** The inputs from one on. */
  rest(from: number): Value[] {
    return this.inputs.slice(from).map((_, i) => this.value(from + i));
  }
  int(name: string, otherwise: number): number {
    const a = this.attributes.get(name);
    return a === undefined ? otherwise : Number(a.i);
  }
  float(name: string, otherwise: number): number {
    return this.attributes.get(name)?.f ?? otherwise;
  }
  text(name: string, otherwise: string): string {
    const a = this.attributes.get(name);
    return a === undefined ? otherwise : new TextDecoder().decode(a.s);
  }
  ints(name: string): number[] | null {
    return this.attributes.get(name)?.ints.map(Number) ?? null;
  }
  floats(name: string): number[] | null {
    return this.attributes.get(name)?.floats ?? null;
  }
  texts(name: string): string[] | null {
    return this.attributes.get(name)?.strings.map((s) => new TextDecoder().decode(s)) ?? null;
  }
  has(name: string): boolean {
    return this.attributes.has(name);
  }
  /** An attribute that is a tensor. */
  tensor(name: string): Tensor | null {
    return this.tensors.get(name) ?? null;
  }
  graph(name: string): Subgraph {
    return this.graphs.get(name) ?? this.refuse(`without ${name}`);
  }
  /** A dim that is given by an attribute, from 0 on. */
  axis(x: Tensor, otherwise: number): number {
    const axis = this.int("axis", otherwise);
    return axis < 0 ? axis + x.ndim : axis;
  }
  /** Whole numbers that are an input in newer opsets, and were an attribute. */
  axes(i: number, name = "axes"): number[] | null {
    const x = this.maybe(i);
    return x === null ? this.ints(name) : numbers(x);
  }
  refuse(why: string): never {
    throw new NotImplementedError(`onnx: ${this.node.opType} ${why} is not implemented (node '${this.node.name}')`);
  }
}
export type Runs = (r: Running) => Value | readonly Value[];
export const numbers = (x: Tensor): number[] => [x.tolist() as number | number[]].flat().map(Number);
export const one =
  (f: (x: Tensor) => Tensor): Runs =>
  (r) =>
    f(r.x(0));
export const two =
  (f: (a: Tensor, b: Tensor) => Tensor): Runs =>
  (r) =>
    f(r.x(0), r.x(1));
export const folded =
  (f: (a: Tensor, b: Tensor) => Tensor): Runs =>
  (r) =>
    r.all.reduce((a, b) => f(a, b));
/** Pads as ONNX has them (all begins, all ends), as F.pad has them (pairs, the last dim first). */
export const pairs = (pads: readonly number[]): number[] => {
  const many = pads.length / 2;
  return Array.from({ length: many }, (_, i) => [pads[many - 1 - i], pads[2 * many - 1 - i]]).flat();
};
