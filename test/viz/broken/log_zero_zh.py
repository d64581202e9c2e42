# zh; cross entropy by hand, a probability of zero; cause: log of zero
import torch

p = torch.tensor([0.0, 1.0], requires_grad=True)
with torch.viz.record():
    entropy = -(p * torch.log(p)).sum()  # <- here
why = torch.viz.explain(entropy)
