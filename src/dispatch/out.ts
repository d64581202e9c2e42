// out=: the result goes into a tensor that the caller gives.
import { modes, withGrad } from "../autograd/mode.ts";
import type { Dtype } from "../base/dtype.ts";
import { NotImplementedError, RuntimeError, TypeError, warn } from "../base/errors.ts";
import { contiguousStrides, list, sameShape } from "../base/layout.ts";
import { assertNoOverlap } from "../tensor/elementwise.ts";
import { resize } from "../tensor/resize.ts";
import { Tensor } from "../tensor/tensor.ts";
import { typeWord } from "../tensor/type_word.ts";
import { assertOwned, levels } from "./levels.ts";
import { assertOutDtypes } from "./out_dtypes.ts";
import { assertAsked, outs } from "./outs.ts";
import type { Schema } from "./schema.ts";

/** The functions that PyTorch gives an argument `out`, by name; methods have none. */
// prettier-ignore
export const OUT = ` abs absolute acos acosh add addbmm addcdiv addcmul addmm addmv addr airy_ai alias_copy all amax amin aminmax angle \
any arange arccos arccosh arcsin arcsinh arctan arctan2 arctanh argmax argmin argsort as_strided_copy \
as_strided_scatter asin asinh atan atan2 atanh avg_pool2d avg_pool3d baddbmm bernoulli bessel_j0 bessel_j1 \
bessel_y0 bessel_y1 bitwise_and bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift bitwise_xor bmm \
bucketize cat ceil chebyshev_polynomial_t chebyshev_polynomial_u chebyshev_polynomial_v chebyshev_polynomial_w \
cholesky cholesky_inverse cholesky_solve clamp clamp_max clamp_min clip column_stack complex concat concatenate \
conj_physical copysign cos cosh cross cummax cummin cumprod cumsum deg2rad diag diagonal_copy diagonal_scatter \
diff digamma div divide dot dstack empty entr eq erf erfc erfcx erfinv exp exp2 expand_copy expit expm1 eye \
fft_fft fft_fft2 fft_fftfreq fft_fftn fft_hfft fft_hfft2 fft_hfftn fft_ifft fft_ifft2 fft_ifftn fft_ihfft \
fft_ihfft2 fft_ihfftn fft_irfft fft_irfft2 fft_irfftn fft_rfft fft_rfft2 fft_rfftfreq fft_rfftn fix float_power \
floor floor_divide fmax fmin fmod frac frexp full gammainc gammaincc gammaln gather gcd ge gelu geqrf ger greater \
greater_equal gt hardshrink heaviside hermite_polynomial_h hermite_polynomial_he histc histogram hstack hypot i0 \
i0e i1 i1e igamma igammac index_add index_copy index_reduce index_select inner inverse isin isneginf isposinf kron \
kthvalue laguerre_polynomial_l lcm ldexp le legendre_polynomial_p lerp less less_equal lgamma linalg_cholesky \
linalg_cholesky_ex linalg_cond linalg_cross linalg_det linalg_eig linalg_eigh linalg_eigvals linalg_eigvalsh \
linalg_householder_product linalg_inv linalg_inv_ex linalg_ldl_factor linalg_ldl_factor_ex linalg_ldl_solve \
linalg_lstsq linalg_lu linalg_lu_factor linalg_lu_factor_ex linalg_lu_solve linalg_matmul linalg_matrix_norm \
linalg_matrix_power linalg_matrix_rank linalg_multi_dot linalg_norm linalg_pinv linalg_qr linalg_slogdet \
linalg_solve linalg_solve_ex linalg_solve_triangular linalg_svd linalg_svdvals linalg_tensorinv linalg_tensorsolve \
linalg_vecdot linalg_vector_norm linear linspace log log10 log1p log2 log_ndtr log_softmax logaddexp logaddexp2 \
logcumsumexp logical_and logical_not logical_or logical_xor logit logsigmoid logspace logsumexp lt lu_solve \
lu_unpack masked_select matmul matrix_power max maximum mean median min minimum mm mode modified_bessel_i0 \
modified_bessel_i1 modified_bessel_k0 modified_bessel_k1 msort mul multigammaln multinomial multiply mv mvlgamma \
nan_to_num nanmean nanmedian nanquantile nansum narrow_copy ndtr ndtri ne neg negative nextafter nonzero norm \
normal normalize not_equal ones ones_like ormqr outer permute_copy polar polygamma pow prod psi qr quantile \
rad2deg rand randint randn randperm reciprocal remainder renorm round row_stack rsqrt scaled_modified_bessel_k0 \
scaled_modified_bessel_k1 scatter scatter_add scatter_reduce searchsorted select_copy select_scatter sgn \
shifted_chebyshev_polynomial_t shifted_chebyshev_polynomial_u shifted_chebyshev_polynomial_v \
shifted_chebyshev_polynomial_w sigmoid sign signbit sin sinc sinh slice_copy slice_scatter slogdet softmax \
softplus softshrink sort spherical_bessel_j0 sqrt square squeeze_copy stack std std_mean sub subtract sum svd \
t_copy take take_along_dim tan tanh tensordot topk transpose_copy triangular_solve tril triu true_divide trunc \
unfold_copy unsqueeze_copy var var_mean vdot view_copy vstack where xlog1py xlogy zeros zeros_like zeta ` as const;
const taking = new Set(OUT.split(" "));
export const takesOut = (name: string): boolean => taking.has(name);
/** Whether it is one of them, for the type checker. */
export type TakesOut<Name extends string> = typeof OUT extends `${string} ${Name} ${string}` ? true : false;

