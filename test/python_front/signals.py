import torch, warnings
from torch.signal import windows

torch.manual_seed(0)
def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, str(e).split("(Triggered")[0])
x = torch.sin(torch.arange(40.) / 3)
w = torch.hann_window(8)
# --- short-time transforms and their inverses
for k in ({"n_fft": 8, "window": w}, {"n_fft": 8, "hop_length": 3, "window": w, "normalized": True}, {"n_fft": 8, "win_length": 5, "window": torch.ones(5), "center": False}, {"n_fft": 8, "window": w, "pad_mode": "constant"}, {"n_fft": 8, "window": w, "onesided": False}, {"n_fft": 9, "window": torch.hamming_window(9)}):
    y = torch.stft(x, **k, return_complex=True); print(y.shape, y.dtype, y.stride(), y.abs().sum(), y[1, 1:3])
    back = {n: v for n, v in k.items() if n != "pad_mode"}
    if k.get("center", True): z = torch.istft(y, **back, length=40); print(z.shape, torch.allclose(z, x, atol=1e-5))
print(torch.stft(x.view(2, 20), 8, window=w, return_complex=True).shape, x.stft(8, window=w, return_complex=True).sum(), torch.stft(x + 1j * x, 8, window=w).shape, torch.stft(x.double(), 8, window=w.double(), return_complex=True).dtype)
c = torch.stft(x + 1j * x.flip(0), 8, window=w); print(torch.istft(c, 8, window=w, return_complex=True).abs().sum(), torch.view_as_real(c)[0, 0], c.istft(8, window=w, onesided=False).shape)
# --- gradients of short-time transforms
p = x.clone().requires_grad_(); torch.stft(p, 8, window=w, return_complex=True).abs().square().sum().backward(); print(p.grad[:6])
q = torch.stft(x, 8, window=w, return_complex=True).requires_grad_(); torch.istft(q, 8, window=w).square().sum().backward(); print(q.grad[:2, :2])
v = w.clone().requires_grad_(); torch.stft(x, 8, window=v, return_complex=True).real.sum().backward(); print(v.grad[::2])
# --- refusals of short-time transforms
o = torch.ones(4); X = torch.stft(x, 4, return_complex=True, window=o)
for f in (lambda: torch.stft(x, 4, window=o), lambda: torch.stft(x, 4, hop_length=0, window=o, return_complex=True), lambda: torch.stft(x, 4, win_length=9, window=o, return_complex=True), lambda: torch.stft(x, 4, window=torch.ones(3), return_complex=True), lambda: torch.stft(torch.arange(12), 4, window=o, return_complex=True), lambda: torch.stft(x + 0j, 4, onesided=True, window=o), lambda: torch.stft(x, 50, center=False, window=torch.ones(50), return_complex=True), lambda: torch.stft(x, 4, window=o, align_to_window=True, return_complex=True),
          lambda: torch.istft(X.real, 4, window=o), lambda: torch.istft(X, 8, window=torch.ones(8)), lambda: torch.istft(X, 4, onesided=False, window=o), lambda: torch.istft(X, 4, window=torch.zeros(4)), lambda: torch.istft(X[:, :0], 4, window=o), lambda: torch.istft(X[0], 4, window=o), lambda: torch.istft(X, 4, hop_length=9, window=o), lambda: torch.istft(X, 4, win_length=9, window=o), lambda: torch.istft(X, 4, window=torch.ones(3)), lambda: torch.istft(X, 4, return_complex=True, window=o), lambda: torch.istft(X, 4, window=o + 0j)): t(f)
t(lambda: torch.istft(X, 4, window=o, length=50)[-3:]); t(lambda: torch.istft(X, 4, window=o, center=False).shape)
# --- reductions of segments
d = torch.tensor([[1., 5.], [4., 2.], [3., 3.], [0., 7.]], requires_grad=True)
n = torch.tensor([1, 0, 3])
for r in ("sum", "mean", "max", "min", "prod"):
    y = torch.segment_reduce(d, r, lengths=n); print(r, y.detach()); d.grad = None; y[[0, 2]].sum().backward(); print(d.grad)
    print(torch.segment_reduce(d.detach(), r, lengths=n, initial=2), torch.segment_reduce(d.detach(), r, offsets=torch.tensor([0, 1, 4])))
print(torch.segment_reduce(d.detach(), "sum", lengths=torch.tensor([[1, 1], [2, 0], [1, 1], [0, 2]]), axis=1), torch.segment_reduce(d.detach()[:, 0], "max", lengths=torch.tensor([2, 2])), torch.segment_reduce(d.detach(), "sum", lengths=torch.tensor([1, 1]), unsafe=True))
e = d.detach()
for f in (lambda: torch.segment_reduce(e, "foo", lengths=n), lambda: torch.segment_reduce(e, "sum"), lambda: torch.segment_reduce(e, "sum", lengths=torch.tensor([5, 0])), lambda: torch.segment_reduce(e, "sum", lengths=torch.tensor([-1, 5])), lambda: torch.segment_reduce(e, "sum", lengths=torch.tensor([1., 3.])), lambda: torch.segment_reduce(e, "sum", lengths=n, axis=1), lambda: torch.segment_reduce(e, "sum", indices=n), lambda: torch.segment_reduce(e.long(), "sum", lengths=n)): t(f)
# --- windows
for f in (windows.bartlett, windows.blackman, windows.cosine, windows.exponential, windows.gaussian, windows.general_hamming, windows.hamming, windows.hann, windows.kaiser, windows.nuttall):
    print(f.__name__, f(7), f(6, sym=False), f(1), f(0), f(2, dtype=torch.float64), f(3, requires_grad=True).requires_grad)
print(windows.general_cosine(5, a=[0.46, 0.23, 0.31]), windows.general_hamming(4, alpha=0.6), windows.gaussian(5, std=2.), windows.exponential(5, tau=3.), windows.exponential(5, center=1., sym=False), windows.kaiser(5, beta=3.))
for f in (lambda: windows.hann(-1), lambda: windows.hann(3, dtype=torch.int64), lambda: windows.gaussian(3, std=0.), lambda: windows.exponential(3, tau=-1.), lambda: windows.exponential(3, center=1.), lambda: windows.kaiser(3, beta=-1.), lambda: windows.general_cosine(3, a=[]), lambda: windows.cosine(-2)): t(f)
# --- singular values and components in a random subspace
A = torch.randn(9, 4) @ torch.randn(4, 6)
U, S, V = torch.svd_lowrank(A, 4); print(U.shape, S, V.shape, torch.allclose(U * S @ V.mT, A, atol=1e-4))
U, S, V = torch.svd_lowrank(A.mT, q=2, niter=3); print(S, U.shape, V.shape)
U, S, V = torch.svd_lowrank(A, 3, M=A.mean(0, keepdim=True)); print(S)
U, S, V = torch.pca_lowrank(A); print(S.shape, S[:3], V.shape); print(torch.pca_lowrank(A, q=2, center=False)[1])
t(lambda: torch.pca_lowrank(A, q=9)); t(lambda: torch.pca_lowrank(A, niter=-1))
B = A.clone().requires_grad_(); torch.manual_seed(1); torch.svd_lowrank(B, 4)[1].sum().backward(); print(B.grad.norm())
