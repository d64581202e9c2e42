# Complex random numbers: of both parts, in PyTorch's streams.
import torch, torch.nn as nn


def show(*programs):
    for program in programs:
        torch.manual_seed(0)
        try:
            print(program, "->", eval(program))
        except Exception as error:
            print(program, "->", type(error).__name__, str(error).split("\n")[0])


# --- complex numbers drawn
show(
    'torch.randn(3, dtype=torch.cfloat)', 'torch.randn(20, dtype=torch.cfloat)', 'torch.randn(3, 2, dtype=torch.cdouble)', 'torch.rand(3, dtype=torch.cfloat)',
    'torch.rand(9, dtype=torch.cdouble)', 'torch.randn_like(torch.ones(2, dtype=torch.cfloat))', 'torch.rand_like(torch.ones(2, dtype=torch.cfloat))',
    'torch.randn_like(torch.ones(2), dtype=torch.cfloat)', 'torch.empty(2, 3, dtype=torch.cfloat).t().normal_()', 'torch.empty(3, 6, dtype=torch.cfloat).t().normal_()',
    'torch.empty(2, dtype=torch.cfloat).normal_(3, 2)', 'torch.empty(2, dtype=torch.cfloat).normal_(0, 0)', 'torch.empty(2, dtype=torch.cfloat).uniform_(1, 3)',
    'torch.empty(6, dtype=torch.cfloat)[::2].normal_()', 'torch.empty(4, dtype=torch.cfloat)[::2].uniform_()', 'torch.randn(0, dtype=torch.cfloat)',
    'torch.empty(2, dtype=torch.cfloat).log_normal_()', 'torch.empty(2, dtype=torch.cfloat).cauchy_()',
    'torch.empty(2, dtype=torch.cfloat).bernoulli_()', 'torch.empty(2, dtype=torch.cfloat).random_()', 'torch.empty(2, dtype=torch.cfloat).geometric_(.5)',
    'nn.Linear(2, 2, dtype=torch.cfloat).weight', 'nn.init.xavier_normal_(torch.empty(2, 2, dtype=torch.cfloat))',
    'nn.Conv1d(1, 2, 2, dtype=torch.cdouble).bias',
    'torch.normal(0., 1., (2,), dtype=torch.cfloat)', 'torch.dropout(torch.ones(4, dtype=torch.cfloat), .5, True)', 'torch.randn(3, dtype=torch.int)', 'torch.rand(3, dtype=torch.bool)',
)

# --- empty tensors tell their dtype
for d in (torch.float, torch.double, torch.half, torch.int, torch.long, torch.bool, torch.cfloat, torch.cdouble):
    print(torch.zeros(0, dtype=d), torch.zeros(2, 0, dtype=d), torch.zeros(1, dtype=d))

# --- scatters that reduce, by dtype
for d in (torch.bool, torch.cfloat, torch.cdouble, torch.int, torch.half):
    for reduce in ("sum", "prod", "mean", "amax", "amin"):
        for f in ("scatter_reduce", "index_reduce"):
            for kept in (True, False):
                x, i, s = torch.tensor([1, 0, 1]).to(d), torch.tensor([0, 0, 1]), torch.tensor([1, 1, 0]).to(d)
                with __import__("warnings").catch_warnings():
                    __import__("warnings").simplefilter("ignore")
                    try:
                        print(d, reduce, f, kept, getattr(x, f)(0, i, s, reduce, include_self=kept))
                    except Exception as error:
                        print(d, reduce, f, kept, type(error).__name__, str(error).split("\n")[0])

# --- gains
for slope in (None, 0.1, True, "a"):
    try:
        print(slope, nn.init.calculate_gain("leaky_relu", slope))
    except Exception as error:
        print(slope, type(error).__name__, error)

# --- hooks of all modules, set anew by a program
import torch.nn.modules.module as M

from collections import OrderedDict

handle = M.register_module_forward_hook(lambda m, args, out: print("hook of", type(m).__name__))
nn.ReLU()(torch.ones(1))
kept, M._global_forward_hooks = M._global_forward_hooks, OrderedDict()
nn.ReLU()(torch.ones(1))
print(len(kept), isinstance(nn.ReLU(), M.Module), M.Module is nn.Module)
