import type { Tensor } from "../tensor/tensor.ts";
import { bindOptimizer } from "./arguments.ts";
import type { OptimizerArgs, OptionsOf } from "./arguments.ts";
import { onePass } from "./one_pass.ts";
import { requireBetas, requireNonNegative } from "./options.ts";
import { countStep, keepsNoGradient, newCounter, Optimizer } from "./optimizer.ts";
import type { ParamGroup } from "./optimizer.ts";

const signature =
  "NAdam(object params, float lr=0.002, float[] betas=[0.9,0.999], float eps=1e-08, float weight_decay=0, float momentum_decay=0.004, bool decoupled_weight_decay=False, *, bool? foreach=None, bool maximize=False, bool capturable=False, bool differentiable=False) -> Optimizer";
export type NAdamOptions = OptionsOf<typeof signature>;

export interface NAdamState {
  step: Tensor;
  /** Product of the momentum of all steps so far. */
  mu_product: Tensor;
  exp_avg: Tensor;
  exp_avg_sq: Tensor;
}

/**
 * Adam with Nesterov momentum, as `torch.optim.NAdam`. The momentum of step t is
 * beta1 · (1 - 0.96^(t · momentum_decay) / 2). `foreach` changes nothing here.
 *
 * Raises ValueError for options out of range. Source: Dozat, "Incorporating Nesterov momentum into Adam", 2016.
 * @example
 * const optimizer = new optim.NAdam(model.parameters(), { lr: 2e-3 });
 */
export class NAdam extends Optimizer<NAdamOptions, NAdamState> {
  static {
    keepsNoGradient.add(this);
  }
  constructor(...given: OptimizerArgs<typeof signature>) {
    const [params, options] = bindOptimizer(signature, given);
    const { lr, betas, eps, weight_decay, momentum_decay } = options;
    requireNonNegative({ "learning rate": lr, "epsilon value": eps });
    requireBetas(betas);
    requireNonNegative({ "weight_decay value": weight_decay, "momentum_decay value": momentum_decay });
    super(params, options);
  }

  protected override update(param: Tensor, grad: Tensor, group: ParamGroup<NAdamOptions>): void {
    const { lr, eps, weight_decay, momentum_decay, decoupled_weight_decay } = group;
    const [beta1, beta2] = group.betas;
    const { step, mu_product, exp_avg, exp_avg_sq } = this.stateOf(param, () => ({
      step: newCounter(),
      mu_product: newCounter().add_(1),
      exp_avg: param.zeros_like(),
      exp_avg_sq: param.zeros_like(),
    }));
    const t = countStep(step);

    const momentum = (t: number): number => beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay));
    const [mu, next] = [momentum(t), momentum(t + 1)];
    mu_product.mul_(mu);
    const over = group.differentiable
      ? (size: number, by: number) => mu_product.double().mul(-by).add(1).reciprocal().mul(size)
      : (size: number, by: number) => size / (1 - mu_product.item() * by);
    const sizes = [over(lr * (1 - mu), 1), over(lr * next, next)];
    const decay = decoupled_weight_decay ? 1 - lr * weight_decay : weight_decay;
    const form = weight_decay === 0 ? 0 : decoupled_weight_decay ? SHRINK : DECAY;
    const numbers = [1 - beta1, beta2, 1 - beta2, 1 - beta2 ** t, eps, decay, ...sizes];
    nadam([param, exp_avg, exp_avg_sq], grad, numbers, form);
  }
}
const [SHRINK, DECAY] = [1, 2];
const nadam = onePass(([before, m, v], grad, [rate1, beta2, rate2, correction, eps, decay, size, ahead], form) => {
  const g = form & DECAY ? before.mul(decay).add(grad) : grad;
  const p = form & SHRINK ? before.mul(decay) : before;
  const mean = g.sub(m).mul(rate1).add(m);
  const square = v.mul(beta2).add(g.mul(rate2).mul(g));
  const under = square.div(correction).sqrt().add(eps);
  return [p.sub(g.div(under).mul(size)).sub(mean.div(under).mul(ahead)), mean, square];
});
