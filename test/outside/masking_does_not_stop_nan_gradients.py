# where/masking does not stop NaN gradients
# source: https://github.com/pytorch/pytorch/issues/16317 · https://github.com/pytorch/pytorch/issues/52248 · https://github.com/pytorch/pytorch/issues/68425
x=torch.tensor([0.0,4.0],requires_grad=True); torch.where(x>0,x.sqrt(),0.*x).sum().backward(); print(x.grad)
x=torch.tensor([0.,1.],requires_grad=True); n=torch.tensor([0.,2.]); torch.where(n==0,0.,x/n).sum().backward(); print(x.grad)
x=torch.tensor([0.,1.],requires_grad=True); (x/torch.where(n==0,1.,n)).masked_fill(n==0,0.).sum().backward(); print(x.grad)
a=torch.tensor(100.,requires_grad=True); torch.where(a<=0,a.exp(),1+a).backward(); print(a.grad)
