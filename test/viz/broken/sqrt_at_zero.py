# en; a distance that is zero has an infinite slope; cause: derivative of sqrt at zero
import torch

a = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
b = torch.tensor([[1.0, 2.0], [0.0, 0.0]])
with torch.viz.record():
    squares = ((a - b) ** 2).sum(dim=1)
    distances = squares.sqrt()  # <- here
    distances.mean().backward()
why = torch.viz.explain(a)
