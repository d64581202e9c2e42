"""torch.func: functions of functions."""

import functools

from ._bridge import Tree, run
from ._tensor import Tensor
from .nn.functional_call import functional_call


def _named(func, kwargs={}):
    """What the library calls: the function, whose result keeps its containers, under the name that sentences have for it."""

    def called(*args):
        return Tree(func(*args, **kwargs))

    called.__name__ = _name(func)
    return called


def _name(func):
    if hasattr(func, "__name__"):
        return func.__name__
    return f"functools.partial({_name(func.func)}, ...)" if isinstance(func, functools.partial) else repr(func)


def _transformed(name, func, *rest):
    """The function of a function that the library has under a name."""
    rest = [x if type(x) is dict else Tree(x) for x in rest]

    @functools.wraps(func)
    def wrapper(*args, **kwargs):
        return run("bridge.transform", name, _named(func, kwargs), Tree(args), rest)

    return wrapper


def vmap(func, in_dims=0, out_dims=0, randomness="error", *, chunk_size=None):
    if randomness not in ("error", "different", "same"):
        raise RuntimeError(f"Only allowed values for randomness are 'error', 'different', or 'same'. Got {randomness}")
    if not (chunk_size is None or chunk_size > 0):
        raise ValueError(f"vmap: chunk_size should be None or greater than 0. (got {chunk_size})")
    return _transformed("vmap", func, in_dims, out_dims, randomness, {"chunk_size": chunk_size})


def _vmap(func, in_dims=0, out_dims=0, allow_none_pass_through=False):
    return vmap(func, in_dims, out_dims)


def grad(func, argnums=0, has_aux=False):
    return _transformed("grad", func, argnums, {"has_aux": has_aux})


def grad_and_value(func, argnums=0, has_aux=False):
    return _transformed("grad_and_value", func, argnums, {"has_aux": has_aux})


def jacrev(func, argnums=0, *, has_aux=False, chunk_size=None, _preallocate_and_copy=False):
    if not (chunk_size is None or chunk_size > 0):
        raise ValueError("jacrev: `chunk_size` should be greater than 0.")
    return _transformed("jacrev", func, argnums, {"has_aux": has_aux, "chunk_size": chunk_size})


def jacfwd(func, argnums=0, has_aux=False, *, randomness="error"):
    return _transformed("jacfwd", func, argnums, {"has_aux": has_aux, "randomness": randomness})


def hessian(func, argnums=0):
    return _transformed("hessian", func, argnums)


def vjp(func, *primals, has_aux=False):
    value, pull, *aux = run("bridge.vjp", _named(func), Tree(primals), {"has_aux": has_aux})

    def vjp_fn(cotangents, retain_graph=True, create_graph=None):
        return run("bridge.callFunction", pull, [Tree(cotangents)])

    return (value, vjp_fn, *aux)


def jvp(func, primals, tangents, *, strict=False, has_aux=False):
    return run("bridge.jvp", _named(func), Tree(primals), Tree(tangents), {"strict": strict, "has_aux": has_aux})


def linearize(func, *primals):
    value, push = run("bridge.linearize", _named(func), Tree(primals))
    return value, lambda *tangents: run("bridge.callFunction", push, Tree(tangents))


def functionalize(func, *, remove="mutations"):
    run("bridge.functionalize", func, {"remove": remove})

    @functools.wraps(func)
    def wrapped(*args, **kwargs):
        return func(*args, **kwargs)

    return wrapped


def debug_unwrap(tensor, *, recurse=True):
    return run("bridge.debugUnwrap", tensor, {"recurse": recurse})


def stack_module_state(models):
    from . import stack

    if len(models) == 0:
        raise RuntimeError("stack_module_state: Expected at least one model, got 0.")
    if not (all(m.training for m in models) or all(not m.training for m in models)):
        raise RuntimeError("stack_module_state: Expected all models to have the same training/eval mode.")
    if not all(type(m) is type(models[0]) for m in models):
        raise RuntimeError("stack_module_state: Expected all models to be of the same class.")
    for name, *tensors in zip(dict(models[0].named_parameters()), *(m.parameters() for m in models)):
        if any(t.requires_grad != tensors[0].requires_grad for t in tensors):
            raise RuntimeError(f"Expected {name} from each model to have the same .requires_grad")

    def stacked(dicts, leaves):
        made = {}
        for name, first in dicts[0].items():
            whole = stack([d[name] for d in dicts]).detach()
            made[name] = whole.requires_grad_(first.requires_grad) if leaves else whole
        return made

    return (
        stacked([dict(m.named_parameters()) for m in models], True),
        stacked([dict(m.named_buffers()) for m in models], False),
    )


def replace_all_batch_norm_modules_(root):
    from .nn.modules.batchnorm import _BatchNorm

    for module in root.modules():
        if isinstance(module, _BatchNorm) and module.track_running_stats:
            module.running_mean = module.running_var = module.num_batches_tracked = None
            module.track_running_stats = False
    return root
