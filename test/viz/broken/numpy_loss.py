# en; part of the loss is computed in Python numbers; cause: new tensor
import torch

w = torch.randn(3, requires_grad=True)
with torch.viz.record():
    out = (w * torch.arange(3.0)).sum()
    penalty = max(0.0, out.item() - 1.0)
    loss = torch.tensor(penalty, requires_grad=True)  # <- here
    loss.backward()
why = torch.viz.explain(w)
