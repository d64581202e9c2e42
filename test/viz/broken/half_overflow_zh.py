# zh; energies in half precision; cause: overflow
import torch

w = torch.tensor([300.0, 2.0], requires_grad=True)
with torch.viz.record():
    h = w.half()
    energy = h * h  # <- here
    loss = (energy - energy.max()).float().sum()
why = torch.viz.explain(loss)
