// Which rule each method follows, by its kind. What is not listed gives a tensor of which nothing is known.

/* prettier-ignore */
interface Lists {
  same: "relu" | "neg" | "negative" | "positive" | "sign" | "sgn" | "floor" | "ceil" | "trunc" | "fix" | "round" | "frac" | "clone" | "contiguous" | "detach" | "alias" | "conj" | "resolve_conj" | "resolve_neg" | "conj_physical" | "tril" | "triu" | "flip" | "roll" | "fliplr" | "flipud" | "cpu" | "cuda" | "nan_to_num" | "fill" | "zero" | "masked_scatter" | "scatter" | "scatter_add" | "scatter_reduce" | "index_add" | "index_copy" | "index_fill" | "index_reduce" | "bernoulli" | "renorm" | "msort" | "put" | "select_scatter" | "slice_scatter" | "diagonal_scatter" | "clamp_min" | "clamp_max" | "logcumsumexp" | "alias_copy" | "cauchy" | "exponential" | "geometric" | "log_normal" | "normal" | "random" | "uniform" | "bitwise_not" | "random_" | "detach_" | "requires_grad_" | "fill_diagonal_" | "index_put_";
  like: "zeros_like" | "ones_like" | "empty_like" | "full_like" | "rand_like" | "randn_like" | "randint_like";
  float: "exp" | "exp2" | "expm1" | "log" | "log2" | "log10" | "log1p" | "sqrt" | "rsqrt" | "reciprocal" | "sin" | "cos" | "tan" | "asin" | "acos" | "atan" | "sinh" | "cosh" | "tanh" | "asinh" | "acosh" | "atanh" | "arccos" | "arccosh" | "arcsin" | "arcsinh" | "arctan" | "arctanh" | "sigmoid" | "erf" | "erfc" | "erfinv" | "lgamma" | "digamma" | "sinc" | "logit" | "deg2rad" | "rad2deg" | "i0" | "mvlgamma";
  square: "square";
  real: "abs" | "absolute";
  bool: "isnan" | "isinf" | "isfinite" | "isposinf" | "isneginf" | "isreal" | "signbit" | "logical_not";
  two: "add" | "sub" | "subtract" | "rsub" | "mul" | "multiply" | "remainder" | "fmod" | "floor_divide" | "maximum" | "minimum" | "fmax" | "fmin" | "bitwise_and" | "bitwise_or" | "bitwise_xor" | "gcd" | "lcm" | "heaviside" | "bitwise_left_shift" | "bitwise_right_shift";
  divide: "div" | "divide" | "true_divide" | "atan2" | "arctan2" | "xlogy" | "copysign" | "hypot" | "logaddexp" | "logaddexp2" | "nextafter" | "igamma" | "igammac" | "ldexp";
  power: "pow";
  compare: "eq" | "ne" | "lt" | "le" | "gt" | "ge" | "greater" | "greater_equal" | "less" | "less_equal" | "not_equal" | "logical_and" | "logical_or" | "logical_xor" | "isclose";
  mask: "masked_fill";
  where: "where";
  clamp: "clamp" | "clip";
  lerp: "lerp";
  addc: "addcmul" | "addcdiv";
  to: "to";
  floatPower: "float_power";
  typeAs: "type_as";
  asComplex64: "cfloat";
  asComplex128: "cdouble";
  asUint8: "byte";
  asInt8: "char";
  sum: "sum" | "nansum" | "prod";
  mean: "mean" | "nanmean";
  reduce: "amax" | "amin";
  all: "all" | "any";
  argmax: "argmax" | "argmin";
  count: "count_nonzero";
  logsumexp: "logsumexp";
  variance: "var" | "std";
  varMean: "var_mean";
  stdMean: "std_mean";
  aminmax: "aminmax";
  quantile: "quantile" | "nanquantile";
  norm: "norm";
  extreme: "max" | "min";
  median: "median" | "nanmedian";
  mode: "mode";
  kth: "kthvalue";
  running: "cumsum" | "cumprod";
  runningPair: "cummax" | "cummin";
  softmax: "softmax" | "log_softmax";
  sort: "sort";
  argsort: "argsort";
  topk: "topk";
  two_: "copy_";
  view: "view" | "view_copy";
  reshape: "reshape";
  shapeAs: "view_as" | "reshape_as";
  flatten: "flatten";
  unflatten: "unflatten";
  ravel: "ravel";
  permute: "permute" | "permute_copy";
  transpose: "transpose" | "swapdims" | "transpose_copy";
  swapaxes: "swapaxes";
  t: "t";
  movedim: "movedim" | "moveaxis";
  squeeze: "squeeze" | "squeeze_copy";
  unsqueeze: "unsqueeze" | "unsqueeze_copy";
  expand: "expand" | "broadcast_to" | "expand_copy";
  expandAs: "expand_as";
  repeat: "repeat";
  select: "select" | "select_copy";
  narrow: "narrow" | "narrow_copy";
  slice: "slice" | "slice_copy";
  unfold: "unfold" | "unfold_copy";
  unbind: "unbind" | "unbind_copy";
  split: "split" | "unsafe_split";
  splitSizes: "split_with_sizes" | "split_with_sizes_copy" | "unsafe_split_with_sizes";
  tensorSplit: "tensor_split";
  chunk: "chunk" | "unsafe_chunk";
  matmul: "matmul";
  mm: "mm";
  bmm: "bmm";
  mv: "mv";
  dot: "dot" | "vdot";
  outer: "outer" | "ger";
  addmm: "addmm";
  baddbmm: "baddbmm";
  inv: "inverse";
  cholesky: "cholesky";
  matrixExp: "matrix_exp";
  matrixPower: "matrix_power";
  det: "det" | "logdet";
  slogdet: "slogdet";
  oldSvd: "svd";
  oldQr: "qr";
  pinv: "pinverse";
  diag: "diag";
  diagonal: "diagonal" | "diagonal_copy";
  diagEmbed: "diag_embed";
  trace: "trace";
  inner: "inner";
  kron: "kron";
  addmv: "addmv";
  addr: "addr";
  tile: "tile";
  repeatInterleave: "repeat_interleave";
  rot90: "rot90";
  diff: "diff";
  multinomial: "multinomial";
  viewAsReal: "view_as_real";
  viewAsComplex: "view_as_complex";
  fresh: "new_zeros" | "new_ones" | "new_empty";
  freshFull: "new_full";
  strided: "as_strided" | "as_strided_copy";
  histc: "histc";
  index: "index";
  gather: "gather";
  indexSelect: "index_select";
  takeAlong: "take_along_dim";
  take: "take";
  vector: "masked_select";
  places: "argwhere";
  asBool: "bool";
  asInt32: "int";
  asInt64: "long";
  asFloat32: "float";
  asFloat64: "double";
  asFloat16: "half";
  asInt16: "short";
  asBfloat16: "bfloat16";
}
/** The kind of what is written over the input, by the kind of what is not: fill_ of fill. */
interface InPlace {
  same: "same";
  square: "same";
  real: "same";
  float: "same";
  bool: "same";
  two: "two_";
  divide: "two_";
  power: "power_";
  compare: "two_";
  mask: "mask_";
  lerp: "lerp_";
  addc: "addc_";
  clamp: "same";
  running: "same";
  addmm: "same";
  addmv: "same";
  addr: "same";
  baddbmm: "same";
}
type OverInput = { [K in keyof InPlace as `${Lists[K]}_`]: InPlace[K] };
type ByName = { [K in keyof Lists as Lists[K]]: K };
/** The kind of each method. */
export interface Table extends ByName, OverInput {}

