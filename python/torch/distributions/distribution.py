"""torch.distributions.distribution."""

import weakref

from .. import _bridge
from .._bridge import run
from .._tensor import Size, Tensor
from ._held import Standing
from .utils import lazy_property


def _shape(x):
    return [int(n) for n in x]


class Distribution(Standing):
    _kind = "distribution"
    has_rsample = False
    has_enumerate_support = False
    _validate_args = True

    @staticmethod
    def set_default_validate_args(value):
        if value not in (True, False):
            raise ValueError
        Distribution._validate_args = value
        run("bridge.setValidation", value)

    def __init__(self, batch_shape=Size([]), event_shape=Size([]), validate_args=None):
        self._make({"batch_shape": batch_shape, "event_shape": event_shape, "validate_args": validate_args})

    def _callbacks(self, batch_shape, event_shape, validate_args):
        me = weakref.ref(self)
        if validate_args is not None:
            self.__dict__["_validate_args"] = validate_args
        return _shape(batch_shape), _shape(event_shape), self._validate_args, lambda name, *args: _answer(me(), name, args)

    @property
    def batch_shape(self):
        return run("bridge.member", self, "batch_shape")[1]

    @property
    def event_shape(self):
        return run("bridge.member", self, "event_shape")[1]

    # The names that PyTorch's own classes use.
    _batch_shape = property(lambda self: self.batch_shape)
    _event_shape = property(lambda self: self.event_shape)

    def _of_library(self, name):
        if self._library_name is None:
            raise NotImplementedError
        return run("bridge.member", self, name)[1]

    arg_constraints = property(lambda self: self._of_library("arg_constraints"))
    support = property(lambda self: self._of_library("support"))
    mean = property(lambda self: self._of_library("mean"))
    mode = property(lambda self: self._of_library("mode"))
    variance = property(lambda self: self._of_library("variance"))

    @property
    def stddev(self):
        return self._of_library("stddev") if self._library_name else self.variance.sqrt()

    def _call_library(self, name, *args):
        if self._library_name is None:
            raise NotImplementedError
        return run("method." + name, self, *args)

    def sample(self, sample_shape=()):
        if self._library_name is None:
            from .. import no_grad

            with no_grad():
                return self.rsample(sample_shape)
        return self._call_library("sample", _shape(sample_shape))

    def rsample(self, sample_shape=()):
        return self._call_library("rsample", _shape(sample_shape))

    def sample_n(self, n):
        _bridge.warn("`sample_n(n)` will be deprecated. Use `sample((n,))` instead.", "FutureWarning")
        return self.sample((n,))

    def _value(self, value):
        if not isinstance(value, Tensor) and self._library_name not in ("Gamma", "Chi2"):  # these take numbers
            if run("bridge.member", self, "_validate_args")[1]:
                raise ValueError("The value argument to log_prob must be a Tensor")
            from .. import as_tensor

            value = as_tensor(float(value))
        return value

    def log_prob(self, value):
        return self._call_library("log_prob", self._value(value))

    def cdf(self, value):
        return self._call_library("cdf", self._value(value))

    def icdf(self, value):
        from .. import as_tensor

        return self._call_library("icdf", value if isinstance(value, Tensor) else as_tensor(value))

    def entropy(self):
        return self._call_library("entropy")

    def enumerate_support(self, expand=True):
        return self._call_library("enumerate_support", expand)

    def perplexity(self):
        return self.entropy().exp()

    def expand(self, batch_shape, _instance=None):
        made = self._call_library("expand", _shape(batch_shape))
        if type(self) is not type(made):
            made.__class__ = type(self)
        return made

    def _extended_shape(self, sample_shape=()):
        return Size((*sample_shape, *self.batch_shape, *self.event_shape))

    def _validate_sample(self, value):
        if not isinstance(value, Tensor):
            raise ValueError("The value argument to log_prob must be a Tensor")
        run("method._validate_sample", self, value)

    def __repr__(self):
        if self._library_name is None:
            names = [k for k in self.arg_constraints if k in self.__dict__]
            told = (f"{k}: {self.__dict__[k] if self.__dict__[k].numel() == 1 else self.__dict__[k].size()}" for k in names)
            return f"{type(self).__name__}({', '.join(told)})"
        return run("method.toString", self).replace(self._library_name, type(self).__name__, 1)


def _answer(d, name, args):
    """What a distribution written in Python gives to the library."""
    if name == "parameter":
        return getattr(d, *args)
    if name == "is_derived":
        return args[0] not in d.__dict__ and isinstance(getattr(type(d), args[0], None), lazy_property)
    if name in ("__class__", "__repr__"):
        return str(d.__class__) if name == "__class__" else repr(d)
    if name in ("support", "arg_constraints"):
        try:
            found = getattr(d, name)
        except NotImplementedError:
            return None
        return found if name == "support" else [[k, v] for k, v in found.items()]
    if name in ("mean", "mode", "variance", "has_rsample"):
        return getattr(d, name)
    return getattr(d, name)(*args)


class ExponentialFamily(Distribution):
    """Distributions of the exponential family."""


for _cls in (Distribution,):
    _cls.__module__ = "torch.distributions.distribution"
ExponentialFamily.__module__ = "torch.distributions.exp_family"
