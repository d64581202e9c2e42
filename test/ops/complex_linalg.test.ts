// torch.linalg on complex matrices: factors give back the matrix, phases that are free are nobody's gradient.
import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";

const { linalg } = torch;
const C = { dtype: torch.complex128 };
const eye = (n: number): Tensor => torch.eye(n, C);
const largest = (t: Tensor): number => (t.numel() === 0 ? 0 : Number(t.abs().max().item()));
const small = (t: Tensor, scale = 1): void => expect(largest(t)).toBeLessThan(1e-12 * Math.max(1, scale));
function matrix(seed: number, ...shape: number[]): Tensor {
  return torch.randn(shape, { generator: new torch.Generator().manual_seed(seed), ...C });
}
/** What may be handed over: as it is, conjugated and transposed by a view, every second row, huge, tiny, of rank 1. */
function given(m: number, n: number): Tensor[] {
  const A = matrix(m * 10 + n, m, n);
  return [
    A,
    matrix(1, n, m).mH,
    matrix(2, 2, m, n),
    matrix(3, 2 * m, n)
      .unflatten(0, [-1, 2])
      .select(1, 0),
    A.mul(1e150),
    A.mul(1e-150),
    matrix(4, m, 1).matmul(matrix(5, 1, n)),
    A.zero(),
  ];
}

describe.each([
  [1, 1],
  [3, 3],
  [2, 5],
  [5, 2],
  [0, 3],
  [40, 40],
  [50, 36],
])("[%i, %i] matrices", (m, n) => {
  test("are the products of their factors, which are unitary or triangular", () => {
    for (const A of given(m, n)) {
      const scale = largest(A) || 1;
      const k = Math.min(m, n);
      const { P, L, U } = linalg.lu(A);
      small(P.matmul(L).matmul(U).sub(A).div(scale));
      for (const mode of ["reduced", "complete"]) {
        const { Q, R } = linalg.qr(A, mode);
        small(Q.matmul(R).sub(A).div(scale));
        small(Q.mH.matmul(Q).sub(eye(Q.size(-1))));
        expect(largest(R.diagonal(0, -2, -1).imag)).toBe(0);
      }
      for (const full of [false, true]) {
        const { U, S, Vh } = linalg.svd(A, full);
        small(
          U.narrow(-1, 0, k)
            .mul(S.unsqueeze(-2))
            .matmul(Vh.narrow(-2, 0, k))
            .sub(A)
            .div(scale),
        );
        small(U.mH.matmul(U).sub(eye(U.size(-1))));
        small(Vh.matmul(Vh.mH).sub(eye(Vh.size(-2))));
        small(linalg.svdvals(A).sub(S).div(scale));
        expect(S.dtype).toBe(torch.float64);
      }
      const pinv = linalg.pinv(A.div(scale));
      small(A.div(scale).matmul(pinv).matmul(A.div(scale)).sub(A.div(scale)));
      if (m < n) continue;
      const { a, tau } = torch.geqrf(A);
      small(linalg.householder_product(a, tau).sub(linalg.qr(A).Q));
      const X = matrix(6, ...A.shape.slice(0, -1), 2);
      const { Q } = linalg.qr(A, "complete");
      small(torch.ormqr(a, tau, X).sub(Q.matmul(X)), 10);
      small(torch.ormqr(a, tau, X.mH, false, true).sub(X.mH.matmul(Q.mH)), 10);
    }
  });
  test("that are square and Hermitian have real eigenvalues, from either triangle; other numbers are not looked at", () => {
    if (m !== n) return;
    for (const A of given(m, n)) {
      const H = A.add(A.mH);
      const scale = largest(H) || 1;
      for (const [uplo, half] of [
        ["L", H.tril()],
        ["U", H.triu()],
      ] as const) {
        const odd = half.add(torch.full_like(half, new torch.Complex(0, 3)).mul(scale).mul(eye(n)));
        const { eigenvalues: w, eigenvectors: V } = linalg.eigh(odd, uplo);
        small(V.mul(w.unsqueeze(-2)).matmul(V.mH).sub(H).div(scale));
        small(V.mH.matmul(V).sub(eye(n)));
        small(linalg.eigvalsh(odd, uplo).sub(w).div(scale));
        expect(w.dtype).toBe(torch.float64);
      }
    }
  });
  test("that are square have determinants, solutions and inverses", () => {
    if (m !== n) return;
    for (const A of [given(m, n)[0].add(eye(n).mul(3)), matrix(8, 2, n, n).mH.add(eye(n).mul(3))]) {
      const B = matrix(7, n, 4);
      const scale = 100 * Math.max(1, largest(linalg.inv(A)));
      small(A.matmul(linalg.inv(A)).sub(eye(n)), scale);
      small(A.matmul(linalg.solve(A, B)).sub(B), scale);
      small(linalg.solve(A, B.mH, { left: false }).matmul(A).sub(B.mH), scale);
      const { LU, pivots } = linalg.lu_factor(A);
      small(A.mH.matmul(linalg.lu_solve(LU, pivots, B, { adjoint: true })).sub(B), scale);
      const [sign, logabsdet] = linalg.slogdet(A);
      const det = linalg.det(A);
      small(sign.mul(logabsdet.exp()).sub(det).div(det));
      small(linalg.eigvals(A).prod(-1).sub(det).div(det), 100);
      small(torch.logdet(A).exp().sub(det).div(det), 100);
      for (const [S, hermitian] of [
        [A.add(A.mT), false],
        [A.add(A.mH), true],
      ] as const) {
        const { LD, pivots } = linalg.ldl_factor(S, { hermitian });
        small(S.matmul(linalg.ldl_solve(LD, pivots, B, { hermitian })).sub(B), 1e4);
      }
      const P = A.matmul(A.mH);
      const [L, U] = [linalg.cholesky(P), linalg.cholesky(P, { upper: true })];
      small(L.matmul(L.mH).sub(P), largest(P));
      small(U.mH.matmul(U).sub(P), largest(P));
      small(torch.cholesky_inverse(L).matmul(P).sub(eye(n)), 1e4);
      small(P.matmul(torch.cholesky_solve(B.expand([...P.shape.slice(0, -2), n, 4]), U, true)).sub(B), 1e4);
      small(
        linalg
          .matrix_exp(A.mul(0.1))
          .matmul(linalg.matrix_exp(A.mul(-0.1)))
          .sub(eye(n)),
        1e4,
      );
    }
  });
});

