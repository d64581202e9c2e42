// What happens when a field of a module is set: it becomes a parameter, a child or a buffer, or is refused.
import { KeyError, TypeError } from "../../base/errors.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { Module } from "./module.ts";
import { Buffer, Parameter } from "./parameter.ts";
import { typeWord } from "../../tensor/type_word.ts";

/**
 * Note [Registration]: a module is a function behind a proxy that sees fields being set and deleted, nothing else. Values
 * stay ordinary fields; `_parameters`, `_buffers` and `_modules` list, in the order of definition, those that count.
 * Reading a field through the proxy costs some 20 ns; in exchange a wrong assignment raises where it is made.
 */
export const registrar: ProxyHandler<Module> = {
  defineProperty(module, name, descriptor) {
    if (typeof name === "string" && "value" in descriptor) register(module, name, descriptor.value);
    return Reflect.defineProperty(module, name, descriptor);
  },
  deleteProperty(module, name) {
    if (typeof name === "string") forget(module, name);
    return Reflect.deleteProperty(module, name);
  },
};

/** Puts a tensor where a parameter or buffer is, of whatever kind, and gives what was there. */
export function place(module: Module, name: string, value: Tensor | null): Tensor | null {
  const list = (module._parameters.has(name) ? module._parameters : module._buffers) as Map<string, Tensor | null>;
  const before = list.get(name)!;
  list.set(name, value);
  placing = true;
  try {
    Reflect.set(module, name, value);
  } finally {
    placing = false;
  }
  return before;
}
let placing = false;

/** `Module.__setattr__` of PyTorch. Raises TypeError and changes nothing if a registered name is given something else. */
function register(module: Module, name: string, value: unknown): void {
  if (placing) return;
  const { _parameters, _buffers, _modules } = module;
  if (value instanceof Parameter) claim(module, name, _parameters, value);
  else if (_parameters.has(name))
    _parameters.set(name, orNull(value, `parameter '${name}' (torch.nn.Parameter or None expected)`));
  else if (value instanceof Module) claim(module, name, _modules, value);
  else if (_modules.has(name))
    _modules.set(name, orNull(value, `child module '${name}' (torch.nn.Module or None expected)`));
  else if (value instanceof Buffer) {
    _buffers.set(name, value);
    if (value.persistent) module._non_persistent_buffers_set.delete(name);
    else module._non_persistent_buffers_set.add(name);
  } else if (_buffers.has(name))
    _buffers.set(
      name,
      value instanceof Tensor
        ? value
        : orNull(value, `buffer '${name}' (torch.nn.Buffer, torch.Tensor or None expected)`),
    );
}
function claim<T>(module: Module, name: string, list: Map<string, T>, value: T): void {
  if (!list.has(name)) forget(module, name);
  list.set(name, value);
}
function forget(module: Module, name: string): void {
  module._parameters.delete(name);
  module._buffers.delete(name);
  module._modules.delete(name);
  module._non_persistent_buffers_set.delete(name);
}
function orNull(value: unknown, as: string): null {
  if (value === null) return null;
  const hint = value === undefined ? "\nA field that a subclass declares anew needs `declare` before it." : "";
  throw new TypeError(`cannot assign '${typeName(value)}' as ${as}${hint}`);
}

/** Raises unless `name` can be a new field of `module`. */
export function assertFree(module: Module, name: unknown, kind: "parameter" | "buffer" | "module"): void {
  if (typeof name !== "string") throw new TypeError(`${kind} name should be a string. Got ${typeWord(name)}`);
  const got = kind === "module" ? `, got: ${name}` : "";
  if (name.includes(".")) throw new KeyError(`${kind} name can't contain "."${got}`);
  if (name === "") throw new KeyError(`${kind} name can't be empty string ""`);
  const { [LISTS[kind]]: list } = module;
  if (!list.has(name) && name in module && (module as unknown as Record<string, unknown>)[name] !== undefined)
    throw new KeyError(`attribute '${name}' already exists`);
}
const LISTS = { parameter: "_parameters", buffer: "_buffers", module: "_modules" } as const;

/** Raises unless a function was given a module. */
export function assertModule(x: unknown, callee: string): asserts x is Module {
  if (!(x instanceof Module))
    throw new TypeError(`${callee}(): argument 'module' (position 1) must be Module, not ${typeWord(x)}`);
}
/** A value's type as `torch.typename` writes it. */
export const typeName = (x: unknown): string =>
  x instanceof Parameter ? "torch.nn.parameter.Parameter" : x instanceof Tensor ? x.type() : typeWord(x);
/** What may follow "is not a Module subclass". */
export const describe = (x: unknown): string => (typeof x === "function" ? x.name : typeName(x));
