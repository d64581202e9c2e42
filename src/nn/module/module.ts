// class Module: callable, knows its parameters, buffers and children.
import { withGrad } from "../../autograd/mode.ts";
import type { RemovableHandle } from "../../autograd/node.ts";
import type { DeviceLike } from "../../devices/device.ts";
import { getDevice } from "../../devices/registry.ts";
import type { Dtype } from "../../base/dtype.ts";
import { bfloat16, float16, float32, float64 } from "../../base/dtype.ts";
import { AttributeError, NotImplementedError, RuntimeError, TypeError, ValueError, warn } from "../../base/errors.ts";
import { bindArguments } from "../../dispatch/callable.ts";
import type { ArgumentsAfter, Arguments } from "../../dispatch/callable.ts";
import { empty_like } from "../../ops/creation/creation.ts";
import { toTarget } from "../../ops/copies/to_target.ts";
import type { CastOptions, ToOptions, ToTarget } from "../../ops/copies/to_target.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { add, call, ModuleHooks, StateHooks } from "./hooks.ts";
import type { BackwardHook, BackwardPreHook, Kwargs, LoadHook, LoadPreHook, StateHook, StatePreHook } from "./hooks.ts";
import { Parameter } from "./parameter.ts";
import { assertFree, describe, registrar, typeName } from "./register.ts";
import { collectState, loadState, StateDict } from "./state_dict.ts";
import type { IncompatibleKeys, StateLike } from "./state_dict.ts";
import { convert, isUninitialized } from "./uninitialized.ts";

const NAMED = "Module.named_members(str prefix='', bool recurse=True, bool remove_duplicate=True) -> Iterator";
const NAMED_MODULES = "Module.named_modules(object memo=None, str prefix='', bool remove_duplicate=True) -> Iterator";
const RECURSE = "Module.parameters(bool recurse=True) -> Iterator";
const MODULES = "Module.modules(bool remove_duplicate=True) -> Iterator";
const STATE = "Module.state_dict(*, object destination=None, str prefix='', bool keep_vars=False) -> StateDict";
const LOAD = "Module.load_state_dict(object state_dict, bool strict=True, bool assign=False) -> IncompatibleKeys";
const ZERO_GRAD = "Module.zero_grad(bool set_to_none=True) -> None";
const BUFFER = "Module.register_buffer(object name, object tensor, bool persistent=True) -> None";
const PARAMETER = "Module.register_parameter(object name, object param) -> None";
const MODULE = "Module.add_module(object name, object module) -> None";
const STATE_HOOK = "Module.register_state_dict_pre_hook(callable hook) -> RemovableHandle";
const TARGET = "Module.get_submodule(str target) -> Module";
const SET_SUBMODULE = "Module.set_submodule(str target, object module, bool strict=False) -> None";
const REQUIRES_GRAD = "Module.requires_grad_(bool requires_grad=True) -> Module";
const TRAIN = "Module.train(object mode=True) -> Module";
const APPLY = "Module.apply(callable fn) -> Module";
const TO_EMPTY = "Module.to_empty(*, device? device, bool recurse=True) -> Module";
const PRE_HOOK =
  "Module.register_forward_pre_hook(callable hook, *, bool prepend=False, bool with_kwargs=False) -> RemovableHandle";
const HOOK =
  "Module.register_forward_hook(callable hook, *, bool prepend=False, bool with_kwargs=False, bool always_call=False) -> RemovableHandle";
const BACKWARD_HOOK = "Module.register_full_backward_hook(callable hook, bool prepend=False) -> RemovableHandle";

type AnyHook = (module: never, ...given: never[]) => unknown;
type Input<M extends Module> = Parameters<M["forward"]>;
type Output<M extends Module> = ReturnType<M["forward"]>;
const fields = (module: Module): Record<string, unknown> => module as unknown as Record<string, unknown>;

/** A module is called like a function, with the arguments of its `forward`. */
export interface Module {
  (...args: Parameters<this["forward"]>): ReturnType<this["forward"]>;
  /** What the module computes. Every subclass defines it. Declared here so that a subclass need not write `override`. */
  forward(...args: never[]): unknown;
}
/**
 * The base of all networks and layers, as `torch.nn.Module`. Fields that hold a Parameter or a Module are its parameters
 * and children, in the order of definition; call the module itself, not `forward`, so that hooks run.
 * See Note [Registration].
 * @example
 * class Net extends nn.Module {
 *   fc = new nn.Linear(4, 2);
 *   forward(x: Tensor) { return this.fc(x).relu(); }
 * }
 * new Net()(torch.randn(3, 4))
 */
