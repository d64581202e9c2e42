# masked_scatter takes the first elements of source
# source: https://github.com/pytorch/pytorch/issues/66360
s=torch.zeros(5,requires_grad=True); torch.ones(5).masked_scatter(torch.tensor([0,1,0,1,0]).bool(),s).sum().backward(); print(s.grad)
