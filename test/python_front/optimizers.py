import torch
import torch.nn.functional as F

def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, str(e).splitlines()[0])
# --- options are looked at before parameters
for made in (torch.optim.SGD, torch.optim.Adam, torch.optim.SparseAdam, torch.optim.Adagrad):
    t(lambda: made(None)); t(lambda: made([])); t(lambda: made(None, lr=-0.5))
t(lambda: torch.optim.Adam(None, betas=(1.5, 0.5)))
# --- sums of Adagrad are of the parts of complex numbers
p = torch.tensor([1 + 2j, 3 - 1j], requires_grad=True); q = torch.view_as_real(p.detach()).clone().requires_grad_()
a, b = torch.optim.Adagrad([p], lr=0.1, initial_accumulator_value=0.1), torch.optim.Adagrad([q], lr=0.1, initial_accumulator_value=0.1)
print(a.state[p]["sum"])
for _ in range(3):
    p.grad = torch.tensor([0.3 - 1j, 2 + 0.1j]); q.grad = torch.view_as_real(p.grad); a.step(); b.step()
print(torch.equal(torch.view_as_real(p.detach()), q.detach()))
# --- norms by names of numbers
g = torch.ones(2, requires_grad=True); g.grad = torch.tensor([float("inf"), 1.])
t(lambda: torch.nn.utils.clip_grad_norm_(g, 1., "inf", error_if_nonfinite=True)); print(torch.nn.utils.get_total_norm([torch.ones(2) * 3], norm_type="inf"), torch.nn.utils.get_total_norm([torch.ones(4)], norm_type="2"))
# --- gradients of convolutions
for n in (1, 2, 3):
    x = torch.arange(2. * 4 * 7**n).double().sin().view(2, 4, *[7] * n).requires_grad_(); w = torch.arange(6. * 2 * 3**n).double().cos().view(6, 2, *[3] * n).requires_grad_()
    out = getattr(F, f"conv{n}d")(x, w, stride=2, padding=1, groups=2); g = out.detach().sin()
    of_x, of_w = torch.autograd.grad(out, (x, w), g)
    a = getattr(torch.nn.grad, f"conv{n}d_input")(x.shape, w, g, 2, 1, 1, 2); b = getattr(F.grad, f"conv{n}d_weight")(x, w.shape, g, stride=2, padding=1, groups=2)
    print(torch.allclose(a, of_x), torch.allclose(b, of_w), a.requires_grad, b.requires_grad, a.detach().sum(), b.detach().sum())
print(torch.nn.grad.conv1d_input([1, 1, 4], torch.ones(1, 1, 2), torch.ones(1, 1, 3)))
print(torch.autograd.gradcheck(lambda w, g: torch.nn.grad.conv1d_input([1, 1, 5], w, g, padding=1), (torch.ones(1, 1, 3).double().requires_grad_(), torch.arange(5.).double().view(1, 1, 5).requires_grad_())))
t(lambda: torch.nn.grad.conv1d_input([1, 1, 4], torch.ones(1, 1, 2)))

# --- steps count for a scheduler's order from the first one on
import warnings
from torch.optim import lr_scheduler

def warned(run):
    p = torch.nn.Parameter(torch.ones(1))
    p.grad = torch.ones(1)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        run(torch.optim.SGD([p], lr=0.1))
    return [str(w.message)[:70] for w in caught]

def before(o):
    o.step()
    lr_scheduler.StepLR(o, 1).step()

def between(o):
    scheduler = lr_scheduler.StepLR(o, 1)
    o.step()
    scheduler.step()
    lr_scheduler.ExponentialLR(o, 0.9).step()

def chained(o):
    lr_scheduler.ChainedScheduler([lr_scheduler.StepLR(o, 1), lr_scheduler.ExponentialLR(o, 0.9)]).step()

def plateau(o):
    o.step()
    lr_scheduler.ReduceLROnPlateau(o).step(1.0)

class Halving(lr_scheduler.LRScheduler):
    def get_lr(self):
        return [group["lr"] / 2 for group in self.optimizer.param_groups]

def own(o):
    o.step()
    Halving(o).step()

for run in (before, between, chained, plateau, own):
    print(run.__name__, warned(run))

# --- milestones are numbers, in files too
import io
from torch.optim import lr_scheduler

