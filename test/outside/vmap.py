# vmap: data-dependent control flow and randomness are errors
# source: vmap questions (https://github.com/pytorch/pytorch/issues/… functorch)
x=torch.tensor([1.,2.])
t(lambda:torch.func.vmap(lambda v:v+torch.randn(1))(x).shape); t(lambda:torch.func.vmap(lambda v:v if v>1 else -v)(x)); t(lambda:torch.func.grad(lambda v:v.sum(),argnums=1)(x))
