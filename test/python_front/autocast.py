import torch
import torch.nn.functional as F


def attempt(f):
    try:
        print(f())
    except Exception as error:
        print(type(error).__name__, error)


# --- which dtype ops compute in
torch.manual_seed(0)
x, v = torch.eye(4) + 0.1, torch.ones(4)
b, im, vol = x.bfloat16(), torch.randn(1, 2, 5, 5), torch.randn(1, 1, 4, 4, 4)
classes = torch.tensor([0, 1, 2, 3])
probes = dict(
    mm=lambda: x @ x, mmb=lambda: b @ b, mixed=lambda: x @ b, mv=lambda: x @ v, dot=lambda: torch.dot(v, v), mvf=lambda: torch.mv(x, v),
    outer=lambda: torch.outer(v, v), einsum=lambda: torch.einsum("ij,jk->ik", x, x), addmv=lambda: torch.addmv(v, x, v),
    multi_dot=lambda: torch.linalg.multi_dot([x, x]), tensordot=lambda: torch.tensordot(x, x, 1), inner=lambda: torch.inner(v, v),
    linear=lambda: F.linear(x, x), bilinear=lambda: F.bilinear(x, x, torch.randn(2, 4, 4)), conv2d=lambda: F.conv2d(im, torch.randn(1, 2, 3, 3)),
    conv2d_double=lambda: F.conv2d(im.double(), torch.randn(1, 2, 3, 3).double()), double=lambda: x.double() @ x.double(),
    complex=lambda: x.cfloat() @ x.cfloat(), softmax=lambda: b.softmax(0), log_softmax=lambda: b.log_softmax(0), sum=lambda: b.sum(), add=lambda: x + b,
    cat=lambda: torch.cat([x, b]), cat_same=lambda: torch.cat([b, b]), cat_halves=lambda: torch.cat([b, b.half()]), cat_double=lambda: torch.cat([b, x.double()]),
    stack=lambda: torch.stack([x, b]), index_copy=lambda: x.index_copy(0, torch.tensor([0]), b[:1]), layer_norm=lambda: F.layer_norm(b, (4,)),
    cross_entropy=lambda: F.cross_entropy(b, classes), nll=lambda: F.nll_loss(b, classes), mse=lambda: F.mse_loss(b, b), l1=lambda: F.l1_loss(b, b),
    bce_logits=lambda: F.binary_cross_entropy_with_logits(b, b), kl=lambda: F.kl_div(b, b, reduction="sum"), smooth_l1=lambda: F.smooth_l1_loss(b, b), huber=lambda: F.huber_loss(b, b),
    gaussian=lambda: F.gaussian_nll_loss(b, b, b), margin_ranking=lambda: F.margin_ranking_loss(v.bfloat16(), v.bfloat16(), v.bfloat16()), prod=lambda: b.prod(), prod_dim=lambda: b.prod(0),
    trace=lambda: b.trace(), cdist=lambda: torch.cdist(b, b), inv=lambda: torch.linalg.inv(b), fft=lambda: torch.fft.fft(b), norm=lambda: b.norm(),
    exp=lambda: b.exp(), pow=lambda: b.pow(2), gelu=lambda: F.gelu(b), prelu=lambda: F.prelu(x, v[:1]), avg_pool2d=lambda: F.avg_pool2d(im.bfloat16(), 2),
    avg_pool3d=lambda: F.avg_pool3d(vol.bfloat16(), 2), max_pool3d=lambda: F.max_pool3d(vol.bfloat16(), 2), adaptive_avg_pool3d=lambda: F.adaptive_avg_pool3d(vol.bfloat16(), 2),
    adaptive_max_pool3d=lambda: F.adaptive_max_pool3d(vol.bfloat16(), 2), reflect=lambda: F.pad(im.bfloat16(), (1, 1, 1, 1), mode="reflect"), reflect1d=lambda: F.pad(im[0].bfloat16(), (1, 1), mode="reflect"),
    reflect3d=lambda: F.pad(vol.bfloat16(), (1,) * 6, mode="reflect"), replicate=lambda: F.pad(im.bfloat16(), (1, 1, 1, 1), mode="replicate"), circular=lambda: F.pad(im.bfloat16(), (1, 1, 1, 1), mode="circular"),
    grid_sample=lambda: F.grid_sample(im.bfloat16(), torch.zeros(1, 2, 2, 2).bfloat16(), align_corners=False), quantile=lambda: torch.quantile(b, 0.5), attention=lambda: F.scaled_dot_product_attention(x[None], x[None], x[None]),
    embedding=lambda: F.embedding(torch.tensor([0]), x), solve=lambda: torch.linalg.solve(b, b), qr=lambda: torch.linalg.qr(b)[0], svd=lambda: torch.linalg.svd(b)[0], eigh=lambda: torch.linalg.eigh(b)[0],
    cholesky=lambda: torch.linalg.cholesky(torch.eye(4).bfloat16()), matrix_power=lambda: torch.linalg.matrix_power(x, 2), vecdot=lambda: torch.linalg.vecdot(x, x), polar=lambda: torch.polar(b, b),
    in_place=lambda: torch.zeros(4, 4).addmm_(x, x), bmm=lambda: x[None].bmm(x[None]), baddbmm=lambda: torch.baddbmm(x[None], x[None], x[None]), addbmm=lambda: torch.addbmm(x, x[None], x[None]),
    cosine=lambda: F.cosine_embedding_loss(b, b, v.bfloat16()), similarity=lambda: F.cosine_similarity(b, b), triplet=lambda: F.triplet_margin_loss(b, b, b), multi_margin=lambda: F.multi_margin_loss(b, classes),
    soft_margin=lambda: F.soft_margin_loss(b, b), hinge=lambda: F.hinge_embedding_loss(b, b), poisson=lambda: F.poisson_nll_loss(b, b), multilabel_soft=lambda: F.multilabel_soft_margin_loss(b, b),
    conv_transpose=lambda: F.conv_transpose2d(im, torch.randn(2, 1, 3, 3)), conv1d=lambda: F.conv1d(torch.randn(1, 2, 5), torch.randn(1, 2, 3)), cumsum=lambda: b.cumsum(0), kron=lambda: torch.kron(x, x),
    rnn=lambda: torch.nn.RNN(4, 3)(x)[0], gru=lambda: torch.nn.GRU(4, 3)(x)[0], gru_cell=lambda: torch.nn.GRUCell(4, 3)(x), encoder=lambda: torch.nn.TransformerEncoderLayer(4, 2, 8)(x[:, None]),
    mha=lambda: torch.nn.MultiheadAttention(4, 2)(x, x, x)[0],
)
for name, f in probes.items():
    told = []
    for dtype in (torch.bfloat16, torch.float16):
        with torch.autocast("cpu", dtype):
            try:
                told.append(str(f().dtype))
            except Exception as error:
                told.append(f"{type(error).__name__} {error}")
    print(name, *told)
