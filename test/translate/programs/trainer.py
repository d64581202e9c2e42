import copy
import math
from abc import ABC, abstractmethod
from typing import Callable, Dict, List, Optional
import torch
import torch.nn as nn


class AverageMeter(object):
    """Computes and stores the average and current value"""

    def __init__(self, name, fmt=":f"):
        self.name = name
        self.fmt = fmt
        self.reset()

    def reset(self):
        self.val = 0
        self.avg = 0
        self.sum = 0
        self.count = 0

    def update(self, val, n=1):
        self.val = val
        self.sum += val * n
        self.count += n
        self.avg = self.sum / self.count

    def __str__(self):
        return f"{self.name} {self.val:.3f} ({self.avg:.3f})"


class Callback(ABC):
    @abstractmethod
    def on_epoch_end(self, epoch: int, logs: Dict[str, float]) -> None:
        ...


class History(Callback):
    def __init__(self):
        self.records: List[Dict[str, float]] = []

    def on_epoch_end(self, epoch, logs):
        self.records.append({"epoch": epoch, **logs})


class EarlyStopping(Callback):
    def __init__(self, patience: int = 2, min_delta: float = 0.0):
        self.patience = patience
        self.min_delta = min_delta
        self.best = float("inf")
        self.bad = 0
        self.stop = False

    def on_epoch_end(self, epoch, logs):
        if logs["loss"] < self.best - self.min_delta:
            self.best = logs["loss"]
            self.bad = 0
        else:
            self.bad += 1
            self.stop = self.bad >= self.patience


class Trainer:
    def __init__(self, model: nn.Module, optimizer, loss_fn: Callable, callbacks: Optional[List[Callback]] = None):
        self.model = model
        self.optimizer = optimizer
        self.loss_fn = loss_fn
        self.callbacks = callbacks or []
        self._best_state = None

    @staticmethod
    def accuracy(out, y, topk=(1,)):
        maxk = max(topk)
        _, pred = out.topk(maxk, 1, True, True)
        pred = pred.t()
        correct = pred.eq(y.view(1, -1).expand_as(pred))
        return [correct[:k].reshape(-1).float().sum().item() * 100.0 / y.size(0) for k in topk]

    @classmethod
    def default(cls, model, lr=0.1):
        return cls(model, torch.optim.SGD(model.parameters(), lr=lr), nn.CrossEntropyLoss())

    def fit(self, batches, epochs=5):
        for epoch in range(epochs):
            meter, acc = AverageMeter("loss"), AverageMeter("acc")
            for x, y in batches:
                out = self.model(x)
                loss = self.loss_fn(out, y)
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.step()
                meter.update(loss.item(), x.size(0))
                acc.update(self.accuracy(out, y)[0], x.size(0))
            logs = {"loss": meter.avg, "acc": acc.avg}
            for cb in self.callbacks:
                cb.on_epoch_end(epoch, logs)
            print(epoch, meter, acc, sep=" | ")
            if any(getattr(cb, "stop", False) for cb in self.callbacks):
                print("early stop")
                break
        return self


class MLP(nn.Sequential):
    def __init__(self, *sizes):
        layers = []
        for i in range(len(sizes) - 1):
            layers.append(nn.Linear(sizes[i], sizes[i + 1]))
            if i < len(sizes) - 2:
                layers.append(nn.ReLU())
        super().__init__(*layers)


def batches_of(x, y, size):
    for i in range(0, len(x), size):
        yield x[i:i + size], y[i:i + size]


torch.manual_seed(0)
x = torch.randn(60, 4)
y = (x.sum(dim=1) > 0).long()
model = MLP(4, 8, 2)
history = History()
trainer = Trainer(model, torch.optim.SGD(model.parameters(), lr=0.5, momentum=0.9), nn.CrossEntropyLoss(), [history, EarlyStopping(patience=1)])
trainer.fit(list(batches_of(x, y, 20)), epochs=4)
print(len(history.records), [round(r["loss"], 3) for r in history.records])
other = Trainer.default(copy.deepcopy(model), lr=0.01)
print(type(other).__name__, len(other.callbacks), isinstance(history, Callback))


def cosine(step, total, base_lr=0.1, warmup=2):
    if step < warmup:
        return base_lr * (step + 1) / warmup
    progress = (step - warmup) / max(1, total - warmup)
    return 0.5 * base_lr * (1.0 + math.cos(math.pi * progress))


print([f"{cosine(s, 6):.4f}" for s in range(6)])
scores = {"a": 0.5, "c": 2.0, "b": 1.25}
for rank, (name, score) in enumerate(sorted(scores.items(), key=lambda kv: kv[1], reverse=True), start=1):
    print(f"{rank}. {name:<4}{score:>8.2f}")
print(max(scores, key=scores.get), scores, list(scores.values()), "a" in scores, scores.get("z", 0.0))
w = torch.zeros(2, 3)
w[0] = torch.tensor([1.0, 2.0, 3.0])
w[:, 1] = 5
w[w > 4] = -1.0
print(w, w.tolist(), w.shape == (2, 3), w.size(-1))
conf = torch.zeros(2, 2, dtype=torch.int64)
for t, p in zip(y[:10], model(x[:10]).argmax(1)):
    conf[t, p] += 1
print(conf.sum().item(), conf.diag().sum().item() / conf.sum().item() > 0.5)
mask = torch.tril(torch.ones(3, 3)) == 0
print(torch.zeros(3, 3).masked_fill(mask, float("-inf")))
n_params = sum([p.numel() for p in model.parameters()])
print(f"{n_params:,d} params, {n_params / 1e3:.1f}K, {100 * 0.256:.0f}%, {0.5:.0%}")
