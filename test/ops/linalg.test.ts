// torch.linalg: residuals and orthogonality on random matrices, hard cases, gradients of what is determined.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { qrFactor } from "../../src/numerics/qr.ts";
import type { Dtype, Tensor } from "../../src/index.ts";

const { linalg } = torch;
const eye = (n: number, dtype: Dtype = torch.float64): Tensor => torch.eye(n, { dtype });
function matrix(seed: number, ...shape: number[]): Tensor {
  const generator = new torch.Generator().manual_seed(seed);
  return torch.randn(shape, { generator, dtype: torch.float64 });
}
const largest = (t: Tensor): number => (t.numel() === 0 ? 0 : t.abs().max().item());
const hilbert = (n: number): Tensor => {
  const i = torch.arange(n, { dtype: torch.float64 });
  return i.unsqueeze(1).add(i).add(1).reciprocal();
};
const symmetric = (A: Tensor): Tensor => A.add(A.mT);
const sizes = fc.integer({ min: 0, max: 9 });
const seeds = fc.integer({ min: 0, max: 1000 });
const check = (property: fc.IProperty<never[]> | fc.IProperty<[number, number, number]>): void =>
  fc.assert(property as fc.IProperty<[number, number, number]>, { seed: 7, numRuns: 60 });
const small = (t: Tensor, scale = 1): void => expect(largest(t)).toBeLessThan(1e-12 * Math.max(1, scale));

describe("factorizations give back the matrix they are of", () => {
  test("A = P L U", () =>
    check(
      fc.property(sizes, sizes, seeds, (m, n, seed) => {
        const A = matrix(seed, 2, m, n);
        const { P, L, U } = linalg.lu(A);
        small(P.matmul(L).matmul(U).sub(A));
        expect([...linalg.lu_factor_ex(A).pivots.shape]).toEqual([2, Math.min(m, n)]);
      }),
    ));
  test("A = Q R, Q orthogonal, reduced and complete", () =>
    check(
      fc.property(sizes, sizes, seeds, (m, n, seed) => {
        const A = matrix(seed, m, n);
        for (const mode of ["reduced", "complete"]) {
          const { Q, R } = linalg.qr(A, mode);
          small(Q.mm(R).sub(A));
          small(Q.t().mm(Q).sub(eye(Q.shape[1])));
          small(R.tril(-1));
        }
        const { a, tau } = torch.geqrf(A);
        if (m >= n) small(linalg.householder_product(a, tau).sub(linalg.qr(A).Q));
      }),
    ));
  test("A = U diag(S) Vh, U and V orthogonal, S descending", () =>
    check(
      fc.property(sizes, sizes, seeds, (m, n, seed) => {
        const A = matrix(seed, m, n);
        for (const full of [false, true]) {
          const { U, S, Vh } = linalg.svd(A, full);
          const k = Math.min(m, n);
          small(
            U.narrow(1, 0, k)
              .mul(S)
              .mm(Vh.narrow(0, 0, k))
              .sub(A),
          );
          small(U.t().mm(U).sub(eye(U.shape[1])));
          small(Vh.mm(Vh.t()).sub(eye(Vh.shape[0])));
          expect((S.tolist() as unknown as number[]).every((x, i, all) => i === 0 || x <= all[i - 1])).toBe(true);
        }
      }),
    ));
  test("A = V diag(L) Vᵀ of symmetric matrices, from either triangle", () =>
    check(
      fc.property(sizes, fc.constant(0), seeds, (n, _, seed) => {
        const A = symmetric(matrix(seed, n, n));
        for (const [uplo, half] of [
          ["L", A.tril()],
          ["U", A.triu()],
        ] as const) {
          const { eigenvalues: L, eigenvectors: V } = linalg.eigh(half, uplo);
          small(V.mul(L).mm(V.t()).sub(A));
          small(V.t().mm(V).sub(eye(n)));
          small(linalg.eigvalsh(half, uplo).sub(L));
        }
      }),
    ));
  test("A V = V diag(L) of general matrices, in conjugate pairs", () =>
    check(
      fc.property(sizes, fc.constant(0), seeds, (n, _, seed) => {
        const A = matrix(seed, n, n);
        const { eigenvalues: L, eigenvectors: V } = linalg.eig(A);
        expect(largest(A.to(torch.complex128).mm(V).sub(V.mul(L)).abs())).toBeLessThan(1e-11);
        expect(Math.abs(L.imag.sum().item())).toBeLessThan(1e-11);
        expect(Math.abs(L.real.sum().sub(A.diagonal().sum()).item())).toBeLessThan(1e-11);
      }),
    ));
  test("A = L Lᵀ of positive-definite matrices", () =>
    check(
      fc.property(sizes, fc.constant(0), seeds, (n, _, seed) => {
        const B = matrix(seed, n, n);
        const A = B.mm(B.t()).add(eye(n));
        small(
          linalg
            .cholesky(A)
            .mm(linalg.cholesky(A, { upper: true }))
            .sub(A),
          largest(A),
        );
        const L = linalg.cholesky(A);
        small(torch.cholesky_inverse(L).mm(A).sub(eye(n)), largest(A));
      }),
    ));
  test("solves systems, LU and LDL alike, from the left and the right", () =>
    check(
      fc.property(sizes, fc.integer({ min: 0, max: 4 }), seeds, (n, k, seed) => {
        const A = matrix(seed, n, n).add(eye(n).mul(3));
        const B = matrix(seed + 1, n, k);
        const scale = largest(linalg.inv(A)) * 10;
        small(A.mm(linalg.solve(A, B)).sub(B), scale);
        small(linalg.solve(A, B.t(), { left: false }).mm(A).sub(B.t()), scale);
        const S = symmetric(A);
        const { LD, pivots } = linalg.ldl_factor_ex(S);
        const X = linalg.ldl_solve(LD, pivots, B);
        if (Number.isFinite(largest(X))) small(S.mm(X).sub(B), 1e3 * Math.max(1, largest(X)));
      }),
    ));
  test("large matrices go by blocks and the device's product, to the same accuracy", () => {
    const A = matrix(3, 300, 300).add(eye(300).mul(20));
    const { P, L, U } = linalg.lu(A);
    small(P.mm(L).mm(U).sub(A), 100);
    const S = A.mm(A.t());
    small(linalg.cholesky(S).mm(linalg.cholesky(S).t()).sub(S), 1000);
    small(A.mm(linalg.inv(A)).sub(eye(300)), 10);
  });
});

