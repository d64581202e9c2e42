# a 0-dim tensor as a size (lengths.max())
# source: https://github.com/pytorch/pytorch/issues/8432 · https://github.com/pytorch/pytorch/issues/6663 · https://github.com/pytorch/pytorch/issues/12724
n=torch.tensor([2,3]).max(); x=torch.arange(6.)
t(lambda:torch.zeros(2,n).shape); t(lambda:torch.zeros(n).shape); t(lambda:x.view(n,-1).shape); t(lambda:x.repeat(n).shape); t(lambda:F.one_hot(torch.tensor([0,1]),n)); t(lambda:torch.randperm(n).shape); t(lambda:torch.arange(n)); t(lambda:x[:n])
