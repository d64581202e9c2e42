// Elements moved about: reversed, rolled, turned.
import { IndexError, RuntimeError } from "../../base/errors.ts";
import { copyStrides, wrapDim } from "../../base/layout.ts";
import { empty as allocate } from "../../tensor/allocate.ts";
import { composite, compute } from "../../kinds/kernels.ts";
import { define, op } from "../../dispatch/declare.ts";
import { assign } from "../../tensor/elementwise.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { cat } from "./joining.ts";

/** Elements in reverse order along `dims`. */
export const flip = op("flip(Tensor self, SymInt[] dims) -> Tensor");
define(flip, {
  kernel: compute(({ self, dims }) => {
    const flipped = dims.map((d) => wrapDim(d, self.sizes.length));
    if (new Set(flipped).size !== flipped.length)
      throw new RuntimeError(
        `dim ${flipped.find((d, i) => flipped.indexOf(d) !== i)} appears multiple times in the list of dims`,
      );
    const strides = self.strides.map((s, d) => (flipped.includes(d) ? -s : s));
    const offset =
      self.numel() === 0
        ? self.offset
        : self.offset + flipped.reduce((at, d) => at + ((self.sizes[d] ?? 1) - 1) * (self.strides[d] ?? 0), 0);
    const out = allocate(self.sizes, self.dtype, copyStrides(self.geometry));
    assign(out, new Tensor(self.storage, self.dtype, self.sizes, strides, offset));
    return out;
  }),
  backward: { self: ({ grad, dims }) => flip(grad, dims) },
});

/** Elements shifted along `dims`, those pushed out coming back in at the other end; without dims through the whole. */
export const roll = op("roll(Tensor self, int[] shifts, int[] dims=[]) -> Tensor");
define(roll, {
  kernel: compute(({ self, shifts, dims }) => {
    if (shifts.length === 0) throw new RuntimeError("`shifts` required");
    if (dims.length === 0 && shifts.length === 1) return rolled(self.reshape([-1]), shifts[0], 0).view(self.sizes);
    if (dims.length !== shifts.length)
      throw new RuntimeError(`shifts and dimensions must align. shifts: ${shifts.length}, dims:${dims.length}`);
    if (self.sizes.length === 0 && dims.length > 0)
      throw new IndexError(`Dimension specified as ${dims[0]} but tensor has no dimensions`);
    return dims.reduce((x, d, i) => rolled(x, shifts[i], d), self);
  }),
  backward: {
    self: ({ grad, shifts, dims }) =>
      roll(
        grad,
        shifts.map((n) => -n),
        dims,
      ),
  },
});
function rolled(x: Tensor, shift: number, dim: number): Tensor {
  // Where there is nothing to roll PyTorch does not look at the dim.
  if (x.numel() === 0) return x.clone();
  const d = wrapDim(dim, x.sizes.length);
  const n = x.sizes[d] ?? 0;
  if (x.sizes.length === 0) return x.clone();
  const at = (((n - shift) % n) + n) % n;
  return at === 0 ? x.clone() : cat([x.narrow(d, at, n - at), x.narrow(d, 0, at)], d);
}
/** Turned by `k` right angles in the plane of two dims, from the first towards the second. */
export const rot90 = op("rot90(Tensor self, int k=1, SymInt[] dims=[0,1]) -> Tensor");
define(rot90, {
  kernel: composite(({ self, k, dims }) => {
    const n = self.sizes.length;
    if (dims.length !== 2) throw new RuntimeError(`expected total rotation dims == 2, but got dims = ${dims.length}`);
    if (n < 2) throw new RuntimeError(`expected total dims >= 2, but got total dims = ${n}`);
    if (dims[0] === dims[1] || Math.abs(dims[0] - dims[1]) === n)
      throw new RuntimeError(`expected rotation dims to be different, but got dim0 = ${dims[0]} and dim1 = ${dims[1]}`);
    for (const [i, d] of dims.entries())
      if (d < -n || d >= n) throw new RuntimeError(`Rotation dim${i} out of range, dim${i} = ${d}`);
    const [a, b] = dims;
    const turns = ((k % 4) + 4) % 4;
    if (turns === 1) return flip(self, [b]).transpose(a, b);
    if (turns === 2) return flip(self, [a, b]);
    return turns === 3 ? flip(self, [a]).transpose(a, b) : self.clone();
  }),
  node: "Rot90Backward0",
});
/** Columns in reverse order. */
export const fliplr = op("fliplr(Tensor self) -> Tensor");
define(fliplr, {
  kernel: composite(({ self }) => {
    if (self.sizes.length < 2) throw new RuntimeError("Input must be >= 2-d.");
    return flip(self, [1]);
  }),
});
/** Rows in reverse order. */
export const flipud = op("flipud(Tensor self) -> Tensor");
define(flipud, {
  kernel: composite(({ self }) => {
    if (self.sizes.length < 1) throw new RuntimeError("Input must be >= 1-d.");
    return flip(self, [0]);
  }),
});
