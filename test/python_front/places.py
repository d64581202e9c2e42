import importlib
import warnings

import torch
import torch.nn.functional as F
from torch import nn

# --- modules by their own names
for name in (
    "torch.linalg torch.fft torch.special torch.functional torch.random torch.version torch.types torch.cuda torch.backends.cudnn "
    "torch.backends.mps torch.backends.mkldnn torch.backends.cuda torch.autograd.gradcheck torch.autograd.variable torch.autograd.graph "
    "torch.optim.optimizer torch.optim.sgd torch.optim.lr_scheduler torch.optim.swa_utils torch.nn.modules.utils torch.nn.modules.loss "
    "torch.nn.utils.clip_grad torch.nn.utils.convert_parameters torch.utils.data.dataloader torch.utils.data.dataset "
    "torch.utils.data.sampler torch.utils.hooks"
).split():
    print(importlib.import_module(name).__name__)

# --- what such modules have
import torch.backends.cudnn as cudnn
import torch.fft
import torch.linalg
import torch.utils.data.dataset
from torch.autograd.gradcheck import gradcheck as from_module
from torch.cuda import is_available
from torch.functional import einsum
from torch.linalg import norm
from torch.nn.modules.utils import _ntuple, _pair, _single, _triple, consume_prefix_in_state_dict_if_present
from torch.nn.utils.clip_grad import clip_grad_norm_
from torch.optim.optimizer import Optimizer
from torch.utils.data.dataloader import default_collate
from torch.utils.data.sampler import BatchSampler, SequentialSampler

cudnn.benchmark = True
cudnn.deterministic = True
print(cudnn.enabled, cudnn.benchmark, is_available(), torch.cuda.device_count(), torch.version.cuda)
torch.cuda.manual_seed_all(1)
print(einsum is torch.einsum, norm is torch.linalg.norm, Optimizer is torch.optim.Optimizer, from_module is torch.autograd.gradcheck)
print(clip_grad_norm_ is nn.utils.clip_grad_norm_, torch.utils.data.dataset.Dataset is torch.utils.data.Dataset)
print(default_collate([1, 2]), list(BatchSampler(SequentialSampler(range(5)), 2, False)))
print(_single(1), _pair(2), _triple(3), _ntuple(4)(0), _pair((1, 2)), _pair([3, 4]))
state = {"module.a": 1, "b": 2}
consume_prefix_in_state_dict_if_present(state, "module.")
print(state, callable(torch.autograd.gradcheck), "solve" in dir(torch.linalg))
try:
    torch.cuda.current_device()
except Exception as e:
    print(type(e).__name__, str(e).split("\n")[0])

# --- names that such modules do not have
try:
    torch.linalg.nothing
except AttributeError as e:
    print(str(e).split("\n")[0])
try:
    torch.functional.nothing
except AttributeError as e:
    print(str(e).split("\n")[0])

# --- functions that write over their input
x = torch.tensor([1.0, -1.0])
for name, args in {"celu_": (), "elu_": (2.0,), "hardtanh_": (-0.5, 0.5), "leaky_relu_": (), "relu_": (), "rrelu_": (), "selu_": (), "threshold_": (0, 3)}.items():
    y = x.clone()
    print(name, getattr(F, name)(y, *args) is y, y)
y = x.clone()
print(torch.selu_(y) is y, torch.threshold_(y, 0, 5), torch.celu_(x.clone()), torch.rrelu_(x.clone()))

# --- averaged models
from torch.optim.swa_utils import SWALR, AveragedModel, get_ema_avg_fn, get_ema_multi_avg_fn, get_swa_multi_avg_fn, update_bn


def trained(**options):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Linear(3, 1))
    averaged = AveragedModel(model, **options)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    schedule = SWALR(optimizer, swa_lr=0.05, anneal_epochs=2)
    for _ in range(3):
        x = torch.randn(8, 2)
        optimizer.zero_grad()
        model(x).square().mean().backward()
        optimizer.step()
        schedule.step()
        averaged.update_parameters(model)
    update_bn([torch.randn(8, 2), [torch.randn(8, 2), 1]], averaged)
    print(averaged.n_averaged, averaged.module[0].weight, averaged.module[1].running_mean, schedule.get_last_lr())
    print(averaged(torch.ones(1, 2)).shape, list(averaged.state_dict())[:3])


