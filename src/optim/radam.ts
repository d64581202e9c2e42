import type { Tensor } from "../tensor/tensor.ts";
import { bindOptimizer } from "./arguments.ts";
import type { OptimizerArgs, OptionsOf } from "./arguments.ts";
import { onePass } from "./one_pass.ts";
import { requireBetas, requireNonNegative } from "./options.ts";
import { countStep, keepsNoGradient, newCounter, Optimizer } from "./optimizer.ts";
import type { ParamGroup } from "./optimizer.ts";

const signature =
  "RAdam(object params, float lr=0.001, float[] betas=[0.9,0.999], float eps=1e-08, float weight_decay=0, bool decoupled_weight_decay=False, *, bool? foreach=None, bool maximize=False, bool capturable=False, bool differentiable=False) -> Optimizer";
export type RAdamOptions = OptionsOf<typeof signature>;

/**
 * Rectified Adam, as `torch.optim.RAdam`: without the division by √v while too few steps tell v, then with a factor
 * for its variance. `foreach` changes nothing here.
 *
 * Raises ValueError for options out of range. Source: Liu et al., "On the variance of the adaptive learning rate and
 * beyond", ICLR 2020.
 * @example
 * const optimizer = new optim.RAdam(model.parameters(), { lr: 1e-3 });
 */
export class RAdam extends Optimizer<RAdamOptions, { step: Tensor; exp_avg: Tensor; exp_avg_sq: Tensor }> {
  static {
    keepsNoGradient.add(this);
  }
  constructor(...given: OptimizerArgs<typeof signature>) {
    const [params, options] = bindOptimizer(signature, given);
    const { lr, betas, eps, weight_decay } = options;
    requireNonNegative({ "learning rate": lr, "epsilon value": eps });
    requireBetas(betas);
    requireNonNegative({ "weight_decay value": weight_decay });
    super(params, options);
  }

  protected override update(param: Tensor, grad: Tensor, group: ParamGroup<RAdamOptions>): void {
    const { lr, eps, weight_decay, decoupled_weight_decay } = group;
    const [beta1, beta2] = group.betas;
    const { step, exp_avg, exp_avg_sq } = this.stateOf(param, () => ({
      step: newCounter(),
      exp_avg: param.zeros_like(),
      exp_avg_sq: param.zeros_like(),
    }));
    const t = countStep(step);

    const correction2 = 1 - beta2 ** t;
    // How many gradients the mean square rests on, after infinitely many steps and now.
    const rhoInf = 2 / (1 - beta2) - 1;
    const rho = rhoInf - (2 * t * beta2 ** t) / correction2;
    const adapts = rho > 5;
    const rectified = adapts
      ? Math.sqrt(((rho - 4) * (rho - 2) * rhoInf) / ((rhoInf - 4) * (rhoInf - 2) * rho)) * Math.sqrt(correction2)
      : 1;
    const decay = decoupled_weight_decay ? 1 - lr * weight_decay : weight_decay;
    const form = (weight_decay === 0 ? 0 : decoupled_weight_decay ? SHRINK : DECAY) + (adapts ? ADAPTIVE : 0);
    const size = (lr / (1 - beta1 ** t)) * rectified;
    radam([param, exp_avg, exp_avg_sq], grad, [1 - beta1, beta2, 1 - beta2, size, eps, decay], form);
  }
}
const [SHRINK, DECAY, ADAPTIVE] = [1, 2, 4];
const radam = onePass(([before, m, v], grad, [rate1, beta2, rate2, size, eps, decay], form) => {
  const g = form & DECAY ? before.mul(decay).add(grad) : grad;
  const p = form & SHRINK ? before.mul(decay) : before;
  const mean = g.sub(m).mul(rate1).add(m);
  const square = v.mul(beta2).add(g.mul(rate2).mul(g));
  const change = form & ADAPTIVE ? mean.div(square.sqrt().add(eps)) : mean;
  return [p.sub(change.mul(size)), mean, square];
});
