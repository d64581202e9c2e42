// A PyTorch signature, read twice: by the type checker (the types here) and at run time (`parseSchema`).
import type { DeviceLike } from "../devices/device.ts";
import type { Layout, MemoryFormat } from "../base/memory_format.ts";
import type { Dtype, Scalar } from "../base/dtype.ts";
import type { Generator } from "../random/generator.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { takesOut } from "./out.ts";
import type { TakesOut } from "./out.ts";

/** What a caller may pass for each schema type. */
interface Accepts {
  Tensor: Tensor;
  "Tensor?": Tensor | null;
  "Tensor[]": readonly Tensor[];
  "Tensor?[]": readonly (Tensor | null)[];
  /** PyTorch has two overloads here; a bare number stays one and never becomes a tensor. */
  "Tensor|Scalar": Tensor | Scalar;
  "Tensor|Scalar?": Tensor | Scalar | null;
  Scalar: Scalar;
  "Scalar?": Scalar | null;
  /** The order of a norm: a number, or "fro" and the like. */
  "Scalar|str?": Scalar | string | null;
  int: number;
  /** An int that need not be exact as a number. */
  integer: number | bigint;
  "int?": number | null;
  float: number;
  "float?": number | null;
  "int[]": number | readonly number[];
  /** Where a single number is not the same as a list of it. */
  "int|int[]": number | readonly number[];
  "int|int[]?": number | readonly number[] | null;
  "Tensor|int|int[]": Tensor | number | readonly number[];
  "int[]?": number | readonly number[] | null;
  /** Sizes of which some may be left as they are. */
  "int?[]": number | readonly (number | null)[];
  /** The first argument of var and std, which may be `unbiased` instead. */
  "int[]|bool?": number | readonly number[] | boolean | null;
  "float[]": number | readonly number[];
  "float[]?": number | readonly number[] | null;
  "int[]|str": number | readonly number[] | string;
  "float|float[]": number | readonly number[];
  "float|float[]?": number | readonly number[] | null;
  "float?[]": readonly (number | null)[];
  bool: boolean;
  "bool?": boolean | null;
  str: string;
  "str?": string | null;
  dtype: Dtype;
  "dtype?": Dtype | null;
  "Generator?": Generator | null;
  /** Modules, too. */
  callable: (...args: never[]) => unknown;
  "callable?": ((...args: never[]) => unknown) | null;
  /** An activation, or its name. */
  "callable|str": ((x: Tensor) => Tensor) | string;
  /** A function of a number, such as a schedule. */
  "function?": ((x: number) => number) | null;
  "function|function[]": ((x: number) => number) | readonly ((x: number) => number)[];
  "memory_format?": MemoryFormat | null;
  /** A device, or what torch.device takes for one. */
  "device?": DeviceLike | null;
  /** How a tensor lies in memory: there is one way. */
  "layout?": Layout | null;
  /** Anything: what it is made of is for the function to say. */
  object: unknown;
  /** Tensors, in whatever can be gone through, or a single one. */
  tensors: Tensor | Iterable<Tensor>;
  /** An argument of PyTorch's that has no meaning here but its default. */
  None: null;
}
/** What kernels and formulas then see, where binding has made it more regular. */
interface Bound {
  "int[]": readonly number[];
  "int[]?": readonly number[] | null;
  "int?[]": readonly (number | null)[];
  "int[]|bool?": readonly number[] | boolean | null;
  "int[]|str": readonly number[];
  "float[]": readonly number[];
  "float[]?": readonly number[] | null;
}
export type TypeName = keyof Accepts;

