// Functions of several tensors, given as a list or spread: torch.meshgrid(x, y) and torch.meshgrid([x, y]).
import { nodeNamed } from "../../autograd/op_node.ts";
import { RuntimeError, ValueError, warnOnce } from "../../base/errors.ts";
import { bindArguments, callable } from "../../dispatch/callable.ts";
import { writeOut } from "../../dispatch/out.ts";
import { overload, overloaded } from "../../dispatch/overloads.ts";
import { broadcastShapes, sameShape } from "../../base/layout.ts";
import { Size, Tensor } from "../../tensor/tensor.ts";
import { typeWord } from "../../tensor/type_word.ts";
import { _unravel_index } from "../reduction/counting.ts";
import { empty } from "../creation/creation.ts";
import { arange } from "../creation/from_data.ts";
import { cat, stack } from "./joining.ts";
import { _atleast } from "./joining.ts";
import { _tensordot, _trapezoid } from "../linalg/other_products.ts";
import { masked_select } from "../indexing/indexing.ts";

type Tensors = readonly Tensor[] | readonly [readonly Tensor[]];
/** A function of tensors alone. */
const ofTensors = <T>(name: string, body: (tensors: readonly Tensor[]) => T): ((...tensors: Tensors) => T) =>
  callable(`${name}(Tensor* tensors) -> Tensor` as "f(Tensor* tensors) -> Tensor", ({ tensors }) =>
    body(tensors),
  ) as never;

/** All tensors expanded to the shape they broadcast to. As `torch.broadcast_tensors`. */
export const broadcast_tensors = ofTensors("broadcast_tensors", (tensors) => {
  if (tensors.length === 0) return [];
  const shape = tensors.map((t) => t.sizes).reduce(broadcastShapes);
  return tensors.map((t) => (sameShape(t.sizes, shape) ? t : t.expand(shape)));
});
const SHAPES = "broadcast_shapes(object* shapes) -> object";
/**
 * The shape to which shapes (or single sizes) broadcast. Raises RuntimeError if they do not, ValueError for negative
 * sizes. As `torch.broadcast_shapes`.
 * @example broadcast_shapes([2, 1], [1, 3], 3) // torch.Size([2, 3])
 */
export function broadcast_shapes(...given: readonly (number | readonly number[])[]): Size {
  const { shapes } = bindArguments<typeof SHAPES, { shapes: typeof given }>(SHAPES, given);
  const all = shapes.map((s) => {
    const shape = typeof s === "number" ? [s] : s;
    if (Array.isArray(shape) && shape.every((n) => typeof n === "number")) return shape as readonly number[];
    throw new RuntimeError(
      `Input shapes should be of type ints, a tuple of ints, or a list of ints, got ${Array.isArray(s) ? `[${s.map(String).join(", ")}]` : s instanceof Tensor ? String(s) : typeWord(s)}`,
    );
  });
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
  const { tensors, indexing } = bindArguments("meshgrid(Tensor* tensors, *, str? indexing=None) -> Tensor[]", given);
  if (indexing === null)
    warnOnce("torch.meshgrid: in an upcoming release, it will be required to pass the indexing argument.");
  if (tensors.length === 0) throw new RuntimeError("meshgrid expects a non-empty TensorList");
  for (const t of tensors)
    if (t.sizes.length > 1)
      throw new RuntimeError(
        `torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: ${t.ndim} dims of sizes [${t.sizes.join(", ")}]`,
      );
  if (indexing !== null && indexing !== "ij" && indexing !== "xy")
    throw new RuntimeError(`torch.meshgrid: indexing must be one of "xy" or "ij", but received: ${indexing}`);
  const swaps = indexing === "xy" && tensors.length >= 2;
  const order = swaps ? [tensors[1], tensors[0], ...tensors.slice(2)] : tensors;
  const shape = order.map((t) => t.numel());
  const grids = order.map((t, d) => t.reshape(shape.map((n, k) => (k === d ? n : 1))).expand(shape));
  if (!swaps) return grids;
  return [grids[1], grids[0], ...grids.slice(2)];
}
const atLeast = (n: 1 | 2 | 3): ((...tensors: Tensors) => Tensor | Tensor[]) => {
  const ofSeveral = ofTensors(`atleast_${n}d`, (tensors) => tensors.map((t) => _atleast(t, n)));
  return Object.defineProperty(
    (...tensors: Tensors) =>
      tensors.length === 1 && tensors[0] instanceof Tensor ? _atleast(tensors[0], n) : ofSeveral(...tensors),
    "name",
    { value: ofSeveral.name },
  );
};
/** Tensors with at least one dim. As `torch.atleast_1d`. */
export const atleast_1d = atLeast(1);
/** Tensors with at least two dims. As `torch.atleast_2d`. */
export const atleast_2d = atLeast(2);
/** Tensors with at least three dims. As `torch.atleast_3d`. */
export const atleast_3d = atLeast(3);

