// Pruning: torch.nn.utils.prune.
//
// Note [Pruned]: a pruned parameter `weight` is kept as `weight_orig`, with a buffer `weight_mask` of zeros and ones; before
// every forward a hook writes their product to `weight`. What a module's hooks are is not told by the hooks themselves, so
// `pruned` has the method of each name.
import { withGrad } from "../../autograd/mode.ts";
import type { RemovableHandle } from "../../autograd/node.ts";
import { AssertionError, AttributeError, TypeError, ValueError } from "../../base/errors.ts";
import type { Float } from "../../base/dtype.ts";
import { sameShape } from "../../base/layout.ts";
import { bindArguments, callable } from "../../dispatch/callable.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import { ones_like } from "../../ops/creation/creation.ts";
import { cat } from "../../ops/views/joining.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { typeWord } from "../../tensor/type_word.ts";
import { Module } from "../module/module.ts";
import type { Parameter } from "../module/parameter.ts";
import { assertModule } from "../module/register.ts";
import * as masks from "./masks.ts";
import type { Amount } from "./masks.ts";

const PRUNE = "prune(Tensor t, Tensor? default_mask=None, Tensor? importance_scores=None) -> Tensor";

type Fields = Record<string, Tensor | null | undefined>;
const fields = (module: Module): Fields => module as unknown as Fields;
interface Applied {
  readonly method: BasePruningMethod;
  readonly handle: RemovableHandle;
}
const pruned = new WeakMap<Module, Map<string, Applied>>();

/**
 * The base of methods of pruning: `compute_mask` gives zeros for what is pruned. As
 * `torch.nn.utils.prune.BasePruningMethod`.
 * @example
 * class EveryOther extends prune.BasePruningMethod {
 *   PRUNING_TYPE = "unstructured" as const;
 *   compute_mask(_t: Tensor, default_mask: Tensor) {
 *     const mask = default_mask.clone();
 *     mask.view(-1).slice_(0, { step: 2 }).zero_();
 *     return mask;
 *   }
 * }
 */
export abstract class BasePruningMethod {
  /** What a mask means where one method follows another: it is computed of the elements left, of the slices left, or of all. */
  abstract readonly PRUNING_TYPE: "unstructured" | "structured" | "global";
  _tensor_name: string | null = null;
  /** A mask for `t`, of which `default_mask` is pruned already. */
  abstract compute_mask(t: Tensor, default_mask: Tensor): Tensor;

  /** The product of the parameter and its mask. */
  apply_mask(module: Module): Tensor {
    if (this._tensor_name === null) throw new AssertionError(`Module ${String(module)} has to be pruned`);
    const orig = fields(module)[`${this._tensor_name}_orig`]!;
    return fields(module)[`${this._tensor_name}_mask`]!.to(orig.dtype).mul(orig);
  }
  /** A tensor with zeros where it would be pruned; nothing else changes. */
  prune(...args: Arguments<typeof PRUNE>): Tensor {
    const { t, default_mask, importance_scores } = bindArguments(PRUNE, args);
    if (importance_scores !== null && !sameShape(importance_scores.sizes, t.sizes))
      throw new AssertionError(
        `importance_scores should have the same shape as tensor t, got ${String(importance_scores.shape)} vs ${String(t.shape)}`,
      );
    return t.mul(this.compute_mask(importance_scores ?? t, default_mask ?? ones_like(t)));
  }
  /** Makes the pruned values the parameter's own. The hook goes with {@link remove}. */
  remove(module: Module): void {
    const name = this._tensor_name;
    if (name === null)
      throw new AssertionError(`Module ${String(module)} has to be pruned before pruning can be removed`);
    const weight = withGrad(false, () => this.apply_mask(module));
    const orig = module._parameters.get(`${name}_orig`)!;
    for (const key of [name, `${name}_orig`, `${name}_mask`]) Reflect.deleteProperty(module, key);
    orig.data = weight;
    module.register_parameter(name, orig);
  }
  /** Prunes a module's parameter by a method made with these arguments. */
  static apply<A extends unknown[]>(
    this: new (...args: A) => BasePruningMethod,
    module: Module,
    name: string,
    ...args: A
  ): BasePruningMethod {
    return applied(new this(...args), module, name, null);
  }
}
/** Raises, and leaves the module as it was, where a mask cannot be computed. */
function applied(method: BasePruningMethod, module: Module, name: string, scores: Tensor | null): BasePruningMethod {
  assertModule(module, "prune");
  const own = pruned.get(module) ?? new Map<string, Applied>();
  const before = own.get(name);
  const orig = fields(module)[name];
  if (!(orig instanceof Tensor))
    throw new AttributeError(`'${module.constructor.name}' object has no attribute '${name}'`);
  if (scores !== null && !sameShape(scores.sizes, orig.sizes))
    throw new AssertionError(
      `importance_scores should have the same shape as parameter ${name} of ${String(module)}, got ${String(scores.shape)} vs ${String(orig.shape)}`,
    );
  method._tensor_name = name;
  const [ending, mask] = [`${name}_orig`, `${name}_mask`];
  const former = before === undefined ? ones_like(orig) : fields(module)[mask]!.detach().clone();
  const all = before === undefined ? method : PruningContainer.of(before.method, method);
  const computed = withGrad(false, () => all.compute_mask((scores ?? orig).detach(), former));
  before?.handle.remove();
  if (before === undefined) {
    const parameter = module._parameters.get(name);
    Reflect.deleteProperty(module, name);
    module.register_parameter(ending, parameter as Parameter);
  }
  module.register_buffer(mask, computed);
  fields(module)[name] = all.apply_mask(module);
  const handle = module.register_forward_pre_hook(() => void (fields(module)[name] = all.apply_mask(module)));
  pruned.set(module, own.set(name, { method: all, handle }));
  return all;
}

