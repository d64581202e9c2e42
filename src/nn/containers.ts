// Modules that hold others.
import { IndexError } from "../errors.ts";
import type { Tensor } from "../tensor.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";

type Callable = Module & ((x: never) => unknown);

/** Fields under whole numbers, as a list. */
abstract class ListModule<T> extends Module {
  /** @internal */
  items(): T[] {
    return this.fields_().map(([, v]) => v as T);
  }
  /** How many it holds. */
  size(): number {
    return this.fields_().length;
  }
  /** The one at `index`, counted from the end if negative. */
  at(index: number): T {
    const all = this.items();
    const i = index < 0 ? index + all.length : index;
    if (!(i >= 0 && i < all.length)) throw new IndexError(`index ${index} is out of range`);
    return all[i];
  }
  append(item: T): this {
    (this as unknown as Record<string, T>)[String(this.size())] = item;
    return this;
  }
  extend(items: Iterable<T>): this {
    for (const item of items) this.append(item);
    return this;
  }
  [Symbol.iterator](): Iterator<T> {
    return this.items()[Symbol.iterator]();
  }
}

/** Modules one after another, each given what the one before it returned. As `torch.nn.Sequential`. */
export class Sequential extends ListModule<Module> {
  /** Modules in order; or one object of them by name. */
  constructor(...modules: Module[] | [Record<string, Module>]) {
    super();
    const [first] = modules;
    if (first !== undefined && !(first instanceof Module))
      for (const [name, m] of Object.entries(first)) this.add_module(name, m);
    else
      for (const [i, m] of modules.entries()) {
        if (!(m instanceof Module)) throw new TypeError(`${typeof m} is not a Module subclass`);
        this.add_module(String(i), m);
      }
  }
  override forward(x: Tensor): Tensor {
    let out: unknown = x;
    for (const m of this.items()) out = (m as Callable)(out as never);
    return out as Tensor;
  }
}
/** A list of modules whose parameters count as its own. As `torch.nn.ModuleList`. */
export class ModuleList extends ListModule<Module> {
  constructor(modules: Iterable<Module> = []) {
    super();
    this.extend(modules);
  }
}
/** Modules by name. As `torch.nn.ModuleDict`. */
export class ModuleDict extends Module {
  constructor(modules: Readonly<Record<string, Module>> = {}) {
    super();
    for (const [name, m] of Object.entries(modules)) this.add_module(name, m);
  }
  get(name: string): Module {
    return this.get_submodule(name);
  }
  keys(): string[] {
    return this.fields_().map(([name]) => name);
  }
}
/** A list of parameters. As `torch.nn.ParameterList`. */
export class ParameterList extends ListModule<Parameter> {
  constructor(parameters: Iterable<Tensor> = []) {
    super();
    for (const p of parameters) this.append(p instanceof Parameter ? p : new Parameter(p));
  }
}
