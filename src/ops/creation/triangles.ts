// Places of triangles and Vandermonde matrices.
import { int32, int64 } from "../../base/dtype.ts";
import { RuntimeError } from "../../base/errors.ts";
import { composite, compute } from "../../kinds/kernels.ts";
import { define, op } from "../../dispatch/declare.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Dtype } from "../../base/dtype.ts";
import { arange, fromTyped } from "./from_data.ts";
import { notImplementedFor } from "../../dispatch/takes.ts";
import { flip } from "../views/turning.ts";

/** Rows and columns of the elements on and below a diagonal of a matrix. */
export const tril_indices = op(
  "tril_indices(int row, int col, int offset=0, *, dtype? dtype=None, device? device=None, layout? layout=None) -> Tensor",
);
define(tril_indices, {
  kernel: compute(({ row, col, offset, dtype }) =>
    triangleIndices("tril_indices", dtype, row, col, (r, c) => c - r <= offset),
  ),
});
/** Rows and columns of the elements on and above a diagonal of a matrix. */
export const triu_indices = op(
  "triu_indices(int row, int col, int offset=0, *, dtype? dtype=None, device? device=None, layout? layout=None) -> Tensor",
);
define(triu_indices, {
  kernel: compute(({ row, col, offset, dtype }) =>
    triangleIndices("triu_indices", dtype, row, col, (r, c) => c - r >= offset),
  ),
});
function triangleIndices(
  name: string,
  dtype: Dtype | null,
  rows: number,
  cols: number,
  keep: (row: number, col: number) => boolean,
): Tensor {
  if (dtype !== null && dtype !== int64 && dtype !== int32) throw notImplementedFor(name, dtype);
  const at: [bigint, bigint][] = [];
  for (let r = 0; r < rows; r++) for (let c = 0; c < cols; c++) if (keep(r, c)) at.push([BigInt(r), BigInt(c)]);
  return fromTyped(BigInt64Array.from([...at.map((p) => p[0]), ...at.map((p) => p[1])]), [2, at.length], int64).to(
    dtype ?? int64,
  );
}
/** Powers of a vector as the columns of a matrix, falling unless `increasing`. */
export const vander = op("vander(Tensor self, int? N=None, bool increasing=False) -> Tensor");
define(vander, {
  kernel: composite(({ self, N, increasing }) => {
    if (self.sizes.length !== 1) throw new RuntimeError("x must be a one-dimensional tensor.");
    const n = N ?? self.sizes[0];
    if (n < 0) throw new RuntimeError("N must be non-negative.");
    const powers = self.unsqueeze(1).pow(arange(n));
    return increasing ? powers : flip(powers, [1]);
  }),
});
