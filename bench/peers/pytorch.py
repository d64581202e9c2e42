"""PyTorch's side of the benchmarks: see bench/serve.ts for what a process is asked and how it answers."""

import json
import math
import os
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

WARM_UP = float(os.environ.get("TIDU_BENCH_WARM_UP", 1.5))
DEVICE = os.environ.get("TIDU_BENCH_DEVICE", "cpu")
ROWS, COLUMNS = 16384, 1024
MILLION = 1_000_000
ANY = "exp sin tan atan tanh erf".split()
POSITIVE = "log log1p lgamma".split()
FRACTIONS = "asin erfinv".split()
PAIRS = "pow atan2".split()


def matmul(n):
    a, b = torch.rand(n, n), torch.rand(n, n)
    return lambda: a @ b


def operands(requires_grad):
    return [torch.rand(MILLION, requires_grad=requires_grad) for _ in range(3)]


def unary(f):
    x = torch.randn(MILLION)
    return lambda: f(x)


def function_of(name, dtype):
    """As in bench/scenarios/functions.ts."""
    x = torch.randn(MILLION, dtype=dtype)
    if name in FRACTIONS:
        x = torch.rand(MILLION, dtype=dtype) * 1.98 - 0.99
    elif name in POSITIVE or name == "pow":
        x = x.abs()
    f, y = getattr(torch, name), torch.randn(MILLION, dtype=dtype)
    return (lambda: f(x, y)) if name in PAIRS else (lambda: f(x))


def add():
    x, a, _ = operands(False)
    return lambda: x + a


def sum_all():
    x, _, _ = operands(False)
    return lambda: x.sum()


def chain(requires_grad):
    x, a, b = inputs = operands(requires_grad)

    def run():
        return torch.tanh(x * a + b) * torch.exp(-x)

    return (lambda: torch.autograd.grad(run().sum(), inputs)) if requires_grad else run


def softmax(requires_grad):
    x = torch.randn(512, 1024, requires_grad=requires_grad)
    weights = torch.randn(512, 1024)
    if not requires_grad:
        return lambda: x.softmax(-1)
    return lambda: torch.autograd.grad((x.softmax(-1) * weights).sum(), x)


def layer_norm(requires_grad):
    x = torch.randn(512, 1024, requires_grad=requires_grad)
    norm = nn.LayerNorm([1024]).requires_grad_(requires_grad)
    weights = torch.randn(512, 1024)
    if not requires_grad:
        return lambda: norm(x)
    inputs = [x, *norm.parameters()]
    return lambda: torch.autograd.grad((norm(x) * weights).sum(), inputs)


