// Short-time Fourier transforms: the spectra of a signal's overlapping frames, and the signal of such spectra.
import { IndexError, RuntimeError, warn } from "../../base/errors.ts";
import { list } from "../../base/layout.ts";
import { callable } from "../../dispatch/callable.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { ones, zeros } from "../creation/creation.ts";
import { arange } from "../creation/from_data.ts";
import { pad } from "../nn/vision/padding.ts";
import { fft, ifft, irfft, rfft } from "./functions.ts";
import { unfold } from "../views/view.ts";
import { index_add } from "../indexing/indexing.ts";

const flag = (x: boolean | null): string => (x === null ? "None" : String(Number(x)));
const windowText = (window: Tensor | null): string =>
  window === null ? "None" : `torch.${window.dtype.legacyName}Tensor{${list(window.sizes)}}`;
const told = new Set<string>();
/** Says once what comes of a window that was not given. */
function warnOfNoWindow(advice: string): void {
  if (told.has(advice)) return;
  told.add(advice);
  warn(
    `A window was not provided. A rectangular window will be applied${advice}To suppress this warning and use a rectangular window, explicitly set \`window=torch.ones(n_fft, device=<device>)\`.`,
  );
}
/** A window in the middle of `n_fft` zeros. */
function widened(window: Tensor, n_fft: number): Tensor {
  const missing = n_fft - window.sizes[0];
  if (missing === 0) return window;
  const left = Math.floor(missing / 2);
  return pad(window, [left, missing - left]);
}

/**
 * The Fourier transforms of the frames of a signal, [L] or [N, L]: `n_fft` values every `hop_length` (a quarter of that),
 * times `window`. The result is [N, frequencies, frames]; of real signals the frequencies from zero on alone. With `center`
 * frame t is around t · hop_length. Raises RuntimeError for sizes that do not fit.
 * @example torch.stft(torch.randn(400), { n_fft: 64, window: torch.hann_window(64), return_complex: true })
 */
export const stft = callable(
  "stft(Tensor input, int n_fft, int? hop_length=None, int? win_length=None, Tensor? window=None, bool center=True, str pad_mode='reflect', bool normalized=False, bool? onesided=None, bool? return_complex=None, bool? align_to_window=None) -> Tensor",
  (given): Tensor => {
    const { n_fft, window, center, normalized, align_to_window, return_complex } = given;
    if (center && align_to_window !== null)
      throw new RuntimeError("stft align_to_window should only be set when center = false");
    const input = center ? centred(given.input, Math.floor(n_fft / 2), given.pad_mode) : given.input;
    const hop_length = given.hop_length ?? Math.floor(n_fft / 4);
    const win_length = given.win_length ?? n_fft;
    const refuse = (what: string): never => {
      throw new RuntimeError(
        `stft(torch.${input.dtype.legacyName}Tensor${list(input.sizes)}, n_fft=${n_fft}, hop_length=${hop_length}, win_length=${win_length}, window=${windowText(window)}, normalized=${flag(normalized)}, onesided=${flag(given.onesided)}, return_complex=${flag(return_complex)}, align_to_window=${flag(align_to_window)}) : ${what}`,
      );
    };
    if (window === null) warnOfNoWindow(KEEPS_EDGES);
    const isComplex = input.dtype.is_complex || (window?.dtype.is_complex ?? false);
    if (return_complex === null && !isComplex) throw new RuntimeError(NO_RETURN_COMPLEX);
    if (return_complex === false && !told.has(AS_REAL)) {
      told.add(AS_REAL);
      warn(AS_REAL);
    }
    if (!input.dtype.is_differentiable) refuse("expected a tensor of floating point or complex values");
    if (input.sizes.length > 2 || input.sizes.length < 1) refuse("expected a 1D or 2D tensor");
    const rows = input.sizes.length === 1 ? input.unsqueeze(0) : input;
    const length = rows.sizes[1];
    if (n_fft <= 0 || n_fft > length) refuse(`expected 0 < n_fft < ${length}, but got n_fft=${n_fft}`);
    if (hop_length <= 0) refuse(`expected hop_length > 0, but got hop_length=${hop_length}`);
    if (win_length <= 0 || win_length > n_fft)
      refuse(`expected 0 < win_length <= n_fft, but got win_length=${win_length}`);
    if (window !== null && (window.sizes.length !== 1 || window.sizes[0] !== win_length))
      refuse(
        `expected a 1D window tensor of size equal to win_length=${win_length}, but got window with size ${list(window.sizes)}`,
      );
    const onesided = given.onesided ?? !isComplex;
    if (onesided && isComplex) throw new RuntimeError(NOT_ONESIDED);
    const shape = window ?? (win_length < n_fft ? ones([win_length], { dtype: input.dtype }) : null);
    const frames = framesOf(rows, n_fft, hop_length, align_to_window === true ? win_length : n_fft);
    const weighted = shape === null ? frames : frames.mul(widened(shape, n_fft));
    const norm = normalized ? "ortho" : null;
    const spectra = onesided ? rfft(weighted, null, -1, norm) : fft(weighted, null, -1, norm);
    const turned = spectra.transpose(1, 2);
    const result = input.sizes.length === 1 ? turned.squeeze([0]) : turned;
    return return_complex === false ? result.view_as_real() : result;
  },
);
const KEEPS_EDGES =
  ",which is known to cause spectral leakage. Other windows such as torch.hann_window or torch.hamming_window are recommended to reduce spectral leakage.";
