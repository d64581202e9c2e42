// torch.fft: discrete Fourier transforms of tensors along one dim or several.
import type { Dtype } from "../../base/dtype.ts";
import { complexOf, get_default_dtype } from "../../base/dtype.ts";
import { IndexError, NotImplementedError, RuntimeError } from "../../base/errors.ts";
import { isHalf } from "../../kernel/half.ts";
import { wrapDim } from "../../base/layout.ts";
import { composite, compute } from "../../kinds/kernels.ts";
import { define, op } from "../../dispatch/declare.ts";
import type { Values } from "../../dispatch/signature.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { arange } from "../creation/from_data.ts";
import { _fft_c2c, _fft_c2r, _fft_r2c, resized } from "./transforms.ts";
import type { Normalization } from "./transforms.ts";
import { roll } from "../views/turning.ts";

function normalizationOf(norm: string | null, forward: boolean): Normalization {
  if (norm === null || norm === "backward") return forward ? 0 : 2;
  if (norm === "forward") return forward ? 2 : 0;
  if (norm === "ortho") return 1;
  throw new RuntimeError(`Invalid normalization mode: "${norm}"`);
}

function dimOf(d: number, ndim: number): number {
  if (ndim === 0) throw new IndexError(`Dimension specified as ${d} but tensor has no dimensions`);
  return wrapDim(d, ndim);
}
const isComplex = (t: Tensor): boolean => t.dtype.is_complex;
function floats(t: Tensor): Tensor {
  if (isHalf(t.dtype)) throw new NotImplementedError(`Unsupported dtype ${t.dtype.legacyName}`);
  return t.dtype.is_differentiable ? t : t.to(get_default_dtype());
}
function complexes(t: Tensor): Tensor {
  const x = floats(t);
  return isComplex(x) ? x : x.to(complexOf(x.dtype));
}
function assertReal(name: string, t: Tensor, word: string): void {
  if (isComplex(t)) throw new RuntimeError(`${name} expects a ${word} input tensor, but got ${t.dtype.legacyName}`);
}
function assertPoints(n: number): number {
  if (n < 1) throw new RuntimeError(`Invalid number of data points (${n}) specified`);
  return n;
}
type One = Values<"f(Tensor input, int? n=None, int dim=-1, str? norm=None) -> Tensor">;
type Several = Values<"f(Tensor input, int[]? s=None, int[]? dim=None, str? norm=None) -> Tensor">;

/** One dim, complex output of as many points: fft and ifft. */
function alongOne({ input, n, dim, norm }: One, forward: boolean): Tensor {
  const x = floats(input);
  const d = dimOf(dim, x.sizes.length);
  const points = assertPoints(n ?? x.sizes[d]);
  const whole = resized(x, [d], [points]);
  const by = normalizationOf(norm, forward);
  if (isComplex(x)) return _fft_c2c(whole, [d], by, forward);
  const out = _fft_r2c(whole, [d], by, false);
  return forward ? out : out.conj();
}
/** One dim, real input: rfft and ihfft. */
function fromReal(name: string, { input, n, dim, norm }: One, forward: boolean): Tensor {
  assertReal(name, input, "real");
  const x = floats(input);
  const d = dimOf(dim, x.sizes.length);
  const points = assertPoints(n ?? x.sizes[d]);
  const out = _fft_r2c(resized(x, [d], [points]), [d], normalizationOf(norm, forward), true);
  return forward ? out : out.conj();
}
/** One dim, real output: irfft and hfft. */
function toReal({ input, n, dim, norm }: One, forward: boolean): Tensor {
  const x = complexes(input);
  const d = dimOf(dim, x.sizes.length);
  const points = assertPoints(n ?? 2 * (x.sizes[d] - 1));
  const half = n === null ? x : resized(x, [d], [Math.floor(points / 2) + 1]);
  return _fft_c2r(forward ? half.conj() : half, [d], normalizationOf(norm, forward), points);
}

