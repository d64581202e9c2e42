# conj() of complex numbers is a view that sees the same memory conjugated, and the imaginary part of it one that sees it negated.
import copy
import io
import pickle
import torch
from torch import nn


def attempt(*fs):
    for f in fs:
        try:
            print(f())
        except Exception as error:
            print(type(error).__name__, str(error).split("\n")[0])


def numbers():
    return torch.tensor([1 + 2j, 3 + 1j])


# --- what is such a view, and what is not
x = numbers()
y = x.conj()
print(y, y.is_conj(), y._is_view(), y._base is x, y.data_ptr() == x.data_ptr(), y.stride(), torch.is_conj(y))
seen = dict(
    clone=y.clone(), contiguous=y.contiguous(), detach=y.detach(), item=y[0], twice=y.conj(), data=y.data, to=y.to(torch.complex128),
    same=y.to(torch.complex64), reshape=y.reshape(1, 2), turned=y.unsqueeze(0).T, strided=y.as_strided((1,), (1,)), sum=y.sum(),
    like=torch.empty_like(y), zeros=torch.zeros_like(y), resolved=y.resolve_conj(), physical=y.conj_physical(), parts=y.unbind()[0],
    mH=y.unsqueeze(0).mH, H=x.unsqueeze(0).H, adjoint=torch.adjoint(x.unsqueeze(0)), parameter=nn.Parameter(y), expanded=y.expand(3, 2),
)  # fmt: skip
print({name: t.is_conj() for name, t in seen.items()})
print(seen["parameter"], y.real.is_neg(), y.imag.is_neg(), y.imag, y.imag.resolve_neg().is_neg(), y.imag.clone())
print(torch.ones(2).conj().is_conj(), x.resolve_conj() is x, x.imag.resolve_neg().data_ptr() == x.imag.data_ptr())
print(y.tolist(), y[1].item(), list(y), complex(y[0]), y == torch.tensor([1 - 2j, 0]))
attempt(lambda: torch.view_as_real(y), lambda: y.view(torch.float32), lambda: y.numpy(), lambda: y.imag.numpy())

# --- what is written to one is seen in the other
for write in (
    lambda x, y: y.mul_(torch.tensor([2j, 1.0])), lambda x, y: y.add_(2j), lambda x, y: y.fill_(2j), lambda x, y: y.zero_(),
    lambda x, y: y.copy_(x), lambda x, y: x.copy_(y), lambda x, y: y[:1].add_(1j), lambda x, y: y.real.zero_(), lambda x, y: y.imag.mul_(3),
    lambda x, y: y.imag.add_(1), lambda x, y: y.__setitem__(0, 5j), lambda x, y: y.masked_fill_(torch.tensor([True, False]), 2j),
    lambda x, y: y.index_fill_(0, torch.tensor([1]), 3j), lambda x, y: y.index_add_(0, torch.tensor([0]), torch.tensor([1j])),
    lambda x, y: y.scatter_(0, torch.tensor([1]), torch.tensor([9j])), lambda x, y: torch.add(x, 1, out=y), lambda x, y: y.sqrt_(),
    lambda x, y: torch.matmul(torch.eye(2) + 1j, x.clone(), out=y), lambda x, y: y.conj_physical_(), lambda x, y: x.mul_(2j), lambda x, y: y.neg_(),
    lambda x, y: y.unsqueeze_(0), lambda x, y: setattr(y, "real", torch.tensor([5.0, 6.0])), lambda x, y: setattr(y, "imag", torch.tensor([5.0, 6.0])),
    lambda x, y: y.resize_(1), lambda x, y: setattr(y, "data", torch.tensor([9j, 1])), lambda x, y: x.real.mul_(2),
):  # fmt: skip
    x = numbers()
    y = x.conj()
    write(x, y)
    print(x, y, y.is_conj(), y._version)

# --- what is computed of one
x = torch.tensor([[1 + 2j, 3 + 1j]])
y = x.conj()
print(x.mH @ x, x @ x.mH, torch.einsum("ij,kj->ik", x, y), torch.vdot(x[0], y[0]), torch.cat([y, x]), torch.stack([x, y]), y.exp())
print(torch.fft.fft(y), torch.linalg.norm(y), y.abs(), y.angle(), torch.allclose(y, x), torch.equal(y, x.conj_physical()), torch.where(y.real > 2, y, x))
print(torch.complex(y.real, y.imag), nn.functional.pad(y, (1, 0)), y.expand(2, 2).sum(0))

# --- gradients through one, and through what is written to it
for change in (lambda z, y: y.mul_(3j), lambda z, y: z.mul_(3j), lambda z, y: y[:1].mul_(3j), lambda z, y: y.imag.mul_(3), lambda z, y: y.real.mul_(z.imag.detach().clone())):
    x = numbers().requires_grad_()
    z = x * 2
    y = z.conj()
    change(z, y)
    (y * torch.tensor([1j, 2])).real.sum().backward()
    print(x.grad, z, z.grad_fn.name())
x = numbers().requires_grad_()
((x.conj().imag * torch.tensor([1.0, 2.0])).sum() + x.real.sum()).backward()
print(x.grad)
x = numbers().requires_grad_()
x.mul(2).backward(torch.tensor([1 + 1j, 2j]).conj())
print(x.grad)
w, b = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
nn.functional.layer_norm(torch.tensor([1.0, 2.0]), (2,), w, b).backward(torch.tensor([1 + 1j, 2 - 3j]).conj().imag)
print(w.grad, b.grad)
print(torch.func.vmap(lambda a: a.conj() * 2)(numbers()), torch.func.vmap(lambda a: a.mH @ a)(torch.ones(2, 2, 2) * (1 + 1j)))
print(torch.func.grad(lambda a: (a.conj() * a * (1 + 2j)).real.sum())(numbers()))
p = nn.Parameter(numbers())
o = torch.optim.SGD([p], lr=1.0)
p.grad = numbers().conj()
o.step()
print(p)

# --- files and copies
x = numbers().conj()
for made in (copy.deepcopy(x), pickle.loads(pickle.dumps(x)), pickle.loads(pickle.dumps(x.imag)), copy.copy(x)):
    print(made, made.is_conj(), made.is_neg())
for saved in (x, x.imag, [x, nn.Parameter(x)], {"real": x.real}):
    file = io.BytesIO()
    torch.save(saved, file)
    file.seek(0)
    print(torch.load(file))
