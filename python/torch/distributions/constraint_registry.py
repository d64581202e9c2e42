"""torch.distributions.constraint_registry."""

from .._bridge import run
from .constraints import Constraint


class ConstraintRegistry:
    """Transforms onto regions, by the class of the constraint."""

    def __init__(self, name=None):
        self._name, self._registry = name, {}

    def register(self, constraint, factory=None):
        if factory is None:
            return lambda factory: self.register(constraint, factory)
        cls = type(constraint) if isinstance(constraint, Constraint) else constraint
        if not isinstance(cls, type) or not issubclass(cls, Constraint):
            raise TypeError(f"Expected constraint to be either a Constraint subclass or instance, but got {constraint}")
        self._registry[cls] = factory
        return factory

    def __call__(self, constraint):
        factory = self._registry.get(type(constraint))
        if factory is not None:
            return factory(constraint)
        if self._name is None or constraint._library_name is None:
            raise NotImplementedError(f"Cannot transform {type(constraint).__name__} constraints")
        return run("bridge.transformTo", self._name, constraint)


biject_to, transform_to = ConstraintRegistry("biject_to"), ConstraintRegistry("transform_to")
__all__ = ["ConstraintRegistry", "biject_to", "transform_to"]
