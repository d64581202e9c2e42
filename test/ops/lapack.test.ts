import { afterEach, describe, expect, test, vi } from "vitest";
import type { CpuDevice } from "../../src/devices/cpu/device.ts";
import { Lapack, lapackOf } from "../../src/devices/cpu/lapack.ts";
import { currentDevice } from "../../src/devices/registry.ts";
import * as torch from "../../src/index.ts";
import type { Dtype, Tensor } from "../../src/index.ts";
import { worthwhile } from "../../src/ops/linalg/system.ts";
import { bundle } from "../../tools/report/bundles.ts";
import { readDataset } from "../../tools/conformance/reader.ts";
import { replay } from "../../tools/conformance/replay.ts";

process.env["TIDU_BLAS"] = "1";
const device = currentDevice() as CpuDevice;
const there = lapackOf(device, torch.float64) !== null;
if (!there)
  console.warn(
    "The system's LAPACK is not tested here. It needs koffi (npm ci) and a BLAS that has one (apt-get install libopenblas0).",
  );
const { linalg } = torch;
const { elements } = worthwhile;
afterEach(() => void (worthwhile.elements = elements));
/** What `body` gives by the system's LAPACK, whatever the size, and by our own code. */
function both<T>(body: () => T): [T, T] {
  worthwhile.elements = 0;
  const theirs = body();
  worthwhile.elements = Infinity;
  return [theirs, body()];
}
const DTYPES = [torch.float32, torch.float64, torch.complex64, torch.complex128];
const tolerance = (d: Dtype): number => (d === torch.float32 || d === torch.complex64 ? 1e-3 : 1e-10);
const apart = (x: Tensor, y: Tensor): number =>
  x.numel() === 0 ? 0 : Number(x.sub(y).abs().max().item()) / Math.max(1, Number(y.abs().max().item()));
const draw = (sizes: number[], dtype: Dtype): Tensor => torch.randn(sizes, { dtype });
const hermitian = (A: Tensor): Tensor => A.matmul(A.mH).add(torch.eye(A.size(-1), { dtype: A.dtype }));

const SQUARE = [
  [1, 1],
  [5, 5],
  [2, 3, 6, 6],
  [40, 40],
];
const ANY = [...SQUARE, [7, 3], [3, 7], [3, 20, 9], [2, 9, 30]];
/** What is determined by the matrix, to the sign. */
const determined: Record<string, { of: number[][]; body: (A: Tensor) => readonly Tensor[] }> = {
  lu_factor_ex: { of: ANY, body: (A) => [...linalg.lu_factor_ex(A)] },
  solve: { of: SQUARE, body: (A) => [linalg.solve(A, A.mT.narrow(-1, 0, 1)), linalg.solve(A, A.mT, { left: false })] },
  inv_ex: { of: SQUARE, body: (A) => [...linalg.inv_ex(A)] },
  "det and slogdet": { of: SQUARE, body: (A) => [linalg.det(A), ...linalg.slogdet(A)] },
  cholesky: { of: SQUARE, body: (A) => [false, true].map((upper) => linalg.cholesky(hermitian(A), { upper })) },
  qr: { of: ANY, body: (A) => ["reduced", "complete", "r"].flatMap((mode) => [...linalg.qr(A, mode)]) },
  geqrf: { of: ANY, body: (A) => [...torch.geqrf(A)] },
  svdvals: { of: ANY, body: (A) => [linalg.svdvals(A)] },
  eigvalsh: { of: SQUARE, body: (A) => ["L", "U"].map((UPLO) => linalg.eigvalsh(A, UPLO)) },
  lstsq: {
    of: ANY,
    body: (A) => {
      const { solution, rank } = linalg.lstsq(A, A.narrow(-1, 0, 1));
      // Of rank one less, where the least solution is one of many.
      const flat = A.sub(
        A.narrow(-1, 0, 1)
          .mul(A.narrow(-2, 0, 1))
          .div(A.narrow(-1, 0, 1).narrow(-2, 0, 1)),
      );
      const least = linalg.lstsq(flat, A.narrow(-1, 0, 1), 1e-4);
      return [solution, rank, ...(Math.min(...A.sizes.slice(-2)) > 3 ? [least.rank, least.solution] : [])];
    },
  },
  solve_triangular: {
    of: SQUARE,
    body: (A) =>
      [true, false].flatMap((upper) =>
        [true, false].map((unitriangular) => {
          const a = A.mul(0.1).add(torch.eye(A.size(-1), { dtype: A.dtype }));
          return linalg.solve_triangular(a, A.mT, { upper, unitriangular });
        }),
      ),
  },
};

