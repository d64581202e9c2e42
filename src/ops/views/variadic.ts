// Functions of several tensors, given as a list or spread: torch.meshgrid(x, y) and torch.meshgrid([x, y]).
import { nodeNamed } from "../../autograd/op_node.ts";
import { RuntimeError, ValueError } from "../../base/errors.ts";
import { broadcastShapes, sameShape } from "../../base/layout.ts";
import { Size, Tensor } from "../../tensor/tensor.ts";
import { _unravel_index } from "../reduction/counting.ts";
import { arange } from "../creation/from_data.ts";
import { cat, stack } from "./joining.ts";
import { _atleast } from "./joining.ts";
import { _tensordot, _trapezoid } from "../linalg/other_products.ts";

type Tensors = readonly Tensor[] | readonly [readonly Tensor[]];
const asList = (given: Tensors): readonly Tensor[] =>
  given.length === 1 && !(given[0] instanceof Tensor) ? given[0] : (given as readonly Tensor[]);

/** All tensors expanded to the shape they broadcast to. As `torch.broadcast_tensors`. */
export function broadcast_tensors(...tensors: Tensors): Tensor[] {
  const all = asList(tensors);
  if (all.length === 0) return [];
  const shape = all.map((t) => t.sizes).reduce(broadcastShapes);
  return all.map((t) => (sameShape(t.sizes, shape) ? t : t.expand(shape)));
}
/**
 * The shape to which shapes (or single sizes) broadcast. Raises RuntimeError if they do not, ValueError for negative
 * sizes. As `torch.broadcast_shapes`.
 * @example broadcast_shapes([2, 1], [1, 3], 3) // torch.Size([2, 3])
 */
export function broadcast_shapes(...shapes: readonly (number | readonly number[])[]): Size {
  const all = shapes.map((s) => (typeof s === "number" ? [s] : s));
  const result = new Array<number>(Math.max(0, ...all.map((s) => s.length))).fill(1);
  for (const [at, shape] of all.entries())
    for (let d = -1; d >= -shape.length; d--) {
      const size = shape.at(d)!;
      const place = result.length + d;
      if (size === 1 || size === result[place]) continue;
      if (result[place] !== 1)
        throw new RuntimeError(
          `Attempting to broadcast a dimension of length ${size} at ${d}! Mismatching argument at index ${at} had (${shape.join(", ")}${shape.length === 1 ? "," : ""}); but expected shape should be broadcastable to [${result.join(", ")}]`,
        );
      if (size < 0) throw new ValueError("Attempting to broadcast a dimension with negative length!");
      result[place] = size;
    }
  return Size.from(result) as Size;
}
/**
 * Coordinates of a grid from one vector for each dim: `indexing` "ij" counts rows first, "xy" columns first.
 * As `torch.meshgrid`.
 */
export function meshgrid(...given: readonly (Tensor | readonly Tensor[] | { indexing?: "ij" | "xy" })[]): Tensor[] {
  const last = given.at(-1);
  const options = last instanceof Tensor || Array.isArray(last) ? {} : (last as { indexing?: string });
  const tensors = asList(given.filter((x) => x !== options) as never);
  const { indexing = "ij" } = options as { indexing?: string };
  if (tensors.length === 0) throw new RuntimeError("meshgrid expects a non-empty TensorList");
  for (const t of tensors)
    if (t.sizes.length > 1)
      throw new RuntimeError(
        `torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: ${t.ndim} dims of sizes [${t.sizes.join(", ")}]`,
      );
  if (indexing !== "ij" && indexing !== "xy")
    throw new RuntimeError(`torch.meshgrid: indexing must be one of "xy" or "ij", but received: ${indexing}`);
  const swaps = indexing === "xy" && tensors.length >= 2;
  const order = swaps ? [tensors[1], tensors[0], ...tensors.slice(2)] : tensors;
  const shape = order.map((t) => t.numel());
  const grids = order.map((t, d) => t.reshape(shape.map((n, k) => (k === d ? n : 1))).expand(shape));
  if (!swaps) return grids;
  return [grids[1], grids[0], ...grids.slice(2)];
}
const atLeast =
  (n: 1 | 2 | 3) =>
  (...tensors: Tensors): Tensor | Tensor[] =>
    tensors.length === 1 && tensors[0] instanceof Tensor
      ? _atleast(tensors[0], n)
      : asList(tensors).map((t) => _atleast(t, n));
/** Tensors with at least one dim. As `torch.atleast_1d`. */
export const atleast_1d = atLeast(1);
/** Tensors with at least two dims. As `torch.atleast_2d`. */
export const atleast_2d = atLeast(2);
/** Tensors with at least three dims. As `torch.atleast_3d`. */
export const atleast_3d = atLeast(3);

