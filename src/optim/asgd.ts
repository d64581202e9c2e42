import type { Tensor } from "../tensor/tensor.ts";
import { bindOptimizer } from "./arguments.ts";
import type { OptimizerArgs, OptionsOf } from "./arguments.ts";
import { requireNonNegative } from "./options.ts";
import { countStep, keepsNoGradient, newCounter, Optimizer } from "./optimizer.ts";
import type { ParamGroup } from "./optimizer.ts";

const signature =
  "ASGD(object params, float lr=0.01, float lambd=0.0001, float alpha=0.75, float t0=1000000.0, float weight_decay=0, bool? foreach=None, bool maximize=False, bool differentiable=False, bool capturable=False) -> Optimizer";
export type ASGDOptions = OptionsOf<typeof signature>;

export interface ASGDState {
  step: Tensor;
  /** The rate of the next step. */
  eta: Tensor;
  /** The weight of the next parameters in their average. */
  mu: Tensor;
  /** The average of the parameters from step `t0` on; before it, the parameters. */
  ax: Tensor;
}

/**
 * Averaged stochastic gradient descent, as `torch.optim.ASGD`: parameters shrink by `lambd` and move with a rate that
 * falls as lr / (1 + lambd · lr · t)^alpha; their average from step `t0` on is `ax` in the state. `foreach` changes
 * nothing here.
 *
 * Raises ValueError for options out of range. Source: Polyak and Juditsky, "Acceleration of stochastic approximation by
 * averaging", SIAM J. Control Optim. 30 (1992).
 * @example
 * const optimizer = new optim.ASGD(model.parameters(), { lr: 0.01, t0: 1000 });
 * const average = optimizer.state.get(param)?.ax;
 */
export class ASGD extends Optimizer<ASGDOptions, ASGDState> {
  static {
    keepsNoGradient.add(this);
  }
  constructor(...given: OptimizerArgs<typeof signature>) {
    const [params, options] = bindOptimizer(signature, given);
    requireNonNegative({ "learning rate": options.lr, "weight_decay value": options.weight_decay });
    super(params, options);
  }

  protected override update(param: Tensor, grad: Tensor, group: ParamGroup<ASGDOptions>): void {
    const { lr, lambd, alpha, t0, weight_decay } = group;
    const { step, eta, mu, ax } = this.stateOf(param, () => ({
      step: newCounter(),
      eta: newCounter().add_(lr),
      mu: newCounter().add_(1),
      ax: param.zeros_like(),
    }));
    const t = countStep(step);
    const [rate, weight] = [eta.item(), mu.item()];

    if (weight_decay !== 0) grad = grad.add(param, { alpha: weight_decay });
    param.mul_(1 - lambd * rate).add_(grad, { alpha: -rate });
    if (weight === 1) ax.copy_(param);
    else ax.lerp_(param, weight);
    eta.fill_(lr / (1 + lambd * lr * t) ** alpha);
    mu.fill_(1 / Math.max(1, t - t0));
  }
}
