# zh; two losses on one graph; cause: backward twice
import torch

w = torch.ones(2, requires_grad=True)
try:
    with torch.viz.record():
        h = (w * 3).exp()
        loss1, loss2 = h.sum(), h.mean()
        loss1.backward()  # <- here
        loss2.backward()
except RuntimeError as error:
    why = torch.viz.explain(error)
