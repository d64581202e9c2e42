"""Graphs: nodes in order, and the code that they are."""

import builtins
import contextlib
import keyword
import math
import re

from .node import OPERATORS, Node, _type_repr, map_arg, qualified_name

RESERVED = {"inf", "nan", "NoneType", "torch", "device", "fx_pytree", "pytree", *dir(builtins), *keyword.kwlist}


def _snake_case(s):
    return re.sub(r"(?<=[a-z])([A-Z])", r"_\1", s).lower() if not s.islower() else s


class _Namespace:
    """Names that are taken."""

    def __init__(self):
        self._used, self._counts = set(), {}

    def create_name(self, candidate):
        candidate = re.sub(r"[^0-9a-zA-Z_]+", "_", candidate) or "_unnamed"
        if candidate[0].isdigit():
            candidate = "_" + candidate
        match = re.match(r"(.*)_(\d+)$", candidate)
        base, number = (match[1], int(match[2])) if match else (candidate, None)
        while candidate in self._used or candidate in RESERVED:
            number = (self._counts.get(base, 0) if number is None else number) + 1
            candidate = f"{base}_{number}"
        self._used.add(candidate)
        self._counts[base] = number or 0
        return candidate


class _NodeList:
    def __init__(self, graph, backwards=False):
        self._graph, self._backwards = graph, backwards

    def __len__(self):
        return self._graph._len

    def __iter__(self):
        root, step = self._graph._root, "_prev" if self._backwards else "_next"
        node = getattr(root, step)
        while node is not root:
            if not node._erased:
                yield node
            node = getattr(node, step)

    def __reversed__(self):
        return _NodeList(self._graph, not self._backwards)


class CodeGen:
    """How code is made of a graph."""


class PythonCode:
    def __init__(self, src, globals):
        self.src, self.globals = src, globals


