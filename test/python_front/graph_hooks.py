import torch
from torch.autograd.graph import register_multi_grad_hook, allow_mutation_on_saved_tensors, increment_version, get_gradient_edge, GradientEdge

def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
# --- one hook for several gradients
a, b, c = (torch.rand(2, requires_grad=True) for _ in range(3))
said = []
h = register_multi_grad_hook((a, b, c), lambda grads: said.append([None if g is None else g.tolist() for g in grads]))
(a * 2 + b * 3 + c).sum().backward(); print(said); (a * 2).sum().backward(); print(said[1:]); (b * 0 + a).sum().backward(); print(said[2:])
h.remove(); (a + b).sum().backward(); print(len(said))
said = []
h = register_multi_grad_hook((a, b), lambda grad: said.append(grad.tolist()), mode="any")
y = a * 2 + b * 5; y.sum().backward(retain_graph=True); print(len(said)); y.sum().backward(); print(len(said)); h.remove()
d = a * 2; e = d * 3; said = []
register_multi_grad_hook((d, e), lambda grads: said.append([g is not None for g in grads])); e.sum().backward(); print(said)
t(lambda: register_multi_grad_hook((a,), print, mode="some"))
# --- what nodes keep may be changed
with allow_mutation_on_saved_tensors():
    a = torch.ones(2, 3, requires_grad=True); b = a.clone(); out = (b ** 2).sum(); b.sin_(); out.sum().backward(); print(a.grad)
    x = torch.tensor([1., 2.], requires_grad=True); y = x.exp(); z = y * y; y.zero_(); z.sum().backward(); print(x.grad)
def nested():
    with allow_mutation_on_saved_tensors():
        with allow_mutation_on_saved_tensors(): pass
t(nested)
with allow_mutation_on_saved_tensors(): a = torch.ones(2, requires_grad=True); out = (a.clone() ** 2).sum()
t(out.backward)
# --- versions and edges
a = torch.ones(2, requires_grad=True); b = a.clone(); out = (b ** 2).sum(); v = b._version; increment_version(b); print(b._version - v); t(lambda: out.backward())
increment_version([b, a.detach()]); print(b._version - v, get_gradient_edge(b).output_nr, type(get_gradient_edge(b)).__name__); t(lambda: get_gradient_edge(torch.ones(1)))
# --- callbacks at the end of a backward pass
from torch.autograd import Function, Variable
queue = Variable._execution_engine.queue_callback
said = []
class Asking(Function):
    @staticmethod
    def forward(ctx, x): return x.clone()
    @staticmethod
    def backward(ctx, grad):
        queue(lambda: (said.append(("end", a.grad is not None)), queue(lambda: said.append("after the end")))); said.append("backward"); return grad
a = torch.ones(2, requires_grad=True); Asking.apply(a * 2).sum().backward(); print(said)
class Nested(Function):
    @staticmethod
    def forward(ctx, x): return x.clone()
    @staticmethod
    def backward(ctx, grad):
        queue(lambda: said.append("outer"))
        with torch.enable_grad(): Asking.apply(a * 2).sum().backward()
        said.append("nested is done"); return grad
said = []; Nested.apply(a * 2).sum().backward(); print(said)
t(lambda: queue(print))
# --- what programs ask of torch._C
seen = []
x = torch.ones(2, requires_grad=True)
y = x * 2
y.register_hook(lambda grad: seen.append(torch._C._current_graph_task_id()))
for _ in range(3):
    y.sum().backward(retain_graph=True)
print([b - a for a, b in zip(seen, seen[1:])], torch._C._current_graph_task_id())
print([type(node).__name__ for node, _ in y.grad_fn.next_functions if node], isinstance(y.grad_fn.next_functions[0][0], torch._C._functions.AccumulateGrad), isinstance(y.grad_fn, torch._C._functions.AccumulateGrad))


class Passes(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, materialize):
        ctx.set_materialize_grads(materialize)
        return x.clone()

    @staticmethod
    def backward(ctx, grad):
        print(grad)
        return grad, None


for materialize in (True, False):
    torch._C._functions.UndefinedGrad()(Passes.apply(x, materialize)).sum().backward()
safe = torch._C._functions.DelayedError("not this way", 1)(x)
try:
    (safe * 2).sum().backward()
except RuntimeError as error:
    print(str(error).splitlines()[0])
print(torch.autograd.grad((safe * 2).sum(), safe))
print(torch._C._autograd._saved_tensors_hooks_is_enabled(), torch._C.is_grad_enabled(), torch._C._is_fwd_grad_enabled())
with torch.autograd.graph.disable_saved_tensors_hooks("not here"):
    print(torch._C._autograd._saved_tensors_hooks_is_enabled())
ref = torch._C._WeakTensorRef(y)
print(ref.expired())
del y
print(ref.expired())
