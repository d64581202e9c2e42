"""The nodes of a graph: what is called, and with what."""

import builtins
import operator

from .immutable_collections import immutable_dict, immutable_list

OPS = ("placeholder", "call_method", "call_module", "call_function", "get_attr", "output", "root")
_side_effects = set()


def has_side_effect(fn):
    """Keeps calls of a function, though nobody uses what they give."""
    _side_effects.add(fn)
    return fn


def map_aggregate(a, fn):
    """The same containers with what a function makes of what is in them."""
    if isinstance(a, tuple):
        made = tuple(map_aggregate(x, fn) for x in a)
        return type(a)(*made) if hasattr(a, "_fields") else made
    if isinstance(a, list):
        return immutable_list([map_aggregate(x, fn) for x in a])
    if isinstance(a, dict):
        return immutable_dict((k, map_aggregate(v, fn)) for k, v in a.items())
    if isinstance(a, slice):
        return slice(*(map_aggregate(x, fn) for x in (a.start, a.stop, a.step)))
    return fn(a)


def map_arg(a, fn):
    """The same containers with what a function makes of the nodes in them."""
    return map_aggregate(a, lambda x: fn(x) if isinstance(x, Node) else x)


def qualified_name(target):
    """A function as programs write it: torch.relu, operator.add."""
    name = getattr(target, "__qualname__", target.__name__)
    if getattr(builtins, target.__name__, None) is target:
        return target.__name__
    module = getattr(target, "__module__", None) or "builtins"
    return f"{'operator' if module == '_operator' else module}.{name}"


def _told(target):
    """A function as graphs show it."""
    name = qualified_name(target)
    return "builtins." + name if getattr(builtins, target.__name__, None) is target else name


class Node:
    """A call in a graph, or a place in it: an input, an attribute, the output."""

    def __init__(self, graph, name, op, target, args, kwargs, return_type=None):
        if op == "call_function":
            if not callable(target):
                raise ValueError(
                    f"Node [graph = {graph}, name = '{name}'] target {target} has type {type(target).__name__} but a Callable is expected"
                )
        elif not isinstance(target, str):
            raise ValueError(
                f"Node [graph = {graph}, name = '{name}'] target {target} has type {type(target).__name__} but a str is expected"
            )
        self.graph, self.name, self.op, self.target, self.type = graph, name, op, target, return_type
        self.users, self._input_nodes, self._args, self._kwargs = {}, {}, (), {}
        self._prev = self._next = self
        self._erased = False
        self.meta = {}
        self._update(args, kwargs)

    @property
    def next(self):
        return self._next

    @property
    def prev(self):
        return self._prev

    def prepend(self, x):
        """Moves another node before this one."""
        if x is self:
            return
        x._out()
        before = self._prev
        before._next, x._prev = x, before
        x._next, self._prev = self, x

    def append(self, x):
        """Moves another node behind this one."""
        self._next.prepend(x)

    def _out(self):
        self._prev._next, self._next._prev = self._next, self._prev

    @property
    def args(self):
        return self._args

    @args.setter
    def args(self, args):
        self._update(args, self._kwargs)

    @property
    def kwargs(self):
        return self._kwargs

    @kwargs.setter
    def kwargs(self, kwargs):
        self._update(self._args, kwargs)

    @property
    def all_input_nodes(self):
        return list(self._input_nodes)

    def update_arg(self, idx, arg):
        self.args = (*self.args[:idx], arg, *self.args[idx + 1 :])

    def insert_arg(self, idx, arg):
        self.args = (*self.args[:idx], arg, *self.args[idx:])

    def update_kwarg(self, key, arg):
        self.kwargs = {**self.kwargs, key: arg}

    def _update(self, args, kwargs):
        def used(n):
            self._input_nodes.setdefault(n)
            n.users.setdefault(self)
            return n

        for old in self._input_nodes:
            old.users.pop(self)
        self._input_nodes = {}
        self._args = map_arg(tuple(args), used)
        self._kwargs = map_arg(dict(kwargs), used)

    def replace_all_uses_with(self, replace_with, delete_user_cb=lambda user: True, *, propagate_meta=False):
        """Lets those that use this node use another. Gives them."""
        changed = [user for user in self.users if delete_user_cb(user)]
        for user in changed:
            user.replace_input_with(self, replace_with)
        if propagate_meta:
            replace_with.meta.update(self.meta)
        return changed

    def replace_input_with(self, old_input, new_input):
        swapped = lambda n: new_input if n is old_input else n  # noqa: E731
        self._update(map_arg(self.args, swapped), map_arg(self.kwargs, swapped))

    def is_impure(self):
        """Whether it does more than give a value."""
        if self.op in ("placeholder", "output"):
            return True
        if self.op == "call_function":
            return self.target in _side_effects or getattr(self.target, "__name__", "").endswith("_") and self.target.__name__[:2] != "__"
        if self.op == "call_method":
            return self.target.endswith("_") and not self.target.endswith("__")
        return False

    def __repr__(self):
        return self.name

    def __lt__(self, other):
        order = {n: i for i, n in enumerate(self.graph.nodes)}
        return order[self] < order[other]

    def _pretty_print_target(self, target):
        return target if isinstance(target, str) else _told(target)

    def format_node(self, placeholder_names=None, maybe_return_typename=None):
        """The node as a line of the graph's text."""
        users = f"[num_users={len(self.users)}]"
        kind = f": {_type_repr(self.type)} " if self.type is not None else ": "
        if self.op == "placeholder":
            default = f"(default={self.args[0]})" if self.args else ""
            return f"%{self.name} {kind}{users} = placeholder[target={self.target}]{default}"
        if self.op == "get_attr":
            return f"%{self.name} {kind}{users} = get_attr[target={self.target}]"
        if self.op == "output":
            return f"return {self.args[0]}"
        args, kwargs = _shown(self.args), _shown(self.kwargs)
        target = self._pretty_print_target(self.target)
        return f"%{self.name} {kind}{users} = {self.op}[target={target}](args = {args}, kwargs = {kwargs})"


def _type_repr(t):
    if isinstance(t, type):
        if t.__module__ in ("builtins",):
            return t.__qualname__
        return f"{t.__module__}.{t.__qualname__}"
    return "..." if t is ... else repr(t)


def _shown(x):
    if isinstance(x, Node):
        return "%" + x.name
    if isinstance(x, (list, tuple)):
        inner = ", ".join(map(_shown, x))
        if isinstance(x, list):
            return f"[{inner}]"
        return f"({inner},)" if len(x) == 1 else f"({inner})"
    if isinstance(x, dict):
        return "{" + ", ".join(f"{k}: {_shown(v)}" for k, v in x.items()) + "}"
    if isinstance(x, slice):
        return f"slice({_shown(x.start)}, {_shown(x.stop)}, {_shown(x.step)})"
    return str(x)


MAGIC = {
    "eq": "{} == {}", "ne": "{} != {}", "lt": "{} < {}", "gt": "{} > {}", "le": "{} <= {}", "ge": "{} >= {}",
    "pos": "+{}", "neg": "-{}", "invert": "~{}",
    "add": "{} + {}", "sub": "{} - {}", "mul": "{} * {}", "floordiv": "{} // {}", "truediv": "{} / {}", "mod": "{} % {}",
    "pow": "{} ** {}", "lshift": "{} << {}", "rshift": "{} >> {}", "and_": "{} & {}", "or_": "{} | {}", "xor": "{} ^ {}",
    "matmul": "{} @ {}", "getitem": "{}[{}]",
}  # fmt: skip
OPERATORS = {getattr(operator, name): text for name, text in MAGIC.items()}
