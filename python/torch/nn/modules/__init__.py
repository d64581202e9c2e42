"""torch.nn.modules: the same classes under the names of the files that PyTorch has them in."""

import sys
import types

from .. import module
from ..layers import HOMES, MODULES, layer_class

sys.modules[__name__ + ".module"] = module  # itself, so that what a program sets there is what counts


class _File(types.ModuleType):
    def __getattr__(self, name):
        if not name.startswith("__"):
            return _found(name, self.__name__)
        raise AttributeError(name)

    def __dir__(self):
        return sorted(HOMES[self.__name__.rpartition(".")[2]].split())


def _found(name, place):
    cls = layer_class(name) if name.startswith("_") else getattr(sys.modules["torch.nn"], name, None)
    if cls is None:
        raise AttributeError(f"module '{place}' has no attribute '{name}'")
    return cls


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return _found(name, __name__)


for _name in HOMES:
    if _name != "module":
        globals()[_name] = sys.modules[f"{__name__}.{_name}"] = _File(f"{__name__}.{_name}")
for _name, _place in MODULES.items():
    # What was written in another file of this package.
    _cls = vars(sys.modules["torch.nn"]).get(_name)
    if isinstance(_cls, type):
        _cls.__module__ = _place
from . import utils  # noqa: E402, F401
