"""torch.autograd.functional: Jacobians, Hessians and products with them."""

from .._bridge import Tree, run


def _run(name, func, inputs, *rest, **options):
    return run("functional." + name, lambda *xs: Tree(func(*xs)), Tree(inputs), *map(Tree, rest), options)


def _lists(made):
    """Forwards PyTorch gives lists of lists."""
    return [_lists(part) for part in made] if isinstance(made, tuple) else made


def jacobian(func, inputs, create_graph=False, strict=False, vectorize=False, strategy="reverse-mode"):
    options = {"create_graph": create_graph, "strict": strict, "vectorize": vectorize, "strategy": strategy}
    made = _run("jacobian", func, inputs, **options)
    return _lists(made) if strategy == "forward-mode" and isinstance(inputs, tuple) else made


def hessian(func, inputs, create_graph=False, strict=False, vectorize=False, outer_jacobian_strategy="reverse-mode"):
    options = {"create_graph": create_graph, "strict": strict, "vectorize": vectorize}
    made = _run("hessian", func, inputs, **options, outer_jacobian_strategy=outer_jacobian_strategy)
    return _lists(made) if outer_jacobian_strategy == "forward-mode" else made


def vjp(func, inputs, v=None, create_graph=False, strict=False):
    return _run("vjp", func, inputs, v, create_graph=create_graph, strict=strict)


def jvp(func, inputs, v=None, create_graph=False, strict=False):
    return _run("jvp", func, inputs, v, create_graph=create_graph, strict=strict)


def vhp(func, inputs, v=None, create_graph=False, strict=False):
    return _run("vhp", func, inputs, v, create_graph=create_graph, strict=strict)


def hvp(func, inputs, v=None, create_graph=False, strict=False):
    return _run("hvp", func, inputs, v, create_graph=create_graph, strict=strict)
