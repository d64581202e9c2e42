// The largest elements of windows that are chosen so that there is a given number of them.
import { ended } from "../../../autograd/function.ts";
import { int64 } from "../../../base/dtype.ts";
import { RuntimeError } from "../../../base/errors.ts";
import { list, numel } from "../../../base/layout.ts";
import { define, op } from "../../../dispatch/declare.ts";
import { compute, formatted } from "../../../kinds/kernels.ts";
import type { Tensor } from "../../../tensor/tensor.ts";
import { isAny } from "../../common/looks.ts";
import { arange } from "../../creation/from_data.ts";
import { scatter_add_ } from "../../indexing/indexing.ts";
import { _where } from "../../pointwise/arithmetic.ts";
import { cat } from "../../views/joining.ts";
import { flip } from "../../views/turning.ts";

type Largest = (window: Tensor, d: number) => readonly [values: Tensor, places: Tensor];
const first: Largest = (window, d) => {
  const { values, indices } = window.max(d, true);
  return [values, indices];
};
/** The same of windows with NaN, the last of which is the largest. */
const lastNaN: Largest = (window, d) => {
  const [values, places] = first(window, d);
  const fromBehind = first(flip(window, [d]), d)[1].rsub(window.sizes[d] - 1);
  const chosen = _where(values.isnan(), fromBehind, places);
  return [window.gather(d, chosen), chosen];
};
/** Maxima dim by dim, the last dim first: so of equal elements the first in row-major order is taken. */
function largestOf(self: Tensor, size: readonly number[]): [values: Tensor, indices: Tensor] {
  const lead = self.sizes.length - size.length;
  const spatial = self.sizes.slice(lead);
  const largest = isAny(self.isnan()) ? lastNaN : first;
  let values = self;
  let indices = arange(numel(spatial), { dtype: int64 }).view(spatial).expand(self.sizes);
  for (let d = self.sizes.length - 1; d >= lead; d--) {
    const [n, count] = [self.sizes[d], size[d - lead]];
    const windows = Array.from({ length: count }, (_, k) => {
      const start = Math.floor((k * n) / count);
      return [start, Math.ceil(((k + 1) * n) / count) - start] as const;
    });
    const maxima = windows.map(([start, length]) => largest(values.narrow(d, start, length), d));
    const places = maxima.map((m, k) => indices.narrow(d, windows[k][0], windows[k][1]).gather(d, m[1]));
    indices = cat(places, d);
    values = cat(
      maxima.map((m) => m[0]),
      d,
    );
  }
  return [values, indices];
}
/** Maxima over windows such that the last dims become `output_size`, and where they are in these dims flattened. @internal */
export const _adaptive_max_pool = op(
  "_adaptive_max_pool(Tensor self, int[] output_size) -> (Tensor values, Tensor indices)",
);
define(_adaptive_max_pool, {
  kernel: compute(({ self, output_size }) => {
    const both = largestOf(self, output_size);
    return output_size.length === 2 ? both.map((t) => formatted(t, self)) : both;
  }),
  saves: ["indices"],
  backward: {
    self: ({ grad, sizes, indices, output_size }) => {
      const lead = sizes.self.length - output_size.length;
      const rows = [...sizes.self.slice(0, lead), numel(sizes.self.slice(lead))];
      return scatter_add_(grad.new_zeros(rows), lead, indices.flatten(lead), grad.flatten(lead)).view(sizes.self);
    },
  },
  flat: ["self"],
  node: ({ output_size }) => `AdaptiveMaxPool${output_size.length}DBackward0`,
});

/** What a pool into no windows gives; it has no gradient. @internal */
export function noWindows(input: Tensor, output_size: readonly number[], name: string): Tensor {
  const lead = input.sizes.length - output_size.length;
  const made = input.detach().new_zeros([...input.sizes.slice(0, lead), ...output_size]);
  const called = `${name.includes("max") ? "AdaptiveMaxPool" : "AdaptiveAvgPool"}${name.slice(-2).toUpperCase()}Backward0`;
  return ended(made, input, called, (grad) => {
    throw new RuntimeError(
      `${name}_backward(): Expected grad_output to have non-zero size for non-batch dimensions, but grad_output has sizes ${list(grad.sizes)} with dimension ${grad.sizes.indexOf(0, lead)} being empty`,
    );
  });
}
