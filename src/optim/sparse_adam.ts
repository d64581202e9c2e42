import { RuntimeError, ValueError } from "../base/errors.ts";
import { strided } from "../base/memory_format.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { bindOptimizer } from "./arguments.ts";
import type { OptimizerArgs, OptionsOf } from "./arguments.ts";
import { optionText, requireBetas } from "./options.ts";
import { keepsNoGradient, Optimizer } from "./optimizer.ts";
import type { ParamGroup } from "./optimizer.ts";
import { elementsOf } from "./sparse_grad.ts";

const signature =
  "SparseAdam(object params, float lr=0.001, float[] betas=[0.9,0.999], float eps=1e-08, bool maximize=False) -> Optimizer";
export type SparseAdamOptions = OptionsOf<typeof signature>;
/** How many steps there were, and running means of the gradient and of its square. */
export interface SparseAdamState {
  step: number;
  exp_avg: Tensor;
  exp_avg_sq: Tensor;
}

/**
 * Adam for sparse gradients, as `torch.optim.SparseAdam`: running means and parameters change where a gradient has
 * elements, and nowhere else, so a step costs what was read of a table (`nn.Embedding` with `sparse`).
 *
 * Raises ValueError for options out of range and RuntimeError for a dense gradient.
 * @example
 * const table = new nn.Embedding(100000, 64, { sparse: true });
 * const optimizer = new optim.SparseAdam(table.parameters(), { lr: 1e-3 });
 */
export class SparseAdam extends Optimizer<SparseAdamOptions, SparseAdamState> {
  static {
    keepsNoGradient.add(this);
  }
  constructor(...given: OptimizerArgs<typeof signature>) {
    const [params, options] = bindOptimizer(signature, given);
    const { lr, betas, eps } = options;
    for (const [what, value] of [
      ["learning rate", lr],
      ["epsilon value", eps],
    ] as const)
      if (!(value > 0)) throw new ValueError(`Invalid ${what}: ${optionText(value)}`);
    requireBetas(betas);
    super(params, options);
    const placesOf = (test: (param: Tensor) => boolean): string =>
      this.param_groups
        .flatMap((group, i) => group.params.flatMap((param, k) => (test(param) ? [`[${i}, ${k}]`] : [])))
        .join(", ");
    const sparse = placesOf((param) => param.layout !== strided);
    if (sparse !== "")
      throw new ValueError(`Sparse params at indices [${sparse}]: SparseAdam requires dense parameter tensors`);
    const complex = placesOf((param) => param.dtype.is_complex);
    if (complex !== "")
      throw new ValueError(`Complex params at indices [${complex}]: SparseAdam does not support complex parameters`);
  }

  protected override update(): void {
    throw new RuntimeError("SparseAdam does not support dense gradients, please consider Adam instead");
  }
  protected override updateSparse(param: Tensor, grad: Tensor, group: ParamGroup<SparseAdamOptions>): void {
    const { lr, eps } = group;
    const [beta1, beta2] = group.betas;
    const state = this.stateOf(param, () => ({
      step: 0,
      exp_avg: param.zeros_like(),
      exp_avg_sq: param.zeros_like(),
    }));
    state.step++;
    const { values, at, addTo } = elementsOf(grad);
    if (values.numel() === 0) return;
    const mean = at(state.exp_avg);
    const toMean = values.sub(mean).mul_(1 - beta1);
    addTo(state.exp_avg, toMean);
    const square = at(state.exp_avg_sq);
    const toSquare = values
      .square()
      .sub_(square)
      .mul_(1 - beta2);
    addTo(state.exp_avg_sq, toSquare);
    const under = toSquare.add(square).sqrt_().add_(eps);
    const size = (lr * Math.sqrt(1 - beta2 ** state.step)) / (1 - beta1 ** state.step);
    addTo(param, toMean.add(mean).div_(under).mul_(-size));
  }
}
