# en; BCELoss of a net without a sigmoid; cause: out of range
import torch
from torch import nn

net = nn.Linear(2, 1)
nn.init.constant_(net.weight, 3.0)
try:
    with torch.viz.record():
        out = net(torch.ones(2, 2))
        loss = nn.BCELoss()(out, torch.ones(2, 1))  # <- here
        loss.backward()
except RuntimeError as error:
    why = torch.viz.explain(error)
