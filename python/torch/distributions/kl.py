"""torch.distributions.kl."""

from .._bridge import run
from .distribution import Distribution

_registry = {}


def register_kl(type_p, type_q):
    for name, cls in (("type_p", type_p), ("type_q", type_q)):
        if not (isinstance(cls, type) and issubclass(cls, Distribution)):
            raise TypeError(f"Expected {name} to be a Distribution subclass but got {cls}")

    def decorator(fun):
        _registry[type_p, type_q] = fun
        return fun

    return decorator


def kl_divergence(p, q):
    for cls_p in type(p).__mro__:
        for cls_q in type(q).__mro__:
            if (cls_p, cls_q) in _registry:
                return _registry[cls_p, cls_q](p, q)
    if p._library_name is None or q._library_name is None:
        raise NotImplementedError(f"No KL(p || q) is implemented for p type {type(p).__name__} and q type {type(q).__name__}")
    return run("bridge.klDivergence", p, q)


__all__ = ["kl_divergence", "register_kl"]
