"""torch.utils.deterministic: whether torch.empty and its kin are filled while algorithms are to be deterministic."""

import sys
import types

from .._bridge import run


class _Deterministic(types.ModuleType):
    @property
    def fill_uninitialized_memory(self):
        return run("bridge.setFill", None)

    @fill_uninitialized_memory.setter
    def fill_uninitialized_memory(self, on):
        if type(on) is not bool:
            raise RuntimeError(f"expected a bool, but got {type(on).__name__}")
        run("bridge.setFill", on)


sys.modules[__name__].__class__ = _Deterministic
