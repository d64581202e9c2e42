# leaky_relu in place with a negative slope
# source: https://github.com/pytorch/pytorch/pull/33639
x=torch.tensor([-1.,2.],requires_grad=True); t(lambda:F.leaky_relu(x*1,-.5,inplace=True).sum().backward()); print(x.grad); t(lambda:F.leaky_relu_(torch.tensor([-1.])))
