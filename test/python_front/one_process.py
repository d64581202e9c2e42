import os

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel as DDP
from torch.utils.data.distributed import DistributedSampler


def told(f):
    try:
        print(repr(f()))
    except BaseException as error:
        print(type(error).__name__, str(error).split("\n")[0])


# --- a group that has not begun
told(dist.get_rank)
told(dist.get_world_size)
told(dist.is_available)
told(dist.is_initialized)
told(lambda: dist.init_process_group("gloo"))
told(lambda: dist.all_reduce(torch.ones(1)))
told(lambda: DDP(torch.nn.Linear(1, 1)))
told(lambda: DistributedSampler([1, 2, 3]))
told(dist.destroy_process_group)

# --- collectives of one process
os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT="29587", RANK="0", WORLD_SIZE="1")
told(lambda: dist.init_process_group("gloo"))
told(lambda: dist.init_process_group("gloo"))
x, parts, objects = torch.ones(2), [torch.zeros(2)], [None]
told(lambda: (dist.get_rank(), dist.get_world_size(), dist.get_backend()))
told(lambda: dist.all_reduce(x))
told(lambda: dist.all_reduce(x, op=dist.ReduceOp.AVG))
told(lambda: dist.all_reduce(x, async_op=True).wait())
told(lambda: dist.all_gather(parts, x) or parts)
told(lambda: dist.broadcast(x, 0))
told(lambda: dist.broadcast(x, 1))
told(lambda: dist.gather(x, parts, 0))
told(lambda: dist.scatter(x, [torch.ones(2) * 3], 0) or x)
told(lambda: dist.reduce(x, 0))
told(lambda: dist.all_gather_object(objects, {"a": 1}) or objects)
told(lambda: dist.broadcast_object_list(objects))
told(lambda: dist.reduce_scatter(x, [x]))
told(lambda: dist.send(x, 0))
told(lambda: dist.ReduceOp.SUM)
told(dist.barrier)
model = DDP(torch.nn.Linear(1, 1))
print(model, list(model.state_dict()))
with model.no_sync():
    model(torch.ones(1)).backward()
print(model.module.weight.grad)
told(lambda: DDP(torch.nn.ReLU()))
dist.destroy_process_group()

# --- the share of one of several
numbers = list(range(7))
print(list(DistributedSampler(numbers, 2, 0)), list(DistributedSampler(numbers, 2, 1, shuffle=False)))
sampler = DistributedSampler(numbers, 2, 1, drop_last=True)
print(list(sampler), len(sampler))
sampler.set_epoch(4)
print(list(torch.utils.data.DataLoader(numbers, sampler=sampler, batch_size=2)))
told(lambda: DistributedSampler(numbers, 2, 5))

# --- modules for several devices, of which there is none
model = torch.nn.DataParallel(torch.nn.Linear(1, 1))
print(model, model.device_ids, list(model.state_dict()), model(torch.ones(1)).shape)

# --- deterministic, and precise
torch.use_deterministic_algorithms(True, warn_only=True)
print(torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled(), torch.get_deterministic_debug_mode())
torch.set_deterministic_debug_mode("error")
print(torch.get_deterministic_debug_mode())
torch.set_deterministic_debug_mode(0)
told(lambda: torch.set_deterministic_debug_mode("x"))
print(torch.get_float32_matmul_precision())
torch.set_float32_matmul_precision("high")
print(torch.get_float32_matmul_precision())
torch.set_float32_matmul_precision("highest")

# --- devices that are not there
for text in (
    "torch.cuda.Stream() torch.cuda.Event() torch.cuda.FloatTensor(2) torch.cuda.memory_stats() torch.cuda.get_device_capability() "
    "torch.cuda.max_memory_reserved() torch.accelerator.is_available() torch.accelerator.current_accelerator() "
    "torch.accelerator.memory_allocated() torch.accelerator.device_count() torch.accelerator.synchronize() torch.mps.is_available() "
    "torch.mps.empty_cache() torch.xpu.is_available() torch.cpu.is_available() torch.cpu.synchronize() torch.cuda.get_rng_state() "
    "isinstance(torch.ones(1),torch.cuda.FloatTensor) torch.is_signed(torch.ones(1)) torch.get_device(torch.ones(1))"
).split():
    told(lambda: eval(text))

# --- what functions give has a class
print(isinstance(torch.max(torch.ones(2, 2), 0), torch.return_types.max), type(torch.ones(2).sort()), torch.return_types.topk)
print(hasattr(torch, "add_"), hasattr(torch, "cross_entropy"), hasattr(torch, "abs_"))

# --- draws that are undone
torch.manual_seed(1)
with torch.random.fork_rng():
    torch.rand(3)
print(torch.rand(2))