/** The dims of a transform over several, and their sizes. */
function dimsAndSizes({ input, s, dim }: Several): { dims: number[]; sizes: number[] } {
  const ndim = input.sizes.length;
  if (s !== null && dim !== null && s.length !== dim.length)
    throw new RuntimeError("When given, dim and shape arguments must have the same length");
  if (s !== null && s.length > ndim)
    throw new RuntimeError(`Got shape with ${s.length} values but input tensor only has ${ndim} dimensions.`);
  const all = input.sizes.map((_, d) => d);
  const dims = dim !== null ? dim.map((d) => dimOf(d, ndim)) : s !== null ? all.slice(ndim - s.length) : all;
  if (new Set(dims).size !== dims.length) throw new RuntimeError("FFT dims must be unique");
  const sizes = dims.map((d, i) => (s === null || s[i] === -1 ? input.sizes[d] : s[i]));
  return { dims, sizes };
}
function over(args: Several, forward: boolean): Tensor {
  const { dims, sizes } = dimsAndSizes(args);
  sizes.forEach(assertPoints);
  const x = complexes(args.input);
  return _fft_c2c(resized(x, dims, sizes), dims, normalizationOf(args.norm, forward), forward);
}
function overFromReal(name: string, args: Several): { x: Tensor; dims: number[] } {
  assertReal(name, args.input, "real-valued");
  const { dims, sizes } = dimsAndSizes(args);
  if (dims.length === 0) throw new RuntimeError(`${name} must transform at least one axis`);
  sizes.forEach(assertPoints);
  return { x: resized(floats(args.input), dims, sizes), dims };
}
function overToReal(name: string, args: Several): { x: Tensor; dims: number[]; last: number } {
  const { dims, sizes } = dimsAndSizes(args);
  if (dims.length === 0) throw new RuntimeError(`${name} must transform at least one axis`);
  const given = args.s?.at(-1) ?? -1;
  const last = assertPoints(given === -1 ? 2 * (args.input.sizes[dims.at(-1)!] - 1) : given);
  sizes[sizes.length - 1] = Math.floor(last / 2) + 1;
  sizes.forEach(assertPoints);
  return { x: resized(complexes(args.input), dims, sizes), dims, last };
}
function hermitian(args: Several): Tensor {
  const { x, dims, last } = overToReal("hfftn", args);
  const by = normalizationOf(args.norm, true);
  const inner = dims.length > 1 ? _fft_c2c(x, dims.slice(0, -1), by, true) : x;
  return _fft_c2r(inner.conj(), dims.slice(-1), by, last);
}
function inverseHermitian(args: Several): Tensor {
  const { x, dims } = overFromReal("ihfftn", args);
  const by = normalizationOf(args.norm, false);
  const half = _fft_r2c(x, dims.slice(-1), by, true).conj();
  return dims.length > 1 ? _fft_c2c(half, dims.slice(0, -1), by, false) : half;
}
function inverseReal(args: Several): Tensor {
  const { x, dims, last } = overToReal("irfftn", args);
  return _fft_c2r(x, dims, normalizationOf(args.norm, false), last);
}
function realOver(args: Several): Tensor {
  const { x, dims } = overFromReal("rfftn", args);
  return _fft_r2c(x, dims, normalizationOf(args.norm, true), true);
}

// ---- the functions of torch.fft

/**
 * The transform of `n` points along `dim` (input is cut off or continued by zeros): complex64 or complex128. `norm`:
 * "backward" (not divided, the default), "ortho" (by √n), "forward" (by n). Raises RuntimeError for n < 1. As `torch.fft.fft`.
 * @example torch.fft.fft(torch.tensor([1, 2, 3, 4])) // tensor([10.+0.j, -2.+2.j, -2.+0.j, -2.-2.j])
 */
