// Parameters that are computed from others whenever they are asked for: torch.nn.utils.parametrize.
//
// Note [Parametrized]: a module with such parameters gets a class of its own, below its former one, in which each of them is
// a property: reading it computes it from the originals, writing it finds the originals by `right_inverse`.
import { withGrad } from "../../autograd/mode.ts";
import { NotImplementedError, RuntimeError, TypeError, ValueError } from "../../base/errors.ts";
import { sameShape } from "../../base/layout.ts";
import { bindArguments, callable } from "../../dispatch/callable.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { typeWord } from "../../tensor/type_word.ts";
import { ModuleDict, ModuleList } from "../containers/modules.ts";
import { Module } from "../module/module.ts";
import { Parameter } from "../module/parameter.ts";
import { assertModule } from "../module/register.ts";

/** A module whose `forward` computes a parameter from its originals; `right_inverse` finds originals for a value. */
export interface Parametrization extends Module {
  right_inverse?(value: Tensor): Tensor | readonly Tensor[];
}
type Fields = Record<string, unknown>;
const fields = (module: Module): Fields => module as unknown as Fields;
const inverted = (module: Module, value: Tensor): unknown => {
  const { right_inverse } = module as Parametrization;
  return right_inverse === undefined ? undefined : right_inverse.call(module as Parametrization, value);
};
const computed = (module: Module, ...originals: Tensor[]): unknown =>
  (module as unknown as (...given: Tensor[]) => unknown)(...originals);

/** Keeps a value as a parameter of `module` if it is one, else as a buffer. */
function keep(module: Module, name: string, value: Tensor): void {
  if (value instanceof Parameter) module.register_parameter(name, value);
  else module.register_buffer(name, value);
}
/** A parameter of new elements, or a tensor, as `like` is one. */
function made(like: Tensor, value: Tensor): Tensor {
  const own = like instanceof Parameter && !(value instanceof Parameter) ? new Parameter(value) : value;
  own.requires_grad_(like.requires_grad);
  return own;
}

const LIST = "ParametrizationList(object modules, Tensor original, bool unsafe=False) -> ParametrizationList";
/**
 * The parametrizations of one parameter, one after the other, and its originals: `original`, or `original0`, … where the
 * first one takes several. Calling it computes the parameter. Raises ValueError if dtype or shape would change, unless
 * `unsafe`. As `torch.nn.utils.parametrize.ParametrizationList`.
 */
export class ParametrizationList extends ModuleList<Module> {
  declare readonly unsafe: boolean;
  declare readonly is_tensor: boolean;
  declare readonly ntensors: number;