/** Tuple labels cannot be computed, so every argument name is listed once for editors to show. A type test keeps it whole. */
interface Label<T> {
  A: [A: T];
  a: [a: T];
  abs: [abs: T];
  accumulate: [accumulate: T];
  activation: [activation: T];
  add_bias_kv: [add_bias_kv: T];
  add_zero_attn: [add_zero_attn: T];
  adjust_lr_fn: [adjust_lr_fn: T];
  affine: [affine: T];
  align_corners: [align_corners: T];
  alpha: [alpha: T];
  alphas: [alphas: T];
  amsgrad: [amsgrad: T];
  anchor: [anchor: T];
  angle: [angle: T];
  anneal_epochs: [anneal_epochs: T];
  anneal_strategy: [anneal_strategy: T];
  antialias: [antialias: T];
  append: [append: T];
  approximate: [approximate: T];
  assign: [assign: T];
  atol: [atol: T];
  attn_mask: [attn_mask: T];
  average_attn_weights: [average_attn_weights: T];
  avg_fn: [avg_fn: T];
  axis0: [axis0: T];
  axis1: [axis1: T];
  B: [B: T];
  b: [b: T];
  bag: [bag: T];
  bags: [bags: T];
  base: [base: T];
  base_lr: [base_lr: T];
  base_momentum: [base_momentum: T];
  base_offset: [base_offset: T];
  base_size: [base_size: T];
  base_stride: [base_stride: T];
  batch1: [batch1: T];
  batch2: [batch2: T];
  batch_first: [batch_first: T];
  beta: [beta: T];
  beta2_decay: [beta2_decay: T];
  betas: [betas: T];
  bias: [bias: T];
  bias_k: [bias_k: T];
  bias_v: [bias_v: T];
  bidirectional: [bidirectional: T];
  bins: [bins: T];
  blank: [blank: T];
  boundaries: [boundaries: T];
  C: [C: T];
  capturable: [capturable: T];
  ceil_mode: [ceil_mode: T];
  centered: [centered: T];
  centred: [centred: T];
  chunks: [chunks: T];
  col: [col: T];
  compute_mode: [compute_mode: T];
  compute_uv: [compute_uv: T];
  condition: [condition: T];
  cooldown: [cooldown: T];
  copy: [copy: T];
  correction: [correction: T];
  count_include_pad: [count_include_pad: T];
  custom_decoder: [custom_decoder: T];
  custom_encoder: [custom_encoder: T];
  cutoffs: [cutoffs: T];
  cycle_momentum: [cycle_momentum: T];
  d: [d: T];
  d_model: [d_model: T];
  dampening: [dampening: T];
  data: [data: T];
  decoder_layer: [decoder_layer: T];
  decoupled_weight_decay: [decoupled_weight_decay: T];
  delta: [delta: T];
  descending: [descending: T];
  destination: [destination: T];
  device: [device: T];
  diagonal: [diagonal: T];
  differentiable: [differentiable: T];
  dilation: [dilation: T];
  dim: [dim: T];
  dim0: [dim0: T];
  dim1: [dim1: T];
  dim2: [dim2: T];
  dim_feedforward: [dim_feedforward: T];
  dimension: [dimension: T];
  dims: [dims: T];
  dims_other: [dims_other: T];
  dims_self: [dims_self: T];
  div_factor: [div_factor: T];
  div_value: [div_value: T];
  divisor_override: [divisor_override: T];
  downscale_factor: [downscale_factor: T];
  dropout: [dropout: T];
  dropout_p: [dropout_p: T];
  dst: [dst: T];
  dtype: [dtype: T];
  dx: [dx: T];
  elements: [elements: T];
  elementwise_affine: [elementwise_affine: T];
  embed_dim: [embed_dim: T];
  embed_dim_to_check: [embed_dim_to_check: T];
  embedding_dim: [embedding_dim: T];
  embeddings: [embeddings: T];
  enable_nested_tensor: [enable_nested_tensor: T];
  encoder_layer: [encoder_layer: T];
  end: [end: T];
  end_dim: [end_dim: T];
  end_factor: [end_factor: T];
  enforce_sorted: [enforce_sorted: T];
  epochs: [epochs: T];
  eps: [eps: T];
  equal_nan: [equal_nan: T];
  equation: [equation: T];
  eta_min: [eta_min: T];
  etas: [etas: T];
  exponent: [exponent: T];
  factor: [factor: T];
  fill_value: [fill_value: T];
  final_div_factor: [final_div_factor: T];
  foreach: [foreach: T];
  forward: [forward: T];
  _freeze: [_freeze: T];
  freeze: [freeze: T];
  from: [from: T];
  full: [full: T];
  full_matrices: [full_matrices: T];
  gain: [gain: T];
  gamma: [gamma: T];
  generator: [generator: T];
  get_infos: [get_infos: T];
  grad_output: [grad_output: T];
  grid: [grid: T];
  group: [group: T];
  groups: [groups: T];
  hard: [hard: T];
  head_bias: [head_bias: T];
  hermitian: [hermitian: T];
  hidden_size: [hidden_size: T];
  high: [high: T];
  history_size: [history_size: T];
  HxW: [HxW: T];
  ignore_index: [ignore_index: T];
  imag: [imag: T];
  in1_features: [in1_features: T];
  in2_features: [in2_features: T];
  in_channels: [in_channels: T];
  in_features: [in_features: T];
  in_proj_bias: [in_proj_bias: T];
  in_proj_weight: [in_proj_weight: T];
  include_last_offset: [include_last_offset: T];
  include_self: [include_self: T];
  increasing: [increasing: T];
  ind: [ind: T];
  index: [index: T];
  indexing: [indexing: T];
  indices: [indices: T];
  indices_or_sections: [indices_or_sections: T];
  init: [init: T];
  initial_accumulator_value: [initial_accumulator_value: T];
  inplace: [inplace: T];
  input: [input: T];
  input1: [input1: T];
  input2: [input2: T];
  input_lengths: [input_lengths: T];
  input_scale: [input_scale: T];
  input_size: [input_size: T];
  interpolation_mode: [interpolation_mode: T];
  is_causal: [is_causal: T];
  k: [k: T];
  k_proj_weight: [k_proj_weight: T];
  kdim: [kdim: T];
  keepdim: [keepdim: T];
  kernel_size: [kernel_size: T];
  key: [key: T];
  key_padding_mask: [key_padding_mask: T];
  L: [L: T];
  label_smoothing: [label_smoothing: T];
  lambd: [lambd: T];
  largest: [largest: T];
  last_dim_size: [last_dim_size: T];
  last_epoch: [last_epoch: T];
  layer_norm_eps: [layer_norm_eps: T];
  LD: [LD: T];
  left: [left: T];
  length: [length: T];
  line_search_fn: [line_search_fn: T];
  linear_weight: [linear_weight: T];
  log_input: [log_input: T];
  log_probs: [log_probs: T];
  logits: [logits: T];
  losses: [losses: T];
  low: [low: T];
  lower: [lower: T];
  lr: [lr: T];
  lr_decay: [lr_decay: T];
  lr_lambda: [lr_lambda: T];
  LU: [LU: T];
  LU_data: [LU_data: T];
  LU_pivots: [LU_pivots: T];
  m: [m: T];
  margin: [margin: T];
  mask: [mask: T];
  mask_check: [mask_check: T];
  mat: [mat: T];
  mat1: [mat1: T];
  mat2: [mat2: T];
  max: [max: T];
  max_eval: [max_eval: T];
  max_iter: [max_iter: T];
  max_lr: [max_lr: T];
  max_momentum: [max_momentum: T];
  max_norm: [max_norm: T];
  max_val: [max_val: T];
  maximize: [maximize: T];
  maxnorm: [maxnorm: T];
  mean: [mean: T];
  median: [median: T];
  milestones: [milestones: T];
  min: [min: T];
  min_lr: [min_lr: T];
  min_val: [min_val: T];
  minlength: [minlength: T];
  mode: [mode: T];
  momentum: [momentum: T];
  momentum_decay: [momentum_decay: T];
  multi_avg_fn: [multi_avg_fn: T];
  N: [N: T];
  n: [n: T];
  n_classes: [n_classes: T];
  name: [name: T];
  nan: [nan: T];
  need_weights: [need_weights: T];
  negative: [negative: T];
  negative_slope: [negative_slope: T];
  neginf: [neginf: T];
  nesterov: [nesterov: T];
  nhead: [nhead: T];
  node: [node: T];
  non_blocking: [non_blocking: T];
  nonlinearity: [nonlinearity: T];
  norm: [norm: T];
  norm_first: [norm_first: T];
  norm_type: [norm_type: T];
  normalization: [normalization: T];
  normalized_shape: [normalized_shape: T];
  ns_coefficients: [ns_coefficients: T];
  ns_steps: [ns_steps: T];
  num: [num: T];
  num_channels: [num_channels: T];
  num_classes: [num_classes: T];
  num_decoder_layers: [num_decoder_layers: T];
  num_embeddings: [num_embeddings: T];
  num_encoder_layers: [num_encoder_layers: T];
  num_features: [num_features: T];
  num_groups: [num_groups: T];
  num_heads: [num_heads: T];
  num_layers: [num_layers: T];
  num_parameters: [num_parameters: T];
  num_samples: [num_samples: T];
  offset: [offset: T];
  offsets: [offsets: T];
  onesided: [onesided: T];
  operands: [operands: T];
  ord: [ord: T];
  other: [other: T];
  out_channels: [out_channels: T];
  out_features: [out_features: T];
  out_proj_bias: [out_proj_bias: T];
  out_proj_weight: [out_proj_weight: T];
  output: [output: T];
  output_padding: [output_padding: T];
  output_ratio: [output_ratio: T];
  output_size: [output_size: T];
  p: [p: T];
  pad: [pad: T];
  padding: [padding: T];
  padding_idx: [padding_idx: T];
  padding_mode: [padding_mode: T];
  padding_side: [padding_side: T];
  padding_value: [padding_value: T];
  patience: [patience: T];
  pct_start: [pct_start: T];
  per_sample_weights: [per_sample_weights: T];
  periodic: [periodic: T];
  pivot: [pivot: T];
  pivots: [pivots: T];
  plain: [plain: T];
  pos_weight: [pos_weight: T];
  posinf: [posinf: T];
  positive: [positive: T];
  power: [power: T];
  prefix: [prefix: T];
  prepend: [prepend: T];
  proj_size: [proj_size: T];
  q: [q: T];
  q_proj_weight: [q_proj_weight: T];
  query: [query: T];
  _random_samples: [_random_samples: T];
  rcond: [rcond: T];
  real: [real: T];
  recompute_scale_factor: [recompute_scale_factor: T];
  recurse: [recurse: T];
  reduce: [reduce: T];
  reduction: [reduction: T];
  remove_duplicate: [remove_duplicate: T];
  repeats: [repeats: T];
  replacement: [replacement: T];
  requires_grad: [requires_grad: T];
  return_counts: [return_counts: T];
  return_indices: [return_indices: T];
  return_inverse: [return_inverse: T];
  reverse: [reverse: T];
  rho: [rho: T];
  row: [row: T];
  rtol: [rtol: T];
  running: [running: T];
  running_mean: [running_mean: T];
  running_var: [running_var: T];
  s: [s: T];
  samples: [samples: T];
  scale: [scale: T];
  scale_factor: [scale_factor: T];
  scale_fn: [scale_fn: T];
  scale_grad_by_freq: [scale_grad_by_freq: T];
  scale_mode: [scale_mode: T];
  scales: [scales: T];
  self: [self: T];
  self_offset: [self_offset: T];
  self_stride: [self_stride: T];
  set_to_none: [set_to_none: T];
  shape: [shape: T];
  shifts: [shifts: T];
  sigma: [sigma: T];
  size: [size: T];
  sizes: [sizes: T];
  some: [some: T];
  sorted: [sorted: T];
  sorted_sequence: [sorted_sequence: T];
  source: [source: T];
  sparse: [sparse: T];
  sparsity: [sparsity: T];
  split_size: [split_size: T];
  split_sizes: [split_sizes: T];
  src: [src: T];
  stable: [stable: T];
  start: [start: T];
  start_dim: [start_dim: T];
  start_factor: [start_factor: T];
  static_k: [static_k: T];
  static_v: [static_v: T];
  std: [std: T];
  step: [step: T];
  step_size: [step_size: T];
  step_size_down: [step_size_down: T];
  step_size_up: [step_size_up: T];
  step_sizes: [step_sizes: T];
  steps: [steps: T];
  steps_per_epoch: [steps_per_epoch: T];
  storage_offset: [storage_offset: T];
  strict: [strict: T];
  stride: [stride: T];
  swa_lr: [swa_lr: T];
  swap: [swap: T];
  t0: [t0: T];
  T_0: [T_0: T];
  T_max: [T_max: T];
  T_mult: [T_mult: T];
  target: [target: T];
  target_lengths: [target_lengths: T];
  targets: [targets: T];
  tau: [tau: T];
  tensor: [tensor: T];
  tensor1: [tensor1: T];
  tensor2: [tensor2: T];
  tensors: [tensors: T];
  test_elements: [test_elements: T];
  theta: [theta: T];
  three_phase: [three_phase: T];
  threshold: [threshold: T];
  threshold_mode: [threshold_mode: T];
  to: [to: T];
  tol: [tol: T];
  tolerance_change: [tolerance_change: T];
  tolerance_grad: [tolerance_grad: T];
  total_iters: [total_iters: T];
  total_length: [total_length: T];
  total_steps: [total_steps: T];
  track_running_stats: [track_running_stats: T];
  training: [training: T];
  transpose: [transpose: T];
  transposed: [transposed: T];
  unbiased: [unbiased: T];
  unflattened_size: [unflattened_size: T];
  unitriangular: [unitriangular: T];
  unpack_data: [unpack_data: T];
  unpack_pivots: [unpack_pivots: T];
  UPLO: [UPLO: T];
  upper: [upper: T];
  upscale_factor: [upscale_factor: T];
  use_buffers: [use_buffers: T];
  use_input_stats: [use_input_stats: T];
  use_separate_proj_weight: [use_separate_proj_weight: T];
  v_proj_weight: [v_proj_weight: T];
  val: [val: T];
  value: [value: T];
  values: [values: T];
  var: [var_: T];
  vdim: [vdim: T];
  vec: [vec: T];
  vec1: [vec1: T];
  vec2: [vec2: T];
  _weight: [_weight: T];
  weight: [weight: T];
  weight_decay: [weight_decay: T];
  weights: [weights: T];
  window_length: [window_length: T];
  wrap: [wrap: T];
  x: [x: T];
  x1: [x1: T];
  x2: [x2: T];
  y: [y: T];
  zero_infinity: [zero_infinity: T];
  device_type: [device_type: T];
  enabled: [enabled: T];
  cache_enabled: [cache_enabled: T];
  init_scale: [init_scale: T];
  growth_factor: [growth_factor: T];
  backoff_factor: [backoff_factor: T];
  growth_interval: [growth_interval: T];
  outputs: [outputs: T];
  inputs: [inputs: T];
  grad_outputs: [grad_outputs: T];
  retain_graph: [retain_graph: T];
  create_graph: [create_graph: T];
  only_inputs: [only_inputs: T];
  allow_unused: [allow_unused: T];
  is_grads_batched: [is_grads_batched: T];
  materialize_grads: [materialize_grads: T];
  grad_tensors: [grad_tensors: T];
  parameters: [parameters: T];
  error_if_nonfinite: [error_if_nonfinite: T];
  clip_value: [clip_value: T];
  params: [params: T];
  optimizer: [optimizer: T];
  lengths: [lengths: T];
  sequence: [sequence: T];
  sequences: [sequences: T];
  padded_sequences: [padded_sequences: T];
  packed_sequences: [packed_sequences: T];
  permutation: [permutation: T];
  param: [param: T];
  model: [model: T];
  models: [models: T];
  tie_weights: [tie_weights: T];
  kwargs: [kwargs: T];
  args: [args: T];
  parameter_and_buffer_dicts: [parameter_and_buffer_dicts: T];
  module: [module: T];
  outer_jacobian_strategy: [outer_jacobian_strategy: T];
  strategy: [strategy: T];
  vectorize: [vectorize: T];
  v: [v: T];
  out_dims: [out_dims: T];
  in_dims: [in_dims: T];
  randomness: [randomness: T];
  chunk_size: [chunk_size: T];
  tangents: [tangents: T];
  primals: [primals: T];
  has_aux: [has_aux: T];
  argnums: [argnums: T];
  func: [func: T];
  batch: [batch: T];
  batch_sampler: [batch_sampler: T];
  batch_size: [batch_size: T];
  closure: [closure: T];
  collate_fn: [collate_fn: T];
  data_source: [data_source: T];
  dataset: [dataset: T];
  datasets: [datasets: T];
  defaults: [defaults: T];
  drop_last: [drop_last: T];
  fn: [fn: T];
  hook: [hook: T];
  memo: [memo: T];
  multiprocessing_context: [multiprocessing_context: T];
  num_workers: [num_workers: T];
  param_group: [param_group: T];
  persistent: [persistent: T];
  pin_memory: [pin_memory: T];
  root: [root: T];
  sampler: [sampler: T];
  shuffle: [shuffle: T];
  state_dict: [state_dict: T];
  timeout: [timeout: T];
  train: [train: T];
  worker_init_fn: [worker_init_fn: T];
}

