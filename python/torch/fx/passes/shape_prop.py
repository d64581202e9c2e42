"""Shapes and dtypes of a graph's values, found by running it."""

import collections

from ..._tensor import Tensor
from ..interpreter import Interpreter
from ..node import map_aggregate

TensorMetadata = collections.namedtuple(
    "TensorMetadata", "shape dtype requires_grad stride memory_format is_quantized qparams"
)


def _about(t):
    from ... import contiguous_format

    layout = contiguous_format if t.is_contiguous() else None
    return TensorMetadata(t.shape, t.dtype, t.requires_grad, t.stride(), layout, False, {})


class ShapeProp(Interpreter):
    """Notes in each node's `meta["tensor_meta"]` what its value is."""

    def run_node(self, n):
        result = super().run_node(n)
        told = []

        def note(x):
            if not isinstance(x, Tensor):
                return x
            told.append(x)
            return _about(x)

        meta = map_aggregate(result, note)
        if told:
            n.meta["tensor_meta"] = meta
        n.meta["type"] = type(result)
        return result

    def propagate(self, *args):
        return super().run(*args)
