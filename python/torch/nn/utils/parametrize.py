"""torch.nn.utils.parametrize: parameters that are computed from others whenever they are asked for.

A module with such parameters gets a class of its own, below its former one, in which each of them is a property.
"""

import contextlib
import copy

from ..._tensor import Tensor
from ...autograd import no_grad
from ..containers import ModuleDict, ModuleList
from ..module import Module
from ..parameter import Parameter

_cache = {}
_caching = 0


@contextlib.contextmanager
def cached():
    """Computes every parametrized parameter once, however often it is read."""
    global _caching
    _caching += 1
    try:
        yield
    finally:
        _caching -= 1
        if not _caching:
            _cache.clear()


def _keep(module, name, value):
    if isinstance(value, Parameter):
        module.register_parameter(name, value)
    else:
        module.register_buffer(name, value)


def _assert_same(what, before, after, lines, the=""):
    if before != after:
        told = "\n".join(f"{label}: {value}" for label, value in zip(lines, (before, after)))
        raise ValueError(
            f"Registering a parametrization may not change the {what} of the tensor, unless {the}`unsafe` flag is enabled.\n{told}"
        )


def _assert_tensor(x):
    if not isinstance(x, Tensor):
        raise ValueError(f"A parametrization must return a tensor. Got {type(x).__name__}.")


class ParametrizationList(ModuleList):
    """The parametrizations of one parameter, one after the other, and its originals."""

    def __init__(self, modules, original, unsafe=False):
        modules = list(modules)
        if not modules:
            raise ValueError("ParametrizationList requires one or more modules.")
        super().__init__(modules)
        self.unsafe = unsafe
        dtype, shape = original.dtype, original.shape
        with no_grad():
            start = original
            for module in reversed(modules):
                if hasattr(module, "right_inverse"):
                    with contextlib.suppress(NotImplementedError):
                        start = module.right_inverse(start)
        if not isinstance(start, (Tensor, list, tuple)):
            raise ValueError(
                "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). "
                f"Got {type(start).__name__}"
            )
        self.is_tensor = isinstance(start, Tensor)
        self.ntensors = 1 if self.is_tensor else len(start)
        if self.is_tensor:
            if start.dtype != dtype:
                raise ValueError(
                    "When `right_inverse` outputs one tensor, it may not change the dtype.\n"
                    f"original.dtype: {dtype}\nright_inverse(original).dtype: {start.dtype}"
                )
            # The parameter itself stays: optimizers have it.
            original.data = start.detach()
            _keep(self, "original", original)
        else:
            for i, x in enumerate(start):
                if not isinstance(x, Tensor):
                    raise ValueError(
                        "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). "
                        f"Got element {i} of the sequence with type {type(x).__name__}."
                    )
                if isinstance(original, Parameter):
                    x = Parameter(x, original.requires_grad)
                x.requires_grad_(original.requires_grad)
                _keep(self, f"original{i}", x)
        if not unsafe:
            now = self()
            _assert_tensor(now)
            _assert_same("dtype", dtype, now.dtype, ("unparametrized dtype", "parametrized dtype"))
            _assert_same("shape", shape, now.shape, ("unparametrized shape", "parametrized shape"))

    def _originals(self):
        return [self.original] if self.is_tensor else [getattr(self, f"original{i}") for i in range(self.ntensors)]

    def right_inverse(self, value):
        """Writes the originals for which the parameter is `value`."""
        with no_grad():
            for module in reversed(list(self)):
                if not hasattr(module, "right_inverse"):
                    raise RuntimeError(f"parametrization {type(module).__name__} does not implement right_inverse.")
                value = module.right_inverse(value)
            if self.is_tensor:
                if not isinstance(value, Tensor):
                    raise ValueError(f"`right_inverse` should return a tensor. Got {type(value).__name__}")
                if value.dtype != self.original.dtype:
                    raise ValueError(
                        f"The tensor returned by `right_inverse` has dtype {value.dtype} "
                        f"while `original` has dtype {self.original.dtype}"
                    )
                self.original.data = value
                return
            if not isinstance(value, (list, tuple)):
                raise ValueError(f"'right_inverse' must return a sequence of tensors. Got {type(value).__name__}.")
            if len(value) != self.ntensors:
                raise ValueError(
                    "'right_inverse' must return a sequence of tensors of length "
                    f"{self.ntensors}. Got a sequence of length {len(value)}."
                )
            for i, (x, original) in enumerate(zip(value, self._originals())):
                if x.dtype != original.dtype:
                    raise ValueError(
                        f"Tensor {i} returned by `right_inverse` has dtype {x.dtype} "
                        f"while `original{i}` has dtype {original.dtype}"
                    )
                original.data = x

    def forward(self):
        first, *others = self
        x = first(*self._originals())
        for module in others:
            x = module(x)
        return x


def _property(cls, name):
    def get(self):
        lists = self.parametrizations[name]
        if not _caching:
            return lists()
        key = id(self), name
        if key not in _cache:
            _cache[key] = lists()
        return _cache[key]

    def put(self, value):
        self.parametrizations[name].right_inverse(value)

    setattr(cls, name, property(get, put))


