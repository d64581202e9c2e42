"""functorch.experimental: what has gone to torch.func, without a word about it."""

from torch.func import functionalize, hessian, jacfwd, jvp, replace_all_batch_norm_modules_  # noqa: F401
