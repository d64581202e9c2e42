"""The same as bench/loader.ts by PyTorch's loader: python loader.py FOLDER. Decodes by Pillow, resizes by PyTorch."""
import multiprocessing
import os
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
    """Seconds of this process and of its workers."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    ticks = 0
    for child in multiprocessing.active_children():
        fields = pathlib.Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return spent.ru_utime + spent.ru_stime + ticks / os.sysconf("SC_CLK_TCK")


def measure(name, batches):
    begin = seen = waited = 0
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
    each = 1000 * (cpu() - spent) / seen
    print(f"{f'PyTorch, {name}':32} {rate:6.0f} images/s  {waiting:3.0f} % waiting  {each:5.1f} ms of CPU an image")


measure("decoded before", list(DataLoader(Photos(sys.argv[1]), batch_size=32)))
for workers in (0, 2, 4):
    loader = DataLoader(Photos(sys.argv[1]), batch_size=32, num_workers=workers, persistent_workers=workers > 0)
    for number in ("first", "second"):
        measure(f"{workers} workers, {number} pass", loader)