/* prettier-ignore */
interface FunctionLists {
  same: "batch_norm" | "celu" | "channel_shuffle" | "elu" | "gelu" | "gumbel_softmax" | "hardshrink" | "hardsigmoid" | "hardswish" | "hardtanh" | "instance_norm" | "group_norm" | "leaky_relu" | "local_response_norm" | "logsigmoid" | "mish" | "normalize" | "prelu" | "relu" | "relu6" | "rrelu" | "selu" | "silu" | "softplus" | "softshrink" | "softsign" | "tanhshrink" | "threshold" | "dropout" | "dropout1d" | "dropout2d" | "dropout3d" | "alpha_dropout" | "feature_dropout" | "feature_alpha_dropout";
  float: "sigmoid" | "tanh";
  softmaxF: "softmax" | "log_softmax" | "softmin";
  glu: "glu";
  oneHot: "one_hot";
  layerNorm: "layer_norm" | "rms_norm";
  linear: "linear";
  embedding: "embedding";
  conv1d: "conv1d";
  conv2d: "conv2d";
  conv3d: "conv3d";
  convTranspose1dF: "conv_transpose1d";
  convTranspose2dF: "conv_transpose2d";
  convTranspose3dF: "conv_transpose3d";
  adaptiveMaxPool1d: "adaptive_max_pool1d";
  adaptiveMaxPool2d: "adaptive_max_pool2d";
  adaptiveMaxPool3d: "adaptive_max_pool3d";
  maxUnpool1d: "max_unpool1d";
  maxUnpool2d: "max_unpool2d";
  maxUnpool3d: "max_unpool3d";
  embeddingBag: "embedding_bag";
  maxPool1d: "max_pool1d";
  maxPool2d: "max_pool2d";
  maxPool3d: "max_pool3d";
  avgPool1d: "avg_pool1d";
  avgPool2d: "avg_pool2d";
  avgPool3d: "avg_pool3d";
  adaptiveAvgPool1d: "adaptive_avg_pool1d";
  adaptiveAvgPool2d: "adaptive_avg_pool2d";
  adaptiveAvgPool3d: "adaptive_avg_pool3d";
  pad: "pad" | "constant_pad_nd";
  unfoldF: "unfold";
  foldF: "fold";
  cdist: "cdist";
  tensordot: "tensordot";
  bucketize: "bucketize";
  bool: "isin";
  searchsorted: "searchsorted";
  complexOf: "complex" | "polar";
  realPart: "real" | "imag";
  interpolate: "interpolate" | "upsample";
  pixelShuffle: "pixel_shuffle";
  pixelUnshuffle: "pixel_unshuffle";
  attention: "scaled_dot_product_attention";
  cosine: "cosine_similarity";
  pairwise: "pairwise_distance";
  pointLoss: "mse_loss" | "l1_loss" | "smooth_l1_loss" | "huber_loss" | "kl_div" | "poisson_nll_loss";
  binaryLoss: "binary_cross_entropy_with_logits";
  bceLoss: "binary_cross_entropy";
  classLoss: "cross_entropy" | "nll_loss";
}
/** The kind of each function of torch.nn.functional. */
export type FunctionTable = { [K in keyof FunctionLists as FunctionLists[K]]: K };

