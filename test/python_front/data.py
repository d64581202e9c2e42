# torch.utils.data: what is loaded, and what is refused.
import torch
from torch.utils.data import *


def attempt(*fs):
    for f in fs:
        try:
            print(f())
        except Exception as error:
            print(type(error).__name__, str(error).split("\n")[0])


class Listed(Dataset):
    def __init__(self, values):
        self.values = values

    def __getitem__(self, i):
        return self.values[i]

    def __len__(self):
        return len(self.values)


class Stream(IterableDataset):
    def __iter__(self):
        return iter(range(5))


xs = torch.arange(10.0)
pairs = TensorDataset(xs, xs * 2)


def loaded(*loaders):
    attempt(*(lambda make=make: list(make()) for make in loaders))


# --- loaders of datasets
torch.manual_seed(0)
loaded(lambda: DataLoader(pairs, 4), lambda: DataLoader(pairs, 4, drop_last=True), lambda: DataLoader(pairs, 4, shuffle=True), lambda: DataLoader(pairs, 4, shuffle=True, generator=torch.Generator().manual_seed(3)), lambda: DataLoader(range(5), 2), lambda: DataLoader([1.0, 2.0], 2), lambda: DataLoader(["a", "b"], 2), lambda: DataLoader([(1, 2.0), (3, 4.0)], 2), lambda: DataLoader([{"a": 1}, {"a": 2}], 2), lambda: DataLoader([[1, 2], [3]], 2), lambda: DataLoader([None, 1], 2), lambda: DataLoader([torch.ones(1), torch.ones(2)], 2), lambda: DataLoader([b"a", b"b"], 2), lambda: DataLoader([True, False], 2), lambda: DataLoader([1, "a"], 2), lambda: DataLoader([{"a": 1}, {"b": 2}], 2), lambda: DataLoader([], 2), lambda: DataLoader(pairs, None), lambda: DataLoader(pairs, sampler=[-1]), lambda: DataLoader(pairs, batch_sampler=[[0], [1, 2]]), lambda: DataLoader(Stream(), 2), lambda: DataLoader(Stream(), 2, drop_last=True), lambda: DataLoader(Stream(), None), lambda: DataLoader(Listed([3, 4]), 2, collate_fn=tuple), lambda: DataLoader(xs.view(5, 2), 2), lambda: DataLoader({0: 1, 1: 2}, 2), lambda: DataLoader(Subset(pairs, [1, 2]), 2), lambda: DataLoader(ConcatDataset([Listed([1]), Listed([2, 3])]), 2))
print(torch.rand(1))
# --- loaders that there cannot be
loaded(lambda: DataLoader(pairs, 0), lambda: DataLoader(pairs, -1), lambda: DataLoader(pairs, 2.5), lambda: DataLoader(pairs, sampler=[20]), lambda: DataLoader(pairs, batch_sampler=[[0]], batch_size=3), lambda: DataLoader(pairs, sampler=[0], shuffle=True), lambda: DataLoader(Stream(), 2, shuffle=True), lambda: DataLoader(Stream(), sampler=[0]), lambda: DataLoader(Listed([3]), num_workers=-1), lambda: DataLoader(Listed([3]), timeout=3), lambda: DataLoader(Listed([3]), timeout=-3), lambda: DataLoader(Listed([3]), prefetch_factor=2), lambda: DataLoader(Listed([3]), persistent_workers=True), lambda: DataLoader(Listed([3]), pin_memory=True), lambda: DataLoader(5), lambda: DataLoader(), lambda: DataLoader([], 2, shuffle=True))
loader = DataLoader(pairs, 3)
attempt(*(lambda name=name: setattr(loader, name, 3) for name in ("batch_size", "dataset", "sampler", "drop_last", "num_workers")), lambda: len(loader))
# --- datasets and samplers
torch.manual_seed(0)
attempt(lambda: TensorDataset(torch.ones(2), torch.ones(3)), lambda: ConcatDataset([]), lambda: ConcatDataset([Stream()]), lambda: ConcatDataset([pairs, pairs])[-1], lambda: ConcatDataset([pairs])[-11], lambda: ConcatDataset([pairs])[10], lambda: Subset(pairs, [0, 1])[5], lambda: [len(s) for s in random_split(pairs, [0.5, 0.5])], lambda: [s.indices for s in random_split(pairs, [7, 3], generator=torch.Generator().manual_seed(0))], lambda: random_split(pairs, [1, 2]), lambda: random_split(pairs, [0.5, 0.6]), lambda: random_split(pairs, [1.5, -0.5]), lambda: [len(s) for s in random_split(Listed([1]), [0.5, 0.5])])
attempt(lambda: list(RandomSampler(pairs, num_samples=3)), lambda: RandomSampler(pairs).num_samples, lambda: RandomSampler(pairs, replacement=3), lambda: RandomSampler(pairs, num_samples=0), lambda: RandomSampler(Listed([])), lambda: list(RandomSampler(pairs, True, 5)), lambda: list(SequentialSampler(pairs)), lambda: list(WeightedRandomSampler([0.1, 0.9], 5)), lambda: WeightedRandomSampler([0.1], -1), lambda: list(BatchSampler(SequentialSampler(pairs), 4, False)), lambda: BatchSampler([1], 0, False), lambda: BatchSampler([1], 2, 3), lambda: default_collate([torch.ones(1), 1]), lambda: default_collate([(1, 2), (3,)]), lambda: Dataset()[0], lambda: len(pairs + pairs))