class Graph:
    """A program as nodes: inputs, calls, and one output."""

    def __init__(self, owning_module=None, tracer_cls=None, tracer_extras=None):
        self._namespace = _Namespace()
        self._root = Node(self, "", "root", "", (), {})
        self._insert = self._root.prepend
        self._len = 0
        self.owning_module, self._tracer_cls = owning_module, tracer_cls

    @property
    def nodes(self):
        return _NodeList(self)

    def find_nodes(self, *, op, target=None, sort=True):
        return [n for n in self.nodes if n.op == op and (target is None or n.target == target)]

    def output_node(self):
        return next(iter(reversed(self.nodes)))

    # -- making nodes

    def create_node(self, op, target, args=None, kwargs=None, name=None, type_expr=None):
        args, kwargs = () if args is None else args, {} if kwargs is None else kwargs
        candidate = name if name is not None else self._target_to_str(target)
        node = Node(self, self._namespace.create_name(candidate), op, target, args, kwargs, type_expr)
        self._insert(node)
        self._len += 1
        return node

    def _target_to_str(self, target):
        if callable(target):
            name = target.__name__
        else:
            name = target[2:-2] if target.startswith("__") and target.endswith("__") else target
        return _snake_case(name)

    def placeholder(self, name, type_expr=None, default_value=...):
        args = () if default_value is ... else (default_value,)
        return self.create_node("placeholder", name, args=args, type_expr=type_expr)

    def get_attr(self, qualified_name, type_expr=None):
        return self.create_node("get_attr", qualified_name, type_expr=type_expr)

    def call_module(self, module_name, args=None, kwargs=None, type_expr=None):
        return self.create_node("call_module", module_name, args, kwargs, type_expr=type_expr)

    def call_method(self, method_name, args=None, kwargs=None, type_expr=None):
        return self.create_node("call_method", method_name, args, kwargs, type_expr=type_expr)

    def call_function(self, the_function, args=None, kwargs=None, type_expr=None, name=None):
        return self.create_node("call_function", the_function, args, kwargs, name=name, type_expr=type_expr)

    def output(self, result, type_expr=None):
        return self.create_node("output", "output", args=(result,), type_expr=type_expr)

    def node_copy(self, node, arg_transform=lambda x: x):
        """A node like one of another graph, of what its arguments have become."""
        args, kwargs = map_arg(node.args, arg_transform), map_arg(node.kwargs, arg_transform)
        name = node.target if node.op == "placeholder" else node.name
        made = self.create_node(node.op, node.target, args, kwargs, name, node.type)
        made.meta = dict(node.meta)
        return made

    def graph_copy(self, g, val_map, return_output_node=False):
        """Copies another graph's nodes into this one, as far as the output. Gives what stands for the output's value."""
        for node in g.nodes:
            if node in val_map:
                continue
            if node.op == "output":
                result = map_arg(node.args[0], lambda n: val_map[n])
                return (result, node) if return_output_node else result
            val_map[node] = self.node_copy(node, lambda n: val_map[n])
        return None

    def __deepcopy__(self, memo=None):
        made = Graph(tracer_cls=self._tracer_cls)
        values = {}
        result = made.graph_copy(self, values)
        output = self.output_node()
        if output.op == "output":
            made.output(result, output.type).meta = dict(output.meta)
        return made

    @contextlib.contextmanager
    def _at(self, insert):
        before, self._insert = self._insert, insert
        try:
            yield
        finally:
            self._insert = before

    def inserting_before(self, n=None):
        """Within it new nodes come before that one."""
        return self._at((n or next(iter(self.nodes), self._root)).prepend)

    def inserting_after(self, n=None):
        """Within it new nodes come behind that one, each behind the one before."""
        last = [n or self._root]

        def insert(node):
            last[0].append(node)
            last[0] = node

        return self._at(insert)

    def erase_node(self, to_erase):
        if to_erase.users:
            raise RuntimeError(
                f"Tried to erase Node {to_erase} but it still had {len(to_erase.users)} users in the graph: {to_erase.users}!"
            )
        if to_erase._erased:
            return
        to_erase._out()
        to_erase._erased = True
        self._len -= 1
        to_erase._update((), {})
        to_erase._args = ()

    def eliminate_dead_code(self, is_impure_node=None):
        """Takes out what nobody uses and does nothing else. Gives whether there was such."""
        impure = is_impure_node or Node.is_impure
        changed = False
        for node in list(reversed(self.nodes)):
            if not node.users and not impure(node):
                self.erase_node(node)
                changed = True
        return changed

    def lint(self):
        """Raises unless the graph is whole: names and nodes of its own, each after those that it uses."""
        seen, names = set(), set()
        for node in self.nodes:
            if node.graph is not self:
                raise RuntimeError(f"Node '{node}' does not belong to this Graph!")
            for used in node.all_input_nodes:
                if used.graph is not self:
                    raise RuntimeError(f"Argument '{used}' of Node '{node}' does not belong to this Graph, but was used as an argument! If you are copying nodes from another graph, make sure to use ``arg_transform`` on node_copy() to remap values\n{self}")
                if used not in seen:
                    raise RuntimeError(
                        f"Argument '{used}' of Node '{node}' was used before it has been defined! Please check that Nodes in the graph are topologically ordered\n{self}"
                    )
            if node.name in names:
                raise RuntimeError(f"Node redefined name {node.name}!")
            seen.add(node)
            names.add(node.name)
            if self.owning_module is not None and node.op in ("call_module", "get_attr"):
                at = self.owning_module
                for part in node.target.split("."):
                    if not hasattr(at, part):
                        raise RuntimeError(
                            f"Node {node} target {node.target} references nonexistent attribute {part} of {self.owning_module}"
                        )
                    at = getattr(at, part)

    # -- text and code

    def __str__(self):
        return "\n    ".join(["graph():", *(n.format_node() for n in self.nodes)])

    def print_tabular(self):
        rows = [(n.op, n.name, str(n.target), str(n.args), str(n.kwargs)) for n in self.nodes]
        rows = [("opcode", "name", "target", "args", "kwargs"), *rows]
        widths = [max(map(len, column)) for column in zip(*rows)]
        rows.insert(1, tuple("-" * w for w in widths))
        print("\n".join("  ".join(cell.ljust(w) for cell, w in zip(row, widths)).rstrip() for row in rows))

    def python_code(self, root_module="self", **options):
        import torch

        scope = {"torch": torch, "inf": math.inf, "nan": math.nan, "NoneType": type(None), "device": torch.device}
        known = _Known(scope)
        last_of = {}
        for node in reversed(self.nodes):
            for used in node.all_input_nodes:
                last_of.setdefault(used, node)
        lines, params, returned = [], [], ""
        for node in self.nodes:
            if node.op == "placeholder":
                kind = "" if node.type is None else f" : {known.type(node.type)}"
                default = f" = {node.args[0]!r}" if node.args else ""
                name = node.target if not node.target.startswith("*") else node.target
                params.append(f"{name}{kind}{default}")
                if node.name != node.target.lstrip("*"):
                    lines.append(f"{node.name} = {node.target.lstrip('*')}")
                continue
            if node.op == "output":
                returned = "" if node.type is None else f" -> {known.type(node.type)}"
                lines.append(f"return {node.args[0]!r}")
                continue
            kind = "" if node.type is None else f" : {known.type(node.type)}"
            gone = [n for n in node.all_input_nodes if last_of[n] is node]
            gone = [*gone, node] if not node.users else gone
            forgotten = f";  {' = '.join([*(n.name for n in gone), 'None'])}" if gone else ""
            lines.append(f"{node.name}{kind} = {self._expression(node, root_module, known)}{forgotten}")
        body = "\n".join("    " + line for line in [*(lines or ["pass"]), ""])
        return PythonCode(f"\n\n\ndef forward({', '.join([root_module, *params])}){returned}:\n{body}", scope)

    def _expression(self, node, root, known):
        args, kwargs = node.args, node.kwargs
        given = ", ".join([*map(repr, args), *(f"{k} = {v!r}" for k, v in kwargs.items())])
        if node.op == "call_method":
            rest = ", ".join([*map(repr, args[1:]), *(f"{k} = {v!r}" for k, v in kwargs.items())])
            return f"{args[0]!r}.{node.target}({rest})"
        if node.op == "call_module":
            return f"{_path(root, node.target)}({given})"
        if node.op == "get_attr":
            return _path(root, node.target)
        if node.target in OPERATORS and not kwargs:
            return OPERATORS[node.target].format(*map(repr, args))
        if node.target is getattr and len(args) == 2 and isinstance(args[1], str) and args[1].isidentifier():
            return f"{args[0]!r}.{args[1]}"
        return f"{known.function(node.target)}({given})"


class _Known:
    """Names that code finds its functions by."""

    def __init__(self, scope):
        self.scope = scope

    def function(self, f):
        name = qualified_name(f)
        first = name.partition(".")[0]
        if name == f.__name__:
            return name  # one of Python's own
        if first == "torch":
            return name
        if first == "operator":
            import operator

            self.scope["operator"] = operator
            return name
        own = re.sub(r"\W", "_", name)
        while self.scope.get(own, f) is not f:
            own += "_1"
        self.scope[own] = f
        return own

    def type(self, t):
        text = t if isinstance(t, str) else _type_repr(t)
        if isinstance(t, type) and t.__module__ not in ("builtins", "torch"):
            own = re.sub(r"\W", "_", text)
            self.scope[own] = t
            return own
        if not isinstance(t, (type, str)):
            import typing

            self.scope["typing"] = typing
        return text


def _path(base, target):
    for part in target.split("."):
        base = f"{base}.{part}" if part.isidentifier() else f'getattr({base}, "{part}")'
    return base
