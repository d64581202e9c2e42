// Gradients kept within bounds.
import { no_grad } from "../autograd/mode.ts";
import { Float } from "../dtype.ts";
import { RuntimeError } from "../errors.ts";
import { bind } from "../op/bind.ts";
import { parseSchema } from "../op/schema.ts";
import { stack } from "../ops/view.ts";
import { zeros } from "../ops/creation.ts";
import { Tensor } from "../tensor.ts";

const gradients = (parameters: Tensor | Iterable<Tensor>): Tensor[] =>
  (parameters instanceof Tensor ? [parameters] : [...parameters]).flatMap((p) =>
    p.gradient === null ? [] : [p.gradient],
  );

export interface ClipOptions {
  /** Raise for a norm that is infinite or NaN. */
  error_if_nonfinite?: boolean;
  /** Has one answer here. */
  foreach?: boolean | null;
}
const CLIP_NORM = parseSchema(
  "clip_grad_norm_(object parameters, float max_norm, float norm_type=2.0, bool error_if_nonfinite=False, bool? foreach=None) -> Tensor",
);
const CLIP_VALUE = parseSchema("clip_grad_value_(object parameters, float clip_value, bool? foreach=None) -> None");
/** Scales all gradients so that their joint norm is at most `max_norm`; returns the norm before. */
export function clip_grad_norm_(
  parameters: Tensor | Iterable<Tensor>,
  max_norm: number,
  options?: ClipOptions & { norm_type?: number },
): Tensor;
export function clip_grad_norm_(
  parameters: Tensor | Iterable<Tensor>,
  max_norm: number,
  norm_type?: number,
  options?: ClipOptions,
): Tensor;
export function clip_grad_norm_(...given: unknown[]): Tensor {
  const [parameters, max_norm, norm_type, error_if_nonfinite] = bind(CLIP_NORM, given) as [
    Tensor | Iterable<Tensor>,
    number,
    number,
    boolean,
  ];
  return no_grad(() => {
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
  });
}
/** Keeps every element of the gradients between -clip_value and clip_value. */
export function clip_grad_value_(
  parameters: Tensor | Iterable<Tensor>,
  clip_value: number,
  options?: { foreach?: boolean | null },
): void;
export function clip_grad_value_(...given: unknown[]): void {
  const [parameters, clip_value] = bind(CLIP_VALUE, given) as [Tensor | Iterable<Tensor>, number];
  no_grad(() => {
    for (const g of gradients(parameters)) g.clamp_(-clip_value, clip_value);
  });
}
