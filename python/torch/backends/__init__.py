"""torch.backends: of PyTorch's, none is there; what a program sets on them is kept and changes nothing."""

import types

from .._places import register


class _Absent(types.ModuleType):
    """A backend that is not there."""

    def is_available(self):
        return False

    def is_built(self):
        return False

    def version(self):
        return None


def _absent(name, **flags):
    made = _Absent("torch.backends." + name)
    vars(made).update(flags)
    register(made.__name__, made)


_absent("cuda")
_absent("cudnn", enabled=True, benchmark=False, deterministic=False, allow_tf32=True)
_absent("mkl")
_absent("mkldnn", enabled=True)
_absent("mps")
_absent("openmp")
