"""Parts of a graph replaced wherever they are found."""

import collections

from ..nn.module import Module
from .graph import Graph
from .node import Node, map_arg

Match = collections.namedtuple("Match", ["anchor", "nodes_map"])


def _graph_of(x):
    from ._symbolic_trace import symbolic_trace

    if isinstance(x, Graph):
        return x
    return x.graph if hasattr(x, "graph") else symbolic_trace(x).graph


def _fits(pattern, node, found):
    """Whether a node and what it is computed from are as in the pattern; `found` gets which is which."""
    if pattern in found:
        return found[pattern] is node
    if pattern.op == "placeholder":
        found[pattern] = node
        return True
    if not isinstance(node, Node) or (pattern.op, pattern.target) != (node.op, node.target):
        return False
    found[pattern] = node
    return _same(pattern.args, node.args, found) and _same(pattern.kwargs, node.kwargs, found)


def _same(a, b, found):
    if isinstance(a, Node):
        return _fits(a, b, found)
    if isinstance(a, (tuple, list)):
        return isinstance(b, (tuple, list)) and len(a) == len(b) and all(_same(x, y, found) for x, y in zip(a, b))
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(_same(a[k], b[k], found) for k in a)
    if isinstance(a, slice):
        return isinstance(b, slice) and _same((a.start, a.stop, a.step), (b.start, b.stop, b.step), found)
    return not isinstance(b, Node) and type(a) is type(b) and a == b


def _is_closed(anchor, found):
    """Whether nobody outside uses what is within."""
    inside = {n for p, n in found.items() if p.op != "placeholder"}
    return all(n is anchor or all(user in inside for user in n.users) for n in inside)


def replace_pattern(gm, pattern, replacement):
    """Puts one part in the place of another wherever the graph has it. Gives what was found."""
    pattern, replacement = _graph_of(pattern), _graph_of(replacement)
    last = pattern.output_node().args[0]
    if not isinstance(last, Node):
        raise NotImplementedError("a pattern gives one value")
    inputs = [n for n in pattern.nodes if n.op == "placeholder"]
    given = [n for n in replacement.nodes if n.op == "placeholder"]
    matches, taken = [], set()
    for node in list(gm.graph.nodes):
        found = {}
        if node.op in ("placeholder", "output") or not _fits(last, node, found) or not _is_closed(node, found):
            continue
        inside = {n for p, n in found.items() if p.op != "placeholder"}
        if not inside & taken:
            taken |= inside
            matches.append(Match(node, found))
    replaced = {}
    for match in matches:
        anchor, found = match
        values = {g: map_arg(replaced.get(found[p], found[p]), lambda n: replaced.get(n, n)) for g, p in zip(given, inputs)}
        with gm.graph.inserting_before(anchor):
            result = gm.graph.graph_copy(replacement, values)
        anchor.replace_all_uses_with(result)
        replaced[anchor] = result
        for node in reversed([n for p, n in found.items() if p.op != "placeholder"]):
            if not node.users and not node._erased:
                gm.graph.erase_node(node)
        for node in list(reversed(gm.graph.nodes)):
            if node in found.values() and not node.users and node.op not in ("placeholder", "output"):
                gm.graph.erase_node(node)
    gm.recompile()
    _take_modules(gm, replacement)
    return matches


def _take_modules(gm, replacement):
    """Modules and parameters of the replacement's own."""
    from .graph_module import _find, _place

    owner = replacement.owning_module
    for node in gm.graph.nodes:
        if node.op in ("call_module", "get_attr") and isinstance(owner, Module):
            try:
                _find(gm, node.target)
            except AttributeError:
                _place(gm, node.target, _find(owner, node.target))


def replace_pattern_with_filters(gm, pattern, replacement, match_filters=None, ignore_literals=False):
    if match_filters:
        raise NotImplementedError("replace_pattern_with_filters: match_filters is not supported")
    return replace_pattern(gm, pattern, replacement)