describe.skipIf(!there)("with a LAPACK on the machine", () => {
  for (const [name, { of, body }] of Object.entries(determined))
    test(`${name} gives numbers, strides and dtypes of our own`, () => {
      torch.manual_seed(1);
      for (const dtype of DTYPES)
        for (const sizes of of) {
          const A = draw(sizes, dtype);
          const [theirs, ours] = both(() => body(A));
          for (const [i, x] of theirs.entries()) {
            const told = `${dtype.name} [${sizes.join()}], result ${i}`;
            expect([x.dtype, x.sizes, x.strides], told).toEqual([ours[i].dtype, ours[i].sizes, ours[i].strides]);
            expect(apart(x, ours[i]), told).toBeLessThan(tolerance(dtype));
          }
        }
    });

  test("singular vectors and eigenvectors are some of the matrix, in strides and dtypes of our own", () => {
    torch.manual_seed(2);
    const isOrthonormal = (Q: Tensor): number => apart(Q.mH.matmul(Q), torch.eye(Q.size(-1), { dtype: Q.dtype }));
    const alike = (x: readonly Tensor[], y: readonly Tensor[], told: string): void => {
      for (const [i, t] of x.entries())
        expect([t.dtype, t.sizes, t.strides], `${told}, result ${i}`).toEqual([y[i].dtype, y[i].sizes, y[i].strides]);
    };
    for (const dtype of DTYPES) {
      const close = (x: number, told: string): void => expect(x, told).toBeLessThan(tolerance(dtype));
      for (const sizes of ANY)
        for (const full of [true, false]) {
          const [A, k] = [draw(sizes, dtype), Math.min(...sizes.slice(-2))];
          const [{ U, S, Vh }, ours] = both(() => linalg.svd(A, full));
          const told = `svd of ${dtype.name} [${sizes.join()}]`;
          alike([U, S, Vh], [ours.U, ours.S, ours.Vh], told);
          const scaled = U.narrow(-1, 0, k).mul(S.unsqueeze(-2).to(dtype));
          close(apart(scaled.matmul(Vh.narrow(-2, 0, k)), A), told);
          for (const Q of [U, Vh.mH]) close(isOrthonormal(Q), told);
        }
      for (const sizes of SQUARE) {
        const A = draw(sizes, dtype);
        for (const UPLO of ["L", "U"]) {
          const H = UPLO === "L" ? A.tril().add(A.tril(-1).mH) : A.triu().add(A.triu(1).mH);
          const real = H.sub(torch.diag_embed(H.diagonal(0, -2, -1))).add(
            torch.diag_embed(H.diagonal(0, -2, -1).real.to(dtype)),
          );
          const [{ eigenvalues: w, eigenvectors: V }, ours] = both(() => linalg.eigh(A, UPLO));
          const told = `eigh of ${dtype.name} [${sizes.join()}]`;
          alike([w, V], [ours.eigenvalues, ours.eigenvectors], told);
          close(apart(real.matmul(V), V.mul(w.unsqueeze(-2).to(dtype))), told);
          close(isOrthonormal(V), told);
        }
        const [{ eigenvalues: w, eigenvectors: V }, ours] = both(() => linalg.eig(A));
        const told = `eig of ${dtype.name} [${sizes.join()}]`;
        alike([w, V], [ours.eigenvalues, ours.eigenvectors], told);
        close(apart(A.to(V.dtype).matmul(V), V.mul(w.unsqueeze(-2))), told);
        const lengths = V.abs().square().sum([-2]);
        close(apart(lengths, torch.ones_like(lengths)), told);
        const [theirs, own] = both(() => linalg.eigvals(A));
        alike([theirs], [own], told);
        close(apart(theirs.sum(), A.diagonal(0, -2, -1).sum().to(V.dtype)), told);
      }
    }
  });

  test("every routine is called, where matrices are worth it alone", () => {
    const names = [
      "getrf",
      "getrs",
      "getri",
      "potrf",
      "trtrs",
      "geqrf",
      "orgqr",
      "gelsy",
      "gesdd",
      "syevd",
      "geev",
    ] as const;
    const spies = names.map((name) => vi.spyOn(Lapack.prototype, name));
    const program = (n: number): void => {
      const A = draw([n, n], torch.float64);
      linalg.solve(A, A);
      linalg.inv(A);
      linalg.cholesky(hermitian(A));
      linalg.solve_triangular(hermitian(A), A, { upper: true });
      linalg.qr(A);
      linalg.svd(A);
      linalg.lstsq(A, A);
      linalg.eigh(A);
      linalg.eig(A);
    };
    try {
      program(4);
      expect(spies.map((s) => s.mock.calls.length)).toEqual(names.map(() => 0));
      program(40);
      expect(names.filter((_, i) => spies[i].mock.calls.length === 0)).toEqual([]);
    } finally {
      vi.restoreAllMocks();
    }
  });

  test("errors are those of our own code", () => {
    const singular = torch.ones(20, 20, { dtype: torch.float64 });
    const holed = torch.full([20, 20], NaN);
    const refused: (() => unknown)[] = [
      () => linalg.solve(singular, singular),
      () => linalg.inv(torch.stack([torch.eye(20), torch.zeros(20, 20)])),
      () => linalg.lu_factor(torch.zeros(2, 20, 20)),
      () => linalg.cholesky(torch.stack([torch.eye(20), torch.eye(20).neg()])),
      () => linalg.svd(holed),
      () => linalg.svdvals(holed),
      () => linalg.eigh(torch.eye(20), "X"),
    ];
    const messageOf = (body: () => unknown): string => {
      try {
        body();
        return "none";
      } catch (e) {
        return String(e);
      }
    };
    for (const body of refused) {
      const [theirs, ours] = both(() => messageOf(body));
      expect(theirs).toBe(ours);
      expect(theirs).not.toBe("none");
    }
    const [theirs, ours] = both(() => linalg.inv_ex(torch.zeros(2, 20, 20)));
    expect(theirs.info.tolist()).toEqual(ours.info.tolist());
    const onZeros = both(() => linalg.solve_triangular(torch.zeros(20, 20), torch.ones(20, 1), { upper: true }));
    expect(onZeros.map((x) => x.select(0, 19).item())).toEqual([Infinity, Infinity]);
  });

  test("what PyTorch's recorded calls gave is given by it, too", () => {
    const data = readDataset(new URL("../recorded/conformance/", import.meta.url).pathname);
    const cases = data.cases.filter((c) => /linalg|cholesky|lu_|qr|svd|eig|inverse|det|solve|pinv|ormqr/.test(c.op));
    expect(cases.length).toBeGreaterThan(100);
    worthwhile.elements = 0;
    const failing = cases.map((c) => ({ id: c.id, ...replay(c, data) })).filter((r) => r.status === "failed");
    expect(failing.map((r) => `${r.id}: ${r.why}`)).toEqual([]);
  });

  test("gradients are right", () => {
    worthwhile.elements = 0;
    torch.manual_seed(3);
    const A = draw([5, 5], torch.float64).requires_grad_();
    for (const f of [
      (x: Tensor) => linalg.solve(x, x.mT),
      (x: Tensor) => linalg.inv(x),
      (x: Tensor) => linalg.det(x),
      (x: Tensor) => linalg.cholesky(hermitian(x)),
      (x: Tensor) => linalg.qr(x).Q,
      (x: Tensor) => linalg.lstsq(x.narrow(0, 0, 4), x.narrow(0, 1, 4)).solution,
      (x: Tensor) => linalg.lstsq(x.narrow(1, 0, 4), x).solution,
      (x: Tensor) => linalg.svdvals(x),
      (x: Tensor) => linalg.eigh(x.add(x.mT)).eigenvectors.abs(),
      (x: Tensor) => linalg.eig(x).eigenvalues.abs(),
    ])
      expect(torch.autograd.gradcheck(f, [A])).toBe(true);
  });
});

test("a bundle for browsers, where there is none, does not carry it", async () => {
  const program = `import { linalg, ones } from "tidu"; globalThis.x = linalg.inv(ones([1, 1]));`;
  const { metafile } = await bundle(program);
  const files = Object.keys(metafile.inputs).filter((file) => /lapack|linalg.*system|blas/.test(file));
  expect(files.sort()).toEqual(["dist/devices/cpu/gemm/no_blas.js", "dist/ops/linalg/no_system.js"]);
});