def _getstate(self):
    raise RuntimeError(
        "Serialization of parametrized modules is only supported through state_dict(). See:\n"
        "https://pytorch.org/tutorials/beginner/saving_loading_models.html"
        "#saving-loading-a-general-checkpoint-for-inference-and-or-resuming-training"
    )


def _deepcopy(self, memo):
    made = object.__new__(type(self))
    memo[id(self)] = made
    for key, value in self.__dict__.items():
        if key != "_calculator":
            made.__dict__[key] = copy.deepcopy(value, memo)
    return made


def _subclassed(module):
    cls = type(module)
    names = {"__getstate__": _getstate}
    if not hasattr(cls, "__deepcopy__"):
        names["__deepcopy__"] = _deepcopy
    module.__class__ = type(f"Parametrized{cls.__name__}", (cls,), names)


def is_parametrized(module, tensor_name=None):
    """Whether a module has parametrized parameters, or that one."""
    lists = module.__dict__.get("_modules", {}).get("parametrizations")
    if not isinstance(lists, ModuleDict):
        return False
    return len(lists) > 0 if tensor_name is None else tensor_name in lists


def type_before_parametrizations(module):
    """The class of a module before it was parametrized."""
    return type(module).__bases__[0] if is_parametrized(module) else type(module)


def register_parametrization(module, tensor_name, parametrization, *, unsafe=False):
    """Has a module's parameter or buffer computed by a parametrization."""
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        if not unsafe:
            _assert_fits(module, tensor_name, parametrization)
        module.parametrizations[tensor_name].append(parametrization)
        module.parametrizations[tensor_name].unsafe |= unsafe
    elif tensor_name in module._buffers or tensor_name in module._parameters:
        made = ParametrizationList([parametrization], getattr(module, tensor_name), unsafe=unsafe)
        delattr(module, tensor_name)
        if not is_parametrized(module):
            _subclassed(module)
            module.parametrizations = ModuleDict()
        _property(type(module), tensor_name)
        module.parametrizations[tensor_name] = made
    else:
        raise ValueError(
            f"Module '{module}' does not have a parameter, a buffer, or a "
            f"parametrized element with name '{tensor_name}'"
        )
    return module


def _assert_fits(module, name, parametrization):
    before = getattr(module, name)
    after = parametrization(before)
    _assert_tensor(after)
    for what in ("dtype", "shape"):
        lines = f"module.{name}.{what}", f"parametrization(module.{name}).{what}"
        _assert_same(what, getattr(before, what), getattr(after, what), lines, "the ")
    if not hasattr(parametrization, "right_inverse"):
        return
    with contextlib.suppress(NotImplementedError):
        back = parametrization.right_inverse(after)
        if not isinstance(back, Tensor):
            raise ValueError(f"parametrization.right_inverse must return a tensor. Got: {type(back).__name__}")
        for what in ("dtype", "shape"):
            if getattr(before, what) != getattr(back, what):
                raise ValueError(
                    f"The tensor returned by parametrization.right_inverse must have the same {what} "
                    f"as module.{name}, unless the `unsafe` flag is enabled.\n"
                    f"module.{name}.{what}: {getattr(before, what)}\nreturned {what}: {getattr(back, what)}"
                )


def remove_parametrizations(module, tensor_name, leave_parametrized=True):
    """Undoes register_parametrization: the parameter is what it was computed to be, or the original."""
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module} does not have a parametrization on {tensor_name}")
    made = module.parametrizations[tensor_name]
    original = made.original if made.is_tensor else made.original0
    if leave_parametrized:
        with no_grad():
            value = getattr(module, tensor_name)
        if made.is_tensor:
            original.data = value
        else:
            original = Parameter(value) if isinstance(original, Parameter) else value
    elif not made.is_tensor:
        raise ValueError(
            "Cannot leave unparametrized (`leave_parametrized=False`) a tensor "
            "that is parametrized in terms of a sequence of tensors."
        )
    delattr(type(module), tensor_name)
    del module.parametrizations[tensor_name]
    _keep(module, tensor_name, original)
    if not is_parametrized(module):
        delattr(module, "parametrizations")
        module.__class__ = type(module).__bases__[0]
    return module


def transfer_parametrizations_and_params(from_module, to_module, tensor_name=None):
    """Gives a module the parametrizations and the parameters of another."""
    if not is_parametrized(from_module):
        return to_module
    names = from_module.parametrizations if tensor_name is None else [tensor_name]
    for name in list(names):
        if not hasattr(to_module, name):
            setattr(to_module, name, Parameter(getattr(from_module, name)))
        for parametrization in from_module.parametrizations[name]:
            register_parametrization(to_module, name, parametrization)
        made = from_module.parametrizations[name]
        if hasattr(made, "original"):
            to_module.parametrizations[name].original = made.original
        else:
            for i in range(made.ntensors):
                setattr(to_module.parametrizations[name], f"original{i}", getattr(made, f"original{i}"))
    return to_module
