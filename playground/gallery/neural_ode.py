# A neural ODE: the slope of a spiral is learnt through twenty steps of Runge and Kutta.
import torch
from torch import nn

torch.manual_seed(2)
field = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 2))
spiral = torch.tensor([[-0.1, 2.0], [-2.0, -0.1]])


def path(slope, start, steps=20, h=0.1):
    points = [start]
    for _ in range(steps):
        p = points[-1]
        k1 = slope(p)
        k2 = slope(p + k1 * (h / 2))
        points.append(p + k2 * h)
    return torch.stack(points)


start = torch.tensor([[2.0, 0.0], [0.0, 1.0], [-1.0, -1.0]])
with torch.no_grad():
    true = path(lambda p: p @ spiral.t(), start)
optimizer = torch.optim.Adam(field.parameters(), lr=0.02)
for step in range(61):
    loss = (path(field, start) - true).abs().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 0:
        print(step, f"{loss.item():.2f}")
