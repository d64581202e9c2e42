// Products of matrices and vectors: powers, chains, exponentials.
import { numberIn } from "../common/looks.ts";
import { bfloat16, bool, float16 } from "../../base/dtype.ts";
import { RuntimeError } from "../../base/errors.ts";
import { list, wrapDim } from "../../base/layout.ts";
import { composite, host } from "../../kinds/kernels.ts";
import { define, op } from "../../dispatch/declare.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { eye } from "../creation/creation.ts";
import { cat } from "../views/joining.ts";
import { assertFloats, assertSquare, wideOf } from "./matrices.ts";
import { inv, solve } from "./solve.ts";
import { zero } from "../copies/copy.ts";
import { roll } from "../views/turning.ts";
import { vdot } from "./matmul.ts";
import { cumprod } from "../reduction/reduction.ts";

/** The product of matrices, batches of them, or vectors: {@link torch.matmul}. As `torch.linalg.matmul`. */
export const matmul = op("linalg_matmul(Tensor input, Tensor other) -> Tensor");
define(matmul, { kernel: composite(({ input, other }) => input.matmul(other)) });

/** Square matrices to the power of a whole number; a negative one inverts. As `torch.linalg.matrix_power`. */
export const matrix_power = op("linalg_matrix_power(Tensor A, int n) -> Tensor");
define(matrix_power, {
  kernel: composite(({ A, n }) => {
    assertSquare("linalg.matrix_power", A);
    if (n === 0) return zero(A).add(eye(A.sizes.at(-1)!, { dtype: A.dtype }));
    let square = n < 0 ? inv(A) : A;
    let result: Tensor | null = null;
    for (let left = Math.abs(n); left > 0; left = Math.floor(left / 2)) {
      if (left % 2 === 1) result = result === null ? square : result.matmul(square);
      if (left > 1) square = square.matmul(square);
    }
    return n === 1 ? A.clone() : result!;
  }),
});

/** The order of multiplying that costs least: Cormen et al., Introduction to Algorithms, section 15.2. */
function cheapest(sizes: readonly number[]): (i: number, j: number) => number {
  const n = sizes.length - 1;
  const cost = Array.from({ length: n }, () => new Float64Array(n));
  const cut = Array.from({ length: n }, () => new Int32Array(n));
  for (let span = 1; span < n; span++)
    for (let i = 0; i + span < n; i++) {
      const j = i + span;
      cost[i][j] = Infinity;
      for (let k = i; k < j; k++) {
        const total = cost[i][k] + cost[k + 1][j] + sizes[i] * sizes[k + 1] * sizes[j + 1];
        if (total < cost[i][j]) {
          cost[i][j] = total;
          cut[i][j] = k;
        }
      }
    }
  return (i, j) => cut[i][j];
}
/** The product of two or more matrices in the cheapest order; the first and the last may be vectors. As `torch.linalg.multi_dot`. */
export const multi_dot = op("linalg_multi_dot(Tensor[] tensors) -> Tensor");
define(multi_dot, {
  kernel: composite(({ tensors }) => {
    const n = tensors.length;
    if (n < 2) throw new RuntimeError(`multi_dot(): expected at least 2 tensors but got ${n}`);
    for (const [i, t] of tensors.entries()) {
      const ends = i === 0 || i === n - 1;
      if (t.sizes.length !== 2 && !(ends && t.sizes.length === 1))
        throw new RuntimeError(
          `multi_dot(): ${i === 0 ? "the first tensor must be 1D or 2D" : i === n - 1 ? "the last tensor must be 1D or 2D" : `tensor ${i} must be 2D`} but got ${t.sizes.length}D`,
        );
    }
    const first = tensors[0].sizes.length === 1;
    const last = tensors[n - 1].sizes.length === 1;
    const matrices = tensors.map((t, i) => (t.sizes.length === 2 ? t : i === 0 ? t.unsqueeze(0) : t.unsqueeze(1)));
    const sizes = [matrices[0].sizes[0], ...matrices.map((m) => m.sizes[1])];
    for (let i = 1; i < n; i++)
      if (matrices[i].sizes[0] !== sizes[i])
        throw new RuntimeError(
          `multi_dot(): tensors ${i - 1} and ${i} with shapes ${list(tensors[i - 1].sizes)} and ${list(tensors[i].sizes)} cannot be multiplied`,
        );
    const cut = cheapest(sizes);
    const chain = (i: number, j: number): Tensor =>
      i === j ? matrices[i] : chain(i, cut(i, j)).mm(chain(cut(i, j) + 1, j));
    const whole = chain(0, n - 1);
    const without = first ? whole.squeeze([0]) : whole;
    return last ? without.squeeze([-1]) : without;
  }),
  lastNode: "ViewBackward0",
});

