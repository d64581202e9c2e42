// Samples with complex numbers: of the ops that make them, and of those that take them too.
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";
import { a, b, leaf } from "./leaves.ts";
import type { Sample, Samples } from "./leaves.ts";

/** Complex numbers off the axes, as a leaf. */
const z = (shape: readonly number[] = [2, 3], seed = 1): Tensor =>
  torch.view_as_complex(leaf([...shape, 2], 0.2, 0.8, seed).detach()).requires_grad_(true);
const w = (): Tensor => z([2, 3], 7);
/** A tenth above and below the real axis, outside [-1, 1] and within. */
const near = (): Tensor =>
  torch
    .tensor([-1.7, 0.1, -1.7, -0.1, 1.6, 0.1, 1.6, -0.1, -0.4, 0.1, 0.4, -0.1], { dtype: torch.float64 })
    .view([6, 2])
    .view_as_complex()
    .requires_grad_(true);
const unary = (): Sample[] => [[z()], [z([3, 2]).t()]];
const binary = (): Sample[] => [
  [z(), w()],
  [z(), a()],
  [a(), z([3])],
  [z(), 0.7],
  [a(), new torch.Complex(0.4, -1.2)],
];
const all = (names: string, samples: () => Sample[]): Samples =>
  Object.fromEntries(names.split(/\s+/).map((name) => [name, samples]));

export const complex: Samples = {
  complex: () => [[a(), b()]],
  _complex: () => [[a(), b()]],
  polar: () => [[a(), b()]],
  view_as_complex: () => [[leaf([3, 2])], [leaf([2, 2, 2]).transpose(0, 1)]],
  ...all("real imag conj _conj conj_physical _conj_physical resolve_conj resolve_neg view_as_real", unary),
  ...all(
    `neg abs sgn angle exp exp2 expm1 log log2 log10 log1p sqrt rsqrt reciprocal square sin cos tan asin acos atan sinh
     cosh tanh asinh acosh atanh sigmoid clone sum mean cumsum flatten`,
    () => [[z()]],
  ),
  ...all("add sub mul div", binary),
  pow: () => [
    [z(), w()],
    [z(), a()],
    [z(), 3],
    [z(), -1.5],
    [z(), new torch.Complex(0.5, 2)],
  ],
  // Near zeros and cuts: just above, just below and inside.
  ...all("sinc sqrt log rsqrt", () => [[z()], [near()]]),
  ...all("acosh asinh atanh asin acos atan", () => [[z()], [near()]]),
  _pow_scalar: () => [
    [2, z()],
    [new torch.Complex(0.4, -1.2), z()],
    [new torch.Complex(0.4, -1.2), a()],
  ],
  float_power: () => [
    [z(), w()],
    [a(), new torch.Complex(0.4, -1.2)],
  ],
  logaddexp: () => [[z(), w()]],
  logcumsumexp: () => [[z(), 1]],
  logsumexp: () => [[z(), [1]]],
  var: () => [[z(), [1]]],
  std: () => [[z(), [1]]],
  norm: () => [[z()], [z(), 3]],
  cumprod: () => [[z(), 1]],
  addcmul: () => [[z(), w(), z([3]), { value: 0.7 }]],
  addcdiv: () => [[z(), w(), z([3]), { value: 0.7 }]],
  lerp: () => [[z(), w(), z([3])]],
  masked_fill: () => [[z(), torch.tensor([true, false, true]), 0.5]],
  prod: () => [[z()], [z(), 1]],
  mm: () => [
    [z(), z([3, 2])],
    [z(), z([2, 3]).t()],
  ],
  bmm: () => [[z([2, 2, 3]), z([2, 3, 1], 5)]],
  mv: () => [[z(), z([3], 4)]],
  dot: () => [[z([3]), z([3], 4)]],
  vdot: () => [[z([3]), z([3], 4)]],
  matmul: () => [[z([2, 2, 3]), z([3, 2])]],
  addmm: () => [[z([2]), z(), z([3, 2]), { beta: 0.5, alpha: 2 }]],
  _where: () => [[torch.tensor([true, false, true]), z(), w()]],
  cat: () => [[[z(), w()], 1]],
  cumsum: () => [[z(), 1]],
};