export interface Arg {
  name: string;
  type: unknown;
  value: unknown;
  optional: boolean;
  keyword: boolean;
}
type TypeOf<T extends string> = T extends keyof Accepts
  ? Accepts[T]
  : T extends `Tensor(${string})[]`
    ? Tensor[]
    : T extends `Tensor(${string})`
      ? Tensor
      : never;
type ValueOf<T extends string> = T extends keyof Bound ? Bound[T] : TypeOf<T>;
type ParseArg<A extends string, Keyword extends boolean> = A extends `${infer T} ${infer N}=${string}`
  ? { name: N; type: TypeOf<T>; value: ValueOf<T>; optional: true; keyword: Keyword }
  : A extends `${infer T} ${infer N}`
    ? { name: N; type: TypeOf<T>; value: ValueOf<T>; optional: false; keyword: Keyword }
    : never;
type ParseArgs<L extends string, Keyword extends boolean = false> = L extends ""
  ? []
  : L extends `*, ${infer Rest}`
    ? ParseArgs<Rest, true>
    : L extends `${infer Head}, ${infer Rest}`
      ? [ParseArg<Head, Keyword>, ...ParseArgs<Rest, Keyword>]
      : [ParseArg<L, Keyword>];

/** The arguments of a signature, as a tuple of {name, type, value, optional, keyword}. */
export type Args<S extends string> = S extends `${string}(${infer L}) -> ${string}`
  ? ParseArgs<L> extends infer A extends Arg[]
    ? A
    : []
  : [];
