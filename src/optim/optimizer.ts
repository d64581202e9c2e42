// class Optimizer: groups of parameters with their options, what is remembered of each parameter, and the step.
import { writingAs } from "../autograd/inplace.ts";
import { withGrad } from "../autograd/mode.ts";
import { addHook } from "../autograd/node.ts";
import type { RemovableHandle } from "../autograd/node.ts";
import { bindArguments } from "../dispatch/callable.ts";
import type { Arguments } from "../dispatch/callable.ts";
import { collectTemporaries } from "../tensor/allocate.ts";
import { float32, float64, get_default_dtype } from "../base/dtype.ts";
import { RuntimeError, help, KeyError, NotImplementedError, TypeError, ValueError, warn } from "../base/errors.ts";
import { strided } from "../base/memory_format.ts";
import { zeros } from "../ops/creation/creation.ts";
import { observe, observer } from "../base/observer.ts";
import { Tensor } from "../tensor/tensor.ts";
import { optionText } from "./options.ts";
import { typeWord } from "../tensor/type_word.ts";
import { enable_grad } from "../settings/modes.ts";

/** Options that every optimizer has. */
export interface CommonOptions {
  lr: number;
  maximize?: boolean;
}
/** Parameters that share their options. */
export type ParamGroup<O extends object> = O & {
  params: Tensor[];
  /** Their names, where they were given with names. */
  param_names?: string[];
  /** The learning rate that a scheduler started from. */
  initial_lr?: number;
};
type Parameters = Tensor | Iterable<Tensor> | Iterable<readonly [name: string, param: Tensor]>;
/** A group as a caller writes it; options that it leaves out are the optimizer's. */
export type GroupSpec<O extends object> = Partial<O> & { params: Parameters };
/** Tensors, tensors with names (`model.named_parameters()`), or groups of them. */
export type Params<O extends object> = Exclude<Parameters, Tensor> | Iterable<GroupSpec<O>>;
/** What is remembered of a parameter, such as its momentum. */
export type State = Record<string, Tensor>;
/** Parameters go by number, counted through all groups, as in PyTorch's checkpoints. */
export interface OptimizerStateDict<O extends object = object, S extends object = State> {
  state: Record<number, S>;
  param_groups: (O & { params: number[] })[];
}
/** Called before a step with the optimizer and the step's arguments; may return others in their place. */
export type StepPreHook = (optimizer: AnyOptimizer, args: readonly unknown[]) => readonly unknown[] | void;
export type StepPostHook = (optimizer: AnyOptimizer, args: readonly unknown[]) => void;
/** An optimizer of whatever options and state, as schedulers take it. */
export type AnyOptimizer = Optimizer<CommonOptions, object>;

const OPTIMIZER = "Optimizer(object params, object defaults) -> Optimizer";
const GROUP = "Optimizer.add_param_group(object param_group) -> None";
const ZERO_GRAD = "Optimizer.zero_grad(bool set_to_none=True) -> None";
const STEP = "Optimizer.step(callable? closure=None) -> object";
const HOOK = "Optimizer.register_step_pre_hook(callable hook) -> RemovableHandle";
const LOAD = "Optimizer.load_state_dict(object state_dict) -> None";
/**
 * The base of all optimizers, as `torch.optim.Optimizer`. A subclass gives its options to `super(params, defaults)` and
 * implements `update`, the change of one parameter; or overrides `step`.
 *
 * Raises TypeError for `params` that are no tensors, ValueError for an empty list, for tensors that are not leaves and
 * for a parameter in two groups.
 * @example
 * class SignSGD extends optim.Optimizer {
 *   protected override update(param: Tensor, grad: Tensor, group: optim.ParamGroup<{ lr: number }>): void {
 *     param.add_(grad.sign(), { alpha: -group.lr });
 *   }
 * }
 * const optimizer = new SignSGD(model.parameters(), { lr: 0.01 });
 */
export class Optimizer<O extends CommonOptions = CommonOptions, S extends object = State> {
  /** Options of groups that do not say otherwise. */
  readonly defaults: O;
  readonly param_groups: ParamGroup<O>[] = [];
  readonly state = new Map<Tensor, S>();
  /** Whether a step was taken since the first scheduler was made, null before: schedulers warn if they step first. */
  _opt_called: boolean | null = null;
  /** States that were loaded and not used since. */
  private readonly justLoaded = new WeakSet<object>();
  private readonly preHooks = new Map<number, StepPreHook>();
  private readonly postHooks = new Map<number, StepPostHook>();

