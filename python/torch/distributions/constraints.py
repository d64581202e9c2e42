"""torch.distributions.constraints."""

from .._bridge import _classes, run
from ._held import Family, Standing, with_arguments


class Constraint(Standing):
    """A region."""

    _kind = "constraint"
    is_discrete = False
    event_dim = 0

    def __init__(self, *args, **kwargs):
        if self._library_name is not None:
            super().__init__(*args, **kwargs)

    def check(self, value):
        if self._library_name is None:
            raise NotImplementedError
        return run("method.check", self, value)

    def __repr__(self):
        return run("method.toString", self) if self._library_name else type(self).__name__[1:] + "()"


CLASSES = """_Boolean _Cat _CorrCholesky _Dependent _GreaterThan _GreaterThanEq _HalfOpenInterval _IndependentConstraint _IntegerGreaterThan
    _IntegerInterval _Interval _LessThan _LowerCholesky _LowerTriangular _Multinomial _OneHot _PositiveDefinite _PositiveSemidefinite _Real
    _Simplex _Square _Stack _Symmetric MixtureSameFamilyConstraint""".split()
_asked = {name: property(lambda self, name=name: run("bridge.member", self, name)[1]) for name in ("is_discrete", "event_dim")}
for _name in CLASSES:
    _cls = globals()[_name] = with_arguments(Family(_name, (Constraint,), {"_library_name": _name, "__module__": __name__, **_asked}))
    _classes["constraint." + _name] = _cls._held
VALUES = """boolean corr_cholesky dependent lower_cholesky lower_triangular nonnegative nonnegative_integer one_hot positive positive_definite
    positive_integer positive_semidefinite real real_vector simplex square symmetric unit_interval""".split()
for _name in VALUES:
    globals()[_name] = run("bridge.constraint", _name)
for _name, _cls in {
    "cat": "_Cat",
    "greater_than": "_GreaterThan",
    "greater_than_eq": "_GreaterThanEq",
    "half_open_interval": "_HalfOpenInterval",
    "independent": "_IndependentConstraint",
    "integer_interval": "_IntegerInterval",
    "interval": "_Interval",
    "less_than": "_LessThan",
    "multinomial": "_Multinomial",
    "stack": "_Stack",
}.items():
    globals()[_name] = globals()[_cls]


class dependent_property(property):
    """A support, or constraints of parameters, that depend on the distribution."""

    def __init__(self, fn=None, *, is_discrete=NotImplemented, event_dim=NotImplemented):
        super().__init__(fn)
        self._is_discrete, self._event_dim = is_discrete, event_dim

    @property
    def is_discrete(self):
        if self._is_discrete is NotImplemented:
            raise NotImplementedError(".is_discrete cannot be determined statically")
        return self._is_discrete

    @property
    def event_dim(self):
        if self._event_dim is NotImplemented:
            raise NotImplementedError(".event_dim cannot be determined statically")
        return self._event_dim

    def __call__(self, fn):
        return dependent_property(fn, is_discrete=self._is_discrete, event_dim=self._event_dim)


def is_dependent(constraint):
    return isinstance(constraint, (_Dependent, dependent_property))  # noqa: F821


__all__ = ["Constraint", "MixtureSameFamilyConstraint", "dependent_property", "is_dependent", *VALUES, "cat", "greater_than", "greater_than_eq", "half_open_interval", "independent", "integer_interval", "interval", "less_than", "multinomial", "stack"]
