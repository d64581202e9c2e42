"""The benchmark's MLP, CNN and GPT, trained from one seed by whatever runs this: PyTorch by gloo writes what its parameters came to,
the library by MPI holds its own to them. Arguments: write or compare, a folder, the steps.
"""

import sys

import torch
import torch.distributed as dist
import torch.nn.functional as F
from models import MODELS
from torch.nn.parallel import DistributedDataParallel as DDP

what, folder, steps = sys.argv[1], sys.argv[2], int(sys.argv[3])
torch.set_num_threads(1)
dist.init_process_group("gloo" if what == "write" else "mpi")
rank, world = dist.get_rank(), dist.get_world_size()
torch.set_default_dtype(torch.float64)
BATCH = 12

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
