// Which dtypes functions write into tensors given by out=, and PyTorch's sentences about others.
import { cppName, legacyType } from "../base/cpp_names.ts";
import type { Dtype } from "../base/dtype.ts";
import { bool, can_cast, int32, uint8 } from "../base/dtype.ts";
import { RuntimeError, TypeError } from "../base/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";

/**
 * What is said of a result of one dtype for a tensor of another, by the tensors that were given; null if nothing is.
 * `place` is which of several results it is.
 */
type Sentence = (result: Dtype, out: Dtype, place: number, given: readonly Tensor[]) => string | null;
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
    ? `Expected tensor for argument #1 'indices' to have scalar type Long; but got ${legacyType(o)} instead (while checking arguments for median)`
    : `Expected tensor for 'values' to have the same type as tensor for argument #2 'self'; but type ${legacyType(o)} does not equal ${legacyType(r)} (while checking arguments for median)`;
const complexParts: Sentence = (r, o) =>
  `Expected object of scalar type ${r.legacyName} but got scalar type ${o.legacyName} for argument 'out'`;

const dotted: Sentence = (r, o) =>
  `tensordot: Expected the output tensor to have dtype ${r.legacyName}, but got an output tensor with dtype ${o.legacyName}`;
/** The sentence where the result cannot be cast. */
const castable =
  (sentence: (result: Dtype, out: Dtype) => string): Sentence =>
  (r, o) =>
    can_cast(r, o) ? null : sentence(r, o);
const joined = castable((_, o) => `torch.cat(): input types can't be cast to the desired output type ${o.legacyName}`);
const extremes = castable(
  () =>
    "Expected canCast( typeMetaToScalarType(self.dtype()), typeMetaToScalarType(out.dtype())) to be true, but got false.  (Could this error message be improved?  If so, please report an enhancement request to PyTorch.)",
);
const safely = (name: string): Sentence =>
  castable(
    (r, o) =>
      `${name}: Expected result to be safely castable from ${r.legacyName} dtype, but got result with dtype ${o.legacyName}`,
  );
const eigenvalues = (name: string): Sentence =>
  castable(
    (r, o) =>
      `torch.linalg.${name}: Expected eigenvalues to be safely castable from ${r.legacyName} dtype, but got eigenvalues with dtype ${o.legacyName}`,
  );
const norms =
  (name: string): Sentence =>
  (r, o) =>
    `${name} expected out tensor dtype ${r.legacyName} but got: ${o.legacyName}`;
const complexOut =
  (name: string): Sentence =>
  (r, o, place, [self]) =>
    o.is_complex
      ? // Of real numbers these two write twice.
        !self.dtype.is_complex && (name === "ifft" || name === "ihfft")
        ? found(r, o, place, [self])
        : null
      : `${name} expects a complex output tensor, but got ${o.legacyName}`;
const floatOut =
  (name: string): Sentence =>
  (_, o) =>
    o.is_floating_point ? null : `${name} expects a floating point output tensor, but got ${o.legacyName}`;
/** Of a complex argument they have a real result. */
const foundOfReal: Sentence = (r, o, _, [self]) =>
  self.dtype.is_complex ? (o.is_complex && o !== self.dtype ? found(self.dtype, o, 0, []) : null) : found(r, o, 0, []);
/** Of more tensors than one they are elementwise. */
const foundOfOne: Sentence = (r, o, _, given) => (given.length === 1 ? found(r, o, 0, given) : null);

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

