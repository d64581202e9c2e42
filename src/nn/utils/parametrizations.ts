// The parametrizations that come with PyTorch: torch.nn.utils.parametrizations.
import { ValueError } from "../../base/errors.ts";
import { callable } from "../../dispatch/callable.ts";
import { Tensor } from "../../tensor/tensor.ts";
import type { Module } from "../module/module.ts";
import { assertModule } from "../module/register.ts";
import { register_parametrization } from "./parametrize.ts";
import { _Orthogonal, _SpectralNorm, _WeightNorm, outputsDim } from "./weights.ts";

const parameterOf = (module: Module, name: string): Tensor => {
  const found = (module as unknown as Record<string, unknown>)[name];
  if (found instanceof Tensor) return found;
  throw new ValueError(`Module '${String(module)}' has no parameter or buffer with name '${name}'`);
};
/**
 * Has a parameter computed as length times direction, `original0` and `original1`: the lengths along `dim`, or one for null.
 * As `torch.nn.utils.parametrizations.weight_norm`.
 * @example torch.nn.utils.parametrizations.weight_norm(new nn.Linear(20, 40))
 */
export const weight_norm = callable<{ module: Module; dim: number | null }>()(
  "weight_norm(object module, str name='weight', object dim=0) -> Module",
  ({ module, name, dim }): Module => {
    assertModule(module, "weight_norm");
    return register_parametrization(module, name, new _WeightNorm(dim), { unsafe: true });
  },
);

/**
 * Has a parameter divided by its largest singular value, found by power iterations while training. `dim` holds the outputs:
 * 1 for transposed convolutions, else 0. T. Miyato et al., Spectral normalization for GANs, 2018. As
 * `torch.nn.utils.parametrizations.spectral_norm`.
 * @example torch.nn.utils.parametrizations.spectral_norm(new nn.Linear(20, 40))
 */
export const spectral_norm = callable<{ module: Module; dim: number | null }>()(
  "spectral_norm(object module, str name='weight', int n_power_iterations=1, float eps=1e-12, object dim=None) -> Module",
  ({ module, name, n_power_iterations, eps, dim }): Module => {
    assertModule(module, "spectral_norm");
    const weight = parameterOf(module, name);
    const own = new _SpectralNorm(weight, n_power_iterations, dim ?? outputsDim(module), eps);
    return register_parametrization(module, name, own);
  },
);
const MAPS = ["matrix_exp", "cayley", "householder"];
/**
 * Keeps a matrix, or a batch of matrices, orthogonal (or with orthonormal rows or columns) while it is trained, by
 * `orthogonal_map`: "matrix_exp", "cayley" or "householder". M. Lezcano-Casado, Trivializations, 2019. As
 * `torch.nn.utils.parametrizations.orthogonal`.
 * @example torch.nn.utils.parametrizations.orthogonal(new nn.Linear(20, 40))
 */
export const orthogonal = callable<{ module: Module }>()(
  "orthogonal(object module, str name='weight', str? orthogonal_map=None, *, bool use_trivialization=True) -> Module",
  ({ module, name, orthogonal_map, use_trivialization }): Module => {
    assertModule(module, "orthogonal");
    const weight = parameterOf(module, name);
    if (weight.sizes.length < 2)
      throw new ValueError(
        `Expected a matrix or batch of matrices. Got a tensor of ${weight.sizes.length} dimensions.`,
      );
    const [n, k] = weight.sizes.slice(-2);
    const map = orthogonal_map ?? (n === k || weight.is_complex() ? "matrix_exp" : "householder");
    if (!MAPS.includes(map))
      throw new ValueError(`orthogonal_map has to be one of "matrix_exp", "cayley", "householder". Got: ${map}`);
    return register_parametrization(module, name, new _Orthogonal(weight, map, use_trivialization), { unsafe: true });
  },
);
