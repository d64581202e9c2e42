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



def timed(calls, *bodies):
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


def alone(body):
    """What the first rank does with the machine to itself: the others sleep until it says that it is done."""
    token = torch.zeros(1)
    if dist.get_rank() == 0:
        body()
        for other in range(1, dist.get_world_size()):
            dist.send(token, other)
    else:
        dist.recv(token, 0)


def step_of(net, model, inputs):
    x, y = torch.randn(inputs), torch.randint(0, 10, inputs[:1])
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)

    def step():
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()

    return step


steps = []
for name, (make, shape) in MODELS.items():
    for batch, rounds in (48, 31), (192, 9):
        net = make()
        model = nn.parallel.DistributedDataParallel(net)
        step = step_of(net, model, (batch // dist.get_world_size(), *shape))
        whole = step_of(net, net, (batch, *shape))
        grads = torch.zeros(sum(p.numel() for p in net.parameters()))

        def silent():
            with model.no_sync():
                step()

        seconds, quiet, communication, of_one = timed(
            rounds, step, silent, lambda: dist.all_reduce(grads), lambda: alone(whole)
        )
        of = {"seconds": seconds, "silent": quiet, "communication": communication, "whole": of_one}
        steps.append({"name": name, "batch": batch, "bytes": 4 * grads.numel(), **of})
if dist.get_rank() == 0:
    print(json.dumps({"messages": messages, "steps": steps}), flush=True)
dist.destroy_process_group()
