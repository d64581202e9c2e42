# en; a root as a power; cause: derivative of pow at zero
import torch

v = torch.tensor([[1.0, 1.0], [0.0, 0.0]], requires_grad=True)
with torch.viz.record():
    length = v.pow(2).sum(1) ** 0.5  # <- here
    length.sum().backward()
why = torch.viz.explain(v)
