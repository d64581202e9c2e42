# state and param_groups of optimizers are Python's own objects: what a program writes into them counts.
import copy
import pickle
import warnings
import torch
from torch import nn, optim

warnings.simplefilter("ignore")


def model():
    torch.manual_seed(0)
    return nn.Linear(3, 2)


x = torch.arange(12.0).reshape(4, 3) / 12


def steps(m, o, n=2):
    for _ in range(n):
        o.zero_grad()
        loss = (m(x) ** 2).sum()
        loss.backward()
        o.step()
    return round(float(m.weight.sum() + 3 * m.bias.sum()), 5)


CLASSES = [
    (optim.SGD, dict(lr=0.1, momentum=0.9)),
    (optim.Adam, dict(lr=0.01)),
    (optim.AdamW, dict(lr=0.01, amsgrad=True)),
    (optim.RMSprop, dict(lr=0.01, centered=True, momentum=0.5)),
    (optim.Adagrad, dict(lr=0.1)),
    (optim.Adadelta, dict(lr=1.0)),
    (optim.Adamax, dict(lr=0.01)),
    (optim.NAdam, dict(lr=0.01)),
    (optim.RAdam, dict(lr=0.01)),
    (optim.ASGD, dict(lr=0.01)),
    (optim.Rprop, dict(lr=0.01)),
]
for cls, options in CLASSES:
    m = model()
    o = cls(m.parameters(), **options)
    name = cls.__name__
    print(name, steps(m, o))
    group = o.param_groups[0]
    group["lr"] = group["lr"] / 2
    print("  group", steps(m, o), o.param_groups[0] is group)
    group.update(lr=0.05, weight_decay=0.1)
    print("  update", steps(m, o))
    state = o.state
    print("  state", sorted(state[m.weight]), len(state), o.state is state)
    first = state[m.weight]
    for key, value in first.items():
        if isinstance(value, torch.Tensor) and value.shape == m.weight.shape:
            first[key] = value * 0.5
    print("  replaced", steps(m, o), o.state[m.weight] is first)
    before = {k: v.clone() for k, v in first.items() if isinstance(v, torch.Tensor)}
    steps(m, o, 1)
    print("  seen", sorted(k for k, v in before.items() if not torch.equal(v, first[k])))
    again = copy.deepcopy(o.state_dict())
    m2 = copy.deepcopy(m)
    o2 = cls(m2.parameters(), **options)
    o2.load_state_dict(again)
    print("  loaded", steps(m2, o2) == steps(m, o))
    m3, o3 = pickle.loads(pickle.dumps((m, o)))
    m4, o4 = copy.deepcopy((m, o))
    now = steps(m, o)
    print("  pickled", type(o3) is cls, steps(m3, o3) == now, steps(m4, o4) == now)
    o.state.clear()
    print("  cleared", steps(m, o))
    o.state = __import__("collections").defaultdict(dict)
    print("  new", steps(m, o), len(o.state))
    o.param_groups[0]["params"] = [m.bias]
    w = m.weight.clone()
    steps(m, o)
    print("  params", torch.equal(w, m.weight))
    o.param_groups.append({**o.param_groups[0], "params": [m.weight], "lr": 0.5})
    print("  appended", steps(m, o))
    o.param_groups = o.param_groups[1:]
    print("  groups", steps(m, o))

m = model()
o = optim.Adam(m.parameters(), lr=torch.tensor(1e-2))
print(o.param_groups[0]["lr"], steps(m, o))
o.param_groups[0]["lr"].fill_(0.1)
print(steps(m, o))
o = optim.SGD([{"params": [m.weight], "name": "weights", "lr": 0.2, "note": {"any": object}}, {"params": m.bias}], lr=0.1)
print([(g.get("name"), g["lr"], len(g["params"])) for g in o.param_groups], o.param_groups[0]["note"], steps(m, o))
extra = nn.Parameter(torch.ones(1))
o.add_param_group({"params": extra, "lr": 0.3, "tag": [1]})
print(len(o.param_groups), o.param_groups[2]["tag"], o.param_groups[2]["momentum"], o.param_groups[2]["params"][0] is extra)


class Sign(optim.Optimizer):
    def __init__(self, params, lr, buffer):
        super().__init__(params, dict(lr=lr, buffer=buffer))

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            group["buffer"][0][0] = (group["buffer"][0][0] or 0) + 1
            for p in group["params"]:
                if p.grad is not None:
                    self.state[p]["n"] = self.state[p].get("n", 0) + 1
                    p.add_(p.grad.sign(), alpha=-group["lr"])


m = model()
buffer = [[None]]
o = Sign(m.parameters(), 0.1, buffer)
o.register_step_pre_hook(lambda o, args, kwargs: print("before", len(args), kwargs))
o.register_step_post_hook(lambda o, args, kwargs: print("after"))
print(steps(m, o), buffer, o.param_groups[0]["buffer"] is buffer, list(o.state.values()))
print(type(pickle.loads(pickle.dumps(optim.SGD([extra], 0.1)))).__module__, optim.Optimizer.__module__)


class Twice(optim.Adam):
    def step(self, closure=None):
        super().step()
        return super().step(closure)


m = model()
print(steps(m, Twice(m.parameters(), lr=0.1)))

m = model()
o = optim.LBFGS(m.parameters(), max_iter=3)


def closure():
    o.zero_grad()
    loss = (m(x) ** 2).sum()
    loss.backward()
    return loss


print(round(o.step(closure).item(), 4), round(o.step(closure).item(), 4))
saved = copy.deepcopy(o.state_dict())
o = optim.LBFGS(m.parameters(), max_iter=3)
o.load_state_dict(saved)
print(round(o.step(closure).item(), 5), o.state[m.weight]["n_iter"], sorted(o.state[m.weight].keys() - {"al"}))

# schedulers
m = model()
o = optim.SGD(m.parameters(), lr=1.0)
s = optim.lr_scheduler.StepLR(optimizer=o, step_size=2, gamma=0.5)
rates = []
for i in range(5):
    o.step()
    s.step()
    rates.append(o.param_groups[0]["lr"])
    if i == 2:
        o.param_groups[0]["lr"] = 8.0
print(rates, s.get_last_lr(), s.step_size, s.optimizer is o)
f = lambda epoch: 0.9**epoch
s = optim.lr_scheduler.LambdaLR(o, lr_lambda=f)
print(s.lr_lambdas == [f], s.state_dict()["lr_lambdas"])


class Warm:
    def __init__(self, n):
        self.n = n

    def __call__(self, epoch):
        return min(1.0, (epoch + 1) / self.n)


s = optim.lr_scheduler.LambdaLR(o, Warm(4))
o.step()
s.step()
print(type(s.lr_lambdas[0]).__name__, s.state_dict()["lr_lambdas"], o.param_groups[0]["lr"])
saved = s.state_dict()
s = optim.lr_scheduler.LambdaLR(o, Warm(9))
s.load_state_dict(saved)
print(s.lr_lambdas[0].n, s.last_epoch)
o = optim.Adam(m.parameters(), lr=torch.tensor(0.5))
s = optim.lr_scheduler.ExponentialLR(o, 0.5)
o.step()
s.step()
print(o.param_groups[0]["lr"])
