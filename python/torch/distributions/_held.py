"""Python objects that stand for the library's distributions, constraints and transforms."""

from .._bridge import Held, hold, run


# Arguments of what the library takes by place.
BY_PLACE = {
    "Independent": "base_distribution reinterpreted_batch_ndims validate_args",
    "MixtureSameFamily": "mixture_distribution component_distribution validate_args",
    "TransformedDistribution": "base_distribution transforms validate_args",
    **dict.fromkeys("_GreaterThan _GreaterThanEq".split(), "lower_bound"),
    **dict.fromkeys("_LessThan _Multinomial".split(), "upper_bound"),
    **dict.fromkeys("_Interval _HalfOpenInterval _IntegerInterval".split(), "lower_bound upper_bound"),
    "_IndependentConstraint": "base_constraint reinterpreted_batch_ndims",
    "_Cat": "cseq dim lengths",
    "_Stack": "cseq dim",
    "MixtureSameFamilyConstraint": "base_constraint",
    "AffineTransform": "loc scale event_dim cache_size",
    "CatTransform": "tseq dim lengths cache_size",
    "StackTransform": "tseq dim cache_size",
    "ComposeTransform": "parts cache_size",
    "IndependentTransform": "base_transform reinterpreted_batch_ndims cache_size",
    "PowerTransform": "exponent cache_size",
    "ReshapeTransform": "in_shape out_shape cache_size",
    "CumulativeDistributionTransform": "distribution cache_size",
    **dict.fromkeys("Abs CorrCholesky Exp LowerCholesky PositiveDefinite Sigmoid Softmax Softplus StickBreaking Tanh".split(), "cache_size"),
}
for _name in "Abs CorrCholesky Exp LowerCholesky PositiveDefinite Sigmoid Softmax Softplus StickBreaking Tanh".split():
    BY_PLACE[_name + "Transform"] = BY_PLACE.pop(_name)


def _placed(names, args, kwargs):
    given = dict(zip(names, args))
    for name in kwargs:
        if name not in names or name in given:
            raise TypeError(f"__init__() got an unexpected keyword argument '{name}'")
    given.update(kwargs)
    last = max(names.index(name) for name in given)
    return tuple(given.get(name) for name in names[: last + 1])


class Family(type):
    """The type of such classes: what a class itself is asked for, it asks the library's."""

    def __getattr__(cls, name):
        library = cls.__dict__.get("_library_name") or next((c.__dict__["_library_name"] for c in cls.__mro__ if c.__dict__.get("_library_name")), None)
        if name.startswith("_") or library is None:
            raise AttributeError(f"type object '{cls.__name__}' has no attribute '{name}'")
        there, value = run("bridge.ofClass", cls._kind, library, name)
        if not there:
            raise AttributeError(f"type object '{cls.__name__}' has no attribute '{name}'")
        return value


class Standing(Held, metaclass=Family):
    """An object whose numbers are the library's."""

    _library_name = None
    _kind = None

    @classmethod
    def _held(cls, number):
        self = object.__new__(cls)
        hold(self, number)
        return self

    def __init__(self, *args, **kwargs):
        if self._library_name is None:
            self._stand_for(run("bridge.foreign", self._kind, *self._callbacks(*args, **kwargs)))
        else:
            if kwargs and self._library_name in BY_PLACE:
                args, kwargs = _placed(BY_PLACE[self._library_name].split(), args, kwargs), {}
            self._stand_for(run("bridge.make", self._kind, self._library_name, *args, **kwargs))
            self.__dict__["_given"] = args, kwargs  # what the library calls back must live

    def _stand_for(self, made):
        hold(self, made._number)

    def __getattr__(self, name):
        if name.startswith("__") or name == "_number":
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
        there, value = run("bridge.member", self, name)
        if not there:
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
        return value

    def __repr__(self):
        return run("method.toString", self)
