// Sample calls of the differentiable ops, for tests that every op passes through. Float tensors are float64 leaves.
import * as torch from "../src/index.ts";
import type { Tensor } from "../src/index.ts";

export type Sample = readonly unknown[];

/** Irregular numbers in [low, high], none equal, none near a whole number of halves. */
export function leaf(shape: readonly number[], low = 0.15, high = 0.85, seed = 1): Tensor {
  const n = shape.reduce((a, b) => a * b, 1);
  const values = Array.from({ length: n }, (_, i) => {
    const x = Math.abs(Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453) % 1;
    return low + (high - low) * x;
  });
  return torch.tensor(values, { dtype: torch.float64 }).reshape(shape).detach().requires_grad_(true);
}
const index = (values: number[], shape = [values.length]): Tensor =>
  torch.tensor(values, { dtype: torch.int64 }).reshape(shape);
const mask = (values: boolean[], shape = [values.length]): Tensor => torch.tensor(values).reshape(shape);
/** A leaf seen through a transpose: strided, not contiguous. */
const strided = (): Tensor => leaf([3, 2]).t();

const a = (): Tensor => leaf([2, 3]);
const b = (): Tensor => leaf([2, 3], 0.2, 0.9, 2);
const row = (): Tensor => leaf([3], 0.3, 0.8, 3);
const signed = (): Tensor => leaf([2, 3], -2.3, 2.1, 4);

/** Calls with one tensor: contiguous, strided, of no dims. */
const unary = (): Sample[] => [[a()], [strided()], [leaf([])]];
/** Calls with two: same shape, broadcast, and with a number. */
const binary = (): Sample[] => [
  [a(), b()],
  [a(), row()],
  [leaf([2, 1]), row()],
  [a(), 0.7],
];
const pairs = (): Sample[] => [
  [a(), b()],
  [leaf([2, 1]), row()],
];