/** Types of arguments for which signatures have no word, by name. */
export type Told<A extends Arg[], O> = { [K in keyof A]: Retold<A[K], O> } extends infer T extends Arg[] ? T : never;
type Retold<A extends Arg, O> = A["name"] extends keyof O
  ? Omit<A, "type" | "value"> & { type: O[A["name"]]; value: O[A["name"]] }
  : A;

/** One result, or several that can be taken by name or by place, as torch.return_types are. */
export type Result<S extends string> = S extends `${string}-> (${infer L})`
  ? Several<ParseArgs<L>>
  : S extends `${string}-> Tensor[]`
    ? Tensor[]
    : S extends `${string}-> ${infer R}`
      ? TypeOf<R>
      : never;
type Several<A> = A extends Arg[]
  ? { [K in keyof A]: A[K] extends Arg ? A[K]["type"] : never } & {
      readonly [I in A[number] as I["name"]]: I["type"];
    }
  : never;

export type Named<A extends Arg[]> = {
  [I in A[number] as I["optional"] extends true ? never : I["name"]]: I["type"];
} & { [I in A[number] as I["optional"] extends true ? I["name"] : never]?: I["type"] } extends infer O
  ? { [K in keyof O]: O[K] }
  : never;

type Labelled<H extends Arg, Optional> = H["name"] extends keyof Label<unknown>
  ? Optional extends true
    ? Partial<Label<H["type"]>[H["name"]]>
    : Label<H["type"]>[H["name"]]
  : Optional extends true
    ? [H["type"]?]
    : [H["type"]];
