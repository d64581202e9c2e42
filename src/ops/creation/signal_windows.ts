// torch.signal.windows: windows by formula, symmetric unless `sym` is false.
import type { Dtype } from "../../base/dtype.ts";
import { float32, float64, get_default_dtype } from "../../base/dtype.ts";
import { TypeError, ValueError } from "../../base/errors.ts";
import { callable } from "../../dispatch/callable.ts";
import { empty, linspace, ones } from "./creation.ts";
import { arange, asLeaf, tensor } from "./from_data.ts";
import { i0 } from "../pointwise/special.ts";
import { scalarText } from "../../tensor/print.ts";
import type { Tensor } from "../../tensor/tensor.ts";

const OPTIONS = "bool sym=True, dtype? dtype=None, layout? layout=None, device? device=None, bool requires_grad=False";
interface Options {
  readonly M: number;
  readonly sym: boolean;
  readonly dtype: Dtype | null;
  readonly requires_grad: boolean;
}
/** Checks what all windows share, and makes those that have no more than a value. */
function window(
  name: string,
  { M, sym, dtype: given, requires_grad }: Options,
  make: (dtype: Dtype, steps: number) => Tensor,
  ofOne = true,
): Tensor {
  const dtype = given ?? get_default_dtype();
  if (M < 0) throw new ValueError(`${name} requires non-negative window length, got M=${M}`);
  if (dtype !== float32 && dtype !== float64)
    throw new ValueError(`${name} expects float32 or float64 dtypes, got: ${String(dtype)}`);
  const made =
    M === 0 ? empty([0], { dtype }) : M === 1 && ofOne ? ones([1], { dtype }) : make(dtype, sym || M === 1 ? M - 1 : M);
  return asLeaf(made, requires_grad);
}
const text = (x: number): string => scalarText(x, float64);
/** M values from `start` on, `step` apart. */
const steps = (M: number, start: number, step: number, dtype: Dtype): Tensor =>
  linspace(start, start + (M - 1) * step, M, { dtype });

/** Falls off exponentially from `center`, by e every `tau` values. As `torch.signal.windows.exponential`. */
export const exponential = callable<{ center: number | null }>()(
  `exponential(int M, *, object center=None, float tau=1.0, ${OPTIONS}) -> Tensor`,
  (a): Tensor => {
    const check = (dtype: Dtype, n: number): Tensor =>
      steps(a.M, -(a.center ?? n / 2) / a.tau, 1 / a.tau, dtype)
        .abs()
        .neg()
        .exp();
    if (a.M >= 0 && a.tau <= 0) throw new ValueError(`Tau must be positive, got: ${text(a.tau)} instead.`);
    if (a.M >= 0 && a.sym && a.center !== null) throw new ValueError("Center must be None for symmetric windows");
    return window("exponential", a, check, false);
  },
);
/** Half a sine wave. As `torch.signal.windows.cosine`. */
export const cosine = callable(`cosine(int M, *, ${OPTIONS}) -> Tensor`, (a): Tensor =>
  window(
    "cosine",
    a,
    (dtype) => {
      const step = Math.PI / (!a.sym && a.M > 1 ? a.M + 1 : a.M);
      return steps(a.M, 0.5 * step, step, dtype).sin();
    },
    false,
  ),
);
/** A bell, of that standard deviation in values. As `torch.signal.windows.gaussian`. */
export const gaussian = callable(`gaussian(int M, *, float std=1.0, ${OPTIONS}) -> Tensor`, (a): Tensor => {
  if (a.M >= 0 && a.std <= 0) throw new ValueError(`Standard deviation must be positive, got: ${text(a.std)} instead.`);
  const step = 1 / (a.std * Math.SQRT2);
  return window(
    "gaussian",
    a,
    (dtype, n) =>
      steps(a.M, (-n / 2) * step, step, dtype)
        .square()
        .neg()
        .exp(),
    false,
  );
});
/** Kaiser's window: a Bessel function over half a circle. As `torch.signal.windows.kaiser`. */
export const kaiser = callable(`kaiser(int M, *, float beta=12.0, ${OPTIONS}) -> Tensor`, (a): Tensor => {
  if (a.M >= 0 && a.beta < 0) throw new ValueError(`beta must be non-negative, got: ${text(a.beta)} instead.`);
  return window("kaiser", a, (dtype, n) => {
    const beta = tensor(a.beta, { dtype });
    const k = steps(a.M, -a.beta, (2 * a.beta) / n, dtype).clamp({ max: a.beta });
    return i0(beta.square().sub(k.square()).sqrt()).div(i0(beta));
  });
});
/** A triangle. As `torch.signal.windows.bartlett`. */
export const bartlett = callable(`bartlett(int M, *, ${OPTIONS}) -> Tensor`, (a): Tensor =>
  window("bartlett", a, (dtype, n) =>
    steps(a.M, -1, 2 / n, dtype)
      .abs()
      .rsub(1),
  ),
);
function cosines(name: string, a: Options, weights: readonly number[]): Tensor {
  return window(name, a, (dtype, n) => {
    const k = steps(a.M, 0, (2 * Math.PI) / n, dtype);
    const signed = tensor(
      weights.map((w, i) => (i % 2 === 0 ? w : -w)),
      { dtype },
    );
    const i = arange(weights.length, { dtype });
    return signed.unsqueeze(-1).mul(i.unsqueeze(-1).mul(k).cos()).sum(0);
  });
}
/** A sum of cosines of 0, 1, ... waves, with alternating signs. As `torch.signal.windows.general_cosine`. */
export const general_cosine = callable<{ a: readonly number[] }>()(
  `general_cosine(int M, *, object a, ${OPTIONS}) -> Tensor`,
  (given): Tensor => {
    const many = given.M > 1;
    if (many && !Array.isArray(given.a)) throw new TypeError("Coefficients must be a list/tuple");
    if (many && given.a.length === 0) throw new ValueError("Coefficients cannot be empty");
    return cosines("general_cosine", given, given.a);
  },
);
/** alpha - (1 - alpha) times a cosine. As `torch.signal.windows.general_hamming`. */
export const general_hamming = callable(
  `general_hamming(int M, *, float alpha=0.54, ${OPTIONS}) -> Tensor`,
  (a): Tensor => cosines("general_cosine", a, [a.alpha, 1 - a.alpha]),
);
/** A raised cosine on a pedestal. As `torch.signal.windows.hamming`. */
export const hamming = callable(`hamming(int M, *, ${OPTIONS}) -> Tensor`, (a): Tensor =>
  cosines("general_cosine", a, [0.54, 1 - 0.54]),
);
/** A raised cosine. As `torch.signal.windows.hann`. */
export const hann = callable(`hann(int M, *, ${OPTIONS}) -> Tensor`, (a): Tensor =>
  cosines("general_cosine", a, [0.5, 0.5]),
);
/** Blackman's sum of cosines. As `torch.signal.windows.blackman`. */
export const blackman = callable(`blackman(int M, *, ${OPTIONS}) -> Tensor`, (a): Tensor =>
  cosines("blackman", a, [0.42, 0.5, 0.08]),
);
/** Nuttall's sum of four cosines. As `torch.signal.windows.nuttall`. */
export const nuttall = callable(`nuttall(int M, *, ${OPTIONS}) -> Tensor`, (a): Tensor =>
  cosines("general_cosine", a, [0.3635819, 0.4891775, 0.1365995, 0.0106411]),
);
