# NaN stays after masked assignment / boolean selection
# source: https://github.com/pytorch/pytorch/issues/4132 · https://github.com/pytorch/pytorch/issues/17455
d=torch.tensor([0.,1.])
x=torch.ones(2,requires_grad=True); y=x/d; y[d==0]=0; y.sum().backward(); print(y.detach(),x.grad)
x=torch.ones(2,requires_grad=True); (x/d)[d!=0].sum().backward(); print(x.grad)
x=torch.tensor([0.,100.],requires_grad=True); f=(x.exp()+1).log(); f[1]=0.; print(torch.autograd.grad(f.sum(),x))
