"""The library's layers as Python modules: their parameters are registered here, their numbers are made there."""

from .. import _bridge
from .._bridge import Held, crossed, decode, encode, number_of, run
from .._tensor import Tensor
from .module import Module
from .parameter import Parameter


class _LibraryModule(Held):
    """A module of the library."""


class Layer(Module):
    """A layer whose forward is the library's."""

    def __init__(self, *args, **kwargs):
        super().__init__()
        for ignored in ("device",):
            kwargs.pop(ignored, None)
        dtype = kwargs.pop("dtype", None)
        made = run("new." + type(self)._library_name, *args, **kwargs)
        self._adopt(made)
        if dtype is not None:
            self.to(dtype)

    def _adopt(self, made):
        """Stands for the library's module from now on: its parameters, buffers and parts."""
        object.__setattr__(self, "_library", made)
        parameters, buffers, parts = run("bridge.members", made)
        for name, p in parameters:
            self._parameters[name] = None if p is None else (p if isinstance(p, Parameter) else Parameter._of(p))
        for name, b, persistent in buffers:
            self._buffers[name] = b
            if not persistent:
                self._non_persistent_buffers_set.add(name)
        for name, part in parts:
            self._modules[name] = None if part is None else adopt(part)

    def __setattr__(self, name, value):
        super().__setattr__(name, value)
        library = self.__dict__.get("_library")
        if library is None:
            return
        if name in self._parameters or name in self._buffers or name == "training":
            run("bridge.setMember", library, name, value)
        elif isinstance(value, (int, float, str, bool)) and name not in ("_library",):
            run("bridge.setMember", library, name, value)

    def __getattr__(self, name):
        try:
            return super().__getattr__(name)
        except AttributeError:
            library = self.__dict__.get("_library")
            if library is None or name.startswith("_"):
                raise
            found, value = run("bridge.field", library, name)
            if not found:
                raise
            return value

    def _apply(self, fn, recurse=True):
        super()._apply(fn, recurse)
        for name, b in self._buffers.items():
            run("bridge.setMember", self._library, name, b)
        return self

    def forward(self, *args, **kwargs):
        return run("bridge.forward", self._library, *args, **kwargs)

    def reset_parameters(self):
        run("method.reset_parameters", self._library)

    def extra_repr(self):
        return run("method.extra_repr", self._library)

    def __deepcopy__(self, memo):
        import copy

        made = object.__new__(type(self))
        memo[id(self)] = made
        library = run("bridge.cloneModule", self._library)
        Module.__init__(made)
        made._adopt(library)
        for name, p in self._parameters.items():
            if p is not None:
                fresh = copy.deepcopy(p, memo)
                made._parameters[name] = fresh
                run("bridge.setMember", library, name, fresh)
        made.train(self.training)
        return made

    def __reduce__(self):
        import copy

        raise TypeError("layers are saved by their state_dict()")


def adopt(library):
    kind = run("bridge.className", library)
    cls = CLASSES.get(kind) or layer_class(kind)
    made = object.__new__(cls)
    Module.__init__(made)
    made._adopt(library)
    return made


CLASSES = {}


def layer_class(name):
    """The Python class for a layer of the library."""
    cls = CLASSES.get(name)
    if cls is None:
        if number_of("new." + name) < 0:
            return None
        cls = type(name, (Layer,), {"_library_name": name, "__module__": MODULES.get(name, "torch.nn.modules")})
        CLASSES[name] = cls
    return cls


MODULES = {
    "Linear": "torch.nn.modules.linear",
    "Identity": "torch.nn.modules.linear",
    "ReLU": "torch.nn.modules.activation",
    "Conv2d": "torch.nn.modules.conv",
}