/** Methods that follow each other, each on what those before it left. As `torch.nn.utils.prune.PruningContainer`. */
export class PruningContainer extends BasePruningMethod {
  readonly PRUNING_TYPE = "unstructured";
  _pruning_methods: readonly BasePruningMethod[] = [];
  constructor(...methods: BasePruningMethod[]) {
    super();
    this._tensor_name = methods[0]?._tensor_name ?? null;
    for (const method of methods) this.add_pruning_method(method);
  }
  /** @internal What comes of one more method. */
  static of(before: BasePruningMethod, method: BasePruningMethod): PruningContainer {
    const made = new PruningContainer(...(before instanceof PruningContainer ? before._pruning_methods : [before]));
    made.add_pruning_method(method);
    return made;
  }
  /** Raises TypeError for what is no method, ValueError for one of another parameter. */
  add_pruning_method(method: BasePruningMethod): void {
    if (!(method instanceof BasePruningMethod))
      throw new TypeError(`<class '${typeWord(method)}'> is not a BasePruningMethod subclass`);
    if (this._tensor_name !== method._tensor_name)
      throw new ValueError(
        `Can only add pruning methods acting on the parameter named '${this._tensor_name}' to PruningContainer ${this.constructor.name}. Found '${method._tensor_name}'`,
      );
    this._pruning_methods = [...this._pruning_methods, method];
  }
  get length(): number {
    return this._pruning_methods.length;
  }
  [Symbol.iterator](): IterableIterator<BasePruningMethod> {
    return this._pruning_methods[Symbol.iterator]();
  }
  /** The mask of all of them: what the last makes of the former mask. */
  compute_mask(t: Tensor, default_mask: Tensor): Tensor {
    const method = this._pruning_methods.at(-1)!;
    const { dim = null } = method as { dim?: number };
    return masks._combined(t, default_mask, method.PRUNING_TYPE, dim, (x, m) => method.compute_mask(x, m));
  }
}
/** Prunes nothing, and names the parameters as if it did. As `torch.nn.utils.prune.Identity`. */
export class Identity extends BasePruningMethod {
  readonly PRUNING_TYPE = "unstructured";
  compute_mask(_t: Tensor, default_mask: Tensor): Tensor {
    return default_mask;
  }
}
const UNSTRUCTURED = "Unstructured(object amount) -> BasePruningMethod";
type Amounts = { amount: Amount };
/** Prunes elements by chance: so many, or such a share of them. As `torch.nn.utils.prune.RandomUnstructured`. */
export class RandomUnstructured extends BasePruningMethod {
  readonly PRUNING_TYPE = "unstructured";
  readonly amount: Amount;
  constructor(...args: Arguments<typeof UNSTRUCTURED, Amounts>) {
    super();
    this.amount = amountOf(bindArguments<typeof UNSTRUCTURED, Amounts>(UNSTRUCTURED, args, new.target.name).amount);
  }
  compute_mask(t: Tensor, default_mask: Tensor): Tensor {
    return masks._without_random(t, default_mask, this.amount);
  }
}
/** Prunes the smallest elements. As `torch.nn.utils.prune.L1Unstructured`. */
export class L1Unstructured extends BasePruningMethod {
  readonly PRUNING_TYPE = "unstructured";
  readonly amount: Amount;
  constructor(...args: Arguments<typeof UNSTRUCTURED, Amounts>) {
    super();
    this.amount = amountOf(bindArguments<typeof UNSTRUCTURED, Amounts>(UNSTRUCTURED, args, new.target.name).amount);
  }
  compute_mask(t: Tensor, default_mask: Tensor): Tensor {
    return masks._without_smallest(t, default_mask, this.amount);
  }
}
const SLICES = "RandomStructured(object amount, int dim=-1) -> BasePruningMethod";
/** Prunes slices along `dim` by chance. As `torch.nn.utils.prune.RandomStructured`. */
export class RandomStructured extends BasePruningMethod {
  readonly PRUNING_TYPE = "structured";
  readonly amount: Amount;
  readonly dim: number;
  constructor(...args: Arguments<typeof SLICES, Amounts>) {
    super();
    const { amount, dim } = bindArguments<typeof SLICES, Amounts>(SLICES, args, new.target.name);
    this.amount = amountOf(amount);
    this.dim = dim;
  }
  compute_mask(t: Tensor, default_mask: Tensor): Tensor {
    return masks._without_random_slices(t, default_mask, this.amount, this.dim);
  }
}
const WEAKEST = "LnStructured(object amount, object n, int dim=-1) -> BasePruningMethod";
type Norm = { n: number | "fro" | "nuc" };
/** Prunes the slices along `dim` whose n-norms are smallest. As `torch.nn.utils.prune.LnStructured`. */
export class LnStructured extends BasePruningMethod {
  readonly PRUNING_TYPE = "structured";
  readonly amount: Amount;
  readonly n: Norm["n"];
  readonly dim: number;
  constructor(...args: Arguments<typeof WEAKEST, Amounts & Norm>) {
    super();
    const { amount, n, dim } = bindArguments<typeof WEAKEST, Amounts & Norm>(WEAKEST, args, new.target.name);
    this.amount = amountOf(amount);
    this.n = n;
    this.dim = dim;
  }
  compute_mask(t: Tensor, default_mask: Tensor): Tensor {
    return masks._without_weakest_slices(t, default_mask, this.amount, this.n, this.dim);
  }
}
/** Prunes what a mask of the same shape says. As `torch.nn.utils.prune.CustomFromMask`. */
export class CustomFromMask extends BasePruningMethod {
  readonly PRUNING_TYPE = "global";
  readonly mask: Tensor;
  constructor(mask: Tensor) {
    super();
    this.mask = mask;
  }
  compute_mask(_t: Tensor, default_mask: Tensor): Tensor {
    if (!sameShape(default_mask.sizes, this.mask.sizes))
      throw new AssertionError(
        `default_mask shape ${String(default_mask.shape)} must match self.mask shape ${String(this.mask.shape)}`,
      );
    return default_mask.mul(this.mask.to(default_mask.dtype));
  }
}
const amountOf = (amount: number | Float): Amount => {
  masks.assertAmount(amount);
  return amount;
};

