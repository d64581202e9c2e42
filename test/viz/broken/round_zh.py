# zh; quantization with round has no gradient; cause: step function
import torch

scale = torch.tensor([0.3, 0.7], requires_grad=True)
with torch.viz.record():
    steps = torch.round(scale * 8)  # <- here
    loss = (steps / 8 - 0.5).pow(2).sum()
    loss.backward()
why = torch.viz.explain(scale)
