// Modules that hold others: Sequential, ModuleList, ModuleDict.
import type { Arguments } from "../../dispatch/callable.ts";
import { IndexError, KeyError, TypeError, ValueError } from "../../base/errors.ts";
import type { Storage } from "../../tensor/storage.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { bindArguments } from "../../dispatch/callable.ts";
import { indented, Module } from "../module/module.ts";
import { isOwnLayer } from "../module/own_layers.ts";
import { describe } from "../module/register.ts";
import { typeWord } from "../../tensor/type_word.ts";

const POP = "pop(int index=-1) -> Module";

/** A module from a tensor to a tensor, as most layers are. */
export interface Layer extends Module {
  forward(input: Tensor): Tensor;
}

/** What a dict is updated with, pair by pair. Raises TypeError and ValueError for what is no pair. */
export function* pairsOf<T>(name: string, given: Iterable<readonly [string, T]>): Generator<readonly [string, T]> {
  let place = 0;
  for (const pair of given) {
    if (!Array.isArray(pair) && typeof pair !== "string")
      throw new TypeError(`${name} update sequence element #${place} should be Iterable; is${typeWord(pair)}`);
    if (pair.length !== 2)
      throw new ValueError(`${name} update sequence element #${place} has length ${pair.length}; 2 is required`);
    yield pair;
    place++;
  }
}
/** Children under whole numbers, as a list: `list[0]`, `list[0] = module`, `list.length`. */
abstract class IndexedModules<M extends Module> extends Module {
  [index: number]: M;

  /** How many it holds. */
  get length(): number {
    return this._modules.size;
  }
  *[Symbol.iterator](): Generator<M, void, undefined> {
    for (const module of this._modules.values()) yield module as M;
  }
  /** The one at `index`, counted from the end if negative. Raises IndexError beyond the ends. */
  at(index: number): M {
    return this._modules.get(this.nameAt(index)) as M;
  }
  /** A container of the same kind with those from `start` up to `end`. */
  slice(start?: number, end?: number): this {
    const part = new (this.constructor as new () => this)();
    for (const [name, module] of [...this._modules].slice(start, end)) part.add_module(part.nameFor(name), module);
    return part;
  }
  append(module: M): this {
    this.add_module(String(this.length), module);
    return this;
  }
  extend(modules: Iterable<M>): this {
    if (typeof (modules as Partial<Iterable<M>> | null)?.[Symbol.iterator] !== "function")
      throw new TypeError(
        `${this.constructor.name}.extend should be called with an iterable, but got ${typeWord(modules)}`,
      );
    for (const module of Array.from(modules)) this.append(module);
    return this;
  }
  /** Puts a module before the one at `index`. */
  insert(index: number, module: M): this {
    const n = this.length;
    if (!(index >= -n && index <= n)) throw new IndexError(`Index out of range: ${index}`);
    if (!(module instanceof Module)) throw new TypeError(`${describe(module)} is not a Module subclass`);
    return this.renumber([...this].toSpliced(index < 0 ? index + n : index, 0, module));
  }
  /** Takes out the one at `index` (the last by default) and returns it. */
  pop(...args: Arguments<typeof POP>): M {
    const { index } = bindArguments(POP, args, `${this.constructor.name}.pop`);
    const removed = this.at(index);
    const place = [...this._modules.keys()].indexOf(this.nameAt(index));
    this.renumber([...this].toSpliced(place, 1));
    return removed;
  }
  private renumber(modules: readonly M[]): this {
    for (const name of Array.from(this._modules.keys())) delete (this as unknown as Record<string, M>)[name];
    for (const module of modules) this.append(module);
    return this;
  }
  private nameAt(index: number): string {
    const names = [...this._modules.keys()];
    const name = names.at(index);
    if (!Number.isInteger(index) || name === undefined) throw new IndexError(`index ${index} is out of range`);
    return name;
  }
  /** The name in a slice of what has `name` here. */
  protected nameFor(_name: string): string {
    return String(this.length);
  }
}

/**
 * Modules one after another, each given what the one before it returned. As `torch.nn.Sequential`.
 * @example new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 2))(torch.randn(3, 4))
 */