describe("hard matrices", () => {
  test("large matrices are factored into Q R by blocks of reflections, which are those of one at a time", () => {
    for (const shape of [
      [130, 90],
      [90, 130],
      [2, 100, 100],
      [65, 65],
      [300, 70],
    ]) {
      const A = matrix(35, ...shape);
      for (const mode of ["reduced", "complete"]) {
        const { Q, R } = linalg.qr(A, mode);
        expect(Q.matmul(R).sub(A).abs().max().item(), `${shape.join()} ${mode}`).toBeLessThan(1e-12);
        expect(
          Q.mT
            .matmul(Q)
            .sub(eye(Q.size(-1)))
            .abs()
            .max()
            .item(),
          `${shape.join()} ${mode}`,
        ).toBeLessThan(1e-13);
      }
      const [m, n] = shape.slice(-2);
      const alone = (A.reshape(-1, m, n).select(0, 0).contiguous().typed_array() as Float64Array).slice();
      const factors = new Float64Array(Math.min(m, n));
      qrFactor(alone, m, n, factors);
      const { a, tau } = torch.geqrf(A);
      const want = torch.tensor(alone).reshape(m, n);
      expect(a.reshape(-1, m, n).select(0, 0).sub(want).abs().max().item()).toBeLessThan(1e-12);
      expect(tau.reshape(-1, Math.min(m, n)).select(0, 0).sub(torch.tensor(factors)).abs().max().item()).toBeLessThan(
        1e-13,
      );
    }
  });
  test("large triangular systems go by blocks, from above and below, with ones for a diagonal, in batches", () => {
    const [A, B] = [matrix(31, 2, 130, 130).mul(0.02).add(eye(130)), matrix(32, 2, 130, 90)];
    for (const upper of [true, false])
      for (const unitriangular of [true, false]) {
        const triangle = upper ? A.triu() : A.tril();
        const whole = unitriangular
          ? triangle.sub(torch.diag_embed(triangle.diagonal(0, -2, -1))).add(eye(130))
          : triangle;
        const X = linalg.solve_triangular(A, B, { upper, unitriangular });
        expect(whole.matmul(X).sub(B).abs().max().item()).toBeLessThan(1e-11);
      }
  });
  test("gradients of large systems and determinants undo the exchanges of rows", () => {
    const [A, B] = [matrix(33, 70, 70).requires_grad_(), matrix(34, 70, 3).requires_grad_()];
    const [gA, gB] = torch.autograd.grad(linalg.solve(A, B).sum(), [A, B]);
    const solved = linalg.inv(A.detach().mT).matmul(torch.ones(70, 3, { dtype: torch.float64 }));
    expect(gB.sub(solved).abs().max().item()).toBeLessThan(1e-10);
    expect(
      gA
        .add(solved.matmul(linalg.solve(A, B).detach().mT))
        .abs()
        .max()
        .item(),
    ).toBeLessThan(1e-9);
    const [d] = torch.autograd.grad(linalg.slogdet(A).logabsdet, [A]);
    expect(d.sub(linalg.inv(A.detach()).mT).abs().max().item()).toBeLessThan(1e-10);
  });
  test("a Hilbert matrix keeps its determinant and its smallest singular value", () => {
    const H = hilbert(8);
    expect(linalg.det(H).item() / 2.7370501138001e-33).toBeCloseTo(1, 6);
    expect(linalg.svdvals(H).min().item() / 1.1115389663724e-10).toBeCloseTo(1, 5);
    expect(linalg.eigvalsh(H).max().item()).toBeCloseTo(1.6959389969219, 12);
  });
  test("graded and badly scaled matrices keep small singular values to their own digits", () => {
    const scales = torch.tensor([1, 1e-8, 1e-16, 1e-24], { dtype: torch.float64 });
    const { Q } = linalg.qr(matrix(5, 4, 4));
    const got = linalg.svdvals(scales.unsqueeze(1).mul(Q)).tolist() as unknown as number[];
    expect(got[0]).toBeCloseTo(1, 12);
    expect(got[3] / linalg.svdvals(scales.unsqueeze(1).mul(Q)).prod().item()).toBeGreaterThan(0);
    expect(linalg.svdvals(torch.eye(3, { dtype: torch.float64 }).mul(1e-310)).tolist()).toEqual([
      1e-310, 1e-310, 1e-310,
    ]);
  });
  test("defective and repeated eigenvalues come out", () => {
    const jordan = torch.tensor(
      [
        [2, 1, 0],
        [0, 2, 1],
        [0, 0, 2],
      ],
      { dtype: torch.float64 },
    );
    expect(linalg.eigvals(jordan).real.tolist()).toEqual([2, 2, 2]);
    expect(
      linalg
        .eigvalsh(torch.ones([3, 3], { dtype: torch.float64 }))
        .round()
        .abs()
        .tolist(),
    ).toEqual([0, 0, 3]);
    const turn = torch.tensor([
      [0, 1],
      [-1, 0],
    ]);
    expect(linalg.eigvals(turn).imag.abs().tolist()).toEqual([1, 1]);
  });
  test("rank-deficient matrices have a rank and a pseudoinverse", () => {
    const A = matrix(2, 5, 2).mm(matrix(4, 2, 5));
    expect(linalg.matrix_rank(A).item()).toBe(2);
    small(A.mm(linalg.pinv(A)).mm(A).sub(A), 100);
  });
  test("empty matrices have empty factors, determinant 1 and inverse themselves", () => {
    const none = torch.empty([0, 0], { dtype: torch.float64 });
    expect(linalg.det(none).item()).toBe(1);
    expect([...linalg.inv(none).shape]).toEqual([0, 0]);
    expect([...linalg.eigvals(none).shape]).toEqual([0]);
    expect([...linalg.pinv(torch.empty([0, 3])).shape]).toEqual([3, 0]);
  });
});

