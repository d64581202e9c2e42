# An autoencoder: circles in sixteen numbers through a waist of two.
import torch
from torch import nn

torch.manual_seed(3)
angle = torch.rand(128) * 6.2832
circle = torch.stack([angle.cos(), angle.sin()], 1)
x = circle @ torch.randn(2, 16) + 0.01 * torch.randn(128, 16)

encoder = nn.Sequential(nn.Linear(16, 12), nn.Tanh(), nn.Linear(12, 2))
decoder = nn.Sequential(nn.Linear(2, 12), nn.Tanh(), nn.Linear(12, 16))
optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=0.02)
for step in range(81):
    loss = (decoder(encoder(x)) - x).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 40 == 0:
        print(step, f"{loss.item():.3f}")
print("waist:", encoder(x).shape[1], "numbers")