def conv(batch, channels, size, out, groups, backward):
    x = torch.randn(batch, channels, size, size, requires_grad=backward)
    w = torch.randn(out, channels // groups, 3, 3, requires_grad=backward)
    if not backward:
        return lambda: F.conv2d(x, w, None, 1, 1, 1, groups)
    y = F.conv2d(x, w, None, 1, 1, 1, groups)
    grad = torch.randn(y.shape)
    return lambda: torch.autograd.grad(y, [x, w], grad, retain_graph=True)


def attention(requires_grad):
    q, k, v = inputs = [torch.randn(4, 8, 512, 64, requires_grad=requires_grad) for _ in range(3)]
    weights = torch.randn(4, 8, 512, 64)

    def run():
        return F.scaled_dot_product_attention(q, k, v, is_causal=True)

    return (lambda: torch.autograd.grad((run() * weights).sum(), inputs)) if requires_grad else run


def random_cases():
    """As in bench/scenarios/random.ts."""
    filled = lambda f: lambda: (lambda x: lambda: f(x))(torch.rand(MILLION))
    made = lambda f: lambda: f
    return {
        "rand": made(lambda: torch.rand(MILLION)),
        "randn": made(lambda: torch.randn(MILLION)),
        "rand, 1,000": made(lambda: torch.rand(1000)),
        "randn, 1,000": made(lambda: torch.randn(1000)),
        "rand, float64": made(lambda: torch.rand(MILLION, dtype=torch.float64)),
        "randn, float64": made(lambda: torch.randn(MILLION, dtype=torch.float64)),
        "randn, bfloat16": made(lambda: torch.randn(MILLION, dtype=torch.bfloat16)),
        "uniform_": filled(lambda x: x.uniform_(-1, 2)),
        "normal_": filled(lambda x: x.normal_(1, 2)),
        "bernoulli_": filled(lambda x: x.bernoulli_(0.3)),
        "exponential_": filled(lambda x: x.exponential_()),
        "bernoulli of chances": filled(torch.bernoulli),
        "randint": made(lambda: torch.randint(0, 10, (MILLION,))),
        "dropout": filled(lambda x: F.dropout(x, 0.3)),
    }


LINALG = {
    "lu_factor": lambda A, B, S: torch.linalg.lu_factor(A),
    "solve": lambda A, B, S: torch.linalg.solve(A, B),
    "inv": lambda A, B, S: torch.linalg.inv(A),
    "cholesky": lambda A, B, S: torch.linalg.cholesky(S),
    "qr": lambda A, B, S: torch.linalg.qr(A),
    "svd": lambda A, B, S: torch.linalg.svd(A),
    "svdvals": lambda A, B, S: torch.linalg.svdvals(A),
    "eigh": lambda A, B, S: torch.linalg.eigh(S),
    "eig": lambda A, B, S: torch.linalg.eig(A),
    "lstsq": lambda A, B, S: torch.linalg.lstsq(A, B),
    "solve_triangular": lambda A, B, S: torch.linalg.solve_triangular(S, B, upper=True),
    "matrix_exp": lambda A, B, S: torch.matrix_exp(A),
}


def linalg_case(name, n, dtype):
    """As in bench/scenarios/linalg.ts."""
    A, B = torch.randn(n, n, dtype=dtype), torch.randn(n, n, dtype=dtype)
    S = A @ A.mH + torch.eye(n, dtype=dtype)
    return lambda: LINALG[name](A, B, S)


def training_step(optimizer, loss):
    def step():
        value = loss()
        optimizer.zero_grad()
        value.backward()
        optimizer.step()

    return step


def mlp(make):
    model = nn.Sequential(
        nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10)
    )
    x, y = torch.randn(64, 784), torch.randint(0, 10, (64,))
    return training_step(make(model), lambda: F.cross_entropy(model(x), y))


def cnn():
    model = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(32 * 7 * 7, 10),
    )
    x, y = torch.randn(32, 1, 28, 28), torch.randint(0, 10, (32,))
    optimizer = torch.optim.Adam(model.parameters())
    return training_step(optimizer, lambda: F.cross_entropy(model(x), y))


VOCABULARY, WIDTH, HEADS, LAYERS, CONTEXT, BATCH = 65, 128, 4, 4, 64, 16


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1 = nn.LayerNorm(WIDTH)
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.norm2 = nn.LayerNorm(WIDTH)
        self.up = nn.Linear(WIDTH, 4 * WIDTH)
        self.down = nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x, mask):
        heads = WIDTH // HEADS
        q, k, v = self.qkv(self.norm1(x)).view(BATCH, CONTEXT, 3, HEADS, heads).permute(2, 0, 3, 1, 4)
        scores = (q @ k.transpose(-2, -1)) * (1 / math.sqrt(heads)) + mask
        attended = (scores.softmax(-1) @ v).transpose(1, 2).reshape(BATCH, CONTEXT, WIDTH)
        x = x + self.out(attended)
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class GPT(nn.Module):
    def __init__(self):
        super().__init__()
        self.token = nn.Embedding(VOCABULARY, WIDTH)
        self.place = nn.Embedding(CONTEXT, WIDTH)
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.norm = nn.LayerNorm(WIDTH)
        self.head = nn.Linear(WIDTH, VOCABULARY, bias=False)
        self.register_buffer("mask", torch.full((CONTEXT, CONTEXT), float("-inf")).triu(1))

    def forward(self, tokens):
        x = self.token(tokens) + self.place(torch.arange(CONTEXT))
        for block in self.blocks:
            x = block(x, self.mask)
        return self.head(self.norm(x))


