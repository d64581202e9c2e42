# features are computed under no_grad and marked afterwards, to silence the error; cause: no_grad
import torch

trunk = torch.nn.Linear(4, 3)
head = torch.nn.Linear(3, 1)
with torch.viz.record():
    with torch.no_grad():
        features = trunk(torch.randn(5, 4))  # <- here
    features.requires_grad_()
    head(features).pow(2).mean().backward()
why = torch.viz.explain(trunk)
