import torch, torch.nn as nn, torch.nn.functional as F

def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, str(e).splitlines()[0])
# --- indices of a pool that were changed are not used for its gradient
for n in (1, 2, 3):
    x = torch.arange(2. * 3 * 4**n).view(2, 3, *[4] * n).requires_grad_()
    out, indices = getattr(F, f"adaptive_max_pool{n}d")(x, 2, return_indices=True)
    out.sum().backward(retain_graph=True); print(indices.flatten()[:3], x.grad.sum(), out.grad_fn.name())
    indices.add_(1); t(lambda: out.sum().backward())
x = torch.tensor([[[1., float("nan"), 3., 2.], [5., 5., 4., 4.]]], requires_grad=True)
out, indices = F.adaptive_max_pool1d(x, 2, return_indices=True); out.nansum().backward(); print(out, indices, x.grad)
x = torch.randn(2, 3, 5, 5, requires_grad=True).to(memory_format=torch.channels_last)
print(F.adaptive_max_pool2d(x, 3).stride(), torch.autograd.gradcheck(lambda x: F.adaptive_max_pool2d(x, 3), torch.arange(25.).double().sin().view(1, 1, 5, 5).requires_grad_()))
# --- pools into nothing have no gradient
for n in (1, 2, 3):
    x = torch.randn(2, 3, *[4] * n, requires_grad=True)
    for kind in ("max", "avg"):
        f = getattr(F, f"adaptive_{kind}_pool{n}d")
        print(f(x, 0).shape, f(x, 0).requires_grad, f(x.detach(), 0).shape); t(lambda: f(x, 0).sum().backward())
# --- samples of fractional pools must fit
for n in (2, 3):
    x = torch.randn(1, 3, *[9] * n); f = getattr(F, f"fractional_max_pool{n}d")
    for s in (torch.rand(0, 3, n), torch.rand(1, 2, n), torch.rand(1, 3, n + 1), torch.rand(3, n), torch.rand(2, 3, n), torch.rand(1, 3, n).double()):
        t(lambda: f(x, 2, output_size=2, _random_samples=s).shape); t(lambda: f(x[0], 2, output_size=2, _random_samples=s).shape)
    t(lambda: f(x, (), output_size=2)); t(lambda: f(x, 2, output_size=(1, 1, 1, 1))); t(lambda: f(x, (1, 1, 1, 1), output_size=2)); t(lambda: f(x, 2, output_size=()))
# --- switches of backends that are not there
b = torch.backends; b.cudnn.benchmark = False
with b.cudnn.flags(enabled=True, benchmark=True): print(b.cudnn.enabled, b.cudnn.benchmark, b.cudnn.deterministic)
with b.cudnn.flags(): print(b.cudnn.enabled, b.cudnn.benchmark)
print(b.cudnn.enabled, b.cudnn.benchmark)
t(lambda: b.cudnn.flags(x=1).__enter__())
b.cuda.matmul.allow_tf32 = True; print(b.cuda.matmul.allow_tf32, torch.get_float32_matmul_precision())
b.cuda.matmul.allow_tf32 = False; print(b.cuda.matmul.allow_tf32, torch.get_float32_matmul_precision(), b.cuda.matmul.allow_bf16_reduced_precision_reduction)
t(lambda: b.cuda.matmul.nothing)
with b.cuda.sdp_kernel(enable_flash=False): print(b.cuda.flash_sdp_enabled(), b.cuda.math_sdp_enabled())
print(b.cuda.flash_sdp_enabled())
