# zh; the mean of what a mask leaves, which is nothing; cause: mean of nothing
import torch

scores = torch.tensor([0.2, -0.4, 0.1], requires_grad=True)
with torch.viz.record():
    hard = scores[scores > 0.5]
    loss = hard.mean()  # <- here
    loss.backward()
why = torch.viz.explain(loss)
