# en; a row of attention where everything is padding; cause: softmax of -inf alone
import torch

scores = torch.randn(2, 3, requires_grad=True)
padding = torch.tensor([[False, False, True], [True, True, True]])
with torch.viz.record():
    masked = scores.masked_fill(padding, float("-inf"))
    weights = masked.softmax(dim=-1)  # <- here
    loss = weights.sum()
why = torch.viz.explain(loss)
