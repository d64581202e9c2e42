// torch.func.functional_call: a module called with other tensors in the places of its own.
import { RuntimeError, ValueError } from "../base/errors.ts";
import type { Module } from "../nn/module/module.ts";
import { place } from "../nn/module/register.ts";
import { bindArguments, callable } from "../dispatch/callable.ts";
import type { ArgumentsAfter } from "../dispatch/callable.ts";
import { stack } from "../ops/index.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { typeWord } from "../tensor/type_word.ts";

export type Tensors = Readonly<Record<string, Tensor>>;
interface Given {
  module: Module;
  parameter_and_buffer_dicts: Record<string, Tensor> | readonly Record<string, Tensor>[];
  args: unknown;
  kwargs: Record<string, unknown> | null;
}
const FUNCTIONAL_CALL =
  "functional_call(module module, object parameter_and_buffer_dicts, object args=None, object kwargs=None, *, bool tie_weights=True, bool strict=False) -> object";

/**
 * The module called with other parameters and buffers, by their names. The module is as it was afterwards; what forward assigns to
 * a buffer goes into the object that was given. `kwargs`: the module's keyword arguments; `tie_weights`: what shares a parameter
 * gets the tensor for it, under whichever of its names it is given; `strict`: raise unless all parameters and buffers are given, and
 * nothing else. As `torch.func.functional_call`.
 *
 * Raises RuntimeError with `strict` where names are missing or too many, ValueError for different tensors of tied names.
 * @example
 * const net = new torch.nn.Linear(3, 2);
 * const params = Object.fromEntries(net.named_parameters());
 * torch.func.grad((p: typeof params) => torch.func.functional_call(net, p, [torch.ones(3)]).sum())(params);
 */
export function functional_call<M extends Module>(
  module: M,
  parameter_and_buffer_dicts: Record<string, Tensor> | readonly Record<string, Tensor>[],
  ...rest: ArgumentsAfter<"parameter_and_buffer_dicts", typeof FUNCTIONAL_CALL, Given>
): ReturnType<M["forward"]>;
export function functional_call(...all: unknown[]): unknown {
  const { module, parameter_and_buffer_dicts, args, kwargs, tie_weights, strict } = bindArguments<
    typeof FUNCTIONAL_CALL,
    Given
  >(FUNCTIONAL_CALL, all);
  const given = oneObject(parameter_and_buffer_dicts);
  const every = new Map<string, Tensor>([
    ...module.named_parameters({ remove_duplicate: false }),
    ...module.named_buffers({ remove_duplicate: false }),
  ]);
  const swapped = tie_weights ? withTied(every, given) : new Map(Object.entries(given));
  if (strict) assertSame(module, every, swapped);
  const undo: (() => void)[] = [];
  try {
    for (const [name, value] of swapped) {
      const cut = name.lastIndexOf(".");
      const owner = module.get_submodule(name.slice(0, Math.max(cut, 0)));
      const last = name.slice(cut + 1);
      if (!owner._parameters.has(last) && !owner._buffers.has(last)) continue;
      const before = place(owner, last, value);
      undo.push(() => {
        const now = place(owner, last, before);
        if (name in given && now !== null) given[name] = now;
      });
    }
    const list = args === null ? [] : Array.isArray(args) ? (args as unknown[]) : [args];
    const call = module as unknown as (...xs: unknown[]) => unknown;
    return kwargs === null ? call(...list) : call(...list, kwargs);
  } finally {
    for (const back of undo.toReversed()) back();
  }
}
function oneObject(dicts: Record<string, Tensor> | readonly Record<string, Tensor>[]): Record<string, Tensor> {
  if (typeof dicts !== "object" || dicts === null)
    throw new ValueError(
      `Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got <class '${typeWord(dicts)}'>`,
    );
  if (!Array.isArray(dicts)) return dicts as Record<string, Tensor>;
  if (dicts.some((d: unknown) => typeof d !== "object" || d === null))
    throw new ValueError("Expected all elements of parameter_and_buffer_dicts to be dictionaries");
  const names = dicts.flatMap((d: Tensors) => Object.keys(d));
  const several = [...new Set(names.filter((name, i) => names.indexOf(name) !== i))];
  if (several.length > 0)
    throw new ValueError(
      `['${several.join("', '")}'] appeared in multiple dictionaries; behavior of functional call is ambiguous`,
    );
  return Object.assign({}, ...dicts) as Record<string, Tensor>;
}
/** The given tensors, also under the other names of what they stand for. */
function withTied(every: ReadonlyMap<string, Tensor>, given: Tensors): Map<string, Tensor> {
  const swapped = new Map(Object.entries(given));
  const tied = new Map<Tensor, string[]>();
  for (const [name, t] of every) tied.set(t, [...(tied.get(t) ?? []), name]);
  for (const names of tied.values()) {
    const known = names.filter((name) => name in given);
    if (new Set(known.map((name) => given[name])).size > 1)
      throw new ValueError(
        `functional_call got multiple values for keys ['${known.toSorted().join("', '")}'], which are tied. Consider using tie_weights=False`,
      );
    for (const name of known.length > 0 ? names : []) swapped.set(name, given[known[0]]);
  }
  return swapped;
}
function assertSame(module: Module, every: ReadonlyMap<string, Tensor>, given: ReadonlyMap<string, Tensor>): void {
  const beyond = (a: ReadonlyMap<string, Tensor>, b: ReadonlyMap<string, Tensor>, kind: string): string => {
    const keys = [...a.keys()].filter((key) => !b.has(key)).toSorted();
    return keys.length === 0 ? "" : `\n\t${kind} key(s): '${keys.join("', '")}'.`;
  };
  const told = beyond(given, every, "Unexpected") + beyond(every, given, "Missing");
  if (told !== "") throw new RuntimeError(`Error(s) in reparametrizing for ${module.constructor.name}:${told}`);
}

/**
 * The parameters and the buffers of modules of one kind, each stacked along a new first dim, for vmap: `[params, buffers]`. The
 * parameters are leaves. As `torch.func.stack_module_state`.
 */
export const stack_module_state = callable<{ models: readonly Module[] }>()(
  "stack_module_state(module[] models) -> object",
  ({ models }): [Record<string, Tensor>, Record<string, Tensor>] => {
    if (models.length === 0) throw new RuntimeError("stack_module_state: Expected at least one model, got 0.");
    if (models.some((m) => m.training !== models[0].training))
      throw new RuntimeError("stack_module_state: Expected all models to have the same training/eval mode.");
    if (models.some((m) => m.constructor !== models[0].constructor))
      throw new RuntimeError("stack_module_state: Expected all models to be of the same class.");
    const stacked = (of: (m: Module) => Iterable<[string, Tensor]>, leaves: boolean): Record<string, Tensor> => {
      const all = models.map((m) => [...of(m)]);
      return Object.fromEntries(
        all[0].map(([name, first], i) => {
          const made = stack(all.map((list) => list[i][1])).detach();
          return [name, leaves && first.requires_grad ? made.requires_grad_() : made];
        }),
      );
    };
    return [stacked((m) => m.named_parameters(), true), stacked((m) => m.named_buffers(), false)];
  },
);