  constructor(params: Params<O>, defaults: O);
  constructor(...given: unknown[]) {
    const { params, defaults } = bindArguments<typeof OPTIMIZER, { params: Params<O>; defaults: O }>(OPTIMIZER, given);
    if (typeof defaults !== "object" || defaults === null)
      throw new TypeError(
        `Optimizer.__init__(): argument 'defaults' (position 2) must be dict, not ${typeWord(defaults)}`,
      );
    this.defaults = defaults;
    const { capturable, fused, differentiable } = defaults as O & Partial<Record<string, unknown>>;
    if (capturable) throw new NotImplementedError(`${this.constructor.name}: capturable=True is not implemented`);
    if (fused && differentiable) throw new RuntimeError("`fused` does not support `differentiable`");
    const items: unknown[] = [...iterable(params)];
    if (items.length === 0) throw new ValueError("optimizer got an empty parameter list");
    if (isGroup(items[0])) for (const group of items) this.add_param_group(group as GroupSpec<O>);
    else this.add_param_group({ params: items } as unknown as GroupSpec<O>);
  }

  /** Adds a group, for parameters that begin to learn later. Raises as the constructor does, and then adds nothing. */
  add_param_group(param_group: GroupSpec<O>): void;
  add_param_group(...given: unknown[]): void {
    const { param_group: group } = bindArguments<typeof GROUP, { param_group: GroupSpec<O> }>(GROUP, given);
    if (!isGroup(group)) throw new TypeError(`param_group must be a dict, but got ${typeWord(group)}`);
    if (group.params === undefined)
      throw new KeyError(
        `'params'\n${help({
          TypeScript: "A group is an object: { params: [...], lr: 0.1, ... }",
          Python: 'A group is a dict: {"params": [...], "lr": 0.1, ...}',
        })}`,
      );
    const { params, names } = readParams(group.params);
    for (const param of params)
      if (!param.is_leaf && !param.retains_grad && !this.isDifferentiable)
        throw new ValueError(
          "can't optimize a non-leaf Tensor\nIt is the result of an operation. Give the optimizer the tensor made with requires_grad, or detach() it first.",
        );
    const others = new Set(this.param_groups.flatMap((g) => g.params));
    if (params.some((p) => others.has(p)))
      throw new ValueError("some parameters appear in more than one parameter group");
    if (this.param_groups.some((g) => (g.param_names === undefined) !== (names === null)))
      throw new ValueError(
        `all optimizer param groups should be with/without names. cannot add param group ${names ? "with" : "without"} names to the optimizer`,
      );
    if (new Set(params).size < params.length)
      warn(
        "optimizer contains a parameter group with duplicate parameters; in future, this will cause an error; see github.com/pytorch/pytorch/issues/40967 for more information",
      );
    this.param_groups.push({ ...this.defaults, ...group, params, ...(names && { param_names: names }) });
  }

  /** Forgets the gradients: sets `.grad` to null, or, with `set_to_none` false, to zeros in place. */
  zero_grad(...args: Arguments<typeof ZERO_GRAD>): void {
    const { set_to_none } = bindArguments(ZERO_GRAD, args);
    observe(`Optimizer.zero_grad#${this.constructor.name}.zero_grad`, "user", [], () => this.clear(set_to_none));
  }
  private clear(set_to_none: boolean): void {
    for (const { params } of this.param_groups)
      for (const param of params) {
        const { gradient } = param;
        if (gradient === null) continue;
        if (set_to_none) param.grad = null;
        else (gradient.grad_fn === null ? gradient.requires_grad_(false) : gradient.detach_()).zero_();
      }
  }

