// Gradients kept within bounds.
import { withGrad } from "../../autograd/mode.ts";
import { float64 } from "../../base/dtype.ts";
import { RuntimeError, warn } from "../../base/errors.ts";
import { callable } from "../../dispatch/callable.ts";
import { stack } from "../../ops/views/joining.ts";
import { zeros } from "../../ops/creation/creation.ts";
import { scalarText } from "../../tensor/print.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { pieces } from "./pieces.ts";

const gradients = (parameters: Tensor | Iterable<Tensor>): Tensor[] =>
  (parameters instanceof Tensor ? [parameters] : [...parameters]).flatMap((p) =>
    p.gradient === null ? [] : [p.gradient],
  );

type Options = Readonly<{ max_norm: number; norm_type: number; error_if_nonfinite: boolean }>;
function totalNorm(tensors: readonly Tensor[], { norm_type, error_if_nonfinite }: Omit<Options, "max_norm">): Tensor {
  if (tensors.length === 0) return zeros([]);
  const own = tensors.map((g) => g.norm(norm_type));
  const total = stack(pieces.norms?.(tensors, own, norm_type) ?? own).norm(norm_type);
  if (error_if_nonfinite && !total.isfinite().item())
    throw new RuntimeError(
      `The total norm of order ${scalarText(norm_type, float64)} for gradients from \`parameters\` is non-finite, so it cannot be clipped. To disable this error and scale the gradients by the non-finite norm anyway, set \`error_if_nonfinite=False\``,
    );
  return total;
}
function scaled(grads: readonly Tensor[], max_norm: number, total: Tensor): void {
  const scale = total.add(1e-6).reciprocal().mul(max_norm).clamp({ max: 1 });
  for (const g of grads) g.mul_(scale.to(g.dtype));
}
/**
 * Scales all gradients so that their joint norm is at most `max_norm`; returns the norm before. Raises RuntimeError for a norm
 * that is infinite or NaN, if `error_if_nonfinite`; `foreach` has one answer here. As `torch.nn.utils.clip_grad_norm_`.
 * @example torch.nn.utils.clip_grad_norm_(model.parameters(), 1, { norm_type: 2 });
 */
export const clip_grad_norm_ = callable(
  "clip_grad_norm_(tensors parameters, float max_norm, float norm_type=2.0, bool error_if_nonfinite=False, bool? foreach=None) -> Tensor",
  ({ parameters, ...options }): Tensor => clipped(parameters, options),
);
function clipped(parameters: Tensor | Iterable<Tensor>, options: Options): Tensor {
  return withGrad(false, () => {
    const grads = gradients(parameters);
    const total = totalNorm(grads, options);
    if (grads.length > 0) scaled(grads, options.max_norm, total);
    return total;
  });
}
/** @deprecated {@link clip_grad_norm_} */
export const clip_grad_norm = callable(
  "clip_grad_norm(tensors parameters, float max_norm, float norm_type=2.0, bool error_if_nonfinite=False, bool? foreach=None) -> Tensor",
  ({ parameters, ...options }): Tensor => {
    warn(
      "`torch.nn.utils.clip_grad_norm` is now deprecated in favor of `torch.nn.utils.clip_grad_norm_`.",
      "FutureWarning",
    );
    return clipped(parameters, options);
  },
);
/** The joint norm of tensors, of their norms. Raises as {@link clip_grad_norm_}. As `torch.nn.utils.get_total_norm`. */
export const get_total_norm = callable(
  "get_total_norm(tensors tensors, float norm_type=2.0, bool error_if_nonfinite=False, bool? foreach=None) -> Tensor",
  ({ tensors, ...options }): Tensor =>
    withGrad(false, () => totalNorm(tensors instanceof Tensor ? [tensors] : [...tensors], options)),
);
/** Scales all gradients by a norm that is known. As `torch.nn.utils.clip_grads_with_norm_`. */
export const clip_grads_with_norm_ = callable(
  "clip_grads_with_norm_(tensors parameters, float max_norm, Tensor total_norm, bool? foreach=None) -> None",
  ({ parameters, max_norm, total_norm }): void =>
    withGrad(false, () => scaled(gradients(parameters), max_norm, total_norm)),
);
/** Keeps every element of the gradients between -clip_value and clip_value. As `torch.nn.utils.clip_grad_value_`. */
export const clip_grad_value_ = callable(
  "clip_grad_value_(tensors parameters, float clip_value, bool? foreach=None) -> None",
  ({ parameters, clip_value }): void =>
    withGrad(false, () => {
      for (const g of gradients(parameters)) g.clamp_(-clip_value, clip_value);
    }),
);
