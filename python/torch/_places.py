"""Modules of PyTorch's whose names are written elsewhere here: each is one place for what another module has."""

import importlib
import sys
import types

# Module, where its names are, and the names, for dir() and `import *`; without them, all that is there.
PLACES = (
    ("torch.functional", "torch", "atleast_1d atleast_2d atleast_3d block_diag broadcast_shapes broadcast_tensors cartesian_prod cdist chain_matmul einsum meshgrid norm split tensordot unique unique_consecutive"),
    ("torch.random", "torch", "default_generator get_rng_state initial_seed manual_seed seed set_rng_state"),
    ("torch.autograd.gradcheck", "torch.autograd", "GradcheckError gradcheck gradgradcheck"),
    ("torch.autograd.variable", "torch.autograd", "Variable"),
    ("torch.nn.utils.clip_grad", "torch.nn.utils", "clip_grad_norm_ clip_grad_value_ get_total_norm"),
    ("torch.nn.utils.convert_parameters", "torch.nn.utils", "parameters_to_vector vector_to_parameters"),
    ("torch.utils.data.dataloader", "torch.utils.data", "DataLoader default_collate default_convert get_worker_info"),
    ("torch.utils.data.dataset", "torch.utils.data", "ConcatDataset Dataset IterableDataset Subset TensorDataset random_split"),
    ("torch.utils.data.sampler", "torch.utils.data", "BatchSampler RandomSampler Sampler SequentialSampler SubsetRandomSampler WeightedRandomSampler"),
    ("torch.utils.hooks", "torch.autograd.graph", "RemovableHandle"),
)


class _Place(types.ModuleType):
    def __init__(self, name, source, names):
        super().__init__(name)
        self.__all__ = names.split()
        self._source = source

    def __getattr__(self, name):
        if not name.startswith("__") and name in self.__all__:
            return getattr(sys.modules[self._source], name)
        raise AttributeError(f"module '{self.__name__}' has no attribute '{name}'")

    def __dir__(self):
        return sorted({*super().__dir__(), *self.__all__})


def register(name, module):
    """Lets `import` find a module, and the one around it have it, unless that has something of the name."""
    sys.modules[name] = module
    around, _, own = name.rpartition(".")
    vars(importlib.import_module(around)).setdefault(own, module)


def register_all():
    for name, source, names in PLACES:
        register(name, _Place(name, source, names))
