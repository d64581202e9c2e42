# channels_last from Python
# source: https://github.com/pytorch/pytorch/issues/64529 (memory_format)
x=torch.ones(2,3,4,5); c=torch.channels_last
t(lambda:x.to(memory_format=c).stride()); t(lambda:x.contiguous(memory_format=c).stride()); t(lambda:torch.ones(2).to(memory_format=c)); t(lambda:nn.Conv2d(3,4,3).to(memory_format=c).weight.stride())
