# en; a covariance that is not positive; cause: log of a negative number
import torch

covariance = torch.tensor([[1.0, 2.0], [2.0, 1.0]], requires_grad=True)
with torch.viz.record():
    loss = torch.logdet(covariance)  # <- here
    loss.backward()
why = torch.viz.explain(loss)
