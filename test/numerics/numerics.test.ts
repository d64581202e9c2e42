// Linear algebra on matrices that are hard: badly scaled, of less than full rank, with repeated or missing eigenvectors.
import * as torch from "tidu";
import { describe, expect, test } from "vitest";

const f64 = { dtype: torch.float64 };
const largest = (x: torch.Tensor): number => x.abs().max().item() as number;
/** Rank 1, columns from 1e-100 to 1e100, zeros, the identity, and what is usual. */
function hardMatrices(m: number, n: number): torch.Tensor[] {
  torch.manual_seed(m * 100 + n);
  const a = torch.randn(m, n, f64);
  return [
    a,
    torch.randn(m, 1, f64).matmul(torch.randn(1, n, f64)),
    a.mul(torch.logspace(-100, 100, n, f64)),
    torch.zeros(m, n, f64),
    torch.eye(m, n, f64),
    a.mul(1e-160),
    a.mul(1e160),
  ];
}

describe.each([
  [1, 1],
  [3, 3],
  [5, 2],
  [2, 5],
  [40, 40],
  [60, 35],
])("hard [%i, %i] matrices", (m, n) => {
  test("are the product of their singular vectors and values, which do not depend on whether vectors are asked for", () => {
    for (const a of hardMatrices(m, n)) {
      const [u, s, vh] = torch.linalg.svd(a, { full_matrices: false });
      const scale = largest(a) || 1;
      expect(largest(u.mul(s).matmul(vh).sub(a)) / scale).toBeLessThan(1e-13);
      expect(largest(u.mT.matmul(u).sub(torch.eye(Math.min(m, n), f64)))).toBeLessThan(1e-12);
      expect(largest(torch.linalg.svdvals(a).sub(s)) / scale).toBeLessThan(1e-13);
    }
  });
});
describe("eig", () => {
  /** A V - V diag(w), relative to A. */
  function residual(a: torch.Tensor): number {
    const [w, v] = torch.linalg.eig(a);
    const c = torch.complex(a, torch.zeros_like(a));
    return largest(c.matmul(v).sub(v.mul(w.unsqueeze(0)))) / (largest(a) || 1);
  }
  test("solves A v = w v for full, defective, triangular, badly scaled and complex matrices", () => {
    torch.manual_seed(3);
    const a = torch.randn(40, 40, f64);
    const jordan = torch.eye(6, f64).mul(2).add(torch.ones(5, f64).diag(1));
    const scaled = torch.tensor([[1, 1e8, 0], [1e-8, 2, 1e6], [0, 1e-6, 3]], f64); // prettier-ignore
    for (const x of [
      a,
      jordan,
      a.triu(),
      a.tril(),
      scaled,
      a.add(a.mT),
      a.sub(a.mT),
      torch.zeros(3, 3, f64),
      a.mul(1e-200),
      a.mul(1e200),
    ])
      expect(residual(x)).toBeLessThan(1e-13);
    const z = torch.complex(a, torch.randn(40, 40, f64));
    const [w, v] = torch.linalg.eig(z);
    expect(largest(z.matmul(v).sub(v.mul(w.unsqueeze(0))))).toBeLessThan(1e-12);
  });
  test("gives real eigenvalues of a symmetric matrix as eigh does", () => {
    torch.manual_seed(4);
    const a = torch.randn(30, 30, f64);
    const s = a.add(a.mT);
    const sorted = torch.real(torch.linalg.eigvals(s)).sort()[0];
    expect(largest(sorted.sub(torch.linalg.eigvalsh(s)))).toBeLessThan(1e-12);
  });
});
