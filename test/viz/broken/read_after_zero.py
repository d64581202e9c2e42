# en; the gradient is printed after zero_grad; cause: zero_grad
import torch
from torch import nn

model = nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
with torch.viz.record():
    model(torch.ones(3, 2)).sum().backward()
    optimizer.step()
    optimizer.zero_grad()  # <- here
    print(model.weight.grad)
why = torch.viz.explain(model.weight)
