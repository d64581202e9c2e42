// Layers for Python, which keeps what they are made of.
//
// Note [Layers in Python]: a Python layer has its fields, parameters, buffers and hooks where PyTorch has them, in Python's
// own dicts, and they alone are true. The library has a calculator for it: an object of the layer's class that is no module
// but computes as one. Before each call Python gives it whatever is not what it was given last, so that nothing a program
// does to a layer is lost. Modules that call other modules are written in Python, so that those are called which the
// program put there, with their hooks.
import { Float } from "../base/dtype.ts";
import { argumentsOf } from "../nn/module/arguments.ts";
import { Module } from "../nn/module/module.ts";
import { canonical } from "../nn/functional/multi_head_attention.ts";
import { LRScheduler } from "../optim/lr_scheduler/index.ts";
import { Optimizer } from "../optim/optimizer.ts";
import { namespaces } from "./namespaces.ts";

type Fields = Record<string, unknown>;
type LayerClass = new (...args: unknown[]) => Module;
const classOf = (name: string): LayerClass => namespaces.find(name) as LayerClass;
const BASES = { layer: Module, optimizer: Optimizer, scheduler: LRScheduler } as const;

export const layers = {
  /** Whether the library has a class of that name and kind, which is not the base of all. */
  hasClass(kind: keyof typeof BASES, name: string): boolean {
    const found = namespaces.find(name) as { readonly prototype?: unknown } | undefined;
    return typeof found === "function" && found.prototype instanceof BASES[kind];
  },
  hasMethod: (name: string, method: string): boolean => method in (classOf(name).prototype as object),
  /**
   * What a new layer is made of: its fields, its parameters, and its buffers with whether they are saved. With `resets`
   * false nothing is drawn for the parameters: Python does that.
   */
  newLayer(name: string, resets: boolean, ...args: unknown[]): unknown[] {
    const Class = classOf(name);
    const made = new (resets ? Class : withoutReset(Class))(...args);
    const tensors = new Set([...made._parameters.keys(), ...made._buffers.keys()]);
    return [
      Object.entries(made).filter(([key, x]) => x !== undefined && !tensors.has(key) && !PLACES.has(key)),
      [...made._parameters],
      [...made._buffers].map(([key, b]) => [key, b, !made._non_persistent_buffers_set.has(key)]),
    ];
  },
  calculator: (name: string): object => Object.create(classOf(name).prototype as object) as object,
  /** Gives a calculator what Python has under these names. */
  give(self: Fields, names: string, ...values: unknown[]): void {
    for (const [i, name] of names.split(",").entries())
      Object.defineProperty(self, name, { value: plain(values[i]), writable: true, configurable: true });
  },
  compute: (self: Module & Fields, method: string, ...args: unknown[]): unknown => compute(self, method, args),
  forward: (self: Module & Fields, ...args: unknown[]): unknown => compute(self, "forward", args),
  /** The same with another weight and bias. */
  forwardWith: (self: Module & Fields, weight: unknown, bias: unknown, ...args: unknown[]): unknown =>
    compute(Object.create(self, { weight: { value: weight }, bias: { value: bias } }) as typeof self, "forward", args),
  canonicalMask: canonical,
};
/** Arguments of constructors that say where parameters are: modules do not keep them. */
const PLACES = new Set(["device", "dtype"]);

function compute(self: Module & Fields, method: string, args: unknown[]): unknown {
  const f = self[method] as (...args: unknown[]) => unknown;
  return f.apply(self, argumentsOf(self, f, args));
}
function withoutReset(Class: LayerClass): LayerClass {
  const Made = class extends Class {
    reset_parameters(): void {}
  };
  Object.defineProperty(Made, "name", { value: Class.name });
  return Made;
}
/** With the numbers that Python's floats are. */
export function plain(x: unknown): unknown {
  if (x instanceof Float) return x.value;
  if (Array.isArray(x)) return x.map(plain);
  const isRecord = typeof x === "object" && x !== null && Object.getPrototypeOf(x) === Object.prototype;
  return isRecord ? Object.fromEntries(Object.entries(x).map(([k, y]) => [k, plain(y)])) : x;
}
