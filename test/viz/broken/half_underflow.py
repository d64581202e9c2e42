# en; small weights in half precision; cause: underflow
import torch

w = torch.full((4,), 1e-4, requires_grad=True)
with torch.viz.record():
    h = w.half() * torch.full((4,), 1e-4).half()  # <- here
    h.float().pow(2).sum().backward()
why = torch.viz.explain(w)
