# zh; the gradient of what is in between; cause: non-leaf
import torch

x = torch.ones(2, 2, requires_grad=True)
with torch.viz.record():
    y = x + 2  # <- here
    z = (y * y * 3).mean()
    z.backward()
    print(y.grad)
why = torch.viz.explain(y)
