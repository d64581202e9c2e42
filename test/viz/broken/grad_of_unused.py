# en; a gradient is asked for that there is not; cause: unused
import torch

a = torch.ones(2, requires_grad=True)
b = torch.ones(2, requires_grad=True)
try:
    with torch.viz.record():
        y = (a * 2).sum()
        torch.autograd.grad(y, [a, b])  # <- here
except RuntimeError as error:
    why = torch.viz.explain(error)
