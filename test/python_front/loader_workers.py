# DataLoader with workers: batches, draws, order, worker info and errors.
import random
import torch
from torch.utils.data import *


class Squares(Dataset):
    def __len__(self):
        return 10

    def __getitem__(self, i):
        return torch.full([2], float(i)) + torch.rand(1), random.random(), get_worker_info().id


class Counting(IterableDataset):
    def __iter__(self):
        worker = get_worker_info()
        yield from range(worker.id, 10, worker.num_workers)


class Uneven(IterableDataset):
    def __iter__(self):
        worker = get_worker_info().id
        yield from range(100 * worker, 100 * worker + [1, 7, 4][worker])


class Failing(Squares):
    def __getitem__(self, i):
        if i == 5:
            raise KeyError("five")
        return i

# --- batches, draws and order
torch.manual_seed(0)
for x, r, w in DataLoader(Squares(), batch_size=3, num_workers=2, shuffle=True):
    print(x.tolist(), r.tolist(), w.tolist())
print(torch.rand(2), get_worker_info())

# --- persistent workers
torch.manual_seed(0)
loader = DataLoader(Squares(), batch_size=3, num_workers=2, shuffle=True, persistent_workers=True)
for epoch in range(2):
    for x, r, w in loader:
        print(x.tolist(), w.tolist())
for batch in loader:
    break
print(len(list(loader)), torch.rand(1))

# --- iterable datasets in parts
print([b.tolist() for b in DataLoader(Counting(), batch_size=2, num_workers=2)])
print([b.tolist() for b in DataLoader(Counting(), batch_size=3, num_workers=2, drop_last=True)])
print(list(DataLoader(Counting(), batch_size=None, num_workers=2)))
print([b.tolist() for b in DataLoader(Uneven(), batch_size=2, num_workers=2, prefetch_factor=1)])
print([b.tolist() for b in DataLoader(ChainDataset([Counting(), Counting()]), batch_size=3, num_workers=2)])

# --- worker_init_fn and a generator
def init(worker):
    torch.rand(worker + 1)

g = torch.Generator().manual_seed(5)
sampler = WeightedRandomSampler([1.0] * 10, 8, generator=g)
for x, r, w in DataLoader(Squares(), batch_size=4, num_workers=2, sampler=sampler, generator=g, worker_init_fn=init):
    print(x.tolist(), w.tolist())
print(torch.rand(1, generator=g))

# --- what a worker raises
try:
    for x in DataLoader(Failing(), batch_size=2, num_workers=2):
        print(x)
except KeyError as error:
    lines = str(error).split("\n")
    print(lines[0], lines[1], lines[-2])

# --- datasets side by side, and in parts
both = StackDataset(list(range(6)), list("abcdef"))
print(both[1], len(both), both.__getitems__([0, 2]))
print([x for x in DataLoader(Subset(both, [5, 3, 1]), batch_size=2)])
print(StackDataset(x=[1, 2], y=[3, 4])[0])
for make in (lambda: StackDataset(), lambda: StackDataset([1], [1, 2]), lambda: StackDataset([1], x=[1])):
    try:
        make()
    except ValueError as error:
        print(error)

# --- refused
for options in ({"multiprocessing_context": "fork"}, {"num_workers": 1, "multiprocessing_context": "thread"}):
    try:
        DataLoader([1], **options)
    except ValueError as error:
        print(error)
