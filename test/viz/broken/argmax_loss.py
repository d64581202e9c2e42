# en; accuracy as the loss; cause: not differentiable
import torch
from torch import nn

model = nn.Linear(3, 4)
labels = torch.tensor([0, 1])
try:
    with torch.viz.record():
        predictions = model(torch.randn(2, 3)).argmax(dim=1)  # <- here
        loss = (predictions != labels).float().mean()
        loss.backward()
except RuntimeError as error:
    why = torch.viz.explain(error)