export class Module {
  /** Whether it is in training mode; set by `train` and `eval`. */
  declare training: boolean;
  declare readonly _parameters: Map<string, Parameter | null>;
  declare readonly _buffers: Map<string, Tensor | null>;
  declare readonly _modules: Map<string, Module | null>;
  declare readonly _non_persistent_buffers_set: Set<string>;
  /** @internal */ declare readonly _hooks: ModuleHooks;

  constructor(...none: []);
  constructor(...given: unknown[]) {
    if (given.length > 0) bindArguments("Module() -> Module", given, new.target.name);
    const hooks = new ModuleHooks();
    const target = ((...args: unknown[]) => call(self, hooks, args)) as unknown as this;
    Object.setPrototypeOf(target, new.target.prototype as object);
    // What every function has would stand in the way of fields under these names.
    Reflect.deleteProperty(target, "name");
    Reflect.deleteProperty(target, "length");
    for (const [key, value] of [
      ["training", true],
      ["_parameters", new Map()],
      ["_buffers", new Map()],
      ["_modules", new Map()],
      ["_non_persistent_buffers_set", new Set()],
      ["_hooks", hooks],
    ] as const)
      Object.defineProperty(target, key, { value, writable: true, configurable: true });
    const self = new Proxy(target, registrar as ProxyHandler<this>);
    return self;
  }

  // ---- registration

  /** A tensor that is state but not learnt: moved and saved with the module unless `persistent` is false. */
  register_buffer(...args: Arguments<typeof BUFFER, { name: string; tensor: Tensor | null }>): void {
    const { name, tensor, persistent } = bindArguments<typeof BUFFER, { name: string; tensor: unknown }>(BUFFER, args);
    assertFree(this, name, "buffer");
    if (tensor !== null && !(tensor instanceof Tensor))
      throw new TypeError(
        `cannot assign '${typeName(tensor)}' object to buffer '${name}' (torch Tensor or None required)`,
      );
    this._buffers.set(name, tensor);
    if (persistent) this._non_persistent_buffers_set.delete(name);
    else this._non_persistent_buffers_set.add(name);
    fields(this)[name] = tensor;
  }
  /** A parameter under a name given at run time; null keeps the name without one. */
  register_parameter(...args: Arguments<typeof PARAMETER, { name: string; param: Parameter | null }>): void {
    const { name, param } = bindArguments<typeof PARAMETER, { name: string; param: unknown }>(PARAMETER, args);
    assertFree(this, name, "parameter");
    if (param !== null && !(param instanceof Parameter))
      throw new TypeError(
        `cannot assign '${typeName(param)}' object to parameter '${name}' (torch.nn.Parameter or None required)`,
      );
    this._parameters.set(name, param);
    fields(this)[name] = param;
  }
  /** A child under a name given at run time. */
  add_module(...args: Arguments<typeof MODULE, { name: string; module: Module | null }>): void {
    const { name, module } = bindArguments<typeof MODULE, { name: string; module: unknown }>(MODULE, args);
    if (module !== null && !(module instanceof Module))
      throw new TypeError(`${describe(module)} is not a Module subclass`);
    assertFree(this, name, "module");
    this._modules.set(name, module);
    fields(this)[name] = module;
  }
  /** The same as {@link add_module}. */
  register_module(...args: Arguments<typeof MODULE, { name: string; module: Module | null }>): void {
    const { name, module } = bindArguments<typeof MODULE, { name: string; module: Module | null }>(
      MODULE,
      args,
      "Module.register_module",
    );
    this.add_module(name, module);
  }

  // ---- what it is made of

