// The ways of before parametrizations: a hook computes the weight anew before every forward.
import { withGrad } from "../../autograd/mode.ts";
import type { RemovableHandle } from "../../autograd/node.ts";
import { AttributeError, RuntimeError, ValueError, warn } from "../../base/errors.ts";
import { callable } from "../../dispatch/callable.ts";
import { normalize } from "../../ops/nn/activation/activation.ts";
import { Tensor } from "../../tensor/tensor.ts";
import type { Module } from "../module/module.ts";
import { Parameter } from "../module/parameter.ts";
import { assertModule } from "../module/register.ts";
import { _power_iterations_before, _weight_norm, asMatrix, norm_except_dim, outputsDim } from "./weights.ts";
import { mv } from "../../ops/linalg/matmul.ts";

type Fields = Record<string, Tensor | null | undefined>;
const fields = (module: Module): Fields => module as unknown as Fields;

/** What computes a weight, by its name, in each module that has such. */
interface Before {
  readonly handle: RemovableHandle;
  /** The weight as it is now, without learning more of it. */
  readonly now: () => Tensor;
  /** Names of the parameters and buffers that it is computed from. */
  readonly from: readonly string[];
}
type Kind = "weight_norm" | "spectral_norm";
const known: Readonly<Record<Kind, WeakMap<Module, Map<string, Before>>>> = {
  weight_norm: new WeakMap(),
  spectral_norm: new WeakMap(),
};
const of = (kind: Kind, module: Module): Map<string, Before> => {
  let found = known[kind].get(module);
  if (found === undefined) known[kind].set(module, (found = new Map()));
  return found;
};
function assertFirst(kind: Kind, module: Module, name: string): void {
  if (of(kind, module).has(name))
    throw new RuntimeError(`Cannot register two ${kind} hooks on the same parameter ${name}`);
}
function undo(kind: Kind, module: Module, name: string): Module {
  assertModule(module, `remove_${kind}`);
  const found = of(kind, module).get(name);
  if (found === undefined) throw new ValueError(`${kind} of '${name}' not found in ${String(module)}`);
  const { handle, now, from } = found;
  const weight = withGrad(false, now);
  handle.remove();
  of(kind, module).delete(name);
  for (const key of [name, ...from]) Reflect.deleteProperty(module, key);
  module.register_parameter(name, new Parameter(weight.detach()));
  return module;
}

/**
 * Has a parameter computed from its lengths along `dim` and its directions, `weight_g` and `weight_v`, before every forward.
 * As `torch.nn.utils.weight_norm`, which warns that `parametrizations.weight_norm` is to be used.
 */
export const weight_norm = callable<{ module: Module; dim: number | null }>()(
  "weight_norm(object module, str name='weight', object dim=0) -> Module",
  ({ module, name, dim: along }): Module => {
    assertModule(module, "weight_norm");
    warn(
      "`torch.nn.utils.weight_norm` is deprecated in favor of `torch.nn.utils.parametrizations.weight_norm`.",
      "FutureWarning",
    );
    assertFirst("weight_norm", module, name);
    const dim = along ?? -1;
    const weight = fields(module)[name];
    if (!(weight instanceof Tensor))
      throw new AttributeError(`'${module.constructor.name}' object has no attribute '${name}'`);
    const [g, v] = [`${name}_g`, `${name}_v`];
    Reflect.deleteProperty(module, name);
    module.register_parameter(g, new Parameter(withGrad(false, () => norm_except_dim(weight, 2, dim))));
    module.register_parameter(v, new Parameter(weight.detach()));
    const now = (): Tensor => _weight_norm(fields(module)[v]!, fields(module)[g]!, dim);
    fields(module)[name] = now();
    const handle = module.register_forward_pre_hook(() => void (fields(module)[name] = now()));
    of("weight_norm", module).set(name, { handle, now, from: [g, v] });
    return module;
  },
);
/** Undoes {@link weight_norm}. Raises ValueError if there is none. As `torch.nn.utils.remove_weight_norm`. */
export const remove_weight_norm = callable<{ module: Module }>()(
  "remove_weight_norm(object module, str name='weight') -> Module",
  ({ module, name }): Module => undo("weight_norm", module, name),
);

/**
 * Has a parameter divided by its largest singular value before every forward: `weight_orig` is trained, `weight_u` and
 * `weight_v` near the singular vectors while training. As `torch.nn.utils.spectral_norm`; newer is
 * `parametrizations.spectral_norm`.
 */
export const spectral_norm = callable<{ module: Module; dim: number | null }>()(
  "spectral_norm(object module, str name='weight', int n_power_iterations=1, float eps=1e-12, object dim=None) -> Module",
  ({ module, name, n_power_iterations: rounds, eps, dim: along }): Module => {
    assertModule(module, "spectral_norm");
    const dim = along ?? outputsDim(module);
    if (rounds <= 0)
      throw new ValueError(`Expected n_power_iterations to be positive, but got n_power_iterations=${rounds}`);
    assertFirst("spectral_norm", module, name);
    const weight = module._parameters.get(name) ?? null;
    if (weight === null) throw new ValueError(`\`SpectralNorm\` cannot be applied as parameter \`${name}\` is None`);
    const [orig, u, v] = [`${name}_orig`, `${name}_u`, `${name}_v`];
    const [h, w] = asMatrix(weight, dim).sizes;
    const unit = (size: number): Tensor =>
      withGrad(false, () => normalize(weight.detach().new_empty([size]).normal_(0, 1), { dim: 0, eps }));
    const [left, right] = [unit(h), unit(w)];
    Reflect.deleteProperty(module, name);
    module.register_parameter(orig, weight);
    fields(module)[name] = weight.data;
    module.register_buffer(u, left);
    module.register_buffer(v, right);
    const now = (learns: boolean): Tensor => {
      const own = fields(module);
      const matrix = asMatrix(own[orig]!, dim);
      if (learns) _power_iterations_before(matrix, own[u]!, own[v]!, rounds, eps);
      // Copies: the buffers change in the next forward, before this one's backward.
      const [a, b] = learns ? [own[u]!.clone(), own[v]!.clone()] : [own[u]!, own[v]!];
      return own[orig]!.div(a.dot(mv(matrix, b)));
    };
    const handle = module.register_forward_pre_hook(() => void (fields(module)[name] = now(module.training)));
    of("spectral_norm", module).set(name, { handle, now: () => now(false), from: [orig, u, v] });
    return module;
  },
);
/** Undoes {@link spectral_norm}. Raises ValueError if there is none. As `torch.nn.utils.remove_spectral_norm`. */
export const remove_spectral_norm = callable<{ module: Module }>()(
  "remove_spectral_norm(object module, str name='weight') -> Module",
  ({ module, name }): Module => undo("spectral_norm", module, name),
);
