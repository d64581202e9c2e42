// What the functions of torch.linalg share: checks in PyTorch's words, and stacks of matrices for the host to work on.
import type { Matrix } from "../../devices/backend.ts";
import type { Dtype } from "../../base/dtype.ts";
import { further, placeOf } from "../../kernel/place.ts";
import { bfloat16, complex128, float16, float64, int32 } from "../../base/dtype.ts";
import { LinAlgError, RuntimeError, warnOnce } from "../../base/errors.ts";
import { broadcastShapes, contiguousStrides, numel } from "../../base/layout.ts";
import type { Shape } from "../../base/layout.ts";
import { subtractPlainly } from "../../numerics/matrix.ts";
import type { Subtract } from "../../numerics/matrix.ts";
import { empty as allocate } from "../../tensor/allocate.ts";
import { look } from "../common/looks.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { last, noIntegers, noIntegersOrHalves, wideFloatsAndComplex } from "../../dispatch/takes.ts";
import type { Taken } from "../../dispatch/takes.ts";
import { zeros } from "../creation/creation.ts";
import { diag_embed } from "../views/diagonals.ts";

/** Says once, in PyTorch's words, what is used in place of a function of before torch.linalg. */
export const deprecated = (name: string, by: string, how: string): void =>
  warnOnce(`torch.${name} is deprecated in favor of ${by}and will be removed in a future PyTorch release.\n${how}`);
export function assertMatrix(name: string, A: Tensor, argument = "A"): void {
  if (A.sizes.length < 2)
    throw new RuntimeError(`${name}: The input tensor ${argument} must have at least 2 dimensions.`);
}
export function assertSquare(name: string, A: Tensor, argument = "A"): void {
  assertMatrix(name, A, argument);
  const [m, n] = A.sizes.slice(-2);
  if (m !== n)
    throw new RuntimeError(
      `${name}: ${argument} must be batches of square matrices, but they are ${m} by ${n} matrices`,
    );
}
export function assertFloats(name: string, A: Tensor): void {
  if (!A.dtype.is_differentiable) throw new RuntimeError(notFloats(name, A.dtype));
}
const notFloats = (name: string, d: Dtype): string =>
  `${name}: Expected a floating point or complex tensor as input. Got ${d.legacyName}`;
/**
 * What PyTorch's `kernel` takes, one of LAPACK's: float32, float64 and complex numbers, all computed in float64 here. Of
 * integers the function speaks itself where it has a `name`.
 */
export const lapack = (kernel: string, name?: string): readonly Taken[] => [
  ...(name === undefined ? [] : [last(noIntegers((d) => notFloats(name, d)))]),
  wideFloatsAndComplex(kernel),
];
/** The sentence of a right-hand side of another dtype than that of the matrices `A`. */
export const otherDtype =
  (name: string, A = "A") =>
  (b: Dtype, a: Dtype): string =>
    `${name}: Expected ${A} and B to have the same dtype, but found ${A} of type ${a.legacyName} and B of type ${b.legacyName} instead`;
/** The same of older functions. */
export const otherDtypeThan = (b: Dtype, A: Dtype): string =>
  `Expected b and A to have the same dtype, but found b of type ${b.legacyName} and A of type ${A.legacyName} instead.`;
const LOW = (name: string, d: Dtype): string => `${name}: Low precision dtypes not supported. Got ${d.legacyName}`;
/** The same where the function speaks of 16-bit floats, too. */
export const precise = (name: string): readonly Taken[] => [
  last(noIntegers((d) => notFloats(name, d))),
  last(noIntegersOrHalves((d) => LOW(name, d))),
];
/** The same in the words of LAPACK's workspaces. */
export const floatAndDouble = last(
  noIntegersOrHalves("This function doesn't handle types other than float and double"),
);
/** Refuses 16-bit floats. */
export function assertPrecise(name: string, A: Tensor): void {
  if (A.dtype === float16 || A.dtype === bfloat16) throw new RuntimeError(LOW(name, A.dtype));
}
/** The diagonal halved. */
export const halved = (x: Tensor): Tensor => x.sub(diag_embed(x.diagonal(0, -2, -1)).mul(0.5));
export const batchOf = (A: Tensor): Shape => A.sizes.slice(0, -2);
/** Both with the same dims in front of their matrices. */
export function sameBatch(A: Tensor, B: Tensor): [Tensor, Tensor] {
  const batch = broadcastShapes(batchOf(A), batchOf(B));
  return [A.expand([...batch, ...A.sizes.slice(-2)]), B.expand([...batch, ...B.sizes.slice(-2)])];
}
/** Raises LinAlgError for the first matrix that `info` has a number for. */
export function checkInfo(info: Tensor, name: string, sentence: (k: number) => string): void {
  if (info.whole.is_meta) return;
  const wrong = look(info.whole, (t) => t.typed_array().find((x) => Number(x) !== 0) ?? null);
  if (wrong === null) return;
  const values = info.whole.typed_array();
  const i = values.findIndex((x) => Number(x) !== 0);
  const which = info.whole.sizes.length === 0 ? "" : `(Batch element ${i}): `;
  throw new LinAlgError(`${name}: ${which}${sentence(Number(values[i]))}`);
}