  constructor(modules: readonly Module[], original: Tensor, unsafe?: boolean);
  constructor(...given: unknown[]) {
    const { modules, original, unsafe } = bindArguments<typeof LIST, { modules: readonly Module[] }>(LIST, given);
    if (!Array.isArray(modules))
      throw new TypeError(`ParametrizationList(): expected a list of modules, got ${typeWord(modules)}`);
    if (modules.length === 0) throw new ValueError("ParametrizationList requires one or more modules.");
    super(modules);
    const { dtype, sizes } = original;
    let start: unknown = original;
    withGrad(false, () => {
      for (const module of modules.toReversed()) start = inverseOr(module, start as Tensor);
    });
    const several = !(start instanceof Tensor);
    if (several && !Array.isArray(start))
      throw new ValueError(
        `'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). Got ${typeWord(start)}`,
      );
    const starts = (several ? start : [start]) as Tensor[];
    for (const [key, value] of Object.entries({ unsafe, is_tensor: !several, ntensors: starts.length }))
      Object.defineProperty(this, key, { value, configurable: true });
    if (!several) {
      if (starts[0].dtype !== dtype)
        throw new ValueError(
          `When \`right_inverse\` outputs one tensor, it may not change the dtype.\noriginal.dtype: ${String(dtype)}\nright_inverse(original).dtype: ${String(starts[0].dtype)}`,
        );
      // The parameter itself stays: optimizers have it.
      withGrad(false, () => (original.data = starts[0]));
      keep(this, "original", original);
    } else
      for (const [i, x] of starts.entries()) {
        if (!(x instanceof Tensor))
          throw new ValueError(
            `'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). Got element ${i} of the sequence with type ${typeWord(x)}.`,
          );
        keep(this, `original${i}`, made(original, x));
      }
    if (unsafe) return;
    const now = this.forward();
    assertTensor(now);
    assertSame("dtype", dtype === now.dtype, ["unparametrized dtype", dtype], ["parametrized dtype", now.dtype], "");
    const shape = sameShape(sizes, now.sizes);
    assertSame("shape", shape, ["unparametrized shape", original.shape], ["parametrized shape", now.shape], "");
  }
  private originals(): Tensor[] {
    const own = fields(this);
    return (
      this.is_tensor ? [own["original"]] : Array.from({ length: this.ntensors }, (_, i) => own[`original${i}`])
    ) as Tensor[];
  }
  forward(): Tensor {
    const [first, ...others] = this as Iterable<Module>;
    return others.reduce<unknown>(
      (x, module) => computed(module, x as Tensor),
      computed(first, ...this.originals()),
    ) as Tensor;
  }
  /** Writes the originals for which the parameter is `value`. Raises RuntimeError without a `right_inverse`. */
  right_inverse(given: Tensor): void {
    withGrad(false, () => {
      let value: unknown = given;
      for (const module of [...(this as Iterable<Module>)].toReversed()) {
        if ((module as Parametrization).right_inverse === undefined)
          throw new RuntimeError(`parametrization ${module.constructor.name} does not implement right_inverse.`);
        value = inverted(module, value as Tensor);
      }
      const originals = this.originals();
      if (this.is_tensor && !(value instanceof Tensor))
        throw new ValueError(`\`right_inverse\` should return a tensor. Got ${typeWord(value)}`);
      if (!this.is_tensor && !Array.isArray(value))
        throw new ValueError(`'right_inverse' must return a sequence of tensors. Got ${typeWord(value)}.`);
      const values = (this.is_tensor ? [value] : value) as Tensor[];
      if (values.length !== this.ntensors)
        throw new ValueError(
          `'right_inverse' must return a sequence of tensors of length ${this.ntensors}. Got a sequence of length ${values.length}.`,
        );
      for (const [i, x] of values.entries()) {
        const [which, name] = this.is_tensor ? ["The tensor", "original"] : [`Tensor ${i}`, `original${i}`];
        if (x.dtype !== originals[i].dtype)
          throw new ValueError(
            `${which} returned by \`right_inverse\` has dtype ${String(x.dtype)} while \`${name}\` has dtype ${String(originals[i].dtype)}`,
          );
      }
      for (const [i, x] of values.entries()) originals[i].data = x;
    });
  }
}
/** What a parametrization takes to give a value; the value where it does not say. */
function inverseOr(module: Module, value: Tensor): unknown {
  try {
    return inverted(module, value) ?? value;
  } catch (error) {
    if (error instanceof NotImplementedError) return value;
    throw error;
  }
}
function assertTensor(x: unknown): asserts x is Tensor {
  if (!(x instanceof Tensor)) throw new ValueError(`A parametrization must return a tensor. Got ${typeWord(x)}.`);
}
type Line = readonly [label: string, value: unknown];
function assertSame(what: string, same: boolean, before: Line, after: Line, the: string): void {
  if (same) return;
  const lines = [before, after].map(([label, value]) => `${label}: ${String(value)}`);
  throw new ValueError(
    `Registering a parametrization may not change the ${what} of the tensor, unless ${the}\`unsafe\` flag is enabled.\n${lines.join("\n")}`,
  );
}

/** While {@link cached} runs: what was computed. */
let cache: Map<ParametrizationList, Tensor> | null = null;
/**
 * Runs a function in which every parametrized parameter is computed once, however often it is read. As
 * `torch.nn.utils.parametrize.cached`.
 */
