// Window functions of signal processing.
import type { Dtype } from "../../base/dtype.ts";
import { get_default_dtype } from "../../base/dtype.ts";
import { RuntimeError } from "../../base/errors.ts";
import { modifiedI } from "../../kernel/formulas/bessel.ts";
import { compute } from "../../kinds/kernels.ts";
import { define, op } from "../../dispatch/declare.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { fromTyped, hostZeros } from "./from_data.ts";

/** A window of `length` values; `periodic` ones are the first of a window one longer, for spectra. */
function window(length: number, periodic: boolean, dtype: Dtype | null, at: (x: number) => number): Tensor {
  if (length < 0) throw new RuntimeError(`window_length must be non-negative, got ${length}`);
  const steps = length === 1 ? 1 : length - (periodic ? 0 : 1);
  const values = hostZeros(length).map((_, i) => (length === 1 ? 1 : at(i / steps)));
  return fromTyped(values, [length], dtype ?? get_default_dtype());
}
const cosine = (x: number, k = 1): number => Math.cos(2 * Math.PI * k * x);
/** A triangle, 0 at the ends. */
export const bartlett_window = op(
  "bartlett_window(int window_length, bool periodic=True, *, dtype? dtype=None, device? device=None, layout? layout=None) -> Tensor",
);
define(bartlett_window, {
  kernel: compute(({ window_length, periodic, dtype }) =>
    window(window_length, periodic, dtype, (x) => 1 - Math.abs(2 * x - 1)),
  ),
});
/** A raised cosine, 0 at the ends. */
export const hann_window = op(
  "hann_window(int window_length, bool periodic=True, *, dtype? dtype=None, device? device=None, layout? layout=None) -> Tensor",
);
define(hann_window, {
  kernel: compute(({ window_length, periodic, dtype }) =>
    window(window_length, periodic, dtype, (x) => 0.5 - 0.5 * cosine(x)),
  ),
});
/** A raised cosine on a pedestal. */
export const hamming_window = op(
  "hamming_window(int window_length, bool periodic=True, float alpha=0.54, float beta=0.46, *, dtype? dtype=None, device? device=None, layout? layout=None) -> Tensor",
);
define(hamming_window, {
  kernel: compute(({ window_length, periodic, alpha, beta, dtype }) =>
    window(window_length, periodic, dtype, (x) => alpha - beta * cosine(x)),
  ),
});
/** Blackman's sum of two cosines. */
export const blackman_window = op(
  "blackman_window(int window_length, bool periodic=True, *, dtype? dtype=None, device? device=None, layout? layout=None) -> Tensor",
);
define(blackman_window, {
  kernel: compute(({ window_length, periodic, dtype }) =>
    window(window_length, periodic, dtype, (x) => 0.42 - 0.5 * cosine(x) + 0.08 * cosine(x, 2)),
  ),
});
/** Kaiser's window: a Bessel function over half a circle, the sharper the larger `beta`. */
export const kaiser_window = op(
  "kaiser_window(int window_length, bool periodic=True, float beta=12.0, *, dtype? dtype=None, device? device=None, layout? layout=None) -> Tensor",
);
define(kaiser_window, {
  kernel: compute(({ window_length, periodic, beta, dtype }) =>
    window(
      window_length,
      periodic,
      dtype,
      (x) => modifiedI(0, beta * Math.sqrt(Math.max(0, 1 - (2 * x - 1) ** 2))) / modifiedI(0, beta),
    ),
  ),
});
