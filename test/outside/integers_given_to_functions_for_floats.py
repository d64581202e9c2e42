# integer and bool input to functions for floats
# source: https://github.com/jeong-tae/RACNN-pytorch/issues/10 · https://github.com/pytorch/pytorch/issues/13218
x=torch.tensor([1,2])
for f in [F.gelu,F.silu,F.softplus,F.elu,F.mish,F.logsigmoid,F.hardswish,F.leaky_relu,lambda v:torch.hypot(v,v),lambda v:F.interpolate(v[None,None],size=4,mode='linear'),lambda v:v.lerp(v,.5),lambda v:torch.polar(v,v)]: t(lambda:f(x))
t(lambda:torch.hypot(x>1,x>1))