// Padé approximants of order 13 after scaling: N. Higham, The scaling and squaring method for the matrix exponential
// revisited, 2005.
const PADE = [
  64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600,
  670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1,
];
const THETA = 5.371920351148152;
/** The exponential of square matrices. As `torch.linalg.matrix_exp`. */
export const matrix_exp = op("linalg_matrix_exp(Tensor A) -> Tensor");
define(matrix_exp, {
  kernel: host(({ A }) => {
    assertSquare("linalg.matrix_exp", A);
    assertFloats("linalg.matrix_exp", A);
    const [n] = A.sizes.slice(-1);
    if (A.numel() === 0) return A.clone();
    const x = A.to(wideOf(A.dtype));
    const largest = numberIn(x.abs().sum([-2]).max(), 1);
    const halvings = Math.max(0, Math.ceil(Math.log2(largest / THETA)));
    if (!Number.isFinite(largest)) return A.mul(NaN);
    const X = x.mul(2 ** -halvings);
    const ones = eye(n, { dtype: X.dtype });
    const X2 = X.matmul(X);
    const X4 = X2.matmul(X2);
    const X6 = X2.matmul(X4);
    const sum = (b6: number, b4: number, b2: number): Tensor => X6.mul(b6).add(X4.mul(b4)).add(X2.mul(b2));
    const b = PADE;
    const U = X.matmul(
      X6.matmul(sum(b[13], b[11], b[9]))
        .add(sum(b[7], b[5], b[3]))
        .add(ones.mul(b[1])),
    );
    const V = X6.matmul(sum(b[12], b[10], b[8]))
      .add(sum(b[6], b[4], b[2]))
      .add(ones.mul(b[0]));
    let result = solve(V.sub(U), V.add(U));
    for (let i = 0; i < halvings; i++) result = result.matmul(result);
    return result.to(A.dtype).contiguous();
  }),
  saves: ["A"],
  backward: {
    // The exponential of [[Aᴴ, g], [0, Aᴴ]] has the gradient in its corner: Mathias, A chain rule for matrix functions, 1996.
    A: ({ grad, A }) => {
      const n = A.sizes.at(-1)!;
      const block = cat([cat([A.mH, grad], -1), cat([grad.new_zeros(grad.sizes), A.mH], -1)], -2);
      return matrix_exp(block).narrow(-2, 0, n).narrow(-1, n, n);
    },
  },
});

/** The cross product of vectors of 3 numbers along `dim`; other dims broadcast. As `torch.linalg.cross`. */
export const cross = op("linalg_cross(Tensor input, Tensor other, *, int dim=-1) -> Tensor");
define(cross, {
  kernel: composite(({ input, other, dim }) => {
    const [n, m] = [input.sizes.length, other.sizes.length];
    if (n !== m) throw new RuntimeError("linalg.cross: inputs must have the same number of dimensions.");
    const d = wrapDim(dim, n);
    if (input.sizes[d] !== 3 || other.sizes[d] !== 3)
      throw new RuntimeError(
        `linalg.cross: inputs dimension ${dim} must have length 3. Got ${input.sizes[d]} and ${other.sizes[d]}`,
      );
    const turned = (t: Tensor, by: number): Tensor => roll(t, by, [d]);
    return turned(input, -1)
      .mul(turned(other, -2))
      .sub(turned(input, -2).mul(turned(other, -1)));
  }),
  node: "LinalgCrossBackward0",
});
/** The sum of the products along `dim`, with the conjugate of x. As `torch.linalg.vecdot`. */
export const vecdot = op("linalg_vecdot(Tensor x, Tensor y, *, int dim=-1) -> Tensor");
define(vecdot, {
  kernel: composite(({ x, y, dim }) => {
    assertFloats("linalg.vecdot", x);
    // Of two vectors there is one dim, whatever is asked for.
    if (x.sizes.length === 1 && y.sizes.length === 1) return vdot(x, y);
    return x.conj_physical().mul(y).sum([dim]);
  }),
  lastNode: ({ x, y }) => (x.sizes.length === 1 && y.sizes.length === 1 ? "VdotBackward0" : "SumBackward1"),
});
/** The diagonal of matrices in the last two dims, as a view. As `torch.linalg.diagonal`. */
export const diagonal = op("linalg_diagonal(Tensor(a) A, *, int offset=0, int dim1=-2, int dim2=-1) -> Tensor(a)");
define(diagonal, { kernel: composite(({ A, offset, dim1, dim2 }) => A.diagonal(offset, dim1, dim2)) });
/** Powers 0 to N - 1 of the elements of x, side by side. As `torch.linalg.vander`. */
export const vander = op("linalg_vander(Tensor x, *, int? N=None) -> Tensor");
define(vander, {
  kernel: composite(({ x, N }) => {
    if (x.dtype === bool || x.dtype === float16 || x.dtype === bfloat16)
      throw new RuntimeError(
        `linalg.vander supports floating point, complex, and integer tensors, but got ${x.dtype.legacyName}`,
      );
    const points = x.sizes.length === 0 ? x.unsqueeze(0) : x;
    const n = N ?? points.sizes.at(-1)!;
    if (n <= 1) throw new RuntimeError("N must be greater than 1.");
    const powers = cumprod(points.unsqueeze(-1).expand([...points.sizes, n - 1]), -1);
    return cat([powers.new_ones([...points.sizes, 1]), powers], -1);
  }),
});
