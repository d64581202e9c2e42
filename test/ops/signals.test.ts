// Short-time transforms, segments and subspaces in TypeScript. More of them, with PyTorch's values: test/python_front/signals.py.
import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";

const float64 = { dtype: torch.float64 };
const { gradcheck, gradgradcheck } = torch.autograd;
const drawn = (...sizes: number[]): torch.Tensor => torch.rand(sizes, { ...float64, requires_grad: true });

test("istft gives back what stft was given", () => {
  const x = torch.randn(2, 50);
  const window = torch.hann_window(8);
  const spectra = torch.stft(x, 8, { window, return_complex: true });
  expect(spectra.shape).toEqual(torch.ones(2, 5, 26).shape);
  expect(torch.allclose(torch.istft(spectra, 8, { window, length: 50 }), x, { atol: 1e-5 })).toBe(true);
});
test("the gradients of stft and istft, and of these, are right", () => {
  torch.manual_seed(0);
  const window = drawn(4);
  const power = (x: torch.Tensor, w: torch.Tensor): torch.Tensor =>
    torch.view_as_real(torch.stft(x, 4, { hop_length: 2, window: w, return_complex: true }));
  expect(gradcheck(power, [drawn(10), window])).toBe(true);
  expect(gradgradcheck(power, [drawn(10), window])).toBe(true);
  const back = (re: torch.Tensor, w: torch.Tensor): torch.Tensor =>
    torch.istft(torch.view_as_complex(re), 4, { hop_length: 2, window: w });
  expect(gradcheck(back, [drawn(3, 5, 2), drawn(4)])).toBe(true);
});
test("the gradients of reductions of segments are right", () => {
  torch.manual_seed(0);
  for (const reduce of ["sum", "mean", "max", "min", "prod"])
    expect(
      gradcheck(
        (x: torch.Tensor) => torch.segment_reduce(x, reduce, { lengths: torch.tensor([2n, 3n]) }),
        [drawn(5, 2)],
      ),
      reduce,
    ).toBe(true);
});
test("a matrix of low rank is that of its singular values in a random subspace", () => {
  torch.manual_seed(0);
  const A = torch.randn(9, 3).matmul(torch.randn(3, 6));
  const [U, S, V] = torch.svd_lowrank(A, 3);
  expect(torch.allclose(U.mul(S).matmul(V.mT), A, { atol: 1e-4 })).toBe(true);
  expect(torch.pca_lowrank(A, 2)[1].shape).toEqual(torch.ones(2).shape);
});
test("windows are symmetric, or periodic", () => {
  const { windows } = torch.signal;
  expect(torch.equal(windows.hann(5), windows.hann(5).flip(0))).toBe(true);
  expect(torch.allclose(windows.hann(8, { sym: false }), torch.hann_window(8), { atol: 1e-6 })).toBe(true);
  expect(() => windows.hann(-1)).toThrow("general_cosine requires non-negative window length, got M=-1");
});
