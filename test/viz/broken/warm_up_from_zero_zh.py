# zh; a warm-up that begins at a learning rate of zero; cause: learning rate
import torch
from torch import nn

model = nn.Linear(3, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: epoch / 10)
with torch.viz.record():
    model(torch.ones(2, 3)).sum().backward()
    optimizer.step()  # <- here
why = torch.viz.explain(model.weight)
