// class Module: callable, finds its parameters and children among its fields.
import { no_grad } from "../autograd/mode.ts";
import type { RemovableHandle } from "../autograd/node.ts";
import { addHook } from "../autograd/node.ts";
import type { Dtype } from "../dtype.ts";
import { float32, float64 } from "../dtype.ts";
import { AttributeError, KeyError, NotImplementedError, RuntimeError } from "../errors.ts";
import { sameShape } from "../layout.ts";
import { Tensor } from "../tensor.ts";
import { watchInputs } from "./backward_hook.ts";
import type { BackwardHook, BackwardPreHook } from "./backward_hook.ts";
import { Parameter } from "./parameter.ts";

/** Tensors by name, in the order of definition. */
export type StateDict = Map<string, Tensor>;
export type ForwardPreHook = (module: Module, args: unknown[]) => unknown;
export type ForwardHook = (module: Module, args: unknown[], output: unknown) => unknown;

/** What `load_state_dict` found; prints as PyTorch prints it. */
export class IncompatibleKeys {
  readonly missing_keys: readonly string[];
  readonly unexpected_keys: readonly string[];
  constructor(missing: readonly string[], unexpected: readonly string[]) {
    this.missing_keys = missing;
    this.unexpected_keys = unexpected;
  }
  toString(): string {
    if (this.missing_keys.length === 0 && this.unexpected_keys.length === 0) return "<All keys matched successfully>";
    const quoted = (keys: readonly string[]): string => `[${keys.map((k) => `'${k}'`).join(", ")}]`;
    return `_IncompatibleKeys(missing_keys=${quoted(this.missing_keys)}, unexpected_keys=${quoted(this.unexpected_keys)})`;
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

/** A module is called like a function, with the arguments of its `forward`. */
export interface Module {
  (...args: Parameters<this["forward"]>): ReturnType<this["forward"]>;
  /** What the module computes. Every subclass defines it. Declared here so that a subclass need not write `override`. */
  forward(...args: never[]): unknown;
}
/**
 * The base of all networks and layers, as `torch.nn.Module`. Fields that hold a Parameter or a Module are its parameters
 * and children, in the order of definition; call the module itself, not `forward`, so that hooks run.
 * @example
 * class Net extends nn.Module {
 *   fc = new nn.Linear(4, 2);
 *   forward(x: Tensor) { return this.fc(x).relu(); }
 * }
 * new Net()(torch.randn(3, 4))
 */
export class Module {
  declare training: boolean;
  /** @internal Names of buffers, and whether they are saved. */ declare buffers_: Map<string, boolean>;
  /** @internal Names under which a parameter, module or buffer was registered as null. */ declare absent_: Set<string>;
  /** @internal */ declare preHooks_: Map<number, ForwardPreHook>;
  /** @internal */ declare hooks_: Map<number, ForwardHook>;
  /** @internal */ declare backwardPreHooks_: Map<number, BackwardPreHook>;
  /** @internal */ declare backwardHooks_: Map<number, BackwardHook>;

  constructor() {
    const self = ((...args: unknown[]) => call(self, args)) as unknown as this;
    Object.setPrototypeOf(self, new.target.prototype as object);
    Reflect.deleteProperty(self, "name");
    Reflect.deleteProperty(self, "length");
    for (const [key, value] of Object.entries({
      training: true,
      buffers_: new Map(),
      absent_: new Set(),
      preHooks_: new Map(),
      hooks_: new Map(),
      backwardPreHooks_: new Map(),
      backwardHooks_: new Map(),
    }))
      Object.defineProperty(self, key, { value, writable: true, configurable: true, enumerable: false });
    return self;
  }

  // ---- registration

  /** A tensor that is state but not learnt: moved and saved with the module unless `persistent` is false. */
  register_buffer(name: string, tensor: Tensor | null, { persistent = true } = {}): void {
    if (name === "" || name.includes("."))
      throw new KeyError(`buffer name can't ${name === "" ? 'be empty string ""' : 'contain "."'}`);
    if (name in this && !this.buffers_.has(name)) throw new KeyError(`attribute '${name}' already exists`);
    if (tensor !== null && !(tensor instanceof Tensor))
      throw new TypeError(
        `cannot assign '${typeof tensor}' object to buffer '${name}' (torch Tensor or None required)`,
      );
    this.buffers_.set(name, persistent);
    (this as unknown as Record<string, unknown>)[name] = tensor;
  }
  /** A parameter under a name given at run time; null keeps the name without one. */
  register_parameter(name: string, param: Parameter | null): void {
    if (name === "" || name.includes("."))
      throw new KeyError(`parameter name can't ${name === "" ? 'be empty string ""' : 'contain "."'}`);
    if (param !== null && !(param instanceof Parameter))
      throw new TypeError(
        `cannot assign '${typeof param}' object to parameter '${name}' (torch.nn.Parameter or None required)`,
      );
    if (name in this) throw new KeyError(`attribute '${name}' already exists`);
    if (param === null) this.absent_.add(name);
    (this as unknown as Record<string, unknown>)[name] = param;
  }
  /** A child under a name given at run time. */
  add_module(name: string, module: Module | null): void {
    if (module !== null && !(module instanceof Module))
      throw new TypeError(`${typeof module} is not a Module subclass`);
    if (name === "" || name.includes("."))
      throw new KeyError(`module name can't ${name === "" ? 'be empty string ""' : 'contain "."'}, got: ${name}`);
    if (name in this) throw new KeyError(`attribute '${name}' already exists`);
    (this as unknown as Record<string, unknown>)[name] = module;
  }
  register_module(name: string, module: Module | null): void {
    this.add_module(name, module);
  }

  // ---- what it is made of

  /** @internal Own fields, in the order of definition. */
  fields_(): [string, unknown][] {
    return Object.entries(this);
  }
  *named_children(): Generator<[string, Module]> {
    const seen = new Set<Module>();
    for (const [name, value] of this.fields_())
      if (value instanceof Module && !seen.has(value)) {
        seen.add(value);
        yield [name, value];
      }
  }
  *children(): Generator<Module> {
    for (const [, child] of this.named_children()) yield child;
  }
  /** Itself and all modules inside, each once. */
  *named_modules(prefix = "", seen: Set<Module> = new Set()): Generator<[string, Module]> {
    if (seen.has(this)) return;
    seen.add(this);
    yield [prefix, this];
    for (const [name, value] of this.fields_())
      if (value instanceof Module) yield* value.named_modules(prefix === "" ? name : `${prefix}.${name}`, seen);
  }
  *modules(): Generator<Module> {
    for (const [, module] of this.named_modules()) yield module;
  }
  private *members(
    kind: (m: Module) => Generator<[string, Tensor]>,
    prefix: string,
    recurse: boolean,
  ): Generator<[string, Tensor]> {
    const seen = new Set<Tensor>();
    const owners: Iterable<[string, Module]> = recurse ? this.named_modules(prefix) : [[prefix, this]];
    for (const [path, module] of owners)
      for (const [name, tensor] of kind(module)) {
        if (seen.has(tensor)) continue;
        seen.add(tensor);
        yield [path === "" ? name : `${path}.${name}`, tensor];
      }
  }
  /** Parameters with their paths, each once; `recurse: false` leaves the children out. */
  *named_parameters({ prefix = "", recurse = true } = {}): Generator<[string, Parameter]> {
    yield* this.members(ownParameters, prefix, recurse) as Generator<[string, Parameter]>;
  }
  *parameters({ recurse = true } = {}): Generator<Parameter> {
    for (const [, p] of this.named_parameters({ recurse })) yield p;
  }
  *named_buffers({ prefix = "", recurse = true } = {}): Generator<[string, Tensor]> {
    yield* this.members(ownBuffers, prefix, recurse);
  }
  *buffers({ recurse = true } = {}): Generator<Tensor> {
    for (const [, b] of this.named_buffers({ recurse })) yield b;
  }
  /** The module at a path such as "layers.0". */
  get_submodule(target: string): Module {
    const names = target === "" ? [] : target.split(".");
    return names.reduce<Module>((at, name) => {
      const next = (at as unknown as Record<string, unknown>)[name];
      if (!Object.hasOwn(at, name)) throw new AttributeError(`${at.constructor.name} has no attribute \`${name}\``);
      if (!(next instanceof Module)) throw new AttributeError(`\`${name}\` is not an nn.Module`);
      return next;
    }, this);
  }
  get_parameter(target: string): Parameter {
    const cut = target.lastIndexOf(".");
    const owner = this.get_submodule(cut < 0 ? "" : target.slice(0, cut));
    const name = target.slice(cut + 1);
    const p = (owner as unknown as Record<string, unknown>)[name];
    if (!Object.hasOwn(owner, name)) throw new AttributeError(`${owner.constructor.name} has no attribute \`${name}\``);
    if (!(p instanceof Parameter)) throw new AttributeError(`\`${name}\` is not an nn.Parameter`);
    return p;
  }

  // ---- state

  /** Parameters and persistent buffers by path, detached, sharing memory. Keys and order are PyTorch's. */
  state_dict({ prefix = "" } = {}): StateDict {
    const state: StateDict = new Map();
    for (const [name, t] of ownParameters(this)) state.set(prefix + name, t.detach());
    for (const [name, t] of ownBuffers(this)) if (this.buffers_.get(name)) state.set(prefix + name, t.detach());
    for (const [name, value] of this.fields_())
      if (value instanceof Module)
        for (const [key, t] of value.state_dict({ prefix: `${prefix}${name}.` })) state.set(key, t);
    return state;
  }
  /**
   * Copies the tensors of a state dict (a Map or an object) into the module's. With `strict` (the default) keys must match.
   * Raises RuntimeError that lists all that is missing, unexpected or of another shape, and then changes nothing.
   */
  load_state_dict(
    state: ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>,
    { strict = true, assign = false } = {},
  ): IncompatibleKeys {
    const given = state instanceof Map ? (state as ReadonlyMap<string, Tensor>) : new Map(Object.entries(state));
    const own = this.state_dict();
    const missing = [...own.keys()].filter((k) => !given.has(k));
    const unexpected = [...given.keys()].filter((k) => !own.has(k));
    const errors: string[] = [];
    if (strict && unexpected.length > 0)
      errors.push(`Unexpected key(s) in state_dict: ${unexpected.map((k) => `"${k}"`).join(", ")}. `);
    if (strict && missing.length > 0)
      errors.push(`Missing key(s) in state_dict: ${missing.map((k) => `"${k}"`).join(", ")}. `);
    for (const [key, mine] of own) {
      const theirs = given.get(key);
      if (theirs === undefined) continue;
      if (!(theirs instanceof Tensor))
        errors.push(
          `While copying the parameter named "${key}", expected torch.Tensor or Tensor-like object from checkpoint but received ${typeof theirs}`,
        );
      else if (!sameShape(mine.sizes, theirs.sizes) && !(mine.sizes.length === 0 && theirs.numel() === 1))
        errors.push(
          `size mismatch for ${key}: copying a param with shape ${String(theirs.shape)} from checkpoint, the shape in current model is ${String(mine.shape)}.`,
        );
    }
    if (errors.length > 0)
      throw new RuntimeError(`Error(s) in loading state_dict for ${this.constructor.name}:\n\t${errors.join("\n\t")}`);
    no_grad(() => {
      for (const [key, mine] of own) {
        const theirs = given.get(key);
        if (theirs === undefined) continue;
        if (assign) this.ownTensor(key).data = theirs.detach().clone();
        else mine.copy_(theirs);
      }
    });
    return new IncompatibleKeys(missing, unexpected);
  }
  private ownTensor(key: string): Tensor {
    const cut = key.lastIndexOf(".");
    const owner = this.get_submodule(cut < 0 ? "" : key.slice(0, cut));
    return (owner as unknown as Record<string, Tensor>)[key.slice(cut + 1)];
  }

  // ---- modes and conversions

  /** Training mode for itself and all inside: dropout drops, batch norms learn. */
  train(mode = true): this {
    if (typeof mode !== "boolean") throw new TypeError("training mode is expected to be boolean");
    for (const module of this.modules()) module.training = mode;
    return this;
  }
  /** Evaluation mode. */
  eval(): this {
    return this.train(false);
  }
  requires_grad_(requires_grad = true): this {
    for (const p of this.parameters()) p.requires_grad_(requires_grad);
    return this;
  }
  /** Forgets the gradients: to null, or to zeros. */
  zero_grad({ set_to_none = true } = {}): void {
    for (const p of this.parameters()) {
      if (p.gradient === null) continue;
      if (set_to_none) p.gradient = null;
      else p.gradient = p.gradient.detach().zero_();
    }
  }
  /** Calls `f` with every module inside, children first, and itself. */
  apply(f: (module: Module) => void): this {
    for (const child of this.children()) child.apply(f);
    f(this);
    return this;
  }
  /** Floating-point parameters and buffers in another dtype, in place. */
  to(dtype: Dtype): this {
    if (!dtype.is_floating_point)
      throw new TypeError(
        `nn.Module.to only accepts floating point or complex dtypes, but got desired dtype=${String(dtype)}`,
      );
    for (const module of this.modules())
      for (const [name, t] of [...ownParameters(module), ...ownBuffers(module)]) {
        if (!t.dtype.is_floating_point || t.dtype === dtype) continue;
        const cast = no_grad(() => t.detach().to(dtype));
        (module as unknown as Record<string, Tensor>)[name] =
          t instanceof Parameter ? new Parameter(cast, { requires_grad: t.requires_grad }) : cast;
      }
    return this;
  }

  /** `to(torch.float64)`. */
  double(): this {
    return this.to(float64);
  }
  /** `to(torch.float32)`. */
  float(): this {
    return this.to(float32);
  }

  // ---- hooks

  /** `hook(module, args)` before forward; may return other arguments (a list, or one). */
  register_forward_pre_hook(hook: ForwardPreHook): RemovableHandle {
    return addHook(this.preHooks_, hook);
  }
  /** `hook(module, args, output)` after forward; may return another output. */
  register_forward_hook(hook: ForwardHook): RemovableHandle {
    return addHook(this.hooks_, hook);
  }

  /** `hook(module, gradInputs, gradOutputs)` when the gradients of the inputs are there; may return others. */
  register_full_backward_hook(hook: BackwardHook): RemovableHandle {
    return addHook(this.backwardHooks_, hook);
  }
  /** `hook(module, gradOutputs)` before the gradients of the inputs are computed; may return others. */
  register_full_backward_pre_hook(hook: BackwardPreHook): RemovableHandle {
    return addHook(this.backwardPreHooks_, hook);
  }

  // ---- text

  /** What stands between the brackets of the module's text. */
  extra_repr(): string {
    return "";
  }
  toString(): string {
    const extra = this.extra_repr();
    const children = this.fields_().flatMap(([name, v]) =>
      v instanceof Module ? [`(${name}): ${indented(String(v))}`] : [],
    );
    const head = this.constructor.name;
    if (children.length === 0) return `${head}(${extra})`;
    const lines = extra === "" ? children : [...extra.split("\n"), ...children];
    return `${head}(\n  ${lines.join("\n  ")}\n)`;
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}
Module.prototype.forward = function (this: Module) {
  throw new NotImplementedError(`Module [${this.constructor.name}] is missing the required "forward" function`);
};
const indented = (text: string): string => text.split("\n").join("\n  ");

function* ownParameters(m: Module): Generator<[string, Tensor]> {
  for (const [name, value] of m.fields_()) if (value instanceof Parameter && !m.buffers_.has(name)) yield [name, value];
}
function* ownBuffers(m: Module): Generator<[string, Tensor]> {
  const fields = m as unknown as Record<string, unknown>;
  for (const name of m.buffers_.keys()) {
    const value = fields[name];
    if (value instanceof Tensor) yield [name, value];
  }
}
/** What happens when a module is called. */
function call(module: Module, given: unknown[]): unknown {
  const forward = module.forward as (...args: unknown[]) => unknown;
  const { preHooks_, hooks_, backwardPreHooks_, backwardHooks_ } = module;
  if (preHooks_.size + hooks_.size + backwardPreHooks_.size + backwardHooks_.size === 0)
    return forward.apply(module, given);
  let args = given;
  for (const hook of preHooks_.values()) {
    const changed = hook(module, args);
    if (changed !== undefined && changed !== null) args = Array.isArray(changed) ? changed : [changed];
  }
  const watch = watchInputs(module, [...backwardPreHooks_.values()], [...backwardHooks_.values()], args);
  if (watch !== null) args = watch.args;
  let output = forward.apply(module, args);
  for (const hook of hooks_.values()) output = hook(module, args, output) ?? output;
  return watch === null ? output : watch.watchOutputs(output);
}
