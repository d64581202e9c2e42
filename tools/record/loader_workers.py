"""Records what PyTorch's DataLoader gives with workers: test/recorded/loader_workers.json.

    python tools/record/loader_workers.py
"""
import json
import pathlib
import warnings

import torch
from torch.utils.data import (
    ChainDataset,
    DataLoader,
    Dataset,
    IterableDataset,
    StackDataset,
    Subset,
    WeightedRandomSampler,
    get_worker_info,
    random_split,
)

warnings.simplefilter("ignore")


class Squares(Dataset):
    def __init__(self, length, side=64):
        self.length, self.side = length, side

    def __len__(self):
        return self.length

    def __getitem__(self, i):
        return torch.full([self.side, self.side], float(i)) + torch.rand(1), get_worker_info().id


class Counting(IterableDataset):
    def __iter__(self):
        worker = get_worker_info()
        yield from range(worker.id, 10, worker.num_workers)


class Uneven(IterableDataset):
    def __iter__(self):
        worker = get_worker_info().id
        yield from range(100 * worker, 100 * worker + [1, 7, 4][worker])


def shown(batch):
    return [batch[0][:, 0, 0].tolist(), batch[1].tolist()]


def pairs(samples):
    return [{"x": x[0, 0].item(), "id": worker} for x, worker in samples]


def values(loader):
    return [x.tolist() if isinstance(x, torch.Tensor) else x for x in loader]


found = {}
shuffled = {"batch_size": 3, "num_workers": 2, "shuffle": True}
torch.manual_seed(0)
found["shuffled"] = [shown(b) for b in DataLoader(Squares(10), **shuffled)]
torch.manual_seed(0)
persistent = DataLoader(Squares(10), persistent_workers=True, **shuffled)
found["persistent"] = [[shown(b) for b in persistent], [shown(b) for b in persistent], torch.rand(2).tolist()]
torch.manual_seed(0)
found["init"] = [
    shown(b) for b in DataLoader(Squares(10), worker_init_fn=lambda worker: torch.rand(worker + 1), **shuffled)
]
found["counting"] = [
    values(DataLoader(Counting(), batch_size=2, num_workers=2)),
    values(DataLoader(Counting(), batch_size=2, num_workers=3)),
    values(DataLoader(Counting(), batch_size=3, num_workers=2, drop_last=True)),
    values(DataLoader(Counting(), batch_size=None, num_workers=3)),
]
found["uneven"] = [
    values(DataLoader(Uneven(), batch_size=2, num_workers=3, prefetch_factor=1)),
    values(DataLoader(Uneven(), batch_size=2, num_workers=3, persistent_workers=True)),
]
generator = torch.Generator().manual_seed(5)
sampler = WeightedRandomSampler([1.0] * 10, 8, generator=generator)
weighted = DataLoader(Squares(10), batch_size=4, num_workers=2, sampler=sampler, generator=generator)
found["weighted"] = [[shown(b) for b in weighted], torch.rand(1, generator=generator).tolist()]
torch.manual_seed(3)
most, rest = random_split(Squares(10), [0.8, 0.2])
found["split"] = [
    [shown(b) for b in DataLoader(most, batch_size=4, num_workers=2)],
    [shown(b) for b in DataLoader(Subset(rest, [1, 0]), batch_size=4, num_workers=2)],
]
stacked = StackDataset(list(range(4)), ["a", "b", "c", "d"])
found["stacked"] = [[x.tolist(), list(names)] for x, names in DataLoader(stacked, batch_size=3, num_workers=1)]
found["chained"] = values(DataLoader(ChainDataset([Counting(), Counting()]), batch_size=3, num_workers=2))
torch.manual_seed(0)
found["collated there"] = list(DataLoader(Squares(4), collate_fn=pairs, **shuffled))
torch.manual_seed(0)
page = DataLoader(Squares(6), batch_size=2, num_workers=2, shuffle=True)
found["page"] = [shown(b) for _ in range(2) for b in page]

path = pathlib.Path(__file__).parents[2] / "test/recorded/loader_workers.json"
path.write_text(json.dumps(found, indent=1) + "\n")
