# tensor learning rate
# source: neighbour of 22: Adam(lr=torch.tensor(...)) is documented in PyTorch
p=nn.Parameter(torch.ones(1)); o=torch.optim.Adam([p],lr=torch.tensor(.1)); p.sum().backward(); o.step(); print(p.detach())
