import torch
from torch.autograd import Function, gradcheck, gradgradcheck
import torch.autograd.forward_ad as fwAD

def t(f, lines=1):
    try: print(f())
    except Exception as e: print(type(e).__name__, "|".join(str(e).splitlines()[:lines]))
def wrong(x):
    y = x.clone(); y.register_hook(lambda g: g + 1e-2); return y
x = torch.tensor([0.3, 0.7], dtype=torch.double, requires_grad=True)
z = torch.tensor([0.3 + 1j, 0.7 - 2j], dtype=torch.cdouble, requires_grad=True)
# --- which part of complex numbers is wrong
t(lambda: gradcheck(wrong, x)); t(lambda: gradcheck(wrong, z)); t(lambda: gradcheck(lambda x: wrong(torch.complex(x, x)), x)); t(lambda: gradcheck(lambda z: wrong(z.real), z))
print(gradcheck(wrong, x, raise_exception=False), gradcheck(wrong, z, raise_exception=False), gradcheck(lambda z: z * z.conj(), z), gradcheck(lambda z: z.abs(), z))
# --- gradients that are not the same twice
class Jitter(Function):
    @staticmethod
    def forward(ctx, x, by): ctx.by = by; return x * 1
    @staticmethod
    def backward(ctx, g): return g * (1 + torch.rand_like(g) * ctx.by), None
print(gradcheck(lambda x: Jitter.apply(x, 0.0), x)); t(lambda: gradcheck(lambda x: Jitter.apply(x, 1e-6), x)); print(gradcheck(lambda x: Jitter.apply(x, 1e-6), x, nondet_tol=1e-5))
# --- a backward that is not multiplied by what comes, or gives another layout
class Adds(Function):
    @staticmethod
    def forward(ctx, x): return x.clone()
    @staticmethod
    def backward(ctx, g): return g + 1e-7
t(lambda: gradcheck(Adds.apply, x, nondet_tol=1.0))
class Sparse(Function):
    @staticmethod
    def forward(ctx, x): return x.clone()
    @staticmethod
    def backward(ctx, g): return g.to_sparse()
t(lambda: gradcheck(Sparse.apply, x))
# --- a backward that wants a gradient where none came
class Wants(Function):
    @staticmethod
    def forward(ctx, x): ctx.set_materialize_grads(False); return x.clone()
    @staticmethod
    def backward(ctx, g):
        if g is None: raise RuntimeError("no gradient")
        return g
t(lambda: gradcheck(Wants.apply, x)); print(gradcheck(Wants.apply, x, raise_exception=False), gradcheck(Wants.apply, x, check_undefined_grad=False))
# --- functions whose results depend on where they are taken
t(lambda: gradcheck(lambda x: torch.cat([x, x]) if bool((x >= 1).all()) else x, torch.ones(1, dtype=torch.double, requires_grad=True)))
t(lambda: gradcheck(lambda x: x.float() if bool((x >= 1).all()) else x, torch.ones(1, dtype=torch.double, requires_grad=True)))
t(lambda: gradcheck(lambda x: x, torch.ones(1, dtype=torch.double, requires_grad=True).expand(2, 2)))
# --- gradients in batches, and forwards
def bad(x, y):
    if fwAD._current_level >= 0:
        p, d = fwAD.unpack_dual(y); y = fwAD.make_dual(p, d * 1.1)
    return x + y, y
