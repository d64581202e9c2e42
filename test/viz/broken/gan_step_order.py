# en; the discriminator steps before the generator's loss goes backward; cause: changed by the optimizer
import torch
from torch import nn

G, D = nn.Linear(2, 3), nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 1))
opt_d = torch.optim.SGD(D.parameters(), lr=0.1)
try:
    with torch.viz.record():
        score = D(G(torch.randn(4, 2)))
        g_loss, d_loss = -score.mean(), score.mean()
        d_loss.backward(retain_graph=True)
        opt_d.step()  # <- here
        g_loss.backward()
except RuntimeError as error:
    why = torch.viz.explain(error)
