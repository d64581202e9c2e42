import os
import time
import torch
import torch.nn as nn
from torch.utils.data import Dataset, DataLoader, random_split
from collections import OrderedDict, defaultdict, Counter


class ToyDataset(Dataset):
    def __init__(self, n=40, transform=None):
        self.n = n
        self.x = torch.linspace(-1, 1, n).unsqueeze(1)
        self.y = self.x ** 2 + 0.1
        self.transform = transform

    def __len__(self):
        return self.n

    def __getitem__(self, idx):
        x, y = self.x[idx], self.y[idx]
        if self.transform:
            x = self.transform(x)
        return x, y


class Scale:
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, t):
        return t * self.factor


class Block(nn.Module):
    expansion = 2

    def __init__(self, cin, cout, *, act=nn.ReLU, bias=True):
        super().__init__()
        self.lin = nn.Linear(cin, cout, bias=bias)
        self.act = act()

    def forward(self, x):
        return self.act(self.lin(x))


def make_model(sizes, **kwargs):
    layers = []
    for a, b in zip(sizes[:-1], sizes[1:]):
        layers.append(Block(a, b, **kwargs))
    layers.append(nn.Linear(sizes[-1], 1))
    return nn.Sequential(*layers)


def evaluate(model, loader, criterion):
    model.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for xb, yb in loader:
            total += criterion(model(xb), yb).item() * xb.size(0)
            count += xb.size(0)
    return total / count


torch.manual_seed(42)
ds = ToyDataset(transform=Scale(0.5))
train_set, val_set = random_split(ds, [30, 10], generator=torch.Generator().manual_seed(0))
train_loader = DataLoader(train_set, batch_size=10, shuffle=True)
val_loader = DataLoader(val_set, batch_size=10)
model = make_model([1, 8, 8], bias=True)
print(model)
criterion = nn.MSELoss()
optimizer = torch.optim.RMSprop(model.parameters(), lr=0.01)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.5)
history = {"train": [], "val": []}
best = float("inf")
start = time.time()
for epoch in range(5):
    model.train()
    running = 0.0
    for i, (xb, yb) in enumerate(train_loader, 1):
        optimizer.zero_grad()
        loss = criterion(model(xb), yb)
        loss.backward()
        optimizer.step()
        running += loss.item()
    val = evaluate(model, val_loader, criterion)
    history["train"].append(running / len(train_loader))
    history["val"].append(val)
    scheduler.step()
    if val < best:
        best = val
        best_state = {k: v.clone() for k, v in model.state_dict().items()}
    print(f"[{epoch + 1:02d}/5] train={history['train'][-1]:.4f} val={val:.4f} lr={scheduler.get_last_lr()[0]:.1e}")
print(time.time() > start, len(history["val"]), sorted(history.keys()))
model.load_state_dict(best_state)
print(f"{evaluate(model, val_loader, criterion):.4f} == {best:.4f}")
words = "the cat and the dog and the bird".split()
counts = Counter(words)
print(counts.most_common(2), counts["the"], counts["fish"])
groups = defaultdict(list)
for w in words:
    groups[len(w)].append(w)
for k in sorted(groups):
    print(k, groups[k])
od = OrderedDict([("a", 1), ("b", 2)])
print([f"{k}={v}" for k, v in od.items()], {w for w in words if len(w) > 4})
squares = [[i * j for j in range(3)] for i in range(3) if i != 1]
print(squares, [y for row in squares for y in row], any(x > 3 for row in squares for x in row), all(len(r) == 3 for r in squares))
matrix = [[1, 2], [3, 4]]
print(list(zip(*matrix)), list(map(lambda v: v * 2, [1, 2, 3])), max([3, 1, 2]), sum([0.5, 0.25]), list(reversed([1, 2, 3])))
first, *rest = [1, 2, 3]
print(first, rest, (1,), (1, "a", None, True), {"a": 1.0, "b": [1, 2.5]}, "abc"[::-1], "abc"[1:], "x".join(["1", "2"]))
print("%s has %d items costing %.2f (%5.1f%%)" % ("cart", 3, 9.99, 45.678), "{0}-{1}-{0}".format("a", "b"), "{:<6}|{:>6}|{:^6}".format("l", "r", "c"))
print(isinstance(model, nn.Module), isinstance(3, int), hasattr(model, "forward"), type(model).__name__, Block.expansion)
print(" Hello World ".strip().lower().replace("o", "0"), "a,b,c".split(","), "abc".upper(), str(3.0), int("42") + 1, float("1.5"), abs(-3), round(2.675, 2), round(0.5), round(1.5))
