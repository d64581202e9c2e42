// Which dtypes functions write into tensors given by out=, and PyTorch's sentences about others.
import { cppName } from "../base/cpp_names.ts";
import type { Dtype } from "../base/dtype.ts";
import { bool, can_cast, int32, uint8 } from "../base/dtype.ts";
import { RuntimeError } from "../base/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** What is said of a result of one dtype for a tensor of another; `place` is which of several results it is. */
type Sentence = (result: Dtype, out: Dtype, place: number) => string;
const structured: Sentence = (r, o) => `Expected out tensor to have dtype ${cppName(r)}, but got ${cppName(o)} instead`;
const found: Sentence = (r, o) => `Found dtype ${o.legacyName} but expected ${r.legacyName}`;
const scalarType: Sentence = (r, o) => `expected scalar_type ${r.legacyName} but found ${o.legacyName}`;
const ofInput: Sentence = (r, o) => `result dtype ${o.legacyName} does not match input dtype ${r.legacyName}`;
const extreme: Sentence = (r, o) =>
  `Expected the dtype for input and out to match, but got ${r.legacyName} for input's dtype and ${o.legacyName} for out's dtype.`;
const searched: Sentence = (r, o) =>
  `torch.searchsorted(): output tensor's dtype is wrong, it can only be Int(int32) or Long(int64) depending on whether out_int32 flag is True, but we got output tensor's dtype ${o.legacyName} and out_int32 flag is ${r === int32 ? "True" : "False"}`;
const quantiles: Sentence = () => "quantile() out tensor must be same dtype as the input tensor";
const medians: Sentence = (r, o, place) =>
  place === 1
    ? `Expected tensor for argument #1 'indices' to have scalar type Long; but got torch.${o.legacyName}Tensor instead (while checking arguments for median)`
    : `Expected tensor for 'values' to have the same type as tensor for argument #2 'self'; but type torch.${o.legacyName}Tensor does not equal torch.${r.legacyName}Tensor (while checking arguments for median)`;
const complexParts: Sentence = (r, o) =>
  `Expected object of scalar type ${r.legacyName} but got scalar type ${o.legacyName} for argument 'out'`;

const all = (names: string, sentence: Sentence): [string, Sentence][] =>
  names.split(" ").map((name): [string, Sentence] => [name, sentence]);
const truth = (name: string): [string, Sentence] => [
  name,
  (_, o) => `${name} only supports bool tensor for result, got: ${o.legacyName}`,
];
const selected = (name: string): [string, Sentence] => [
  name,
  () => `${name}(): self and result must have the same scalar type`,
];
const nonBoolean = (name: string): [string, Sentence] => [name, () => `${name} does not support non-boolean outputs.`];

/** Functions that write their own dtype alone; all others write every dtype that theirs can be cast to. */
const EXACT: ReadonlyMap<string, Sentence> = new Map([
  ...all(
    "argmax argmin gather take_along_dim mm bmm mv addmm addmv baddbmm tril triu norm renorm cross isin inverse inv scatter scatter_add index_add index_copy sort topk aminmax",
    structured,
  ),
  ...all(
    "floor trunc fix round ceil neg negative frac abs absolute sign sgn conj_physical clamp clamp_min clamp_max clip bitwise_not",
    found,
  ),
  ...all("logcumsumexp cummax cummin", scalarType),
  ...all("dot vdot", ofInput),
  ...all("amax amin", extreme),
  ...all("searchsorted bucketize", searched),
  ...all("quantile nanquantile", quantiles),
  ...all("median nanmedian", medians),
  ...all("complex polar", complexParts),
  ...["all", "any"].map(truth),
  ...["index_select", "masked_select"].map(selected),
  ...["signbit", "isposinf", "isneginf"].map(nonBoolean),
  [
    "nonzero",
    (r, o) => `nonzero: Expected out tensor to have scalar type ${r.legacyName} but got scalar type${o.legacyName}`,
  ],
  ["multinomial", (r, o) => `multinomial expects ${r.legacyName} tensor out, got: ${o.legacyName}`],
  [
    "take",
    (r, o) =>
      `take(): self and out expected to have the same dtype, but got self.dtype = ${r.legacyName} and out.dtype = ${o.legacyName}`,
  ],
  [
    "inner",
    (r, o) =>
      `tensordot: Expected the output tensor to have dtype ${r.legacyName}, but got an output tensor with dtype ${o.legacyName}`,
  ],
  [
    "histc",
    (r, o) =>
      `torch.histogram: input tensor and hist tensor should have the same dtype, but got input ${cppName(r)} and hist ${cppName(o)}`,
  ],
  ["nan_to_num", (r, o) => `nan_to_num: dtype of out: ${o.legacyName} should be same as input: ${r.legacyName}`],
  [
    "float_power",
    (r, o) =>
      `the output given to float_power has dtype ${o.legacyName} but the operation's result requires dtype ${r.legacyName}`,
  ],
  [
    "mode",
    (r, o, place) =>
      `expected scalar type '${r.legacyName}' but got '${o.legacyName}' for ${place === 0 ? "values" : "indices"} output`,
  ],
  [
    "kthvalue",
    (_, __, place) =>
      place === 0 ? "output values must be of same type as input" : "output indices must be of scalar type Long",
  ],
  [
    "frexp",
    (r, o, place) =>
      place === 0
        ? `torch.frexp() expects mantissa to have dtype ${cppName(r)} but got ${cppName(o)}`
        : `torch.frexp() expects exponent to have ${cppName(r)} dtype but got ${cppName(o)}`,
  ],
]);
/** The sentence of a function for these results, if it writes its own dtype alone. */
function sentenceOf(name: string, results: readonly Tensor[]): Sentence | undefined {
  if (name === "matmul") return results[0].sizes.length === 0 ? ofInput : structured;
  // Of one tensor and a dim they have places beside their values; of two tensors they are elementwise.
  if ((name === "max" || name === "min") && results.length === 2) return structured;
  return EXACT.get(name);
}

/** Raises where a result cannot be written as it is. */
export function assertOutDtypes(name: string, outs: readonly Tensor[], results: readonly Tensor[]): void {
  const exact = sentenceOf(name, results);
  for (let i = 0; i < results.length; i++) {
    const [result, out] = [results[i].dtype, outs[i].dtype];
    if (result === out || (result === bool && out === uint8 && (name === "all" || name === "any"))) continue;
    if (exact !== undefined) throw new RuntimeError(exact(result, out, i));
    if (!can_cast(result, out))
      throw new RuntimeError(
        `result type ${result.legacyName} can't be cast to the desired output type ${out.legacyName}`,
      );
  }
}
