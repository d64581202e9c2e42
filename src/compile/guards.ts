// What a trace depends on beside the values of tensors: where one of these differs, a call is another.
import { modes } from "../autograd/mode.ts";
import { Complex, Float, get_default_dtype } from "../base/dtype.ts";
import { foreign, isNode } from "../func/tree.ts";
import type { Module } from "../nn/module/module.ts";
import type { Storage } from "../tensor/storage.ts";
import { Tensor } from "../tensor/tensor.ts";

/** Arguments and modes as one flat list: equal for calls that a trace holds for. */
export function keyOf(args: readonly unknown[]): unknown[] {
  const { grad, inference, autocast, castTo, device } = modes();
  const key: unknown[] = [grad, inference, autocast, castTo, device, get_default_dtype()];
  const seen = new Map<Storage, number>();
  const enter = (x: unknown): void => {
    if (x instanceof Tensor) {
      // Which arguments share memory is part of it.
      const first = seen.get(x.storage) ?? seen.size;
      seen.set(x.storage, first);
      key.push("tensor", first, x.dtype, x.lazy, x.backend, x.requires_grad, x.is_leaf, x.inference, x.sizes.length);
      for (const n of x.sizes) key.push(n);
      for (const n of x.strides) key.push(n);
    } else if (Array.isArray(x)) {
      key.push("list", x.length, foreign.get(x)?.kind, String(foreign.get(x)?.context));
      for (const y of x) enter(y);
    } else if (isNode(x))
      for (const [name, y] of Object.entries(x)) {
        key.push(name);
        enter(y);
      }
    else key.push(x);
  };
  enter(args);
  return key;
}
export const isEqual = (a: readonly unknown[], b: readonly unknown[]): boolean => {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!isOne(a[i], b[i])) return false;
  return true;
};
const isOne = (x: unknown, y: unknown): boolean =>
  Object.is(x, y) ||
  (x instanceof Float && y instanceof Float && Object.is(Number(x), Number(y))) ||
  (x instanceof Complex && y instanceof Complex && Object.is(x.re, y.re) && Object.is(x.im, y.im));
/** The first part of a key that differs, for whoever asks why a call was traced anew. */
export function differenceOf(a: readonly unknown[], b: readonly unknown[]): string {
  const i = a.findIndex((x, k) => !isOne(x, b[k]));
  if (i >= 0 && i < MODES.length) return `${MODES[i]} was ${shown(b[i])} and is ${shown(a[i])}`;
  return i < 0 ? "there are fewer arguments" : `among the arguments ${shown(b[i])} became ${shown(a[i])}`;
}
const MODES = [
  "grad mode",
  "inference mode",
  "autocast",
  "the dtype of autocast",
  "the default device",
  "the default dtype",
];
const shown = (x: unknown): string =>
  typeof x === "function"
    ? `a function ${x.name}`
    : typeof x === "object" && x !== null
      ? Object.prototype.toString.call(x)
      : String(x);

/** A field that a call reads, and what it held. */
type Field = readonly [owner: object, name: string, value: unknown];
/** The fields of a module that are no modules: numbers, flags, parameters, hooks. */
export function fieldsOf(module: Module): Field[] {
  const { _hooks } = module;
  const own = Object.keys(module).map((name): Field => [module, name, Reflect.get(module, name)]);
  const hooks = (["forwardPre", "forward", "backwardPre", "backward"] as const).map((name): Field => [
    _hooks[name],
    "size",
    _hooks[name].size,
  ]);
  return [[module, "training", module.training], ...own, ...hooks];
}
export const isUnchanged = (fields: readonly Field[]): boolean =>
  fields.every(([owner, name, value]) => Object.is(Reflect.get(owner, name), value));

/** How a tensor lay that the function reached by itself. */
export class Layouts {
  private readonly layouts: readonly unknown[];
  private readonly tensors: readonly Tensor[];
  constructor(tensors: readonly Tensor[]) {
    this.tensors = tensors;
    this.layouts = tensors.map(layoutOf);
  }
  hold(): boolean {
    return this.tensors.every((t, i) => isEqual(layoutOf(t), this.layouts[i] as unknown[]));
  }
}
const layoutOf = (t: Tensor): unknown[] => [
  t.dtype,
  t.lazy,
  t.backend,
  t.requires_grad,
  t.offset,
  ...t.sizes,
  ...t.strides,
];
