// torch.gradient: derivatives of sampled functions.
import { RuntimeError } from "../../base/errors.ts";
import { wrapDim } from "../../base/layout.ts";
import type { Scalar } from "../../base/dtype.ts";
import { overload, overloaded } from "../../dispatch/overloads.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { full } from "../creation/creation.ts";
import { cat } from "../views/joining.ts";

export interface GradientOptions {
  /** Distance of the samples: one for all dims, one a dim, or the coordinates themselves. */
  spacing?: number | readonly number[] | readonly Tensor[] | null;
  dim?: number | readonly number[] | null;
  /** 1 or 2: how the derivative at the ends is estimated. */
  edge_order?: number;
}
const SAMPLED = "int[]? dim=None, int edge_order=1";
/**
 * Estimates of the derivative along each dim of a function that was sampled on a grid, by central differences of second
 * order. As `torch.gradient`.
 */
export const gradient = overloaded<(input: Tensor, options?: GradientOptions) => Tensor[]>(
  overload(`gradient(Tensor self, *, Scalar? spacing=None, ${SAMPLED}) -> Tensor[]`, slopes),
  overload(`gradient(Tensor self, *, float[] spacing, ${SAMPLED}) -> Tensor[]`, slopes),
  overload(`gradient(Tensor self, *, Tensor[] spacing, ${SAMPLED}) -> Tensor[]`, slopes),
);
function slopes(
  input: Tensor,
  spacing: Scalar | null | readonly number[] | readonly Tensor[],
  dim: readonly number[] | null,
  edge_order: number,
): Tensor[] {
  const n = input.ndim;
  const given = dim ?? input.shape.map((_, d) => d);
  if (Array.isArray(spacing) && spacing.length !== given.length)
    throw new RuntimeError(
      `torch.gradient expected spacing to be unspecified, a scalar or it's spacing and dim arguments to have the same length, but got a spacing argument of length ${spacing.length} and a dim argument of length ${given.length}.`,
    );
  if (edge_order !== 1 && edge_order !== 2)
    throw new RuntimeError("torch.gradient only supports edge_order=1 and edge_order=2.");
  const dims = given.map((d) => wrapDim(d, n));
  if (new Set(dims).size !== dims.length)
    throw new RuntimeError(
      `dim ${dims.find((d, i) => dims.indexOf(d) !== i)} appears multiple times in the list of dims`,
    );
  for (const d of dims)
    if ((input.shape[d] ?? 0) < edge_order + 1)
      throw new RuntimeError("torch.gradient expected each dimension size to be at least edge_order+1");
  return dims.map((d, i) => {
    const step = Array.isArray(spacing) ? (spacing[i] as number | Tensor) : ((spacing ?? 1) as number | Tensor);
    return along(input, d, step, edge_order);
  });
}
/**
 * At x_i with the steps h to the left and k to the right: (h² f(x+k) + (k² - h²) f(x) - k² f(x-h)) / (h k (h + k)).
 * At an end the difference of two samples, or (second order) the same parabola's derivative there.
 */
function along(f: Tensor, d: number, spacing: number | Tensor, order: number): Tensor {
  const n = f.shape[d];
  const x = spacing instanceof Tensor ? spacing : null;
  if (x !== null && x.numel() !== n)
    throw new RuntimeError(
      `torch.gradient expected each element of 'spacing' to have as many coordinates as the dim has elements, but got ${x.numel()} for ${n}`,
    );
  const steps =
    x === null ? full([n - 1], spacing as number, { dtype: f.is_floating_point() ? f.dtype : null }) : x.diff();
  const wide = (t: Tensor): Tensor => t.reshape(f.shape.map((_, k) => (k === d ? t.numel() : 1)));
  const at = (i: number): Tensor => f.narrow(d, i, 1);
  const slope = (i: number): Tensor =>
    at(i + 1)
      .sub(at(i))
      .div(wide(steps.narrow(0, i, 1)));
  const h = wide(steps.narrow(0, 0, n - 2));
  const k = wide(steps.narrow(0, 1, n - 2));
  const [left, middle, right] = [f.narrow(d, 0, n - 2), f.narrow(d, 1, n - 2), f.narrow(d, 2, n - 2)];
  const inner = right
    .mul(h.mul(h))
    .add(middle.mul(k.mul(k).sub(h.mul(h))))
    .sub(left.mul(k.mul(k)))
    .div(h.mul(k).mul(h.add(k)));
  // The parabola through three samples: its slope at an end, from the slopes of the two steps next to it.
  const end = (near: number, next: number): Tensor => {
    if (order === 1) return slope(near);
    const [a, b] = [wide(steps.narrow(0, near, 1)), wide(steps.narrow(0, next, 1))];
    return slope(near).add(slope(near).sub(slope(next)).mul(a).div(a.add(b)));
  };
  return cat([end(0, 1), inner, end(n - 2, n - 3)], d);
}
