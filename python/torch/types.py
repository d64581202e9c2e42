"""torch.types: names of types, for annotations."""

import os
from collections.abc import Sequence
from typing import IO, TypeAlias, Union

from ._tensor import Size, Tensor, device as _device, dtype as _dtype
from .storage import UntypedStorage

_int, _float, _complex, _bool, _str, _bytes = int, float, complex, bool, str, bytes
Number: TypeAlias = Union[int, float, bool]
_Number = int, float, bool
_size: TypeAlias = Union[Size, list[int], tuple[int, ...]]
_TensorOrTensors: TypeAlias = Union[Tensor, Sequence[Tensor]]
Device: TypeAlias = Union[_device, str, int, None]
FileLike: TypeAlias = Union[str, os.PathLike[str], IO[bytes]]
Storage = UntypedStorage
