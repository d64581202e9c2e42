# en; a row of a parameter is set; cause: leaf changed in place
import torch

table = torch.zeros(3, 2, requires_grad=True)
run = torch.viz.record()
with run:
    try:
        table[0] = 1.0  # <- here
    except RuntimeError as error:
        why = torch.viz.explain(error)
