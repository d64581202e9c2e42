"""Puts this folder's modules where test files look for `torch.testing._internal`."""

import importlib
import importlib.abc
import importlib.machinery
import os
import sys
import types

import absent

OWN = ["common_utils", "common_dtype", "common_cuda", "common_device_type", "common_methods_invocations"]
# What describes tests rather than runs them is taken from the torch that is installed.
INSTALLED = ["common_nn", "common_modules", "logging_tensor", "common_subclass"]
PLACE = "torch.testing._internal"


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """The files of torch.testing._internal: those of `INSTALLED` as they are, all others empty."""

    def __init__(self, folder):
        self.folder = folder

    def find_spec(self, name, path=None, target=None):
        around, _, last = name.rpartition(".")
        # What such a file lacks is no file in it.
        if name.startswith(PLACE + ".") and around.removeprefix(PLACE + ".") not in (*OWN, *INSTALLED):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        last = module.__name__.removeprefix(PLACE + ".")
        if last not in INSTALLED:
            module.__getattr__ = nothing
            return
        module.__getattr__ = lambda name: made(module, name)
        module.__file__ = os.path.join(self.folder, last + ".py")
        with open(module.__file__, encoding="utf-8") as file:
            source = file.read().replace("torch.autograd.gradcheck import _", "derivatives import _")
        exec(compile(source, module.__file__, "exec"), vars(module))


def made(module, name):
    """A list that a newer file has a function for."""
    make = vars(module).get(f"get_{name}")
    if make is None:
        raise AttributeError(f"module '{module.__name__}' has no attribute '{name}'")
    return make()


def nothing(name):
    """A list of operators, or a decorator."""
    if name.startswith("__"):
        raise AttributeError(name)
    return [] if name.endswith("_db") else lambda *args, **kwargs: args[0] if args and callable(args[0]) else None


def with_instances(abstract):
    class Operator(abstract):
        def __new__(cls, *args, **kwargs):
            return object.__new__(Own if cls is Operator else cls)

        def __call__(self, *args, **kwargs):
            return super().__call__(*args, **kwargs)

    class Own(Operator):
        pass

    return Operator


def install(folder):
    """Gives torch. `folder`: torch/testing/_internal of an installed torch."""
    import torch
    import torch.testing

    sys.meta_path.insert(0, Finder(folder))
    for name in [name for name in sys.modules if name.startswith(PLACE + ".")]:
        del sys.modules[name]
    internal = sys.modules[PLACE] = torch.testing._internal = types.ModuleType(PLACE)
    internal.__path__ = []
    absent.begin_of_import()
    if hasattr(torch, "_ops"):  # older tests make instances, which newer versions refuse
        torch._ops.HigherOrderOperator = with_instances(torch._ops.HigherOrderOperator)
    for name in OWN:
        module = sys.modules[f"{PLACE}.{name}"] = importlib.import_module(name)
        setattr(internal, name, module)
    return torch