  /** Parameters with their paths, its own first; each once unless `remove_duplicate` is false. */
  named_parameters(...args: Arguments<typeof NAMED>): Generator<[string, Parameter]> {
    return members(this, (m) => m._parameters, bindArguments(NAMED, args, "Module.named_parameters"));
  }
  /** Its parameters and those of the modules inside, each once; `recurse: false` leaves the latter out. */
  parameters(...args: Arguments<typeof RECURSE>): Generator<Parameter> {
    return valuesOf(this.named_parameters(bindArguments(RECURSE, args)));
  }
  named_buffers(...args: Arguments<typeof NAMED>): Generator<[string, Tensor]> {
    return members(this, (m) => m._buffers, bindArguments(NAMED, args, "Module.named_buffers"));
  }
  buffers(...args: Arguments<typeof RECURSE>): Generator<Tensor> {
    return valuesOf(this.named_buffers(bindArguments(RECURSE, args, "Module.buffers")));
  }
  /** Its own modules, each once, with their names. */
  *named_children(): Generator<[string, Module]> {
    const seen = new Set<Module>();
    for (const [name, module] of this._modules)
      if (module !== null && !seen.has(module)) {
        seen.add(module);
        yield [name, module];
      }
  }
  children(): Generator<Module> {
    return valuesOf(this.named_children());
  }
  /** Itself and all modules inside with their paths, each once unless `remove_duplicate` is false. */
  named_modules(...args: Arguments<typeof NAMED_MODULES, { memo: Set<Module> | null }>): Generator<[string, Module]> {
    const { memo, prefix, remove_duplicate } = bindArguments<typeof NAMED_MODULES, { memo: Set<Module> | null }>(
      NAMED_MODULES,
      args,
    );
    return modulesOf(this, prefix, remove_duplicate ? (memo ?? new Set()) : null);
  }
  modules(...args: Arguments<typeof MODULES>): Generator<Module> {
    return valuesOf(this.named_modules(bindArguments(MODULES, args)));
  }
  /** The module at a path such as "layers.0". Raises AttributeError if there is none. */
  get_submodule(...args: Arguments<typeof TARGET>): Module {
    const { target } = bindArguments(TARGET, args);
    return (target === "" ? [] : target.split(".")).reduce<Module>((at, name) => {
      const next = fieldOf(at, name);
      if (!(next instanceof Module)) throw new AttributeError(`\`${name}\` is not an nn.Module`);
      return next;
    }, this);
  }
  /** The parameter at a path such as "layers.0.weight". Raises AttributeError if there is none. */
  get_parameter(...args: Arguments<typeof TARGET>): Parameter {
    const { target } = bindArguments(TARGET, args, "Module.get_parameter");
    const [owner, name] = locate(this, target);
    const found = fieldOf(owner, name);
    if (!(found instanceof Parameter)) throw new AttributeError(`\`${name}\` is not an nn.Parameter`);
    return found;
  }
  /** The buffer at a path such as "norm.running_mean". Raises AttributeError if there is none. */
  get_buffer(...args: Arguments<typeof TARGET>): Tensor {
    const { target } = bindArguments(TARGET, args, "Module.get_buffer");
    const [owner, name] = locate(this, target);
    fieldOf(owner, name);
    const found = owner._buffers.get(name);
    if (!found) throw new AttributeError(`\`${name}\` is not a buffer`);
    return found;
  }
  /** Puts a module at a path. With `strict` there must be one already. */
  set_submodule(...args: Arguments<typeof SET_SUBMODULE, { module: Module }>): void {
    const { target, module, strict } = bindArguments<typeof SET_SUBMODULE, { module: unknown }>(SET_SUBMODULE, args);
    if (target === "") throw new ValueError("Cannot set the submodule without a target name!");
    if (!(module instanceof Module)) throw new ValueError(`\`module\` is not an nn.Module, found ${describe(module)}`);
    const [owner, name] = locate(this, target);
    if ((strict || name in owner) && !(fieldOf(owner, name) instanceof Module))
      throw new AttributeError(`\`${name}\` is not an nn.Module`);
    fields(owner)[name] = module;
  }
  // ---- state

  /** Parameters and persistent buffers by path, detached unless `keep_vars`, sharing memory. Keys and order are PyTorch's. */
  state_dict(...args: Arguments<typeof STATE, { destination: StateDict | null }>): StateDict {
    const bound = bindArguments<typeof STATE, { destination: StateDict | null }>(STATE, args);
    return collectState(this, bound.destination ?? new StateDict(), bound.prefix, bound.keep_vars, Module);
  }
  /**
   * Copies the tensors of a state dict (a Map or an object) into the module's; with `assign` takes the tensors themselves.
   * With `strict` (the default) keys must match. Raises RuntimeError that lists all that is missing, unexpected or of
   * another shape, and then changes nothing.
   */
  load_state_dict(state_dict: StateLike, ...rest: ArgumentsAfter<"state_dict", typeof LOAD>): IncompatibleKeys;
  load_state_dict(...args: unknown[]): IncompatibleKeys {
    const { state_dict, strict, assign } = bindArguments<typeof LOAD, { state_dict: StateLike }>(LOAD, args);
    return loadState(this, state_dict, strict, assign, Module);
  }