  /**
   * Changes every parameter that has a gradient. A `closure`, which computes the loss anew and its gradients, is called
   * first, and its loss returned; null without one.
   */
  step(): null;
  step<T>(closure: () => T): T;
  step<T>(byName: { closure: () => T }): T;
  step<T>(...given: unknown[]): T | null {
    if (this._opt_called !== null) this._opt_called = true;
    const { name } = this.constructor;
    const { closure } = bindArguments<typeof STEP, { closure: (() => T) | null }>(STEP, given, `${name}.step`);
    return observe(`Optimizer.step#${name}.step`, "user", [], () =>
      writingAs("optimizer.step()", () => this.takeStep(closure ?? undefined)),
    );
  }
  private takeStep<T>(closure?: () => T): T | null {
    observer.current?.note?.("optimizer", this);
    let args: readonly unknown[] = closure === undefined ? [] : [closure];
    for (const hook of this.preHooks.values()) args = hook(this as AnyOptimizer, args) ?? args;
    const loss = this.perform(args[0] as (() => T) | undefined);
    for (const hook of this.postHooks.values()) hook(this as AnyOptimizer, args);
    return loss;
  }
  /** A step between its hooks: calls the closure, then updates each parameter on its own. */
  protected perform<T>(closure?: () => T): T | null {
    const loss = closure === undefined ? null : enable_grad(closure);
    withGrad(this.isDifferentiable, () => {
      const keepsNone = keepsNoGradient.has(this.constructor) && !this.isDifferentiable;
      for (const group of this.param_groups)
        for (const param of group.params) {
          const grad = keepsNone ? param.gradient : param.grad;
          if (grad !== null) this.updateOne(param, grad, group);
        }
    });
    return loss;
  }
  private updateOne(param: Tensor, grad: Tensor, group: ParamGroup<O>): void {
    const change = (): void => {
      const given = group.maximize ? grad.neg() : grad;
      if (grad.layout === strided) this.update(param, given, group);
      else this.updateSparse(param, given, group);
    };
    if (this.isDifferentiable) return change();
    collectTemporaries(() => {
      change();
      const state = this.state.get(param);
      return state && Object.values(state).filter((x): x is Tensor => x instanceof Tensor);
    });
  }
  /** Whether steps are recorded, so that gradients go back through them: by the option `differentiable`. */
  protected get isDifferentiable(): boolean {
    return (this.defaults as { differentiable?: boolean }).differentiable === true;
  }
  /**
   * Changes one parameter in place; nothing is recorded, unless steps are `differentiable`. The gradient comes negated if the group is to `maximize`.
   * Tensors made here are released afterwards unless they are in `this.state`.
   */
  protected update(_param: Tensor, _grad: Tensor, _group: ParamGroup<O>): void {
    throw new NotImplementedError(`${this.constructor.name} has neither update() nor a step() of its own`);
  }
  /** The same with a sparse gradient. */
  protected updateSparse(_param: Tensor, _grad: Tensor, _group: ParamGroup<O>): void {
    throw new RuntimeError(`${this.constructor.name} does not support sparse gradients`);
  }
  /** What is remembered of a parameter; `initial` makes it at first use. */
  protected stateOf(param: Tensor, initial: () => S): S {
    let state = this.state.get(param);
    if (state === undefined) this.state.set(param, (state = initial()));
    else if (this.justLoaded.delete(state)) countersAsTensors(state, initial());
    return state;
  }

  /** `hook(optimizer, args)` before each step; what it returns takes the place of the step's arguments. */
  register_step_pre_hook(...args: Arguments<typeof HOOK, { hook: StepPreHook }>): RemovableHandle {
    return addHook(this.preHooks, bindArguments<typeof HOOK, { hook: StepPreHook }>(HOOK, args).hook);
  }
  /** `hook(optimizer, args)` after each step. */
  register_step_post_hook(...args: Arguments<typeof HOOK, { hook: StepPostHook }>): RemovableHandle {
    const name = "Optimizer.register_step_post_hook";
    return addHook(this.postHooks, bindArguments<typeof HOOK, { hook: StepPostHook }>(HOOK, args, name).hook);
  }

  /** State and options, to be saved; the tensors are the optimizer's own, not copies. Same format as PyTorch's. */
  state_dict(): OptimizerStateDict<O, S> {
    const ids = new Map<Tensor, number>();
    let next = 0;
    const param_groups = this.param_groups.map(({ params, ...options }) => {
      for (const [i, param] of params.entries()) if (!ids.has(param)) ids.set(param, next + i);
      next += params.length;
      return { ...options, params: params.map((p) => ids.get(p)!) } as unknown as O & { params: number[] };
    });
    const state = Object.fromEntries([...this.state].map(([param, s]) => [ids.get(param)!, { ...s }]));
    return { state, param_groups };
  }
  /**
   * Continues from what `state_dict` returned; parameters are matched by their order. Copies the state, in the dtype of
   * the parameters; options that an older state lacks stay as they are. Raises ValueError if groups or their sizes
   * differ, and then changes nothing.
   */
  load_state_dict(state_dict: OptimizerStateDict<O, S>): void;
  load_state_dict(...given: unknown[]): void {
    const bound = bindArguments<typeof LOAD, { state_dict: OptimizerStateDict<O, S> }>(LOAD, given);
    const { state, param_groups } = bound.state_dict;
    if (param_groups === undefined) throw new KeyError("'param_groups'");
    if (state === undefined) throw new KeyError("'state'");
    const groups = this.param_groups;
    if (groups.length !== param_groups.length)
      throw new ValueError("loaded state dict has a different number of parameter groups");
    if (groups.some(({ params }, i) => params.length !== param_groups[i].params.length))
      throw new ValueError(
        "loaded state dict contains a parameter group that doesn't match the size of optimizer's group",
      );
    // Parameters went by their addresses before PyTorch 1.5, which are no keys of an object.
    const stateAt = (id: number): S | undefined =>
      (state as unknown) instanceof Map ? (state as unknown as ReadonlyMap<number, S>).get(id) : state[id];
    const loaded = new Map<Tensor, S>();
    for (const [i, { params }] of groups.entries())
      for (const [k, param] of params.entries()) {
        const saved = stateAt(param_groups[i].params[k]);
        if (saved !== undefined) loaded.set(param, copyFor(param, saved) as S);
      }
    this.state.clear();
    for (const [param, s] of loaded) {
      this.state.set(param, s);
      this.justLoaded.add(s);
    }
    for (const [i, group] of groups.entries()) groups[i] = { ...group, ...param_groups[i], params: group.params };
  }

