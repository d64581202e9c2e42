// Systems with complex triangular matrices.
import type { TriangularOptions } from "../triangular.ts";
import { divide, subtractMultiple } from "./arithmetic.ts";

/** {@link solveTriangular} of complex numbers. */
export function complexSolveTriangular(
  a: Float64Array,
  lda: number,
  b: Float64Array,
  n: number,
  cols: number,
  { upper, unit = false }: TriangularOptions,
): void {
  for (let s = 0; s < n; s++) {
    const i = upper ? n - 1 - s : s;
    for (let t = 0; t < s; t++) {
      const j = upper ? n - 1 - t : t;
      const [re, im] = [a[2 * (i * lda + j)], a[2 * (i * lda + j) + 1]];
      if (re !== 0 || im !== 0) subtractMultiple(b, i * cols, re, im, b, j * cols, cols);
    }
    const at = 2 * (i * lda + i);
    if (!unit) for (let c = 0; c < cols; c++) divide(b, i * cols + c, a[at], a[at + 1]);
  }
}