export function cached<T>(body: () => T): T {
  if (typeof body !== "function") throw new TypeError(`cached(): expected a function, got ${typeWord(body)}`);
  const before = cache;
  cache ??= new Map();
  try {
    return body();
  } finally {
    cache = before;
  }
}

const listsOf = (module: Module): ModuleDict<ParametrizationList> | null => {
  const found = fields(module)["parametrizations"];
  return found instanceof ModuleDict ? (found as ModuleDict<ParametrizationList>) : null;
};
/** Whether a module has parametrized parameters, or that one. As `torch.nn.utils.parametrize.is_parametrized`. */
export const is_parametrized = callable<{ module: Module }>()(
  "is_parametrized(object module, str? tensor_name=None) -> bool",
  ({ module, tensor_name }) => {
    assertModule(module, "is_parametrized");
    const lists = listsOf(module);
    return lists !== null && (tensor_name === null ? lists.length > 0 : lists._modules.has(tensor_name));
  },
);
/** The class of a module before it was parametrized. As `torch.nn.utils.parametrize.type_before_parametrizations`. */
export function type_before_parametrizations(module: Module): unknown {
  assertModule(module, "type_before_parametrizations");
  return is_parametrized(module) ? Object.getPrototypeOf(module.constructor) : module.constructor;
}

const REGISTER =
  "register_parametrization(object module, str tensor_name, object parametrization, *, bool unsafe=False) -> Module";
/**
 * Has a module's parameter or buffer computed by a parametrization: `module.weight` is then `parametrization(original)`, and
 * what is trained is `module.parametrizations.weight.original`. Several may follow each other. Raises ValueError for a name
 * that is none, and if dtype or shape would change, unless `unsafe`. As
 * `torch.nn.utils.parametrize.register_parametrization`.
 * @example
 * class Symmetric extends nn.Module {
 *   forward(x: Tensor) { return x.triu().add(x.triu(1).t()); }
 * }
 * const m = new nn.Linear(3, 3);
 * torch.nn.utils.parametrize.register_parametrization(m, "weight", new Symmetric());
 */
