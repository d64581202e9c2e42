// Vectors on diagonals.
import { RuntimeError } from "../../base/errors.ts";
import { wrapDim } from "../../base/layout.ts";
import { composite } from "../../kinds/kernels.ts";
import { define, op, inplace } from "../../dispatch/declare.ts";
import { arange } from "../creation/from_data.ts";
import { diagonal_scatter } from "./view.ts";

/** A vector as the diagonal of a matrix, or the diagonal of a matrix as a vector. */
export const diag = op("diag(Tensor self, int diagonal=0) -> Tensor");
define(diag, {
  kernel: composite(({ self, diagonal }) => {
    const n = self.sizes.length;
    if (n === 1) return diag_embed(self, diagonal);
    if (n === 2) return self.diagonal(diagonal).clone();
    throw new RuntimeError(`diag(): Supports 1D or 2D tensors. Got ${n}D`);
  }),
  node: ({ self }) => (self.sizes.length === 1 ? "DiagEmbedBackward0" : "DiagonalBackward0_copy"),
});
/** The last dim as the diagonal of two new dims; zeros elsewhere. */
export const diag_embed = op("diag_embed(Tensor self, int offset=0, int dim1=-2, int dim2=-1) -> Tensor");
define(diag_embed, {
  kernel: composite(({ self, offset, dim1, dim2 }) => {
    const n = self.sizes.length + 1;
    const [a, b] = [wrapDim(dim1, n), wrapDim(dim2, n)];
    if (a === b) throw new RuntimeError(`diagonal dimensions cannot be identical ${dim1}, ${dim2}`);
    const size = self.sizes.at(-1)! + Math.abs(offset);
    const shape = self.sizes.slice(0, -1);
    for (const d of [Math.min(a, b), Math.max(a, b)]) shape.splice(d, 0, size);
    return diagonal_scatter(self.new_zeros(shape), self, offset, a, b);
  }),
  node: "DiagEmbedBackward0",
});
/** All elements as the diagonal of a matrix. */
export const diagflat = op("diagflat(Tensor self, int offset=0) -> Tensor");
define(diagflat, { kernel: composite(({ self, offset }) => diag_embed(self.reshape([-1]), offset)) });

/** Self with zeros (or `fill_value`) on the main diagonal, in place; `wrap` starts again below a tall matrix's end. */
export const fill_diagonal = op("fill_diagonal(Tensor self, Scalar fill_value, bool wrap=False) -> Tensor");
define(fill_diagonal, {
  kernel: composite(({ self, fill_value, wrap }) => {
    const n = self.sizes.length;
    if (n < 2) throw new RuntimeError("dimensions must larger than 1");
    if (n > 2 && self.sizes.some((s) => s !== self.sizes[0]))
      throw new RuntimeError("all dimensions of input must be of equal length");
    const columns = self.sizes[n - 1];
    const step = self.sizes.reduce((all, _, d) => all + self.sizes.slice(d + 1).reduce((a, b) => a * b, 1), 0);
    const end = wrap || n > 2 ? self.numel() : Math.min(self.numel(), columns * columns);
    const places = arange(self.numel());
    const mask = places.remainder(step).eq(0).logical_and(places.lt(end));
    return self.masked_fill(mask.view(self.sizes), fill_value);
  }),
});
export const fill_diagonal_ = inplace(fill_diagonal);