export class Sequential<M extends readonly Module[] = Layer[]> extends IndexedModules<M[number]> {
  /** Modules in order; or one object of them by name. */
  constructor(...modules: M | [Readonly<Record<string, Module>>]) {
    super();
    const [first] = modules;
    const isNamed =
      modules.length === 1 && typeof first === "object" && first !== null && !((first as object) instanceof Module);
    for (const [name, module] of Object.entries(isNamed ? first : modules)) this.add_module(name, module as Module);
  }
  override forward(input: Tensor): Tensor {
    let x: unknown = input;
    // What no program has seen goes once it was used, see Note [Own layers].
    let unseen: Storage | null = null;
    for (const module of this._modules.values()) {
      const own = isOwnLayer(module as Module);
      const given = x;
      x = (module as unknown as (x: unknown) => unknown)(given);
      if (!own || !(x instanceof Tensor)) unseen = null;
      else if (!(given instanceof Tensor && given.storage === x.storage)) {
        unseen?.letGo();
        unseen = x.storage;
      }
    }
    return x as Tensor;
  }
  protected override nameFor(name: string): string {
    return name;
  }
}

const LIST = "ModuleList(object modules=None) -> Module";
/**
 * A list of modules whose parameters count as its own. As `torch.nn.ModuleList`.
 * @example
 * class Net extends nn.Module {
 *   layers = new nn.ModuleList([new nn.Linear(4, 4), new nn.Linear(4, 4)]);
 *   forward(x: Tensor) {
 *     for (const layer of this.layers) x = layer(x).relu();
 *     return x;
 *   }
 * }
 */
export class ModuleList<M extends Module = Layer> extends IndexedModules<M> {
  constructor(modules?: Iterable<M> | { modules: Iterable<M> } | null);
  constructor(...given: unknown[]) {
    super();
    const { modules } = bindArguments<typeof LIST, { modules: Iterable<M> | null }>(LIST, given);
    if (modules !== null) this.extend(modules);
  }
  /** Neighbours of the same text are told once, with their number. */
  override toString(): string {
    const runs: { text: string; first: number; last: number }[] = [];
    for (const [i, module] of [...this].entries()) {
      const text = String(module);
      const run = runs.at(-1);
      if (run?.text === text) run.last = i;
      else runs.push({ text, first: i, last: i });
    }
    if (runs.length === 0) return `${this.constructor.name}()`;
    const lines = runs.map(({ text, first, last }) =>
      indented(first === last ? `(${first}): ${text}` : `(${first}-${last}): ${last - first + 1} x ${text}`),
    );
    return `${this.constructor.name}(\n  ${lines.join("\n  ")}\n)`;
  }
}

/** Modules by name, from an object or from pairs. As `torch.nn.ModuleDict`. */
export class ModuleDict<M extends Module = Layer> extends Module {
  constructor(modules: Readonly<Record<string, M>> | Iterable<readonly [string, M]> = {}) {
    super();
    this.update(modules);
  }
  /** How many it holds. */
  get length(): number {
    return this._modules.size;
  }
  [Symbol.iterator](): IterableIterator<string> {
    return this.keys();
  }
  keys(): IterableIterator<string> {
    return this._modules.keys();
  }
  values(): IterableIterator<M> {
    return this._modules.values() as IterableIterator<M>;
  }
  items(): IterableIterator<[string, M]> {
    return this._modules.entries() as IterableIterator<[string, M]>;
  }
  has(name: string): boolean {
    return this._modules.has(name);
  }
  /** The module of that name. Raises KeyError if there is none. */
  get(name: string): M {
    const module = this._modules.get(name);
    if (!module) throw new KeyError(`'${name}'`);
    return module as M;
  }
  set(name: string, module: M): this {
    this.add_module(name, module);
    return this;
  }
  /** Takes a module out and returns it. */
  pop(name: string): M {
    const module = this.get(name);
    delete (this as unknown as Record<string, M>)[name];
    return module;
  }
  clear(): void {
    for (const name of Array.from(this.keys())) this.pop(name);
  }
  /** Adds the modules of an object, or of pairs of name and module. */
  update(modules: Readonly<Record<string, M>> | Iterable<readonly [string, M]>): void {
    if (typeof modules !== "object" || modules === null)
      throw new TypeError(
        `${this.constructor.name}.update should be called with an iterable of key/value pairs, but got ${typeWord(modules)}`,
      );
    const pairs = Symbol.iterator in modules ? modules : Object.entries(modules);
    for (const [name, module] of pairsOf("ModuleDict", pairs)) this.add_module(name, module);
  }
}