export function register_parametrization<M extends Module>(
  module: M,
  ...rest: Arguments<
    "register_parametrization(str tensor_name, object parametrization, *, bool unsafe=False) -> Module",
    { parametrization: Module }
  >
): M;
export function register_parametrization(...given: unknown[]): Module {
  const { module, tensor_name, parametrization, unsafe } = bindArguments<
    typeof REGISTER,
    { module: Module; parametrization: Module }
  >(REGISTER, given);
  assertModule(module, "register_parametrization");
  if (!(parametrization instanceof Module))
    throw new TypeError(
      `register_parametrization(): argument 'parametrization' (position 3) must be Module, not ${typeWord(parametrization)}`,
    );
  parametrization.train(module.training);
  if (is_parametrized(module, tensor_name)) {
    if (!unsafe) assertFits(module, tensor_name, parametrization);
    const list = fields(listsOf(module)!)[tensor_name] as ParametrizationList;
    list.append(parametrization);
    if (unsafe) Object.defineProperty(list, "unsafe", { value: true, configurable: true });
    return module;
  }
  if (!module._parameters.has(tensor_name) && !module._buffers.has(tensor_name))
    throw new ValueError(
      `Module '${String(module)}' does not have a parameter, a buffer, or a parametrized element with name '${tensor_name}'`,
    );
  const list = new ParametrizationList([parametrization], fields(module)[tensor_name] as Tensor, unsafe);
  Reflect.deleteProperty(module, tensor_name);
  if (listsOf(module) === null) {
    subclassed(module);
    module.add_module("parametrizations", new ModuleDict());
  }
  property(module.constructor as Class, tensor_name);
  fields(listsOf(module)!)[tensor_name] = list;
  return module;
}
/** Raises unless one more parametrization keeps dtype and shape. */
function assertFits(module: Module, name: string, parametrization: Module): void {
  const before = fields(module)[name] as Tensor;
  const after = computed(parametrization, before);
  assertTensor(after);
  const [was, now] = [`module.${name}`, `parametrization(module.${name})`];
  assertSame(
    "dtype",
    before.dtype === after.dtype,
    [`${was}.dtype`, before.dtype],
    [`${now}.dtype`, after.dtype],
    "the ",
  );
  const same = sameShape(before.sizes, after.sizes);
  assertSame("shape", same, [`${was}.shape`, before.shape], [`${now}.shape`, after.shape], "the ");
  if ((parametrization as Parametrization).right_inverse === undefined) return;
  const back = inverted(parametrization, after);
  if (!(back instanceof Tensor))
    throw new ValueError(`parametrization.right_inverse must return a tensor. Got: ${typeWord(back)}`);
  for (const [what, x, y] of [
    ["dtype", before.dtype, back.dtype],
    ["shape", before.shape, back.shape],
  ] as const)
    if (String(x) !== String(y))
      throw new ValueError(
        `The tensor returned by parametrization.right_inverse must have the same ${what} as module.${name}, unless the \`unsafe\` flag is enabled.\nmodule.${name}.${what}: ${String(x)}\nreturned ${what}: ${String(y)}`,
      );
}
type Class = new () => Module;
/** Gives a module a class of its own. */
function subclassed(module: Module): void {
  const base = module.constructor as Class;
  const name = `Parametrized${base.name}`;
  const { [name]: own } = { [name]: class extends base {} };
  Object.setPrototypeOf(module, own.prototype as object);
}
function property(cls: Class, name: string): void {
  Object.defineProperty(cls.prototype, name, {
    configurable: true,
    get(this: Module) {
      const list = fields(listsOf(this)!)[name] as ParametrizationList;
      if (cache === null) return (list as unknown as () => Tensor)();
      let found = cache.get(list);
      if (found === undefined) cache.set(list, (found = (list as unknown as () => Tensor)()));
      return found;
    },
    set(this: Module, value: Tensor) {
      (fields(listsOf(this)!)[name] as ParametrizationList).right_inverse(value);
    },
  });
}

/**
 * Undoes {@link register_parametrization}: the parameter is what it was computed to be, or, with `leave_parametrized: false`,
 * the original. Raises ValueError for a name that is not parametrized. As
 * `torch.nn.utils.parametrize.remove_parametrizations`.
 */
export const remove_parametrizations = callable<{ module: Module }>()(
  "remove_parametrizations(object module, str tensor_name, bool leave_parametrized=True) -> Module",
  ({ module, tensor_name, leave_parametrized }): Module => {
    assertModule(module, "remove_parametrizations");
    const lists = listsOf(module);
    const list = lists === null ? undefined : (fields(lists)[tensor_name] as ParametrizationList | undefined);
    if (lists === null || list === undefined || !is_parametrized(module, tensor_name))
      throw new ValueError(`Module ${String(module)} does not have a parametrization on ${tensor_name}`);
    const original = fields(list)[list.is_tensor ? "original" : "original0"] as Tensor;
    if (!leave_parametrized && !list.is_tensor)
      throw new ValueError(
        "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in terms of a sequence of tensors.",
      );
    const value = leave_parametrized ? withGrad(false, () => fields(module)[tensor_name] as Tensor) : original;
    const kept = leave_parametrized ? restored(original, value, list) : original;
    Reflect.deleteProperty(module.constructor.prototype as object, tensor_name);
    Reflect.deleteProperty(lists, tensor_name);
    if (lists.length === 0) {
      Reflect.deleteProperty(module, "parametrizations");
      Object.setPrototypeOf(module, Object.getPrototypeOf(Object.getPrototypeOf(module) as object) as object);
    }
    keep(module, tensor_name, kept);
    return module;
  },
);
/** The original with the elements that were computed from it, or a new parameter where several were the originals. */
function restored(original: Tensor, value: Tensor, list: ParametrizationList): Tensor {
  if (!list.is_tensor) return original instanceof Parameter ? new Parameter(value.detach()) : value.detach();
  withGrad(false, () => (original.data = value.detach()));
  return original;
}
