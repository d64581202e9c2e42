// Modules that hold parameters: ParameterList, ParameterDict.
import { IndexError, KeyError, RuntimeError, TypeError } from "../../base/errors.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { bindArguments } from "../../dispatch/callable.ts";
import { pairsOf } from "./modules.ts";
import { Module } from "../module/module.ts";
import { Parameter } from "../module/parameter.ts";
import { typeWord } from "../../tensor/type_word.ts";

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);
const asParameter = (x: Tensor): Parameter => (x instanceof Parameter ? x : new Parameter(x));
const line = (name: string, p: Parameter, type: string): string => {
  const of = p.sizes.length === 0 ? "" : p.sizes.join("x");
  return `  (${name}): Parameter containing: [${type} of size ${of}]`;
};

const LIST = "ParameterList(object values=None) -> Module";
/** A list of parameters; tensors given to it become parameters. As `torch.nn.ParameterList`. */
export class ParameterList extends Module {
  [index: number]: Parameter;

  constructor(values?: Iterable<Tensor> | { values: Iterable<Tensor> } | null);
  constructor(...given: unknown[]) {
    super();
    const { values } = bindArguments<typeof LIST, { values: Iterable<Tensor> | null }>(LIST, given);
    if (values !== null) this.extend(values);
  }
  /** How many it holds. */
  get length(): number {
    return this._parameters.size;
  }
  *[Symbol.iterator](): Generator<Parameter, void, undefined> {
    for (const p of this._parameters.values()) yield p!;
  }
  /** The one at `index`, counted from the end if negative. Raises IndexError beyond the ends. */
  at(index: number): Parameter {
    const found = Number.isInteger(index) ? [...this].at(index) : undefined;
    if (found === undefined) throw new IndexError(`index ${index} is out of range`);
    return found;
  }
  append(value: Tensor): this {
    this.register_parameter(String(this.length), asParameter(value));
    return this;
  }
  extend(values: Iterable<Tensor>): this {
    if (
      values instanceof Tensor ||
      typeof (values as Partial<Iterable<Tensor>> | null)?.[Symbol.iterator] !== "function"
    )
      throw new TypeError(`ParameterList.extend should be called with an iterable, but got ${typeWord(values)}`);
    for (const value of Array.from(values)) this.append(value);
    return this;
  }
  override forward(..._args: unknown[]): never {
    throw new RuntimeError("ParameterList should not be called.");
  }
  override extra_repr(): string {
    return [...this].map((p, i) => line(String(i), p, String(p.dtype))).join("\n");
  }
}

/** Parameters by name; tensors given to it become parameters. As `torch.nn.ParameterDict`. */
export class ParameterDict extends Module {
  constructor(parameters: Readonly<Record<string, Tensor>> | Iterable<readonly [string, Tensor]> = {}) {
    super();
    this.update(parameters);
  }
  /** How many it holds. */
  get length(): number {
    return this._parameters.size;
  }
  [Symbol.iterator](): IterableIterator<string> {
    return this.keys();
  }
  keys(): IterableIterator<string> {
    return this._parameters.keys();
  }
  values(): IterableIterator<Parameter> {
    return this._parameters.values() as IterableIterator<Parameter>;
  }
  items(): IterableIterator<[string, Parameter]> {
    return this._parameters.entries() as IterableIterator<[string, Parameter]>;
  }
  has(name: string): boolean {
    return this._parameters.has(name);
  }
  /** The parameter of that name. Raises KeyError if there is none. */
  get(name: string): Parameter {
    const found = this._parameters.get(name);
    if (!found) throw new KeyError(`'${name}'`);
    return found;
  }
  set(name: string, value: Tensor): this {
    this.register_parameter(name, asParameter(value));
    return this;
  }
  /** Takes a parameter out and returns it. */
  pop(name: string): Parameter {
    const found = this.get(name);
    delete (this as unknown as Record<string, Parameter>)[name];
    return found;
  }
  clear(): void {
    for (const name of Array.from(this.keys())) this.pop(name);
  }
  /** Adds the tensors of an object, sorted by name as PyTorch does, or of pairs of name and tensor. */
  update(parameters: Readonly<Record<string, Tensor>> | Iterable<readonly [string, Tensor]>): void {
    if (typeof parameters !== "object" || parameters === null)
      throw new TypeError(
        `ParametersDict.update should be called with an iterable of key/value pairs, but got ${typeWord(parameters)}`,
      );
    const pairs = Symbol.iterator in parameters ? parameters : Object.entries(parameters).sort(byName);
    for (const [name, value] of pairsOf("ParameterDict", pairs)) this.set(name, value);
  }
  override forward(..._args: unknown[]): never {
    throw new RuntimeError("ParameterDict should not be called.");
  }
  override extra_repr(): string {
    return [...this.items()].map(([name, p]) => line(name, p, `torch.${p.dtype.legacyName}Tensor`)).join("\n");
  }
}