describe("gradients", () => {
  const at = (f: (A: Tensor) => Tensor, A: Tensor): boolean => {
    const x = A.detach().requires_grad_(true);
    return torch.autograd.gradcheck(f as never, [x]) && torch.autograd.gradgradcheck(f as never, [x]);
  };
  const A = matrix(11, 2, 3, 3);
  test("of Cholesky factors of A Aᵀ + I, lower and upper", () => {
    for (const upper of [false, true])
      expect(at((X) => linalg.cholesky(X.matmul(X.mT).add(eye(3)), { upper }), A)).toBe(true);
  });
  test("of what is solved with Cholesky factors", () => {
    const B = matrix(5, 3, 2);
    const L = A.add(eye(3).mul(3));
    expect(at((X) => torch.cholesky_solve(B, X.tril()), L)).toBe(true);
    expect(at((X) => torch.cholesky_solve(B, X.triu(), true), L)).toBe(true);
    expect(at((X) => torch.cholesky_inverse(X.tril()), L)).toBe(true);
    expect(at((X) => torch.cholesky_inverse(X.triu(), true), L)).toBe(true);
  });
  test("of symmetric eigenvalues, and of vectors squared", () => {
    expect(at((X) => linalg.eigvalsh(symmetric(X)), A)).toBe(true);
    expect(at((X) => linalg.eigh(symmetric(X)).eigenvectors.pow(2), A)).toBe(true);
  });
  test("of symmetric eigenvalues again, symmetric as PyTorch's", () => {
    const x = torch.tensor([7.8, -0.44, -0.44, 9.5], { dtype: torch.float64 }).reshape([2, 2]).requires_grad_();
    const seeds = torch.tensor([-0.625, -0.375], { dtype: torch.float64 });
    const [g] = torch.autograd.grad([linalg.eigvalsh(x)], [x], { grad_outputs: [seeds], create_graph: true });
    const first = torch.tensor([-0.625, -0.375, -0.125, 0.125], { dtype: torch.float64 });
    g!.backward(first.reshape([2, 2]));
    // As PyTorch gives them.
    const [[a, b], [c, d]] = x.grad!.tolist() as number[][];
    for (const [got, want] of [
      [a, 0.003],
      [b, -0.0058],
      [c, -0.0058],
      [d, -0.003],
    ])
      expect(got).toBeCloseTo(want, 4);
  });
  test("of general eigenvalues, and of the sizes of vectors", () => {
    expect(at((X) => linalg.eigvals(X).abs().sum([-1]), A)).toBe(true);
    expect(at((X) => linalg.eig(X).eigenvectors.abs().pow(2).sum([-1]), A)).toBe(true);
  });
  test("of what a decomposition determines, and PyTorch's sentence for what it does not", () => {
    expect(at((X) => linalg.svd(X, false).U.pow(2), matrix(3, 4, 2))).toBe(true);
    const tall = matrix(1, 3, 2).requires_grad_(true);
    expect(() => linalg.qr(tall, "complete").Q.sum().backward()).toThrow(
      "The QR decomposition is not differentiable when mode='complete' and nrows > ncols.",
    );
    expect(() => linalg.qr(tall, "r").R.sum().backward()).toThrow("The derivative of linalg.qr depends on Q");
  });
});

