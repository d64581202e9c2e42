"""PyTorch's gloo in the place of bench/ranks/distributed.ts: all_reduce by size."""

import json
import statistics
import time

import torch
import torch.distributed as dist

torch.set_num_threads(1)
dist.init_process_group("gloo")
messages = []
for n in (1, 64, 1024, 16384, 262144, 4194304):
    x = torch.ones(n)
    taken = []
    for i in range(12 if n > 1e6 else 52 if n > 1e5 else 502):
        dist.barrier()
        start = time.perf_counter()
        dist.all_reduce(x)
        taken.append(time.perf_counter() - start)
    messages.append([4 * n, statistics.median(taken[1:])])
if dist.get_rank() == 0:
    print(json.dumps({"messages": messages, "steps": []}), flush=True)
dist.destroy_process_group()