# --- regions, what they ask and what they refuse
attempt(lambda: torch.autocast("foo"))
attempt(lambda: torch.autocast("meta"))
attempt(lambda: torch.autocast(3))
attempt(lambda: torch.autocast("cuda")._enabled)
attempt(lambda: torch.autocast("cpu", torch.float32)._enabled)
attempt(lambda: (torch.is_autocast_enabled(), torch.is_autocast_enabled("cpu"), torch.get_autocast_dtype("cuda"), torch.get_autocast_dtype("cpu")))
attempt(lambda: torch.is_autocast_enabled("foo"))
attempt(lambda: torch.is_autocast_enabled("meta"))
attempt(lambda: torch.get_autocast_dtype("meta"))
attempt(lambda: (torch.amp.is_autocast_available("meta"), torch.amp.is_autocast_available("cuda"), torch.is_autocast_cache_enabled()))
x = torch.ones(2, 2)
with torch.autocast("cpu"):
    print((x @ x).dtype)
    with torch.autocast("cpu", torch.float16, enabled=False):
        print(torch.get_autocast_dtype("cpu"), torch.is_autocast_enabled("cpu"), (x @ x).dtype)
        with torch.autocast("cpu", torch.float16):
            print((x @ x).dtype)
    print((x @ x).dtype, torch.get_autocast_dtype("cpu"))
print((x @ x).dtype)
attempt(lambda: torch.autocast("cpu")(3))
attempt(lambda: torch.autocast("cpu")(lambda: torch.is_autocast_enabled("cpu"))())
@torch.autocast("cpu", dtype=torch.float16)
def product(x):
    return x @ x
