"""Records: dataclasses printed, compared, copied; classes that say how they are written; lists of both kinds of numbers."""

from dataclasses import asdict, dataclass, field, replace
from typing import List

import torch


@dataclass
class Config:
    name: str
    # how wide the hidden layer is
    dim: int = 12
    lr: float = 1e-2
    sizes: List[int] = field(default_factory=lambda: [1, 2])
    beta: float = 1.0
    note: str = field(default="secret", repr=False)

    def dims(self):
        return self.dim * len(self.sizes)


@dataclass
class Long(Config):
    epochs: int = 3


@dataclass(frozen=True)
class Step:
    state: int
    reward: float
    done: bool = False


@dataclass
class Episode:
    steps: List[Step]


@dataclass
class Box:
    low: float
    high: float
    width: float = 0.0

    def __post_init__(self):
        self.width = self.high - self.low


class Node:
    def __init__(self, v):
        self.v = v

    def __repr__(self):
        return f"Node({self.v})"


class Plain:
    def __init__(self, v):
        self.v = v

    def __str__(self):
        return f"plain {self.v}"


class Silent:
    def __init__(self, v):
        self.v = v


config = Config("a", sizes=[4])
print(config, config.dims())
print(f"config {config} {config!r} {config.beta}")
print(replace(config, dim=3), asdict(Config("b")))
print(Long("l", epochs=5))
steps = [Step(1, 2.0), Step(2, 0.5, True)]
print(steps, Episode(steps), {"first": steps[0]})
print(steps[0] == Step(1, 2.0), steps[0] == steps[1], steps[0] != steps[1])
print(Step(2, 0.5, True) in steps, Step(3, 0.5) not in steps)
print("box:", Box(1.0, 2.5))
node = Node(3)
print(node, [node, Node(4)], f"{node}", {"k": node})
plain = Plain(1)
print(plain, f"{plain}", str(plain))
print([Silent(1)] == [Silent(1)])
print([1.0, 2], [1, 2.5], (1, 2.0), f"{[0.5, 1]}")
print(torch.randint(0, 3, (2,)).dtype, torch.arange(3).tolist(), (torch.ones(3) == 1).sum().item())
print(torch.ones(2).argmax().item(), torch.tensor([1.0, 2.0]).long().tolist(), (torch.ones(3) == 1).tolist())
