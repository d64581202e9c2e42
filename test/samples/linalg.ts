// Samples of linear algebra: well-conditioned matrices, square, tall and wide, and batches of them.
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";
import { leaf, row, signed } from "./leaves.ts";
import type { Sample, Samples } from "./leaves.ts";

const fresh = (t: Tensor): Tensor => t.detach().requires_grad_(true);
/** Square, far from singular; the diagonal is uneven, so that pivots and eigenvalues keep their order. */
const square = (batch: readonly number[] = [], n = 3): Tensor =>
  fresh(
    leaf([...batch, n, n], -0.6, 0.6)
      .detach()
      .add(
        torch
          .arange(1, n + 1)
          .mul(1.5)
          .diag(),
      ),
  );
const wide = (): Tensor => fresh(square().detach().narrow(0, 0, 2));
const tall = (): Tensor => fresh(square().detach().narrow(1, 0, 2));
const squares = (): Sample[] => [[square()], [square([2])]];
const shapes = (): Sample[] => [[square()], [tall()], [wide()], [square([2])]];
const each = (names: string, samples: () => Sample[]): Samples =>
  Object.fromEntries(names.split(" ").map((name) => [name, samples]));
const right = (): Tensor => leaf([3, 2], 0.2, 0.9, 5);
const lu = (): [Tensor, Tensor] => {
  const [LU, pivots] = torch.linalg.lu_factor(square().detach());
  return [fresh(LU), pivots];
};
const reflections = (): [Tensor, Tensor] => [leaf([3, 2], -0.8, 0.8), leaf([2], 0.3, 0.9, 4)];

export const linalg: Samples = {
  ...each(
    `det slogdet logdet inverse matrix_exp linalg_det linalg_slogdet linalg_inv linalg_inv_ex linalg_matrix_exp lu
     linalg_eigvals`.replace(/\s+/g, " "),
    squares,
  ),
  ...each(
    `linalg_lu linalg_lu_factor linalg_lu_factor_ex linalg_svdvals linalg_pinv pinverse linalg_cond linalg_qr qr`.replace(
      /\s+/g,
      " ",
    ),
    shapes,
  ),
  linalg_svd: () => [
    [fresh(tall().detach().t()), false],
    [tall(), false],
  ],
  _linalg_svd: () => [[square(), false]],
  svd: () => [[wide()]],
  // Of symmetric matrices, and but for a factor of the vectors: checked in test/ops/linalg.test.ts.
  ...each("linalg_eigh linalg_eigvalsh linalg_eig", () => []),
  ...each("cholesky linalg_cholesky linalg_cholesky_ex", () => []),
  // The gradients of factors are PyTorch's, which fill the other triangle, too: checked there through tril() and triu().
  ...each("cholesky_inverse cholesky_solve", () => []),
  // Their factors are not for differentiation.
  ...each("_linalg_det _linalg_slogdet _linalg_solve_ex", () => []),
  linalg_solve_triangular: () => [
    [square(), right(), { upper: true }],
    [square(), fresh(right().detach().t()), { upper: false, left: false, unitriangular: true }],
  ],
  _solve_triangular: () => [[square(), right(), true, false]],
  triangular_solve: () => [
    [right(), square()],
    [right(), square(), false, true],
  ],
  lu_unpack: () => [lu()],
  linalg_lu_solve: () => [
    [...lu(), right()],
    [...lu(), fresh(right().detach().t()), { left: false, adjoint: true }],
  ],
  lu_solve: () => [[right(), ...lu()]],
  linalg_solve: () => [
    [square(), right()],
    [square([2]), row()],
    [square(), fresh(right().detach().t()), { left: false }],
  ],
  linalg_solve_ex: () => [[square(), right()]],
  linalg_householder_product: () => [reflections()],
  ormqr: () => [
    [...reflections(), right()],
    [...reflections(), fresh(right().detach().t()), false, true],
  ],
  _linalg_pinv: () => [
    [square(), null, null, false],
    [tall(), null, null, false],
    [wide(), null, null, false],
  ],
  linalg_lstsq: () => [[tall(), right()]],
  _linalg_lstsq: () => [[tall(), right(), null]],
  linalg_tensorsolve: () => [[fresh(square([], 4).detach().view(2, 2, 4)), leaf([2, 2])]],
  linalg_tensorinv: () => [[fresh(square([], 4).detach().view(2, 2, 4)), 2]],
  linalg_matrix_power: () => [
    [square(), 3],
    [square(), -2],
    [square(), 1],
    [square(), 0],
  ],
  linalg_multi_dot: () => [[[row(), square(), right()]], [[square(), right(), leaf([2, 4])]]],
  linalg_matmul: () => [[square(), right()]],
  matrix_power: () => [[square(), 3]],
  linalg_cross: () => [
    [signed(), row().unsqueeze(0)],
    [fresh(right()), fresh(leaf([3, 1])), { dim: 0 }],
  ],
  linalg_vecdot: () => [[signed(), row()]],
  linalg_diagonal: () => [[square([2])]],
  linalg_vander: () => [[row(), { N: 4 }]],
  linalg_vector_norm: () => [[signed()], [signed(), 3, [1]], [signed(), -Infinity, [0], true]],
  linalg_matrix_norm: () =>
    [
      ["fro", 1, -1, Infinity, -Infinity, 2, -2, "nuc"].map((ord) => [square(), ord] as Sample),
      [[square([2]), 1, [0, 2], true]] as Sample[],
    ].flat(),
  linalg_norm: () => [[signed()], [square(), "nuc"], [square([2]), 2, [1]]],
  norm: () => [
    [square(), "nuc"],
    [square([2]), "nuc", [0, 2], true],
    [signed(), "fro"],
  ],
  _norm: () => [[signed(), 3, [1]]],
};

/** The same numbers with imaginary parts. */
const turned = (x: unknown): unknown => {
  if (Array.isArray(x)) return x.map(turned);
  if (!torch.is_tensor(x) || !x.requires_grad) return x;
  const re = x.detach();
  return fresh(torch.complex(re.mul(0.8), re.flip([-1]).mul(0.4)));
};
const turnedSamples = (name: string, numbers?: readonly number[]): Sample[] =>
  linalg[name]().flatMap((sample, i) => (numbers?.includes(i) === false ? [] : [turned(sample) as Sample]));
/** Of each op whose formulas see that numbers are complex, those samples (by number; all without). */
const COMPLEX: Readonly<Record<string, readonly number[] | undefined>> = {
  ...Object.fromEntries(
    `linalg_qr _linalg_pinv linalg_solve_triangular linalg_lu linalg_lu_solve ormqr linalg_householder_product
     _solve_triangular linalg_solve linalg_lstsq _linalg_lstsq linalg_cross lu_unpack lu_solve linalg_vander linalg_tensorsolve`
      .split(/\s+/)
      .map((name) => [name, undefined]),
  ),
  ...Object.fromEntries(
    `det slogdet logdet linalg_det linalg_slogdet linalg_inv linalg_inv_ex linalg_eigvals linalg_matrix_exp
     linalg_tensorinv linalg_multi_dot linalg_cond linalg_pinv linalg_svdvals linalg_lu_factor_ex`
      .split(/\s+/)
      .map((name) => [name, [0]]),
  ),
  triangular_solve: [1],
  linalg_matrix_power: [1],
  linalg_matrix_norm: [5, 7],
};
export const complexLinalg: Samples = {
  ...Object.fromEntries(Object.entries(COMPLEX).map(([name, numbers]) => [name, () => turnedSamples(name, numbers)])),
  inverse: () => [[fresh((turned(square([2])) as Tensor).mH)]],
};
