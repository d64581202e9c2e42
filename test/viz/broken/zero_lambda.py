# en; a penalty that counts nothing; cause: multiplied by zero
import torch
from torch import nn

encoder = nn.Linear(3, 3)
weight = 0.0
with torch.viz.record():
    penalty = encoder(torch.ones(2, 3)).pow(2).mean()
    loss = weight * penalty  # <- here
    loss.backward()
why = torch.viz.explain(encoder.weight)
