"""Modules of PyTorch's whose names are written elsewhere here: each is one place for what another module has."""

import importlib
import sys
import types

# Module, where its names are, and the names, for dir() and `import *`; without them, all that is there.
PLACES = (
    ("torch.functional", "torch", "atleast_1d atleast_2d atleast_3d block_diag broadcast_shapes broadcast_tensors cartesian_prod cdist chain_matmul einsum meshgrid norm split tensordot unique unique_consecutive"),
    ("torch.amp.autocast_mode", "torch.amp", "autocast custom_bwd custom_fwd is_autocast_available"),
    ("torch.amp.grad_scaler", "torch.amp", "GradScaler OptState"),
    ("torch.cpu.amp.autocast_mode", "torch.cpu.amp", "autocast"),
    ("torch.cpu.amp.grad_scaler", "torch.cpu.amp", "GradScaler"),
    ("torch.cuda.amp.autocast_mode", "torch.cuda.amp", "autocast custom_bwd custom_fwd"),
    ("torch.cuda.amp.grad_scaler", "torch.cuda.amp", "GradScaler OptState"),
    ("torch.autograd.anomaly_mode", "torch.autograd", "detect_anomaly set_detect_anomaly"),
    ("torch.autograd.gradcheck", "torch.autograd", "GradcheckError gradcheck gradgradcheck"),
    ("torch.autograd.variable", "torch.autograd", "Variable"),
    ("torch.nn.utils.clip_grad", "torch.nn.utils", "clip_grad_norm_ clip_grad_value_ get_total_norm"),
    ("torch.nn.utils.convert_parameters", "torch.nn.utils", "parameters_to_vector vector_to_parameters"),
    ("torch.utils.data.dataloader", "torch.utils.data", "DataLoader default_collate default_convert get_worker_info"),
    ("torch.utils.data.dataset", "torch.utils.data", "ConcatDataset Dataset IterableDataset Subset TensorDataset random_split"),
    ("torch.utils.data.sampler", "torch.utils.data", "BatchSampler RandomSampler Sampler SequentialSampler SubsetRandomSampler WeightedRandomSampler"),
    ("torch.utils.data.distributed", "torch.utils.data", "DistributedSampler"),
    ("torch.utils.data._utils", "torch.utils.data", "collate"),
    ("torch.utils.data._utils.collate", "torch.utils.data", "default_collate default_convert"),
    ("torch.nn.parallel.data_parallel", "torch.nn.parallel", "DataParallel data_parallel"),
    ("torch.nn.parallel.distributed", "torch.nn.parallel", "DistributedDataParallel"),
    ("torch.distributed.distributed_c10d", "torch.distributed", "ProcessGroup"),
    ("torch.utils.hooks", "torch.autograd.graph", "RemovableHandle"),
)

# Functions of the library's that PyTorch has as methods, or elsewhere, and not in torch.
NOT_TORCHS = frozenset(
    """
    absolute_ arctan2_ greater_ greater_equal_ less_ less_equal_ multiply_ not_equal_ subtract_
    adaptive_avg_pool2d adaptive_avg_pool3d add_ addbmm_ addcdiv_ addcmul_ addmm_ addr_ alias assertAdaptable assertFilled
    atan2_ avg_pool2d avg_pool3d baddbmm_ binary_cross_entropy bitwise_and_ bitwise_left_shift_ bitwise_not_ bitwise_or_
    bitwise_right_shift_ bitwise_xor_ cauchy cauchy_ contiguous copy copy_ copysign_ cross_entropy cumprod_ cumsum_ digamma_
    div_ divide_ elu eq_ erfinv_ expand expand_as exponential exponential_ fill_diagonal fill_diagonal_ floor_divide_ fmod_ ge_
    gelu gelu_backward geometric geometric_ glu gt_ hardsigmoid hardswish hardtanh hardtanh_backward heaviside_ huber_loss
    hypot_ igamma_ igammac_ index_add_ index_copy_ index_fill_ index_reduce_ l1_loss le_ leaky_relu lerp_ lgamma_ linear
    log_normal log_normal_ logical_and_ logical_not_ logical_or_ logical_xor_ logsigmoid lowest lt_ masked_fill_ masked_scatter_
    max_pool2d_with_indices max_pool3d_with_indices mish mse_loss mul_ mvlgamma_ native_dropout_backward ne_ new_empty
    new_empty_strided new_full new_ones new_zeros nextafter_ nll_loss normal_ normalize one_hot pad pow_ put_ random_ relu6
    remainder_ renorm_ repeat reshape_as scatter_ scatter_add_ scatter_reduce_ set_warning_listener sgn_ sigmoid_backward sign_
    silu slice slice_ smooth_l1_loss softmin softplus softshrink softsign sub_ sum_to_size tanh_backward tanhshrink
    threshold_backward tril_ triu_ true_divide_ unfold uniform uniform_ view view_as zero
    """.split()
)


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
