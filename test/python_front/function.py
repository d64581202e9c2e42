import torch
from torch.autograd import Function
from torch.func import grad, hessian, jacfwd, jacrev, jvp, vjp, vmap


def attempt(f):
    try:
        print(f())
    except Exception as error:
        print(type(error).__name__, str(error).split("\n")[0])


x = torch.tensor([0.5, 1.0])
a = torch.arange(6.0).reshape(2, 3)
xx = x.clone().requires_grad_()


class Cube(Function):
    @staticmethod
    def forward(x):
        print("forward", x.shape, type(x).__name__)
        return x**3, 3 * x**2

    @staticmethod
    def setup_context(ctx, inputs, output):
        print("setup", len(inputs), inputs[0].shape, output[0].shape)
        ctx.save_for_backward(inputs[0], output[1])
        ctx.save_for_forward(inputs[0], output[1])

    @staticmethod
    def backward(ctx, g, gd):
        x, d = ctx.saved_tensors
        print("needs", ctx.needs_input_grad)
        return g * d + gd * 6 * x

    @staticmethod
    def jvp(ctx, t):
        x, d = ctx.saved_tensors
        print("jvp", t.shape)
        return t * d, t * 6 * x


def cube(x):
    return Cube.apply(x)[0]


class Mul(Function):
    @staticmethod
    def forward(x, y, k=3):
        return x * y * k

    @staticmethod
    def setup_context(ctx, inputs, output):
        x, y, k = inputs
        ctx.save_for_backward(x, y)
        ctx.k = k

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        print(ctx.needs_input_grad)
        return g * y * ctx.k, g * x * ctx.k, None

    @staticmethod
    def vmap(info, in_dims, x, y, k):
        print(info, in_dims, x.shape, y.shape, k)
        dx, dy, _ = in_dims
        x = x.movedim(dx, 0) if dx is not None else x.unsqueeze(0)
        y = y.movedim(dy, 0) if dy is not None else y.unsqueeze(0)
        return Mul.apply(x, y, k), 0


