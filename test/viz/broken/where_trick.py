# en; where() forward, NaN backward; cause: derivative of sqrt at zero
import torch

x = torch.tensor([0.0, 4.0], requires_grad=True)
with torch.viz.record():
    root = torch.sqrt(x)  # <- here
    y = torch.where(x > 0, root, torch.zeros_like(x))
    y.sum().backward()
why = torch.viz.explain(x)
