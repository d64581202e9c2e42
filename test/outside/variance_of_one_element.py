# var and std of one element
# source: https://github.com/pytorch/pytorch/issues/94184
x=torch.tensor([[1.]],requires_grad=True); t(lambda:x.var().backward()); print(x.grad); t(lambda:torch.ones(1).std()); t(lambda:torch.ones(1).std(unbiased=False))
