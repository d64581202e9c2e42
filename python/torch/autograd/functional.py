"""torch.autograd.functional: Jacobians, Hessians and products with them, by rows of gradients."""


def _tuple(x):
    return (x, True) if isinstance(x, tuple) else ((x,), False)


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


def _grad(output, inputs, grad_output=None, create_graph=False, strict=None):
    from . import grad
    from .. import zeros_like

    if not output.requires_grad:
        return tuple(zeros_like(x) for x in inputs)
    grads = grad(
        output, inputs, grad_output, retain_graph=True, create_graph=create_graph, allow_unused=True
    )
    if strict is not None:
        _check_dependence(grads, strict, create_graph)
    return tuple(zeros_like(x) if g is None else g for g, x in zip(grads, inputs))


def _check_dependence(grads, output, create_graph):
    """What strict mode asks of gradients: that every input matters; `output` begins the sentence."""
    for i, g in enumerate(grads):
        if g is None:
            raise RuntimeError(
                f"{output} of the user-provided function is independent of input {i}. This is not allowed in strict mode."
            )
        if create_graph and not g.requires_grad:
            raise RuntimeError(
                f"The jacobian of the user-provided function is independent of input {i}. This is not allowed in strict mode when create_graph=True."
            )


def _check_outputs(outputs):
    for i, y in enumerate(outputs):
        if not y.requires_grad:
            raise RuntimeError(
                f"Output {i} of the user-provided function does not require gradients. The outputs must be computed in a differentiable manner from the input when running in strict mode."
            )


def _products(outputs, inputs, vectors, create_graph):
    """Vectors times Jacobian, zeros for inputs that nothing depends on."""
    from . import grad
    from .. import zeros_like

    pairs = [(y, v) for y, v in zip(outputs, vectors) if y.requires_grad]
    if not pairs:
        return tuple(zeros_like(x) for x in inputs)
    ys, vs = zip(*pairs)
    grads = grad(ys, inputs, vs, create_graph=create_graph, allow_unused=True)
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

    if strategy == "forward-mode" and not vectorize:
        raise NotImplementedError(
            "Computing Jacobian using forward-AD or forward-over-reverse Hessian isonly implemented for `vectorize=True`."
        )
    if strategy == "forward-mode" and strict:
        raise RuntimeError(
            'torch.autograd.functional.jacobian: `strict=True` and `strategy="forward-mode"` are not supported together (yet). Please either set `strict=False` or `strategy="reverse-mode"`.'
        )
    if vectorize and strict:
        raise RuntimeError(
            "torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not supported together. Please either set `strict=False` or `vectorize=False`."
        )
    with enable_grad():
        given, several = _given(inputs, "jacobian")
        xs = _prepared(given, create_graph)
        ys, several_out = _outputs(func, xs, "jacobian")
        if strict:
            _check_outputs(ys)
        rows = []
        for i, y in enumerate(ys):
            flat = y.reshape(-1)
            per_input = [[] for _ in xs]
            for j in range(flat.numel()):
                for k, g in enumerate(_grad(flat[j], xs, None, create_graph, f"Output {i}" if strict else None)):
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
        y = f(*xs)
        if strict:
            _check_outputs([y])
        grads = _grad(y, xs, create_graph=True)
        for i, g in enumerate(grads):
            if strict and not g.requires_grad:
                raise RuntimeError(
                    f"While computing the hessian, found that the jacobian of the user-provided function with respect to input {i} is independent of the input. This is not allowed in strict mode. You should ensure that your function is twice differentiable and that the jacobian depends on the inputs (this would be violated by a linear function for example)."
                )
        return grads if several else grads[0]

    return jacobian(first, inputs, create_graph=create_graph, strict=strict)


def _vectors(v, inputs, name, several):
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
    if len(vs) != len(inputs) and not several:
        raise RuntimeError("The given v should contain a single Tensor.")
    if len(vs) != len(inputs):
        raise RuntimeError(f"v is a tuple of invalid length: should be {len(inputs)} but got {len(vs)}.")
    for i, (x, y) in enumerate(zip(vs, inputs)):
        if x.size() != y.size():
            prepend = f"Entry {i} in " if several else ""
            raise RuntimeError(f"{prepend}v has invalid size: should be {y.size()} but got {x.size()}.")
    return vs


def vjp(func, inputs, v=None, create_graph=False, strict=False):
    from .. import enable_grad

    with enable_grad():
        given, several = _given(inputs, "vjp")
        xs = _prepared(given, create_graph)
        ys, several_out = _outputs(func, xs, "vjp")
        vs = _vectors(v, ys, "vjp", several_out)
        if strict:
            _check_outputs(ys)
        grads = _products(ys, xs, vs, create_graph)
    ys = ys if create_graph else tuple(y.detach() for y in ys)
    return (ys if several_out else ys[0]), (grads if several else grads[0])


def jvp(func, inputs, v=None, create_graph=False, strict=False):
    from .. import enable_grad, zeros_like

    with enable_grad():
        given, several = _given(inputs, "jvp")
        vs = _vectors(v, given, "jvp", several)
        xs = _prepared(given, create_graph)
        ys, several_out = _outputs(func, xs, "jvp")
        dummies = tuple(zeros_like(y).requires_grad_() for y in ys)
        grads = _products(ys, xs, dummies, True)
        products = _products(grads, dummies, vs, create_graph)
    if not create_graph:
        ys, products = tuple(y.detach() for y in ys), tuple(p.detach() for p in products)
    return (ys if several_out else ys[0]), (products if several_out else products[0])


def vhp(func, inputs, v=None, create_graph=False, strict=False):
    return _hessian_product("vhp", func, inputs, v, create_graph)


def hvp(func, inputs, v=None, create_graph=False, strict=False):
    return _hessian_product("hvp", func, inputs, v, create_graph)


def _hessian_product(name, func, inputs, v, create_graph):
    """With a symmetric Hessian both sides are the same."""
    from .. import enable_grad

    with enable_grad():
        given, several = _given(inputs, name)
        vs = _vectors(v, given, name, several)
        xs = _prepared(given, create_graph)
        y = _scalar(func, name)(*xs)
        first = _grad(y, xs, create_graph=True)
        products = _products(first, xs, vs, create_graph)
    if not create_graph:
        y, products = y.detach(), tuple(p.detach() for p in products)
    return y, (products if several else products[0])

