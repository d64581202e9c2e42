# en; layers in a plain list, which the optimizer never hears of; cause: not in the optimizer
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(3, 3), nn.Linear(3, 3)]
        self.last = nn.Linear(3, 1)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x).tanh()
        return self.last(x)

net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
with torch.viz.record():
    net(torch.ones(2, 3)).sum().backward()
    optimizer.step()  # <- here
why = torch.viz.explain(net.layers[0].weight)
