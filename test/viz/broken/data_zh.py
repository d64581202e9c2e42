# zh; .data where detach or nothing was meant; cause: data
import torch

w = torch.ones(3, requires_grad=True)
bias = torch.zeros(3, requires_grad=True)
with torch.viz.record():
    h = w.data * 2  # <- here
    (h + bias).sum().backward()
why = torch.viz.explain(w)
