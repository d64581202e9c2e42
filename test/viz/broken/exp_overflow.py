# en; a softmax by hand; cause: overflow
import torch

logits = torch.tensor([10.0, 100.0], requires_grad=True)
with torch.viz.record():
    powers = torch.exp(logits)  # <- here
    probabilities = powers / powers.sum()
    loss = -torch.log(probabilities[0])
why = torch.viz.explain(probabilities)