/** Functions with sentences of their own; all others write every dtype that theirs can be cast to. */
const OWN: ReadonlyMap<string, Sentence> = new Map([
  ...all(
    "argmax argmin argsort gather take_along_dim mm bmm mv addmm addmv baddbmm tril triu norm linalg_vector_norm renorm cross linalg_cross isin inverse inv scatter scatter_add scatter_reduce index_add index_copy index_reduce sum prod cumsum cumprod sort msort topk aminmax diag alias_copy as_strided_copy diagonal_copy expand_copy permute_copy select_copy slice_copy squeeze_copy t_copy transpose_copy unfold_copy unsqueeze_copy view_copy slice_scatter select_scatter diagonal_scatter as_strided_scatter linalg_cholesky_ex linalg_eigh linalg_eigvalsh linalg_inv linalg_ldl_factor linalg_lu_factor linalg_solve linalg_svdvals qr slogdet svd softmax log_softmax",
    structured,
  ),
  ...all("floor trunc fix round ceil neg negative frac sign sgn conj_physical bitwise_not", found),
  ...all("abs absolute", foundOfReal),
  ...all("clamp clamp_min clamp_max clip", foundOfOne),
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
  ...all("inner tensordot", dotted),
  ...all("cat concat concatenate stack hstack vstack dstack column_stack row_stack", joined),
  ...all(
    "matrix_power linalg_matrix_power",
    (r, o, place, given) => safely("matrix_power")(r, o, place, given) ?? structured(r, o, place, given),
  ),
  ["cholesky", safely("cholesky")],
  ["cholesky_inverse", safely("cholesky_inverse")],
  ["linalg_cond", safely("linalg.cond")],
  ["linalg_matrix_rank", safely("torch.linalg.matrix_rank")],
  ["linalg_pinv", safely("linalg.pinv")],
  ["linalg_householder_product", safely("torch.linalg.householder_product")],
  ["linalg_eig", eigenvalues("eig")],
  ["linalg_eigvals", eigenvalues("eigvals")],
  ["linalg_norm", norms("linalg.norm")],
  ["linalg_matrix_norm", norms("linalg.matrix_norm")],
  ["linalg_vecdot", (r, o) => `linalg.vecdot: Expected out of dtype${r.legacyName} but found ${o.legacyName}`],
  ["linalg_multi_dot", (r, o) => `multi_dot(): expected out tensor to have dtype ${cppName(r)} but got ${cppName(o)}`],
  ["where", (r, o) => `Expected out type to be ${r.legacyName} but got ${o.legacyName}`],
  ["lerp", (r, o, _, given) => ((given[2]?.sizes.length ?? 0) > 0 ? found(r, o, 0, given) : null)],
  [
    "heaviside",
    (_, o) =>
      `heaviside is not yet implemented for ${o.is_complex ? "complex tensors" : "tensors with different dtypes"}.`,
  ],
  [
    "logsumexp",
    (_, o) =>
      o.is_differentiable
        ? null
        : `logsumexp(): Expected floating point type for result tensor, but got: ${o.legacyName}`,
  ],
  [
    "addbmm",
    (r, o, _, [, batch1]) =>
      batch1.sizes[0] === 0
        ? null
        : `self and mat2 must have the same dtype, but got ${o.legacyName} and ${r.legacyName}`,
  ],
  [
    "narrow_copy",
    () =>
      "Expected self.dtype() == output.dtype() to be true, but got false.  (Could this error message be improved?  If so, please report an enhancement request to PyTorch.)",
  ],
  ...all("mvlgamma multigammaln", (r, o, _, [self]) =>
    can_cast(r, o)
      ? null
      : `mvlgamma: result type ${self.dtype.legacyName} can't be cast to the desired output type ${r.legacyName}`,
  ),
  ["ldexp", (_, o) => (o.is_differentiable ? null : `ldexp can't be cast to the desired output type ${o.legacyName}`)],
  ["nansum", (r, o) => `nansum: provided dtype must match dtype of result. Got ${o.legacyName} and ${r.legacyName}.`],
  ...["fft", "ifft", "rfft", "ihfft"].map((name): [string, Sentence] => [`fft_${name}`, complexOut(name)]),
  ...["fft2", "fftn", "ifft2", "ifftn"].map((name): [string, Sentence] => [`fft_${name}`, complexOut("fftn")]),
  ...["rfft2", "rfftn"].map((name): [string, Sentence] => [`fft_${name}`, complexOut("rfftn")]),
  ...["irfft", "hfft"].map((name): [string, Sentence] => [`fft_${name}`, floatOut(name)]),
  ...["irfft2", "irfftn"].map((name): [string, Sentence] => [`fft_${name}`, floatOut("irfftn")]),
  ...["hfft2", "hfftn"].map((name): [string, Sentence] => [`fft_${name}`, floatOut("hfftn")]),
  ...all(
    "histc histogram",
    (r, o) =>
      `torch.histogram: input tensor and hist tensor should have the same dtype, but got input ${cppName(r)} and hist ${cppName(o)}`,
  ),
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
/** The sentences of a function for these results. */
function sentenceOf(name: string, results: readonly Tensor[], given: readonly Tensor[]): Sentence | undefined {
  if (name === "matmul") return results[0].sizes.length === 0 ? ofInput : structured;
  // Of one tensor and a dim they have places beside their values; of two tensors they are elementwise.
  if (name === "max" || name === "min") {
    if (results.length === 2) return structured;
    return given.length === 1 ? extremes : undefined;
  }
  return OWN.get(name);
}

/** Raises where a result cannot be written as it is. `given` are the tensors that the function was given. */
export function assertOutDtypes(
  name: string,
  outs: readonly Tensor[],
  results: readonly Tensor[],
  given: readonly Tensor[],
): void {
  const own = sentenceOf(name, results, given);
  const places = results.map((_, i) => (own === medians ? results.length - 1 - i : i));
  for (const i of places) {
    const [result, out] = [results[i].dtype, outs[i].dtype];
    if (result === out || (result === bool && out === uint8 && (name === "all" || name === "any"))) continue;
    const sentence = own?.(result, out, i, given) ?? null;
    if (sentence !== null) throw new (own === joined ? TypeError : RuntimeError)(sentence);
    if (!can_cast(result, out) && !REAL_PARTS.has(name))
      throw new RuntimeError(
        `result type ${result.legacyName} can't be cast to the desired output type ${out.legacyName}`,
      );
  }
}
/** Those that write the real part of a complex result into a real tensor. */
const REAL_PARTS: ReadonlySet<string> = new Set(["logsumexp"]);
