// What the factorizations share. Matrices are row-major: element (i, j) of an [m, n] matrix is at i * n + j.

/** A product within one matrix of row length `n`: C -= A B, with C [rows, cols]; `a`, `b`, `c`: where they begin. */
export interface Update {
  readonly rows: number;
  readonly cols: number;
  readonly inner: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}
/** Does an update, by whatever multiplies matrices fastest. Blocks do not overlap. */
export type Subtract = (m: Float64Array, n: number, update: Update) => void;

/** An update by plain loops. */
export const subtractPlainly: Subtract = (m, n, { rows, cols, inner, a, b, c }) => {
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < inner; k++) {
      const factor = m[a + i * n + k];
      if (factor === 0) continue;
      const [from, to] = [b + k * n, c + i * n];
      for (let j = 0; j < cols; j++) m[to + j] -= factor * m[from + j];
    }
};
/** The transpose of an [m, n] matrix. */
export function transposed(a: Float64Array, m: number, n: number): Float64Array {
  const out = new Float64Array(m * n);
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) out[j * m + i] = a[i * n + j];
  return out;
}