const NO_RETURN_COMPLEX =
  "stft requires the return_complex parameter be given for real inputs, and will further require that return_complex=True in a future PyTorch release.";
const AS_REAL =
  "stft with return_complex=False is deprecated. In a future pytorch release, stft will return complex tensors for all inputs, and return_complex=False will raise an error.\nNote: you can still call torch.view_as_real on the complex output to recover the old return format.";
const NOT_ONESIDED = "Cannot have onesided output if window or input is complex";

/** The signal with so many values more at each end. */
function centred(self: Tensor, more: number, mode: string): Tensor {
  const shape = [...new Array<number>(Math.max(0, 3 - self.sizes.length)).fill(1), ...self.sizes];
  const padded = pad(self.view(shape), [more, more], mode);
  return padded.view(padded.sizes.slice(padded.sizes.length - self.sizes.length));
}
/** [N, frames, n_fft]. Frames that a window narrower than they are makes whole reach beyond the signal, into zeros. */
function framesOf(rows: Tensor, n_fft: number, hop: number, seen: number): Tensor {
  const left = Math.floor((n_fft - seen) / 2);
  return unfold(seen === n_fft ? rows : pad(rows, [left, n_fft - seen - left]), -1, n_fft, hop);
}

/**
 * The signal whose {@link stft} these spectra are, [frequencies, frames] or [N, frequencies, frames]: what overlaps is
 * weighted by the squares of the window. Raises RuntimeError where sizes do not fit, or the windows leave a value out.
 * @example torch.istft(spectra, { n_fft: 64, window: torch.hann_window(64), length: 400 })
 */