print(product(x).dtype, product.__name__)
torch.set_autocast_enabled("cpu", True)
torch.set_autocast_dtype("cpu", torch.float16)
print((x @ x).dtype)
torch.set_autocast_enabled("cpu", False)
torch.set_autocast_dtype("cpu", torch.bfloat16)
# --- gradients, and parameters that are cast once
torch.manual_seed(0)
net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 2))
xs, ys = torch.randn(4, 2), torch.tensor([0, 1, 0, 1])
with torch.autocast("cpu"):
    out = net(xs)
    loss = F.cross_entropy(out, ys)
loss.backward()
print(out.dtype, loss.dtype, net[0].weight.grad.dtype, net[0].weight.grad.abs().sum() > 0)
lin = torch.nn.Linear(2, 2)
def cast_of(y):
    return y.grad_fn.next_functions[2][0].next_functions[0][0]
for cached in (None, True, False):
    with torch.autocast("cpu", cache_enabled=cached):
        a, b = lin(torch.ones(1, 2)), lin(torch.ones(1, 2))
        print(type(a.grad_fn).__name__, type(a.grad_fn.next_functions[2][0].next_functions[0][0]).__name__, cast_of(a) is cast_of(b), torch.is_autocast_cache_enabled())
with torch.autocast("cpu"):
    with torch.no_grad():
        lin(torch.ones(1, 2))
    print(lin(torch.ones(1, 2)).requires_grad)
# --- functions of one's own
class Product(torch.autograd.Function):
    @staticmethod
    @torch.amp.custom_fwd(device_type="cpu", cast_inputs=torch.float32)
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        print(a.dtype, torch.is_autocast_enabled("cpu"))
        return a.mm(b)
    @staticmethod
    @torch.amp.custom_bwd(device_type="cpu")
    def backward(ctx, g):
        a, b = ctx.saved_tensors
        print(torch.is_autocast_enabled("cpu"), g.dtype)
        return g.mm(b.t()), a.t().mm(g)
class Plain(Product):
    @staticmethod
    @torch.amp.custom_fwd(device_type="cpu")
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        print(a.dtype, torch.is_autocast_enabled("cpu"))
        return a.mm(b)
for function in Product, Plain:
    a = torch.ones(2, 2, requires_grad=True)
    with torch.autocast("cpu"):
        made = function.apply(a.bfloat16(), a)
    print(made.dtype)
    made.sum().backward()
    print(a.grad)
    function.apply(a, a)
attempt(lambda: torch.amp.custom_fwd(device_type=3))
# --- the scaler
attempt(lambda: torch.amp.GradScaler("cpu", growth_factor=1.0))
attempt(lambda: torch.amp.GradScaler("cpu", backoff_factor=1.0))
attempt(lambda: torch.amp.GradScaler().is_enabled())
s = torch.amp.GradScaler("cpu", init_scale=4.0, growth_interval=2)
p = torch.nn.Parameter(torch.ones(2))
o = torch.optim.SGD([p], lr=0.1)
attempt(lambda: s.step(o))
attempt(lambda: s.update())
attempt(lambda: s.unscale_(o))
attempt(lambda: s.get_scale())
loss = s.scale((p * 2).sum())
print(loss)
loss.backward()
print(p.grad)
attempt(lambda: s.update())
s.unscale_(o)
print(p.grad)
attempt(lambda: s.unscale_(o))
print(s.step(o))
attempt(lambda: s.step(o))
attempt(lambda: s.unscale_(o))
s.update()
print(p, s.get_scale(), s.state_dict())
for factor in (float("inf"), 2, 2, float("nan"), 1):
    o.zero_grad()
    s.scale((p * factor).sum()).backward()
    s.step(o)
    s.update()
    print(p.data, s.get_scale(), s._get_growth_tracker())
attempt(lambda: s.step(o, closure=1))
attempt(lambda: s.scale([p, (p,)]))
attempt(lambda: s.scale(3))
attempt(lambda: s.load_state_dict({}))
s.update(16.0)
other = torch.amp.GradScaler("cpu")
other.load_state_dict(s.state_dict())
print(other.state_dict(), other.get_growth_factor(), other.get_backoff_factor(), other.get_growth_interval())
off = torch.amp.GradScaler("cpu", enabled=False)
print(off.scale(p) is p, off.state_dict(), off.get_scale())
q = torch.nn.Parameter(torch.ones(2).half())
s.scale(q.sum()).backward()
attempt(lambda: s.unscale_(torch.optim.SGD([q], lr=0.1)))
o.zero_grad()
attempt(lambda: s.step(o))
