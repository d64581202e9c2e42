import { bindConstructor } from "../op/constructor.ts";
import type { ConstructorArgs } from "../op/constructor.ts";
import type { Values } from "../op/schema.ts";
import type { Tensor } from "../tensor.ts";
import { requireBetas, requireNonNegative } from "./options.ts";
import { countStep, keepsNoGradient, newCounter, Optimizer } from "./optimizer.ts";
import type { ParamGroup, Params } from "./optimizer.ts";

const signature =
  "NAdam(float lr=0.002, float[] betas=[0.9,0.999], float eps=1e-08, float weight_decay=0, float momentum_decay=0.004, bool decoupled_weight_decay=False, *, bool? foreach=None, bool maximize=False, bool capturable=False, bool differentiable=False) -> Optimizer";
export type NAdamOptions = Values<typeof signature>;

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
  constructor(params: Params<NAdamOptions>, ...given: ConstructorArgs<typeof signature>) {
    const options = bindConstructor(signature, given);
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

    if (weight_decay !== 0) {
      if (decoupled_weight_decay) param.mul_(1 - lr * weight_decay);
      else grad = grad.add(param, { alpha: weight_decay });
    }
    const momentum = (t: number): number => beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay));
    const [mu, next] = [momentum(t), momentum(t + 1)];
    const product = mu_product.mul_(mu).item();
    exp_avg.lerp_(grad, 1 - beta1);
    exp_avg_sq.mul_(beta2).addcmul_(grad, grad, { value: 1 - beta2 });
    const denominator = exp_avg_sq
      .div(1 - beta2 ** t)
      .sqrt_()
      .add_(eps);
    param.addcdiv_(grad, denominator, { value: (-lr * (1 - mu)) / (1 - product) });
    param.addcdiv_(exp_avg, denominator, { value: (-lr * next) / (1 - product * next) });
  }
}