type Positional<A extends Arg[]> = A extends [infer H extends Arg, ...infer T extends Arg[]]
  ? H["keyword"] extends true
    ? [options?: Named<A>]
    : [...Labelled<H, H["optional"]>, ...Positional<T>]
  : [];
type Mixed<A extends Arg[], Before extends unknown[] = []> = A extends [infer H extends Arg, ...infer T extends Arg[]]
  ? H["keyword"] extends true
    ? never
    : | (Before extends []
          ? [options: Named<A>]
          : A[number]["optional"] extends true
            ? [...Before, options: Named<A>]
            : [...Before, options: Named<A>])
      | Mixed<T, [...Before, ...Labelled<H, false>]>
  : never;
/** A sole list of ints may be spread: `x.view(2, 3)`, `torch.zeros(2, 3, { dtype })`. */
type Spread<A extends Arg[]> = A extends [infer H extends Arg, ...infer T extends Arg[]]
  ? [H["value"], H["optional"]] extends [readonly number[], false]
    ? T extends []
      ? number[]
      : T[number]["keyword"] extends true
        ? number[] | [...number[], Named<T>]
        : never
    : never
  : never;

/** Every way to pass the arguments: by place, then from some place on by name, in one object. */
export type Forms<A extends Arg[]> = Positional<A> | Mixed<A> | Spread<A> extends infer F extends unknown[] ? F : never;
/** Those behind the argument of that name. */
export type After<A extends Arg[], N extends string> = A extends [infer H extends Arg, ...infer T extends Arg[]]
  ? H["name"] extends N
    ? T
    : After<T, N>
  : [];
