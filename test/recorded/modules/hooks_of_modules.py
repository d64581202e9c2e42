# Hooks of modules: what they see, when they are called, and what is warned of.
import torch, warnings
from torch import nn
class M(nn.Module):
    def forward(s, x, y, k): return x*y*k
m=M()
m.register_full_backward_hook(lambda m,gi,go: print("full", gi, go))
m.register_full_backward_pre_hook(lambda m,go: print("pre", go))
x=torch.ones(2,requires_grad=True)
m(x, torch.ones(2), 3).sum().backward()
class M2(nn.Module):
    def forward(s, x, y): return x, y*2, (x*y)
m=M2()
m.register_full_backward_hook(lambda m,gi,go: print("full", gi, go))
a,b,c=m(x, torch.ones(2))
print(a.requires_grad,b.requires_grad)
c.sum().backward()
m=nn.Linear(2,2)
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter("always")
    m.register_backward_hook(lambda m,gi,go: print("old", [g if g is None else g.shape for g in gi], [g.shape for g in go]))
    m(x).sum().backward()
    nn.Sequential(nn.Linear(2,2),nn.ReLU())
    s=nn.Sequential(nn.Linear(2,2),nn.ReLU()); s.register_backward_hook(lambda m,gi,go: print("old", [g if g is None else g.shape for g in gi], [g.shape for g in go]))
    s(x).sum().backward()
    class T(nn.Module):
        def forward(s,x): return [x*2]
    t=T(); t.register_full_backward_hook(lambda *a: print("t"))
    t(x)[0].sum().backward()
    t=T(); t.register_backward_hook(lambda *a: print("t"))
    t(x)[0].sum().backward()
    class T(nn.Module):
        def forward(s,x,y): return x*2,y*2
    t=T(); t.register_backward_hook(lambda *a: print("t"))
    t(x,x)[0].sum().backward()
    print([str(i.message) for i in w])
# no input grads
m=nn.Linear(2,2)
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter("always")
    m.register_full_backward_hook(lambda m,gi,go: print("full", gi, [g.shape for g in go]))
    m(torch.ones(2)).sum().backward()
    print([str(i.message) for i in w])
try: nn.Linear(2,2).to(torch.int32)
except Exception as e: print(type(e), e)
try: nn.Sequential(nn.ReLU()).insert(-5,nn.ReLU())
except Exception as e: print(type(e), e)
try: nn.Sequential(nn.ReLU()).insert(0,3)
except Exception as e: print(type(e), e)
m=nn.Linear(1,1); v=m.weight._version; m._apply(lambda t:t.add_(1)); print(m.weight._version-v)
t=nn.Transformer(4,2,1,1,8); n=[]
for q in t.modules(): q.register_forward_hook(lambda m,a,o: n.append(type(m).__name__))
t(torch.ones(2,1,4),torch.ones(2,1,4)); print(len(n), n, len(list(t.modules())))
m=nn.Linear(2,2); 
h=m.register_forward_hook(lambda m,a,o: print("always", a, o), always_call=True)
try: m(torch.ones(3))
except Exception as e: print(type(e), e)
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook, register_module_full_backward_hook
names = []
handles = [
    register_module_forward_pre_hook(lambda m, a: names.append("<" + type(m).__name__)),
    register_module_forward_hook(lambda m, a, o: names.append(type(m).__name__ + ">")),
    register_module_full_backward_hook(lambda m, gi, go: names.append("^" + type(m).__name__)),
]
nn.MultiheadAttention(4, 2)(*[torch.ones(2, 1, 4, requires_grad=True)] * 3)[0].sum().backward()
nn.LSTM(1, 1)(torch.ones(2, 1))
nn.Sequential(nn.Linear(1, 1), nn.ReLU())(torch.ones(1, 1, requires_grad=True)).sum().backward()
print(names)
for handle in handles:
    handle.remove()
m = nn.Linear(1, 1)
seen = []
m.register_forward_pre_hook(lambda m, a: seen.append("second"))
m.register_forward_pre_hook(lambda m, a: seen.append("first"), prepend=True)
m.register_forward_pre_hook(lambda m, a, k: seen.append(sorted(k)) or ((k["input"] * 2,), {}), with_kwargs=True)
h = m.register_forward_hook(lambda m, a, k, o: seen.append((a[0].item(), k)) or o * 0, with_kwargs=True)
print(m(input=torch.ones(1)), seen)
print(list(m._forward_hooks_with_kwargs.values()), [callable(f) for f in m._forward_hooks.values()])
h.remove()
print(len(m._forward_hooks), len(m._forward_hooks_with_kwargs), len(m._forward_pre_hooks))
n = __import__("copy").deepcopy(m)
print(len(n._forward_pre_hooks))
for use in (m.register_backward_hook, m.register_full_backward_hook):
    try:
        print(type(use(lambda *a: None)).__name__)
    except RuntimeError as error:
        print(error)
m = nn.Linear(1, 1)
m.register_full_backward_hook(lambda m, gi, go: (gi[0] * 10,))
x = torch.ones(1, requires_grad=True)
m(x).sum().backward()
print((x.grad / m.weight).item())
