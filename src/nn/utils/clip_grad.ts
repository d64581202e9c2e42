// Gradients kept within bounds.
import { withGrad } from "../../autograd/mode.ts";
import { Float } from "../../base/dtype.ts";
import { RuntimeError } from "../../base/errors.ts";
import { callable } from "../../dispatch/callable.ts";
import { stack } from "../../ops/views/joining.ts";
import { zeros } from "../../ops/creation/creation.ts";
import { Tensor } from "../../tensor/tensor.ts";

const gradients = (parameters: Tensor | Iterable<Tensor>): Tensor[] =>
  (parameters instanceof Tensor ? [parameters] : [...parameters]).flatMap((p) =>
    p.gradient === null ? [] : [p.gradient],
  );

/**
 * Scales all gradients so that their joint norm is at most `max_norm`; returns the norm before. Raises RuntimeError for a norm
 * that is infinite or NaN, if `error_if_nonfinite`; `foreach` has one answer here. As `torch.nn.utils.clip_grad_norm_`.
 * @example torch.nn.utils.clip_grad_norm_(model.parameters(), 1, { norm_type: 2 });
 */
export const clip_grad_norm_ = callable(
  "clip_grad_norm_(tensors parameters, float max_norm, float norm_type=2.0, bool error_if_nonfinite=False, bool? foreach=None) -> Tensor",
  ({ parameters, max_norm, norm_type, error_if_nonfinite }): Tensor =>
    withGrad(false, () => {
      const grads = gradients(parameters);
      if (grads.length === 0) return zeros([]);
      const total = stack(grads.map((g) => g.norm(norm_type))).norm(norm_type);
      if (error_if_nonfinite && !total.isfinite().item())
        throw new RuntimeError(
          `The total norm of order ${String(new Float(norm_type))} for gradients from \`parameters\` is non-finite, so it cannot be clipped. To disable this error and scale the gradients by the non-finite norm anyway, set \`error_if_nonfinite=False\``,
        );
      const scale = total.add(1e-6).reciprocal().mul(max_norm).clamp({ max: 1 });
      for (const g of grads) g.mul_(scale.to(g.dtype));
      return total;
    }),
);
/** Keeps every element of the gradients between -clip_value and clip_value. As `torch.nn.utils.clip_grad_value_`. */
export const clip_grad_value_ = callable(
  "clip_grad_value_(tensors parameters, float clip_value, bool? foreach=None) -> None",
  ({ parameters, clip_value }): void =>
    withGrad(false, () => {
      for (const g of gradients(parameters)) g.clamp_(-clip_value, clip_value);
    }),
);