type NameOf<S extends string> = S extends `${infer N}(${string}` ? N : never;
/** A function's arguments, with `out` by name where PyTorch has it. */
type FnArgs<S extends string> =
  TakesOut<NameOf<S>> extends true
    ? [...Args<S>, { name: "out"; type: OutOf<S>; value: unknown; optional: true; keyword: true }]
    : Args<S>;
// By the text alone: asking whether Tensor is a list would make it refer to itself.
type OutOf<S extends string> = S extends `${string}-> (${string}` ? readonly Tensor[] | null : Tensor | null;
type AfterSelf<A extends Arg[]> = A extends [{ name: "self" }, ...infer T extends Arg[]] ? T : never;

/** torch.name(...) */
export type Fn<S extends string> =
  FnArgs<S> extends [infer H extends { name: "self"; type: unknown }, ...infer T extends Arg[]]
    ? (input: H["type"], ...args: Forms<T>) => Result<S>
    : (...args: Forms<FnArgs<S>>) => Result<S>;
/** tensor.name(...), for signatures whose first argument is self. */
export type Method<S extends string> = (...args: Forms<AfterSelf<Args<S>>>) => Result<S>;

/** The values of the arguments by name, as kernels and formulas see them: defaults filled in. */
export type Values<S extends string> = ValuesOf<Args<S>>;
export type ValuesOf<A extends Arg[]> = { [I in A[number] as I["name"]]: I["value"] };
/** Names of the arguments that can hold a tensor, or several. */
export type TensorNames<S extends string> = string extends S ? string : TensorNamesOf<S>;
type TensorNamesOf<S extends string> = {
  [
    I in Args<S>[number] as [Extract<I["value"], Tensor | readonly (Tensor | null)[]>] extends [never]
      ? never
      : I["value"] extends readonly number[] | null
        ? never
        : I["name"]
  ]: true;
} extends infer O
  ? keyof O & string
  : never;

