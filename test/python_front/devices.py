# Functions and layers that are told a device: what is not there is refused, everywhere in the same way.
import torch, torch.nn as nn

x = torch.ones(2)


def show(*programs):
    for program in programs:
        try:
            print(program, "->", eval(program))
        except Exception as error:
            print(program, "->", type(error).__name__, str(error).split("\n")[0])


# --- who makes a tensor takes a device
PLACES = {
    **{name: (2,) for name in "arange eye empty ones rand randn randperm zeros bartlett_window hann_window scalar_tensor".split()},
    **{name: (x,) for name in "empty_like full_like ones_like rand_like randn_like zeros_like".split()},
    **{name: (0, 1, 3) for name in ("linspace", "logspace", "range")},
    "full": ((2,), 1.0), "full_like": (x, 1.0), "randint": (3, (2,)), "randint_like": (x, 3), "normal": (0.0, 1.0, (2,)),
    "tensor": ([1],), "as_tensor": ([1],), "asarray": ([1],), "tril_indices": (2, 2), "triu_indices": (2, 2), "empty_strided": ((2,), (1,)),
}
for name, args in sorted(PLACES.items()):
    for device in ("cuda", "cuda:1", torch.device("cuda"), "xpu", "foo", "cpu:", -1, 0, "cpu", "cpu:0", None):
        try:
            print(name, repr(device), getattr(torch, name)(*args, device=device).device)
        except Exception as error:
            print(name, repr(device), type(error).__name__, str(error).split("\n")[0].replace("_indices", ""))

# --- methods take a device
for name, args in {"new_zeros": (2,), "new_ones": (2,), "new_empty": (2,), "new_full": ((2,), 1.0), "new_tensor": ([1],), "to": ()}.items():
    for device in ("cuda", torch.device("cuda"), "xpu", "foo", "cpu", None):
        try:
            print(name, repr(device), getattr(x, name)(*args, device=device).device)
        except Exception as error:
            print(name, repr(device), type(error).__name__, str(error).split("\n")[0])

# --- layers take a device
LAYERS = {
    "Linear": (1, 1), "Bilinear": (1, 1, 1), "Conv1d": (1, 1, 1), "ConvTranspose2d": (1, 1, 1), "BatchNorm1d": (1,), "LayerNorm": (1,), "RMSNorm": (1,),
    "GroupNorm": (1, 1), "Embedding": (1, 1), "EmbeddingBag": (1, 1), "PReLU": (), "RNN": (1, 1), "LSTM": (1, 1), "GRU": (1, 1), "RNNCell": (1, 1),
    "LSTMCell": (1, 1), "GRUCell": (1, 1), "MultiheadAttention": (4, 2), "TransformerEncoderLayer": (4, 2), "TransformerDecoderLayer": (4, 2),
    "Transformer": (4, 2, 1, 1, 4), "AdaptiveLogSoftmaxWithLoss": (4, 6, [2, 4]),
}
for name, args in LAYERS.items():
    for device in ("cuda", torch.device("cuda"), "xpu", "foo", "cpu", None):
        try:
            print(name, repr(device), next(getattr(nn, name)(*args, device=device).parameters()).device)
        except Exception as error:
            print(name, repr(device), type(error).__name__, str(error).split("\n")[0])

# --- torch.device
show(
    'torch.device("cpu")', 'torch.device("cuda:1")', 'torch.device("cuda", 1)', 'torch.device(type="cpu", index=0)', 'torch.device(torch.device("cpu"))',
    'torch.device()', 'torch.device(None)', 'torch.device(3.5)', 'torch.device(True)', 'torch.device(0)', 'torch.device(-1)', 'torch.device("")',
    'torch.device("cpu:")', 'torch.device("cpu:a")', 'torch.device("cpu:01")', 'torch.device("foo")', 'torch.device("cuda", -1)', 'torch.device("cpu:1", 1)',
    'torch.device("cpu", "1")', 'torch.device("cuda:0") == torch.device("cuda", 0)', 'torch.device("cpu") == "cpu"', 'str(torch.device("cuda:1"))',
    'len({torch.device("cpu"), torch.device("cpu"), torch.device("cpu", 0)})',
)

# --- Tensor.to and Module.to
for target in ("x", "nn.Linear(1, 1)", "nn.ReLU()"):
    print(target)
    for args in (
        '"cpu", True', 'torch.device("cpu"), True', '', 'None', '"cpu", torch.double, True, True', 'torch.double, True, True', 'x.double(), True', '"cpu:0"',
        'dtype=None', 'float', 'torch.int', 'foo=3', 'x, x', '"cpu", x', '"foo"', '"cpu:"', '"cuda"', 'device="cuda"', 'device=torch.device("cuda"), dtype=torch.double',
        'x, dtype=torch.double', 'torch.double, device="cpu"', 'torch.double, dtype=torch.double', '"mps"', '"xpu"', '"hip"', 'device=None, dtype=torch.double', 'tensor=x.double()', 'torch.cfloat',
    ):
        try:
            made = eval(f"{target}.to({args})")
            made = made if target == "x" else [p.dtype for p in made.parameters()]
            print(args, "->", made)
        except Exception as error:
            print(args, "->", type(error).__name__, str(error).split("\nThis build computes on ")[0])

# --- memory formats of modules
net = nn.Sequential(nn.Conv2d(2, 3, 2), nn.Linear(2, 2), nn.BatchNorm2d(3)).to(memory_format=torch.channels_last)
print([p.stride() for p in net.parameters()], net[0](torch.ones(1, 2, 3, 3)).shape)
print(nn.Conv2d(2, 3, 2).to(torch.double, memory_format=torch.channels_last).weight.stride())

# --- keywords nobody knows
show(
    'torch.full((2,), 1.0, foo=1)', 'torch.scalar_tensor(3, foo=1)', 'torch.arange(end=3)', 'torch.arange(1, end=3)', 'torch.arange(1, 7, step=2)',
    'torch.arange(0, 3, dtype=torch.float)', 'torch.arange(3, dtype=None, device=None, layout=torch.strided, pin_memory=False, requires_grad=False)',
    'torch.full((2,), 1, layout=torch.strided, device="cpu")', 'torch.scalar_tensor(3, requires_grad=True)', 'torch.range(1, 3, dtype=torch.int)',
)

# --- where .cuda() may go
for device in (-1, "cpu", torch.device("cpu"), "meta", torch.ones(2).get_device(), 0, "cuda:0", None):
    for x in (torch.ones(2), torch.nn.Linear(2, 2)):
        try:
            print(x.cuda(device))
        except (RuntimeError, AssertionError) as error:
            print(type(error).__name__, str(error).split("\n")[0])