export const fft = op("fft_fft(Tensor input, int? n=None, int dim=-1, str? norm=None) -> Tensor");
define(fft, { kernel: composite((args) => alongOne(args, true)) });
/** The inverse of {@link fft}: divided by n, unless `norm` says otherwise. As `torch.fft.ifft`. */
export const ifft = op("fft_ifft(Tensor input, int? n=None, int dim=-1, str? norm=None) -> Tensor");
define(ifft, { kernel: composite((args) => alongOne(args, false)) });
/** {@link fft} of real numbers: the first ⌊n/2⌋ + 1 points, the rest being their conjugates. As `torch.fft.rfft`. */
export const rfft = op("fft_rfft(Tensor input, int? n=None, int dim=-1, str? norm=None) -> Tensor");
define(rfft, { kernel: composite((args) => fromReal("rfft", args, true)) });
/** The inverse of {@link rfft}: `n` real numbers, 2(m - 1) for m points if it is not given. As `torch.fft.irfft`. */
export const irfft = op("fft_irfft(Tensor input, int? n=None, int dim=-1, str? norm=None) -> Tensor");
define(irfft, { kernel: composite((args) => toReal(args, false)) });
/** {@link fft} of a signal whose later half is the conjugate of its first, which is given: real. As `torch.fft.hfft`. */
export const hfft = op("fft_hfft(Tensor input, int? n=None, int dim=-1, str? norm=None) -> Tensor");
define(hfft, { kernel: composite((args) => toReal(args, true)) });
/** The inverse of {@link hfft}. As `torch.fft.ihfft`. */
export const ihfft = op("fft_ihfft(Tensor input, int? n=None, int dim=-1, str? norm=None) -> Tensor");
define(ihfft, { kernel: composite((args) => fromReal("ihfft", args, false)) });

/** {@link fft} over the dims `dim` (all if not given, or the last ones that `s` has sizes for). As `torch.fft.fftn`. */
export const fftn = op("fft_fftn(Tensor input, int[]? s=None, int[]? dim=None, str? norm=None) -> Tensor");
define(fftn, { kernel: composite((args) => over(args, true)) });
/** The inverse of {@link fftn}. As `torch.fft.ifftn`. */
export const ifftn = op("fft_ifftn(Tensor input, int[]? s=None, int[]? dim=None, str? norm=None) -> Tensor");
define(ifftn, { kernel: composite((args) => over(args, false)) });
/** {@link fftn} of real numbers; the last dim is halved as by {@link rfft}. As `torch.fft.rfftn`. */
export const rfftn = op("fft_rfftn(Tensor input, int[]? s=None, int[]? dim=None, str? norm=None) -> Tensor");
define(rfftn, { kernel: composite(realOver) });
/** The inverse of {@link rfftn}. As `torch.fft.irfftn`. */
export const irfftn = op("fft_irfftn(Tensor input, int[]? s=None, int[]? dim=None, str? norm=None) -> Tensor");
define(irfftn, { kernel: composite(inverseReal) });
/** {@link hfft} in the last dim, {@link fft} in the others. As `torch.fft.hfftn`. */
export const hfftn = op("fft_hfftn(Tensor input, int[]? s=None, int[]? dim=None, str? norm=None) -> Tensor");
define(hfftn, { kernel: composite(hermitian) });
/** The inverse of {@link hfftn}. As `torch.fft.ihfftn`. */
export const ihfftn = op("fft_ihfftn(Tensor input, int[]? s=None, int[]? dim=None, str? norm=None) -> Tensor");
define(ihfftn, { kernel: composite(inverseHermitian) });