def scheduled():
    o = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=1.0)
    o.step()
    return o, lr_scheduler.MultiStepLR(o, [2, 4, 4], gamma=0.5)

o, scheduler = scheduled()
print(scheduler.state_dict(), sorted(scheduler.milestones.elements()))
file = io.BytesIO()
torch.save(scheduler.state_dict(), file)
file.seek(0)
state = torch.load(file)
print(type(state["milestones"]).__name__, state == scheduler.state_dict())
o, scheduler = scheduled()
scheduler.load_state_dict(state)
for _ in range(4):
    o.step()
    scheduler.step()
    print(scheduler.get_last_lr())

# --- arguments are those of PyTorch, by place and by name, and stay ints or floats
import inspect

WAYS = ("foreach", "fused", "capturable", "differentiable", "maximize")
NAMES = "Adadelta Adafactor Adagrad Adam AdamW SparseAdam Adamax ASGD LBFGS NAdam RAdam RMSprop Rprop SGD Muon"
weights = lambda: [torch.nn.Parameter(torch.ones(2, 2))]
for name in NAMES.split():
    parameters = inspect.signature(getattr(torch.optim, name)).parameters.values()
    shown = [(p.name, None if p.default is p.empty else p.default) for p in parameters]
    print(name, [x for x in shown if x[0] not in WAYS], sorted(dict(shown)))
for name in NAMES.split():
    if name != "SparseAdam":
        o = getattr(torch.optim, name)(weights())
        print(name, sorted(o.defaults.items()))
for make in (
    lambda p: torch.optim.SGD(p, 1, 0, 0.0, 1),
    lambda p: torch.optim.SGD(p, lr=1.0, momentum=0.0),
    lambda p: torch.optim.Adam(p, 1, (0.0, 0.5), 1.0, 1, True),
    lambda p: torch.optim.RMSprop(p, 1, 1, 1, 1.0, 0, True, False, None, True),
    lambda p: torch.optim.Adafactor(p, 1, -1, (None, 1), 2),
    lambda p: torch.optim.Rprop(p, 1, (0.5, 2), (0, 50.0)),
):
    o = make(weights())
    print({k: v for k, v in o.param_groups[0].items() if k != "params"} == o.defaults, sorted(o.defaults.items()))
for make in (
    lambda p: torch.optim.SGD(),
    lambda p: torch.optim.SGD(p, 1, 2, 3, 4, False, True),
    lambda p: torch.optim.SGD(p, lr=-1),
    lambda p: torch.optim.SGD(p, lr=-1.0),
    lambda p: torch.optim.SGD(p, 0.1, -2.0),
    lambda p: torch.optim.Adam(p, betas=(2.0, 0.9)),
    lambda p: torch.optim.Adam(p, eps=-2.0),
    lambda p: torch.optim.Rprop(p, etas=(2.0, 3)),
    lambda p: torch.optim.Adadelta(p, rho=2.0),
    lambda p: torch.optim.Adafactor(p, lr=-1.0),
    lambda p: torch.optim.Muon(p, lr=-1.0),
):
    try:
        make(weights())
    except (TypeError, ValueError) as error:
        print(error)

# --- options that every group has to have
from torch.optim.optimizer import Optimizer, ParamsT, _use_grad_for_differentiable, required


class Plain(Optimizer):
    def __init__(self, params: ParamsT, lr=required, momentum=0):
        if lr is not required and lr < 0.0:
            raise ValueError(f"Invalid learning rate: {lr}")
        super().__init__(params, dict(lr=lr, momentum=momentum, differentiable=False))

    @_use_grad_for_differentiable
    def step(self, closure=None):
        print(torch.is_grad_enabled())
        for group in self.param_groups:
            for p in group["params"]:
                p.add_(p.grad, alpha=-group["lr"])


p = torch.nn.Parameter(torch.ones(2))
p.grad = torch.ones(2)
print(required, Plain([{"params": [p], "lr": 0.5}]), Plain([p], lr=0.25).defaults)
Plain([p], 0.25).step()
print(p, Plain.step.__name__)
for make in (lambda: Plain([p]), lambda: Plain([p], 1.0).add_param_group({"params": [torch.nn.Parameter(torch.ones(1))]}), lambda: Plain([{"params": [p], "momentum": 1}])):
    try:
        print(make())
    except ValueError as error:
        print(error)
