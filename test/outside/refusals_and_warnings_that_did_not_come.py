# what PyTorch refuses or warns of and was computed in silence, with the sentences that differed
warnings.filterwarnings('ignore', category=DeprecationWarning) # torch.jit's own, within PyTorch
t(lambda: F.binary_cross_entropy(torch.tensor([.5]),torch.tensor([2.])))
t(lambda: F.grid_sample(torch.ones(1,1,2,2),torch.zeros(1,1,1,2,dtype=torch.float64)))
t(lambda: F.interpolate(torch.ones(1,1,2,2),size=(1,)))
t(lambda: F.interpolate(torch.ones(1,1,2,2),scale_factor=(2,)))
t(lambda: torch.empty(0).std())
t(lambda: torch.tensor([1.]).var())
t(lambda: torch.tensor([[1.]]).cov())
t(lambda: torch.empty(0).norm(-1))
t(lambda: F.conv1d(torch.ones(1,1,4),torch.ones(1,1,2),padding="same"))
t(lambda: torch.arange(0,2,dtype=torch.bool))
t(lambda: torch.vmap(lambda x: x if x>0 else -x)(torch.ones(2)))
t(lambda: torch.vmap(lambda x: x+torch.randn(1))(torch.ones(2)))
y=torch.zeros(1)
t(lambda: torch.vmap(lambda x: y.add_(x))(torch.ones(2)))
t(lambda: F.scaled_dot_product_attention(torch.ones(1,2,2),torch.ones(1,2,2),torch.ones(1,2,2),attn_mask=torch.ones(2,2,dtype=torch.bool),is_causal=True))
t(lambda: F.scaled_dot_product_attention(torch.ones(1,2,2),torch.ones(1,0,2),torch.ones(1,0,2)))
x=torch.ones(2,3)
for f in [lambda: x.median(5), lambda: x.mode(5), lambda: x.kthvalue(1,-5), lambda: x.kthvalue(9,-1), lambda: torch.empty(0,2).median(0), lambda: torch.empty(2,0).mode(-1), lambda: torch.empty(2,0).kthvalue(1,-1), lambda: torch.empty(2,0).amax(-1), lambda: torch.empty(2,0).amin(0), lambda: torch.empty(2,0).argmax(1), lambda: torch.empty(0).argmax(), lambda: x.split(0), lambda: x.split(-1), lambda: x.split([1,2]), lambda: x.take(torch.tensor([7])), lambda: torch.broadcast_shapes((2,3),(3,2)), lambda: x.quantile(2.), lambda: x.quantile(torch.tensor([.5,-1.])), lambda: F.cross_entropy(x,torch.ones(2,3,4)), lambda: F.cross_entropy(x,torch.tensor([0,5])), lambda: x@x.double().t(), lambda: x@x, lambda: F.conv_transpose1d(torch.ones(1,1,2),torch.ones(1,1,2),output_padding=3), lambda: nn.ConvTranspose1d(1,1,2)(torch.ones(1,1,2),output_size=[9]), lambda: torch.tensor([1j])<torch.tensor([2j]), lambda: open("/nonexistent/file")]: t(f)
f=torch.ones(2,requires_grad=True)*1; f[:]=0
t(lambda: type(f.grad_fn).__name__)
a=torch.ones(3,requires_grad=True)
for f in [lambda: F.gelu(torch.tensor([1])), lambda: F.silu(torch.tensor([1])), lambda: F.softplus(torch.tensor([1])), lambda: F.mish(torch.tensor([1])), lambda: F.logsigmoid(torch.tensor([1])), lambda: F.elu(torch.tensor([1])), lambda: F.selu(torch.tensor([1])), lambda: F.interpolate(torch.tensor([[[1,5]]]),4,mode="linear"), lambda: F.hardswish(torch.tensor([1,2])), lambda: F.hardsigmoid(torch.tensor([1,2])), lambda: F.glu(torch.tensor([1,2])), lambda: torch.lerp(torch.tensor([1]),torch.tensor([2]),.5), lambda: F.leaky_relu(torch.tensor([1])), lambda: F.hardshrink(torch.tensor([1])), lambda: F.smooth_l1_loss(torch.tensor([1]),torch.tensor([2])), lambda: F.max_pool1d(torch.tensor([[1,2]]),2), lambda: torch.tensor([1]).frac(), lambda: F.linear(torch.tensor([[True]]),torch.tensor([[True]])), lambda: F.kl_div(torch.tensor([1]),torch.tensor([1]),reduction='sum'), lambda: torch.tensor([1]).exponential_(), lambda: torch.polar(torch.tensor([1]),torch.tensor([1])), lambda: torch.complex(torch.tensor([1]),torch.tensor([1])), lambda: torch.cdist(torch.tensor([[1]]),torch.tensor([[1]])), lambda: F.mse_loss(torch.tensor([1]),torch.tensor([2]))]: t(f)
x=torch.ones(2); x.add_(1); x.data=torch.zeros(2)
t(lambda: x._version)
x=torch.ones(3); x.resize_((3,)); t(lambda: x._version)
a=torch.tensor(1.,requires_grad=True).clone(); b=a.sin(); a.detach_()
t(lambda: b.backward())
base=torch.tensor([1.],requires_grad=True).clone(); v=base[:]; v2=base[:]; v.retain_grad(); v2.retain_grad(); v.add_(1); (v+v2).sum().backward()
t(lambda: [v.grad,v2.grad])
a=torch.ones(1,requires_grad=True); b=a*2; c=b*3; seen=[]; h=b.grad_fn.register_prehook(lambda g: seen.append(1))
t(lambda: [torch.autograd.grad(c,(b,)),seen])
class Many(torch.autograd.Function):
    @staticmethod
    def forward(ctx,a): return 5,a*2,None,"x",a*3
    @staticmethod
    def backward(ctx,*g): print(g); return g[1]
