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
  abs, abs_, absolute, absolute_, acos, acos_, acosh, acosh_, adaptive_avg_pool1d, adaptive_avg_pool2d,
  adaptive_avg_pool3d, add, add_, addbmm, addbmm_, addcdiv, addcdiv_, addcmul, addcmul_, addmm, addmm_, addmv,
  addmv_, addr, addr_, alias, alias_copy, all, allclose, alpha_dropout, amax, amin, aminmax, angle, any, arange,
  arccos, arccos_, arccosh, arccosh_, arcsin, arcsin_, arcsinh, arcsinh_, arctan, arctan2, arctan2_, arctan_,
  arctanh, arctanh_, argmax, argmin, argsort, argwhere, as_strided, as_strided_copy, as_strided_scatter, as_tensor,
  asin, asin_, asinh, asinh_, atan, atan2, atan2_, atan_, atanh, atanh_, atleast_1d, atleast_2d, atleast_3d,
  avg_pool1d, avg_pool2d, avg_pool3d, baddbmm, baddbmm_, bartlett_window, batch_norm, bernoulli,
  binary_cross_entropy, binary_cross_entropy_with_logits, bincount, bitwise_and, bitwise_and_, bitwise_left_shift,
  bitwise_left_shift_, bitwise_not, bitwise_not_, bitwise_or, bitwise_or_, bitwise_right_shift, bitwise_right_shift_,
  bitwise_xor, bitwise_xor_, blackman_window, block_diag, bmm, broadcast_tensors, broadcast_to, bucketize,
  cartesian_prod, cat, cauchy, cauchy_, cdist, ceil, ceil_, celu, channel_shuffle, cholesky, cholesky_inverse,
  cholesky_solve, chunk, clamp, clamp_, clamp_max, clamp_max_, clamp_min, clamp_min_, clip, clip_, clone,
  column_stack, combinations, complex, concat, concatenate, conj, conj_physical, conj_physical_, constant_pad_nd,
  contiguous, conv1d, conv2d, conv3d, conv_transpose1d, conv_transpose2d, conv_transpose3d, convolution, copy, copy_,
  copysign, copysign_, corrcoef, cos, cos_, cosh, cosh_, count_nonzero, cov, cross, cross_entropy, cummax, cummin,
  cumprod, cumprod_, cumsum, cumsum_, cumulative_trapezoid, deg2rad, deg2rad_, det, detach, diag, diag_embed,
  diagflat, diagonal, diagonal_copy, diagonal_scatter, diff, digamma, digamma_, dist, div, div_, divide, divide_,
  dot, dropout, dsplit, dstack, einsum, elu, embedding, empty, empty_like, empty_strided, eq, eq_, equal, erf, erf_,
  erfc, erfc_, erfinv, erfinv_, exp, exp2, exp2_, exp_, expand, expand_as, expand_copy, expm1, expm1_, exponential,
  exponential_, eye, feature_alpha_dropout, feature_dropout, fill, fill_, fill_diagonal, fill_diagonal_, fix, fix_,
  flatten, flip, fliplr, flipud, float_power, float_power_, floor, floor_, floor_divide, floor_divide_, fmax, fmin,
  fmod, fmod_, frac, frac_, frexp, full, full_like, gather, gcd, gcd_, ge, ge_, gelu, gelu_backward, geometric,
  geometric_, geqrf, ger, glu, gradient, greater, greater_, greater_equal, greater_equal_, grid_sampler,
  grid_sampler_2d, grid_sampler_3d, group_norm, gt, gt_, hamming_window, hann_window, hardshrink, hardsigmoid,
  hardswish, hardtanh, hardtanh_backward, heaviside, heaviside_, histc, histogram, histogramdd, hsplit, hstack,
  huber_loss, hypot, hypot_, i0, igamma, igamma_, igammac, igammac_, imag, index_add, index_add_, index_copy,
  index_copy_, index_fill, index_fill_, index_reduce, index_reduce_, index_select, inner, inverse, is_complex,
  is_floating_point, is_inference, is_nonzero, is_signed, isclose, isfinite, isin, isinf, isnan, isneginf, isposinf,
  isreal, kaiser_window, kl_div, kron, kthvalue, l1_loss, layer_norm, lcm, lcm_, ldexp, ldexp_, le, le_, leaky_relu,
  lerp, lerp_, less, less_, less_equal, less_equal_, lgamma, lgamma_, linear, linspace, log, log10, log10_, log1p,
  log1p_, log2, log2_, log_, log_normal, log_normal_, log_softmax, logaddexp, logaddexp2, logcumsumexp, logdet,
  logical_and, logical_and_, logical_not, logical_not_, logical_or, logical_or_, logical_xor, logical_xor_, logit,
  logit_, logsigmoid, logspace, logsumexp, lt, lt_, lu, lu_solve, lu_unpack, masked_fill, masked_fill_,
  masked_scatter, masked_scatter_, masked_select, matmul, matrix_exp, matrix_power, max, max_pool1d,
  max_pool1d_with_indices, max_pool2d, max_pool2d_with_indices, max_pool3d, max_pool3d_with_indices, maximum, mean,
  median, meshgrid, min, minimum, mish, mm, mode, moveaxis, movedim, mse_loss, msort, mul, mul_, multinomial,
  multiply, multiply_, mv, mvlgamma, mvlgamma_, nan_to_num, nan_to_num_, nanmean, nanmedian, nanquantile, nansum,
  narrow, narrow_copy, native_batch_norm, native_channel_shuffle, native_dropout_backward, native_group_norm,
  native_layer_norm, ne, ne_, neg, neg_, negative, negative_, new_empty, new_empty_strided, new_full, new_ones,
  new_zeros, nextafter, nextafter_, nll_loss, nonzero, nonzero_static, norm, normal, normal_, normalize, not_equal,
  not_equal_, numel, one_hot, ones, ones_like, ormqr, outer, pad, permute, permute_copy, pinverse, pixel_shuffle,
  pixel_unshuffle, poisson, polar, polygamma, positive, pow, pow_, prelu, prod, put, put_, qr, quantile, rad2deg,
  rad2deg_, rand, rand_like, randint, randint_like, randn, randn_like, random_, randperm, ravel, real, reciprocal,
  reciprocal_, relu, relu6, relu_, remainder, remainder_, renorm, renorm_, repeat, repeat_interleave, reshape,
  reshape_as, resolve_conj, resolve_neg, result_type, rms_norm, roll, rot90, round, round_, row_stack, rrelu, rsqrt,
  rsqrt_, rsub, scalar_tensor, scatter, scatter_, scatter_add, scatter_add_, scatter_reduce, scatter_reduce_,
  searchsorted, select, select_copy, select_scatter, selu, sgn, sgn_, sigmoid, sigmoid_, sigmoid_backward, sign,
  sign_, signbit, silu, sin, sin_, sinc, sinc_, sinh, sinh_, slice, slice_copy, slice_scatter, slogdet,
  smooth_l1_loss, softmax, softmin, softplus, softshrink, softsign, sort, split, split_with_sizes,
  split_with_sizes_copy, sqrt, sqrt_, square, square_, squeeze, squeeze_copy, stack, std, std_mean, sub, sub_,
  subtract, subtract_, sum, sum_to_size, svd, swapaxes, swapdims, t, t_copy, take, take_along_dim, tan, tan_, tanh,
  tanh_, tanh_backward, tanhshrink, tensor, tensor_split, tensordot, threshold, threshold_backward, tile, topk,
  trace, transpose, transpose_copy, trapezoid, trapz, triangular_solve, tril, tril_, tril_indices, triu, triu_,
  triu_indices, true_divide, true_divide_, trunc, trunc_, unbind, unbind_copy, unflatten, unfold, unfold_copy,
  uniform, uniform_, unique, unique_consecutive, unravel_index, unsafe_chunk, unsafe_split, unsqueeze,
  unsqueeze_copy, vander, var: variance, var_mean, vdot, view, view_as, view_as_complex, view_as_real, view_copy, vsplit,
  vstack, where, xlogy, xlogy_, zero, zero_, zeros, zeros_like,
} = torch as unknown as Functions;
export { variance as var };