const names = (text: string): string[] => text.split(" ");
const each = (text: string, writer: Writer): [string, Writer][] => names(text).map((name) => [name, writer]);
/** The function that writes, as PyTorch names it; null if it copies what has been computed, and the graph learns of it. */
type Writer = string | null | ((input: Tensor) => string | null);
const ofDims: Writer = (x) => (x.sizes.length > 1 ? "sum" : "vdot");
/** Of functions that do not write by themselves. */
const WRITERS: ReadonlyMap<string, Writer> = new Map([
  ...each(
    "alias_copy as_strided_copy diagonal_copy expand_copy narrow_copy permute_copy select_copy slice_copy squeeze_copy t_copy transpose_copy unfold_copy unsqueeze_copy view_copy slice_scatter",
    null,
  ),
  ...each(
    "conj_physical diag fft_ihfft floor_divide heaviside histc histogram inner ndtr nanquantile quantile tensordot",
    null,
  ),
  ...each("linalg_cond linalg_eigvals linalg_ldl_factor linalg_matrix_norm linalg_matrix_rank linalg_norm", null),
  ...each("linalg_tensorinv linalg_tensorsolve", null),
  ...each("column_stack concat concatenate dstack hstack row_stack vstack", "cat"),
  ...each("fft_fft2 fft_fftn fft_ifft2 fft_ifftn fft_ihfft2 fft_ihfftn", "_fft_c2c"),
  ...each("fft_hfft fft_hfft2 fft_hfftn fft_irfft fft_irfft2 fft_irfftn", "_fft_c2r"),
  ...each("fft_rfft fft_rfft2 fft_rfftn", "_fft_r2c"),
  ["fft_fft", (x) => (x.dtype.is_complex ? "_fft_c2c" : "_fft_r2c")],
  ["fft_ifft", (x) => (x.dtype.is_complex ? "_fft_c2c" : null)],
  ...each("inv inverse linalg_inv", "linalg_inv_ex"),
  ...each("linalg_eigh linalg_eigvalsh", "_linalg_eigh"),
  ...each("linalg_svd linalg_svdvals svd", "_linalg_svd"),
  ...each("linalg_matmul linalg_matrix_power matrix_power", "matmul"),
  ...each("kron multiply outer", "mul"),
  ...each("diff subtract", "sub"),
  ...each("divide true_divide", "div"),
  ...each("float_power square", "pow"),
  ["absolute", "abs"],
  ["arccos", "acos"],
  ["arccosh", "acosh"],
  ["arcsin", "asin"],
  ["arcsinh", "asinh"],
  ["arctan", "atan"],
  ["arctan2", "atan2"],
  ["arctanh", "atanh"],
  ["clip", "clamp"],
  ["cross", "linalg_cross"],
  ["expit", "sigmoid"],
  ["fix", "trunc"],
  ["gammainc", "igamma"],
  ["gammaincc", "igammac"],
  ["gammaln", "lgamma"],
  ["linalg_cholesky", "linalg_cholesky_ex"],
  ["linalg_det", "_linalg_det"],
  ["linalg_lu_factor", "linalg_lu_factor_ex"],
  ["linalg_multi_dot", "mm"],
  ["linalg_slogdet", "_linalg_slogdet"],
  ["linalg_solve", "_linalg_solve_ex"],
  ["linalg_vecdot", ofDims],
  ["msort", "sort"],
  ["multigammaln", "mvlgamma"],
  ["nanmean", "nansum"],
  ["negative", "neg"],
  ["norm", "linalg_vector_norm"],
  ["psi", "digamma"],
  ["qr", "linalg_qr"],
  ["slogdet", "_linalg_slogdet"],
  ["softmax", "_softmax"],
  ["log_softmax", "_log_softmax"],
  ["take_along_dim", "gather"],
  ...names("entr erfcx i0e i1 i1e log_ndtr ndtri xlog1py zeta").map((name): [string, Writer] => [
    name,
    `special_${name}`,
  ]),
]);
function writerOf(name: string, [input]: readonly Tensor[]): string | null {
  const writer = WRITERS.get(name);
  if (writer === undefined) return name;
  return typeof writer === "function" ? writer(input) : writer;
}