t(lambda: sum(y.sum() for y in Many.apply(torch.ones(1,requires_grad=True)) if isinstance(y,torch.Tensor)).backward())
@torch.no_grad()
def coroutine():
    got=[]
    for k in range(3): got.append((yield torch.is_grad_enabled()))
    yield got
def drive():
    c=coroutine(); out=[next(c)]
    for k in range(3): out.append(c.send(k))
    return out
t(drive)
class Three(nn.Module):
    def forward(self,a,b,c): return a*b*c
m=Three(); m.register_full_backward_hook(lambda m,gi,go: print(gi))
t(lambda: m(torch.ones(1,requires_grad=True),torch.ones(1),3).backward())
a=torch.ones(1,requires_grad=True); (a*2).backward(); a.grad.foo=2
import gc; gc.collect()
t(lambda: a.grad.foo)
t(lambda: torch.empty(2,3).t().resize_as_(torch.empty(3,2)).stride())
t(lambda: len(torch.randn(5)[:4].detach().storage()))
t(lambda: torch.ones(3).untyped_storage().size())
t(lambda: torch.autograd.functional.jacobian(torch.sin,torch.ones(1),strict=True,vectorize=True))
class Both(torch.autograd.Function):
    @staticmethod
    def forward(ctx,a): return a*2
    @staticmethod
    def backward(ctx,g): return g*2
    @staticmethod
    def vjp(ctx,g): return g*2
t(lambda: Both.apply(torch.ones(1,requires_grad=True)).backward())
from torch.utils.checkpoint import checkpoint
calls=[]
def fn(a):
    calls.append(1); b=a.exp(); calls.append(2); return b+1
