# empty and odd sizes: split(0), expand, cat of empties, arange(bool)
# source: https://github.com/pytorch/pytorch/issues/117617
t(lambda:torch.ones(3).split(0)); t(lambda:torch.cat([torch.empty(0),torch.ones(2,2)])); t(lambda:torch.cat([])); t(lambda:torch.ones(2,3).expand(4,3)); t(lambda:torch.ones(2,0)@torch.ones(0,3)); t(lambda:nn.Linear(0,3)(torch.ones(2,0)).shape); t(lambda:torch.arange(3,dtype=torch.bool))
