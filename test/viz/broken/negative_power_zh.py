# zh; a generalized mean of numbers that may be negative; cause: power of a negative number
import torch

features = torch.tensor([[-2.0, 1.0], [3.0, 4.0]], requires_grad=True)
with torch.viz.record():
    cubes = features**3
    pooled = cubes.mean(dim=-1) ** (1 / 3)  # <- here
    loss = pooled.sum()
    loss.backward()
why = torch.viz.explain(loss)
