import torch
from torch.autograd import Function
from torch.optim import Optimizer


class MyReLU(Function):
    @staticmethod
    def forward(ctx, input):
        ctx.save_for_backward(input)
        return input.clamp(min=0)

    @staticmethod
    def backward(ctx, grad_output):
        input, = ctx.saved_tensors
        grad_input = grad_output.clone()
        grad_input[input < 0] = 0
        return grad_input


class ScaledMul(Function):
    @staticmethod
    def forward(ctx, a, b, scale):
        ctx.save_for_backward(a, b)
        ctx.scale = scale
        return a * b * scale

    @staticmethod
    def backward(ctx, g):
        a, b = ctx.saved_tensors
        return g * b * ctx.scale, g * a * ctx.scale, None


class SGDMomentum(Optimizer):
    def __init__(self, params, lr=0.1, momentum=0.9):
        if lr < 0.0:
            raise ValueError("Invalid learning rate: {}".format(lr))
        defaults = dict(lr=lr, momentum=momentum)
        super().__init__(params, defaults)

    @torch.no_grad()
    def step(self, closure=None):
        loss = None
        if closure is not None:
            loss = closure()
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if len(state) == 0:
                    state["buf"] = torch.zeros_like(p)
                buf = state["buf"]
                buf.mul_(group["momentum"]).add_(p.grad)
                p.add_(buf, alpha=-group["lr"])
        return loss


torch.manual_seed(0)
dtype = torch.float
x = torch.randn(8, 5, dtype=dtype)
y = torch.randn(8, 2, dtype=dtype)
w1 = torch.randn(5, 6, requires_grad=True)
w2 = torch.randn(6, 2, requires_grad=True)
opt = SGDMomentum([w1, w2], lr=1e-3)
for t in range(10):
    relu = MyReLU.apply
    y_pred = relu(x.mm(w1)).mm(w2)
    loss = (y_pred - y).pow(2).sum()
    if t % 3 == 0:
        print(t, loss.item())
    opt.zero_grad()
    loss.backward()
    opt.step()
a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)
out = ScaledMul.apply(a, b, 2.0)
out.backward()
print(out, a.grad, b.grad)
try:
    SGDMomentum([w1], lr=-1.0)
except ValueError as e:
    print("caught", e)
lr = 1e-2
v = torch.zeros(3)
v += 1
v[1] -= 0.5
v[0] = 7
v *= 2
print(v, v.sum().item(), (v > 1).any().item(), 3 - v, 1 / v, 2 ** v, v // 2, -v)
idx = torch.tensor([0, 2])
print(v[idx], v[v > 2], v[-1], v[1:], v[None].shape, torch.cat((v, v))[::2])
i = torch.arange(5)
print(i + 1.0, i * 2, i / 2, i // 2, i % 2 == 0, i.sum().item(), i.float().mean().item())


class Value:
    """A number that knows how to give its gradient: operators of a class, functions that keep self."""

    def __init__(self, data, children=()):
        self.data = data
        self.grad = 0.0
        self._backward = lambda: None
        self._prev = set(children)

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other))

        def _backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other))

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def backward(self):
        topo = []
        visited = set()

        def build(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build(child)
                topo.append(v)

        build(self)
        self.grad = 1.0
        for v in reversed(topo):
            v._backward()

    def __rmul__(self, other):
        return self * other


p, q = Value(-4.0), Value(2.0)
z = 2 * (p * q + 3) + p
z.backward()
print(z.data, p.grad, q.grad)
plan = [8, "M", 16]
layers, channels = [], 3
for v in plan:
    if v == "M":
        layers += [torch.nn.MaxPool2d(2)]
    else:
        layers += [torch.nn.Conv2d(channels, v, 3), torch.nn.ReLU(inplace=True)]
        channels = v
net = torch.nn.Sequential(*layers)
print(net(torch.ones(1, 3, 12, 12)).shape, channels)
