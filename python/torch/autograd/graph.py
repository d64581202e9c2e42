"""torch.autograd.graph: the nodes of the graph, hooks on them and on what they keep."""

import abc
import contextlib
import weakref

from .. import _bridge
from .._bridge import Held, holder, run
from .._hooks import RemovableHandle


class Node(abc.ABC):
    """What every node of the graph is an instance of, though its class does not derive from it."""

    @classmethod
    def __subclasshook__(cls, subclass):
        return True if cls is Node and getattr(subclass, "_is_node", False) else NotImplemented


class _Node(Held):
    """A node of the graph; its class has the name of the library's."""

    _is_node = True

    @property
    def next_functions(self):
        return tuple((node, nr) for node, nr in run("bridge.nextFunctions", self))

    def name(self):
        return run("method.name", self)

    @property
    def metadata(self):
        return self.__dict__.setdefault("_metadata", {})

    @property
    def variable(self):
        got = run("get.variable", self)
        if got is None:
            raise AttributeError(f"'{type(self).__name__}' object has no attribute 'variable'")
        return got

    def register_hook(self, hook):
        return run("method.register_hook", self, hook)

    def register_prehook(self, hook):
        return run("method.register_prehook", self, hook)

    def __call__(self, *grads):
        results = run("bridge.callNode", self, list(grads))
        return results[0] if len(results) == 1 else results

    def __getattr__(self, name):
        if name.startswith("_saved_"):
            found, value = run("bridge.saved", self, name[len("_saved_") :])
            if found:
                return value
        if name.startswith("_raw_saved_"):
            found, value = run("bridge.rawSaved", self, name[len("_raw_saved_") :])
            if found:
                return tuple(x or SavedTensor(None) for x in value) if isinstance(value, (list, tuple)) else value
        if name == "saved_tensors":
            found, value = run("bridge.savedTensors", self)
            if found:
                return tuple(value)
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __repr__(self):
        home = type(self).__module__ + "." if type(self).__module__ == "torch.autograd.function" else ""
        return f"<{home}{type(self).__name__} object at {hex(id(self))}>"


class _SavedTensorType(type):
    def __call__(cls, *args):
        if args:
            return super().__call__(*args)
        raise RuntimeError("Trying to create a SavedTensor object from Python is forbidden.")


@holder("SavedTensor")
class SavedTensor(Held, metaclass=_SavedTensorType):
    """A tensor, or None, as a node keeps it: `node._raw_saved_self`."""

    __module__ = "torch._C._autograd"

    def __init__(self, number):
        if number is not None:
            super().__init__(number)

    def register_hooks(self, pack_hook, unpack_hook=None):
        """Has it kept as `pack_hook` makes it; `unpack_hook` makes it again."""
        if not callable(pack_hook) or not callable(unpack_hook):
            raise TypeError("register_hooks(): incompatible function arguments. Wanted are two functions: pack_hook, unpack_hook")
        if getattr(self, "_number", None) is None:
            raise RuntimeError("Calling register_hooks on a saved tensor with value None is forbidden")

        def pack(tensor):
            packed = pack_hook(tensor)
            return lambda: unpack_hook(packed)

        run("bridge.registerHooks", self, pack)


_node_classes = {}


def _node(number):
    plain = _Node(number)
    name = run("bridge.nodeName", plain)
    plain.__class__ = _node_classes.get(name) or _node_class(name, run("get.isForeign", plain))
    return plain


def _node_class(name, foreign=True):
    """The class of nodes of a name; foreign are those of custom Functions."""
    if name not in _node_classes:
        home = {"__module__": "torch.autograd.function"} if foreign else {}
        _node_classes[name] = type(name, (_Node,), home)
    return _node_classes[name]


_bridge._classes["node"] = _node


@holder("handle")
class _Handle(Held, RemovableHandle):
    """Takes away a hook that the library has."""

    id = property(lambda self: self._number)

    def remove(self):
        run("method.remove", self)


_Handle.__name__ = _Handle.__qualname__ = RemovableHandle.__name__
_Handle.__module__ = RemovableHandle.__module__


class GradientEdge(tuple):
    """Where a tensor's gradient comes from: a node, and which of its outputs."""

    node = property(lambda self: self[0])
    output_nr = property(lambda self: self[1])


def get_gradient_edge(tensor):
    if not tensor.requires_grad:
        raise RuntimeError("It is not possible to get the gradient edge for a Tensor that does not require gradients")
    return GradientEdge((run("bridge.edgeNode", tensor), tensor.output_nr))


def increment_version(tensor):
    """Has tensors count as changed in place: what saved them will not be used."""
    run("autograd.graph.increment_version", [tensor] if isinstance(tensor, Held) else list(tensor))


def register_multi_grad_hook(tensors, fn, *, mode="all"):
    """Calls `fn` once in every backward pass, with all gradients of the tensors or, in mode "any", with the first."""

    def called(grads):
        fn(list(grads) if mode == "all" else grads)

    return run("autograd.graph.register_multi_grad_hook", list(tensors), called, mode=mode)


class saved_tensors_hooks:
    """What nodes keep in this block goes through `pack_hook`, and through `unpack_hook` when it is asked for."""

    def __init__(self, pack_hook, unpack_hook):
        self._hooks = pack_hook, unpack_hook

    def __enter__(self):
        pack_hook, unpack_hook = self._hooks

        def pack(tensor):
            packed = pack_hook(tensor)
            return lambda: unpack_hook(packed)

        self._guard = run("bridge.savedHooks", pack)

    def __exit__(self, *error):
        self._guard.remove()


class save_on_cpu(saved_tensors_hooks):
    """There is only the CPU: nothing to do."""

    def __init__(self, pin_memory=False, device_type="cuda"):
        super().__init__(lambda tensor: tensor, lambda tensor: tensor)


@contextlib.contextmanager
def disable_saved_tensors_hooks(error_message):
    before = run("bridge.refuseHooks", error_message)
    try:
        yield
    finally:
        run("bridge.setMode", "hooksRefused", before)


OUTSIDE = "Trying to backward outside of the 'allow_mutation_on_saved_tensors' contextin which the graph was originally recorded."
_mutable = False


class _Key:
    """Lives as long as a node keeps what it stands for."""


class _AllowMutation:
    """The copies that nodes keep, by what stands for them there."""

    def __init__(self):
        self.cloned = weakref.WeakKeyDictionary()

    def clear(self):
        self.cloned.clear()


@contextlib.contextmanager
def allow_mutation_on_saved_tensors():
    """Inside, what nodes keep may be changed in place: they keep copies. Backward has to run inside, too."""
    global _mutable
    context = _AllowMutation()

    def unpack(key):
        if key not in context.cloned:
            raise AssertionError(OUTSIDE)
        return context.cloned[key]

    def pack(tensor):
        key = _Key()
        context.cloned[key] = tensor.clone()
        return key

    if _mutable:
        raise RuntimeError("allow_mutation_on_saved_tensors contexts cannot be nested")
    _mutable = True
    try:
        with saved_tensors_hooks(pack, unpack):
            yield context
    finally:
        _mutable = False
        context.clear()
