# zh; a divergence by hand, of a probability that is zero; cause: log of zero
import torch

p = torch.tensor([0.5, 0.5, 0.0])
q = torch.tensor([0.2, 0.5, 0.3], requires_grad=True)
with torch.viz.record():
    ratio = p / q.softmax(0)
    loss = (p * ratio.log()).sum()  # <- here
    loss.backward()
why = torch.viz.explain(loss)
