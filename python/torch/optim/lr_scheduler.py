"""torch.optim.lr_scheduler: the library's, as far as they exist."""

from .._bridge import number_of


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    raise AttributeError(f"module 'torch.optim.lr_scheduler' has no attribute '{name}'")
