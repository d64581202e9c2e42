"""The same as bench/loader.ts by PyTorch's loader: python loader.py FOLDER. Decodes by Pillow, resizes by PyTorch."""
import pathlib
import resource
import sys
import time

import numpy
import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Photos(Dataset):
    def __init__(self, root):
        self.files = sorted(pathlib.Path(root).glob("*/*.jpg"))

    def __len__(self):
        return len(self.files)

    def __getitem__(self, i):
        x = torch.from_numpy(numpy.array(Image.open(self.files[i]).convert("RGB"))).permute(2, 0, 1)
        x = nn.functional.interpolate(x[None], (64, 64), mode="bilinear", antialias=True)[0]
        return x.float() / 255, int(self.files[i].parent.name)


model = nn.Sequential(
    nn.Conv2d(3, 16, 3, 2, 1), nn.ReLU(), nn.Conv2d(16, 32, 3, 2, 1), nn.ReLU(), nn.Flatten(), nn.Linear(32 * 16 * 16, 8)
)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)


def cpu():
    """Seconds of all processes, of workers once they have ended."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(r.ru_utime + r.ru_stime for r in both)


decoded = list(DataLoader(Photos(sys.argv[1]), batch_size=32))
for workers in (None, 0, 2, 4):
    begin = seen = waited = 0
    batches = decoded if workers is None else DataLoader(Photos(sys.argv[1]), batch_size=32, num_workers=workers)
    spent, last = cpu(), time.perf_counter()
    for x, y in batches:
        now = time.perf_counter()
        if begin == 0:
            begin = now
        else:
            waited += now - last
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
        seen += len(x)
        last = time.perf_counter()
    rate, waiting = seen / (last - begin), 100 * waited / (last - begin)
    batches = None
    each = 1000 * (cpu() - spent) / seen
    name = "decoded before" if workers is None else f"{workers} workers"
    print(f"{f'PyTorch, {name}':28} {rate:6.0f} images/s  {waiting:3.0f} % waiting  {each:5.1f} ms of CPU an image")
