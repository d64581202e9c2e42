"""torch.func: functions of functions. Batches are gone through one by one."""

import contextlib
import functools

from . import _bridge, autograd
from ._bridge import run
from ._tensor import Tensor
from .nn.functional_call import functional_call  # noqa: F401


def _argnums(argnums, args):
    made = (argnums,) if isinstance(argnums, int) else tuple(argnums)
    for n in made:
        if not -len(args) <= n < len(args):
            raise RuntimeError(f"Got argnum={n}, but only {len(args)} positional inputs")
    return made


def _tree_map(f, x):
    if isinstance(x, Tensor):
        return f(x)
    if isinstance(x, dict):
        return type(x)((k, _tree_map(f, v)) for k, v in x.items())
    if isinstance(x, (tuple, list)):
        return _like(x, [_tree_map(f, v) for v in x])
    return x


def _like(x, items):
    """Items in a sequence of the kind of `x`."""
    return type(x)(*items) if hasattr(x, "_fields") else type(x)(items)


def _leaves(x):
    found = []
    _tree_map(found.append, x)
    return found


def _leaf(t):
    """A leaf of a transform's own."""
    return run("bridge.ownLeaf", t.requires_grad_())


class _Transform:
    """Runs what a function of a function is given, and knows what the program had before."""

    def __init__(self, kind):
        from . import empty, is_grad_enabled

        self.kind, self.leaves = kind, []
        self.recording = is_grad_enabled()
        self._mark = empty(0)
        self.start = self._mark._number  # what has a lower number was there before

    @contextlib.contextmanager
    def running(self):
        _bridge._transforms.append(self)
        try:
            yield
        finally:
            _bridge._transforms.pop()

    def tracked(self, x):
        """A tensor to take gradients with respect to; of a graph that is being recorded it stays a part."""
        made = _tree_map(lambda t: t.view_as(t) if t.requires_grad else _leaf(t.detach()), x)
        self.leaves += [t for t in _leaves(made) if t.is_leaf]
        return made

    def tracked_at(self, args, places):
        """The arguments, those at `places` tracked."""
        args = list(args)
        for i in places:
            args[i] = self.tracked(args[i])
        return args

    def settled(self, *results):
        """The results, cut from the graph of this transform unless they are a part of the program's, too."""
        leaves = [t for x in results for t in _leaves(x) if t.requires_grad]
        running = [t for transform in _bridge._transforms for t in transform.leaves]
        outer = self.recording and leaves and run("bridge.leadsBeyond", leaves, running)
        return results if outer else tuple(_tree_map(lambda t: t.detach(), x) for x in results)


def _with_aux(name, result, has_aux):
    if not has_aux:
        return result, None
    if not (isinstance(result, tuple) and len(result) == 2):
        raise RuntimeError(f"{name}: output of function f should be a tuple: (output, aux) if has_aux is True")
    return result


def _checked(name, value):
    """Outputs that can be differentiated: tensors, in tuples, lists and dicts."""
    if isinstance(value, dict):
        for v in value.values():
            _checked(name, v)
    elif isinstance(value, (tuple, list)):
        for v in value:
            _checked(name, v)
    elif not isinstance(value, Tensor):
        raise RuntimeError(f"{name}: expected f(*primals) to return only tensors, got unsupported type {type(value)}")
    return value


def _products(ys, xs, vs, create_graph=True):
    """Gradients of `ys` times `vs`, zeros where nothing depends."""
    from . import zeros_like

    pairs = [(y, v) for y, v in zip(ys, vs) if y.requires_grad]
    if not pairs:
        return [zeros_like(x) for x in xs]
    ys, vs = zip(*pairs)
    got = autograd.grad(ys, xs, vs, retain_graph=True, create_graph=create_graph, allow_unused=True)
    return [zeros_like(x) if g is None else g for g, x in zip(got, xs)]


def _unflatten(tree, leaves):
    leaves = iter(leaves)
    return _tree_map(lambda t: next(leaves), tree)


def grad_and_value(func, argnums=0, has_aux=False):
    @functools.wraps(func)
    def wrapper(*args, **kwargs):
        name = "grad_and_value(f)(*args)"
        transform = _Transform("grad")
        places = _argnums(argnums, args)
        with autograd.enable_grad(), transform.running():
            args = transform.tracked_at(args, places)
            value, aux = _with_aux(name, func(*args, **kwargs), has_aux)
            if not isinstance(value, Tensor):
                raise RuntimeError(f"{name}: Expected f(*args) to return a Tensor, got {type(value)}")
            if value.dim() != 0:
                raise RuntimeError(
                    f"{name}: Expected f(*args) to return a scalar Tensor, got tensor with {value.dim()} dims. Maybe you wanted to use the vjp or jacrev APIs instead?"
                )
            wanted = [args[i] for i in places]
            grads = _unflatten(wanted, _products([value], _leaves(wanted), [value.new_ones(())]))
        grads, value, aux = transform.settled(grads, value, aux)
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
    from . import is_grad_enabled

    transform = _Transform("grad")
    with autograd.enable_grad(), transform.running():
        xs = transform.tracked(primals)
        value, aux = _with_aux("vjp(f, *primals)", func(*xs), has_aux)
        _checked("vjp(f, *primals)", value)

    def pull(*cotangents, retain_graph=True, create_graph=None):
        again = _Transform("grad")
        if len(cotangents) == 1 and (isinstance(value, Tensor) or isinstance(cotangents[0], type(value))):
            cotangents = cotangents[0]
        with autograd.enable_grad():
            grads = _unflatten(xs, _products(_leaves(value), _leaves(xs), _leaves(cotangents)))
        (grads,) = again.settled(grads)
        return grads

    shown, aux = transform.settled(value, aux)
    return (shown, pull, aux) if has_aux else (shown, pull)


