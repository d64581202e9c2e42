# en; a penalty on gradients that were given without a graph; cause: create_graph
import torch

x = torch.ones(3, requires_grad=True)
try:
    with torch.viz.record():
        y = x.pow(2).sum()
        slope = torch.autograd.grad(y, x)[0]  # <- here
        penalty = (slope.norm() - 1).pow(2)
        penalty.backward()
except RuntimeError as error:
    why = torch.viz.explain(error)
