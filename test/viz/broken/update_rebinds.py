# en; the update makes a new tensor in place of the parameter; cause: non-leaf
import torch

x, y = torch.arange(4.0), torch.arange(4.0) * 2
w = torch.zeros(1, requires_grad=True)
try:
    with torch.viz.record():
        for _ in range(2):
            loss = ((w * x - y) ** 2).mean()
            loss.backward()
            w = w - 0.1 * w.grad  # <- here
except TypeError as error:
    why = torch.viz.explain(error)