trained()
trained(avg_fn=get_ema_avg_fn(0.9))
trained(multi_avg_fn=get_ema_multi_avg_fn(0.9), use_buffers=True)
trained(multi_avg_fn=get_swa_multi_avg_fn())
try:
    get_ema_avg_fn(2)
except ValueError as e:
    print(str(e).split("\n")[0])
try:
    AveragedModel(nn.Linear(1, 1), avg_fn=get_ema_avg_fn(), multi_avg_fn=get_ema_multi_avg_fn())
except AssertionError as e:
    print(str(e).split("\n")[0])

# --- nodes of calls with numbers
x, y, g = torch.ones(1, requires_grad=True), torch.ones(1, requires_grad=True), torch.ones(1)
for z in (x**2, x * 2, 2 * x, x + 1, x + g, x / 2, 2 / x, 1 - x, x - 1, 2**x, x.clamp(0, 1), torch.where(x > 0, x, 0.0), x.lerp(y, 0.5), x**g, x.masked_fill(x > 0, 1.0), x.fmod(2), x % 2, x.addcmul(y, g)):
    got = z.grad_fn(torch.ones_like(z))
    print(z.grad_fn.name(), len(z.grad_fn.next_functions), got)
z = x**3
z.grad_fn.register_hook(lambda given, wanted: print("hook", given, wanted))
z.backward()
print(x.grad)

# --- what programs take from torch._jit_internal
import torch

internal = torch._jit_internal
print({"bias": internal.Optional[torch.Tensor], "sizes": internal.List[int]})
by_flag = internal.boolean_dispatch(
    "return_indices", 1, False, lambda x, return_indices=False: (x, "both"), lambda x, return_indices=False: x, "here", "pool"
)
print(by_flag(1), by_flag(1, True), by_flag(1, return_indices=True), by_flag(1, return_indices=False), by_flag.__name__, by_flag.__module__)
by_hand = lambda x: x
print([f(by_hand) is by_hand for f in (internal.export, internal.unused, internal.ignore, internal._copy_to_script_wrapper)], internal.is_scripting())

# --- torch.nn.parallel on a machine without GPUs
from torch.nn.parallel import gather, replicate, scatter
from torch.nn.parallel._functions import Broadcast, Gather, ReduceAddCoalesced, Scatter
from torch.nn.parallel.scatter_gather import gather as same
import torch, torch.nn.parallel as P

x, layer = torch.ones(4, 2), torch.nn.Linear(2, 2)
print(scatter((1, [2, "a"]), [0, 1]), same is gather, [f.__name__ for f in (Broadcast, Gather, ReduceAddCoalesced, Scatter)])
for refused in (
    lambda: scatter(x, ["cpu"]),
    lambda: gather([x, x], "cpu"),
    lambda: gather([x, x], 0),
    lambda: replicate(layer, [0, 1]),
    lambda: Broadcast.apply([0], x),
    lambda: P.parallel_apply([layer, layer], [(x,), (x,)]),
    lambda: P.parallel_apply([layer], [(x,), (x,)]),
):
    try:
        print(refused())
    except (AssertionError, RuntimeError, ValueError) as error:
        print(type(error).__name__, str(error).split("\n")[0])

# --- the files of torch.cuda
import importlib
import torch
from torch.cuda.memory import max_memory_allocated, memory_allocated
from torch.cuda.streams import Event, Stream

torch.cuda.random.manual_seed(1)
torch.cuda.random.manual_seed_all(1)
print(torch.cuda.random.manual_seed is torch.cuda.manual_seed, Stream is torch.cuda.Stream, Event is torch.cuda.Event)
print(memory_allocated is torch.cuda.memory_allocated, max_memory_allocated is torch.cuda.max_memory_allocated)
print([importlib.import_module("torch.cuda." + name) is getattr(torch.cuda, name) for name in ("random", "memory", "streams")])

# --- the state of a DataParallel module without its prefix
import torch
from torch.nn.modules.utils import consume_prefix_in_state_dict_if_present

print(torch.nn.modules.utils.consume_prefix_in_state_dict_if_present is consume_prefix_in_state_dict_if_present, torch.nn.modules.utils._pair(3))
model = torch.nn.Sequential(torch.nn.Linear(1, 1), torch.nn.BatchNorm1d(1))
for state in (torch.nn.DataParallel(model).state_dict(), dict(torch.nn.DataParallel(model).state_dict()), model.state_dict()):
    consume_prefix_in_state_dict_if_present(state, "module.")
    print(sorted(state), sorted(getattr(state, "_metadata", {}).items()), model.load_state_dict(state))
