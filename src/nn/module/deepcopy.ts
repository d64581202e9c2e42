// Copies of modules with all that is in them.
import { Tensor } from "../../tensor/tensor.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { UninitializedBuffer, UninitializedParameter } from "./uninitialized.ts";

/**
 * A module like another, with copies of its parameters, buffers, children and other fields: Python's
 * `copy.deepcopy(module)`. What is shared inside is shared in the copy, too; gradients and functions are not copied, nor
 * are hooks and `#private` fields.
 * @example const target = nn.deepcopy(model);
 */
export function deepcopy<M extends Module>(module: M): M {
  return copyOf(module, new Map());
}

function copyOf<T>(value: T, known: Map<unknown, unknown>): T {
  if (value === null || (typeof value !== "object" && !(value instanceof Module))) return value;
  if (known.has(value)) return known.get(value) as T;
  const remember = <C>(copy: C): C => {
    known.set(value, copy);
    return copy;
  };
  if (value instanceof UninitializedParameter || value instanceof UninitializedBuffer) {
    const { requires_grad, device, dtype } = value;
    const Same = value instanceof UninitializedParameter ? UninitializedParameter : UninitializedBuffer;
    return remember(new Same(requires_grad, device, dtype)) as T;
  }
  if (value instanceof Parameter)
    return remember(new Parameter(value.detach().clone(), { requires_grad: value.requires_grad })) as T;
  if (value instanceof Tensor) return remember(value.detach().clone().requires_grad_(value.requires_grad)) as T;
  if (value instanceof Module) return copyModule(value, known, remember) as T;
  if (Array.isArray(value)) {
    const copy: unknown[] = remember([]);
    for (const x of value) copy.push(copyOf(x, known));
    return copy as T;
  }
  if (value instanceof Map) {
    const copy = remember(new Map<unknown, unknown>());
    for (const [k, x] of value) copy.set(k, copyOf(x, known));
    return copy as T;
  }
  if (value instanceof Set) return remember(new Set([...value].map((x) => copyOf<unknown>(x, known)))) as T;
  // Of other classes only plain objects are known to be no more than their fields.
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  const copy: Record<string, unknown> = remember({});
  for (const [k, x] of Object.entries(value)) copy[k] = copyOf<unknown>(x, known);
  return copy as T;
}

function copyModule<M extends Module>(module: M, known: Map<unknown, unknown>, remember: (copy: M) => M): M {
  // The constructor of Module alone: a subclass's would draw new parameters.
  const copy = remember(Reflect.construct(Module, [], module.constructor) as M);
  copy.training = module.training;
  for (const [name, p] of module._parameters) copy.register_parameter(name, copyOf(p, known));
  for (const [name, b] of module._buffers)
    copy.register_buffer(name, copyOf(b, known), !module._non_persistent_buffers_set.has(name));
  for (const [name, m] of module._modules) copy.add_module(name, copyOf(m, known));
  const fields = copy as unknown as Record<string, unknown>;
  for (const [name, x] of Object.entries(module))
    if (!Object.hasOwn(copy, name)) fields[name] = copyOf<unknown>(x, known);
  return copy;
}