  /** What the module saves that is no tensor: overridden, with {@link set_extra_state}, by modules that have such. */
  get_extra_state(): unknown {
    throw new RuntimeError("Reached a code path in Module.get_extra_state() that should never be called.");
  }
  /** Gets back what {@link get_extra_state} gave. */
  set_extra_state(_state: unknown): void {
    throw new RuntimeError("Reached a code path in Module.set_extra_state() that should never be called.");
  }
  /** `hook(module, prefix, keep_vars)` before the module's part of a state dict is collected. */
  register_state_dict_pre_hook(...args: Arguments<typeof STATE_HOOK, { hook: StatePreHook }>): RemovableHandle {
    return add(stateHooks(this).savePre, hookOf<StatePreHook>(args, "register_state_dict_pre_hook"));
  }
  /** `hook(module, state_dict, prefix, local_metadata)` after it was collected; may change it. */
  register_state_dict_post_hook(...args: Arguments<typeof STATE_HOOK, { hook: StateHook }>): RemovableHandle {
    return add(stateHooks(this).save, hookOf<StateHook>(args, "register_state_dict_post_hook"));
  }
  /**
   * `hook(module, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)` before the
   * module's part of a state dict is looked at; may change a copy of it.
   */
  register_load_state_dict_pre_hook(...args: Arguments<typeof STATE_HOOK, { hook: LoadPreHook }>): RemovableHandle {
    return add(stateHooks(this).loadPre, hookOf<LoadPreHook>(args, "register_load_state_dict_pre_hook"));
  }
  /** `hook(module, incompatible_keys)` after a state dict was loaded. */
  register_load_state_dict_post_hook(...args: Arguments<typeof STATE_HOOK, { hook: LoadHook }>): RemovableHandle {
    return add(stateHooks(this).load, hookOf<LoadHook>(args, "register_load_state_dict_post_hook"));
  }

  // ---- modes and conversions

