import type { Tensor } from "../tensor/tensor.ts";
import { bindOptimizer } from "./arguments.ts";
import type { OptimizerArgs, OptionsOf } from "./arguments.ts";
import { onePass } from "./one_pass.ts";
import { requireBetas, requireNonNegative } from "./options.ts";
import { countStep, keepsNoGradient, newCounter, Optimizer } from "./optimizer.ts";
import type { ParamGroup } from "./optimizer.ts";

const signature =
  "Adamax(object params, float lr=0.002, float[] betas=[0.9,0.999], float eps=1e-08, float weight_decay=0, *, bool? foreach=None, bool maximize=False, bool differentiable=False, bool capturable=False) -> Optimizer";
export type AdamaxOptions = OptionsOf<typeof signature>;

/**
 * Adamax, as `torch.optim.Adamax`: Adam with a decaying maximum of |g| + eps in place of the root of the mean square.
 * `foreach` changes nothing here.
 *
 * Raises ValueError for options out of range. Source: Kingma and Ba, "Adam", ICLR 2015, section 7.1.
 * @example
 * const optimizer = new optim.Adamax(model.parameters(), { lr: 2e-3 });
 */
export class Adamax extends Optimizer<AdamaxOptions, { step: Tensor; exp_avg: Tensor; exp_inf: Tensor }> {
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

  protected override update(param: Tensor, grad: Tensor, group: ParamGroup<AdamaxOptions>): void {
    const { lr, eps, weight_decay } = group;
    const [beta1, beta2] = group.betas;
    const { step, exp_avg, exp_inf } = this.stateOf(param, () => ({
      step: newCounter(),
      exp_avg: param.zeros_like(),
      exp_inf: param.zeros_like(),
    }));
    const t = countStep(step);

    const size = lr / (1 - beta1 ** t);
    adamax(
      [param, exp_avg, exp_inf],
      grad,
      [1 - beta1, beta2, size, eps, weight_decay],
      weight_decay === 0 ? 0 : DECAY,
    );
  }
}
const DECAY = 1;
const adamax = onePass(([p, m, most], grad, [rate, beta2, size, eps, decay], form) => {
  const g = form & DECAY ? p.mul(decay).add(grad) : grad;
  const mean = g.sub(m).mul(rate).add(m);
  const largest = most.mul(beta2).max(g.abs().add(eps));
  return [p.sub(mean.div(largest).mul(size)), mean, largest];
});
