import { bindConstructor } from "../op/constructor.ts";
import type { ConstructorArgs } from "../op/constructor.ts";
import type { Values } from "../op/schema.ts";
import type { Tensor } from "../tensor.ts";
import { requireNonNegative } from "./options.ts";
import { countStep, keepsNoGradient, newCounter, Optimizer } from "./optimizer.ts";
import type { ParamGroup, Params } from "./optimizer.ts";

const signature =
  "RMSprop(float lr=0.01, float alpha=0.99, float eps=1e-08, float weight_decay=0, float momentum=0, bool centered=False, *, bool capturable=False, bool? foreach=None, bool maximize=False, bool differentiable=False) -> Optimizer";
export type RMSpropOptions = Values<typeof signature>;

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
  constructor(params: Params<RMSpropOptions>, ...given: ConstructorArgs<typeof signature>) {
    const options = bindConstructor(signature, given);
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

    if (weight_decay !== 0) grad = grad.add(param, { alpha: weight_decay });
    const variance = state.square_avg.mul_(alpha).addcmul_(grad, grad, { value: 1 - alpha });
    let root = variance.sqrt();
    if (centered) {
      const mean = state.grad_avg!.lerp_(grad, 1 - alpha);
      root = variance.addcmul(mean, mean, { value: -1 }).sqrt_();
    }
    root.add_(eps);
    if (momentum > 0) param.add_(state.momentum_buffer!.mul_(momentum).addcdiv_(grad, root), { alpha: -lr });
    else param.addcdiv_(grad, root, { value: -lr });
  }
}
