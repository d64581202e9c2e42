# complex abs, angle, sgn: gradients at and near 0
# source: https://github.com/pytorch/pytorch/issues/46144 · https://github.com/pytorch/pytorch/issues/98276
def c(f,z):
    x=torch.tensor([z]).requires_grad_(); f(x).abs().sum().backward(); print(x.grad)
for f in [torch.abs,torch.angle,torch.sgn,torch.sqrt,lambda z:z**2,lambda z:(z*z.conj()).real]: c(f,0j); c(f,3-4j)
