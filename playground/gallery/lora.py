# LoRA: a network that is frozen, and two thin matrices beside it that learn.
import torch
from torch import nn

torch.manual_seed(5)


class LoRA(nn.Module):
    def __init__(self, base, rank):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.down = nn.Parameter(torch.randn(rank, base.in_features) * 0.3)
        # Zero: at first nothing is changed.
        self.up = nn.Parameter(torch.zeros(base.out_features, rank))

    def forward(self, x):
        return self.base(x) + x @ self.down.t() @ self.up.t()


base = nn.Linear(8, 8)
layer = LoRA(base, rank=2)
before = base.weight.clone()
x = torch.randn(64, 8)
target = base(x) + x @ torch.randn(8, 1) @ torch.randn(1, 8)
optimizer = torch.optim.Adam([p for p in layer.parameters() if p.requires_grad], lr=0.05)
for step in range(101):
    loss = (layer(x) - target).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 50 == 0:
        print(step, f"{loss.item():.3f}")
print("learns", sum(p.numel() for p in layer.parameters() if p.requires_grad), "of", sum(p.numel() for p in layer.parameters()))
print("the base has a gradient:", base.weight.grad is not None, "and is as it was:", torch.equal(base.weight, before))
