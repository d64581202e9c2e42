import torch
from torch import nn
torch.manual_seed(0)
def attempt(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
# --- compiled modules
lin = nn.Linear(2, 2)
m = torch.compile(lin, backend="eager")
print(type(m), m, list(m.state_dict()), m._orig_mod is lin, m.weight is lin.weight, isinstance(m, nn.Module), m.in_features, m.training)
m.eval()
print(lin.training, m.training)
m.foo = 3
print(lin.foo, "foo" in m.__dict__)
print(m(torch.ones(1, 2)).shape, len(list(m.parameters())), [n for n, _ in m.named_modules()])
m(torch.ones(1, 2)).sum().backward()
print(lin.weight.grad, m.weight.grad is lin.weight.grad)
optimizer = torch.optim.SGD(m.parameters(), lr=0.1)
optimizer.step()
m.train()
print(lin.training, m.training, m.to(torch.float64) is m, lin.weight.dtype)
m.load_state_dict({"_orig_mod." + k: torch.zeros_like(v) for k, v in lin.state_dict().items()})
print(lin.weight)
print(torch.compile(lin, disable=True) is lin)
attempt(lambda: m.nothing)
# --- compiled functions
@torch.compile(backend="eager")
def f(x, y=1):
    "doc"
    return x * y
print(f.__name__, f.__doc__, f(torch.ones(2), y=3), f._torchdynamo_orig_callable(torch.ones(1)))
attempt(lambda: torch.compile(f, mode="fast"))
attempt(lambda: torch.compile(f, mode="default", options={"a": 1}))
attempt(lambda: torch.compile(f, backend="nothing"))
print(torch.compiler.is_compiling(), torch.compiler.is_dynamo_compiling(), torch.compiler.disable(f) is not None)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = torch.compile(nn.Sequential(nn.Linear(2, 3), nn.ReLU()), backend="eager")
    def forward(self, x):
        return self.net(x)
print(Net(), list(Net().state_dict()), Net()(torch.ones(2, 2)).shape)
import torch._dynamo
torch._dynamo.reset()
torch._dynamo.config.suppress_errors = True
# --- scripted and traced
import warnings
warnings.filterwarnings("ignore", category=DeprecationWarning)
lin = nn.Linear(2, 2)
s = torch.jit.script(lin)
print(s, s(torch.ones(1, 2)).shape, s.original_name, list(s.state_dict()), isinstance(s, nn.Module), isinstance(s, torch.jit.ScriptModule))
t = torch.jit.trace(lin, torch.ones(1, 2))
print(t, t(torch.ones(3, 2)).equal(lin(torch.ones(3, 2))))
print(torch.jit.trace(lambda x: x * 2, torch.ones(2))(torch.ones(3)))
@torch.jit.ignore
def ig(x):
    return x
print(ig(1), torch.jit.unused(lambda x: x)(2), torch.jit.export(lambda x: x)(3), torch.jit.annotate(int, 3))
net = nn.Sequential(nn.Linear(1, 1), nn.Sequential(nn.Dropout(0.9)))
s = torch.jit.script(net)
print(s, len(list(s.parameters())), [n for n, _ in s.named_parameters()])
s.eval()
print(s.training, len(s), s(torch.ones(1, 1)).equal(net.eval()(torch.ones(1, 1))))
print(torch.jit.is_scripting(), torch.jit.is_tracing(), torch.jit.wait(torch.jit.fork(lambda x: x + 1, torch.ones(1))))
attempt(lambda: torch.jit.freeze(torch.jit.script(nn.Dropout())))
# --- settings for a block
import torch._dynamo as dynamo
config = dynamo.config; config.suppress_errors = False; seen = []
with config.patch(suppress_errors=True, verbose=True): seen.append((config.suppress_errors, config.verbose))
with config.patch("suppress_errors", True): seen.append(config.suppress_errors)
with config.patch({"suppress_errors": True}): seen.append(config.suppress_errors)
@config.patch(suppress_errors=True)
def f(): return config.suppress_errors
print(seen, f(), f(), config.suppress_errors, config.verbose)
try:
    with config.patch("verbose", True, suppress_errors=True): pass
except AssertionError as e: print(e)
# --- tracing runs what is traced
import warnings
warnings.filterwarnings("ignore", category=DeprecationWarning)
calls = []
def drawn(x): calls.append(x.shape); return x + torch.rand(2)
torch.manual_seed(0); traced = torch.jit.trace(drawn, (torch.ones(2),), check_trace=False); print(calls, torch.rand(1))
def bad(x): raise NotImplementedError("no")
attempt(lambda: torch.jit.trace(bad, torch.ones(2)))
