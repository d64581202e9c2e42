// Kernels of functions that are too involved for expressions: applied on the host, one element at a time.
import { TypeError } from "../../base/errors.ts";
import type { Scalar } from "../../base/dtype.ts";
import { float64, get_default_dtype, promote_types } from "../../base/dtype.ts";
import { empty as allocate } from "../../tensor/allocate.ts";
import { broadcastShapes, isRowMajor, resultStrides } from "../../base/layout.ts";
import type { OpKernel } from "../../dispatch/declare.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { fromTyped } from "../creation/from_data.ts";

type Numeric = (x: number, y: number) => number;
/** A kernel for one or two arguments, of which one may be a number. */
export const onHost = (f: Numeric): OpKernel => ({
  kind: "host",
  run: ([first, second], { name }) => {
    if (first instanceof Tensor || second instanceof Tensor) return mapped(f, first, second);
    throw new TypeError(
      `special_${name}() received an invalid combination of arguments: one of the two must be a Tensor`,
    );
  },
});
/** f of each element (of each two: broadcast). Integers give the default dtype. */
export function mapped(f: Numeric, first: unknown, second: unknown = 0): Tensor {
  const floats = [first, second].flatMap((t) => (t instanceof Tensor && t.dtype.is_floating_point ? [t.dtype] : []));
  const dtype = floats.length === 0 ? get_default_dtype() : floats.reduce(promote_types);
  const [a, b] = [asTensor(first), asTensor(second)];
  const shape = broadcastShapes(a.sizes, b.sizes);
  const xs = a.double().expand(shape).typed_array() as Float64Array;
  const ys = b.double().expand(shape).typed_array() as Float64Array;
  const made = fromTyped(
    xs.map((x, i) => f(x, ys[i])),
    shape,
    dtype,
  );
  const laid = [first, second].flatMap((t) => (t instanceof Tensor ? [t.layout] : []));
  const strides = resultStrides(shape, laid);
  return isRowMajor(shape, strides) ? made : allocate(shape, dtype, strides).copy_(made);
}
const asTensor = (x: unknown): Tensor =>
  x instanceof Tensor ? x : fromTyped(Float64Array.of(Number(x as Scalar)), [], float64);
