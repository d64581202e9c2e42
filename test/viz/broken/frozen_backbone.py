# en; everything was frozen, the head too; cause: frozen
import torch
from torch import nn

with torch.viz.record():
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
    for p in model.parameters():
        p.requires_grad = False  # <- here
    loss = model(torch.randn(3, 2)).sum()
why = torch.viz.explain(loss)
