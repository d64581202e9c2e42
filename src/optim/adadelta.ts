import { ValueError } from "../base/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { bindOptimizer } from "./arguments.ts";
import type { OptimizerArgs, OptionsOf } from "./arguments.ts";
import { onePass } from "./one_pass.ts";
import { optionText, requireNonNegative } from "./options.ts";
import { countStep, keepsNoGradient, newCounter, Optimizer } from "./optimizer.ts";
import type { ParamGroup } from "./optimizer.ts";

const signature =
  "Adadelta(object params, float lr=1.0, float rho=0.9, float eps=1e-06, float weight_decay=0, *, bool maximize=False, bool capturable=False, bool? foreach=None, bool differentiable=False) -> Optimizer";
export type AdadeltaOptions = OptionsOf<typeof signature>;

/**
 * Adadelta, as `torch.optim.Adadelta`: the gradient times √(d + eps) / √(v + eps), where v and d are running means with
 * rate `rho` of the squares of the gradient and of the steps themselves. `foreach` changes nothing here.
 *
 * Raises ValueError for options out of range. Source: Zeiler, "ADADELTA: an adaptive learning rate method", 2012.
 * @example
 * const optimizer = new optim.Adadelta(model.parameters(), { rho: 0.95 });
 */
export class Adadelta extends Optimizer<AdadeltaOptions, { step: Tensor; square_avg: Tensor; acc_delta: Tensor }> {
  static {
    keepsNoGradient.add(this);
  }
  constructor(...given: OptimizerArgs<typeof signature>) {
    const [params, options] = bindOptimizer(signature, given);
    const { lr, rho, eps, weight_decay } = options;
    requireNonNegative({ "learning rate": lr });
    if (!(rho >= 0 && rho <= 1)) throw new ValueError(`Invalid rho value: ${optionText(rho)}`);
    requireNonNegative({ "epsilon value": eps, "weight_decay value": weight_decay });
    super(params, options);
  }

  protected override update(param: Tensor, grad: Tensor, group: ParamGroup<AdadeltaOptions>): void {
    const { lr, rho, eps, weight_decay } = group;
    const { step, square_avg, acc_delta } = this.stateOf(param, () => ({
      step: newCounter(),
      square_avg: param.zeros_like(),
      acc_delta: param.zeros_like(),
    }));
    countStep(step);

    const changed = [param, square_avg, acc_delta];
    adadelta(changed, grad, [lr, rho, 1 - rho, eps, weight_decay], weight_decay === 0 ? 0 : DECAY);
  }
}
const DECAY = 1;
const adadelta = onePass(([p, v, moved], grad, [lr, rho, rate, eps, decay], form) => {
  const g = form & DECAY ? p.mul(decay).add(grad) : grad;
  const square = v.mul(rho).add(g.mul(rate).mul(g));
  const delta = moved.add(eps).sqrt().div(square.add(eps).sqrt()).mul(g);
  return [p.sub(delta.mul(lr)), square, moved.mul(rho).add(delta.mul(rate).mul(delta))];
});
