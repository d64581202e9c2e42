# zh; the bias is so low that nothing comes through; cause: dead relu
import torch
from torch import nn

layer, last = nn.Linear(2, 3), nn.Linear(3, 1)
nn.init.constant_(layer.bias, -100.0)
with torch.viz.record():
    h = layer(torch.rand(5, 2)).relu()  # <- here
    last(h).sum().backward()
why = torch.viz.explain(layer.weight)
