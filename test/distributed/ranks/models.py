"""The MLP, CNN and GPT that are trained on several ranks, with the shapes of their inputs: by same.py here, and by bench/peers/gloo.py."""

import torch.nn as nn
import torch.nn.functional as F


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.LayerNorm(128)
        self.attention = nn.MultiheadAttention(128, 4, batch_first=True)
        self.wide = nn.Linear(128, 512)
        self.narrow = nn.Linear(512, 128)

    def forward(self, x):
        y = self.norm(x)
        x = x + self.attention(y, y, y, need_weights=False)[0]
        return x + self.narrow(F.gelu(self.wide(x)))


MODELS = {
    "MLP": (lambda: nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10)), (784,)),
    "CNN": (
        lambda: nn.Sequential(
            nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(32 * 16 * 16, 10)
        ),
        (3, 32, 32),
    ),
    "GPT": (lambda: nn.Sequential(Block(), Block(), nn.Flatten(), nn.Linear(128 * 32, 10)), (32, 128)),
}
