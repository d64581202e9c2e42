"""The same as bench/loader.ts by PyTorch's loader: python loader.py FOLDER. Decodes by Pillow, resizes by PyTorch."""
import pathlib
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
for workers in (0, 2, 4):
    begin = seen = waited = 0
    last = time.perf_counter()
    for x, y in DataLoader(Photos(sys.argv[1]), batch_size=32, num_workers=workers):
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
    print(f"{f'PyTorch, {workers} workers':28} {rate:6.0f} images/s  {waiting:3.0f} % waiting")
