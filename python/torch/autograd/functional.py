"""torch.autograd.functional: Jacobians, Hessians and products with them, by rows of gradients."""


def _tuple(x):
    return (tuple(x), True) if isinstance(x, (tuple, list)) else ((x,), False)


def _given(inputs, name):
    """The inputs as a tuple, and whether they were one."""
    from .. import Tensor

    made, several = _tuple(inputs)
    for i, x in enumerate(made):
        if not isinstance(x, Tensor):
            where = f"the value at index {i}" if several else "the given inputs"
            raise TypeError(
                f"The inputs given to {name} must be either a Tensor or a tuple of Tensors but {where} has type {type(x)}."
            )
    return made, several


def _prepared(inputs, create_graph):
    made = []
    for x in inputs:
        made.append(x.view_as(x) if create_graph and x.requires_grad else x.detach().clone().requires_grad_())
    return tuple(made)


def _grad(output, inputs, grad_output=None, create_graph=False):
    from . import grad
    from .. import zeros_like

    if not output.requires_grad:
        return tuple(zeros_like(x) for x in inputs)
    grads = grad(
        output, inputs, grad_output, retain_graph=True, create_graph=create_graph, allow_unused=True
    )
    return tuple(zeros_like(x) if g is None else g for g, x in zip(grads, inputs))


def _outputs(func, inputs, name):
    from .. import Tensor

    result, several = _tuple(func(*inputs))
    for i, r in enumerate(result):
        if not isinstance(r, Tensor):
            raise TypeError(
                f"The outputs of the user-provided function given to {name} must be either a Tensor or a tuple of Tensors but the value at index {i} has type {type(r)}."
                if several
                else f"The outputs of the user-provided function given to {name} must be either a Tensor or a tuple of Tensors but the given outputs of the user-provided function has type {type(r)}."
            )
    return result, several


def jacobian(func, inputs, create_graph=False, strict=False, vectorize=False, strategy="reverse-mode"):
    from .. import enable_grad, stack

    with enable_grad():
        given, several = _given(inputs, "jacobian")
        xs = _prepared(given, create_graph)
        ys, several_out = _outputs(func, xs, "jacobian")
        if strict:
            for i, y in enumerate(ys):
                if not y.requires_grad:
                    raise RuntimeError(
                        f"Output {i} of the user-provided function does not require gradients. The outputs must be computed in a differentiable manner from the input when running in strict mode."
                    )
        rows = []
        for y in ys:
            flat = y.reshape(-1)
            per_input = [[] for _ in xs]
            for j in range(flat.numel()):
                for k, g in enumerate(_grad(flat[j], xs, create_graph=create_graph)):
                    per_input[k].append(g)
            rows.append(
                tuple(
                    stack(gs).view(tuple(y.shape) + tuple(x.shape)) if gs else y.new_zeros(tuple(y.shape) + tuple(x.shape))
                    for gs, x in zip(per_input, xs)
                )
            )
    if not create_graph:
        rows = [tuple(t.detach() for t in row) for row in rows]
    made = tuple(row if several else row[0] for row in rows)
    return made if several_out else made[0]


def _scalar(func, name):
    def checked(*xs):
        out = func(*xs)
        if isinstance(out, (tuple, list)):
            raise RuntimeError(f"The function given to {name} should return a single Tensor")
        if out.numel() != 1:
            raise RuntimeError(f"The Tensor returned by the function given to {name} should contain a single element")
        return out.reshape(())

    return checked


def hessian(func, inputs, create_graph=False, strict=False, vectorize=False, outer_jacobian_strategy="reverse-mode"):
    given, several = _given(inputs, "hessian")
    f = _scalar(func, "hessian")

    def first(*xs):
        xs = tuple(x if x.requires_grad else x.requires_grad_() for x in xs)
        grads = _grad(f(*xs), xs, create_graph=True)
        return grads if several else grads[0]

    return jacobian(first, inputs, create_graph=create_graph)


def _vectors(v, inputs, name):
    from .. import ones_like

    if v is None:
        if len(inputs) != 1 or inputs[0].numel() != 1:
            raise RuntimeError(
                "The vector v can only be None if the user-provided function returns a single Tensor with a single element."
                if name == "vjp"
                else "The vector v can only be None if the input to the user-provided function is a single Tensor with a single element."
            )
        return tuple(ones_like(x) for x in inputs)
    vs = _tuple(v)[0]
    if len(vs) != len(inputs):
        raise RuntimeError(f"v is a tuple of invalid length: should be {len(inputs)} but got {len(vs)}.")
    for i, (x, y) in enumerate(zip(vs, inputs)):
        if x.size() != y.size():
            prepend = f"Entry {i} in " if len(vs) > 1 else ""
            raise RuntimeError(f"{prepend}v has invalid size: should be {y.size()} but got {x.size()}.")
    return vs


def vjp(func, inputs, v=None, create_graph=False, strict=False):
    from .. import enable_grad

    with enable_grad():
        given, several = _given(inputs, "vjp")
        xs = _prepared(given, create_graph)
        ys, several_out = _outputs(func, xs, "vjp")
        vs = _vectors(v, ys, "vjp")
        from . import grad
        from .. import zeros_like

        grads = grad(ys, xs, vs, create_graph=create_graph, allow_unused=True)
        grads = tuple(zeros_like(x) if g is None else g for g, x in zip(grads, xs))
    ys = ys if create_graph else tuple(y.detach() for y in ys)
    return (ys if several_out else ys[0]), (grads if several else grads[0])


def jvp(func, inputs, v=None, create_graph=False, strict=False):
    from .. import enable_grad, zeros_like
    from . import grad

    with enable_grad():
        given, several = _given(inputs, "jvp")
        vs = _vectors(v, given, "jvp")
        xs = _prepared(given, create_graph)
        ys, several_out = _outputs(func, xs, "jvp")
        dummies = tuple(zeros_like(y).requires_grad_() for y in ys)
        grads = grad(ys, xs, dummies, create_graph=True, allow_unused=True)
        grads = tuple(zeros_like(x) if g is None else g for g, x in zip(grads, xs))
        products = grad(grads, dummies, vs, create_graph=create_graph, allow_unused=True)
        products = tuple(zeros_like(y) if p is None else p for p, y in zip(products, ys))
    if not create_graph:
        ys, products = tuple(y.detach() for y in ys), tuple(p.detach() for p in products)
    return (ys if several_out else ys[0]), (products if several_out else products[0])


def vhp(func, inputs, v=None, create_graph=False, strict=False):
    return _hessian_product("vhp", func, inputs, v, create_graph)


def hvp(func, inputs, v=None, create_graph=False, strict=False):
    return _hessian_product("hvp", func, inputs, v, create_graph)


def _hessian_product(name, func, inputs, v, create_graph):
    """With a symmetric Hessian both sides are the same."""
    from .. import enable_grad, zeros_like
    from . import grad

    with enable_grad():
        given, several = _given(inputs, name)
        vs = _vectors(v, given, name)
        xs = _prepared(given, create_graph)
        y = _scalar(func, name)(*xs)
        first = _grad(y, xs, create_graph=True)
        products = grad(first, xs, vs, create_graph=create_graph, allow_unused=True)
        products = tuple(zeros_like(x) if p is None else p for p, x in zip(products, xs))
    if not create_graph:
        y, products = y.detach(), tuple(p.detach() for p in products)
    return y, (products if several else products[0])

