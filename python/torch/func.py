"""torch.func: functions of functions. Batches are gone through one by one."""

import functools

from . import autograd
from ._tensor import Tensor
from .nn.functional_call import functional_call  # noqa: F401


def _argnums(argnums):
    return (argnums,) if isinstance(argnums, int) else tuple(argnums)


def _tree_map(f, x):
    if isinstance(x, Tensor):
        return f(x)
    if isinstance(x, dict):
        return {k: _tree_map(f, v) for k, v in x.items()}
    if isinstance(x, (tuple, list)):
        return type(x)(_tree_map(f, v) for v in x)
    return x


def _leaves(x):
    found = []
    _tree_map(found.append, x)
    return found


def _tracked(x):
    """A tensor to take gradients with respect to; of a graph that is being recorded it stays a part."""
    return _tree_map(lambda t: t.view_as(t) if t.requires_grad else t.detach().requires_grad_(), x)


def _is_outer(x):
    return any(t.requires_grad for t in _leaves(x))


def grad_and_value(func, argnums=0, has_aux=False):
    from . import zeros_like

    @functools.wraps(func)
    def wrapper(*args, **kwargs):
        outer = _is_outer(args)
        with autograd.enable_grad():
            args = list(args)
            for i in _argnums(argnums):
                args[i] = _tracked(args[i])
            result = func(*args, **kwargs)
            value, aux = result if has_aux else (result, None)
            if not isinstance(value, Tensor):
                raise RuntimeError(
                    f"grad_and_value(f)(*args): Expected f(*args) to return a Tensor, got unsupported type {type(value)}"
                )
            if value.dim() != 0:
                raise RuntimeError(
                    f"grad_and_value(f)(*args): Expected f(*args) to return a scalar Tensor, got tensor with {value.dim()} dims. Maybe you wanted to use the vjp or jacrev APIs instead?"
                )
            wanted = [args[i] for i in _argnums(argnums)]
            flat = _leaves(wanted)
            got = iter(
                autograd.grad(value, flat, create_graph=True, allow_unused=True) if value.requires_grad else [None] * len(flat)
            )
            grads = _tree_map(lambda t: g if (g := next(got)) is not None else zeros_like(t), wanted)
        if not outer:
            grads, value, aux = (_tree_map(lambda t: t.detach(), x) for x in (grads, value, aux))
        grads = grads[0] if isinstance(argnums, int) else tuple(grads)
        return (grads, (value, aux)) if has_aux else (grads, value)

    return wrapper


def grad(func, argnums=0, has_aux=False):
    both = grad_and_value(func, argnums, has_aux)

    @functools.wraps(func)
    def wrapper(*args, **kwargs):
        grads, value = both(*args, **kwargs)
        return (grads, value[1]) if has_aux else grads

    return wrapper


def vjp(func, *primals, has_aux=False):
    from . import zeros_like

    outer = _is_outer(primals)
    with autograd.enable_grad():
        xs = _tracked(primals)
        result = func(*xs)
        value, aux = result if has_aux else (result, None)

    def pull(*cotangents):
        ys, flat = _leaves(value), _leaves(xs)
        vs = _leaves(cotangents)
        got = iter(autograd.grad(ys, flat, vs, retain_graph=True, create_graph=outer, allow_unused=True))
        grads = _tree_map(lambda t: g if (g := next(got)) is not None else zeros_like(t), xs)
        return grads

    shown = value if outer else _tree_map(lambda t: t.detach(), value)
    return (shown, pull, aux) if has_aux else (shown, pull)


def jvp(func, primals, tangents, has_aux=False):
    result = []

    def f(*xs):
        result.append(func(*xs))
        return result[-1][0] if has_aux else result[-1]

    value, product = autograd.functional.jvp(f, tuple(primals), tuple(tangents))
    return (value, product, result[-1][1]) if has_aux else (value, product)


def jacrev(func, argnums=0, has_aux=False, **options):
    from . import stack, zeros_like

    def wrapper(*args, **kwargs):
        outer = _is_outer(args)
        with autograd.enable_grad():
            args = list(args)
            for i in _argnums(argnums):
                args[i] = _tracked(args[i])
            wanted = [args[i] for i in _argnums(argnums)]
            result = func(*args, **kwargs)
            value, aux = result if has_aux else (result, None)

            def rows(y, x):
                flat = y.reshape(-1)
                made = []
                for j in range(flat.numel()):
                    g = None
                    if flat.requires_grad:
                        (g,) = autograd.grad(flat[j], x, create_graph=True, allow_unused=True)
                    made.append(zeros_like(x) if g is None else g)
                return stack(made).reshape(*y.shape, *x.shape)

            def of(y):
                made = tuple(_tree_map(lambda x: rows(y, x), x) for x in wanted)
                return made[0] if isinstance(argnums, int) else made

            jacobian = _tree_map(of, value)
        if not outer:
            jacobian, aux = (_tree_map(lambda t: t.detach(), x) for x in (jacobian, aux))
        return (jacobian, aux) if has_aux else jacobian

    return wrapper


jacfwd = jacrev


def hessian(func, argnums=0):
    return jacrev(jacrev(func, argnums), argnums)


def vmap(func, in_dims=0, out_dims=0, randomness="error", chunk_size=None):
    from . import stack

    def wrapper(*args, **kwargs):
        dims = in_dims if isinstance(in_dims, (tuple, list)) else (in_dims,) * len(args)
        if len(dims) != len(args):
            raise ValueError(
                f"vmap({getattr(func, '__name__', func)}, in_dims={in_dims}, ...)(<inputs>): in_dims is not compatible with the structure of `inputs`."
            )
        sizes = [t.size(d) for a, d in zip(args, dims) if d is not None for t in _leaves(a)]
        if not sizes:
            raise ValueError("vmap: at least one input must have a dim to map over")
        if len(set(sizes)) > 1:
            raise ValueError(
                f"vmap: Expected all tensors to have the same size in the mapped dimension, got sizes {sizes} for the mapped dimension"
            )
        made = [
            func(*[a if d is None else _tree_map(lambda t: t.select(d, i), a) for a, d in zip(args, dims)], **kwargs)
            for i in range(sizes[0])
        ]

        def joined(results, dim):
            first = results[0]
            if isinstance(first, Tensor):
                return stack(list(results), dim)
            if isinstance(first, dict):
                return {k: joined([r[k] for r in results], dim) for k in first}
            several = dim if isinstance(dim, (tuple, list)) else (dim,) * len(first)
            return type(first)(joined(part, d) for part, d in zip(zip(*results), several))

        return joined(made, out_dims)

    return wrapper