  /** The options of each group, as PyTorch prints them. */
  toString(): string {
    const groups = this.param_groups.map(({ params: _, ...options }, i) => {
      const lines = Object.entries(options)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, value]) => `    ${name}: ${optionText(value)}\n`);
      return `\nParameter Group ${i}\n${lines.join("")}`;
    });
    return `${this.constructor.name} (${groups.join("")})`;
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

/** Classes whose `update` keeps no gradient that it is given. See Note [Unseen gradients] in tensor.ts. */
export const keepsNoGradient = new WeakSet<object>();

/** A step counter as PyTorch keeps it: a tensor of no dims. On the CPU, or every step would wait for the device to read it. */
export const newCounter = (): Tensor =>
  zeros([], { dtype: get_default_dtype() === float64 ? float64 : float32, device: "cpu" });
/** Counters were plain numbers before PyTorch 1.12: those are tensors where a new state has tensors. */
function countersAsTensors(state: object, fresh: object): void {
  const old = state as Record<string, unknown>;
  for (const [key, value] of Object.entries(fresh))
    if (value instanceof Tensor && typeof old[key] === "number") old[key] = newCounter().add_(old[key]);
}
/** Adds one to a counter and returns it as a number. */
export const countStep = (step: Tensor): number => step.add_(1).item();

const isIterable = (x: unknown): x is Iterable<unknown> =>
  x !== null && x !== undefined && typeof (x as Iterable<unknown>)[Symbol.iterator] === "function";
const isGroup = (x: unknown): x is Record<string, unknown> =>
  typeof x === "object" && x !== null && !(x instanceof Tensor) && !isIterable(x);

function iterable(params: unknown): Iterable<unknown> {
  if (isIterable(params) && !(params instanceof Tensor) && typeof params !== "string") return params;
  const name = params instanceof Tensor ? params.type() : typeWord(params);
  const way = params instanceof Tensor ? `\nPut it in a list: [x].` : `\nFor a module, pass model.parameters().`;
  throw new TypeError(
    `params argument given to the optimizer should be an iterable of Tensors or dicts, but got ${name}${way}`,
  );
}

function readParams(given: Parameters): { params: Tensor[]; names: string[] | null } {
  if (given instanceof Set)
    throw new TypeError(
      "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets will change between runs. Please use a list instead.",
    );
  const items: unknown[] = given instanceof Tensor ? [given] : [...iterable(given)];
  const names = items.flatMap((x) => (Array.isArray(x) ? [x[0] as string] : []));
  if (names.length !== 0 && names.length !== items.length)
    throw new ValueError("all optimizer params should be with/without names. Some param names are missing");
  const params = items.map((x) => {
    const param: unknown = Array.isArray(x) ? x[1] : x;
    if (!(param instanceof Tensor))
      throw new TypeError(
        `optimizer can only optimize Tensors, but one of the params is ${isGroup(param) && Object.getPrototypeOf(param) === Object.prototype ? "dict" : typeWord(param)}`,
      );
    return param;
  });
  return { params, names: names.length > 0 ? names : null };
}

/** A copy of a parameter's saved state, tensors in its dtype and where it is; but a step counter keeps its own. */
function copyFor(param: Tensor, value: unknown, key?: string): unknown {
  if (value instanceof Tensor) {
    const isCounter = key === "step";
    const { dtype } = isCounter || !param.dtype.is_floating_point ? value : param;
    return value.detach().to({ dtype, device: (isCounter ? value : param).device, copy: true });
  }
  if (Array.isArray(value)) return value.map((x) => copyFor(param, x));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([k, x]) => [k, copyFor(param, x, k)]));
}