/** Those that compute in the dtype of the tensor for the result, if none is asked for; factories do, too. */
const COMPUTING: ReadonlySet<string> = new Set(names("sum prod cumsum cumprod nansum nanmean"));
/** A mean over dims does, of numbers that are no integers. */
const isComputing = (name: string, inputs: readonly unknown[], out: Tensor): boolean =>
  COMPUTING.has(name) ||
  (name === "mean" &&
    inputs[1] !== null &&
    out.dtype.is_differentiable &&
    (inputs[0] as Tensor).dtype.is_differentiable);
/** The arguments of a function that is given tensors for its results. */
export function inputsFor({ name, args }: Schema, values: readonly unknown[]): readonly unknown[] {
  const [inputs, out] = [values.slice(0, -1), values.at(-1)];
  const isFactory = args.some((a) => a.name === "layout");
  if (!(out instanceof Tensor) || !(isFactory || isComputing(name, inputs, out))) return inputs;
  const place = args.findIndex((a) => a.name === "dtype");
  const asked = inputs[place] as Dtype | null;
  if (asked === null) return inputs.with(place, out.dtype);
  if (isFactory) assertAsked(asked, out);
  return inputs;
}
/** Writes the results of a function into the tensors given for them. Raises as PyTorch does, and then changes nothing. */
export function writeOuts(
  { name, results: resultNames }: Schema,
  out: unknown,
  results: unknown,
  inputs: readonly unknown[],
): unknown {
  const tensors = inputs.flat().filter((x): x is Tensor => x instanceof Tensor);
  if (!Array.isArray(results)) {
    if (!(out instanceof Tensor)) throw new TypeError(`${name}(): argument 'out' must be Tensor, not ${typeWord(out)}`);
    return writeOut(name, [out], [results as Tensor], tensors)[0];
  }
  if (name === "nonzero") throw new RuntimeError("nonzero does not support the out kwarg when as_tuple is True");
  if (!Array.isArray(out) || out.length !== results.length || out.some((t) => !(t instanceof Tensor)))
    throw new TypeError(`${name}(): argument 'out' must be tuple of Tensors, not ${typeWord(out)}`);
  writeOut(name, out as Tensor[], results as Tensor[], tensors);
  const named = (resultNames ?? []).map((key, i) => [key, (out as Tensor[])[i]]);
  return Object.assign([...(out as Tensor[])], Object.fromEntries(named));
}
const FACTORIES = new Set(
  names("arange empty eye fft_fftfreq fft_rfftfreq full linspace logspace ones rand randint randn randperm zeros"),
);
/** Functions whose results no gradient goes through. */
// prettier-ignore
const CONSTANT = new Set(names(
  "all any argmax argmin bucketize eq ge greater greater_equal gt histc isin isneginf isposinf le less less_equal logical_and logical_not logical_or logical_xor lt multinomial ne nonzero not_equal searchsorted signbit airy_ai bessel_j0 bessel_j1 bessel_y0 bessel_y1 chebyshev_polynomial_t chebyshev_polynomial_u chebyshev_polynomial_v chebyshev_polynomial_w hermite_polynomial_h hermite_polynomial_he laguerre_polynomial_l legendre_polynomial_p modified_bessel_i0 modified_bessel_i1 modified_bessel_k0 modified_bessel_k1 scaled_modified_bessel_k0 scaled_modified_bessel_k1 shifted_chebyshev_polynomial_t shifted_chebyshev_polynomial_u shifted_chebyshev_polynomial_v shifted_chebyshev_polynomial_w spherical_bessel_j0",
));
/** The same of tensors alone: all are checked before the first is written. */
export function writeOut(
  name: string,
  outs: readonly Tensor[],
  results: readonly Tensor[],
  inputs: readonly unknown[],
): readonly Tensor[] {
  const given = inputs.filter((x): x is Tensor => x instanceof Tensor);
  const isFactory = FACTORIES.has(name);
  // What has no derivative, as argmax or a comparison, may be asked of what requires one, and written into it.
  const isConstant = CONSTANT.has(name);
  const recorded = isFactory ? outs : isConstant ? [] : [...outs, ...results];
  const isRecorded = modes().grad && recorded.some((x) => x.requires_grad);
  const writer = !isRecorded ? null : isFactory ? `aten::${name}` : writerOf(name, given);
  if (writer !== null)
    throw new RuntimeError(
      `${writer}(): functions with out=... arguments don't support automatic differentiation, but one of the arguments requires grad.`,
    );
  const { tangents } = Tensor;
  if (tangents !== null && [...outs, ...given].some((x) => tangents.of(x) !== null))
    throw new NotImplementedError(
      `Trying to use forward AD with ${name}_out that does not support it because it is an out= function`,
    );
  assertOutDtypes(name, outs, results, given);
  for (const [i, out] of outs.entries()) if (sameShape(out.sizes, results[i].sizes)) assertNoOverlap(out, given);
  for (const [i, out] of outs.entries()) {
    if (isConstant) withGrad(false, () => write(out, results[i]));
    else write(out, isFactory ? results[i].detach() : results[i]);
  }
  // Whether what a factory makes requires grad is for the call to say, whatever tensor it is given.
  if (isFactory) outs[0].requires_grad_(results[0].requires_grad);
  return outs;
}
function write(out: Tensor, result: Tensor): void {
  if (!sameShape(out.sizes, result.sizes)) {
    if (out.numel() > 0)
      warn(
        `An output with one or more elements was resized since it had shape ${list(out.sizes)}, which does not match the required output shape ${list(result.sizes)}. This behavior is deprecated, and in a future PyTorch release outputs will not be resized unless they have zero elements. You can explicitly reuse an out tensor t by resizing it, inplace, to zero elements with t.resize_(0).`,
      );
    if (levels.newest !== null) assertOwned(null, "resize_", [out]);
    resize(out, result.sizes, contiguousStrides(result.sizes));
  }
  out.copy_(result);
}
outs.takes = takesOut;
outs.inputsFor = inputsFor;
outs.writeOuts = writeOuts;
