# en; a helper that was written for evaluation is used in training; cause: no_grad
import torch
from torch import nn

net = nn.Sequential(nn.Linear(2, 4), nn.Tanh())
last = nn.Linear(4, 1)


@torch.no_grad()
def embed(x):
    return net(x)  # <- here


with torch.viz.record():
    last(embed(torch.randn(3, 2))).sum().backward()
why = torch.viz.explain(net)