/** Has a parameter computed as when pruned, with nothing pruned. As `torch.nn.utils.prune.identity`. */
export const identity = callable<{ module: Module }>()(
  "identity(object module, str name) -> Module",
  ({ module, name }): Module => (applied(new Identity(), module, name, null), module),
);
/**
 * Prunes `amount` elements of a parameter by chance: a whole number counts them, a fraction (or `new torch.Float(1)`) is a
 * share. As `torch.nn.utils.prune.random_unstructured`.
 */
export const random_unstructured = callable<{ module: Module } & Amounts>()(
  "random_unstructured(object module, str name, object amount) -> Module",
  ({ module, name, amount }): Module => (applied(new RandomUnstructured(amount), module, name, null), module),
);
/**
 * Prunes the smallest elements of a parameter, or those with the smallest scores. As
 * `torch.nn.utils.prune.l1_unstructured`.
 * @example torch.nn.utils.prune.l1_unstructured(new nn.Linear(4, 2), "weight", 0.5)
 */
export const l1_unstructured = callable<{ module: Module } & Amounts>()(
  "l1_unstructured(object module, str name, object amount, Tensor? importance_scores=None) -> Module",
  ({ module, name, amount, importance_scores }): Module => (
    applied(new L1Unstructured(amount), module, name, importance_scores),
    module
  ),
);
/** Prunes slices of a parameter along `dim` by chance. As `torch.nn.utils.prune.random_structured`. */
export const random_structured = callable<{ module: Module } & Amounts>()(
  "random_structured(object module, str name, object amount, int dim) -> Module",
  ({ module, name, amount, dim }): Module => (applied(new RandomStructured(amount, dim), module, name, null), module),
);
/** Prunes the slices of a parameter along `dim` whose n-norms are smallest. As `torch.nn.utils.prune.ln_structured`. */
export const ln_structured = callable<{ module: Module } & Amounts & Norm>()(
  "ln_structured(object module, str name, object amount, object n, int dim, Tensor? importance_scores=None) -> Module",
  ({ module, name, amount, n, dim, importance_scores }): Module => (
    applied(new LnStructured(amount, n, dim), module, name, importance_scores),
    module
  ),
);
/** Prunes what a mask says. As `torch.nn.utils.prune.custom_from_mask`. */
export const custom_from_mask = callable<{ module: Module }>()(
  "custom_from_mask(object module, str name, Tensor mask) -> Module",
  ({ module, name, mask }): Module => (applied(new CustomFromMask(mask), module, name, null), module),
);

