# Subclasses of schedulers with methods and fields of their own, and what a scheduler shows of itself.
import torch
from torch.optim import lr_scheduler as S


def optimizer(lr=0.1, **options):
    return torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=lr, **options)


def run(o, s, steps=5):
    rates = [o.param_groups[0]["lr"]]
    for _ in range(steps):
        o.step()
        s.step()
        rates.append(o.param_groups[0]["lr"])
    return [round(float(r), 6) for r in rates], [round(float(r), 6) for r in s.get_last_lr()]


def shown(state):
    return {k: [round(x, 6) for x in v] if k in ("base_lrs", "_last_lr") else v for k, v in state.items()}


# --- a subclass of LRScheduler
class Warm(S.LRScheduler):
    def __init__(self, optimizer, warm, last_epoch=-1):
        self.warm = warm
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        return [base * min(1.0, (self.last_epoch + 1) / self.warm) for base in self.base_lrs]


o = optimizer()
s = Warm(o, 4)
print(run(o, s), shown(s.state_dict()))
other = Warm(optimizer(), 4)
other.load_state_dict(s.state_dict())
print(other.last_epoch, other._step_count, run(other.optimizer, other))
o.step()
s.step(1)
print(s.get_last_lr(), s.last_epoch)

# --- a closed form
class Closed(S.LRScheduler):
    def get_lr(self):
        return [group["lr"] * 0.5 for group in self.optimizer.param_groups]

    def _get_closed_form_lr(self):
        return [base * 0.5**self.last_epoch for base in self.base_lrs]


o = optimizer(1.0)
s = Closed(o)
o.step()
s.step(4)
print(o.param_groups[0]["lr"])

# --- get_lr of the library's schedules overridden
def twice(Base):
    class Twice(Base):
        def get_lr(self):
            return [2 * lr for lr in super().get_lr()]

    return Twice


for Base, args in ((S.StepLR, (2, 0.5)), (S.MultiStepLR, ([1, 3],)), (S.ExponentialLR, (0.9,)), (S.CosineAnnealingLR, (4,)), (S.LinearLR, ()),
                   (S.ConstantLR, (0.5, 2)), (S.PolynomialLR, (4,)), (S.LambdaLR, (lambda e: 0.9**e,)), (S.MultiplicativeLR, (lambda e: 0.9,)),
                   (S.CosineAnnealingWarmRestarts, (2,)), (S.OneCycleLR, (1.0, 8)), (S.CyclicLR, (0.1, 1.0, 2))):
    o = optimizer(momentum=0.9)
    s = twice(Base)(o, *args)
    print(Base.__name__, type(s).__name__, run(o, s))

# --- a schedule of its own kind within a combined one
class Half(S.LambdaLR):
    def __init__(self, optimizer, k):
        self.k = k
        super().__init__(optimizer, self.factor)

    def factor(self, epoch):
        return 1.0 / (epoch + self.k)


o = optimizer(1.0)
s = S.SequentialLR(o, [twice(S.StepLR)(o, 2), Half(o, 2)], [3])
print(run(o, s, 6), [type(x).__name__ for x in s._schedulers])
o = optimizer(1.0)
s = S.ChainedScheduler([twice(S.ConstantLR)(o), Half(o, 1)])
print(run(o, s, 4), s._schedulers[1].k)

# --- step overridden
class Counting(S.StepLR):
    count = 0

    def step(self, epoch=None):
        self.count += 1
        super().step()


o = optimizer()
s = Counting(o, 2)
print(s.count, run(o, s), s.count)

# --- fields
class Named(S.StepLR):
    def __init__(self, optimizer, name):
        self.name = name
        super().__init__(optimizer, step_size=2, gamma=0.5)
        self.extra = {"of": [name, object]}


