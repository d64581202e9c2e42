import contextlib
import torch
from torch import nn
from torch.utils.checkpoint import CheckpointError, checkpoint, checkpoint_sequential, set_checkpoint_early_stop

x = torch.ones(3, requires_grad=True)
z = torch.tensor([0.3, 0.4], requires_grad=True)


def attempt(f):
    try:
        print(f())
    except CheckpointError as error:
        print("CheckpointError", str(error).split("\n\nTip")[0])
    except Exception as error:
        print(type(error).__name__, str(error).split("\n")[0])


# --- a net computes the same to the bit
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.3), nn.ReLU(), nn.Linear(8, 8), nn.BatchNorm1d(8, momentum=0.2), nn.Dropout(0.5), nn.Linear(8, 2))
x = torch.randn(5, 4)
def grads(run, seed=1):
    net.zero_grad()
    torch.manual_seed(seed)
    xx = x.clone().requires_grad_()
    out = run(xx)
    out.pow(2).sum().backward()
    return [out.detach(), xx.grad] + [p.grad.clone() for p in net.parameters()]
plain = grads(net)
same = lambda other: all(torch.equal(a, b) for a, b in zip(plain, other))
print(same(grads(lambda x: checkpoint(net, x, use_reentrant=False))))
print(same(grads(lambda x: checkpoint(net, x, use_reentrant=True))))
print(same(grads(lambda x: checkpoint_sequential(net, 3, x, use_reentrant=False))))
print(same(grads(lambda x: checkpoint_sequential(net, 2, x, use_reentrant=True))))
print(same(grads(lambda x: checkpoint(lambda x: checkpoint(net, x, use_reentrant=False), x, use_reentrant=False))))
print(same(grads(lambda x: checkpoint(lambda x: net[3:](checkpoint(net[:3], x, use_reentrant=False)), x, use_reentrant=False))))
print(same(grads(lambda x: checkpoint(lambda x: checkpoint(net, x, use_reentrant=True), x, use_reentrant=True))))
print(same(grads(lambda x: checkpoint(net, x, use_reentrant=False, early_stop=False))))
print(same(grads(lambda x: checkpoint(net, x, use_reentrant=False, preserve_rng_state=False))))
print(net[4].num_batches_tracked)
# --- arguments and results in containers
w = torch.ones(3, requires_grad=True)
f = lambda d, k: {"a": [d["x"] * w, k], "b": d["y"][0].sin()}
out = checkpoint(f, {"x": w * 2, "y": (w.exp(),)}, "s", use_reentrant=False)
print(out["a"][1], out.keys())
(out["a"][0].sum() + out["b"].sum()).backward()
print(w.grad)
w.grad = None
o1, o2, o3 = checkpoint(lambda a, n: (a * w, n, a.sin()), w * 2, 7, use_reentrant=True)
print(o1, o2, o3)
(o1.sum()).backward()
print(w.grad)
# --- further derivatives and further passes
g, = torch.autograd.grad(checkpoint(lambda t: t.sin() * t.exp(), z, use_reentrant=False).sum(), z, create_graph=True)
print(g, torch.autograd.grad(g.sum(), z))
y = checkpoint(lambda t: t.sin() * t.exp(), z, use_reentrant=False).sum()
y.backward(retain_graph=True); y.backward()
print(z.grad)
# --- what is in force is so again
calls = []
def seen(t):
    calls.append(torch.is_grad_enabled())
    return (t.sin() * t).exp()
with torch.autocast("cpu"):
    y = checkpoint(lambda t: (calls.append(torch.is_autocast_enabled("cpu")), torch.mm(t, t))[1], z.reshape(1,2).repeat(2,1), use_reentrant=False)
print(y.dtype)
y.sum().backward(); print(calls); calls.clear()
@contextlib.contextmanager
def ctx(name):
    print("in", name); yield; print("out", name)
y = checkpoint(seen, z, use_reentrant=False, context_fn=lambda: (ctx("f"), ctx("r")))
y.sum().backward(); print(calls)
calls.clear()
with set_checkpoint_early_stop(False):
    y = checkpoint(lambda t: (seen(t), calls.append("end"))[0], z, use_reentrant=False)
y.sum().backward(); print(calls); calls.clear()
y = checkpoint(lambda t: (seen(t), calls.append("end"))[0], z, use_reentrant=False)
y.sum().backward(); print(calls); calls.clear()
# --- errors of the function are its own
def raising(t):
    raise KeyError("own")
attempt(lambda: checkpoint(raising, z, use_reentrant=False))
attempt(lambda: checkpoint(raising, z, use_reentrant=True))
n=[0]
def later(t):
    n[0]+=1
    if n[0]==2: raise KeyError("later")
    return t.sin()
