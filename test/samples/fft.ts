// Samples of torch.fft: even and odd lengths, cut off and continued, over one dim and several.
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";
import { a, leaf } from "./leaves.ts";
import type { Sample, Samples } from "./leaves.ts";

const z = (shape: readonly number[]): Tensor =>
  torch.view_as_complex(leaf([...shape, 2]).detach()).requires_grad_(true);
const real = (): Sample[] => [[leaf([5])], [leaf([2, 4]), 3, 0, "ortho"], [a().t(), 4, -1, "forward"]];
const complex = (): Sample[] => [[z([5])], [z([2, 4]), 3, 0, "ortho"], [z([3, 2]).t(), 4]];
const severalReal = (): Sample[] => [[a()], [leaf([2, 3, 4]), [3, 3], [0, 2], "ortho"]];
const severalComplex = (): Sample[] => [[z([2, 3])], [z([2, 3, 2]), [3, 3], [0, 2], "forward"]];

const each = (names: string, ...samples: (() => Sample[])[]): Samples =>
  Object.fromEntries(names.split(" ").map((name) => [name, () => samples.flatMap((of) => of())]));
export const fft: Samples = {
  _fft_c2c: () => [[z([2, 3]), [0, 1], 1, false]],
  _fft_r2c: () => [
    [leaf([3, 5]), [0, 1], 2, true],
    [leaf([4]), [0], 0, false],
  ],
  _fft_c2r: () => [
    [z([2, 3]), [0, 1], 1, 4],
    [z([3]), [0], 0, 5],
  ],
  ...each("fft_fft fft_ifft", real, complex),
  ...each("fft_rfft fft_ihfft", real),
  ...each("fft_irfft fft_hfft", complex),
  ...each("fft_fftn fft_ifftn fft_fft2 fft_ifft2", severalReal, severalComplex),
  ...each("fft_rfftn fft_ihfftn fft_rfft2 fft_ihfft2", severalReal),
  ...each("fft_irfftn fft_hfftn fft_irfft2 fft_hfft2", severalComplex),
  ...each("fft_fftshift fft_ifftshift", () => [[a()], [z([4]), [0]]]),
};
