// The torch namespace with the everyday methods of tensors: re-exports, no logic. See Note [Methods].
import "./ops/methods/everyday.ts";

export * as __config__ from "./devices/cpu/config.ts";
export * as cpu from "./devices/cpu/namespace.ts";
export {
  can_cast,
  get_default_dtype,
  get_num_threads,
  promote_types,
  set_default_dtype,
  set_num_threads,
  set_printoptions,
} from "./settings/defaults.ts";
export {
  bfloat16,
  bool,
  cdouble,
  cfloat,
  Complex,
  complex128,
  complex64,
  double,
  Dtype,
  Dtype as dtype,
  Float,
  float,
  float16,
  float32,
  float64,
  half,
  int,
  int16,
  int32,
  int64,
  int8,
  long,
  short,
  uint8,
} from "./base/dtype.ts";
export type { DtypeName, Scalar, TypedArray, TypedArrayConstructor } from "./base/dtype.ts";
export {
  channels_last,
  channels_last_3d,
  contiguous_format,
  Layout,
  Layout as layout,
  MemoryFormat,
  preserve_format,
  strided,
} from "./base/memory_format.ts";
export { e, inf, nan, newaxis, pi } from "./base/constants.ts";
export { finfo, iinfo } from "./base/dtype_info.ts";
export type { FloatInfo, IntegerInfo } from "./base/dtype_info.ts";
export {
  AssertionError,
  AttributeError,
  FileNotFoundError,
  ImportError,
  IndexError,
  KeyError,
  LinAlgError,
  NotImplementedError,
  OutOfMemoryError,
  OverflowError,
  RuntimeError,
  set_warning_listener,
  TypeError,
  UnpicklingError,
  ValueError,
} from "./base/errors.ts";
export type { Language, WarningListener } from "./base/errors.ts";
export * from "./ops/index.ts";
export { arange, as_tensor, from_numpy, tensor } from "./ops/creation/from_data.ts";
export type { FactoryOptions, TensorData } from "./ops/creation/from_data.ts";
export {
  BoolTensor,
  ByteTensor,
  CharTensor,
  DoubleTensor,
  FloatTensor,
  IntTensor,
  LongTensor,
  ShortTensor,
} from "./ops/creation/legacy_types.ts";
export type { LegacyType } from "./ops/creation/legacy_types.ts";
export { einsum } from "./ops/linalg/einsum.ts";
export { histogram, histogramdd } from "./ops/reduction/histogram.ts";
export type { HistogramOptions } from "./ops/reduction/histogram.ts";
export { gradient } from "./ops/reduction/gradient.ts";
export type { GradientOptions } from "./ops/reduction/gradient.ts";
export { result_type } from "./ops/pointwise/result_type.ts";
export {
  allclose,
  equal,
  max,
  median,
  min,
  nanmedian,
  nonzero,
  pow,
  repeat_interleave,
  where,
} from "./ops/overloads.ts";
// PyTorch has other functions, and a module, under these names of ops.
export { normal, randint, randint_like } from "./ops/random/overloads.ts";
export * as random from "./ops/random/random_state.ts";
export { get_rng_state, initial_seed, manual_seed, seed, set_rng_state } from "./ops/random/random_state.ts";
export type { RandomOptions } from "./ops/random/overloads.ts";
export { default_generator, Generator } from "./random/generator.ts";
export {
  atleast_1d,
  atleast_2d,
  atleast_3d,
  block_diag,
  broadcast_shapes,
  broadcast_tensors,
  cartesian_prod,
  combinations,
  cumulative_trapezoid,
  meshgrid,
  tensordot,
  trapezoid,
  trapz,
  unravel_index,
} from "./ops/views/variadic.ts";
export {
  get_device,
  is_complex,
  is_conj,
  is_floating_point,
  is_inference,
  is_neg,
  is_nonzero,
  is_same_size,
  is_signed,
  is_tensor,
  numel,
} from "./ops/common/predicates.ts";
export { unique, unique_consecutive } from "./ops/reduction/unique.ts";
export type { UniqueOptions } from "./ops/reduction/unique.ts";
export * as sparse from "./ops/sparse/namespace.ts";
export {
  sparse_compressed_tensor,
  sparse_coo,
  sparse_coo_tensor,
  sparse_csc,
  sparse_csc_tensor,
  sparse_csr,
  sparse_csr_tensor,
} from "./ops/sparse/construct.ts";
export type { CooOptions, SparseOptions } from "./ops/sparse/construct.ts";
export { dsmm, hspmm, smm, spmm, sspaddmm } from "./ops/sparse/functions.ts";
export * as special from "./ops/pointwise/special.ts";
export * as fft from "./ops/fft/functions.ts";
export * as linalg from "./ops/linalg/index.ts";
export * as signal from "./ops/creation/signal.ts";
export { slice_ } from "./ops/indexing/subscript.ts";
export type { Index, Slice } from "./ops/indexing/subscript.ts";
export * as autograd from "./func/autograd_namespace.ts";
export * as nn from "./nn/index.ts";
export * as func from "./func/index.ts";
export { vmap } from "./func/vmap.ts";
export * as accelerator from "./settings/accelerator.ts";
export * as backends from "./devices/backends.ts";
export * as cuda from "./settings/cuda.ts";
export * as webgpu from "./settings/webgpu.ts";
export { Device, device } from "./devices/device.ts";
export type { DeviceLike } from "./devices/device.ts";
export {
  enable_grad,
  get_default_device,
  set_default_device,
  inference_mode,
  is_grad_enabled,
  is_inference_mode_enabled,
  no_grad,
  set_grad_enabled,
  is_anomaly_enabled,
} from "./settings/modes.ts";
export {
  are_deterministic_algorithms_enabled,
  get_deterministic_debug_mode,
  get_float32_matmul_precision,
  get_num_interop_threads,
  is_deterministic_algorithms_warn_only_enabled,
  is_warn_always_enabled,
  set_deterministic_debug_mode,
  set_float32_matmul_precision,
  set_flush_denormal,
  set_num_interop_threads,
  set_warn_always,
  use_deterministic_algorithms,
} from "./settings/numerics.ts";
export * as amp from "./amp/index.ts";
export {
  autocast,
  clear_autocast_cache,
  get_autocast_dtype,
  is_autocast_cache_enabled,
  is_autocast_enabled,
  set_autocast_cache_enabled,
  set_autocast_dtype,
  set_autocast_enabled,
} from "./amp/autocast.ts";
export * as _dynamo from "./compile/dynamo.ts";
export * as compiler from "./compile/compiler.ts";
export { compile } from "./compile/compile.ts";
export type { CompileOptions } from "./compile/compile.ts";
export * as optim from "./optim/index.ts";
export * as profiler from "./profiler/index.ts";
export * as utils from "./data/namespace.ts";
export * as serialization from "./serialization/index.ts";
export { load, save } from "./serialization/save.ts";
export { Size, Tensor } from "./tensor/tensor.ts";
export { celu_, rrelu_, selu_, threshold_ } from "./nn/functional/inplace.ts";
export { bilinear } from "./nn/functional/composed.ts";
export { cosine_similarity, pairwise_distance, pdist } from "./ops/nn/distance.ts";
