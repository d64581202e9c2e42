import copy, math, operator
import torch
from torch import nn, fx
import torch.nn.functional as F

torch.manual_seed(0)
def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin, self.p, self.seq = nn.Linear(2, 3), nn.Parameter(torch.ones(3)), nn.Sequential(nn.ReLU(), nn.Linear(3, 3))
        self.register_buffer("b", torch.zeros(1))
    def forward(self, x, y=2, w: torch.Tensor = None):
        z = torch.relu(self.lin(x)) + self.p
        z = z.view(z.size(0), -1) * y
        z = self.seq(z)[:, 0:2]
        a, b = z.unbind(1)
        z = torch.cat([a, b], dim=0).sum(dim=-1, keepdim=True) @ z.sum(0)[:1] ** 2 - 1 / z
        z = F.relu(z, inplace=False)
        z = ~((3 - z) // 2 > 1)
        return {"out": z.T, "b": (self.b, [z.shape[0:1]])}
# --- a module as a graph, and as code
g = fx.symbolic_trace(Net())
print(g.code); print(g.graph); print(g)
for n in g.graph.nodes: print(n.op, n.name, n.target if isinstance(n.target, str) else n.target.__name__, n.args, n.kwargs, list(n.users), n.all_input_nodes)
x = torch.ones(2, 2); torch.manual_seed(1); m = Net(); g = fx.symbolic_trace(m)
print(m(x)["out"] == g(x)["out"], g(x, 3)["b"], [k for k, _ in g.named_parameters()], list(g.state_dict()), type(g).__name__, isinstance(g, fx.GraphModule), isinstance(g, nn.Module))
# --- stars, keywords and given values
class Stars(nn.Module):
    def forward(self, x, *args, flag=True, **kw): return x + args[0] * kw["k"] if flag is not None else x
g = fx.symbolic_trace(Stars()); print(g.code, g.graph)
g = fx.symbolic_trace(lambda x, n: x * n if n > 1 else x, concrete_args={"n": 3}); print(g.graph, g(torch.ones(1), 3))
def typed(x: torch.Tensor, n: int = 1) -> torch.Tensor: return x + n
g = fx.symbolic_trace(typed); print(g.code, type(g).__name__); print(g.graph)
# --- what cannot be traced
t(lambda: fx.symbolic_trace(lambda x: x if x.sum() > 0 else -x)); t(lambda: fx.symbolic_trace(lambda x: [y for y in x])); t(lambda: fx.symbolic_trace(lambda x: len(x))); t(lambda: fx.symbolic_trace(lambda x: int(x))); t(lambda: fx.symbolic_trace(lambda x: [y for y in range(x)]))
t(lambda: fx.symbolic_trace(lambda x: torch.ones(x.shape[0]) + x).code); t(lambda: fx.symbolic_trace(lambda x: not x))
# --- graphs changed
h = fx.symbolic_trace(lambda x: torch.relu(x) + 1)
for n in h.graph.nodes:
    if n.target is torch.relu:
        with h.graph.inserting_after(n):
            m = h.graph.call_function(torch.sigmoid, (n,)); n.replace_all_uses_with(m); m.args = (n,)
        r = n
h.recompile(); print(h.graph, h(torch.tensor([-1., 1.]))); h.graph.lint()
t(lambda: h.graph.erase_node(m))
r.target = torch.tanh; h.recompile(); print(h.code)
for n in h.graph.nodes:
    if n.target is operator.add: n.target = operator.mul; n.update_arg(1, 3)
h.recompile(); print(h.code, h(torch.zeros(1)), h.graph.find_nodes(op="call_function", target=torch.sigmoid))
with h.graph.inserting_before(m): k = h.graph.call_method("exp", (r,))
print(len(h.graph.nodes), h.graph.eliminate_dead_code(), len(h.graph.nodes), k in list(h.graph.nodes), m.prev, m.next, r.users)
t(lambda: m.args.append(1)); c = copy.deepcopy(h); print(c.graph, c is h, c(torch.zeros(1)))
def wrong(): m.args = (3,); r.graph.erase_node(r); m.args = (r,); h.graph.lint()
t(lambda: fx.Graph().create_node("call_function", "text"))
# --- graphs made by hand
gr = fx.Graph(); a = gr.placeholder("a"); b = gr.call_function(torch.add, (a, 2), {"alpha": 3}); c = gr.call_method("neg", (b,)); d = gr.get_attr("w"); e = gr.call_module("f", (c,)); gr.output((e, d, [1, 2.5, None, True, "text", torch.float32, math.inf, slice(1, None)]))
g = fx.GraphModule({"w": nn.Parameter(torch.ones(1)), "f": nn.Identity()}, gr); print(g.code, g(torch.ones(1))[0]); print(gr)
t(lambda: fx.GraphModule({}, gr)); t(lambda: fx.GraphModule(3, gr))
print([n for n in reversed(gr.nodes)], gr.output_node(), c.format_node(), b < c, a.is_impure(), c.is_impure())
names = fx.Graph(); print([names.placeholder(s).name for s in ("x", "x", "x_1", "sum", "1a", "a.b", "for", "LayerNorm")])
# --- patterns replaced
class Two(nn.Module):
    def __init__(self): super().__init__(); self.l = nn.Linear(2, 2)
    def forward(self, x): return torch.relu(self.l(x)).neg() + torch.relu(x)
g = fx.symbolic_trace(Two())
found = fx.replace_pattern(g, lambda x: torch.relu(x), lambda x: torch.tanh(x) * 2)
print(len(found), found[0].anchor, found[0].nodes_map); print(g.code)
print(len(fx.replace_pattern(g, lambda a, b: torch.add(a, b), lambda a, b: a)), len(fx.replace_pattern(g, lambda a, b: a + b, lambda a, b: torch.sub(a, b)))); print(g.code); g.graph.lint()
# --- graphs run node by node, and made into others
class Shown(fx.Interpreter):
    def run_node(self, n):
        r = super().run_node(n); print(n.op, n.name, tuple(r.shape) if isinstance(r, torch.Tensor) else type(r).__name__); return r
g = fx.symbolic_trace(Two()); print(torch.equal(Shown(g).run(torch.ones(1, 2)), g(torch.ones(1, 2)))); 
try: fx.Interpreter(g).run()
except RuntimeError as e: print(str(e).split("\n")[0])
class Swap(fx.Transformer):
    def call_function(self, target, args, kwargs): return super().call_function(torch.sigmoid if target is torch.relu else target, args, kwargs)
    def call_method(self, target, args, kwargs): return super().call_method("abs" if target == "neg" else target, args, kwargs)
print(Swap(g).transform().code)
from torch.fx.passes.shape_prop import ShapeProp
ShapeProp(g).propagate(torch.ones(3, 2)); print([(n.name, n.meta["tensor_meta"].shape, n.meta["tensor_meta"].dtype) for n in g.graph.nodes if "tensor_meta" in n.meta])
# --- tracers of a program's own
class All(fx.Tracer):
    def is_leaf_module(self, m, name): return m.__module__.startswith("torch.nn")
net = nn.Sequential(nn.Linear(2, 2), nn.Sequential(nn.ReLU(), nn.Linear(2, 1))); print(All().trace(net)); print(fx.Tracer().trace(net))
print(fx.GraphModule(net, All().trace(net)).code)
c = torch.tensor([1., 2.]); g = fx.symbolic_trace(lambda x: x + c); print(g.code, g._tensor_constant0, g(torch.zeros(2)))
g.add_submodule("extra.inner", nn.ReLU()); print(g.extra); print(g.delete_submodule("extra.inner"), g.delete_submodule("nothing")); g.delete_all_unused_submodules(); print([n for n, _ in g.named_modules()])
p = fx.Proxy(fx.Graph().placeholder("q")); print(p, (p + 1).node.format_node(), (2 ** p).node, p.shape.node.format_node())