type Named = readonly [Module, string];
/**
 * Prunes parameters of several modules at once, as if they were one vector. `parameters` are pairs of a module and a name;
 * `pruning_method` is a class, which `options` are given to. As `torch.nn.utils.prune.global_unstructured`.
 * @example
 * const net = new nn.Sequential(new nn.Linear(3, 3), new nn.Linear(3, 1));
 * prune.global_unstructured([[net[0], "weight"], [net[1], "weight"]], prune.L1Unstructured, { amount: 0.2 });
 */
export function global_unstructured<A extends unknown[]>(
  parameters: Iterable<Named>,
  pruning_method: new (...args: A) => BasePruningMethod,
  ...options: A
): void {
  if (typeof (parameters as Iterable<Named> | null)?.[Symbol.iterator] !== "function")
    throw new TypeError("global_unstructured(): parameters is not an Iterable");
  const named = [...parameters];
  for (const pair of named as unknown[])
    if (!Array.isArray(pair) || !(pair[0] instanceof Module) || typeof pair[1] !== "string")
      throw new TypeError(`global_unstructured(): expected pairs of a Module and a name, got ${typeWord(pair)}`);
  if (!((pruning_method as unknown as { prototype?: unknown } | null)?.prototype instanceof BasePruningMethod))
    throw new TypeError(
      "global_unstructured(): argument 'pruning_method' (position 2) must be a BasePruningMethod class",
    );
  const tensors = named.map(([module, name]) => fields(module)[name]!);
  const flat = (list: readonly Tensor[]): Tensor => cat(list.map((t) => t.detach().reshape(-1)));
  const method = new pruning_method(...options);
  if (method.PRUNING_TYPE !== "unstructured")
    throw new TypeError(
      `Only "unstructured" PRUNING_TYPE supported for the \`pruning_method\`. Found method ${pruning_method.name} of type ${method.PRUNING_TYPE}`,
    );
  const before = flat(named.map(([module, name], i) => fields(module)[`${name}_mask`] ?? ones_like(tensors[i])));
  const mask = masks._combined(flat(tensors), before, "unstructured", null, (t, m) => method.compute_mask(t, m));
  const parts = mask.split(tensors.map((t) => t.numel()));
  for (const [i, [module, name]] of named.entries()) custom_from_mask(module, name, parts[i].view_as(tensors[i]));
}
/** Makes the pruned values the parameter's own. Raises ValueError if it is not pruned. As `torch.nn.utils.prune.remove`. */
export const remove = callable<{ module: Module }>()(
  "remove(object module, str name) -> Module",
  ({ module, name }): Module => {
    assertModule(module, "remove");
    const found = pruned.get(module)?.get(name);
    if (found === undefined)
      throw new ValueError(
        `Parameter '${name}' of module ${String(module)} has to be pruned before pruning can be removed`,
      );
    found.method.remove(module);
    found.handle.remove();
    pruned.get(module)!.delete(name);
    return module;
  },
);
/** Whether a parameter of a module, or of one inside, is pruned. As `torch.nn.utils.prune.is_pruned`. */
export function is_pruned(module: Module): boolean {
  assertModule(module, "is_pruned");
  return [...module.modules()].some((m) => (pruned.get(m)?.size ?? 0) > 0);
}
