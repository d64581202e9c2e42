// tidu with shapes in its types: the same objects under other types. What has no shape is as in tidu.
import * as torch from "../index.ts";
import type { Known } from "./dtype.ts";
import type { Functions } from "./functions.ts";

export * from "../index.ts";
export * as nn from "./nn.ts";
export { shaped, untyped } from "./shaped.ts";
export type { Dim, Shape } from "./shape.ts";
export type { Tensor } from "./tensor.ts";

type Dtypes = { readonly [N in torch.DtypeName]: Known<N> };
interface OtherNames {
  readonly float: Known<"float32">;
  readonly double: Known<"float64">;
  readonly half: Known<"float16">;
  readonly short: Known<"int16">;
  readonly int: Known<"int32">;
  readonly long: Known<"int64">;
  readonly cfloat: Known<"complex64">;
  readonly cdouble: Known<"complex128">;
}
// prettier-ignore
export const {
  bfloat16, bool, complex128, complex64, float16, float32, float64, int16, int32, int64, int8, uint8,
  cdouble, cfloat, double, float, half, int, long, short,
} = torch as unknown as Dtypes & OtherNames;

// prettier-ignore
export const {
  abs, abs_, absolute, acos, acos_, acosh, acosh_, adaptive_avg_pool1d, add, addbmm, addcdiv, addcmul, addmm, addmv,
  addmv_, addr, alias_copy, all, allclose, alpha_dropout, amax, amin, aminmax, angle, any, arange, arccos, arccos_,
  arccosh, arccosh_, arcsin, arcsin_, arcsinh, arcsinh_, arctan, arctan2, arctan_, arctanh, arctanh_, argmax, argmin,
  argsort, argwhere, as_strided, as_strided_copy, as_strided_scatter, as_tensor, asin, asin_, asinh, asinh_, atan,
  atan2, atan_, atanh, atanh_, atleast_1d, atleast_2d, atleast_3d, avg_pool1d, baddbmm, bartlett_window, batch_norm,
  bernoulli, binary_cross_entropy_with_logits, bincount, bitwise_and, bitwise_left_shift, bitwise_not, bitwise_or,
  bitwise_right_shift, bitwise_xor, blackman_window, block_diag, bmm, broadcast_tensors, broadcast_to, bucketize,
  cartesian_prod, cat, cdist, ceil, ceil_, celu, channel_shuffle, cholesky, cholesky_inverse, cholesky_solve, chunk,
  clamp, clamp_, clamp_max, clamp_max_, clamp_min, clamp_min_, clip, clip_, clone, column_stack, combinations,
  complex, concat, concatenate, conj, conj_physical, conj_physical_, constant_pad_nd, conv1d, conv2d, conv3d,
  conv_transpose1d, conv_transpose2d, conv_transpose3d, convolution, copysign, corrcoef, cos, cos_, cosh, cosh_,
  count_nonzero, cov, cross, cummax, cummin, cumprod, cumsum, cumulative_trapezoid, deg2rad, deg2rad_, det, detach,
  diag, diag_embed, diagflat, diagonal, diagonal_copy, diagonal_scatter, diff, digamma, dist, div, divide, dot,
  dropout, dsplit, dstack, einsum, embedding, empty, empty_like, empty_strided, eq, equal, erf, erf_, erfc, erfc_,
  erfinv, exp, exp2, exp2_, exp_, expand_copy, expm1, expm1_, eye, feature_alpha_dropout, feature_dropout, fill,
  fill_, fix, fix_, flatten, flip, fliplr, flipud, float_power, floor, floor_, floor_divide, fmax, fmin, fmod, frac,
  frac_, frexp, full, full_like, gather, gcd, gcd_, ge, geqrf, ger, gradient, greater, greater_equal, grid_sampler,
  grid_sampler_2d, grid_sampler_3d, group_norm, gt, hamming_window, hann_window, hardshrink, heaviside, histc,
  histogram, histogramdd, hsplit, hstack, hypot, i0, igamma, igammac, imag, index_add, index_copy, index_fill,
  index_reduce, index_select, inner, inverse, is_complex, is_floating_point, is_inference, is_nonzero, is_signed,
  isclose, isfinite, isin, isinf, isnan, isneginf, isposinf, isreal, kaiser_window, kl_div, kron, kthvalue,
  layer_norm, lcm, lcm_, ldexp, ldexp_, le, lerp, less, less_equal, lgamma, linspace, log, log10, log10_, log1p,
  log1p_, log2, log2_, log_, log_softmax, logaddexp, logaddexp2, logcumsumexp, logdet, logical_and, logical_not,
  logical_or, logical_xor, logit, logit_, logspace, logsumexp, lt, lu_solve, lu_unpack, masked_fill, masked_scatter,
  masked_select, matmul, matrix_exp, matrix_power, max, max_pool1d, max_pool1d_with_indices, max_pool2d, max_pool3d,
  maximum, mean, median, meshgrid, min, minimum, mm, mode, moveaxis, movedim, msort, mul, multinomial, multiply, mv,
  mvlgamma, nan_to_num, nan_to_num_, nanmean, nanmedian, nanquantile, nansum, narrow, narrow_copy, native_batch_norm,
  native_channel_shuffle, native_group_norm, native_layer_norm, ne, neg, neg_, negative, negative_, nextafter,
  nonzero, nonzero_static, norm, normal, not_equal, numel, ones, ones_like, ormqr, outer, permute, permute_copy,
  pinverse, pixel_shuffle, pixel_unshuffle, poisson, polar, polygamma, positive, pow, prelu, prod, put, qr, quantile,
  rad2deg, rad2deg_, rand, rand_like, randint, randint_like, randn, randn_like, randperm, ravel, real, reciprocal,
  reciprocal_, relu, relu_, remainder, renorm, repeat_interleave, reshape, resolve_conj, resolve_neg, result_type,
  rms_norm, roll, rot90, round, round_, row_stack, rrelu, rsqrt, rsqrt_, rsub, scalar_tensor, scatter, scatter_add,
  scatter_reduce, searchsorted, select, select_copy, select_scatter, selu, sgn, sigmoid, sigmoid_, sign, signbit,
  sin, sin_, sinc, sinc_, sinh, sinh_, slice_copy, slice_scatter, slogdet, softmax, sort, split, split_with_sizes,
  split_with_sizes_copy, sqrt, sqrt_, square, square_, squeeze, squeeze_copy, stack, std, std_mean, sub, subtract,
  sum, svd, swapaxes, swapdims, t, t_copy, take, take_along_dim, tan, tan_, tanh, tanh_, tensor, tensor_split,
  tensordot, threshold, tile, topk, trace, transpose, transpose_copy, trapezoid, trapz, triangular_solve, tril,
  tril_indices, triu, triu_indices, true_divide, trunc, trunc_, unbind, unbind_copy, unflatten, unfold_copy, unique,
  unique_consecutive, unravel_index, unsafe_chunk, unsafe_split, unsqueeze, unsqueeze_copy, vander, var: variance,
  var_mean, vdot, view_as_complex, view_as_real, view_copy, vsplit, vstack, where, xlogy, xlogy_, zero_, zeros,
  zeros_like,
} = torch as unknown as Functions;
export { variance as var };
