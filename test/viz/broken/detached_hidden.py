# en; the features go through detach() and the encoder never learns; cause: detached
import torch
from torch import nn

encoder, head = nn.Linear(4, 3), nn.Linear(3, 1)
with torch.viz.record():
    features = encoder(torch.randn(5, 4)).relu()
    logits = head(features.detach())  # <- here
    logits.pow(2).mean().backward()
why = torch.viz.explain(encoder.weight)