export const samples: Record<string, () => Sample[]> = {
  ...Object.fromEntries(
    `clone _to_contiguous _to_copy zero alias neg abs sign sgn exp exp2 expm1 log log2 log10 log1p sqrt rsqrt reciprocal sin cos
     tan asin acos atan sinh cosh tanh asinh atanh sigmoid erf erfc erfinv floor ceil trunc round frac nan_to_num _max_all
     _min_all contiguous square positive logit deg2rad rad2deg ravel flatten`
      .split(/\s+/)
      .map((name) => [name, unary]),
  ),
  ...Object.fromEntries("add sub rsub mul div divide true_divide float_power".split(" ").map((name) => [name, binary])),
  ...Object.fromEntries(
    "atan2 maximum minimum tanh_backward sigmoid_backward vdot_".split(" ").map((name) => [name, pairs]),
  ),
  acosh: () => [[leaf([2, 3], 1.2, 3)]],
  pow: () => [...binary(), [a(), 2], [a(), 3], [a(), 0], [a(), -1.5], [signed(), 2]],
  remainder: () => [
    [leaf([2, 3], 2.1, 2.9), b()],
    [signed(), 0.7],
  ],
  fmod: () => [
    [leaf([2, 3], 2.1, 2.9), b()],
    [signed(), 0.7],
  ],
  floor_divide: () => [[leaf([2, 3], 2.1, 2.9), b()]],
  clamp: () => [
    [signed(), -1.05, 0.95],
    [signed(), { min: 0.01 }],
    [signed(), { max: 0.4 }],
    [signed(), leaf([3], -1.2, -0.3), leaf([3], 0.4, 1.3)],
  ],
  clip: () => [[signed(), -1.05, 0.95]],
  clamp_min: () => [
    [signed(), 0.01],
    [signed(), row()],
  ],
  clamp_max: () => [
    [signed(), 0.4],
    [signed(), row()],
  ],
  _where: () => [
    [mask([true, false, true]), a(), b()],
    [mask([true, false, true]), a(), 2],
    [mask([true, false, true]), 1, row()],
  ],
  masked_fill: () => [
    [a(), mask([true, false, true]), 0.5],
    [a(), mask([true, false, true]), leaf([])],
  ],
  addcmul: () => [[a(), b(), row(), { value: 0.7 }]],
  addcdiv: () => [[a(), b(), row(), { value: 0.7 }]],
  lerp: () => [
    [a(), b(), 0.3],
    [a(), b(), 0.8],
    [a(), b(), row()],
  ],
  ...Object.fromEntries(
    `relu selu mish softsign relu6 hardsigmoid hardswish logsigmoid tanhshrink leaky_relu elu celu silu softplus hardtanh softshrink
     hardshrink`
      .split(/\s+/)
      .map((name) => [name, () => [[signed()], [leaf([])]]]),
  ),
  threshold: () => [[signed(), 0.1, 0.5]],
  threshold_backward: () => [[a(), signed(), 0.1]],
  gelu: () => [[signed()], [signed(), { approximate: "tanh" }]],
  gelu_backward: () => [[a(), signed()]],
  glu: () => [[leaf([2, 4])], [leaf([4, 3]), 0]],
  prelu: () => [
    [signed(), leaf([1])],
    [signed(), leaf([3])],
  ],
  softmin: () => [[a(), 1]],
  normalize: () => [[a()]],
  dropout: () => [[a(), 0.5, false]],
  feature_dropout: () => [[a(), 0.5, false]],
  _im2col: () => [[leaf([2, 2, 4, 3]), [2, 2], [2, 1], [1, 0], [1, 1]]],
  _col2im: () => [[leaf([2, 8, 4]), [3, 3], [2, 2], [1, 1], [0, 0], [1, 1]]],
  convolution: () => [
    [leaf([2, 2, 4, 4]), leaf([4, 1, 2, 2]), leaf([4]), [2, 1], [1, 0], [1, 2], false, [0, 0], 2],
    [leaf([2, 2, 3]), leaf([2, 3, 2]), leaf([3]), [2], [1], [1], true, [1], 1],
  ],
  conv1d: () => [
    [leaf([1, 2, 5]), leaf([3, 2, 3]), leaf([3]), { padding: "same" }],
    [leaf([2, 5]), leaf([3, 2, 2])],
  ],
  conv2d: () => [[leaf([2, 1, 4, 4]), leaf([2, 1, 3, 3]), leaf([2]), { stride: 2, padding: 1 }]],
  conv3d: () => [[leaf([1, 1, 3, 3, 2]), leaf([2, 1, 2, 2, 2])]],
  conv_transpose1d: () => [[leaf([1, 2, 3]), leaf([2, 2, 2]), leaf([2]), { stride: 2 }]],
  conv_transpose2d: () => [[leaf([1, 2, 2, 2]), leaf([2, 1, 2, 2]), null, { stride: 2, output_padding: 1, groups: 2 }]],
  conv_transpose3d: () => [[leaf([1, 1, 2, 2, 2]), leaf([1, 1, 2, 2, 2])]],
  _max_pool: () => [[leaf([1, 2, 4, 4]), [2, 2], [2, 2], [0, 0], [1, 1], false]],
  max_pool1d: () => [[leaf([1, 2, 6]), 3, 2, 1]],
  max_pool2d: () => [
    [leaf([1, 2, 4, 4]), 2],
    [leaf([1, 5, 5]), 3, 2, 1, 1, true],
  ],
  max_pool3d: () => [[leaf([1, 1, 2, 4, 4]), 2]],
  max_pool1d_with_indices: () => [[leaf([1, 2, 6]), 2]],
  max_pool3d_with_indices: () => [[leaf([1, 1, 2, 4, 4]), 2]],
  max_pool2d_with_indices: () => [[leaf([1, 2, 4, 4]), 2]],
  avg_pool1d: () => [[leaf([1, 2, 6]), 3, 2, 1]],
  avg_pool2d: () => [[leaf([1, 2, 5, 5]), 2, 2, 1, true, false]],
  avg_pool3d: () => [[leaf([1, 1, 2, 4, 4]), 2]],
  adaptive_avg_pool1d: () => [[leaf([1, 2, 5]), 2]],
  adaptive_avg_pool2d: () => [[leaf([1, 2, 5, 4]), [2, 3]]],
  _standardize: () => [[leaf([2, 4]), [1], 1e-5]],
  _var: () => [
    [a(), [1], 1, false],
    [a(), null, 0, true],
  ],
  _std: () => [[a(), [1], 1, false]],
  _pow_scalar: () => [
    [2, a()],
    [0.5, a()],
  ],
  _masked_fill: () => [[a(), mask([true, false, true]), leaf([])]],
  layer_norm: () => [
    [leaf([2, 4]), [4], leaf([4]), leaf([4])],
    [leaf([2, 2, 2]), [2, 2]],
  ],
  rms_norm: () => [[leaf([2, 4]), [4], leaf([4])]],
  batch_norm: () => [
    [leaf([3, 2]), null, null, leaf([2]), leaf([2]), { training: true }],
    [
      leaf([2, 2, 3]),
      torch.tensor([0.1, 0.2], { dtype: torch.float64 }),
      torch.tensor([1, 2], { dtype: torch.float64 }),
      leaf([2]),
    ],
  ],
  group_norm: () => [[leaf([2, 4, 2]), 2, leaf([4]), leaf([4])]],
  mse_loss: () => [
    [a(), b()],
    [a(), b(), { reduction: "none" }],
  ],
  l1_loss: () => [[a(), b()]],
  smooth_l1_loss: () => [[signed(), b(), { beta: 0.7 }]],
  huber_loss: () => [[signed(), b(), { delta: 0.7 }]],
  nll_loss: () => [
    [a(), index([2, 0]), leaf([3]).detach()],
    [leaf([2, 3, 2]), index([0, 1, 2, -100], [2, 2])],
  ],
  cross_entropy: () => [
    [a(), index([2, 0]), { label_smoothing: 0.1 }],
    [a(), leaf([2, 3]), leaf([3]).detach()],
    [leaf([2, 3, 2]), index([0, 1, 2, -100], [2, 2]), { reduction: "sum" }],
  ],
  binary_cross_entropy: () => [[a(), b(), row().detach().expand([2, 3])]],
  binary_cross_entropy_with_logits: () => [[signed(), b(), { pos_weight: row().detach() }]],
  kl_div: () => [
    [a(), b(), { reduction: "batchmean" }],
    [a(), b(), { log_target: true }],
  ],
  alias_copy: unary,
  as_strided_copy: () => [[leaf([2, 3]), [2, 2], [1, 2], 1]],
  diagonal_copy: () => [[leaf([3, 3])]],
  expand_copy: () => [[leaf([2, 1]), [2, 3]]],
  narrow_copy: () => [[leaf([2, 5]), 1, 1, 3]],
  permute_copy: () => [[a(), [1, 0]]],
  select_copy: () => [[a(), 1, 2]],
  slice_copy: () => [[leaf([2, 5]), 1, 1, 5, 2]],
  split_with_sizes_copy: () => [[leaf([5, 2]), [2, 3]]],
  squeeze_copy: () => [[leaf([1, 3, 1])]],
  t_copy: () => [[a()]],
  transpose_copy: () => [[a(), 0, 1]],
  unbind_copy: () => [[a(), 1]],
  unfold_copy: () => [[leaf([5]), 0, 3, 1]],
  unsqueeze_copy: () => [[a(), 1]],
  view_copy: () => [[a(), [3, 2]]],
  roll: () => [
    [a(), 1],
    [a(), [1, 2], [0, 1]],
  ],
  rot90: () => [[a()], [leaf([2, 3, 2]), 3, [1, 2]]],
  fliplr: () => [[a()]],
  flipud: () => [[a()]],
  swapdims: () => [[a(), 0, 1]],
  moveaxis: () => [[leaf([2, 3, 2]), [0], [2]]],
  tile: () => [[a(), [2, 1, 2]]],
  diag: () => [
    [row(), 1],
    [leaf([3, 3]), -1],
  ],
  diag_embed: () => [[a(), 1]],
  diagflat: () => [[a()]],
  take_along_dim: () => [[a(), index([0, 2, 1, 1], [2, 2]), 1]],
  hstack: () => [[[a(), b()]]],
  vstack: () => [[[a(), b()]]],
  dstack: () => [[[a(), b()]]],
  column_stack: () => [[[row(), leaf([3, 2])]]],
  _atleast: () => [[row(), 2]],
  tensor_split: () => [[leaf([5, 2]), 2]],
  hsplit: () => [[leaf([2, 4]), 2]],
  vsplit: () => [[leaf([4, 2]), 2]],
  dsplit: () => [[leaf([2, 2, 4]), 2]],
  unsafe_chunk: () => [[leaf([5, 2]), 2]],
  unsafe_split: () => [[leaf([5, 2]), 2]],
  vander: () => [[row()]],
  fill_diagonal: () => [[leaf([3, 3]), 0.5]],
  masked_scatter: () => [[a(), mask([true, false, true]), leaf([4])]],
  put: () => [
    [a(), index([0, 4]), leaf([2])],
    [a(), index([0, 0]), leaf([2]), true],
  ],
  sort: () => [[a()], [a(), 0, true]],
  msort: () => [[a()]],
  topk: () => [[a(), 2]],
  kthvalue: () => [[a(), 2]],
  _median_dim: () => [[a(), 1]],
  _nanmedian_dim: () => [[a(), 1]],
  _median_all: () => [[a()]],
  _nanmedian_all: () => [[a()]],
  mode: () => [[a()]],
  cummax: () => [[a(), 1]],
  cummin: () => [[a(), 1]],
  pad: () => [
    [a(), [1, 2]],
    [a(), [1, -1, 0, 2], { value: 0.5 }],
    [leaf([1, 2, 4]), [2, 1], "reflect"],
    [leaf([1, 2, 4]), [2, 1], "replicate"],
    [leaf([1, 2, 4]), [2, 1], "circular"],
  ],
  angle: () => [[a()]],
  copy: () => [[a(), row()]],
  fill: () => [
    [a(), 0.5],
    [a(), leaf([])],
  ],
  _index: () => [
    [a(), [index([1, 0, 1])]],
    [a(), [null, index([2, 2])]],
    [a(), [index([0, 1]), index([2, 2])]],
  ],
  _index_put: () => [
    [a(), [index([1, 0])], b()],
    [a(), [null, index([2, 2])], leaf([2, 2]), true],
    [a(), [index([1])], leaf([])],
  ],
  gather: () => [[a(), 1, index([0, 2, 1, 1], [2, 2])]],
  scatter: () => [
    [a(), 1, index([0, 2, 1, 0], [2, 2]), leaf([2, 2])],
    [a(), 1, index([0, 2, 1, 0], [2, 2]), 0.3],
  ],
  scatter_add: () => [[a(), 1, index([0, 0, 1, 0], [2, 2]), leaf([2, 2])]],
  index_select: () => [[a(), 1, index([2, 0, 2])]],
  index_add: () => [[a(), 1, index([2, 0]), leaf([2, 2]), { alpha: 0.5 }]],
  index_copy: () => [[a(), 1, index([2, 0]), leaf([2, 2])]],
  index_fill: () => [
    [a(), 1, index([2, 0]), 0.5],
    [a(), 1, index([2, 0]), leaf([])],
  ],
  masked_select: () => [[a(), mask([true, false, true])]],
  take: () => [[a(), index([5, 0, 0])]],
  tril: () => [[leaf([3, 3])], [leaf([2, 3]), 1]],
  triu: () => [[leaf([3, 3])], [leaf([2, 3]), -1]],
  embedding: () => [
    [index([0, 2, 2]), leaf([3, 2])],
    [index([1, 2, 2]), leaf([3, 2]), { padding_idx: 0, scale_grad_by_freq: false }],
  ],
  mm: () => [
    [a(), leaf([3, 2])],
    [strided(), leaf([3, 4])],
  ],
  bmm: () => [[leaf([2, 2, 3]), leaf([2, 3, 2])]],
  mv: () => [[a(), row()]],
  dot: () => [[row(), leaf([3])]],
  vdot: () => [[row(), leaf([3])]],
  outer: () => [[row(), leaf([2])]],
  addmm: () => [[leaf([2]), a(), leaf([3, 2]), { beta: 0.5, alpha: 2 }]],
  addmv: () => [[leaf([2]), a(), row(), { beta: 0.5, alpha: 2 }]],
  addr: () => [[leaf([2, 3]), leaf([2]), row(), { beta: 0.5, alpha: 2 }]],
  baddbmm: () => [[leaf([2, 2, 2]), leaf([2, 2, 3]), leaf([2, 3, 2]), { beta: 0.5 }]],
  addbmm: () => [[leaf([2, 2]), leaf([2, 2, 3]), leaf([2, 3, 2])]],
  matmul: () => [
    [a(), row()],
    [leaf([2, 2, 3]), leaf([3, 2])],
    [leaf([2, 1, 2, 3]), leaf([2, 3, 2])],
    [row(), leaf([2, 3, 2])],
  ],
  linear: () => [
    [leaf([2, 2, 3]), leaf([4, 3]), leaf([4])],
    [a(), leaf([4, 3])],
  ],
  view: () => [[a(), [3, 2]]],
  _unsafe_view: () => [[a(), [3, 2]]],
  reshape: () => [[strided(), [6]]],
  view_as: () => [[a(), leaf([6])]],
  reshape_as: () => [[strided(), leaf([6])]],
  unflatten: () => [[leaf([2, 6]), 1, [2, 3]]],
  permute: () => [[leaf([2, 3, 2]), [2, 0, 1]]],
  transpose: () => [[a(), 0, 1]],
  swapaxes: () => [[a(), 0, 1]],
  t: () => [[a()], [row()]],
  movedim: () => [[leaf([2, 3, 2]), [0], [2]]],
  squeeze: () => [[leaf([1, 3, 1])], [leaf([1, 3, 1]), [0]], [leaf([1, 3, 1]), [0, 2]]],
  unsqueeze: () => [
    [a(), 1],
    [a(), -1],
  ],
  expand: () => [[leaf([2, 1]), [3, 2, 4]]],
  expand_as: () => [[row(), leaf([2, 3])]],
  broadcast_to: () => [[row(), [2, 3]]],
  sum_to_size: () => [[leaf([2, 3, 2]), [3, 1]]],
  select: () => [
    [a(), 1, 2],
    [a(), 0, -1],
  ],
  slice: () => [
    [leaf([2, 5]), 1, 1, 5, 2],
    [a(), 0, 1],
  ],
  narrow: () => [[leaf([2, 5]), 1, 1, 3]],
  unbind: () => [[a(), 1]],
  split_with_sizes: () => [[leaf([5, 2]), [2, 3]]],
  split: () => [
    [leaf([5, 2]), 2],
    [leaf([5, 2]), [1, 4]],
  ],
  _split: () => [[leaf([5, 2]), 2]],
  chunk: () => [[leaf([5, 2]), 2]],
  diagonal: () => [[leaf([3, 3])], [leaf([2, 3, 3]), 1, 1, 2]],
  unfold: () => [
    [leaf([5]), 0, 3, 1],
    [leaf([2, 5]), 1, 2, 2],
  ],
  as_strided: () => [[leaf([2, 3]), [2, 2], [1, 2], 1]],
  select_scatter: () => [[a(), row(), 0, 1]],
  slice_scatter: () => [[leaf([4, 2]), leaf([2, 2]), 0, 1, 3]],
  diagonal_scatter: () => [[leaf([3, 3]), row()]],
  as_strided_scatter: () => [[a(), leaf([2, 2]), [2, 2], [1, 2], 1]],
  cat: () => [[[a(), leaf([1, 3])]], [[a(), leaf([2, 2])], 1]],
  stack: () => [[[a(), b()], 1]],
  repeat: () => [[a(), [2, 1, 2]]],
  flip: () => [[a(), [0, 1]]],
  sum: () => [[a()], [a(), 1], [leaf([2, 3, 2]), [0, 2], true], [leaf([])]],
  nansum: () => [[a(), 1]],
  mean: () => [[a()], [a(), 1], [leaf([2, 3, 2]), [0, 2], true]],
  nanmean: () => [[a(), 1]],
  prod: () => [[a()], [a(), 1], [torch.tensor([0, 2, 3], { dtype: torch.float64, requires_grad: true })]],
  cumsum: () => [
    [a(), 1],
    [a(), 0],
  ],
  cumprod: () => [
    [a(), 1],
    [torch.tensor([2, 0, 3], { dtype: torch.float64, requires_grad: true }), 0],
  ],
  amax: () => [[a()], [a(), [1], true]],
  amin: () => [[a()], [a(), [1], true]],
  _max_dim: () => [
    [a(), 1],
    [a(), 0, true],
  ],
  _min_dim: () => [
    [a(), 1],
    [a(), 0, true],
  ],
  aminmax: () => [[a()], [a(), { dim: 0 }]],
  var: () => [[a()], [a(), [1], { correction: 0 }]],
  std: () => [[a()], [a(), [1], { correction: 0 }]],
  var_mean: () => [[a(), [1]]],
  std_mean: () => [[a(), [1]]],
  logsumexp: () => [
    [a(), [1]],
    [a(), [0, 1], true],
  ],
  softmax: () => [[a(), 1]],
  log_softmax: () => [[a(), 0]],
  _softmax: () => [[a(), 1]],
  _log_softmax: () => [[a(), 1]],
  norm: () => [[a()], [signed(), 1, [1]], [signed(), 3], [signed(), Infinity, [0]], [signed(), 2, [1], true]],
  repeat_interleave: () => [
    [a(), 2, 1],
    [row(), index([2, 0, 1])],
  ],
  sinc: unary,
  ldexp: () => [[a(), index([1, -2, 3])]],
  copysign: () => [
    [signed(), b()],
    [signed(), -1],
  ],
  fmax: pairs,
  fmin: pairs,
  xlogy: binary,
  hypot: pairs,
  logaddexp: pairs,
  logaddexp2: pairs,
  lgamma: () => [[leaf([2, 3], 0.4, 3)]],
  digamma: () => [[leaf([2, 3], 0.4, 3)], [leaf([3], -1.8, -1.2)]],
  polygamma: () => [
    [1, leaf([2, 3], 0.4, 3)],
    [2, leaf([2, 3], 0.6, 3)],
  ],
  mvlgamma: () => [[leaf([2, 3], 1.4, 3), 2]],
  frexp: () => [[leaf([2, 3], 0.55, 0.95)]],
  ...Object.fromEntries("real conj conj_physical resolve_conj resolve_neg".split(" ").map((name) => [name, unary])),
  _tensordot: () => [[leaf([2, 3, 2]), leaf([3, 2, 2], 0.2, 0.9, 2), [1], [0]]],
  inner: () => [[a(), leaf([4, 3])]],
  kron: () => [[a(), leaf([2, 2])]],
  cross: () => [[a(), b()]],
  trace: () => [[leaf([3, 3])]],
  dist: () => [
    [a(), b()],
    [a(), b(), 3],
  ],
  cdist: () => [
    [a(), leaf([4, 3], 1.2, 1.9, 5)],
    [a(), leaf([4, 3], 1.2, 1.9, 5), 1],
  ],
  renorm: () => [[a(), 2, 0, 0.9]],
  diff: () => [[a()], [a(), 1, 0, row().unsqueeze(0)]],
  _trapezoid: () => [
    [a(), null, 0.5, 1, false],
    [a(), leaf([3]), 1, 1, true],
  ],
  cov: () => [[a()], [a(), { aweights: leaf([3]).detach() }]],
  corrcoef: () => [[leaf([2, 4])]],
  logcumsumexp: () => [[signed(), 1]],
  quantile: () => [
    [leaf([5]), 0.4],
    [a(), 0.3, 1],
  ],
  nanquantile: () => [[a(), 0.3, 1]],
  scatter_reduce: () =>
    ["sum", "mean", "prod", "amax"].flatMap((reduce) => [
      [row(), 0, index([0, 2, 0, 2]), leaf([4]), reduce],
      [row(), 0, index([0, 2, 0, 2]), leaf([4]), reduce, { include_self: false }],
    ]),
  index_reduce: () => [[a(), 1, index([2, 0, 2, 0]), leaf([2, 4]), "prod"]],
  _scatter_fold: () => [[row(), 0, index([0, 2, 0, 2]), leaf([4]), "amin", true]],
  ...Object.fromEntries("entr ndtr ndtri erfcx log_ndtr i0 i0e i1 i1e".split(" ").map((name) => [name, unary])),
  xlog1py: binary,
  zeta: () => [[3, leaf([2, 3], 0.4, 3)]],
  constant_pad_nd: () => [[a(), [1, 0, -1, 2], 0.3]],
  ...Object.fromEntries(
    "absolute arccos arcsin arcsinh arctan arctanh fix negative".split(" ").map((name) => [name, unary]),
  ),
  arccosh: () => [[leaf([2, 3], 1.2, 3)]],
  arctan2: pairs,
  concat: () => [[[a(), leaf([1, 3])]]],
  concatenate: () => [[[a(), leaf([1, 3])]]],
  ger: () => [[row(), leaf([2])]],
  multiply: binary,
  row_stack: () => [[[a(), row()]]],
  subtract: () => [...binary(), [a(), b(), { alpha: 2 }]],
};
