import { ValueError } from "../errors.ts";
import type { Tensor } from "../tensor.ts";
import { bindOptions, requireNonNegative } from "./options.ts";
import type { Given, OptionsOf } from "./options.ts";
import { keepsNoGradient, Optimizer } from "./optimizer.ts";
import type { ParamGroup, Params } from "./optimizer.ts";

const signature =
  "SGD(float lr=0.001, float momentum=0, float dampening=0, float weight_decay=0, bool nesterov=False, *, bool maximize=False, bool? foreach=None, bool differentiable=False, bool? fused=None) -> Optimizer";
export type SGDOptions = OptionsOf<typeof signature>;

/**
 * Stochastic gradient descent, as `torch.optim.SGD`: with momentum v = momentum · v + (1 - dampening) · g, and v is
 * taken from the parameter instead of g, times `lr`. `nesterov` looks ahead by one more step of the momentum;
 * `weight_decay` adds weight_decay · parameter to g; `maximize` goes uphill. `foreach` and `fused` change nothing here.
 *
 * Raises ValueError for options out of range. Source: Sutskever et al., "On the importance of initialization and
 * momentum in deep learning", ICML 2013; momentum in PyTorch's form.
 * @example
 * const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
 * optimizer.zero_grad();
 * loss.backward();
 * optimizer.step();
 */
export class SGD extends Optimizer<SGDOptions, { momentum_buffer: Tensor }> {
  static {
    keepsNoGradient.add(this);
  }
  constructor(params: Params<SGDOptions>, ...given: Given<typeof signature>) {
    const options = bindOptions(signature, given);
    const { lr, momentum, dampening, weight_decay, nesterov } = options;
    requireNonNegative({ "learning rate": lr, "momentum value": momentum, "weight_decay value": weight_decay });
    if (nesterov && (momentum <= 0 || dampening !== 0))
      throw new ValueError("Nesterov momentum requires a momentum and zero dampening");
    super(params, options);
  }

  protected override update(param: Tensor, grad: Tensor, group: ParamGroup<SGDOptions>): void {
    const { lr, momentum, dampening, weight_decay, nesterov } = group;
    if (weight_decay !== 0) grad = grad.add(param, { alpha: weight_decay });
    if (momentum !== 0) {
      const known = this.state.get(param);
      // The first gradient starts the average undamped.
      const { momentum_buffer } = this.stateOf(param, () => ({ momentum_buffer: grad.clone() }));
      if (known) momentum_buffer.mul_(momentum).add_(grad, { alpha: 1 - dampening });
      grad = nesterov ? grad.add(momentum_buffer, { alpha: momentum }) : momentum_buffer;
    }
    param.add_(grad, { alpha: -lr });
  }
}
