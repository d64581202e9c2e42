# torch.func.functional_call: tied weights, strict, what forward assigns.
import torch
from torch import nn
from torch.func import functional_call
def tr(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
class M(nn.Module):
    def __init__(s):
        super().__init__(); s.p=nn.Parameter(torch.ones(1)); s.q=s.p; s.register_buffer("b", torch.zeros(1)); s.l=nn.Linear(1,1)
    def forward(s,x, k=1): 
        s.b = s.b+1
        return s.p*x+s.q+s.b*k
m=M(); x=torch.ones(1)
tr(lambda: functional_call(m,{"p":torch.zeros(1)},(x,)))
tr(lambda: functional_call(m,{"p":torch.zeros(1)},x,{"k":2}))
tr(lambda: functional_call(m,{"p":torch.zeros(1)},(x,),tie_weights=False))
tr(lambda: functional_call(m,{"p":torch.zeros(1),"q":torch.ones(1)},(x,)))
tr(lambda: functional_call(m,{"p":torch.zeros(1)},(x,),strict=True))
d={"p":torch.zeros(1),"b":torch.zeros(1)}
tr(lambda: functional_call(m,d,(x,))); print(d, m.b)
tr(lambda: functional_call(m,({"p":torch.zeros(1)},{"p":torch.ones(1)}),(x,)))
tr(lambda: functional_call(m,({"p":torch.zeros(1)},{"b":torch.ones(1)}),(x,)))
tr(lambda: functional_call(m,{"zz":torch.zeros(1)},(x,)))
tr(lambda: functional_call(m,{"zz":torch.zeros(1)},(x,),strict=True))
tr(lambda: functional_call(m,{"l.zz":torch.zeros(1)},(x,)))
tr(lambda: functional_call(m,{"z.zz":torch.zeros(1)},(x,)))
tr(lambda: functional_call(m,{"p":3},(x,)))
tr(lambda: functional_call(m,[3],(x,)))
tr(lambda: functional_call(m,3,(x,)))
tr(lambda: functional_call(m,{"p":torch.zeros(1)},[x]))
tr(lambda: functional_call(m,{"":torch.zeros(1)},(x,)))
tr(lambda: functional_call(m,{"l":torch.zeros(1)},(x,)))
l=nn.LSTM(1,1); torch.manual_seed(0)
w={k:torch.ones_like(v) for k,v in l.named_parameters()}
tr(lambda: functional_call(l,w,(torch.ones(1,1),))[0])
l._parameters["weight_ih_l0"]=nn.Parameter(torch.zeros(4,1)); a=l(torch.ones(1,1))[0]
l.weight_ih_l0=nn.Parameter(torch.zeros(4,1)); b=l(torch.ones(1,1))[0]; print((a==b).all())
class P(nn.Module):
    def __init__(s):
        super().__init__(); s.a=nn.Linear(1,1); s.c=nn.Linear(1,1); s.c.weight=s.a.weight
    def forward(s,x): return s.c(s.a(x))
m=P()
tr(lambda: functional_call(m,{"a.weight":torch.zeros(1,1),"a.bias":torch.ones(1),"c.bias":torch.ones(1)},(x,),strict=True))
tr(lambda: functional_call(m,{"c.weight":torch.zeros(1,1),"a.bias":torch.ones(1),"c.bias":torch.ones(1)},(x,)))
tr(lambda: functional_call(m,{"c.weight":torch.zeros(1,1),"a.weight":torch.ones(1,1)},(x,)))
tr(lambda: functional_call(m,{"c.weight":torch.zeros(1,1)},(x,),tie_weights=False))
t=torch.ones(1,1)
tr(lambda: functional_call(m,{"c.weight":t,"a.weight":t, "c.bias":x, "a.bias":x},(x,)))
print([n for n,_ in m.named_parameters()],[n for n,_ in m.named_parameters(remove_duplicate=False)],[n for n,_ in nn.Sequential(m,m).named_modules(remove_duplicate=False)])
