// torch.gradient: derivatives of sampled functions.
import { RuntimeError } from "../../base/errors.ts";
import { wrapDim } from "../../base/layout.ts";
import type { Scalar } from "../../base/dtype.ts";
import { overload, overloaded } from "../../dispatch/overloads.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { cat } from "../views/joining.ts";
import { diff } from "../linalg/other_products.ts";

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
/** By steps that are all the same, or by the coordinates of the samples. */
function along(f: Tensor, d: number, spacing: number | Tensor, order: number): Tensor {
  const n = f.shape[d];
  const at = (i: number, length = 1): Tensor => f.narrow(d, i, length);
  if (!(spacing instanceof Tensor)) {
    const inner = at(2, n - 2)
      .sub(at(0, n - 2))
      .div(spacing)
      .div(2);
    const end = (i: number): Tensor =>
      order === 1
        ? at(i + 1).sub(at(i))
        : i === 0
          ? at(0).mul(-1.5).add(at(1).mul(2)).sub(at(2).mul(0.5))
          : at(n - 3)
              .mul(0.5)
              .sub(at(n - 2).mul(2))
              .add(at(n - 1).mul(1.5));
    return cat([end(0).div(spacing), inner, end(n - 2).div(spacing)], d);
  }
  if (spacing.numel() !== n)
    throw new RuntimeError(
      `torch.gradient expected each element of 'spacing' to have as many coordinates as the dim has elements, but got ${spacing.numel()} for ${n}`,
    );
  const steps = diff(spacing);
  const step = (i: number, length = 1): Tensor =>
    steps.narrow(0, i, length).reshape(f.shape.map((_, k) => (k === d ? length : 1)));
  const [h, k] = [step(0, n - 2), step(1, n - 2)];
  const sides = h.add(k);
  const inner = at(0, n - 2)
    .mul(k.neg().div(h.mul(sides)))
    .add(at(1, n - 2).mul(k.sub(h).div(h.mul(k))))
    .add(at(2, n - 2).mul(h.div(k.mul(sides))));
  if (order === 1) {
    const end = (i: number): Tensor =>
      at(i + 1)
        .sub(at(i))
        .div(step(i));
    return cat([end(0), inner, end(n - 2)], d);
  }
  // The slope at an end of the parabola through three samples, of which the last is at the end if `sign` is -1.
  const end = (first: number, a: Tensor, b: Tensor, sign: 1 | -1): Tensor => {
    const both = a.add(b);
    const near = a.mul(2).add(b).div(a.mul(both)).mul(-sign);
    const far = a.div(b.mul(both)).mul(-sign);
    return at(first)
      .mul(sign === 1 ? near : far)
      .add(at(first + 1).mul(both.div(a.mul(b)).mul(sign)))
      .add(at(first + 2).mul(sign === 1 ? far : near));
  };
  return cat([end(0, step(0), step(1), 1), inner, end(n - 3, step(n - 2), step(n - 3), -1)], d);
}
