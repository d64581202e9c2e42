# A recurrent network that keeps its graph: the second backward fails.
import torch
from torch import nn

torch.manual_seed(0)
cell = nn.RNNCell(2, 3)
h = torch.zeros(1, 3)
for step in range(2):
    h = cell(torch.randn(1, 2), h)
    loss = h.pow(2).sum()
    print(step, f"{loss.item():.4f}")
    # The state still hangs on the step before. Way out: h = h.detach() after this line.
    loss.backward()
