# zh; total_loss += loss keeps every graph; cause: graph kept
import torch
from torch import nn

model, total = nn.Linear(3, 1), 0
with torch.viz.record():
    for _ in range(4):
        loss = model(torch.randn(2, 3)).pow(2).mean()
        loss.backward()
        total = total + loss  # <- here
why = torch.viz.explain(total)
