// Which rule each method follows, by its kind. What is not listed gives a tensor of which nothing is known.

/* prettier-ignore */
interface Lists {
  same: "relu" | "neg" | "negative" | "positive" | "sign" | "sgn" | "floor" | "ceil" | "trunc" | "fix" | "round" | "frac" | "clone" | "contiguous" | "detach" | "alias" | "conj" | "resolve_conj" | "resolve_neg" | "conj_physical" | "tril" | "triu" | "flip" | "roll" | "fliplr" | "flipud" | "cpu" | "cuda" | "nan_to_num" | "fill" | "zero" | "masked_scatter" | "scatter" | "scatter_add" | "scatter_reduce" | "index_add" | "index_copy" | "index_fill" | "index_reduce" | "bernoulli" | "renorm" | "msort" | "matrix_exp" | "inverse" | "matrix_power" | "cholesky" | "put" | "select_scatter" | "slice_scatter" | "diagonal_scatter" | "clamp_min" | "clamp_max" | "logcumsumexp"
    | "relu_" | "neg_" | "abs_" | "exp_" | "sqrt_" | "tanh_" | "sigmoid_" | "zero_" | "fill_" | "uniform_" | "normal_" | "exponential_" | "bernoulli_" | "random_" | "detach_" | "requires_grad_" | "clamp_" | "tril_" | "triu_" | "clamp_min_" | "clamp_max_" | "scatter_" | "scatter_add_" | "index_add_" | "index_copy_" | "index_fill_" | "index_put_" | "fill_diagonal_" | "square_" | "floor_" | "ceil_" | "round_" | "log_" | "rsqrt_" | "reciprocal_" | "cos_" | "sin_" | "log_normal_" | "cauchy_" | "geometric_";
  like: "zeros_like" | "ones_like" | "empty_like" | "full_like" | "rand_like" | "randn_like" | "randint_like";
  float: "exp" | "exp2" | "expm1" | "log" | "log2" | "log10" | "log1p" | "sqrt" | "rsqrt" | "reciprocal" | "sin" | "cos" | "tan" | "asin" | "acos" | "atan" | "sinh" | "cosh" | "tanh" | "asinh" | "acosh" | "atanh" | "arccos" | "arccosh" | "arcsin" | "arcsinh" | "arctan" | "arctanh" | "sigmoid" | "erf" | "erfc" | "erfinv" | "lgamma" | "digamma" | "sinc" | "logit" | "deg2rad" | "rad2deg" | "i0";
  square: "square";
  real: "abs" | "absolute";
  bool: "isnan" | "isinf" | "isfinite" | "isposinf" | "isneginf" | "isreal" | "signbit" | "logical_not";
  two: "add" | "sub" | "subtract" | "rsub" | "mul" | "multiply" | "remainder" | "fmod" | "floor_divide" | "maximum" | "minimum" | "fmax" | "fmin" | "bitwise_and" | "bitwise_or" | "bitwise_xor" | "gcd" | "lcm" | "heaviside";
  divide: "div" | "divide" | "true_divide" | "atan2" | "arctan2" | "xlogy" | "copysign" | "hypot" | "logaddexp" | "logaddexp2" | "nextafter";
  power: "pow";
  compare: "eq" | "ne" | "lt" | "le" | "gt" | "ge" | "greater" | "greater_equal" | "less" | "less_equal" | "not_equal" | "logical_and" | "logical_or" | "logical_xor" | "isclose";
  two_: "add_" | "sub_" | "mul_" | "div_" | "copy_" | "pow_" | "eq_" | "lt_" | "remainder_" | "floor_divide_";
  mask: "masked_fill";
  mask_: "masked_fill_";
  where: "where";
  clamp: "clamp" | "clip";
  lerp: "lerp";
  addc: "addcmul" | "addcdiv";
  to: "to";
  sum: "sum" | "nansum" | "prod";
  mean: "mean" | "nanmean";
  reduce: "amax" | "amin";
  all: "all" | "any";
  argmax: "argmax" | "argmin";
  count: "count_nonzero";
  logsumexp: "logsumexp";
  variance: "var" | "std";
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
  view: "view";
  reshape: "reshape";
  shapeAs: "view_as" | "reshape_as";
  flatten: "flatten";
  unflatten: "unflatten";
  ravel: "ravel";
  permute: "permute";
  transpose: "transpose" | "swapdims";
  swapaxes: "swapaxes";
  t: "t";
  movedim: "movedim" | "moveaxis";
  squeeze: "squeeze";
  unsqueeze: "unsqueeze";
  expand: "expand" | "broadcast_to";
  expandAs: "expand_as";
  repeat: "repeat";
  select: "select";
  narrow: "narrow";
  slice: "slice";
  unfold: "unfold";
  unbind: "unbind";
  split: "split";
  chunk: "chunk";
  matmul: "matmul";
  mm: "mm";
  bmm: "bmm";
  mv: "mv";
  dot: "dot";
  outer: "outer" | "ger";
  addmm: "addmm";
  baddbmm: "baddbmm";
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
/** The kind of each method. */
export type Table = { [K in keyof Lists as Lists[K]]: K };

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
  maxPool1d: "max_pool1d";
  maxPool2d: "max_pool2d";
  maxPool3d: "max_pool3d";
  avgPool1d: "avg_pool1d";
  avgPool2d: "avg_pool2d";
  avgPool3d: "avg_pool3d";
  adaptiveAvgPool1d: "adaptive_avg_pool1d";
  adaptiveAvgPool2d: "adaptive_avg_pool2d";
  adaptiveAvgPool3d: "adaptive_avg_pool3d";
  pad: "pad";
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