  /** Training mode for itself and all inside: dropout drops, batch norms learn. */
  train(...args: Arguments<typeof TRAIN, { mode: boolean }>): this {
    const { mode } = bindArguments<typeof TRAIN, { mode: boolean }>(TRAIN, args);
    if (typeof mode !== "boolean") throw new ValueError("training mode is expected to be boolean");
    this.training = mode;
    for (const child of this.children()) child.train(mode);
    return this;
  }
  /** Evaluation mode. */
  eval(): this {
    return this.train(false);
  }
  requires_grad_(...args: Arguments<typeof REQUIRES_GRAD>): this {
    const { requires_grad } = bindArguments(REQUIRES_GRAD, args);
    for (const p of this.parameters()) p.requires_grad_(requires_grad);
    return this;
  }
  /** Forgets the gradients: to null, or to zeros. */
  zero_grad(...args: Arguments<typeof ZERO_GRAD>): void {
    const { set_to_none } = bindArguments(ZERO_GRAD, args);
    for (const p of this.parameters())
      if (set_to_none) p.grad = null;
      else if (p.gradient !== null) p.gradient = p.gradient.detach().zero_();
  }
  /** Calls `fn` with every module inside, children first, and itself. */
  apply(...args: Arguments<typeof APPLY, { fn: (module: Module) => void }>): this {
    const { fn } = bindArguments<typeof APPLY, { fn: (module: Module) => void }>(APPLY, args);
    for (const child of this.children()) child.apply(fn);
    fn(this);
    return this;
  }
  /** Puts `f(t)` in place of every parameter, gradient and buffer t. Parameters stay the same objects. */
  _apply(f: (t: Tensor) => Tensor, recurse = true): this {
    if (recurse) for (const child of this.children()) child._apply(f);
    withGrad(false, () => {
      for (const p of this._parameters.values()) {
        if (p === null) continue;
        if (isUninitialized(p)) {
          convert(p, f);
          continue;
        }
        p.data = f(p);
        if (p.gradient !== null) p.gradient.data = f(p.gradient);
      }
      for (const [name, b] of this._buffers)
        if (isUninitialized(b)) convert(b, f);
        else if (b !== null) fields(this)[name] = f(b);
    });
    return this;
  }
  /**
   * Parameters and buffers on another device, those of floating point in another dtype, and those of 4 (or 5) dims in
   * another memory format; in place. What is given is as for a tensor's `to`. Raises TypeError for a dtype that is not of
   * floating point.
   */
  to(target: ToTarget, options?: ToOptions): this;
  to(device: DeviceLike, dtype: Dtype, non_blocking?: boolean, copy?: boolean, options?: CastOptions): this;
  to(...given: unknown[]): this {
    const { dtype, device, memory_format } = toTarget("to", given);
    if (dtype !== null && !dtype.is_floating_point && !dtype.is_complex)
      throw new TypeError(
        `nn.Module.to only accepts floating point or complex dtypes, but got desired dtype=${String(dtype)}`,
      );
    if (dtype?.is_complex)
      warn(
        "Complex modules are a new feature under active development whose design may change, and some modules might not work as expected when using complex tensors as parameters or buffers. Please file an issue at https://github.com/pytorch/pytorch/issues/new?template=bug-report.yml if a complex module does not work as expected.",
      );
    const on = device === null ? null : getDevice(device);
    return this._apply((t) => {
      if (on?.holdsData === true && t.is_meta)
        throw new NotImplementedError(
          "Cannot copy out of meta tensor; no data! Please use torch.nn.Module.to_empty() instead of torch.nn.Module.to() when moving module from meta to a different device.",
        );
      return t.to({
        device,
        dtype: t.dtype.is_differentiable ? dtype : null,
        memory_format: t.sizes.length === 4 || t.sizes.length === 5 ? memory_format : null,
      });
    });
  }
  /**
   * Parameters and buffers on another device, without their elements: to fill a module that was made on "meta". As
   * `torch.nn.Module.to_empty`.
   * @example new nn.Linear(2, 3, { device: "meta" }).to_empty({ device: "cpu" }).weight.device // device(type='cpu')
   */
  to_empty(...args: Arguments<typeof TO_EMPTY>): this {
    const { device, recurse } = bindArguments(TO_EMPTY, args);
    return this._apply((t) => empty_like(t, { device }), recurse);
  }
  /** `to(torch.float64)`. */
  double(): this {
    return this.to(float64);
  }
  /** `to(torch.float32)`. */
  float(): this {
    return this.to(float32);
  }
  /** `to(torch.float16)`. */
  half(): this {
    return this.to(float16);
  }
  /** `to(torch.bfloat16)`. */
  bfloat16(): this {
    return this.to(bfloat16);
  }
  /** `to("cpu")`. */
  cpu(): this {
    return this.to("cpu");
  }

  // ---- hooks

  /**
   * `hook(module, args)` before forward; may return other arguments (a list, or one). With `with_kwargs` it is
   * `hook(module, args, kwargs)`, where kwargs is the object at the end, and may return both in a list. With `prepend` it
   * runs before the others.
   */
  register_forward_pre_hook<M extends Module>(
    this: M,
    hook: (module: M, args: Input<M>) => unknown,
    options?: { prepend?: boolean; with_kwargs?: false },
  ): RemovableHandle;
  register_forward_pre_hook<M extends Module>(
    this: M,
    hook: (module: M, args: unknown[], kwargs: Kwargs) => [unknown[], Kwargs] | null | void,
    options: { prepend?: boolean; with_kwargs: true },
  ): RemovableHandle;
  register_forward_pre_hook(...given: unknown[]): RemovableHandle {
    const { hook, prepend, with_kwargs } = bindArguments<typeof PRE_HOOK, { hook: AnyHook }>(PRE_HOOK, given);
    return add(this._hooks.forwardPre, { hook, takesKwargs: with_kwargs }, prepend);
  }
  /**
   * `hook(module, args, output)` after forward; may return another output. With `with_kwargs` it is
   * `hook(module, args, kwargs, output)`. With `prepend` it runs before the others.
   */
  register_forward_hook<M extends Module>(
    this: M,
    hook: (module: M, args: Input<M>, output: Output<M>) => unknown,
    options?: { prepend?: boolean; with_kwargs?: false; always_call?: boolean },
  ): RemovableHandle;
  register_forward_hook<M extends Module>(
    this: M,
    hook: (module: M, args: unknown[], kwargs: Kwargs, output: Output<M>) => unknown,
    options: { prepend?: boolean; with_kwargs: true; always_call?: boolean },
  ): RemovableHandle;
  register_forward_hook(...given: unknown[]): RemovableHandle {
    const { hook, prepend, with_kwargs, always_call } = bindArguments<typeof HOOK, { hook: AnyHook }>(HOOK, given);
    return add(this._hooks.forward, { hook, takesKwargs: with_kwargs, always: always_call }, prepend);
  }
  /** `hook(module, grad_input, grad_output)` in backward, when both are known; may return another grad_input. */
  register_full_backward_hook(...args: Arguments<typeof BACKWARD_HOOK, { hook: BackwardHook }>): RemovableHandle {
    const { hook, prepend } = bindArguments<typeof BACKWARD_HOOK, { hook: BackwardHook }>(BACKWARD_HOOK, args);
    return add(this._hooks.backward, hook, prepend);
  }
  /** `hook(module, grad_output)` in backward, before the module's own; may return another grad_output. */
  register_full_backward_pre_hook(
    ...args: Arguments<typeof BACKWARD_HOOK, { hook: BackwardPreHook }>
  ): RemovableHandle {
    const { hook, prepend } = bindArguments<typeof BACKWARD_HOOK, { hook: BackwardPreHook }>(
      BACKWARD_HOOK,
      args,
      "Module.register_full_backward_pre_hook",
    );
    return add(this._hooks.backwardPre, hook, prepend);
  }

