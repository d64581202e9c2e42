// torch.result_type
import { promote_types, resultDtype, scalarDtype } from "../../base/dtype.ts";
import type { Dtype, Scalar } from "../../base/dtype.ts";
import { overload, overloaded } from "../../dispatch/overloads.ts";
import { Tensor } from "../../tensor/tensor.ts";

/**
 * The dtype of arithmetic on the two: tensors with dims count before those without, and those before numbers.
 * As `torch.result_type`.
 * @example torch.result_type(torch.tensor([1n, 2n]), 1.5) // torch.float32
 */
export const result_type = overloaded<(tensor1: Tensor | Scalar, tensor2: Tensor | Scalar) => Dtype>(
  overload("result_type(Tensor tensor, Tensor|Scalar other) -> dtype", commonOf),
  overload("result_type(Scalar scalar, Tensor tensor) -> dtype", commonOf),
  overload("result_type(Scalar scalar1, Scalar scalar2) -> dtype", commonOf),
);
function commonOf(...both: readonly (Tensor | Scalar)[]): Dtype {
  const tensors = both.filter((x): x is Tensor => x instanceof Tensor);
  const joined = (dtypes: readonly Dtype[]): Dtype | null =>
    dtypes.length === 0 ? null : dtypes.reduce((a, b) => promote_types(a, b));
  return resultDtype(
    joined(tensors.filter((t) => t.sizes.length > 0).map((t) => t.dtype)),
    joined(tensors.filter((t) => t.sizes.length === 0).map((t) => t.dtype)),
    joined(both.filter((x): x is Scalar => !(x instanceof Tensor)).map(scalarDtype)),
  );
}
