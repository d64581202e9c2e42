# double backward of piecewise linear functions (gradient penalty)
# source: https://github.com/caogang/wgan-gp/issues/16 · https://github.com/pytorch/pytorch/pull/1714
for n,f in dict(relu=F.relu,leaky=F.leaky_relu,relu6=F.relu6,hardtanh=F.hardtanh,hardshrink=F.hardshrink,softshrink=F.softshrink,threshold=lambda v:F.threshold(v,.5,0.),prelu=lambda v:F.prelu(v,torch.tensor([.25])),avg_pool=lambda v:F.avg_pool1d(v[None],2),clamp=lambda v:v.clamp(-1,1)).items():
    x=torch.tensor([-2.,-.5,.5,2.],requires_grad=True); g,=torch.autograd.grad(f(x).sum(),x,create_graph=True); t(lambda:(n,g.requires_grad,torch.autograd.grad(g.sum(),x)))
