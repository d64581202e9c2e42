# forgot requires_grad; grad of non-leaf; list of tensors to torch.tensor; int leafs
# source: https://github.com/pytorch/pytorch/issues/82017
x=torch.ones(2); t(lambda:x.sum().backward())
x.requires_grad_(); y=x*2; t(lambda:y.grad); y.retain_grad(); y.sum().backward(); print(y.grad)
t(lambda:torch.tensor([x[0],x[1]]).sum().backward()); t(lambda:torch.tensor(x)); t(lambda:torch.tensor([1,2],requires_grad=True)); t(lambda:torch.optim.SGD([y],lr=.1)); t(lambda:x.argmax().float().backward())
