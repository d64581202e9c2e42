"""The PyTorch side of the benchmarks: reads a case per line (JSON), answers with seconds per call.

Started by bench/peer.ts where a python3 with torch is found; the library does not depend on it.
"""

import json
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)


def mlp_step():
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10)
    )
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    x = torch.randn(64, 784)
    y = torch.randint(0, 10, (64,))

    def step():
        loss = F.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


def matmul(n):
    a, b = torch.rand(n, n), torch.rand(n, n)
    return lambda: a @ b


def unary(name):
    x = torch.rand(1 << 20)
    return lambda: getattr(torch, name)(x)


def add_large():
    x, y = torch.rand(1 << 20), torch.rand(1 << 20)
    return lambda: x + y


def add_small():
    x, y = torch.rand(16, requires_grad=True), torch.rand(16)
    return lambda: x + y


def make(case):
    name, *size = case.split(":")
    if name == "matmul":
        return matmul(int(size[0]))
    if name == "exp":
        return unary("exp")
    return {"add": add_large, "small add": add_small, "mlp step": mlp_step}[name]()


prepared = {}
print(json.dumps({"torch": torch.__version__}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    case = request["case"]
    if case not in prepared:
        prepared[case] = make(case)
    run = prepared[case]
    start = time.perf_counter()
    for _ in range(request["calls"]):
        run()
    print(json.dumps((time.perf_counter() - start) / request["calls"]), flush=True)
