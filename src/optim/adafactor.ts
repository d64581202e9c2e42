import { finfo } from "../base/dtype_info.ts";
import { zeros } from "../ops/creation/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { bindOptimizer } from "./arguments.ts";
import type { OptimizerArgs, OptionsOf } from "./arguments.ts";
import { requireThat } from "./options.ts";
import { countStep, keepsNoGradient, newCounter, Optimizer } from "./optimizer.ts";
import type { ParamGroup } from "./optimizer.ts";
import { rsqrt_ } from "../ops/pointwise/arithmetic.ts";

const signature =
  "Adafactor(object params, float lr=0.01, float beta2_decay=-0.8, float?[] eps=[None,0.001], float d=1.0, float weight_decay=0.0, *, bool? foreach=None, bool maximize=False) -> Optimizer";
export type AdafactorOptions = OptionsOf<typeof signature>;

/** Running means of the squared gradient: of its rows and columns, or of all elements where there is one dim. */
export interface AdafactorState {
  step: Tensor;
  row_var?: Tensor;
  col_var?: Tensor;
  variance?: Tensor;
}

/**
 * Adafactor, as `torch.optim.Adafactor`: the gradient divided by the root of its mean square, of which for matrices only
 * the means of rows and columns are kept; the step is then clipped to root mean square `d` and scaled by that of the
 * parameter. At step t the rate is at most 1 / √t, and the mean of squares moves by t^beta2_decay. `eps` bounds the
 * squares (null: by the dtype's epsilon) and the scale of the parameter. `foreach` changes nothing here.
 *
 * Raises ValueError for options out of range. Source: Shazeer and Stern, "Adafactor: adaptive learning rates with
 * sublinear memory cost", ICML 2018.
 * @example
 * const optimizer = new optim.Adafactor(model.parameters(), { lr: 0.01 });
 */
export class Adafactor extends Optimizer<AdafactorOptions, AdafactorState> {
  static {
    keepsNoGradient.add(this);
  }
  constructor(...given: OptimizerArgs<typeof signature>) {
    const [params, options] = bindOptimizer(signature, given);
    const { lr, beta2_decay, eps, d, weight_decay } = options;
    requireThat(lr >= 0, "Learning rate should be >= 0", lr);
    requireThat(beta2_decay <= 0, "beta2_decay should be <= 0", beta2_decay);
    requireThat(eps[0] === null || eps[0] >= 0, "epsilon1 should be >= 0", eps[0]);
    requireThat(eps[1] !== null && eps[1] >= 0, "epsilon2 should be >= 0", eps[1]);
    requireThat(d >= 1, "Clipping threshold d should be >= 1", d);
    requireThat(weight_decay >= 0, "weight_decay should be >= 0", weight_decay);
    super(params, options);
  }

  protected override update(param: Tensor, grad: Tensor, group: ParamGroup<AdafactorOptions>): void {
    const { lr, beta2_decay, d, weight_decay } = group;
    const eps1 = group.eps[0] ?? finfo(param.dtype).eps;
    const state = this.stateOf(param, () => ({ step: newCounter(), ...newMeans(grad) }));
    const t = countStep(state.step);
    const weight = t ** beta2_decay;
    const rate = Math.max(group.eps[1]!, rootMeanSquare(param)) * Math.min(lr, 1 / Math.sqrt(t));

    if (weight_decay !== 0) param.mul_(1 - lr * weight_decay);
    const square = grad.square();
    let estimate: Tensor;
    if (state.variance !== undefined) estimate = state.variance.lerp_(square, weight).clone();
    else {
      const rows = state.row_var!.lerp_(square.mean(-1, true), weight);
      const columns = state.col_var!.lerp_(square.mean(-2, true), weight);
      estimate = rows.matmul(columns).div_(rows.mean(-2, true).clamp_(eps1));
    }
    const step = rsqrt_(estimate.clamp_(eps1 * eps1)).mul_(grad);
    param.add_(step, { alpha: -rate / Math.max(1, rootMeanSquare(step) / d) });
  }
}

const rootMeanSquare = (x: Tensor): number => x.norm().item() / Math.sqrt(x.numel());

function newMeans(grad: Tensor): Omit<AdafactorState, "step"> {
  const { sizes, dtype } = grad;
  if (sizes.length < 2) return { variance: grad.zeros_like() };
  return {
    row_var: zeros(sizes.with(-1, 1), { dtype }),
    col_var: zeros(sizes.with(-2, 1), { dtype }),
  };
}
