"""Trees of containers: what is in them as a list, and put together again."""

from collections import OrderedDict, defaultdict, deque, namedtuple  # noqa: F401
from typing import Any, Callable, NamedTuple

Context = Any
PyTree = Any


class _Container(NamedTuple):
    flatten: Callable
    unflatten: Callable


def _of_keys(unflatten):
    return _Container(lambda d: (list(d.values()), list(d)), unflatten)


SUPPORTED_NODES = {
    list: _Container(lambda x: (x, None), lambda items, _: list(items)),
    tuple: _Container(lambda x: (x, None), lambda items, _: tuple(items)),
    dict: _of_keys(lambda items, keys: dict(zip(keys, items))),
    OrderedDict: _of_keys(lambda items, keys: OrderedDict(zip(keys, items))),
    defaultdict: _Container(
        lambda d: (list(d.values()), [d.default_factory, list(d)]),
        lambda items, context: defaultdict(context[0], zip(context[1], items)),
    ),
    deque: _Container(lambda d: (list(d), d.maxlen), lambda items, length: deque(items, length)),
    namedtuple: _Container(lambda x: (list(x), type(x)), lambda items, cls: cls(*items)),
}


def register_pytree_node(cls, flatten_fn, unflatten_fn, **kwargs):
    """Has objects of a class count as containers."""
    if cls in SUPPORTED_NODES:
        raise ValueError(f"{cls} is already registered as pytree node.")
    SUPPORTED_NODES[cls] = _Container(flatten_fn, unflatten_fn)


_register_pytree_node = register_pytree_node


def _kind(x):
    t = type(x)
    if t not in SUPPORTED_NODES and isinstance(x, tuple) and hasattr(x, "_fields"):
        return namedtuple
    return t


class TreeSpec:
    """How a tree is built, without what is in it."""

    def __init__(self, type, context, children_specs):
        self.type, self.context, self.children_specs = type, context, children_specs
        self.num_children = len(children_specs)
        self.num_leaves = 1 if self.is_leaf() else sum(child.num_leaves for child in children_specs)

    def is_leaf(self):
        return self.type is None

    def __eq__(self, other):
        mine, theirs = ((s.type, s.context, s.children_specs) if isinstance(s, TreeSpec) else s for s in (self, other))
        return mine == theirs

    def __hash__(self):
        return hash((self.type, self.num_leaves))

    def __repr__(self):
        if self.is_leaf():
            return "*"
        return f"TreeSpec({self.type.__name__}, {self.context}, [{', '.join(map(repr, self.children_specs))}])"


class LeafSpec(TreeSpec):
    def __init__(self):
        super().__init__(None, None, [])


def _flatten_into(tree, leaves, is_leaf):
    kind = _kind(tree)
    if kind not in SUPPORTED_NODES or is_leaf is not None and is_leaf(tree):
        leaves.append(tree)
        return LeafSpec()
    children, context = SUPPORTED_NODES[kind].flatten(tree)
    return TreeSpec(kind, context, [_flatten_into(child, leaves, is_leaf) for child in children])


def tree_flatten(tree, is_leaf=None):
    """The leaves of a tree, and how it is built."""
    leaves = []
    return leaves, _flatten_into(tree, leaves, is_leaf)


def tree_unflatten(leaves, treespec):
    """The tree of these leaves."""
    if not isinstance(treespec, TreeSpec):
        raise TypeError(f"tree_unflatten(leaves, treespec): Expected `treespec` to be instance of TreeSpec but got item of type {type(treespec)}.")
    leaves = list(leaves)
    if len(leaves) != treespec.num_leaves:
        raise ValueError(
            f"tree_unflatten(leaves, treespec): `leaves` has length {len(leaves)} but the spec refers to a pytree that holds {treespec.num_leaves} items ({treespec})."
        )
    rest = iter(leaves)

    def built(spec):
        if spec.is_leaf():
            return next(rest)
        return SUPPORTED_NODES[spec.type].unflatten([built(child) for child in spec.children_specs], spec.context)

    return built(treespec)


def tree_leaves(tree, is_leaf=None):
    return tree_flatten(tree, is_leaf)[0]


def tree_iter(tree, is_leaf=None):
    yield from tree_leaves(tree, is_leaf)


def tree_structure(tree, is_leaf=None):
    return tree_flatten(tree, is_leaf)[1]


def tree_map(func, tree, *rests, is_leaf=None):
    """`func` of every leaf, and of those at the same places of other trees."""
    leaves, spec = tree_flatten(tree, is_leaf)
    others = [_up_to(rest, spec) for rest in rests]
    return tree_unflatten(map(func, leaves, *others), spec)


def _up_to(tree, spec):
    """What a tree has at the places of another's leaves."""
    if spec.is_leaf():
        return [tree]
    if _kind(tree) is not spec.type:
        raise ValueError(f"Type mismatch; expected {spec.type!r}, but got {type(tree)!r}.")
    children, _ = SUPPORTED_NODES[spec.type].flatten(tree)
    if len(children) != spec.num_children:
        raise ValueError(f"Node arity mismatch; expected {spec.num_children}, but got {len(children)}.")
    return [x for child, s in zip(children, spec.children_specs) for x in _up_to(child, s)]


def tree_map_(func, tree, *rests, is_leaf=None):
    """The same for what `func` does; the tree itself comes back."""
    tree_map(func, tree, *rests, is_leaf=is_leaf)
    return tree


def _only(types, func):
    meant = types if isinstance(types, (type, tuple)) else None
    fits = (lambda x: isinstance(x, meant)) if meant is not None else types
    return lambda x: func(x) if fits(x) else x


def tree_map_only(types, func, tree, is_leaf=None):
    """`func` of the leaves of some types."""
    return tree_map(_only(types, func), tree, is_leaf=is_leaf)


def tree_map_only_(types, func, tree, is_leaf=None):
    return tree_map_(_only(types, func), tree, is_leaf=is_leaf)


def tree_all(pred, tree, is_leaf=None):
    return all(map(pred, tree_leaves(tree, is_leaf)))


def tree_any(pred, tree, is_leaf=None):
    return any(map(pred, tree_leaves(tree, is_leaf)))


def tree_all_only(types, pred, tree, is_leaf=None):
    return all(pred(x) for x in tree_leaves(tree, is_leaf) if isinstance(x, types))


def tree_any_only(types, pred, tree, is_leaf=None):
    return any(pred(x) for x in tree_leaves(tree, is_leaf) if isinstance(x, types))


def _broadcast_to_and_flatten(tree, treespec, is_leaf=None):
    """A leaf for every leaf of another tree, of which this one may be the upper part; None if it is not."""
    if treespec.is_leaf():
        return [tree]
    kind = _kind(tree)
    if kind not in SUPPORTED_NODES or is_leaf is not None and is_leaf(tree):
        return [tree] * treespec.num_leaves
    children, context = SUPPORTED_NODES[kind].flatten(tree)
    if kind is not treespec.type or len(children) != treespec.num_children or context != treespec.context:
        return None
    flat = []
    for child, spec in zip(children, treespec.children_specs):
        part = _broadcast_to_and_flatten(child, spec, is_leaf)
        if part is None:
            return None
        flat += part
    return flat
