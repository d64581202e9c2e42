// Kernels of functions that are too involved for expressions: applied on the host, one element at a time.
import { TypeError } from "../../base/errors.ts";
import type { Scalar } from "../../base/dtype.ts";
import { float64, get_default_dtype } from "../../base/dtype.ts";
import { empty as allocate } from "../../tensor/allocate.ts";
import { broadcastShapes, isRowMajor, resultStrides } from "../../base/layout.ts";
import type { OpKernel } from "../../dispatch/declare.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { fromTyped } from "../creation/from_data.ts";
import { result_type } from "./result_type.ts";

type Numeric = (x: number, y: number) => number;
/** A kernel for one or two arguments, of which one may be a number. */
export const onHost = (f: Numeric): OpKernel => ({
  kind: "host",
  run: ([first, second], { name }) => {
    if (first instanceof Tensor || second instanceof Tensor)
      return mapped(f, first as Tensor | Scalar, second as Tensor | Scalar);
    throw new TypeError(
      `special_${name}() received an invalid combination of arguments: one of the two must be a Tensor`,
    );
  },
});
/** f of each element (of each two: broadcast), each rounded to the dtype of the result. Integers give the default dtype. */
export function mapped(f: Numeric, first: Tensor | Scalar, second: Tensor | Scalar = 0): Tensor {
  const common = result_type(first, second);
  const dtype = common.is_floating_point ? common : get_default_dtype();
  const [a, b] = [asTensor(first), asTensor(second)].map((t) => t.to(dtype).double());
  const shape = broadcastShapes(a.sizes, b.sizes);
  const xs = a.expand(shape).typed_array() as Float64Array;
  const ys = b.expand(shape).typed_array() as Float64Array;
  const made = fromTyped(
    xs.map((x, i) => f(x, ys[i])),
    shape,
    dtype,
  );
  const laid = [first, second].flatMap((t) => (t instanceof Tensor ? [t.geometry] : []));
  const strides = resultStrides(shape, laid);
  return isRowMajor(shape, strides) ? made : allocate(shape, dtype, strides).copy_(made);
}
const asTensor = (x: Tensor | Scalar): Tensor =>
  x instanceof Tensor ? x : fromTyped(Float64Array.of(Number(x)), [], float64);
