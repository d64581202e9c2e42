# complex sinc: gradient
# source: https://github.com/pytorch/pytorch/issues/95570 (complex gradients)
x=torch.tensor([1+2j,.5-.25j]).requires_grad_(); torch.sinc(x).abs().sum().backward(); print(x.grad)
