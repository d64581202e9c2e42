# as_strided of a transposed tensor: gradient
# source: https://github.com/pytorch/pytorch/pull/8721 · https://github.com/Oneflow-Inc/oneflow/pull/9451
x=torch.arange(1.,7.).view(2,3).requires_grad_(); y=x.t().as_strided((4,),(1,),1); print(y.detach()); (y*torch.tensor([1.,2.,3.,4.])).sum().backward(); print(x.grad)
