# en; sigmoid's result is needed backward and is written over; cause: changed in place
import torch

x = torch.randn(4, requires_grad=True)
try:
    with torch.viz.record():
        y = torch.sigmoid(x)
        z = y * 2
        y += 1  # <- here
        (z + y).sum().backward()
except RuntimeError as error:
    why = torch.viz.explain(error)