describe("errors are PyTorch's", () => {
  const ones = torch.ones(3, 3);
  const stack = torch.zeros(2, 3, 3);
  test.each([
    ["inv", () => linalg.inv(ones), "linalg.inv: The diagonal element 2 is zero, the inversion could not be completed"],
    ["inv of a batch", () => linalg.inv(stack), "linalg.inv: (Batch element 0): The diagonal element 1 is zero"],
    [
      "solve",
      () => linalg.solve(ones, torch.ones(3)),
      "torch.linalg.solve: The solver failed because the input matrix is",
    ],
    ["cholesky", () => linalg.cholesky(ones.neg()), "linalg.cholesky: The factorization could not be completed"],
    ["torch.cholesky", () => torch.cholesky(stack), "cholesky: (Batch element 0): The factorization could not"],
    [
      "det",
      () => linalg.det(torch.ones(2, 3)),
      "linalg.det: A must be batches of square matrices, but they are 2 by 3",
    ],
    ["a vector", () => linalg.inv(torch.ones(3)), "linalg.inv: The input tensor A must have at least 2 dimensions."],
    [
      "integers",
      () => linalg.inv(ones.long()),
      "linalg.inv: Expected a floating point or complex tensor as input. Got Long",
    ],
    [
      "shapes",
      () => linalg.solve(ones, torch.ones(4, 1)),
      "linalg.solve: Incompatible shapes of A and B for the equation AX = B (3x3 and 4x1)",
    ],
    [
      "qr",
      () => linalg.qr(ones, "x"),
      "qr received unrecognized mode 'x' but expected one of 'reduced' (default), 'r', or",
    ],
    ["eigh", () => linalg.eigh(ones, "x"), "Expected UPLO argument to be 'L' or 'U', but got x"],
    ["matrix_norm", () => linalg.matrix_norm(ones, 3), "linalg.matrix_norm: Order 3 not supported."],
    [
      "norm",
      () => linalg.norm(torch.ones(2, 2, 2), 2),
      "linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got 3D.",
    ],
    [
      "lu_factor",
      () => linalg.lu_factor(stack),
      "torch.linalg.lu_factor: (Batch element 0): U[1,1] is zero and using it on lu_solve",
    ],
    ["multi_dot", () => linalg.multi_dot([ones]), "multi_dot(): expected at least 2 tensors but got 1"],
    [
      "lstsq",
      () => linalg.lstsq(ones, ones, { driver: "x" }),
      "torch.linalg.lstsq: parameter `driver` should be one of (gels,",
    ],
    [
      "svd of NaN",
      () => linalg.svd(ones.mul(NaN)),
      "linalg.svd: The algorithm failed to converge because the input matrix contained",
    ],
    [
      "an empty norm",
      () => linalg.vector_norm(torch.ones(0), Infinity),
      "linalg.vector_norm cannot compute the inf norm on an empty tensor",
    ],
  ])("%s", (_, run, sentence) => {
    expect(run).toThrow(sentence);
  });
  test("a factorization that cannot be completed raises LinAlgError, which is a RuntimeError", () => {
    expect(() => linalg.inv(ones)).toThrow(linalg.LinAlgError);
    expect(() => linalg.inv(ones)).toThrow(torch.RuntimeError);
  });
});

