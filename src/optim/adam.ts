import { RuntimeError } from "../base/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { bindOptimizer } from "./arguments.ts";
import type { OptimizerArgs, OptionsOf } from "./arguments.ts";
import { onePass } from "./one_pass.ts";
import { requireBetas, requireNonNegative } from "./options.ts";
import { countStep, keepsNoGradient, newCounter, Optimizer } from "./optimizer.ts";
import type { OptimizerStateDict, ParamGroup } from "./optimizer.ts";

const signature =
  "Adam(object params, float lr=0.001, float[] betas=[0.9,0.999], float eps=1e-08, float weight_decay=0, bool amsgrad=False, *, bool maximize=False, bool? foreach=None, bool capturable=False, bool differentiable=False, bool? fused=None, bool decoupled_weight_decay=False) -> Optimizer";
export type AdamOptions = OptionsOf<typeof signature>;

const signatureW =
  "AdamW(object params, float lr=0.001, float[] betas=[0.9,0.999], float eps=1e-08, float weight_decay=0.01, bool amsgrad=False, *, bool maximize=False, bool? foreach=None, bool capturable=False, bool differentiable=False, bool? fused=None) -> Optimizer";

/** Running means of the gradient and of its square, and the largest of the latter so far if `amsgrad`. */
export interface AdamState {
  step: Tensor;
  exp_avg: Tensor;
  exp_avg_sq: Tensor;
  max_exp_avg_sq?: Tensor;
}

/**
 * Adam, as `torch.optim.Adam`: each parameter moves by lr · m / (√v + eps), where m and v are running means of the
 * gradient and its square with the rates `betas`, corrected for their start at zero. `weight_decay` adds
 * weight_decay · parameter to the gradient, or with `decoupled_weight_decay` shrinks the parameter itself; `amsgrad`
 * takes the largest v so far; `maximize` goes uphill. `foreach` and `fused` change nothing here.
 *
 * Raises ValueError for options out of range. Sources: Kingma and Ba, "Adam", ICLR 2015; Reddi et al., "On the
 * convergence of Adam and beyond", ICLR 2018.
 * @example
 * const optimizer = new optim.Adam(model.parameters(), { lr: 1e-3, betas: [0.9, 0.999] });
 */
export class Adam extends Optimizer<AdamOptions, AdamState> {
  static {
    keepsNoGradient.add(this);
  }
  constructor(...given: OptimizerArgs<typeof signature>) {
    const [params, options] = bindOptimizer(signature, given);
    const { lr, betas, eps, weight_decay } = options;
    requireNonNegative({ "learning rate": lr, "epsilon value": eps });
    requireBetas(betas);
    requireNonNegative({ "weight_decay value": weight_decay });
    super(params, options);
  }

  protected override update(param: Tensor, grad: Tensor, group: ParamGroup<AdamOptions>): void {
    const { lr, eps, weight_decay, amsgrad, decoupled_weight_decay } = group;
    const [beta1, beta2] = group.betas;
    const state = this.stateOf(param, () => ({
      step: newCounter(),
      exp_avg: param.zeros_like(),
      exp_avg_sq: param.zeros_like(),
      ...(amsgrad && { max_exp_avg_sq: param.zeros_like() }),
    }));
    const { exp_avg, exp_avg_sq, max_exp_avg_sq } = state;
    const step = countStep(state.step);
    const changed = [param, exp_avg, exp_avg_sq, ...(amsgrad ? [max_exp_avg_sq!] : [])];
    const size = lr / (1 - beta1 ** step);
    const root = Math.sqrt(1 - beta2 ** step);
    const form = (amsgrad ? AMSGRAD : 0) + (decoupled_weight_decay ? DECOUPLED : 0) + (weight_decay === 0 ? 0 : DECAY);
    const decay = decoupled_weight_decay ? 1 - lr * weight_decay : weight_decay;
    adam(changed, grad, [1 - beta1, beta2, 1 - beta2, size, root, eps, decay], form);
  }
  protected override updateSparse(): void {
    throw new RuntimeError("Adam does not support sparse gradients, please consider SparseAdam instead");
  }
}
const [AMSGRAD, DECOUPLED, DECAY] = [1, 2, 4];
const adam = onePass(([before, m, v, largest], grad, [rate1, beta2, rate2, size, root, eps, decay], form) => {
  const coupled = (form & DECAY) !== 0 && (form & DECOUPLED) === 0;
  const g = coupled ? before.mul(decay).add(grad) : grad;
  const p = form & DECAY && !coupled ? before.mul(decay) : before;
  const mean = g.sub(m).mul(rate1).add(m);
  const square = v.mul(beta2).add(g.mul(rate2).mul(g));
  const under = form & AMSGRAD ? largest.max(square) : square;
  const moved = p.sub(mean.div(under.sqrt().div(root).add(eps)).mul(size));
  return form & AMSGRAD ? [moved, mean, square, under] : [moved, mean, square];
});

/**
 * Adam with decoupled weight decay, as `torch.optim.AdamW`: each step first multiplies the parameter by
 * 1 - lr · weight_decay, by default 0.01, and the decay does not enter the running means. Options as of `Adam`.
 *
 * Raises ValueError for options out of range. Source: Loshchilov and Hutter, "Decoupled weight decay regularization",
 * ICLR 2019.
 * @example
 * const optimizer = new optim.AdamW(model.parameters(), { lr: 1e-3, weight_decay: 0.01 });
 */
export class AdamW extends Adam {
  static {
    keepsNoGradient.add(this);
  }
  constructor(...given: OptimizerArgs<typeof signatureW, AdamOptions>) {
    const [params, options] = bindOptimizer(signatureW, given);
    super(params, { ...options, decoupled_weight_decay: true });
  }
  override load_state_dict(state_dict: OptimizerStateDict<AdamOptions, AdamState>): void {
    super.load_state_dict(state_dict);
    for (const group of this.param_groups) group.decoupled_weight_decay = true;
  }
}
