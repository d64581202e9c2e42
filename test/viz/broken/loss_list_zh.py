# zh; memory grows from epoch to epoch; cause: graph kept
import torch
from torch import nn

model, losses = nn.Linear(3, 1), []
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
with torch.viz.record():
    for _ in range(4):
        loss = model(torch.randn(2, 3)).pow(2).mean()  # <- here
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss)
why = torch.viz.explain(losses)