def jvp(func, primals, tangents, *, strict=False, has_aux=False):
    from . import zeros_like

    name = "jvp(f, primals, tangents)"
    if not isinstance(primals, tuple):
        raise RuntimeError(f"{name}: Expected primals to be a tuple. E.g. it should be valid to call f(*primals).")
    if _structure(primals) != _structure(tangents):
        raise RuntimeError(
            f"{name}: Expected primals and tangents to have the same python structure. For example, if primals is a tuple of 3 tensors, tangents also must be. Got primals with structure {_structure(primals)} and tangents with structure {_structure(tangents)}"
        )
    for x, v in zip(_leaves(primals), _leaves(tangents)):
        if x.shape != v.shape:
            raise RuntimeError(
                f"Trying to set a forward gradient that has a different size than that of the original Tensor, this is not supported. Tensor is of size {list(x.shape)} while the given forward gradient is of size {list(v.shape)}."
            )
    transform = _Transform("grad")
    with autograd.enable_grad(), transform.running():
        xs = transform.tracked(primals)
        value, aux = _with_aux(name, func(*xs), has_aux)
        ys = _leaves(_checked(name, value))
        # The product with the transposed Jacobian is linear in its vector: its own derivative is the Jacobian.
        dummies = [_leaf(zeros_like(y)) for y in ys]
        transposed = _products(ys, _leaves(xs), dummies)
        made = _products(transposed, dummies, _leaves(tangents))
    if strict and not all(run("bridge.leadsTo", [y], _leaves(xs)) for y in ys):
        raise RuntimeError(
            "jvp(f, primals, tangents, strict=True): The output of f is independent of the inputs. This is not allowed with strict=True."
        )
    value, product, aux = transform.settled(value, _unflatten(value, made), aux)
    return (value, product, aux) if has_aux else (value, product)


def _structure(x):
    if isinstance(x, dict):
        return f"TreeSpec(dict, {list(x)}, [{_structures(x.values())}])"
    if isinstance(x, (tuple, list)):
        return f"TreeSpec({type(x).__name__}, None, [{_structures(x)}])"
    return "*"


def _structures(xs):
    return ",\n  ".join(map(_structure, xs))


def jacrev(func, argnums=0, *, has_aux=False, chunk_size=None, _preallocate_and_copy=False):
    @functools.wraps(func)
    def wrapper(*args, **kwargs):
        from . import stack, zeros_like

        transform = _Transform("grad")
        places = _argnums(argnums, args)
        with autograd.enable_grad(), transform.running():
            args = transform.tracked_at(args, places)
            wanted = [args[i] for i in places]
            value, aux = _with_aux("jacrev(f, *primals)", func(*args, **kwargs), has_aux)
            _checked("vjp(f, *primals)", value)
            xs = _leaves(wanted)

            def rows(y):
                flat = y.reshape(-1)
                made = [_products([flat[j]], xs, [flat.new_ones(())]) for j in range(flat.numel())]
                columns = zip(*made) if made else ([] for _ in xs)
                whole = [
                    stack(list(column)).reshape((*y.shape, *x.shape)) if made else y.new_zeros((*y.shape, *x.shape))
                    for column, x in zip(columns, xs)
                ]
                by_input = _unflatten(wanted, whole)
                return by_input[0] if isinstance(argnums, int) else tuple(by_input)

            jacobian = _tree_map(rows, value)
        jacobian, aux = transform.settled(jacobian, aux)
        return (jacobian, aux) if has_aux else jacobian

    return wrapper


def jacfwd(func, argnums=0, has_aux=False, *, randomness="error"):
    return jacrev(func, argnums, has_aux=has_aux)


def hessian(func, argnums=0):
    return jacfwd(jacrev(func, argnums), argnums)


RANDOM = "vmap: called random operation while in randomness error mode. Please either use the 'same' or 'different' randomness flags on vmap or perform the randomness operation out of vmap"


