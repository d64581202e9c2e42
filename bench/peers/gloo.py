"""PyTorch's gloo in the place of bench/ranks/distributed.ts: all_reduce by size, and the same models' steps."""

import json
import statistics
import sys
import time
from pathlib import Path

import torch
import torch.distributed as dist
import torch.nn as nn
import torch.nn.functional as F

sys.path.insert(0, str(Path(__file__).parents[2] / "test/distributed/ranks"))
from models import MODELS  # noqa: E402

torch.set_num_threads(1)
dist.init_process_group("gloo")
messages = []
for n in (1, 64, 1024, 16384, 262144, 4194304):
    x = torch.ones(n)
    taken = []
    for i in range(8 if n > 1e6 else 22 if n > 1e5 else 102):
        dist.barrier()
        start = time.perf_counter()
        dist.all_reduce(x)
        taken.append(time.perf_counter() - start)
    messages.append([4 * n, statistics.median(taken[1:])])

BATCH = 48


def timed(body, calls=11):
    body()
    taken = []
    for _ in range(calls):
        dist.barrier()
        start = time.perf_counter()
        body()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


steps = []
for name, (make, shape) in MODELS.items():
    n = BATCH // dist.get_world_size()
    x, y = torch.randn(n, *shape), torch.randint(0, 10, (n,))
    net = make()
    model = nn.parallel.DistributedDataParallel(net)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)

    def step():
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()

    def alone():
        with model.no_sync():
            step()

    grads = torch.zeros(sum(p.numel() for p in net.parameters()))
    steps.append(
        {"name": name, "bytes": 4 * grads.numel(), "seconds": timed(step), "alone": timed(alone), "communication": timed(lambda: dist.all_reduce(grads))}
    )
if dist.get_rank() == 0:
    print(json.dumps({"messages": messages, "steps": steps}), flush=True)
dist.destroy_process_group()
