# zh; the hidden state of the last batch; cause: graph carried over
import torch
from torch import nn

cell = nn.RNNCell(2, 3)
h = torch.zeros(1, 3)
try:
    with torch.viz.record():
        for step in range(3):
            h = cell(torch.ones(1, 2), h)  # <- here
            h.sum().backward()
except RuntimeError as error:
    why = torch.viz.explain(error)