y = torch.tensor([1., 2.], dtype=torch.double, requires_grad=True)
print(gradcheck(lambda x, y: (x * y, y.sin()), (x, y), check_forward_ad=True, check_batched_grad=True, check_batched_forward_grad=True))
t(lambda: gradcheck(bad, (x, y), check_forward_ad=True)); print(gradcheck(bad, (x, y)), fwAD._current_level)
t(lambda: gradcheck(lambda x: x, x, check_batched_forward_grad=True)); t(lambda: gradcheck(lambda x: x, x, check_batched_grad=True, check_backward_ad=False, check_forward_ad=True)); t(lambda: gradgradcheck(lambda x: x, x, check_rev_over_rev=False))
print(gradgradcheck(lambda x: x.exp() * x, x, check_fwd_over_rev=True, check_batched_grad=True, gen_non_contig_grad_outputs=True))
t(lambda: gradcheck(lambda x: x, x, nothing=1))
# --- what was kept for backward has hooks of its own
a = torch.tensor([1., 2.], requires_grad=True); b = a * a; b.grad_fn._raw_saved_self.register_hooks(lambda x: 2 * x, lambda x: x); print(b.grad_fn._saved_self); b.sum().backward(); print(a.grad)
c = a.exp(); c.grad_fn._raw_saved_result.register_hooks(lambda x: x, lambda x: x); print(c.grad_fn._saved_result.grad_fn is c.grad_fn); t(lambda: c.grad_fn._raw_saved_result.register_hooks(lambda x: x, lambda x: x))
t(torch.autograd.SavedTensor); kept = c.grad_fn._raw_saved_result; c.sum().backward(); t(lambda: kept.register_hooks(lambda x: x, lambda x: x))
b = a * a
def doubled(x): x *= 2; return x
t(lambda: b.grad_fn._raw_saved_self.register_hooks(doubled, lambda x: x))
class Keeps(Function):
    @staticmethod
    def forward(ctx, x): ctx.save_for_backward(x, None); return x * 1
    @staticmethod
    def backward(ctx, g): return g * ctx.saved_variables[0]
d = Keeps.apply(a); print(d.grad_fn.saved_tensors, type(d.grad_fn._raw_saved_tensors[1]).__name__, torch.autograd.grad(d.sum(), a)); t(lambda: d.grad_fn.saved_tensors); t(lambda: b.grad_fn._raw_saved_indices)
# --- backward that may run only once says so
from torch.autograd.function import once_differentiable
class Once(Function):
    @staticmethod
    def forward(ctx, x): ctx.save_for_backward(x); return x ** 2
    @staticmethod
    @once_differentiable
    def backward(ctx, g): return 2 * ctx.saved_tensors[0] * g
x = torch.tensor([1., 2.], requires_grad=True); g, = torch.autograd.grad(Once.apply(x).sum(), x); print(g, g.requires_grad)
seed = torch.ones((), requires_grad=True)
g, = torch.autograd.grad(Once.apply(x).sum(), x, seed, create_graph=True); print(g.requires_grad); t(lambda: g.sum().backward()); t(lambda: torch.autograd.grad(g.sum(), seed, allow_unused=True))
# --- zeros for what was not used may be differentiated
x, a = torch.tensor(0.5, requires_grad=True), torch.tensor(1.0, requires_grad=True)
d, = torch.autograd.grad(x * a, x, create_graph=True); dd, = torch.autograd.grad(d, x, create_graph=True, materialize_grads=True); print(dd, torch.autograd.grad(dd, x, materialize_grads=True))
t(lambda: torch.autograd.grad(torch.ones(2, 2, requires_grad=True).clone(), torch.ones(2, 2, requires_grad=True), (torch.ones(2, 2),), is_grads_batched=True))
class Two(Function):
    @staticmethod
    def forward(ctx, x):
        a, b = x.clone(), x.clone(); ctx.mark_non_differentiable(b); ctx._materialize_non_diff_grads = False
        return a, b
    @staticmethod
    def backward(ctx, g, none): print(none); return g
Two.apply(x)[0].backward(); print(x.grad)
print(torch.autograd.is_multithreading_enabled())
with torch.autograd.set_multithreading_enabled(False): print(torch.autograd.is_multithreading_enabled())
print(torch.autograd.is_multithreading_enabled())
# --- weights under the former names of a weight norm
m = torch.nn.utils.parametrizations.weight_norm(torch.nn.Linear(2, 3))
old = {"bias": torch.zeros(3), "weight_g": torch.tensor([[1.], [2.], [3.]]), "weight_v": torch.arange(6.).view(3, 2)}
print(m.load_state_dict(old), m.weight.detach(), list(m.state_dict()))
# --- a name that leads nowhere ends there
def kind(x, name):
    try: return type(getattr(x, name, None)).__name__
    except Exception as e: return type(e).__name__
print("RecursionError" in {kind(torch.ones(2, 2), name) for name in dir(torch.ones(2, 2))})
# --- flags may be what is true or not
x = torch.ones(2, dtype=torch.double, requires_grad=True)
print(torch.autograd.gradcheck(torch.sin, x, fast_mode=None, check_batched_grad=0, check_undefined_grad=1), torch.autograd.gradgradcheck(torch.sin, x, fast_mode=None, check_batched_grad=[]))