test("results lie in memory as LAPACK and so PyTorch leave them, column by column", () => {
  torch.manual_seed(0);
  const [A, B, R] = [torch.randn(2, 3, 3), torch.randn(2, 3, 4), torch.randn(2, 5, 3)];
  const S = A.matmul(A.mT).add(torch.eye(3));
  const { linalg } = torch;
  // Recorded: PyTorch 2.13.
  const cases: readonly [name: string, found: readonly torch.Tensor[], strides: readonly (readonly number[])[]][] = [
    ["inv", [linalg.inv(A)], [[9, 1, 3]]],
    [
      "solve",
      [linalg.solve(A, B), linalg.solve(A[0], B[0])],
      [
        [12, 1, 3],
        [1, 3],
      ],
    ],
    [
      "cholesky",
      [linalg.cholesky(S), linalg.cholesky(S, { upper: true })],
      [
        [9, 1, 3],
        [9, 1, 3],
      ],
    ],
    [
      "qr",
      linalg.qr(R),
      [
        [15, 1, 5],
        [9, 1, 3],
      ],
    ],
    [
      "svd",
      linalg.svd(R),
      [
        [25, 1, 5],
        [3, 1],
        [9, 1, 3],
      ],
    ],
    [
      "eigh",
      linalg.eigh(S),
      [
        [3, 1],
        [9, 1, 3],
      ],
    ],
    [
      "lu_factor",
      linalg.lu_factor(R),
      [
        [15, 1, 5],
        [3, 1],
      ],
    ],
    [
      "lu",
      linalg.lu(R),
      [
        [25, 5, 1],
        [15, 3, 1],
        [9, 3, 1],
      ],
    ],
    [
      "ldl_factor",
      linalg.ldl_factor(S),
      [
        [9, 1, 3],
        [3, 1],
      ],
    ],
    ["matrix_exp", [linalg.matrix_exp(A)], [[9, 3, 1]]],
    ["an empty batch", [linalg.inv(torch.zeros(0, 2, 2))], [[4, 1, 2]]],
    [
      "nonzero",
      [torch.ones(3, 4).nonzero(), torch.argwhere(torch.ones(3, 4))],
      [
        [1, 12],
        [1, 12],
      ],
    ],
    ["nonzero_static", [torch.nonzero_static(torch.ones(3, 4), { size: 5 })], [[2, 1]]],
  ];
  for (const [name, found, strides] of cases)
    expect(
      found.map((t) => t.stride()),
      name,
    ).toEqual(strides);
});