attempt(lambda: checkpoint(later, z, use_reentrant=False).sum().backward())
n=[0]
attempt(lambda: checkpoint(later, z, use_reentrant=True).sum().backward())
# --- looks at what is kept, and hooks around
seen = lambda t: (t.sin() * t).exp()
a = checkpoint(seen, z, use_reentrant=False)
print(a.grad_fn._saved_result)
attempt(lambda: a.grad_fn._saved_result)
a.sum().backward()
log = []
with torch.autograd.graph.saved_tensors_hooks(lambda t: log.append("p") or t, lambda t: log.append("u") or t):
    y = checkpoint(lambda t: t.sin().exp(), z, use_reentrant=False).sum()
y.backward(); print(log)
with torch.no_grad():
    print(checkpoint(seen, z, use_reentrant=False).requires_grad)
# grad within
def within(t):
    s = t.sin()
    g, = torch.autograd.grad(s.sum(), t, create_graph=True)
    return g * t
z.grad = None
checkpoint(within, z, use_reentrant=False).sum().backward(); print(z.grad)
z.grad = None
within(z).sum().backward(); print(z.grad)
# --- layers of several results
lstm = nn.LSTM(4, 3); q = torch.randn(2, 1, 4, requires_grad=True)
o,(h,c) = checkpoint(lstm, q, use_reentrant=False); (o.sum()+h.sum()).backward(); g1 = q.grad; q.grad = None
o,(h,c) = lstm(q); (o.sum()+h.sum()).backward(); print(torch.equal(g1, q.grad))
# --- inputs that change, and second passes
def mod():
    y=x*2
    z=checkpoint(lambda t:t.sin().exp(), y, use_reentrant=False)
    y.add_(1)
    z.sum().backward()
attempt(mod)
def modr():
    y=x*2
    z=checkpoint(lambda t:t.sin().exp(), y, use_reentrant=True)
    y.add_(1)
    z.sum().backward()
attempt(modr)
def twice():
    z=checkpoint(lambda t:t.sin().exp(), x, use_reentrant=False).sum()
    z.backward(); z.backward()
attempt(twice)
def grad_r():
    z=checkpoint(lambda t:t.sin().exp(), x, use_reentrant=True).sum()
    return torch.autograd.grad(z,x)
attempt(grad_r)
# --- another computation is told
n=[0]
def more(t):
    n[0]+=1
    t=t.sin()
    if n[0]%2==0: t=t.exp().exp()
    return t
attempt(lambda: checkpoint(more,x,use_reentrant=False).sum().backward())
n[0]=0
attempt(lambda: checkpoint(more,x,use_reentrant=False,early_stop=False).sum().backward())
n[0]=1
attempt(lambda: checkpoint(more,x,use_reentrant=False).sum().backward())
n[0]=0
def other(t):
    n[0]+=1
    return (t*(t.double() if n[0]%2==0 else t)).sin()
attempt(lambda: checkpoint(other,x,use_reentrant=False).sum().backward())
n[0]=0
attempt(lambda: checkpoint(other,x,use_reentrant=False,determinism_check="none").sum().backward())
# --- wrong calls
other = lambda t: t.sin()
attempt(lambda: checkpoint(other,x,use_reentrant=False,determinism_check="foo").sum().backward())
attempt(lambda: checkpoint(other,x,use_reentrant=True,k=3).sum().backward())
attempt(lambda: checkpoint(lambda t,k=1:t*k,x,use_reentrant=False,k=3).sum().backward())
attempt(lambda: checkpoint(lambda t:t*3,x,use_reentrant=True,context_fn=lambda:1))
attempt(lambda: checkpoint(lambda t:t*3,x,use_reentrant=True,debug=True))
attempt(lambda: checkpoint(lambda t:t*3,torch.ones(2),use_reentrant=True))
attempt(lambda: checkpoint(lambda t:t.detach(),x,use_reentrant=True).sum().backward())
attempt(lambda: checkpoint(lambda t:t.detach(),x,use_reentrant=False))
attempt(lambda: checkpoint_sequential([torch.sin]*3,2,x,foo=1))
attempt(lambda: checkpoint_sequential([torch.sin]*3,2,x))
attempt(lambda: checkpoint_sequential([torch.sin]*3,5,x))
attempt(lambda: checkpoint(lambda t:t*3,x))
with torch.no_grad(): attempt(lambda: checkpoint(lambda t:t*3,x,use_reentrant=False))
# --- transforms and hooks
f = lambda t: t.sin().exp().sum()
attempt(lambda: torch.func.grad(lambda x: checkpoint(f,x,use_reentrant=False))(x))
attempt(lambda: torch.func.vmap(lambda x: checkpoint(f,x,use_reentrant=False))(x))
attempt(lambda: torch.func.jvp(lambda x: checkpoint(f,x,use_reentrant=False),(x,),(x,)))
with torch.autograd.graph.saved_tensors_hooks(lambda x:x, lambda x:x):
    attempt(lambda: torch.func.grad(f)(x))
    attempt(lambda: torch.func.vmap(f)(x))
    attempt(lambda: torch.func.jvp(f,(x,),(x,)))
with torch.autograd.graph.disable_saved_tensors_hooks("no!"):
    attempt(lambda: torch.autograd.graph.saved_tensors_hooks(lambda x:x, lambda x:x).__enter__())
