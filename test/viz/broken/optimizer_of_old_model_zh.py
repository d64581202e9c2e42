# zh; the model is made anew after its optimizer; cause: not in the optimizer
import torch
from torch import nn

model = nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
with torch.viz.record():
    model = nn.Linear(2, 1)
    for _ in range(3):
        loss = model(torch.ones(4, 2)).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()  # <- here
why = torch.viz.explain(model)
