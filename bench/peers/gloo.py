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


def timed(*bodies, calls=31):
    """Medians, turn by turn, as bench/ranks/distributed.ts does it."""
    taken = [[] for _ in bodies]
    for i in range(-calls // 3, calls):
        for times, body in zip(taken, bodies):
            dist.barrier()
            start = time.perf_counter()
            body()
            if i >= 0:
                times.append(time.perf_counter() - start)
    return [statistics.median(times) for times in taken]


steps = []
for name, (make, shape) in MODELS.items():
    net = make()
    model = nn.parallel.DistributedDataParallel(net)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)

    def step_of(model, n):
        x, y = torch.randn(n, *shape), torch.randint(0, 10, (n,))

        def step():
            optimizer.zero_grad()
            F.cross_entropy(model(x), y).backward()
            optimizer.step()

        return step

    step, half = step_of(model, BATCH // dist.get_world_size()), step_of(net, BATCH // 2)

    def alone():
        with model.no_sync():
            step()

    grads = torch.zeros(sum(p.numel() for p in net.parameters()))
    one = dist.get_world_size() == 1
    seconds, silent, communication = timed(step, half if one else alone, lambda: dist.all_reduce(grads))
    of = {"half": silent, "alone": seconds, "communication": 0} if one else {"alone": silent, "communication": communication}
    steps.append({"name": name, "bytes": 4 * grads.numel(), "seconds": seconds, **of})
if dist.get_rank() == 0:
    print(json.dumps({"messages": messages, "steps": steps}), flush=True)
dist.destroy_process_group()