def vmap(func, in_dims=0, out_dims=0, randomness="error", *, chunk_size=None):
    if randomness not in ("error", "different", "same"):
        raise RuntimeError(f"Only allowed values for randomness are 'error', 'different', or 'same'. Got {randomness}")
    name = getattr(func, "__name__", repr(func))

    @functools.wraps(func)
    def wrapper(*args, **kwargs):
        from . import equal, get_rng_state, set_rng_state

        dims = _dims(f"vmap({name}, in_dims={in_dims}, ...)(<inputs>)", name, in_dims, args)
        sizes = [t.size(d) for t, d in dims if d is not None]
        if len(set(sizes)) > 1:
            raise ValueError(
                f"vmap: Expected all tensors to have the same size in the mapped dimension, got sizes {sizes} for the mapped dimension"
            )
        transform = _Transform("vmap")
        state = None if randomness == "different" else get_rng_state()
        made = []
        for i in range(sizes[0]):
            parts = iter(dims)
            given = _tree_map_all(lambda x: x if (td := next(parts))[1] is None else x.select(td[1], i), args)
            if randomness == "same":
                set_rng_state(state)
            with transform.running():
                made.append(func(*given, **kwargs))
            if i == 0 and randomness == "error" and not equal(state, get_rng_state()):
                set_rng_state(state)
                raise RuntimeError(RANDOM)
        return _joined(name, made, out_dims, out_dims)

    return wrapper


def _tree_map_all(f, x):
    """_tree_map for all that is no container."""
    if isinstance(x, dict):
        return type(x)((k, _tree_map_all(f, v)) for k, v in x.items())
    if isinstance(x, (tuple, list)):
        return _like(x, [_tree_map_all(f, v) for v in x])
    return f(x)


def _dims(told, name, in_dims, args):
    """Every leaf of the arguments and the dim that is mapped over, or None."""
    if not args:
        raise ValueError(
            f"vmap({name})(<inputs>): got no inputs. Maybe you forgot to add inputs, or you are trying to vmap over a function with no inputs. The latter is unsupported."
        )
    if not isinstance(in_dims, (int, tuple)):
        raise ValueError(
            f"{told}: expected `in_dims` to be int or a (potentially nested) tuple matching the structure of inputs, got: {type(in_dims)}."
        )
    found = []

    def visit(x, dim):
        if isinstance(x, dict):
            of = {k: dim for k in x} if dim is None or isinstance(dim, int) else dim
            if not isinstance(of, dict) or of.keys() != x.keys():
                raise _Mismatch()
            for k in x:
                visit(x[k], of[k])
        elif isinstance(x, (tuple, list)):
            of = [dim] * len(x) if dim is None or isinstance(dim, int) else dim
            if not isinstance(of, (tuple, list)) or len(of) != len(x):
                raise _Mismatch()
            for y, d in zip(x, of):
                visit(y, d)
        else:
            if not (dim is None or isinstance(dim, int)):
                raise _Mismatch()
            if dim is not None:
                if not isinstance(x, Tensor):
                    raise ValueError(
                        f"{told}: Got in_dim={dim} for an input but the input is of type {type(x)}. We cannot vmap over non-Tensor arguments, please use None as the respective in_dim"
                    )
                n = x.dim()
                if not -n <= dim < n:
                    raise ValueError(
                        f"{told}: Got in_dim={dim} for some input, but that input is a Tensor of dimensionality {n} so expected in_dim to satisfy -{n} <= in_dim < {n}."
                    )
            found.append((x, dim))

    try:
        visit(args, in_dims)
    except _Mismatch:
        raise ValueError(
            f"{told}: in_dims is not compatible with the structure of `inputs`. in_dims has structure {_structure(in_dims)} but inputs has structure {_structure(args)}."
        ) from None
    if all(d is None for _, d in found):
        raise ValueError(
            f"{told}: in_dims has no dimension to map over. Please set at least one of them to an int."
        )
    return found


class _Mismatch(Exception):
    pass


def _joined(name, results, dim, out_dims):
    from . import stack

    first = results[0]
    if isinstance(first, Tensor) and (dim is None or isinstance(dim, int)):
        return first if dim is None else stack(list(results), dim)
    if isinstance(first, dict):
        return {k: _joined(name, [r[k] for r in results], dim[k] if isinstance(dim, dict) else dim, out_dims) for k in first}
    if isinstance(first, (tuple, list)):
        several = [dim] * len(first) if dim is None or isinstance(dim, int) else dim
        if len(several) == len(first):
            return _like(first, [_joined(name, part, d, out_dims) for part, d in zip(zip(*results), several)])
    elif not isinstance(first, Tensor):
        if dim is None:
            return first
        raise ValueError(
            f"vmap({name}, ...): `{name}` must only return Tensors, got type {type(first)}. Did you mean to set out_dims= to None for output?"
        )
    raise ValueError(
        f"vmap({name}, ..., out_dims={out_dims})(<inputs>): out_dims is not compatible with the structure of `outputs`. out_dims has structure {_structure(out_dims)} but outputs has structure {_structure(first)}."
    )
