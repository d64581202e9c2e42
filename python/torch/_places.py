"""Modules of PyTorch's whose names are written elsewhere here: each is one place for what another module has."""

import importlib
import sys
import types

# Module, where its names are, and the names, for dir() and `import *`; without them, all that is there.
PLACES = (
    ("torch.functional", "torch", "atleast_1d atleast_2d atleast_3d block_diag broadcast_shapes broadcast_tensors cartesian_prod cdist chain_matmul einsum istft lu meshgrid norm pca_lowrank split stft svd_lowrank tensordot unique unique_consecutive unravel_index"),
    ("torch._vmap_internals", "torch.func", "_vmap vmap"),
    ("torch._C._nn", "torch.nn.functional", "adaptive_avg_pool2d adaptive_avg_pool3d avg_pool2d avg_pool3d elu elu_ gelu glu hardsigmoid hardswish hardtanh hardtanh_ leaky_relu leaky_relu_ linear mish one_hot pad scaled_dot_product_attention silu softplus softshrink"),
    ("torch._functorch.eager_transforms", "torch._functorch", "_slice_argnums functionalize grad grad_and_value hessian jacfwd jacrev jvp linearize vjp"),
    ("torch._functorch.autograd_function", "torch._functorch", "CtxWithSavedTensors WrappedCtx reductify_leaf"),
    ("torch._functorch.apis", "torch.func", "grad grad_and_value vmap"),
    ("torch._functorch.vmap", "torch.func", "vmap"),
    ("torch._functorch.functional_call", "torch.func", "functional_call stack_module_state"),
    ("torch._functorch.make_functional", "functorch", "FunctionalModule FunctionalModuleWithBuffers combine_state_for_ensemble functional_init functional_init_with_buffers make_functional make_functional_with_buffers"),
    ("torch.amp.autocast_mode", "torch.amp", "autocast custom_bwd custom_fwd is_autocast_available"),
    ("torch.amp.grad_scaler", "torch.amp", "GradScaler OptState"),
    ("torch.cpu.amp.autocast_mode", "torch.cpu.amp", "autocast"),
    ("torch.cpu.amp.grad_scaler", "torch.cpu.amp", "GradScaler"),
    ("torch.cuda.amp.autocast_mode", "torch.cuda.amp", "autocast custom_bwd custom_fwd"),
    ("torch.cuda.amp.grad_scaler", "torch.cuda.amp", "GradScaler OptState"),
    ("torch.cuda.random", "torch.cuda", "get_rng_state get_rng_state_all initial_seed manual_seed manual_seed_all seed seed_all set_rng_state set_rng_state_all"),
    ("torch.cuda.memory", "torch.cuda", "empty_cache list_gpu_processes max_memory_allocated max_memory_cached max_memory_reserved mem_get_info memory_allocated memory_cached memory_reserved memory_snapshot memory_stats memory_summary reset_accumulated_memory_stats reset_max_memory_allocated reset_max_memory_cached reset_peak_memory_stats set_per_process_memory_fraction"),
    ("torch.cuda.streams", "torch.cuda", "Event Stream"),
    ("torch.autograd.anomaly_mode", "torch.autograd", "detect_anomaly set_detect_anomaly"),
    ("torch.autograd.gradcheck", "torch.autograd", "GradcheckError gradcheck gradgradcheck"),
    ("torch.autograd.variable", "torch.autograd", "Variable"),
    ("torch.nn.utils.clip_grad", "torch.nn.utils", "clip_grad_norm_ clip_grad_value_ get_total_norm"),
    ("torch.nn.utils.fusion", "torch.nn.utils.conversions", "fuse_conv_bn_eval fuse_conv_bn_weights fuse_linear_bn_eval fuse_linear_bn_weights"),
    ("torch.nn.utils.init", "torch.nn.utils.conversions", "skip_init"),
    ("torch.nn.utils.memory_format", "torch.nn.utils.conversions", "convert_conv2d_weight_memory_format convert_conv3d_weight_memory_format"),
    ("torch.nn.utils.convert_parameters", "torch.nn.utils", "parameters_to_vector vector_to_parameters"),
    ("torch.utils.data.dataloader", "torch.utils.data", "DataLoader default_collate default_convert get_worker_info"),
    ("torch.utils.data.dataset", "torch.utils.data", "ConcatDataset Dataset IterableDataset Subset TensorDataset random_split"),
    ("torch.utils.data.sampler", "torch.utils.data", "BatchSampler RandomSampler Sampler SequentialSampler SubsetRandomSampler WeightedRandomSampler"),
    ("torch.utils.data.distributed", "torch.utils.data", "DistributedSampler"),
    ("torch.utils.data._utils", "torch.utils.data", "collate"),
    ("torch.utils.data._utils.collate", "torch.utils.data", "default_collate default_convert"),
    ("torch.nn.parallel.data_parallel", "torch.nn.parallel", "DataParallel data_parallel"),
    ("torch.nn.parallel._functions", "torch.nn.parallel", "Broadcast Gather ReduceAddCoalesced Scatter"),
    ("torch.nn.parallel.parallel_apply", "torch.nn.parallel", "parallel_apply"),
    ("torch.nn.parallel.replicate", "torch.nn.parallel", "replicate"),
    ("torch.nn.parallel.scatter_gather", "torch.nn.parallel", "gather scatter"),
    ("torch.nn.parallel.distributed", "torch.nn.parallel", "DistributedDataParallel"),
    ("torch.distributed.distributed_c10d", "torch.distributed", "ProcessGroup"),
    ("torch.utils.hooks", "torch._hooks", "RemovableHandle"),
)

# Functions of the library's that PyTorch has as methods, or elsewhere, and not in torch.
NOT_TORCHS = frozenset({"set_warning_listener", "slice_"})


class _Place(types.ModuleType):
    def __init__(self, name, source, names):
        super().__init__(name)
        self.__all__ = names.split()
        self._source = source

    def __getattr__(self, name):
        if not name.startswith("__") and name in self.__all__:
            return getattr(importlib.import_module(self._source), name)
        raise AttributeError(f"module '{self.__name__}' has no attribute '{name}'")

    def __dir__(self):
        return sorted({*super().__dir__(), *self.__all__})


def register(name, module):
    """Lets `import` find a module, and the one around it have it, unless that has something of the name."""
    sys.modules[name] = module
    around, _, own = name.rpartition(".")
    vars(importlib.import_module(around)).setdefault(own, module)


def register_all():
    """Registers those whose packages are loaded."""
    for name, source, names in PLACES:
        if name not in sys.modules and name.rpartition(".")[0] in sys.modules:
            register(name, _Place(name, source, names))
