// Window functions of signal processing, composed as PyTorch composes them, in the window's own dtype: so the bits are its.
import { cppName } from "../../base/cpp_names.ts";
import { type Dtype, get_default_dtype } from "../../base/dtype.ts";
import { RuntimeError } from "../../base/errors.ts";
import { compute } from "../../kinds/kernels.ts";
import { define, op } from "../../dispatch/declare.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { i0 } from "../pointwise/special.ts";
import { ones } from "./creation.ts";
import { arange, asLeaf } from "./from_data.ts";

interface Options {
  readonly window_length: number;
  readonly periodic: boolean;
  readonly dtype: Dtype | null;
  readonly requires_grad: boolean;
}
/** Makes a window out of 0, 1, ... `last`; `periodic` ones are the first of a window one longer, for spectra. */
function window(
  name: string,
  { window_length: length, periodic, dtype, requires_grad }: Options,
  make: (places: Tensor, last: number) => Tensor,
): Tensor {
  const to = dtype ?? get_default_dtype();
  if (!to.is_floating_point && !to.is_complex)
    throw new RuntimeError(
      `${name} expects floating point dtypes, got: TensorOptions(dtype=${cppName(to)}, device=cpu, layout=Strided (default), requires_grad=false (default), pinned_memory=false, memory_format=(nullopt))`,
    );
  if (length < 0) throw new RuntimeError(`${name} requires non-negative window_length, got window_length=${length}`);
  const last = periodic ? length : length - 1;
  const made =
    length <= 1 ? ones([length], { dtype: to }) : make(arange(last + 1, { dtype: to }), last).narrow(0, 0, length);
  return asLeaf(made, requires_grad);
}
/** By a factor as the window's dtype has it: PyTorch's own product rounds it there, where that of a program does not. */
const times = (t: Tensor, factor: number): Tensor => t.mul_(t.new_full([], factor));

/** A triangle, 0 at the ends. */
export const bartlett_window = op(
  "bartlett_window(int window_length, bool periodic=True, *, dtype? dtype=None, device? device=None, bool requires_grad=False, layout? layout=None) -> Tensor",
);
define(bartlett_window, {
  kernel: compute((given) =>
    window("bartlett_window", given, (places, last) => {
      const made = times(places, 2 / last);
      const rising = Math.floor(last / 2) + 1;
      made
        .narrow(0, rising, last + 1 - rising)
        .mul_(-1)
        .add_(2);
      return made;
    }),
  ),
});
/** A raised cosine, 0 at the ends. */
export const hann_window = op(
  "hann_window(int window_length, bool periodic=True, *, dtype? dtype=None, device? device=None, bool requires_grad=False, layout? layout=None) -> Tensor",
);
define(hann_window, {
  kernel: compute((given) => window("hann_window", given, (places, last) => raised(places, last, 0.5, 0.5))),
});
/** A raised cosine on a pedestal. */
export const hamming_window = op(
  "hamming_window(int window_length, bool periodic=True, float alpha=0.54, float beta=0.46, *, dtype? dtype=None, device? device=None, bool requires_grad=False, layout? layout=None) -> Tensor",
);
define(hamming_window, {
  kernel: compute((given) =>
    window("hamming_window", given, (places, last) => raised(places, last, given.alpha, given.beta)),
  ),
});
const raised = (places: Tensor, last: number, alpha: number, beta: number): Tensor =>
  times(times(places, (Math.PI * 2) / last).cos_(), -beta).add_(alpha);
/** Blackman's sum of two cosines. */
export const blackman_window = op(
  "blackman_window(int window_length, bool periodic=True, *, dtype? dtype=None, device? device=None, bool requires_grad=False, layout? layout=None) -> Tensor",
);
define(blackman_window, {
  kernel: compute((given) =>
    window("blackman_window", given, (places, last) => {
      const half = times(places, Math.PI / last);
      const waves = (k: number, weight: number): Tensor => times(half.mul(k).cos_(), weight);
      return waves(4, 0.08).sub(waves(2, 0.5)).add(0.42);
    }),
  ),
});
/** Kaiser's window: a Bessel function over half a circle, the sharper the larger `beta`. */
export const kaiser_window = op(
  "kaiser_window(int window_length, bool periodic=True, float beta=12.0, *, dtype? dtype=None, device? device=None, bool requires_grad=False, layout? layout=None) -> Tensor",
);
define(kaiser_window, {
  kernel: compute((given) =>
    window("kaiser_window", given, (places, last) => {
      const at = places
        .sub_(last / 2)
        .div_(last / 2)
        .square_()
        .rsub(1)
        .sqrt_()
        .mul_(given.beta);
      return i0(at).div_(i0(at.new_full([], given.beta)));
    }),
  ),
});