def gpt():
    model = GPT()
    tokens = torch.randint(0, VOCABULARY, (BATCH, CONTEXT))
    following = torch.randint(0, VOCABULARY, (BATCH * CONTEXT,))
    optimizer = torch.optim.AdamW(model.parameters())
    return training_step(
        optimizer, lambda: F.cross_entropy(model(tokens).view(-1, VOCABULARY), following)
    )


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(64, 128, batch_first=True)
        self.head = nn.Linear(128, 10)

    def forward(self, x):
        return self.head(self.lstm(x)[0][:, -1])


def lstm():
    model = Lstm()
    x, y = torch.randn(32, 32, 64), torch.randint(0, 10, (32,))
    optimizer = torch.optim.Adam(model.parameters())
    return training_step(optimizer, lambda: F.cross_entropy(model(x), y))


def add_small(recorded):
    x, y = torch.rand(16, requires_grad=recorded), torch.rand(16)
    return lambda: x + y


def from_python(expression):
    """The loop that bench/scenarios/bridge.ts has, too."""
    scope = {"a": torch.rand(16, requires_grad=True), "b": torch.rand(16), "nn": nn}
    scope.update(relu=nn.ReLU(), linear=nn.Linear(16, 16))
    exec(f"def run():\n    for _ in range(100):\n        {expression}\n", scope)
    return scope["run"]


def add_backward():
    x, y, grad = torch.rand(16, requires_grad=True), torch.rand(16), torch.ones(16)

    def run():
        x.grad = None
        (x + y).backward(grad)

    return run


def large(name):
    """As in bench/scenarios/large.ts."""
    if name in ("add", "gelu", "sum", "dropout"):
        x, y = torch.rand(ROWS * COLUMNS), torch.rand(ROWS * COLUMNS)
        keep = y > 0.1
        return {"add": lambda: x + y, "gelu": lambda: F.gelu(x), "sum": lambda: x.sum(), "dropout": lambda: x * keep}[name]
    x = torch.randn(ROWS, COLUMNS)
    return {
        "sum of rows": lambda: x.sum(1),
        "sum of columns": lambda: x.sum(0),
        "softmax": lambda: x.softmax(-1),
        "layer_norm": lambda: F.layer_norm(x, [COLUMNS]),
        "transposed copy": lambda: x.t().contiguous(),
    }[name]


def item():
    x = torch.rand(16)
    return lambda: x.sum().item()


NODES, EDGES, WIDTH = 20_000, 100_000, 64


def graph():
    """As in bench/scenarios/sparse.ts."""
    return torch.sparse_coo_tensor(torch.randint(NODES, (2, EDGES)), torch.rand(EDGES), (NODES, NODES)).coalesce()


def coalesce():
    indices, values = torch.randint(NODES, (2, EDGES)), torch.rand(EDGES)
    return lambda: torch.sparse_coo_tensor(indices, values, (NODES, NODES)).coalesce()


def sparse_times_dense(by_rows):
    a, x = graph(), torch.randn(NODES, WIDTH)
    a = a.to_sparse_csr() if by_rows else a
    return lambda: torch.sparse.mm(a, x)


def graph_layers():
    a, x = graph(), torch.randn(NODES, WIDTH)
    first, second = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, 8)

    def run():
        hidden = torch.sparse.mm(a, first(x)).relu()
        torch.sparse.mm(a, second(hidden)).sum().backward()

    return run