/** Argument names of the given signatures that Label lacks; a test keeps it empty. */
export type Unlabelled<S extends string> = S extends string
  ? Exclude<Extract<Args<S>[number], { keyword: false }>["name"], keyof Label<unknown>>
  : never;

export interface ParsedArg {
  readonly name: string;
  /** Other names that PyTorch takes for it. */
  readonly also: readonly string[];
  readonly type: TypeName;
  readonly keyword: boolean;
  readonly optional: boolean;
  readonly fallback: unknown;
  /** Written in place: `Tensor(a!)`. */
  readonly mutated: boolean;
  /** Whether any tensor will do. */
  readonly takesTensor: boolean;
  /** What `typeof` says of values that need no further check, or null. */
  readonly takes: "number" | "boolean" | "string" | null;
  /** The kind of number that it wants, also as a bigint or a tensor that holds one; null where a tensor is more than that. */
  readonly number: "int" | "float" | "Scalar" | null;
  /** Whether a number that stands alone is a list of one. */
  readonly wraps: boolean;
}
export interface Schema {
  /** With its class and a dot, if it is a method. */
  readonly name: string;
  /** Whether PyTorch has it in Python: then refusals are Python's own. */
  readonly python: boolean;
  readonly args: readonly ParsedArg[];
  /** How many arguments may be given by place. */
  readonly positional: number;
  /** The last positional argument's place if it is a list of ints that may be spread, else -1. */
  readonly spread: number;
  /** Whether a tensor may be given for the result: see out.ts. */
  readonly out: boolean;
  /** Names of the results where there are several. */
  readonly results: readonly string[] | null;
  readonly text: string;
}

