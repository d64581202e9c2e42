"""What PyTorch's users write for several processes, each held to what one process with all of the batch comes to."""

import sys

import torch
import torch.distributed as dist
import torch.distributed.checkpoint as dcp
import torch.nn as nn
import torch.nn.functional as F
from torch.distributed.algorithms.ddp_comm_hooks.default_hooks import bf16_compress_hook
from torch.distributed.checkpoint.state_dict import StateDictOptions, get_model_state_dict, get_state_dict, set_state_dict
from torch.distributed.device_mesh import DeviceMesh, init_device_mesh
from torch.distributed.fsdp import FSDPModule, MixedPrecisionPolicy, fully_shard
from torch.distributed.optim import ZeroRedundancyOptimizer
from torch.nn.parallel import DistributedDataParallel as DDP

folder, steps = sys.argv[1], int(sys.argv[2])
dist.init_process_group("mpi")
rank, world = dist.get_rank(), dist.get_world_size()
torch.set_default_dtype(torch.float64)
BATCH = 12


def network(norm=False):
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(5, 7), nn.BatchNorm1d(7) if norm else nn.Tanh(), nn.Linear(7, 3))


def share(t):
    return t[rank * BATCH // world : (rank + 1) * BATCH // world]


def train(model, optimizer, inputs=lambda t: t, clip=None, steps=steps):
    torch.manual_seed(2)
    for _ in range(steps):
        x, y = torch.randn(BATCH, 5), torch.randint(0, 3, (BATCH,))
        optimizer.zero_grad()
        F.cross_entropy(model(inputs(x)), inputs(y)).backward()
        if clip is not None:
            norms.append(nn.utils.clip_grad_norm_(model.parameters(), clip).item())
        optimizer.step()
    return model


def expect_close(what, got, wanted, limit=1e-9):
    for name, t in wanted.items():
        distance = (got[name].double() - t.double()).abs().max().item()
        if not distance < limit:
            raise AssertionError(f"rank {rank} of {world}: {what}, {name}: differs by {distance}")


norms = []
adam = lambda params: torch.optim.Adam(params, lr=0.01)

# --- the same numbers from parts of the batch
alone = network(norm=True)
train(alone, adam(alone.parameters()))
synced = nn.SyncBatchNorm.convert_sync_batchnorm(network(norm=True))
assert repr(synced[1]).startswith("SyncBatchNorm(7, eps=1e-05"), synced
train(DDP(synced), adam(synced.parameters()), share)
expect_close("SyncBatchNorm", synced.state_dict(), alone.state_dict())

plain = network()
plain_optimizer = adam(plain.parameters())
train(plain, plain_optimizer, clip=0.5)
plain_norms, norms = norms, []
shared_out = network()
zero = ZeroRedundancyOptimizer(shared_out.parameters(), torch.optim.Adam, lr=0.01)
scheduler = torch.optim.lr_scheduler.LambdaLR(zero, lambda epoch: 1.0)
train(DDP(shared_out), zero, share, clip=0.5)
expect_close("ZeroRedundancyOptimizer", shared_out.state_dict(), plain.state_dict())
zero.consolidate_state_dict(to=world - 1)
if rank == world - 1:
    for i, state in plain_optimizer.state_dict()["state"].items():
        expect_close("its state", zero.state_dict()["state"][i], state)

# --- parameters in pieces
mesh = init_device_mesh("cpu", (world,), mesh_dim_names=("dp",))
assert mesh["dp"] == mesh and mesh.get_local_rank() == rank and mesh.size() == world, mesh
assert repr(mesh) == f"DeviceMesh((dp={world}), 'cpu', stride=(1,))", mesh
assert repr(DeviceMesh("cpu", list(range(world)))) == f"DeviceMesh(({world},), 'cpu', stride=(1,))"


def sharded(mesh=mesh, **options):
    model = network()
    for layer in model:
        if isinstance(layer, nn.Linear):
            fully_shard(layer, mesh=mesh, **options)
    return fully_shard(model, mesh=mesh, **options)


def whole(model):
    return get_model_state_dict(model, options=StateDictOptions(full_state_dict=True))


norms = []
pieces = sharded()
assert isinstance(pieces, FSDPModule) and type(pieces[0]).__name__ == "FSDPLinear", type(pieces[0])
assert sum(p.numel() for p in pieces.parameters()) <= sum(p.numel() for p in plain.parameters()) / world + 4
optimizer = adam(pieces.parameters())
train(pieces, optimizer, share, clip=0.5)
expect_close("fully_shard", whole(pieces), plain.state_dict())
assert all(abs(a - b) < 1e-9 for a, b in zip(norms, plain_norms)), (norms, plain_norms)
if world % 2 == 0:
    grid = init_device_mesh("cpu", (2, world // 2), mesh_dim_names=("replicate", "shard"))
    assert grid.get_coordinate() == (rank // (world // 2), rank % (world // 2))
    copies = sharded(grid)
    train(copies, adam(copies.parameters()), share, clip=0.5)
    expect_close("copies of pieces", whole(copies), plain.state_dict())
halves = sharded(mp_policy=MixedPrecisionPolicy(param_dtype=torch.bfloat16, reduce_dtype=torch.float32))
train(halves, adam(halves.parameters()), share, clip=0.5)
assert all(p.dtype == torch.float64 and p.grad.dtype == torch.float64 for p in halves.parameters())
expect_close("computed in bfloat16", whole(halves), plain.state_dict(), 0.02 * steps)

# --- checkpoints: saved in the midst, gone on with by others
model_state, optim_state = get_state_dict(pieces, optimizer)
dcp.save({"model": model_state, "optim": optim_state, "epoch": 3, "betas": (1, 2)}, checkpoint_id=folder)
again = sharded()
with torch.no_grad():
    for p in again.parameters():
        p.zero_()
optimizer_again = adam(again.parameters())
model_state, optim_state = get_state_dict(again, optimizer_again)
state = {"model": model_state, "optim": optim_state, "epoch": 0, "betas": (0, 0)}
dcp.load(state, checkpoint_id=folder)
set_state_dict(again, optimizer_again, model_state_dict=state["model"], optim_state_dict=state["optim"])
assert state["epoch"] == 3 and state["betas"] == (1, 2), state
train(pieces, optimizer, share)
train(again, optimizer_again, share)
expect_close("gone on with", whole(again), whole(pieces), 1e-15)
unsharded = network()
dcp.load({"model": unsharded.state_dict()}, checkpoint_id=folder)
expect_close("read by one that is whole", unsharded.state_dict(), plain.state_dict())
full_model, full_optim = get_state_dict(pieces, optimizer, options=StateDictOptions(full_state_dict=True))
set_state_dict(again, optimizer_again, model_state_dict=full_model, optim_state_dict=full_optim)
expect_close("given whole tensors", whole(again), full_model, 1e-15)
try:
    dcp.load({"other": torch.ones(2)}, checkpoint_id=folder)
    raise AssertionError("a tensor that is not there was loaded")
except RuntimeError as error:
    assert "Missing key in checkpoint state_dict: other" in str(error), error

# --- hooks, objects
hooked = DDP(nn.Linear(2, 1).float())
hooked.register_comm_hook(None, bf16_compress_hook)
hooked(torch.full((1, 2), rank + 1.0, dtype=torch.float32)).sum().backward()
assert (hooked.module.weight.grad - (world + 1) / 2).abs().max() < 0.05
things = [None] * world
dist.all_gather_object(things, {"rank": rank, "tensor": torch.arange(rank)})
assert [(x["rank"], x["tensor"].numel()) for x in things] == [(r, r) for r in range(world)]
dist.destroy_process_group()
print(f"rank {rank} of {world}: as one")
