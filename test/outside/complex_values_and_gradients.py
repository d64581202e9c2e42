# complex powers, sums of exponentials, places between numbers, divisions and roots at infinity, branch cuts
z=torch.tensor(-1+1.5j, requires_grad=True)
def grad(f, *seed):
    z.grad=None; f(z).backward(*seed); return z.grad
t(lambda: grad(lambda z: torch.pow(3,z), torch.tensor(1+0j)))
t(lambda: grad(lambda z: (3**z).abs()))
t(lambda: grad(lambda z: torch.acosh(z).abs()))
t(lambda: grad(lambda z: torch.sinc(z).abs()))
t(lambda: torch.tensor([1+2j]).float_power(2))
t(lambda: torch.tensor([0.5+1j,1-2j]).logsumexp(0))
t(lambda: torch.linspace(1,10.5,5,dtype=torch.complex64))
t(lambda: torch.logspace(0,1,3,dtype=torch.complex64))
inf=float("inf")
points=[complex(a,b) for a in (-inf,-2.,-0.,0.,2.,inf) for b in (-inf,-0.,0.,inf)]
for f in (torch.atan,torch.atanh,torch.asin,torch.acos,torch.asinh,torch.acosh,torch.sqrt,torch.reciprocal,torch.log):
    t(lambda: [str(complex(y)) for y in f(torch.tensor(points))])
t(lambda: torch.tensor([1+1j])/torch.tensor([0j]))
t(lambda: torch.tensor([complex(inf,float("nan"))]).nan_to_num())
t(lambda: torch.tensor([1+2j]).sort())
x=torch.tensor([1+2j,3+4j]); x.real=torch.tensor([5.,6.]); x.imag=0.5
t(lambda: x)
t(lambda: [x.is_conj(), x.conj().is_conj(), x.is_neg()])
t(lambda: torch.ones(2,dtype=torch.cfloat).scatter_reduce_(0,torch.tensor([0]),torch.tensor([2j]),"prod"))
for kind in ("prod","mean","amax","amin"): t(lambda: torch.tensor([2,3,4]).cfloat().scatter_reduce(0,torch.tensor([0,0,1,1]),torch.tensor([5,-4,7,6]).cfloat(),kind))
