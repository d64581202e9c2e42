"""torch.fx: programs as graphs, found by running them on stand-ins for their inputs, changed, and run again."""

from . import graph, graph_module, immutable_collections, interpreter, node, proxy
from .graph import CodeGen, Graph
from .graph_module import GraphModule
from .interpreter import Interpreter, Transformer
from .node import Node, has_side_effect, map_arg
from .proxy import Attribute, Proxy, TraceError
from . import _symbolic_trace
from ._symbolic_trace import Tracer, symbolic_trace, wrap
from . import subgraph_rewriter
from .subgraph_rewriter import replace_pattern
from . import passes