/* prettier-ignore */
interface LinalgLists {
  inv: "inv";
  det: "det";
  slogdet: "slogdet";
  cholesky: "cholesky";
  matrixExp: "matrix_exp";
  matrixPower: "matrix_power";
  eigh: "eigh";
  eig: "eig";
  eigvals: "eigvals";
  eigvalsh: "eigvalsh";
  svd: "svd";
  svdvals: "svdvals";
  qr: "qr";
  pinv: "pinv";
  lstsq: "lstsq";
  lu: "lu";
  luFactor: "lu_factor";
  solve: "solve";
  matrixRank: "matrix_rank";
  vectorNorm: "norm" | "vector_norm";
  matrixNorm: "matrix_norm";
  vecdot: "vecdot";
  lastDiagonal: "diagonal";
  matmul: "matmul";
}
/** The kind of each function of torch.linalg. */
export type LinalgTable = { [K in keyof LinalgLists as LinalgLists[K]]: K };

interface FftLists {
  fft: "fft" | "ifft";
  rfft: "rfft" | "ihfft";
  irfft: "irfft" | "hfft";
  fftn: "fft2" | "ifft2" | "fftn" | "ifftn";
  rfftn: "rfft2" | "rfftn";
  same: "fftshift" | "ifftshift";
}
/** The kind of each function of torch.fft. */
export type FftTable = { [K in keyof FftLists as FftLists[K]]: K };

/* prettier-ignore */
interface SpecialLists {
  float: "airy_ai" | "bessel_j0" | "bessel_j1" | "bessel_y0" | "bessel_y1" | "digamma" | "entr" | "erf" | "erfc" | "erfcx" | "erfinv" | "exp2" | "expit" | "expm1" | "gammaln" | "i0" | "i0e" | "i1" | "i1e" | "log1p" | "log_ndtr" | "logit" | "modified_bessel_i0" | "modified_bessel_i1" | "modified_bessel_k0" | "modified_bessel_k1" | "multigammaln" | "ndtr" | "ndtri" | "psi" | "scaled_modified_bessel_k0" | "scaled_modified_bessel_k1" | "sinc" | "spherical_bessel_j0";
  same: "round";
}
/** The kind of each function of torch.special. */
export type SpecialTable = { [K in keyof SpecialLists as SpecialLists[K]]: K };