test("complex64 comes back as complex64, and what is real as float32", () => {
  const A = matrix(1, 3, 3).to(torch.complex64);
  for (const t of [linalg.inv(A), linalg.det(A), linalg.qr(A).R, linalg.svd(A).U, linalg.matrix_exp(A), linalg.pinv(A)])
    expect(t.dtype).toBe(torch.complex64);
  for (const t of [linalg.svdvals(A), linalg.eigvalsh(A), linalg.slogdet(A)[1], linalg.cond(A), linalg.norm(A, 2)])
    expect(t.dtype).toBe(torch.float32);
});
test("singular matrices, and those that are not positive-definite, are told as real ones are", () => {
  const A = torch.ones([2, 3, 3], C).mul(new torch.Complex(0, 1));
  expect(() => linalg.inv(A)).toThrow("linalg.inv: (Batch element 0): The diagonal element 2 is zero");
  expect(() => linalg.solve(A, A)).toThrow(
    "torch.linalg.solve: (Batch element 0): The solver failed because the input matrix is singular.",
  );
  expect(() => linalg.cholesky(A)).toThrow("(the leading minor of order 1 is not positive-definite)");
  expect(linalg.lu_factor_ex(A).info.tolist()).toEqual([2, 2]);
  expect(linalg.det(A).abs().tolist()).toEqual([0, 0]);
  expect(linalg.slogdet(A)[1].tolist()).toEqual([-Infinity, -Infinity]);
  expect(() => linalg.svd(A.mul(NaN))).toThrow("contained non-finite values");
  expect(linalg.matrix_rank(A).tolist()).toEqual([1, 1]);
});

describe("gradients", () => {
  const checked = (f: (A: Tensor) => Tensor, A: Tensor): boolean => {
    const x = A.detach().requires_grad_(true);
    return torch.autograd.gradcheck(f as never, [x]) && torch.autograd.gradgradcheck(f as never, [x]);
  };
  const A = matrix(11, 3, 3);
  const hermitian = (X: Tensor): Tensor => X.add(X.mH);
  test("of Cholesky factors, and of what is solved with them", () => {
    const B = matrix(5, 3, 2);
    for (const upper of [false, true]) {
      expect(checked((X) => linalg.cholesky(X.matmul(X.mH).add(eye(3)), { upper }), A)).toBe(true);
      const part = (X: Tensor): Tensor => (upper ? X.triu() : X.tril());
      const L = A.add(eye(3).mul(3));
      expect(checked((X) => torch.cholesky_solve(B, part(X), upper), L)).toBe(true);
      expect(checked((X) => torch.cholesky_inverse(part(X), upper), L)).toBe(true);
    }
  });
  test("of eigenvalues and singular values, and of vectors where the loss does not ask for their phases", () => {
    expect(checked((X) => linalg.eigvalsh(hermitian(X)), A)).toBe(true);
    expect(checked((X) => linalg.eigh(hermitian(X)).eigenvectors.abs().pow(2), A)).toBe(true);
    for (const X of [A, matrix(3, 4, 2), matrix(4, 2, 4)]) {
      expect(checked((Y) => linalg.svd(Y, false).U.abs().pow(2), X)).toBe(true);
      expect(checked((Y) => linalg.svd(Y, false).Vh.abs().pow(2), X)).toBe(true);
      // Phases of U and V together, which undo each other.
      expect(
        checked((Y) => {
          const { U, S, Vh } = linalg.svd(Y, false);
          return U.mul(S.sqrt()).matmul(Vh);
        }, X),
      ).toBe(true);
    }
  });
  test("of phases that are free are refused in PyTorch's words", () => {
    const x = A.clone().requires_grad_();
    expect(() => linalg.svd(x).U.imag.sum().backward()).toThrow(
      "svd_backward: The singular vectors in the complex case are specified up to multiplication by e^{i phi}. The specified loss function depends on this phase term, making it ill-defined.",
    );
    expect(() => linalg.eigh(hermitian(x)).eigenvectors.imag.sum().backward()).toThrow(
      "linalg_eigh_backward: The eigenvectors in the complex case are specified up to multiplication by e^{i phi}. The specified loss function depends on this quantity, so it is ill-defined.",
    );
    expect(() => linalg.eig(x).eigenvectors.imag.sum().backward()).toThrow("linalg_eig_backward: The eigenvectors in");
  });
  test("forwards are those that the definition gives, with vectors as without", () => {
    const T = matrix(12, 3, 3);
    const step = 1e-6;
    for (const f of [
      (X: Tensor) => linalg.svd(X).U.abs(),
      (X: Tensor) => linalg.eigh(hermitian(X)).eigenvectors.abs(),
      (X: Tensor) => linalg.svdvals(X),
      (X: Tensor) => linalg.slogdet(X)[0],
    ]) {
      const [, tangent] = torch.func.jvp(f, [A], [T]);
      const difference = f(A.add(T.mul(step)))
        .sub(f(A.sub(T.mul(step))))
        .div(2 * step);
      expect(largest(tangent.sub(difference))).toBeLessThan(1e-7);
    }
  });
});