o = optimizer()
s = Named(o, "a")
print(run(o, s), s.name, s.extra, sorted(vars(s)), s.step_size, s.gamma, shown({k: v for k, v in s.state_dict().items() if k != "extra"}))
s.gamma, s.last_epoch, s.name, s.base_lrs = 0.1, 1, "b", [5.0]
o.step()
s.step()
print(s.get_last_lr(), s.name, s.base_lrs, s.state_dict()["gamma"], s.state_dict()["name"])
t = Named(optimizer(), "c")
t.load_state_dict(s.state_dict())
print(t.name, t.gamma, t.last_epoch, t.base_lrs, t.__dict__["gamma"])
try:
    s.missing
except AttributeError as error:
    print(error)

# --- the optimizer's step is to come first
import types

for kind in ("order", "overridden", "right"):
    for make in (lambda o: S.StepLR(o, 2), lambda o: Warmless(o)):

        class Warmless(S.LRScheduler):
            def get_lr(self):
                return self.base_lrs

        o = optimizer()
        s = make(o)
        if kind == "overridden":
            o.step = types.MethodType(lambda self: None, o)
            o.step()
        if kind == "right":
            o.step()
        s.step()
        s.step()

# --- the old place of epochs
print(S.EPOCH_DEPRECATION_WARNING)
o = optimizer()
s = S.StepLR(o, 2, 0.5)
o.step()
s.step(3)
print(s.get_last_lr())
s.get_lr()

# --- arguments are those of PyTorch, by place and by name, and stay ints or floats
import inspect

CLASSES = "LambdaLR MultiplicativeLR StepLR MultiStepLR ConstantLR LinearLR ExponentialLR SequentialLR PolynomialLR CosineAnnealingLR ChainedScheduler ReduceLROnPlateau CyclicLR CosineAnnealingWarmRestarts OneCycleLR"


def arguments(cls):
    return [(p.name, p.default, p.kind.name) for p in inspect.signature(cls).parameters.values() if p.default is not p.empty] or None


for name in CLASSES.split():
    print(name, list(inspect.signature(getattr(S, name)).parameters), arguments(getattr(S, name)))
for make in (
    lambda o: S.StepLR(o, 5, 2),
    lambda o: S.StepLR(o, 5, gamma=2.0),
    lambda o: S.StepLR(o, 2.5, 1),
    lambda o: S.MultiStepLR(o, [2], 3),
    lambda o: S.ConstantLR(o, 1, 3.0),
    lambda o: S.LinearLR(o, 0.5, 1, 4),
    lambda o: S.ExponentialLR(o, 2),
    lambda o: S.PolynomialLR(o, 5.5, 2),
    lambda o: S.CosineAnnealingLR(o, 7.5, 0),
    lambda o: S.CosineAnnealingLR(o, 7),
    lambda o: S.CosineAnnealingWarmRestarts(o, 4, 1, 0),
    lambda o: S.ReduceLROnPlateau(o, "min", 0.1, 3, 1, "abs", 0, 0, 1e-8),
    lambda o: S.CyclicLR(o, 0.1, 0.2, 5, gamma=1, cycle_momentum=False),
):
    s = make(optimizer())
    state = s.state_dict()
    print(type(s).__name__, {k: state[k] for k in sorted(state) if k in inspect.signature(type(s)).parameters})
for make in (
    lambda o: S.StepLR(),
    lambda o: S.StepLR(o),
    lambda o: S.ExponentialLR(o, 1, 2, 3),
    lambda o: S.CosineAnnealingWarmRestarts(o, 2.0),
    lambda o: S.CosineAnnealingWarmRestarts(o, 2, 1.5),
    lambda o: S.OneCycleLR(o, 0.1, total_steps=5.0),
    lambda o: S.OneCycleLR(o, 0.1, total_steps=5, pct_start=2.0),
    lambda o: S.OneCycleLR(o, 0.1, total_steps=5, pct_start=2),
):
    try:
        make(optimizer())
    except (TypeError, ValueError) as error:
        print(error)


class Mine(S.StepLR):
    def __init__(self, optimizer, every):
        super().__init__(optimizer, step_size=every, gamma=0.5)


print(inspect.signature(Mine), run(optimizer(), Mine(optimizer(), 2), 2), Mine(optimizer(), 2).gamma)
