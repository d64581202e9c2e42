import { ValueError } from "../base/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { bindOptimizer } from "./arguments.ts";
import type { OptimizerArgs, OptionsOf } from "./arguments.ts";
import { optionText, requireNonNegative } from "./options.ts";
import { countStep, keepsNoGradient, newCounter, Optimizer } from "./optimizer.ts";
import type { ParamGroup } from "./optimizer.ts";
import { sign_ } from "../ops/pointwise/arithmetic.ts";

const signature =
  "Rprop(object params, float lr=0.01, float[] etas=[0.5,1.2], float[] step_sizes=[1e-06,50], *, bool capturable=False, bool? foreach=None, bool maximize=False, bool differentiable=False) -> Optimizer";
export type RpropOptions = OptionsOf<typeof signature>;

/**
 * Resilient backpropagation, as `torch.optim.Rprop`: only the signs of the gradient count. Each element has a step size
 * of its own, at first `lr`, which grows by the factor etas[1] while the sign stays and shrinks by etas[0] when it
 * changes, within `step_sizes`; an element whose sign changed rests for a step. For gradients of all data at once.
 * `foreach` changes nothing here.
 *
 * Raises ValueError for options out of range. Source: Riedmiller and Braun, "A direct adaptive method for faster
 * backpropagation learning: the RPROP algorithm", ICNN 1993.
 * @example
 * const optimizer = new optim.Rprop(model.parameters(), { lr: 0.01, etas: [0.5, 1.2] });
 */
export class Rprop extends Optimizer<RpropOptions, { step: Tensor; prev: Tensor; step_size: Tensor }> {
  static {
    keepsNoGradient.add(this);
  }
  constructor(...given: OptimizerArgs<typeof signature>) {
    const [params, options] = bindOptimizer(signature, given);
    requireNonNegative({ "learning rate": options.lr });
    const [shrink, grow] = options.etas;
    if (!(shrink > 0 && shrink < 1 && grow > 1))
      throw new ValueError(`Invalid eta values: ${optionText(shrink)}, ${optionText(grow)}`);
    super(params, options);
  }

  protected override update(param: Tensor, grad: Tensor, group: ParamGroup<RpropOptions>): void {
    const [shrink, grow] = group.etas;
    const [least, most] = group.step_sizes;
    const { step, prev, step_size } = this.stateOf(param, () => ({
      step: newCounter(),
      prev: param.zeros_like(),
      step_size: param.full_like(group.lr),
    }));
    countStep(step);

    // Products that are recorded keep what they read, and the next step writes these.
    const kept = (x: Tensor): Tensor => (group.differentiable ? x.clone() : x);
    const agreement = sign_(grad.mul(kept(prev)));
    const turned = agreement.lt(0);
    const factor = agreement.masked_fill(agreement.eq(0), 1).masked_fill_(agreement.gt(0), grow);
    step_size.mul_(factor.masked_fill_(turned, shrink)).clamp_(least, most);
    prev.copy_(grad.masked_fill(turned, 0));
    param.addcmul_(prev.sign(), kept(step_size), { value: -1 });
  }
}
