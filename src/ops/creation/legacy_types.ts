// torch.FloatTensor and its kin: the types that tensors had before they had dtypes, as constructors.
import { bool, float32, float64, int16, int32, int64, int8, uint8 } from "../../base/dtype.ts";
import type { Dtype } from "../../base/dtype.ts";
import { Tensor } from "../../tensor/tensor.ts";
import type { TensorData } from "./from_data.ts";

/** Called or with `new`: sizes make a tensor of any values, a list or a typed array one of these. `instanceof` asks for the dtype. */
export interface LegacyType {
  new (...sizes: number[]): Tensor;
  new (data: TensorData): Tensor;
  (...sizes: number[]): Tensor;
  (data: TensorData): Tensor;
  readonly dtype: Dtype;
}
function legacyType(dtype: Dtype): LegacyType {
  const make = function (...given: unknown[]): Tensor {
    return Tensor.legacy(given, dtype);
  };
  return Object.defineProperties(make, {
    name: { value: `${dtype.legacyName}Tensor` },
    dtype: { value: dtype },
    [Symbol.hasInstance]: { value: (x: unknown) => x instanceof Tensor && x.dtype === dtype },
  }) as unknown as LegacyType;
}
/** Of float32. @example torch.FloatTensor([1, 2]) // tensor([1., 2.]) */
export const FloatTensor = legacyType(float32);
/** Of float64. */
export const DoubleTensor = legacyType(float64);
/** Of int64. */
export const LongTensor = legacyType(int64);
/** Of int32. */
export const IntTensor = legacyType(int32);
/** Of int16. */
export const ShortTensor = legacyType(int16);
/** Of int8. */
export const CharTensor = legacyType(int8);
/** Of uint8. */
export const ByteTensor = legacyType(uint8);
/** Of bool. */
export const BoolTensor = legacyType(bool);
