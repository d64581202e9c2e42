# a hook that masks a gradient away; cause: hook
import torch

w = torch.ones(3, requires_grad=True)
mask = torch.zeros(3)
with torch.viz.record():
    w.register_hook(lambda grad: grad * mask)  # <- here
    (w * 2).sum().backward()
why = torch.viz.explain(w)
