# products with an inner size of 1, weight gradients under expanded gradients, halves in host code, scalars beyond an integer dtype
# found by attacking the library from outside, with what PyTorch gives
warnings.filterwarnings('ignore', message='index_reduce') # PyTorch warns of it once
torch.manual_seed(0)
m=nn.Linear(1,256); x=torch.randn(256,1)
t(lambda: (m(x)-(x*m.weight.squeeze(1)+m.bias)).abs().max()<1e-6)
a=torch.randn(300,1); b=torch.randn(300,1)
t(lambda: (a.matmul(b.t())-a*b.squeeze(1)).abs().max()<1e-6)
c=torch.randn(5,300,1); d=torch.randn(5,1,300)
t(lambda: (c.bmm(d)-c*d).abs().max()<1e-6)
def grads(f, x, w):
    x=x.clone().requires_grad_(); w=w.clone().requires_grad_(); f(x,w).sum().backward(); return x.grad, w.grad
t(lambda: grads(lambda x,w: F.conv1d(x,w,None,groups=2), torch.arange(6.).reshape(1,2,3), torch.ones(2,1,2)))
t(lambda: grads(lambda x,w: F.conv2d(x,w), torch.arange(32.).reshape(1,2,4,4), torch.ones(1,2,3,3)))
t(lambda: grads(lambda x,w: F.conv_transpose1d(x.expand(2,2,3),w), torch.arange(3.), torch.arange(12.).reshape(2,2,3)))
for dt in (torch.float16, torch.bfloat16):
    for kind in ("prod","amax","amin","mean","sum"):
        for inside in (True, False):
            t(lambda: torch.full([3],3,dtype=dt).scatter_reduce(0,torch.tensor([0,0,1]),torch.tensor([-1,2,-4],dtype=dt),kind,include_self=inside))
            if kind != "sum": t(lambda: torch.full([3],3,dtype=dt).index_reduce(0,torch.tensor([0,0,1]),torch.tensor([-1,2,-4],dtype=dt),kind,include_self=inside))
    t(lambda: torch.tensor([-1,2,-4,2],dtype=dt).unique())
    t(lambda: torch.tensor([0.,-0.,1],dtype=dt).unique())
    t(lambda: (torch.manual_seed(0), torch.bincount(torch.multinomial(torch.tensor([.1,.2,.7],dtype=dt),10000,True)))[1].argmax())
    t(lambda: torch.tensor([1],dtype=dt).nextafter(torch.tensor([2],dtype=dt)))
    t(lambda: torch.tensor([float("inf"),-float("inf"),float("nan")],dtype=dt).nan_to_num())
    t(lambda: torch.tensor([1,2],dtype=dt).ldexp(torch.tensor([1,2])))
    t(lambda: torch.tensor([2,3,4],dtype=dt).scatter_reduce(0,torch.tensor([0,0,1,1]),torch.tensor([5,-4,7,6],dtype=dt),"prod"))
t(lambda: F.avg_pool2d(torch.full([1,1,2,2],60000,dtype=torch.float16),2))
for n in (3, 8, 40):
    for dt,k in ((torch.uint8,-7),(torch.int8,300),(torch.int16,70000)):
        x=torch.arange(n).to(dt)
        t(lambda: [x.bitwise_xor(k).sum(), x.bitwise_or(k).sum(), x.bitwise_and(k).sum()])
x=torch.tensor([0,7,219],dtype=torch.uint8)
t(lambda: [x//-7, x%-7, x.fmod(-7), x< -1, x> -1, x== -1])
t(lambda: torch.arange(3).to(torch.int16)<=2**31)
t(lambda: torch.tensor([300],dtype=torch.int8))
t(lambda: torch.tensor([2**40],dtype=torch.int32))
t(lambda: torch.tensor([1e300],dtype=torch.int64))
t(lambda: torch.tensor([float("nan")],dtype=torch.int32))
