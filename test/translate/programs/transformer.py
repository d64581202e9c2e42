"""A transformer from scratch that learns to reverse sequences."""
import math
from dataclasses import dataclass, field
from typing import List, Optional, Tuple

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import Tensor


@dataclass
class Config:
    vocab: int = 12
    d_model: int = 16
    heads: int = 2
    layers: int = 2
    dropout: float = 0.0
    lr: float = 3e-3
    tags: List[str] = field(default_factory=list)


class PositionalEncoding(nn.Module):
    def __init__(self, d_model: int, max_len: int = 50):
        super().__init__()
        pe = torch.zeros(max_len, d_model)
        position = torch.arange(0, max_len, dtype=torch.float).unsqueeze(1)
        div_term = torch.exp(torch.arange(0, d_model, 2).float() * (-math.log(10000.0) / d_model))
        pe[:, 0::2] = torch.sin(position * div_term)
        pe[:, 1::2] = torch.cos(position * div_term)
        self.register_buffer("pe", pe.unsqueeze(0))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.pe[:, : x.size(1)]


class MultiHead(nn.Module):
    def __init__(self, d_model: int, heads: int, dropout: float = 0.1):
        super().__init__()
        assert d_model % heads == 0, "d_model must divide by heads"
        self.h, self.d_k = heads, d_model // heads
        self.linears = nn.ModuleList([nn.Linear(d_model, d_model) for _ in range(4)])
        self.attn: Optional[Tensor] = None
        self.dropout = nn.Dropout(p=dropout)

    def forward(self, query, key, value, mask=None):
        nb = query.size(0)
        query, key, value = [lin(x).view(nb, -1, self.h, self.d_k).transpose(1, 2) for lin, x in zip(self.linears, (query, key, value))]
        scores = torch.matmul(query, key.transpose(-2, -1)) / math.sqrt(self.d_k)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, -1e9)
        self.attn = scores.softmax(dim=-1)
        x = torch.matmul(self.dropout(self.attn), value)
        x = x.transpose(1, 2).contiguous().view(nb, -1, self.h * self.d_k)
        return self.linears[-1](x)


class EncoderLayer(nn.Module):
    def __init__(self, cfg: Config):
        super().__init__()
        self.attn = MultiHead(cfg.d_model, cfg.heads, cfg.dropout)
        self.ff = nn.Sequential(nn.Linear(cfg.d_model, 4 * cfg.d_model), nn.GELU(), nn.Linear(4 * cfg.d_model, cfg.d_model))
        self.norms = nn.ModuleList(nn.LayerNorm(cfg.d_model) for _ in range(2))

    def forward(self, x: Tensor, mask: Optional[Tensor] = None) -> Tensor:
        y = self.norms[0](x)
        x = x + self.attn(y, y, y, mask)
        return x + self.ff(self.norms[1](x))


class Model(nn.Module):
    def __init__(self, cfg: Config):
        super().__init__()
        self.cfg = cfg
        self.embed = nn.Embedding(cfg.vocab, cfg.d_model)
        self.pos = PositionalEncoding(cfg.d_model)
        self.layers = nn.ModuleList([])
        for _ in range(cfg.layers):
            self.layers.append(EncoderLayer(cfg))
        self.out = nn.Linear(cfg.d_model, cfg.vocab)
        for p in self.parameters():
            if p.dim() > 1:
                nn.init.xavier_uniform_(p)

    def forward(self, idx: Tensor) -> Tensor:
        x = self.pos(self.embed(idx) * math.sqrt(self.cfg.d_model))
        for layer in self.layers:
            x = layer(x)
        return self.out(x)

    @torch.no_grad()
    def predict(self, idx: Tensor) -> List[int]:
        return self(idx).argmax(-1)[0].tolist()


def batch(cfg: Config, n: int = 8, length: int = 6) -> Tuple[Tensor, Tensor]:
    x = torch.randint(1, cfg.vocab, (n, length))
    return x, x.flip(1)


def main():
    torch.manual_seed(0)
    cfg = Config(lr=1e-2, tags=["a", "b"])
    model = Model(cfg)
    opt = torch.optim.AdamW(model.parameters(), lr=cfg.lr, betas=(0.9, 0.98))
    sched = torch.optim.lr_scheduler.LambdaLR(opt, lr_lambda=lambda step: min((step + 1) / 5, 1.0))
    total, trainable = 0, 0
    for name, p in model.named_parameters():
        total += p.numel()
        trainable += p.numel() if p.requires_grad else 0
    print(f"{total:,} parameters, {trainable:,} trainable, tags {cfg.tags}")
    losses = []
    for step in range(20):
        x, y = batch(cfg)
        loss = F.cross_entropy(model(x).view(-1, cfg.vocab), y.view(-1))
        opt.zero_grad()
        loss.backward()
        opt.step()
        sched.step()
        losses.append(loss.item())
        if (step + 1) % 5 == 0:
            print("step", step + 1, "loss", round(loss.item(), 3), "lr", opt.param_groups[0]["lr"])
    x, y = batch(cfg, n=1)
    print(x[0].tolist(), len(model.predict(x)))
    print(sum(losses) / len(losses) > 1.0, losses[0] > losses[-1])


if __name__ == "__main__":
    main()