  // ---- text

  /** What stands between the brackets of the module's text. */
  extra_repr(): string {
    return "";
  }
  toString(): string {
    const extra = this.extra_repr();
    const children = [...this._modules].map(([name, m]) => `(${name}): ${indented(m === null ? "None" : String(m))}`);
    const own = extra === "" ? [] : extra.split("\n");
    const { name } = this.constructor;
    if (children.length === 0 && own.length <= 1) return `${name}(${extra})`;
    return `${name}(\n  ${[...own, ...children].join("\n  ")}\n)`;
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}
Module.prototype.forward = function (this: Module, ..._args: unknown[]) {
  throw new NotImplementedError(`Module [${this.constructor.name}] is missing the required "forward" function`);
};
/** All lines but the first moved right, as inside another module's text. */
export const indented = (text: string): string => text.split("\n").join("\n  ");

function fieldOf(module: Module, name: string): unknown {
  // The prototype of a layer is an instance of Module, too.
  if (name === "__proto__" || !(name in module))
    throw new AttributeError(`${module.constructor.name} has no attribute \`${name}\``);
  return fields(module)[name];
}
function* modulesOf(module: Module, prefix: string, seen: Set<Module> | null): Generator<[string, Module]> {
  if (seen?.has(module)) return;
  seen?.add(module);
  yield [prefix, module];
  for (const [name, child] of module._modules)
    if (child !== null) yield* modulesOf(child, prefix === "" ? name : `${prefix}.${name}`, seen);
}
function* members<T extends Tensor>(
  module: Module,
  listOf: (m: Module) => ReadonlyMap<string, T | null>,
  { prefix, recurse, remove_duplicate }: { prefix: string; recurse: boolean; remove_duplicate: boolean },
): Generator<[string, T]> {
  const seen = new Set<T>();
  const owners: Iterable<[string, Module]> = recurse
    ? modulesOf(module, prefix, remove_duplicate ? new Set() : null)
    : [[prefix, module]];
  for (const [path, owner] of owners)
    for (const [name, tensor] of listOf(owner)) {
      if (tensor === null || seen.has(tensor)) continue;
      if (remove_duplicate) seen.add(tensor);
      yield [path === "" ? name : `${path}.${name}`, tensor];
    }
}
function* valuesOf<T>(pairs: Iterable<[string, T]>): Generator<T> {
  for (const [, value] of pairs) yield value;
}

const stateHooks = (module: Module): StateHooks => (module._hooks.state ??= new StateHooks());
const hookOf = <T>(args: readonly unknown[], name: string): T =>
  bindArguments<typeof STATE_HOOK, { hook: T }>(STATE_HOOK, args, `Module.${name}`).hook as T;

/** The module that owns what is at a path, and the last name of the path. */
function locate(root: Module, target: string): [Module, string] {
  const cut = target.lastIndexOf(".");
  return [root.get_submodule(target.slice(0, Math.max(cut, 0))), target.slice(cut + 1)];
}