/** Matrices along a diagonal, zeros elsewhere. As `torch.block_diag`. */
export const block_diag = ofTensors("block_diag", (tensors) => {
  if (tensors.length === 0) return empty([1, 0]);
  const blocks = tensors.map((t, i) => {
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
  return nodeNamed(whole, "BlockDiagBackward0", tensors);
});
/** Every way to take one element of each vector, one a row. As `torch.cartesian_prod`. */
export const cartesian_prod = ofTensors("cartesian_prod", (vectors) => {
  for (const t of vectors)
    if (t.sizes.length !== 1) throw new RuntimeError(`Expect a 1D vector, but got shape [${t.sizes.join(", ")}]`);
  if (vectors.length === 1) return vectors[0];
  return stack(
    meshgrid(vectors).map((t) => t.reshape([-1])),
    1,
  );
});
interface Combinations {
  (input: Tensor, r?: number, with_replacement?: boolean | { with_replacement?: boolean }): Tensor;
  (input: Tensor, options: { r?: number; with_replacement?: boolean }): Tensor;
}
/** Every way to take `r` elements of a vector, one a row. As `torch.combinations`. */
export const combinations = overloaded<Combinations>(
  overload("combinations(Tensor self, int r=2, bool with_replacement=False) -> Tensor", (self, r, with_replacement) => {
    if (self.sizes.length !== 1) throw new RuntimeError(`Expect a 1D vector, but got shape [${self.sizes.join(", ")}]`);
    if (r < 0) throw new RuntimeError(`Expect a non-negative number, but got ${r}`);
    if (r === 0) return self.new_empty([0]);
    const grids = meshgrid(Array.from({ length: r }, () => arange(self.sizes[0])));
    const rising = grids
      .slice(1)
      .map((g, i) => (with_replacement ? grids[i].le(g) : grids[i].lt(g)))
      .reduce((a, b) => a.logical_and(b), grids[0].ge(0));
    return stack(
      grids.map((g) => self.index_select(0, masked_select(g, rising))),
      1,
    );
  }),
);

type Contracted = number | readonly (readonly number[])[] | Tensor;
const TENSORDOT = "tensordot(Tensor a, Tensor b, object dims=2, *, Tensor? out=None) -> Tensor";
/** Sums of products over the last `dims` dims of a and the first of b, or over two lists of dims. As `torch.tensordot`. */
export const tensordot = callable<{ dims: Contracted }>()(TENSORDOT, ({ a, b, dims, out }) => {
  const value = (dims instanceof Tensor ? dims.tolist() : dims) as number | number[][];
  if (typeof value !== "number" && !(Array.isArray(value) && value.length === 2 && value.every(Array.isArray)))
    throw new RuntimeError(
      `tensordot expects dims to be int or tuple[list[int], list[int]] or list[list[int]] containing two lists, but got dims=${String(value)}`,
    );
  if (typeof value === "number" && value < 0)
    throw new RuntimeError(`tensordot expects dims >= 0, but got dims=${value}`);
  if (typeof value === "number" && value > Math.min(a.sizes.length, b.sizes.length))
    throw new RuntimeError(`tensordot expects dims < ndim_a or ndim_b, but got dims=${value}`);
  const n = typeof value === "number" ? Array.from({ length: value }, (_, i) => i) : [];
  const [ofA, ofB] = typeof value === "number" ? [n.map((i) => i - value), n] : value;
  const result = _tensordot(a, b, ofA, ofB);
  return out === null ? result : writeOut("tensordot", [out], [result], [a, b])[0];
});
interface Trapezoid {
  (y: Tensor, x: Tensor, options?: { dim?: number }): Tensor;
  (y: Tensor, options?: TrapezoidOptions): Tensor;
}
export interface TrapezoidOptions {
  x?: Tensor | null;
  dx?: number;
  dim?: number;
}
const trapezoidal = (name: string, running: boolean): Trapezoid =>
  overloaded<Trapezoid>(
    overload(
      `${name}(Tensor y, Tensor x, *, int dim=-1) -> Tensor` as "f(Tensor y, Tensor x, *, int dim=-1) -> Tensor",
      (y, x, dim) => _trapezoid(y, x, 1, dim, running),
    ),
    overload(
      `${name}(Tensor y, *, float dx=1, int dim=-1) -> Tensor` as "f(Tensor y, *, float dx=1, int dim=-1) -> Tensor",
      (y, dx, dim) => _trapezoid(y, null, dx, dim, running),
    ),
  );
/** Integral along `dim` by the trapezoidal rule: over the points `x`, or `dx` apart. As `torch.trapezoid`. */
export const trapezoid = trapezoidal("trapezoid", false);
/** {@link trapezoid} */
export const trapz = trapezoidal("trapz", false);
/** {@link trapezoid} up to every point. As `torch.cumulative_trapezoid`. */
export const cumulative_trapezoid = trapezoidal("cumulative_trapezoid", true);
/** The indices by dim of places in a flattened tensor of that shape. As `torch.unravel_index`. */
export const unravel_index = callable(
  "unravel_index(Tensor indices, int[] shape) -> Tensor[]",
  ({ indices, shape }): Tensor[] => _unravel_index(indices, shape),
);
