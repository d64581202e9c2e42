# prod, cumprod with zeros and with nothing; second derivative
# source: https://github.com/pytorch/pytorch/issues/82644 · https://github.com/pytorch/pytorch/issues/106789 · https://github.com/tracel-ai/burn/issues/3864 · https://github.com/pytorch/pytorch/issues/31515
x=torch.tensor([2.,0.,3.,4.],requires_grad=True); g,=torch.autograd.grad(x.cumprod(0).sum(),x,create_graph=True); print(g.detach(),torch.autograd.grad(g.sum(),x))
x=torch.tensor([2.,3.,0.,0.],requires_grad=True); g,=torch.autograd.grad(x.prod(),x,create_graph=True); print(g.detach(),torch.autograd.grad(g.sum(),x))
x=torch.tensor([0.],requires_grad=True); x.prod(0).backward(); print(x.grad); x=torch.zeros(2,0,requires_grad=True); (x.cumprod(-1).sum()+x.cumsum(-1).sum()).backward(); print(x.grad)
