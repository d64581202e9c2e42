import { ValueError } from "../base/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { bindOptimizer } from "./arguments.ts";
import type { OptimizerArgs, OptionsOf } from "./arguments.ts";
import { onePass } from "./one_pass.ts";
import { requireNonNegative } from "./options.ts";
import { keepsNoGradient, Optimizer } from "./optimizer.ts";
import type { ParamGroup } from "./optimizer.ts";

const signature =
  "SGD(object params, float lr=0.001, float momentum=0, float dampening=0, float weight_decay=0, bool nesterov=False, *, bool maximize=False, bool? foreach=None, bool differentiable=False, bool? fused=None) -> Optimizer";
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
  constructor(...given: OptimizerArgs<typeof signature>) {
    const [params, options] = bindOptimizer(signature, given);
    const { lr, momentum, dampening, weight_decay, nesterov } = options;
    requireNonNegative({ "learning rate": lr, "momentum value": momentum, "weight_decay value": weight_decay });
    if (nesterov && (momentum <= 0 || dampening !== 0))
      throw new ValueError("Nesterov momentum requires a momentum and zero dampening");
    super(params, options);
  }

  protected override update(param: Tensor, grad: Tensor, group: ParamGroup<SGDOptions>): void {
    const { lr, momentum, dampening, weight_decay, nesterov } = group;
    const first = !this.state.has(param);
    const averages =
      momentum === 0 ? [] : [this.stateOf(param, () => ({ momentum_buffer: param.zeros_like() })).momentum_buffer];
    const form =
      (momentum === 0 ? 0 : first ? FIRST : MOMENTUM) + (nesterov ? NESTEROV : 0) + (weight_decay === 0 ? 0 : DECAY);
    sgd([param, ...averages], grad, [lr, momentum, 1 - dampening, weight_decay], form);
  }
  protected override updateSparse(param: Tensor, grad: Tensor, group: ParamGroup<SGDOptions>): void {
    const { lr, momentum, dampening, weight_decay, nesterov } = group;
    let by = weight_decay === 0 ? grad : grad.add(param, { alpha: weight_decay });
    if (momentum !== 0) {
      const own = this.state.get(param);
      const average =
        own === undefined ? by.clone() : own.momentum_buffer.mul_(momentum).add_(by, { alpha: 1 - dampening });
      this.state.set(param, { momentum_buffer: average });
      by = nesterov ? by.add(average, { alpha: momentum }) : average;
    }
    param.add_(by, { alpha: -lr });
  }
}
const [FIRST, MOMENTUM, NESTEROV, DECAY] = [1, 2, 4, 8];
const sgd = onePass(([p, v], grad, [lr, momentum, rate, decay], form) => {
  const g = form & DECAY ? p.mul(decay).add(grad) : grad;
  if ((form & (FIRST | MOMENTUM)) === 0) return [p.sub(g.mul(lr))];
  // The first gradient starts the average undamped.
  const average = form & FIRST ? g : v.mul(momentum).add(g.mul(rate));
  const by = form & NESTEROV ? average.mul(momentum).add(g) : average;
  return [p.sub(by.mul(lr)), average];
});
