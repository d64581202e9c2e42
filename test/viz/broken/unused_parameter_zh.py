# zh; a layer that forward forgets; cause: unused
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(2, 2)
        self.b = nn.Parameter(torch.ones(2))  # <- here

    def forward(self, x):
        return self.a(x)


with torch.viz.record():
    net = Net()
    net(torch.ones(1, 2)).sum().backward()
why = torch.viz.explain(net.b)
