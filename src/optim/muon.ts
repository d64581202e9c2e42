import { bfloat16 } from "../base/dtype.ts";
import { ValueError } from "../base/errors.ts";
import { addmm } from "../ops/linalg/matmul.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { bindOptimizer } from "./arguments.ts";
import type { OptimizerArgs, OptionsOf } from "./arguments.ts";
import { requireThat } from "./options.ts";
import { keepsNoGradient, Optimizer } from "./optimizer.ts";
import type { ParamGroup } from "./optimizer.ts";

const signature =
  "Muon(object params, float lr=0.001, float weight_decay=0.1, float momentum=0.95, bool nesterov=True, float[] ns_coefficients=[3.4445,-4.775,2.0315], float eps=1e-07, int ns_steps=5, str? adjust_lr_fn=None) -> Optimizer";
export type MuonOptions = OptionsOf<typeof signature>;

/** How the rate depends on the shape of the parameter. */
const ADJUST: Readonly<Record<string, (rows: number, columns: number) => number>> = {
  original: (rows, columns) => Math.sqrt(Math.max(1, rows / columns)),
  /** As large a step as AdamW's. */
  match_rms_adamw: (rows, columns) => 0.2 * Math.sqrt(Math.max(rows, columns)),
};

/**
 * Muon, as `torch.optim.Muon`: for matrices only. The mean of the gradients, with the rate `momentum`, is made nearly
 * orthogonal, by `ns_steps` Newton-Schulz iterations in bfloat16, and taken from the parameter, which first shrinks by
 * lr · weight_decay. `adjust_lr_fn` "original" (the default) or "match_rms_adamw" scales the rate by the shape.
 *
 * Raises ValueError for options out of range and for parameters that are no matrices. Source: Jordan et al., "Muon: an
 * optimizer for hidden layers in neural networks", 2024.
 * @example
 * const optimizer = new optim.Muon([model.hidden.weight], { lr: 0.02 });
 */
export class Muon extends Optimizer<MuonOptions, { momentum_buffer: Tensor }> {
  static {
    keepsNoGradient.add(this);
  }
  constructor(...given: OptimizerArgs<typeof signature>) {
    const [params, options] = bindOptimizer(signature, given);
    const { lr, momentum, weight_decay, adjust_lr_fn } = options;
    requireThat(lr >= 0, "Learning rate should be >= 0", lr);
    requireThat(momentum >= 0, "momentum should be >= 0", momentum);
    requireThat(weight_decay >= 0, "weight decay should be >= 0", weight_decay);
    if (adjust_lr_fn !== null && !Object.hasOwn(ADJUST, adjust_lr_fn))
      throw new ValueError(`Adjust learning rate function ${adjust_lr_fn} is not supported`);
    super(params, options);
    for (const group of this.param_groups)
      for (const p of group.params)
        if (p.sizes.length !== 2)
          throw new ValueError(
            `Muon only supports 2D parameters whereas we found a parameter with size: ${String(p.shape)}`,
          );
  }

  protected override update(param: Tensor, grad: Tensor, group: ParamGroup<MuonOptions>): void {
    const { lr, weight_decay, momentum, nesterov, adjust_lr_fn } = group;
    const { momentum_buffer } = this.stateOf(param, () => ({ momentum_buffer: param.zeros_like() }));
    momentum_buffer.lerp_(grad, 1 - momentum);
    const direction = orthogonalized(nesterov ? grad.lerp(momentum_buffer, momentum) : momentum_buffer, group);
    const [rows, columns] = param.sizes;
    param.mul_(1 - lr * weight_decay);
    param.add_(direction, { alpha: -lr * ADJUST[adjust_lr_fn ?? "original"](rows, columns) });
  }
}

/** A matrix of the same singular vectors, whose singular values are near 1: x ← a x + b (x xᵀ) x + c (x xᵀ)² x. */
function orthogonalized(matrix: Tensor, { ns_coefficients, ns_steps, eps }: MuonOptions): Tensor {
  if (ns_steps >= 100) throw new ValueError("Number of steps must be less than 100 for computational efficiency");
  if (ns_coefficients.length !== 3) throw new ValueError("Coefficients must be a tuple of exactly 3 values");
  const [a, b, c] = ns_coefficients;
  const tall = matrix.sizes[0] > matrix.sizes[1];
  let x = (tall ? matrix.t() : matrix).to(bfloat16);
  x = x.div(x.norm().clamp(eps));
  for (let i = 0; i < ns_steps; i++) {
    const gram = x.matmul(x.t());
    x = addmm(x, addmm(gram, gram, gram, { beta: b, alpha: c }), x, { beta: a });
  }
  return tall ? x.t() : x;
}
