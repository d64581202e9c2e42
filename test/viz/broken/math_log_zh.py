# zh; a loss by the functions of math; cause: new tensor
import math
import torch

w = torch.tensor(2.0, requires_grad=True)
with torch.viz.record():
    score = w * 3
    loss = torch.tensor(math.log(score.item()), requires_grad=True)  # <- here
    loss.backward()
why = torch.viz.explain(w)
