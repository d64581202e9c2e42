// Lower triangles of matrices as vectors, row by row.
import { ValueError } from "../base/errors.ts";
import { eye } from "../ops/creation/creation.ts";
import { arange } from "../ops/creation/from_data.ts";
import type { Tensor } from "../tensor/tensor.ts";

export const eyeLike = (m: Tensor): Tensor => eye(m.size(-1), { dtype: m.dtype });
/** Places, in a matrix of n rows flattened, on and below the diagonal `diag`. */
function places(n: number, diag: number): Tensor {
  const column = arange(n);
  const mask = column.lt(column.view([-1, 1]).add(diag + 1));
  return mask.flatten().nonzero().flatten();
}
/** What is on and below a diagonal of [..., n, n], as [..., numbers]. */
export function tril(matrix: Tensor, diag = 0): Tensor {
  const n = matrix.size(-1);
  if (diag < -n || diag >= n) throw new ValueError(`diag (${diag}) provided is outside [${-n}, ${n - 1}].`);
  return matrix.flatten(-2).index_select(-1, places(n, diag));
}
/** The matrices of which {@link tril} gives that, zero elsewhere. */
export function fromTril(numbers: Tensor, diag = 0): Tensor {
  const count = numbers.size(-1);
  const b = 1 + 2 * diag;
  const n = (-b + (b * b + 8 * count + 4 * Math.abs(diag) * (diag + 1)) ** 0.5) / 2;
  if (Math.abs(Math.round(n) - n) > 1e-7)
    throw new ValueError(
      `The size of last dimension is ${count} which cannot be expressed as the lower triangular part of a square D x D matrix.`,
    );
  const size = Math.round(n);
  const batch = numbers.shape.slice(0, -1);
  const flat = numbers.new_zeros([...batch, size * size]);
  return flat.index_copy(-1, places(size, diag), numbers).view([...batch, size, size]);
}
