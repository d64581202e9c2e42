// What is said of a method that a program does without.
import { AttributeError } from "../../base/errors.ts";
import { Tensor } from "../../tensor/tensor.ts";

/** The methods that only `tidu` brings, without the underscore of those in place. test/package/lean.test.ts holds it to them. */
// prettier-ignore
const ABSENT = new Set("\
absolute acos acosh addbmm addmm addmv addr adjoint alias_copy aminmax angle arccos arccosh arcsin arcsinh arctan \
arctan2 arctanh argsort argwhere as_strided as_strided_copy asin asinh atan atan2 atanh baddbmm bernoulli bincount \
bitwise_and bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift bitwise_xor cauchy ceil cholesky \
cholesky_inverse cholesky_solve clamp_max clamp_min clip constant_pad_nd copy copysign corrcoef cos cosh \
count_nonzero cov cross cummax cummin cumprod cumsum deg2rad det diag diag_embed diagflat diagonal_copy \
diagonal_scatter diff digamma dist divide dsplit eq erf erfc erfinv exp2 expand_copy expm1 exponential fill \
fill_diagonal fix flip fliplr flipud float_power floor floor_divide fmax fmin fmod frac frexp gcd ge geometric geqrf \
ger greater greater_equal gt hardshrink heaviside histc hsplit hypot i0 igamma igammac index_add index_copy index_fill \
index_reduce inner inverse isinf isneginf isposinf isreal kron kthvalue lcm ldexp le less less_equal lgamma log10 \
log1p log2 log_normal logaddexp logaddexp2 logcumsumexp logdet logical_and logical_not logical_or logical_xor logit lt \
lu lu_solve masked_scatter masked_select matrix_exp matrix_power median mode moveaxis movedim msort multinomial \
multiply mv mvlgamma nan_to_num nanmean nanmedian nanquantile nansum narrow_copy ne negative nextafter nonzero_static \
normal not_equal ormqr outer permute_copy pinverse polygamma positive prelu prod put qr quantile rad2deg random ravel \
reciprocal remainder renorm repeat_interleave resize resize_as resolve_neg roll rot90 round rsqrt scatter \
scatter_add scatter_reduce select_copy select_scatter sgn sign signbit sin sinc sinh slice_copy slice_scatter slogdet \
sort split_with_sizes split_with_sizes_copy squeeze squeeze_copy std_mean subtract svd swapaxes swapdims t t_copy take \
take_along_dim tan tensor_split tile topk trace transpose transpose_copy triangular_solve tril triu true_divide trunc \
unbind_copy unflatten unfold unfold_copy uniform unique unique_consecutive unsafe_chunk unsafe_split unsafe_split_with_sizes unsqueeze \
unsqueeze_copy vander var_mean vdot view_copy vsplit xlogy zero".split(" "));
/** The methods that come with what makes sparse tensors, but for names that other objects have. */
export const OF_SPARSE: ReadonlySet<string> = new Set(
  "to_sparse to_sparse_coo to_sparse_csr to_sparse_csc to_dense coalesce is_coalesced crow_indices col_indices ccol_indices row_indices sparse_dim dense_dim sparse_mask sparse_resize_ sparse_resize_and_clear_ smm sspaddmm".split(
    " ",
  ),
);
Tensor.refuseAbsent = (name) => {
  if (OF_SPARSE.has(name))
    throw new AttributeError(
      `'Tensor' object has no attribute '${name}'\nThis program has no sparse tensors: their methods come with what makes them, as sparse_coo_tensor, or with all of torch (import * as torch from "tidu").`,
    );
  if (ABSENT.has(name.replace(/_$/, "")))
    throw new AttributeError(
      `'Tensor' object has no attribute '${name}'\nThis program has the everyday methods of tensors alone. Import "tidu", which brings every method, or call the function torch.${name}(x), if there is one: "tidu/lean" has it, too.`,
    );
};
