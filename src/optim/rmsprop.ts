import type { Tensor } from "../tensor/tensor.ts";
import { bindOptimizer } from "./arguments.ts";
import type { OptimizerArgs, OptionsOf } from "./arguments.ts";
import { onePass } from "./one_pass.ts";
import { requireNonNegative } from "./options.ts";
import { countStep, keepsNoGradient, newCounter, Optimizer } from "./optimizer.ts";
import type { ParamGroup } from "./optimizer.ts";

const signature =
  "RMSprop(object params, float lr=0.01, float alpha=0.99, float eps=1e-08, float weight_decay=0, float momentum=0, bool centered=False, bool capturable=False, bool? foreach=None, bool maximize=False, bool differentiable=False) -> Optimizer";
export type RMSpropOptions = OptionsOf<typeof signature>;

export interface RMSpropState {
  step: Tensor;
  square_avg: Tensor;
  momentum_buffer?: Tensor;
  grad_avg?: Tensor;
}

/**
 * RMSprop, as `torch.optim.RMSprop`: the gradient divided by √v + eps, where v is a running mean of its square with
 * rate `alpha`; `centered` subtracts the square of the gradient's own mean from v. `foreach` changes nothing here.
 *
 * Raises ValueError for options out of range. Sources: Hinton, "Neural networks for machine learning", lecture 6e, 2012;
 * centered: Graves, "Generating sequences with recurrent neural networks", 2013.
 * @example
 * const optimizer = new optim.RMSprop(model.parameters(), { lr: 0.01, alpha: 0.9 });
 */
export class RMSprop extends Optimizer<RMSpropOptions, RMSpropState> {
  static {
    keepsNoGradient.add(this);
  }
  constructor(...given: OptimizerArgs<typeof signature>) {
    const [params, options] = bindOptimizer(signature, given);
    const { lr, alpha, eps, weight_decay, momentum } = options;
    requireNonNegative({
      "learning rate": lr,
      "epsilon value": eps,
      "momentum value": momentum,
      "weight_decay value": weight_decay,
      "alpha value": alpha,
    });
    super(params, options);
  }

  protected override update(param: Tensor, grad: Tensor, group: ParamGroup<RMSpropOptions>): void {
    const { lr, alpha, eps, weight_decay, momentum, centered } = group;
    const state = this.stateOf(param, () => ({
      step: newCounter(),
      square_avg: param.zeros_like(),
      ...(momentum > 0 && { momentum_buffer: param.zeros_like() }),
      ...(centered && { grad_avg: param.zeros_like() }),
    }));
    countStep(state.step);
    const changed = [param, state.square_avg, ...(centered ? [state.grad_avg!] : [])];
    if (momentum > 0) changed.push(state.momentum_buffer!);
    const form = (centered ? CENTERED : 0) + (momentum > 0 ? MOMENTUM : 0) + (weight_decay === 0 ? 0 : DECAY);
    rmsprop(changed, grad, [lr, alpha, 1 - alpha, eps, momentum, weight_decay], form);
  }
}
const [CENTERED, MOMENTUM, DECAY] = [1, 2, 4];
const rmsprop = onePass(([p, v, ...more], grad, [lr, alpha, rate, eps, momentum, decay], form) => {
  const g = form & DECAY ? p.mul(decay).add(grad) : grad;
  const square = v.mul(alpha).add(g.mul(rate).mul(g));
  const means = form & CENTERED ? [g.sub(more[0]).mul(rate).add(more[0])] : [];
  const variance = means.reduce((rest, mean) => rest.sub(mean.mul(mean)), square);
  const scaled = g.div(variance.sqrt().add(eps));
  const buffers = form & MOMENTUM ? [more[more.length - 1].mul(momentum).add(scaled)] : [];
  return [p.sub((buffers[0] ?? scaled).mul(lr)), square, ...means, ...buffers];
});
