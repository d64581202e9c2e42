# en; requires_grad before the scaling; cause: non-leaf
import torch

with torch.viz.record():
    w = torch.randn(3, 3, requires_grad=True) * 0.01  # <- here
    loss = (torch.ones(2, 3) @ w).sum()
    loss.backward()
    w.grad
why = torch.viz.explain(w)
