import gc

import torch
from torch.utils._pytree import tree_flatten, tree_leaves, tree_map, tree_map_only, tree_unflatten


class Box(torch.Tensor):
    """A tensor that holds another, and answers for every op."""

    __slots__ = ["elem"]
    asked = []

    @staticmethod
    def __new__(cls, elem, requires_grad=False):
        made = torch.Tensor._make_wrapper_subclass(
            cls, elem.size(), strides=elem.stride(), dtype=elem.dtype, device=elem.device, requires_grad=requires_grad
        )
        made.elem = elem.detach() if made.requires_grad else elem
        return made

    __torch_function__ = torch._C._disabled_torch_function_impl

    @classmethod
    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
        Box.asked.append(func.overloadpacket)
        unboxed = tree_map_only(cls, lambda x: x.elem, (args, kwargs or {}))
        return tree_map_only(torch.Tensor, cls, func(*unboxed[0], **unboxed[1]))


def boxed(*numbers, **options):
    return Box(torch.tensor(numbers, dtype=torch.double), **options)


def show(x):
    print(type(x).__name__, x.elem, x.requires_grad, x.grad_fn is not None)
# --- a class answers for what is computed, and autograd records it
x = boxed(1.0, 2.0, 3.0, requires_grad=True)
y = (x * x).sin().sum()
show(y)
y.backward()
show(x.grad)
y = (x * x).sin().sum()
y.backward()
show(x.grad)
print(torch.ops.aten.mul in Box.asked, torch.ops.aten.sin in Box.asked, torch.ops.aten.tanh in Box.asked)
print(float(y.detach()), y.item(), bool(y > 0))
# --- in place and as views
x = boxed(1.0, 2.0, 3.0)
before = x.elem.clone()
x.mul_(2)
x[1:].add_(10)
show(x)
print(x.shape, x.stride(), x.dtype, x.device, x.view(3, 1).shape, x.unsqueeze(0).expand(2, 3).stride())
# --- derivatives of all kinds go through it
x = boxed(0.5, -1.0, 2.0, requires_grad=True)
f = lambda x: (x.exp() * x).sum()
show(torch.autograd.functional.jacobian(lambda x: x.exp() * x, x))
show(torch.autograd.functional.hessian(f, x))
show(torch.autograd.functional.hessian(f, x, vectorize=True))
(g,) = torch.autograd.grad(f(x), x, create_graph=True)
show(g)
print(torch.autograd.gradcheck(f, x), torch.autograd.gradgradcheck(f, x))
# --- inside transformed functions, as what they close over
x = boxed(0.5, -1.0, 2.0, requires_grad=True)
show(torch.autograd.functional.hessian(lambda y: (y.exp() * (x * 2)).sum(), x.detach(), vectorize=True))
show(torch.autograd.functional.jacobian(lambda y: y * (x * 2).sin() + boxed(1.0), x.detach(), vectorize=True))
show(torch.func.vmap(lambda y: (x.detach() * 2).sum() * y)(boxed(1.0, 2.0)))
# --- beside plain tensors, in layers
torch.manual_seed(0)
layer = torch.nn.Linear(3, 2).double()
out = layer(boxed(1.0, 2.0, 3.0))
print(type(out).__name__, out.shape)
out.sum().backward()
print(type(layer.weight.grad).__name__, layer.weight.grad.elem)
# --- what it holds lives as long as the tensor, wherever that is kept
x = boxed(1.0, 2.0, requires_grad=True)
y = (x * 3).exp()
z = (y * y).sum()
del y
gc.collect()
for _ in range(50):
    torch.ones(1) + 1
z.backward()
show(x.grad)
# --- there is no memory to look at
def attempt(f):
    try:
        print(f())
    except Exception as error:
        print(type(error).__name__, str(error).splitlines()[0])


class Silent(torch.Tensor):
    @staticmethod
    def __new__(cls, size):
        return torch.Tensor._make_wrapper_subclass(cls, size, dtype=torch.float)

    __torch_function__ = torch._C._disabled_torch_function_impl

    @classmethod
    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
        return NotImplemented


attempt(lambda: torch.add(Silent((2,)), 1))
print(Silent((2, 3)).shape, Silent((2, 3)).stride())
# --- trees
tree = {"a": [1, (2, 3)], "b": None, "c": {"d": 4}}
leaves, spec = tree_flatten(tree)
print(leaves, tree_unflatten([x if x is None else x * 2 for x in leaves], spec))
print(tree_map(lambda x, y: (x, y), [1, (2,)], [3, (4,)]), tree_leaves((1, [2, {"x": 3}])), spec == tree_flatten({"a": [0, (0, 0)], "b": 0, "c": {"d": 0}})[1])
# --- what a class says of itself is what is printed
class Shown(Box):
    def __repr__(self): return f"Shown({self.elem})"
x = Shown(torch.ones(2))
print(x, [x], f"{x}", str(x) == repr(x), x * 2)
torch.func.vmap(lambda y: print(y))(x)
torch.func.grad(lambda y: (print(y), y.sum())[1])(x)
class Plain(torch.nn.Parameter):
    def __repr__(self): return "Plain"
print(Plain(torch.ones(2)))
