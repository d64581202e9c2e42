# en; the weight was never marked; cause: requires_grad
import torch

try:
    with torch.viz.record():
        x = torch.randn(5, 2)
        w = torch.randn(2, 1)  # <- here
        loss = (x @ w).pow(2).mean()
        loss.backward()
except RuntimeError as error:
    why = torch.viz.explain(error)
