// What of C++ shows through in PyTorch's sentences: the types behind dtypes, and how streams print numbers.
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

/** The type of a tensor of that dtype: "torch.FloatTensor", or the name of dtypes that came after such names. */
export const legacyType = ({ name, legacyName, is_complex }: Dtype): string =>
  is_complex || name === "bool" || name === "bfloat16" ? `CPU${legacyName}Type` : `torch.${legacyName}Tensor`;

/** As a C++ stream prints a double: six significant digits. */
export function streamed(x: number): string {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "nan" : x < 0 ? "-inf" : "inf";
  if (Object.is(x, -0)) return "-0";
  // Of two numbers as near C takes the even one, JavaScript the larger.
  const tie = /^(-?\d\.\d{4}[02468])50*e(.*)$/.exec(x.toExponential(60));
  const [digits, exponent] = tie ? tie.slice(1) : x.toExponential(5).split("e");
  const e = Number(exponent);
  if (e >= -4 && e < 6) return String(Number(`${digits}e${exponent}`));
  return `${Number(digits)}e${e < 0 ? "-" : "+"}${String(Math.abs(e)).padStart(2, "0")}`;
}
