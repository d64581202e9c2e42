# zh; a hole in the table of labels; cause: nan in the data
import torch
from torch import nn

model = nn.Linear(2, 1)
with torch.viz.record():
    x = torch.ones(3, 2)
    y = torch.tensor([[1.0], [float("nan")], [2.0]])  # <- here
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
why = torch.viz.explain(model.weight)