export const istft = callable(
  "istft(Tensor input, int n_fft, int? hop_length=None, int? win_length=None, Tensor? window=None, bool center=True, bool normalized=False, bool? onesided=None, int? length=None, bool return_complex=False) -> Tensor",
  (given): Tensor => {
    const { input: self, n_fft, window, center, normalized, length, return_complex } = given;
    const hop_length = given.hop_length ?? Math.floor(n_fft / 4);
    const win_length = given.win_length ?? n_fft;
    const refuse = (what: string): never => {
      const { name } = self.dtype;
      const kind = name === "complex128" ? "ComplexDoubleType" : "ComplexFloatType";
      throw new RuntimeError(
        `istft(CPU${kind}${list(self.sizes)}, n_fft=${n_fft}, hop_length=${hop_length}, win_length=${win_length}, window=${windowText(window)}, center=${flag(center)}, normalized=${flag(normalized)}, onesided=${flag(given.onesided)}, length=${length ?? "None"}, return_complex=${flag(return_complex)})${what}`,
      );
    };
    if (window === null) warnOfNoWindow(".Please provide the same window used by stft to make the inversion lossless.");
    if (!self.dtype.is_complex)
      throw new RuntimeError(
        "istft requires a complex-valued input tensor matching the output from stft with return_complex=True.",
      );
    const rank = self.sizes.length;
    if (rank < 2) throw new IndexError("Dimension out of range (expected to be in range of [-2, 1], but got -3)");
    if (self.numel() === 0) refuse(" : input tensor cannot be empty.");
    if (rank > 3) refuse(` : expected a tensor with 3 or 4 dimensions, but got ${rank + 1}`);
    const [frequencies, frames] = self.sizes.slice(-2);
    const onesided = given.onesided ?? frequencies !== n_fft;
    const expected = onesided ? Math.floor(n_fft / 2) + 1 : n_fft;
    if (frequencies !== expected)
      refuse(
        ` : expected the frequency dimension (3rd to the last) of the input tensor to match n_fft ${onesided ? "/ 2 + 1 " : ""}when onesided=${onesided ? "True" : "False"}, but got ${frequencies}`,
      );
    if (hop_length <= 0 || hop_length > win_length) refuse(" : expected 0 < hop_length <= win_length");
    if (win_length <= 0 || win_length > n_fft) refuse(" : expected 0 < win_length <= n_fft");
    if (window !== null && (window.sizes.length !== 1 || window.sizes[0] !== win_length))
      refuse(" : Invalid window shape. window has to be 1D and length of `win_length`");
    if (return_complex && onesided) throw new RuntimeError(NOT_ONESIDED);
    if (!return_complex && window?.dtype.is_complex)
      throw new RuntimeError("Complex windows are incompatible with return_complex=False");
    const real = self.real.dtype;
    const shape = widened(window ?? ones([win_length], { dtype: real }), n_fft);
    const rows = (rank === 2 ? self.unsqueeze(0) : self).transpose(1, 2);
    const norm = normalized ? "ortho" : null;
    const half = onesided ? rows : rows.slice(-1, 0, Math.floor(n_fft / 2) + 1);
    const signals = return_complex ? ifft(rows, null, -1, norm) : irfft(half, n_fft, -1, norm);
    const whole = n_fft + hop_length * (frames - 1);
    const start = center ? Math.floor(n_fft / 2) : 0;
    const end = length === null ? (center ? whole - start : whole) : start + length;
    const added = (x: Tensor): Tensor => overlapped(x, whole, hop_length).slice(1, start, Math.min(end, whole));
    const weights = added(shape.square().expand([1, frames, n_fft]));
    if (weights.numel() === 0 || Number(weights.abs().min().item()) <= 1e-11)
      refuse(" window overlap add min: 1\n[ CPUBoolType{} ]");
    const result = added(signals.mul(shape)).div(weights);
    if (end > whole) warn(SHORTER);
    const padded = end > whole ? pad(result, [0, end - whole]) : result;
    return rank === 2 ? padded.squeeze([0]) : padded;
  },
);
const SHORTER =
  "The length of signal is shorter than the length parameter. Result is being padded with zeros in the tail. Please check your center and hop_length settings.";
/** The sums of frames, [N, frames, n], each `hop` after the one before. */
function overlapped(frames: Tensor, length: number, hop: number): Tensor {
  const [rows, count, n] = frames.sizes;
  const at = arange(count).mul(hop).unsqueeze(1).add(arange(n)).reshape([-1]);
  return index_add(zeros([rows, length], { dtype: frames.dtype }), 1, at, frames.reshape([rows, count * n]));
}
