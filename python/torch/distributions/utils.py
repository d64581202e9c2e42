"""torch.distributions.utils."""

from .._bridge import run


def broadcast_all(*values):
    return run("bridge.broadcastAll", *values)


def logits_to_probs(logits, is_binary=False):
    return logits.sigmoid() if is_binary else logits.softmax(-1)


def clamp_probs(probs):
    return run("bridge.clampProbs", probs)


def probs_to_logits(probs, is_binary=False):
    clamped = clamp_probs(probs)
    return clamped.log() - (-clamped).log1p() if is_binary else clamped.log()


def tril_matrix_to_vec(mat, diag=0):
    return run("bridge.trilMatrixToVec", mat, diag)


def vec_to_tril_matrix(vec, diag=0):
    return run("bridge.vecToTrilMatrix", vec, diag)


class lazy_property:
    """A property that is computed once, with gradients."""

    def __init__(self, wrapped):
        self.wrapped, self.__doc__ = wrapped, wrapped.__doc__

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        from .. import enable_grad

        with enable_grad():
            value = self.wrapped(instance)
        setattr(instance, self.wrapped.__name__, value)
        return value


__all__ = ["broadcast_all", "clamp_probs", "lazy_property", "logits_to_probs", "probs_to_logits", "tril_matrix_to_vec", "vec_to_tril_matrix"]