class Whole(Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(x, y, k):
        return x * y * k

    setup_context = Mul.__dict__["setup_context"]
    backward = Mul.__dict__["backward"]


# --- forward with the context cannot be transformed
class Old(Function):
    @staticmethod
    def forward(ctx, x): ctx.save_for_backward(x); return x * 2
    @staticmethod
    def backward(ctx, g): return g * 2
attempt(lambda: grad(lambda x: Old.apply(x).sum())(x))
attempt(lambda: vmap(Old.apply)(x))
attempt(lambda: jvp(Old.apply, (x,), (x,)))
from torch.utils.checkpoint import checkpoint
f = lambda t: t.sin().exp().sum()
attempt(lambda: grad(lambda x: checkpoint(f, x, use_reentrant=True))(x))
attempt(lambda: vmap(lambda x: checkpoint(f, x, use_reentrant=True))(x))
# --- each level has a context of its own
out = Cube.apply(xx)
print(out)
print(torch.autograd.grad(out[0].sum(), xx))
attempt(lambda: grad(lambda x: cube(x).sum())(x))
attempt(lambda: grad(lambda x: grad(lambda x: cube(x).sum())(x).sum())(x))
attempt(lambda: jvp(cube, (x,), (torch.ones(2),)))
attempt(lambda: jacrev(cube)(x))
attempt(lambda: vmap(cube)(x))
Cube.generate_vmap_rule = True
attempt(lambda: vmap(cube)(x))
attempt(lambda: vmap(grad(cube))(x))
attempt(lambda: jacrev(cube)(x))
attempt(lambda: jacfwd(cube)(x))
attempt(lambda: hessian(lambda x: cube(x).sum())(x))
attempt(lambda: vmap(vmap(cube))(x.reshape(2,1)))
# --- a rule for batches
attempt(lambda: vmap(lambda x, y: Mul.apply(x, y, 2), in_dims=(0, None))(a, torch.ones(3)))
attempt(lambda: vmap(lambda x, y: Mul.apply(x, y, 2), in_dims=(0, 0), out_dims=1)(a, a).shape)
attempt(lambda: vmap(grad(lambda x, y: Mul.apply(x, y, 2).sum(), argnums=1), in_dims=(0, None))(a, torch.ones(3)))
attempt(lambda: jvp(lambda x: Mul.apply(x, x, 2), (a,), (a,)))
Mul.generate_vmap_rule = True
attempt(lambda: vmap(lambda x, y: Mul.apply(x, y, 2), in_dims=(0, None))(a, torch.ones(3)))
# --- a rule made of forward and backward
attempt(lambda: vmap(lambda x, y: Whole.apply(x, y, 2), in_dims=(0, None))(a, torch.ones(3)))
attempt(lambda: vmap(grad(lambda x, y: Whole.apply(x, y, 2).sum(), argnums=(0, 1)), in_dims=(0, None))(a, torch.ones(3)))
attempt(lambda: grad(lambda x, y: vmap(lambda x, y: Whole.apply(x, y, 2), in_dims=(0, None))(x, y).sum(), argnums=(0, 1))(a, torch.ones(3)))
class Lone(Whole):
    @staticmethod
    def jvp(ctx, tx, ty, tk):
        x, y = ctx.saved_tensors
        print(tx.shape, ty.shape, tk)
        return ctx.k * (tx * y + x * ty)
    @staticmethod
    def setup_context(ctx, inputs, output):
        x, y, k = inputs
        ctx.save_for_backward(x, y)
        ctx.save_for_forward(x, y)
        ctx.k = k
attempt(lambda: jvp(lambda x: Lone.apply(x, torch.ones(2, 3), 2), (a,), (a,)))
attempt(lambda: jvp(lambda x: vmap(lambda x, y: Lone.apply(x, y, 2))(x, x), (a,), (a,)))
attempt(lambda: jacfwd(lambda x: Lone.apply(x, x, 2))(x))
attempt(lambda: hessian(lambda x: Lone.apply(x, x, 2).sum())(x))
attempt(lambda: vmap(vmap(lambda x, y: Lone.apply(x, y, 2), in_dims=(0, None)), in_dims=(None, 0))(x, x))
attempt(lambda: vmap(jacrev(lambda x: Lone.apply(x, x.sum(), 2)))(a))
attempt(lambda: vmap(hessian(lambda x: Lone.apply(x, x, 2).sum()))(a))
# --- wrong rules
class Bad(Mul):
    generate_vmap_rule = False
    @staticmethod
    def vmap(info, in_dims, x, y, k): return x
attempt(lambda: vmap(lambda x: Bad.apply(x, x, 2))(a))
class Bad2(Bad):
    @staticmethod
    def vmap(info, in_dims, x, y, k): return x, 0, 0
class Bad3(Bad):
    @staticmethod
    def vmap(info, in_dims, x, y, k): return x, (0, 0)
attempt(lambda: vmap(lambda x: Bad3.apply(x, x, 2))(a))
attempt(lambda: vmap(lambda x: Bad2.apply(x, x, 2))(a))
# --- what is written, what has no derivative, and what is missing
class Dirty(Function):
    @staticmethod
    def forward(x): x.add_(1); return x
    @staticmethod
    def setup_context(ctx, inputs, output): ctx.mark_dirty(inputs[0])
    @staticmethod
    def backward(ctx, g): return g * 3
    @staticmethod
    def jvp(ctx, t): t.mul_(5); return t
attempt(lambda: grad(lambda x: Dirty.apply(x.clone()).sum())(x))
attempt(lambda: jvp(lambda x: Dirty.apply(x.clone()), (x,), (x,)))
class NoJvp(Function):
    @staticmethod
    def forward(x): return x * 2
    @staticmethod
    def setup_context(ctx, inputs, output): pass
attempt(lambda: jvp(NoJvp.apply, (x,), (x,)))
attempt(lambda: grad(lambda x: NoJvp.apply(x).sum())(x))
class NoSetup(Function):
    @staticmethod
    def forward(x): return x * 2
class NonDiff(Function):
    @staticmethod
    def forward(x): return x * 2, x.argmax(), "s"
    @staticmethod
    def setup_context(ctx, inputs, output): ctx.mark_non_differentiable(output[1])
    @staticmethod
    def backward(ctx, g, gi, gs): print(gi.shape, gs); return g * 2
attempt(lambda: NonDiff.apply(x))
attempt(lambda: grad(lambda x: NonDiff.apply(x)[0].sum())(x))
o = NonDiff.apply(xx); print(o); o[0].sum().backward(); print(xx.grad)
# --- derivatives forwards
class JvpOnly(Function):
    @staticmethod
    def forward(x, y): return x * y
    @staticmethod
    def setup_context(ctx, inputs, output): ctx.save_for_forward(*inputs); ctx.set_materialize_grads(False)
    @staticmethod
    def jvp(ctx, tx, ty): print(tx.shape, ty, [t.shape for t in ctx.saved_tensors]); return tx * ctx.saved_tensors[1]
attempt(lambda: jvp(lambda x: JvpOnly.apply(x, torch.ones(2) * 3), (x,), (x,)))
class Wrong(JvpOnly):
    @staticmethod
    def jvp(ctx, tx, ty): return tx, tx
attempt(lambda: jvp(lambda x: Wrong.apply(x, torch.ones(2) * 3), (x,), (x,)))
class Wrong2(JvpOnly):
    @staticmethod
    def jvp(ctx, tx, ty): return torch.ones(3)
attempt(lambda: jvp(lambda x: Wrong2.apply(x, torch.ones(2) * 3), (x,), (x,)))
# --- arguments by name, defaults, containers and other objects
print(Mul.apply(x, y=x), Mul.apply(x, x), vmap(lambda x: Mul.apply(x, k=2, y=x))(x))
class Named(Function):
    @staticmethod
    def forward(ctx, x, *, k): ctx.k = k; return x * k
    @staticmethod
    def backward(ctx, g): return g * ctx.k
attempt(lambda: Named.apply(xx, k=3))
own = object()
class Passing(Function):
    generate_vmap_rule = True
    @staticmethod
    def forward(xs, d, o): print(type(xs), list(d), o is own); return xs[0] * d["k"], o, {"n": 1}, None, 2.0
    @staticmethod
    def setup_context(ctx, inputs, output): print(type(inputs), type(output), inputs[2] is own)
    @staticmethod
    def backward(ctx, *gs): print(gs); return None, None, None
print(Passing.apply([x], {"k": x}, own)[2:])
print(type(Passing.apply([x], {"k": x}, own)), Passing.apply([x], {"k": x}, own)[1] is own)
class One(Function):
    @staticmethod
    def forward(ctx, x): return [x * 2]
    @staticmethod
    def backward(ctx, g): return g
print(One.apply(xx))
class Both(Function):
    @staticmethod
    def forward(ctx, x): return x * 2
    @staticmethod
    def vjp(ctx, g): return g * 2
print(torch.autograd.grad(Both.apply(xx).sum(), xx))

# --- arguments by name without setup_context
class A(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, *, k=2): return x ** k
    @staticmethod
    def backward(ctx,g): return g*5
class B(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, y=1, k=2): return x ** k + y
    @staticmethod
    def backward(ctx,g): return g*5, None, None
class C(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, **kw): return x ** kw.get("k",2)
    @staticmethod
    def backward(ctx,g): return g*5
class D(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w): return x*w
    @staticmethod
    def backward(ctx,g): return g*5, g*7
for f in (lambda: A.apply(x,k=3), lambda: B.apply(x,k=3), lambda: C.apply(x,k=3), lambda: B.apply(x, 1, y=2), lambda: D.apply(x,w=w), lambda: D.apply(w=w,x=x), lambda: D.apply(x), lambda: D.apply(x,x,w=w)):
    x=torch.tensor([3.0],requires_grad=True); w=torch.tensor([2.0],requires_grad=True)
    try:
        y=f(); y.sum().backward(); print(y.tolist(), x.grad, w.grad)
    except Exception as e: print(type(e).__name__, e)
# --- a jvp has to do to tangents what forward does to tensors
import torch.autograd.forward_ad as fwAD
def made(forward, jvp, dirty=False, constant=None):
    class F(Function):
        @staticmethod
        def forward(x): return forward(x)
        @staticmethod
        def setup_context(ctx, inputs, output):
            if dirty: ctx.mark_dirty(inputs[0])
            if constant is not None: ctx.mark_non_differentiable(output[constant])
        @staticmethod
        def vjp(ctx, *g): return g[0]
        @staticmethod
        def jvp(ctx, t): return jvp(t)
    return F.apply
def run(f):
    with fwAD.dual_level():
        try:
            r = f(fwAD.make_dual(torch.arange(3.) + 1, torch.ones(3)))
            print([(y, fwAD.unpack_dual(y).tangent) for y in (r if isinstance(r, tuple) else (r,))])
        except RuntimeError as e: print(e)
double, twice = lambda x: x.mul_(2), lambda x: (x * 2, x * 3)
run(made(double, lambda t: t * 2, True)); run(made(double, lambda t: t.mul_(2), True)); run(made(double, lambda t: t, True)); run(made(double, lambda t: None, True))
same = lambda x: x
run(made(same, same)); run(made(same, lambda t: t.view_as(t))); run(made(same, lambda t: t * 1))
part = lambda x: x[:2]
run(made(part, part)); run(made(part, lambda t: t[:2].clone())); run(made(part, lambda t: t.clone()[:2]))
for f in (part, lambda t: t[:2].clone(), lambda t: t.clone()[:2]): run(lambda x: made(part, f)(x.view(3)))
run(made(twice, lambda t: (t, None), constant=1)); run(made(twice, lambda t: (t, t * 1), constant=1)); run(made(lambda x: (x * 2, (x * 3).long()), lambda t: (t, t * 1)))
# --- what forward returns as it is becomes a view of itself
class Same(Function):
    @staticmethod
    def forward(ctx, x): return x
    @staticmethod
    def backward(ctx, g): return g
x = torch.ones(2)
y = Same.apply(x)
print(y is x, y._is_view(), y._base is x)
x.requires_grad_()
y = Same.apply(x)
print(y is x, y._is_view(), y._base is x, type(y.grad_fn) is Same._backward_cls)
# --- several results beside a view that is written to
class Adds(Function):
    @staticmethod
    def forward(ctx, a, b):
        assert isinstance(ctx, torch.autograd.graph.Node)
        a.add_(b); ctx.mark_dirty(a); return a, a + b
    @staticmethod
    def backward(ctx, g, h): return g + h, g + h
b = torch.ones(2, requires_grad=True)
for a in (torch.ones(2).view(2), b.clone().view(2)): attempt(lambda: Adds.apply(a, b))
with torch.no_grad(): attempt(lambda: Adds.apply(torch.ones(2).view(2), b))
Node = torch.autograd.graph.Node
print(isinstance(b.exp().grad_fn, Node), Node in type(b.exp().grad_fn).mro(), isinstance(Node, Node), isinstance(None, Node), issubclass(torch.autograd.function.BackwardCFunction, Node))
