# zh; a mean over a mask that takes nothing; cause: division by zero
import torch

errors = torch.rand(4, requires_grad=True)
mask = torch.zeros(4)
with torch.viz.record():
    total = (errors * mask).sum()
    loss = total / mask.sum()  # <- here
    loss.backward()
why = torch.viz.explain(loss)