/** {@link fftn} over two dims. As `torch.fft.fft2`. */
export const fft2 = op("fft_fft2(Tensor input, int[]? s=None, int[] dim=[-2,-1], str? norm=None) -> Tensor");
define(fft2, { kernel: composite((args) => over(args, true)) });
/** The inverse of {@link fft2}. As `torch.fft.ifft2`. */
export const ifft2 = op("fft_ifft2(Tensor input, int[]? s=None, int[] dim=[-2,-1], str? norm=None) -> Tensor");
define(ifft2, { kernel: composite((args) => over(args, false)) });
/** {@link rfftn} over two dims. As `torch.fft.rfft2`. */
export const rfft2 = op("fft_rfft2(Tensor input, int[]? s=None, int[] dim=[-2,-1], str? norm=None) -> Tensor");
define(rfft2, { kernel: composite(realOver) });
/** The inverse of {@link rfft2}. As `torch.fft.irfft2`. */
export const irfft2 = op("fft_irfft2(Tensor input, int[]? s=None, int[] dim=[-2,-1], str? norm=None) -> Tensor");
define(irfft2, { kernel: composite(inverseReal) });
/** {@link hfftn} over two dims. As `torch.fft.hfft2`. */
export const hfft2 = op("fft_hfft2(Tensor input, int[]? s=None, int[] dim=[-2,-1], str? norm=None) -> Tensor");
define(hfft2, { kernel: composite(hermitian) });
/** The inverse of {@link hfft2}. As `torch.fft.ihfft2`. */
export const ihfft2 = op("fft_ihfft2(Tensor input, int[]? s=None, int[] dim=[-2,-1], str? norm=None) -> Tensor");
define(ihfft2, { kernel: composite(inverseHermitian) });

/**
 * The frequencies of the points of {@link fft}, in cycles per unit, for samples `d` units apart. As `torch.fft.fftfreq`.
 * @example torch.fft.fftfreq(5) // tensor([ 0.0000,  0.2000,  0.4000, -0.4000, -0.2000])
 */
export const fftfreq = op(
  "fft_fftfreq(int n, float d=1.0, *, dtype? dtype=None, device? device=None, bool requires_grad=False, layout? layout=None) -> Tensor",
);
define(fftfreq, {
  kernel: compute(({ n, d, dtype, requires_grad }) => {
    assertFractions("fftfreq", dtype);
    const place = arange(n, { dtype: dtype ?? get_default_dtype() });
    const folded = place.sub(place.ge(Math.floor((n + 1) / 2)).mul(n));
    return folded.mul(1 / (n * d)).requires_grad_(requires_grad);
  }),
});
/** The frequencies of the points of {@link rfft}. As `torch.fft.rfftfreq`. */
export const rfftfreq = op(
  "fft_rfftfreq(int n, float d=1.0, *, dtype? dtype=None, device? device=None, bool requires_grad=False, layout? layout=None) -> Tensor",
);
define(rfftfreq, {
  kernel: compute(({ n, d, dtype, requires_grad }) => {
    assertFractions("rfftfreq", dtype);
    const place = arange(Math.floor(n / 2) + 1, { dtype: dtype ?? get_default_dtype() });
    return place.mul(1 / (n * d)).requires_grad_(requires_grad);
  }),
});
function assertFractions(name: string, dtype: Dtype | null): void {
  if (dtype?.is_differentiable === false) throw new RuntimeError(`${name} requires a floating point or complex dtype`);
}
/** The points turned so that frequency 0 is in the middle, along `dim` (all if not given). As `torch.fft.fftshift`. */
export const fftshift = op("fft_fftshift(Tensor input, int[]? dim=None) -> Tensor");
define(fftshift, { kernel: composite(({ input, dim }) => turned(input, dim, (n) => Math.floor(n / 2))) });
/** The inverse of {@link fftshift}. As `torch.fft.ifftshift`. */
export const ifftshift = op("fft_ifftshift(Tensor input, int[]? dim=None) -> Tensor");
define(ifftshift, { kernel: composite(({ input, dim }) => turned(input, dim, (n) => Math.floor((n + 1) / 2))) });
function turned(input: Tensor, dim: readonly number[] | null, by: (n: number) => number): Tensor {
  const dims = (dim ?? input.sizes.map((_, d) => d)).map((d) => dimOf(d, input.sizes.length));
  return dims.length === 0
    ? input.clone()
    : roll(
        input,
        dims.map((d) => by(input.sizes[d])),
        dims,
      );
}
