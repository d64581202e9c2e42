# en; the losses are added up as numbers; cause: number
import torch
from torch import nn

model = nn.Linear(2, 1)
total = 0.0
try:
    with torch.viz.record():
        for x in torch.randn(3, 1, 2):
            total += model(x).pow(2).mean().item()  # <- here
        total.backward()
except AttributeError as error:
    why = torch.viz.explain(error)
