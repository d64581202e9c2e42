// The C++ types behind dtypes, as some of PyTorch's sentences name them.
import type { Dtype, DtypeName } from "./dtype.ts";

const NAMES: Record<DtypeName, string> = {
  float64: "double",
  float32: "float",
  float16: "c10::Half",
  bfloat16: "c10::BFloat16",
  int64: "long int",
  int32: "int",
  int16: "short int",
  int8: "signed char",
  uint8: "unsigned char",
  bool: "bool",
  complex64: "c10::complex<float>",
  complex128: "c10::complex<double>",
};
export const cppName = (dtype: Dtype): string => NAMES[dtype.name];