/** Matrices along a diagonal, zeros elsewhere. As `torch.block_diag`. */
export function block_diag(...tensors: Tensors): Tensor {
  const blocks = asList(tensors).map((t, i) => {
    if (t.sizes.length > 2)
      throw new RuntimeError(
        `torch.block_diag: Input tensors must have 2 or fewer dimensions. Input ${i} has ${t.sizes.length} dimensions`,
      );
    return _atleast(t, 2);
  });
  const columns = blocks.reduce((n, t) => n + t.sizes[1], 0);
  let before = 0;
  const whole = cat(
    blocks.map((t) => {
      const [rows, width] = t.sizes;
      const row = cat([t.new_zeros([rows, before]), t, t.new_zeros([rows, columns - before - width])], 1);
      before += width;
      return row;
    }),
    0,
  );
  return nodeNamed(whole, "BlockDiagBackward0");
}
/** Every way to take one element of each vector, one a row. As `torch.cartesian_prod`. */
export function cartesian_prod(...tensors: Tensors): Tensor {
  const vectors = asList(tensors);
  for (const t of vectors)
    if (t.sizes.length !== 1) throw new RuntimeError(`Expect a 1D vector, but got shape [${t.sizes.join(", ")}]`);
  if (vectors.length === 1) return vectors[0];
  return stack(
    meshgrid(vectors).map((t) => t.reshape([-1])),
    1,
  );
}
/** Every way to take `r` elements of a vector, one a row. As `torch.combinations`. */
export function combinations(
  input: Tensor,
  given: number | { r?: number; with_replacement?: boolean } = 2,
  repeats?: boolean,
): Tensor {
  const { r = 2, with_replacement = false } =
    typeof given === "number" ? { r: given, with_replacement: repeats } : given;
  if (input.sizes.length !== 1) throw new RuntimeError(`Expect a 1D vector, but got shape [${input.sizes.join(", ")}]`);
  if (r < 0) throw new RuntimeError(`Expect a non-negative number, but got ${r}`);
  if (r === 0) return input.new_empty([0]);
  const grids = meshgrid(Array.from({ length: r }, () => arange(input.sizes[0])));
  const rising = grids
    .slice(1)
    .map((g, i) => (with_replacement ? grids[i].le(g) : grids[i].lt(g)))
    .reduce((a, b) => a.logical_and(b), grids[0].ge(0));
  return stack(
    grids.map((g) => input.index_select(0, g.masked_select(rising))),
    1,
  );
}

/** Sums of products over the last `dims` dims of a and the first of b, or over two lists of dims. As `torch.tensordot`. */
export function tensordot(
  a: Tensor,
  b: Tensor,
  given:
    number | readonly (readonly number[])[] | Tensor | { dims?: number | readonly (readonly number[])[] | Tensor } = 2,
): Tensor {
  const dims =
    typeof given === "number" || Array.isArray(given) || given instanceof Tensor
      ? given
      : ((given as { dims?: number }).dims ?? 2);
  const value = (dims instanceof Tensor ? dims.tolist() : dims) as number | number[][];
  if (typeof value !== "number") return _tensordot(a, b, value[0], value[1]);
  if (value < 0) throw new RuntimeError(`tensordot expects dims >= 0, but got dims=${value}`);
  const n = Array.from({ length: value }, (_, i) => i);
  return _tensordot(
    a,
    b,
    n.map((i) => i - value),
    n,
  );
}
/** Integral along `dim` by the trapezoidal rule: over the points `x`, or `dx` apart. As `torch.trapezoid`. */
export function trapezoid(y: Tensor, ...given: readonly (Tensor | TrapezoidOptions)[]): Tensor {
  return trapezoidBy(y, given, false);
}
/** {@link trapezoid} */
export function trapz(y: Tensor, ...given: readonly (Tensor | TrapezoidOptions)[]): Tensor {
  return trapezoidBy(y, given, false);
}
/** {@link trapezoid} up to every point. As `torch.cumulative_trapezoid`. */
export function cumulative_trapezoid(y: Tensor, ...given: readonly (Tensor | TrapezoidOptions)[]): Tensor {
  return trapezoidBy(y, given, true);
}
export interface TrapezoidOptions {
  x?: Tensor | null;
  dx?: number;
  dim?: number;
}
function trapezoidBy(y: Tensor, given: readonly (Tensor | TrapezoidOptions)[], running: boolean): Tensor {
  const [first] = given;
  const {
    x = null,
    dx = 1,
    dim = -1,
  } = ((first instanceof Tensor ? given[1] : first) as TrapezoidOptions | undefined) ?? {};
  const points = first instanceof Tensor ? first : x;
  return _trapezoid(y, points, dx, dim, running);
}
/** The indices by dim of places in a flattened tensor of that shape. As `torch.unravel_index`. */
export function unravel_index(indices: Tensor, shape: number | readonly number[]): Tensor[] {
  return _unravel_index(indices, typeof shape === "number" ? [shape] : shape);
}
