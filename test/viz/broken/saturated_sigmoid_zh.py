# zh; inputs that were not scaled; cause: saturated sigmoid
import torch

w = torch.full((3,), 50.0, requires_grad=True)
with torch.viz.record():
    p = torch.sigmoid(w * torch.tensor([10.0, 20.0, 30.0]))  # <- here
    p.sum().backward()
why = torch.viz.explain(w)
