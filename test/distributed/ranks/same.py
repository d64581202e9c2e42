"""The benchmark's MLP, CNN and GPT, trained from one seed by whatever runs this: PyTorch by gloo writes what its parameters came to,
the library by MPI holds its own to them. Arguments: write or compare, a folder, the steps.
"""

import sys

import torch
import torch.distributed as dist
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.parallel import DistributedDataParallel as DDP

what, folder, steps = sys.argv[1], sys.argv[2], int(sys.argv[3])
torch.set_num_threads(1)
dist.init_process_group("gloo" if what == "write" else "mpi")
rank, world = dist.get_rank(), dist.get_world_size()
torch.set_default_dtype(torch.float64)
BATCH = 12


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
for name, (make, shape) in MODELS.items():
    torch.manual_seed(1)
    net = make()
    model = DDP(net)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
    torch.manual_seed(2)
    for _ in range(steps):
        x, y = torch.randn(BATCH, *shape), torch.randint(0, 10, (BATCH,))
        mine = slice(rank * BATCH // world, (rank + 1) * BATCH // world)
        optimizer.zero_grad()
        F.cross_entropy(model(x[mine]), y[mine]).backward()
        optimizer.step()
    if what == "write":
        if rank == 0:
            torch.save(net.state_dict(), f"{folder}/{name}.pt")
        continue
    for key, wanted in torch.load(f"{folder}/{name}.pt").items():
        distance = (net.state_dict()[key] - wanted).abs().max().item()
        if not distance < 1e-6:
            raise AssertionError(f"rank {rank} of {world}: {name}, {key}: differs from PyTorch by {distance}")
        print(f"{name} {key}: {distance:.1e}") if rank == 0 and key.endswith("0.weight") else None
dist.destroy_process_group()
print(f"rank {rank} of {world}: the same")