checkpoint(fn,torch.ones(1,requires_grad=True),use_reentrant=False).backward(); t(lambda: calls)
o=torch.optim.SGD([nn.Parameter(torch.ones(1))],lr=1.); s=torch.optim.lr_scheduler.StepLR(o,1); o.step=lambda: None
t(lambda: s.step())
t(lambda: nn.init.calculate_gain("leaky_relu",True))
w=torch.ones(3,2,requires_grad=True); p=torch.ones(0,requires_grad=True)
F.embedding_bag(torch.empty(0,dtype=torch.long),w,torch.tensor([0]),mode="sum",per_sample_weights=p).sum().backward()
t(lambda: [w.grad,p.grad])
y=torch.ones(1,requires_grad=True)**2
t(lambda: y.grad_fn(torch.ones(1)))
t(lambda: y.grad_fn())
import pickle
t(lambda: pickle.loads(pickle.dumps(torch.tanh)) is torch.tanh)
t(lambda: pickle.loads(pickle.dumps(nn.Linear(1,1))))
t(lambda: torch.optim.lr_scheduler.LambdaLR(torch.optim.SGD([nn.Parameter(torch.ones(1))],lr=1.),len).lr_lambdas)
def lbfgs():
    p=nn.Parameter(torch.tensor([3.])); o=torch.optim.LBFGS([p],lr=.5)
    def closure(): o.zero_grad(); l=(p*p).sum(); l.backward(); return l
    o.step(closure); import copy; state=copy.deepcopy(o.state_dict()); o.load_state_dict(state); o.step(closure); return p
t(lbfgs)
def nested(n):
    class Again(torch.autograd.Function):
        @staticmethod
        def forward(ctx,a,k): ctx.k=k; return a*1
        @staticmethod
        def backward(ctx,g):
            if ctx.k:
                with torch.enable_grad(): Again.apply(torch.ones(1,requires_grad=True),ctx.k-1).sum().backward()
            return g,None
    x=torch.ones(1,requires_grad=True); Again.apply(x,n).sum().backward(); return x.grad
t(lambda: nested(40))
from torch.func import grad,vjp,jvp,jacrev,jacfwd,functional_call,vmap
x=torch.tensor(.5); out,f=vjp(torch.sin,x)
t(lambda: grad(lambda y: f(y)[0])(torch.tensor(.5)))
z=torch.tensor(.5,requires_grad=True)
def no(): 
    with torch.no_grad(): return grad(torch.sin)(z).requires_grad
t(no)
class Tied(nn.Module):
    def __init__(s): super().__init__(); s.p=nn.Parameter(torch.ones(1)); s.q=s.p; s.register_buffer("n",torch.zeros(1))
    def forward(s,x): s.n=s.n+1; return x*s.p+s.q
m=Tied()
t(lambda: functional_call(m,{"p":torch.zeros(1)},(torch.ones(1),)))
t(lambda: functional_call(m,{"p":torch.zeros(1)},(torch.ones(1),),strict=True))
t(lambda: functional_call(m,({"p":torch.zeros(1)},{"p":torch.ones(1)}),(torch.ones(1),)))
given={"p":torch.zeros(1),"n":torch.ones(1)}; functional_call(m,given,(torch.ones(1),)); t(lambda: given["n"])
captured=torch.ones(1)
t(lambda: grad(lambda x: (captured.copy_(x),x.sum())[1])(torch.ones(1)))
t(lambda: jacrev(torch.sin)(torch.tensor(1.)))
t(lambda: jacfwd(torch.sin)(torch.tensor(1.)))
t(lambda: vjp(lambda x: torch.ones(()),torch.ones(1))[1](torch.tensor(1.)))
t(lambda: vmap(torch.sort)(torch.tensor([[2.,1.],[1.,2.]])))
t(lambda: jvp(lambda d: {"y":d["a"]*2},({"a":torch.ones(1)},),({"a":torch.ones(1)},)))
t(lambda: jvp(lambda x: (x*2,7),(torch.ones(1),),(torch.ones(1),),has_aux=True))
m=nn.Linear(1,1); m._apply(lambda t: t.add_(1)); t(lambda: m.weight._version)
t(lambda: nn.Sequential(nn.ReLU()).insert(-5,nn.ReLU()))
t(lambda: nn.Linear(1,1).to(dtype=True))
def old_state():
    m=nn.BatchNorm1d(1); d=m.state_dict(); del d["num_batches_tracked"]; d._metadata[""]["version"]=1; return m.load_state_dict(d)
t(old_state)
