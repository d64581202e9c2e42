"""Modules whose forward is the code of a graph."""

import copy
import itertools

from ..nn.module import Module
from .graph import Graph

_numbers = itertools.count(1)
MORE = "# To see more debug info, please use `graph_module.print_readable()`"


def _find(root, target):
    for part in target.split("."):
        root = getattr(root, part)
    return root


def _place(module, target, value):
    *path, name = target.split(".")
    for part in path:
        if not hasattr(module, part):
            module.add_module(part, Module())
        module = getattr(module, part)
    if isinstance(value, Module):
        module.add_module(name, value)
    else:
        setattr(module, name, value)


class GraphModule(Module):
    """A module made of a graph: changed by changing the graph, then `recompile()`."""

    def __new__(cls, *args, **kwargs):
        # A class of its own: each has a forward of its own.
        own = next(c for c in cls.__mro__ if not c.__dict__.get("_is_own_class"))
        made = type(own.__name__, (own,), {"_is_own_class": True, "__module__": own.__module__})
        return Module.__new__(made)

    def __init__(self, root, graph, class_name="GraphModule"):
        super().__init__()
        type(self).__name__ = type(self).__qualname__ = class_name
        if isinstance(root, Module):
            self.training = root.training
            given = {}
            for node in graph.nodes:
                if node.op in ("get_attr", "call_module"):
                    given[node.target] = _find(root, node.target)
            order = [path for path, _ in root.named_modules()] + list(given)
            given = dict(sorted(given.items(), key=lambda item: order.index(item[0])))
            buffers = {path for m, found in root.named_modules() for path in [f"{m}.{n}" if m else n for n in found._buffers]}
        elif isinstance(root, dict):
            for node in graph.nodes:
                if node.op in ("get_attr", "call_module") and node.target not in root:
                    raise RuntimeError(
                        f"Node {node} referenced target {node.target} but that target was not provided in ``root``!"
                    )
            given, buffers = root, ()
        else:
            raise RuntimeError(f"Unsupported type {root} passed for root!")
        for target, value in given.items():
            if target in buffers:
                *path, name = target.split(".")
                _place(self, target, value) if path else self.register_buffer(name, value)
            else:
                _place(self, target, value)
        self.graph = graph
        self.meta = {}

    @property
    def graph(self):
        return self._graph

    @graph.setter
    def graph(self, g):
        if not isinstance(g, Graph):
            raise AssertionError(f"Expected a Graph instance, but got {type(g)}")
        g.owning_module = self
        self.__dict__["_graph"] = g
        self.recompile()

    @property
    def code(self):
        return self._code

    def recompile(self):
        """Makes the code anew, of the graph as it is."""
        made = self._graph.python_code("self")
        self.__dict__["_code"] = made.src
        scope = dict(made.globals)
        exec(compile(made.src, f"<eval_with_key>.{next(_numbers)}", "exec"), scope)
        type(self).forward = scope["forward"]
        return made

    def add_submodule(self, target, m):
        """Puts a module at a path. Gives whether that could be done."""
        *path, name = target.split(".")
        at = self
        for part in path:
            found = at._modules.get(part)
            if found is None:
                at.add_module(part, found := Module())
            if not isinstance(found, Module):
                return False
            at = found
        at.add_module(name, m)
        return True

    def delete_submodule(self, target):
        """Takes a module out. Gives whether it was there."""
        path, _, name = target.rpartition(".")
        try:
            at = self.get_submodule(path)
        except AttributeError:
            return False
        if name not in at._modules:
            return False
        delattr(at, name)
        return True

    def delete_all_unused_submodules(self):
        """Takes out the modules that the graph does not call."""
        used = set()
        for node in self.graph.nodes:
            if node.op in ("call_module", "get_attr"):
                parts = node.target.split(".")
                used.update(".".join(parts[: i + 1]) for i in range(len(parts)))
                if node.op == "call_module":
                    used.update(f"{node.target}.{name}" for name, _ in self.get_submodule(node.target).named_modules())
        for name in [name for name, _ in self.named_modules() if name and name not in used]:
            self.delete_submodule(name)

    def print_readable(self, print_output=True, *args, **kwargs):
        name = self._get_name()
        text = f"class {name}(torch.nn.Module):" + "\n".join(
            "    " + line if line else line for line in self._code.lstrip("\n").splitlines()
        ).join(["\n", ""])
        if print_output:
            print(text)
        return text

    def __deepcopy__(self, memo):
        root = Module()
        root.__dict__.update(copy.deepcopy({k: v for k, v in self.__dict__.items() if k not in ("_graph", "_code")}, memo))
        made = GraphModule(root, copy.deepcopy(self._graph), self._get_name())
        made.meta = dict(self.meta)
        return made

    def __copy__(self):
        return GraphModule(self, copy.deepcopy(self._graph), self._get_name())

    def __repr__(self):
        return "\n".join([super().__repr__(), self._code, MORE])

    __str__ = __repr__
