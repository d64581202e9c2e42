# A small nanoGPT: blocks of attention with several heads, weights shared with the head, AdamW in two groups.
import math

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(1337)
text = "to see a gradient is to see where it came from, and to see where it came from is to know why. " * 3
letters = sorted(set(text))
data = torch.tensor([letters.index(c) for c in text])
context, width, heads, layers = 24, 32, 4, 2


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(width, 3 * width)
        self.project = nn.Linear(width, width)

    def forward(self, x):
        B, T, C = x.shape
        q, k, v = (t.view(B, T, heads, C // heads).transpose(1, 2) for t in self.qkv(x).split(C, 2))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.project(y.transpose(1, 2).reshape(B, T, C))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.attention = Attention()
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class GPT(nn.Module):
    def __init__(self):
        super().__init__()
        self.token = nn.Embedding(len(letters), width)
        self.place = nn.Embedding(context, width)
        self.blocks = nn.Sequential(*[Block() for _ in range(layers)])
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, len(letters), bias=False)
        self.head.weight = self.token.weight
        for table in (self.token, self.place):
            nn.init.normal_(table.weight, std=0.05)

    def forward(self, ids):
        x = self.token(ids) + self.place(torch.arange(ids.shape[1]))
        return self.head(self.norm(self.blocks(x)))


model = GPT()
print(sum(p.numel() for p in model.parameters()), "parameters")
decayed = [p for p in model.parameters() if p.dim() >= 2]
others = [p for p in model.parameters() if p.dim() < 2]
optimizer = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}], lr=8e-3)
steps = 91
for step in range(steps):
    # Up in ten steps, then down along a cosine.
    rate = 8e-3 * min(1, (step + 1) / 10) * (0.55 + 0.45 * math.cos(math.pi * step / steps))
    for group in optimizer.param_groups:
        group["lr"] = rate
    at = torch.randint(len(data) - context - 1, (8,)).tolist()
    x = torch.stack([data[i : i + context] for i in at])
    y = torch.stack([data[i + 1 : i + 1 + context] for i in at])
    loss = F.cross_entropy(model(x).flatten(0, 1), y.flatten())
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    if step % 30 == 0:
        print(step, f"{loss.item():.2f}")

said = "to see "
with torch.no_grad():
    while len(said) < 60:
        seen = torch.tensor([[letters.index(c) for c in said[-context:]]])
        said += letters[model(seen)[0, -1].argmax().item()]
print(said)
