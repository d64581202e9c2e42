import { Complex } from "../base/dtype.ts";
import { RuntimeError } from "../base/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { bindOptimizer } from "./arguments.ts";
import type { OptimizerArgs, OptionsOf } from "./arguments.ts";
import { onePass } from "./one_pass.ts";
import { requireNonNegative } from "./options.ts";
import { countStep, keepsNoGradient, newCounter, Optimizer } from "./optimizer.ts";
import type { ParamGroup } from "./optimizer.ts";
import { elementsOf } from "./sparse_grad.ts";

const signature =
  "Adagrad(object params, float lr=0.01, float lr_decay=0, float weight_decay=0, float initial_accumulator_value=0, float eps=1e-10, *, bool? foreach=None, bool maximize=False, bool differentiable=False, bool? fused=None) -> Optimizer";
export type AdagradOptions = OptionsOf<typeof signature>;

/**
 * Adagrad, as `torch.optim.Adagrad`: the gradient divided by √s + eps, where s is the sum of its squares so far,
 * beginning at `initial_accumulator_value`; step t has the rate lr / (1 + (t - 1) · lr_decay). `foreach` and `fused`
 * change nothing here.
 *
 * Raises ValueError for options out of range. Source: Duchi, Hazan and Singer, "Adaptive subgradient methods for online
 * learning and stochastic optimization", JMLR 12 (2011).
 * @example
 * const optimizer = new optim.Adagrad(model.parameters(), { lr: 0.1 });
 */
export class Adagrad extends Optimizer<AdagradOptions, { step: Tensor; sum: Tensor }> {
  static {
    keepsNoGradient.add(this);
  }
  constructor(...given: OptimizerArgs<typeof signature>) {
    const [params, options] = bindOptimizer(signature, given);
    const { lr, lr_decay, weight_decay, initial_accumulator_value, eps } = options;
    requireNonNegative({
      "learning rate": lr,
      "lr_decay value": lr_decay,
      "weight_decay value": weight_decay,
      "initial_accumulator_value value": initial_accumulator_value,
      "epsilon value": eps,
    });
    super(params, options);
    for (const group of this.param_groups) for (const param of group.params) this.begin(param);
  }
  private begin(param: Tensor): { step: Tensor; sum: Tensor } {
    const { initial_accumulator_value: start } = this.defaults;
    return this.stateOf(param, () => ({
      step: newCounter(),
      sum: param.full_like(param.dtype.is_complex ? new Complex(start, start) : start),
    }));
  }

  protected override update(param: Tensor, grad: Tensor, group: ParamGroup<AdagradOptions>): void {
    const { lr, lr_decay, weight_decay, eps } = group;
    const { step, sum } = this.begin(param);
    const rate = lr / (1 + (countStep(step) - 1) * lr_decay);

    adagrad([param, sum], grad, [rate, eps, weight_decay], weight_decay === 0 ? 0 : DECAY);
  }
  protected override updateSparse(param: Tensor, grad: Tensor, group: ParamGroup<AdagradOptions>): void {
    const { lr, lr_decay, weight_decay, eps } = group;
    const { step, sum } = this.begin(param);
    const rate = lr / (1 + (countStep(step) - 1) * lr_decay);
    if (weight_decay !== 0) throw new RuntimeError("weight_decay option is not compatible with sparse gradients");
    const { values, at, addTo } = elementsOf(grad);
    addTo(sum, values.square());
    addTo(param, values.div(at(sum).sqrt().add(eps)).mul(-rate));
  }
}
const DECAY = 1;
const adagrad = onePass(([p, sum], grad, [rate, eps, decay], form) => {
  const g = form & DECAY ? p.mul(decay).add(grad) : grad;
  const total = sum.add(g.mul(g));
  return [p.sub(g.div(total.sqrt().add(eps)).mul(rate)), total];
});