CASES = {
    **{f"matmul {n}": (lambda n=n: matmul(n)) for n in (64, 128, 256, 512, 1024, 2048, 4096)},
    "add": add,
    "exp": lambda: unary(torch.exp),
    "tanh": lambda: unary(torch.tanh),
    "erf": lambda: unary(torch.erf),
    "sigmoid": lambda: unary(torch.sigmoid),
    "gelu": lambda: unary(F.gelu),
    "sin": lambda: unary(torch.sin),
    **{
        f"{name}, {str(dtype)[6:]}": (lambda name=name, dtype=dtype: function_of(name, dtype))
        for name in ANY + POSITIVE + FRACTIONS + PAIRS
        for dtype in (torch.float32, torch.float64)
    },
    "sum": sum_all,
    "tanh(x*a+b)*exp(-x)": lambda: chain(False),
    "tanh(x*a+b)*exp(-x), gradient": lambda: chain(True),
    **random_cases(),
    **{
        f"linalg {name} {n}, {str(dtype)[6:]}": (lambda name=name, n=n, dtype=dtype: linalg_case(name, n, dtype))
        for name in LINALG
        for n, dtype in ((512, torch.float64), (64, torch.float64), (512, torch.float32), (256, torch.complex128))
    },
    "softmax": lambda: softmax(False),
    "softmax, gradient": lambda: softmax(True),
    "layer_norm": lambda: layer_norm(False),
    "layer_norm, gradient": lambda: layer_norm(True),
    "attention": lambda: attention(False),
    "attention, gradient": lambda: attention(True),
    "MLP, SGD": lambda: mlp(lambda model: torch.optim.SGD(model.parameters(), lr=0.01)),
    "MLP, Adam": lambda: mlp(lambda model: torch.optim.Adam(model.parameters())),
    "CNN, Adam": cnn,
    "GPT, AdamW": gpt,
    "LSTM, Adam": lstm,
    "sparse, coalesce": coalesce,
    "sparse, times dense": lambda: sparse_times_dense(False),
    "sparse by rows, times dense": lambda: sparse_times_dense(True),
    "sparse, two layers, forward and backward": graph_layers,
    **{
        f"large {name}": (lambda name=name: large(name))
        for name in "add gelu sum dropout softmax layer_norm".split() + ["sum of rows", "sum of columns", "transposed copy"]
    },
    "item": item,
    "add, no_grad": lambda: add_small(False),
    "add, recorded": lambda: add_small(True),
    "add and its backward": add_backward,
}
for expression in ["a + b", "a.mul(2.0)", "a.sum(0, keepdim=True)", "nn.functional.relu(a)", "relu(a)", "linear(a)", "a[0]"]:
    CASES[f"Python: {expression}"] = lambda expression=expression: from_python(expression)
for shape in [(32, 3, 32, 64, 1), (8, 64, 56, 64, 1), (8, 256, 14, 256, 1), (8, 128, 28, 128, 128)]:
    batch, channels, size, out, groups = shape
    case = f"conv {batch}x{channels}x{size}x{size} to {out}" + (f" groups {groups}" if groups > 1 else "")
    CASES[case] = lambda shape=shape: conv(*shape, False)
    CASES[f"{case}, backward"] = lambda shape=shape: conv(*shape, True)


def seconds_of(run, calls):
    start = time.perf_counter()
    for _ in range(calls):
        run()
    if DEVICE == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - start


def warm_up(run):
    start = time.perf_counter()
    estimate, calls = seconds_of(run, 1), 1
    while time.perf_counter() - start < WARM_UP:
        estimate = seconds_of(run, calls) / calls
        calls *= 2
    return run, estimate


def peak_bytes(make):
    """The most bytes in tensors at once, over setting up and some steps: the allocator's own account of them."""
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU], profile_memory=True) as profile:
        run = make()
        for _ in range(4):
            run()
    live = peak = 0
    events = [e for e in profile.profiler.kineto_results.events() if e.name() == "[memory]"]
    for event in sorted(events, key=lambda e: e.start_ns()):
        live += event.nbytes()
        peak = max(peak, live)
    return peak


def main():
    threads = int(os.environ["OMP_NUM_THREADS"])
    torch.set_num_threads(threads)
    torch.set_default_device(DEVICE)
    version = torch.__version__
    if DEVICE == "cuda":
        version += f", {torch.cuda.get_device_name()}, tf32 {torch.backends.cuda.matmul.allow_tf32}"
        # Convolutions, too, in float32 as it is.
        torch.backends.cudnn.allow_tf32 = False
    print(json.dumps({"version": version, "threads": threads}), flush=True)
    prepared = {}
    for line in sys.stdin:
        request = json.loads(line)
        name = request["name"]
        if name not in CASES:
            answer = {"missing": "not there"}
        elif request["measure"] != "seconds":
            answer = {"measured": peak_bytes(CASES[name])}
        else:
            if name not in prepared:
                prepared[name] = warm_up(CASES[name]())
            run, estimate = prepared[name]
            calls = max(1, round(request["seconds"] / estimate))
            answer = {"measured": seconds_of(run, calls) / calls}
        print(json.dumps(answer), flush=True)


main()