/** Matrices in float64 or complex128, one after the other in row-major order. */
export class Stack {
  readonly tensor: Tensor;
  readonly count: number;
  readonly rows: number;
  readonly cols: number;
  readonly isComplex: boolean;

  constructor(tensor: Tensor) {
    this.tensor = tensor;
    this.isComplex = tensor.dtype.is_complex;
    [this.rows, this.cols] = tensor.sizes.slice(-2);
    this.count = numel(batchOf(tensor));
  }
  /** One matrix, to be changed in place; of complex numbers re and im in turn. Stale after the next allocation. */
  at(i: number): Float64Array {
    const size = this.rows * this.cols * (this.isComplex ? 2 : 1);
    return (this.tensor.host() as Float64Array).subarray(i * size, (i + 1) * size);
  }
  /** The results in the dtype that was given, column by column: so LAPACK leaves them, and PyTorch as it found them. */
  as(dtype: Dtype): Tensor {
    return inColumns(this.tensor, dtype);
  }
}
/** The same numbers in matrices whose columns lie one after the other. */
export function inColumns(A: Tensor, dtype: Dtype): Tensor {
  const [batch, matrix] = [A.sizes.slice(0, -2), A.sizes.slice(-2)];
  const turned = contiguousStrides([...batch, ...matrix.reverse()]);
  return allocate(A.sizes, dtype, [...turned.slice(0, -2), ...turned.slice(-2).reverse()]).copy_(A);
}
/** A copy to work on. */
export function stackOf(A: Tensor): Stack {
  const out = allocate(A.sizes, wideOf(A.dtype));
  return new Stack(out.copy_(A));
}
/** What matrices of a dtype are computed in. */
export const wideOf = (dtype: Dtype): Dtype => (dtype.is_complex ? complex128 : float64);
export const newStack = (batch: Shape, rows: number, cols: number, dtype: Dtype = float64): Stack =>
  new Stack(zeros([...batch, rows, cols], { dtype }));
/** A vector of numbers for each matrix of a batch. */
export const newVectors = (batch: Shape, n: number, dtype: Dtype = float64): Stack => newStack(batch, 1, n, dtype);
export const vectorsOf = (s: Stack, dtype: Dtype): Tensor => s.as(dtype).squeeze([-2]);
export const newInfo = (batch: Shape): Tensor => zeros(batch, { dtype: int32 });
export const infoAt = (info: Tensor): Int32Array => info.host() as Int32Array;

/** Columns that a block's factor has at most. */
const INNER = 64;
/** Below so many multiplications a call of the device costs more than it saves. */
const LEAST = 1 << 15;
/** Updates of blocks within matrix `i` of a stack of real numbers by the device's product. */
export function subtractOn({ tensor, rows, cols: all, count, isComplex }: Stack): (i: number) => Subtract {
  if (isComplex || rows * rows * INNER < LEAST || count === 0) return () => subtractPlainly;
  const matrix = rows * all;
  const negative = allocate([rows, INNER], float64);
  return (which) =>
    (m, n, { rows, cols, inner, a, b, c }) => {
      if (rows * cols * inner < LEAST) return subtractPlainly(m, n, { rows, cols, inner, a, b, c });
      const scratch = negative.host() as Float64Array;
      for (let i = 0; i < rows; i++) for (let k = 0; k < inner; k++) scratch[i * inner + k] = -m[a + i * n + k];
      const at = (element: number): Matrix => ({
        ...further(tensor, which * matrix + element),
        rowStride: n,
        colStride: 1,
      });
      tensor.backend.matmul(float64, {
        m: rows,
        n: cols,
        k: inner,
        a: { ...placeOf(negative), rowStride: inner, colStride: 1 },
        b: at(b),
        out: at(c),
        addend: at(c),
      });
    };
}