/** Run-time twin of Args. */
export function parseSchema(text: string, python = false): Schema {
  const match = /^([\w.]+)\((.*)\) -> (.+)$/.exec(text);
  if (!match) throw new SyntaxError(`op(): cannot read the signature '${text}'`);
  let keyword = false;
  const args: ParsedArg[] = [];
  for (const piece of match[2] === "" ? [] : match[2].split(", ")) {
    if (piece === "*") {
      keyword = true;
      continue;
    }
    const [, type, name, fallback] = /^(\S+) (\w+)(?:=(.+))?$/.exec(piece) ?? [];
    if (type === undefined) throw new SyntaxError(`op(): cannot read the argument '${piece}' of '${text}'`);
    const bare = type.replace(/\(\w!?\)/, "") as TypeName;
    args.push({
      name,
      also: python ? [] : otherNames(match[1], name, match[2]),
      type: bare,
      keyword,
      optional: fallback !== undefined,
      fallback: literal(fallback),
      mutated: type.includes("!"),
      takesTensor: /^Tensor(\||\??$)/.test(bare),
      takes: /^(Tensor\|)?Scalar|^float(\||\??$)/.test(bare) ? "number" : (PLAIN[bare] ?? null),
      number: (/^(?:Tensor\|(?=Scalar))?(int(?!eger)|float|Scalar)/.exec(bare)?.[1] ?? null) as ParsedArg["number"],
      wraps: /^(int\??|float)\[\]/.test(bare),
    });
  }
  const positional = args.findIndex((a) => a.keyword);
  const count = positional < 0 ? args.length : positional;
  const first = args[0]?.name === "self" ? 1 : 0;
  const spread = count === first + 1 && args[first].type === "int[]" && !args[first].optional ? first : -1;
  const several = /^\((.*)\)$/.exec(match[3]);
  const results = several ? several[1].split(", ").map((r) => r.split(" ")[1]) : null;
  return { name: match[1], python, out: !python && takesOut(match[1]), args, positional: count, spread, results, text };
}
/** NumPy's names, and those of the single function. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  self: ["input", "x", "a", "x1"],
  input: ["x", "a", "x1"],
  other: ["x2"],
  dim: ["axis"],
  keepdim: ["keepdims"],
  // As PyTorch's documentation calls it.
  A: ["input"],
};
const ALSO_OF: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  split: { self: ["tensor"], split_size: ["split_size_or_sections"] },
  unsafe_split: { self: ["tensor"], split_size: ["split_size_or_sections"] },
  tensor_split: { indices_or_sections: ["indices", "sections", "tensor_indices_or_sections"] },
  hsplit: { indices: ["sections"] },
  vsplit: { indices: ["sections"] },
  dsplit: { indices: ["sections"] },
  scatter: { src: ["value"] },
  scatter_: { src: ["value"] },
  dropout: { training: ["train"] },
  one_hot: { input: ["tensor"] },
  isin: { elements: ["element"], test_elements: ["test_element"] },
  linalg_tensorsolve: { B: ["other"] },
};
function otherNames(op: string, name: string, all: string): readonly string[] {
  const others = [...(ALSO[name] ?? []), ...(ALSO_OF[op]?.[name] ?? [])];
  return others.length === 0 ? others : others.filter((other) => !new RegExp(`\\b${other}\\b`).test(all));
}
const PLAIN: { readonly [T in TypeName]?: "boolean" | "string" } = {
  bool: "boolean",
  "bool?": "boolean",
  str: "string",
  "str?": "string",
};
function literal(text: string | undefined): unknown {
  if (text === undefined || text === "None") return null;
  if (text === "True" || text === "False") return text === "True";
  if (text.startsWith("[")) return text === "[]" ? [] : text.slice(1, -1).split(",").map(literal);
  const n = Number(text);
  return Number.isNaN(n) && text !== "nan" ? text.replace(/^['"]|['"]$/g, "") : n;
}
