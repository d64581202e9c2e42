# zh; .long() in the middle; cause: integer
import torch

score = torch.rand(4, requires_grad=True)
try:
    with torch.viz.record():
        index = (score * 10).long()  # <- here
        loss = index.float().mean()
        loss.backward()
except RuntimeError as error:
    why = torch.viz.explain(error)
