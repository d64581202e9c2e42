"""Python objects that stand for the library's distributions, constraints and transforms."""

import inspect

from .._bridge import Held, doc_of, hold, run
from .._signature import by_place_and_name, constructor, made_of


# Arguments of what the library takes by place.
BY_PLACE = {
    "Independent": "base_distribution, reinterpreted_batch_ndims, validate_args=None",
    "MixtureSameFamily": "mixture_distribution, component_distribution, validate_args=None",
    "TransformedDistribution": "base_distribution, transforms, validate_args=None",
    **dict.fromkeys("_GreaterThan _GreaterThanEq".split(), "lower_bound"),
    **dict.fromkeys("_LessThan _Multinomial".split(), "upper_bound"),
    **dict.fromkeys("_Interval _HalfOpenInterval _IntegerInterval".split(), "lower_bound, upper_bound"),
    "_IndependentConstraint": "base_constraint, reinterpreted_batch_ndims",
    "_Cat": "cseq, dim=0, lengths=None",
    "_Stack": "cseq, dim=0",
    "MixtureSameFamilyConstraint": "base_constraint",
    "AffineTransform": "loc, scale, event_dim=0, cache_size=0",
    "CatTransform": "tseq, dim=0, lengths=None, cache_size=0",
    "StackTransform": "tseq, dim=0, cache_size=0",
    "ComposeTransform": "parts, cache_size=0",
    "IndependentTransform": "base_transform, reinterpreted_batch_ndims, cache_size=0",
    "PowerTransform": "exponent, cache_size=0",
    "ReshapeTransform": "in_shape, out_shape, cache_size=0",
    "CumulativeDistributionTransform": "distribution, cache_size=0",
}


def _is_by_place(name):
    return name in BY_PLACE or name.endswith("Transform")


def with_arguments(cls):
    """The class with a constructor that has the library's arguments, where there are some; one that its base has is the base's."""
    name = cls._library_name
    cls.__doc__ = doc_of(f"distributions.{name}")
    texts = BY_PLACE[name].split(", ") if name in BY_PLACE else None
    made = made_of(texts, cls.__name__) if texts else constructor(f"distributions.{name}", cls.__name__)
    if made is not None and not (cls._constructor and inspect.signature(made) == inspect.signature(cls._constructor)):
        cls.__init__ = cls._constructor = made
    return cls


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

    _constructor = None  # whose arguments are the library's

    def __init__(self):
        self._make({})

    def _make(self, values):
        if self._library_name is None:
            return self._stand_for(run("bridge.foreign", self._kind, *self._callbacks(**values)))
        if not values:
            return self._begin((), {})
        args, options = by_place_and_name(self._constructor, values)
        if options and _is_by_place(self._library_name):
            last = max(list(values).index(name) for name in options)
            args, options = list(values.values())[: last + 1], {}
        self._begin(args, options)

    def _begin(self, args, kwargs):
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
