"""torch.utils.dlpack: tensors from and to other libraries. Here a capsule is an object that holds the tensor."""

import enum

from .._tensor import Tensor

USED = "from_dlpack received an invalid capsule. Note that DLTensor capsules can be consumed only once, so you might have already constructed a tensor from it once."


class DLDeviceType(enum.IntEnum):
    """The devices of DLPack's that there are."""

    kDLCPU = 1

    __str__ = enum.Enum.__str__


class _Capsule:
    """A tensor on its way to another library."""

    def __init__(self, t):
        self.tensor = t


def to_dlpack(tensor):
    """A capsule with a tensor's memory."""
    return _Capsule(tensor.detach())


def from_dlpack(ext_tensor, *, device=None, copy=None):
    """A tensor of the same memory as another tensor, or a capsule's; what NumPy and others have is copied."""
    made = ext_tensor
    if isinstance(made, Tensor):
        made = made.__dlpack__()
    if isinstance(made, _Capsule):
        capsule, made = made, made.tensor
        capsule.tensor = None
        if made is None:
            raise RuntimeError(USED)
    elif hasattr(made, "__array__"):
        from .. import as_tensor

        made = as_tensor(made)
    else:
        raise RuntimeError(USED)
    return made.clone() if copy else made
