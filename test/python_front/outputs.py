# Results written into tensors that the program gives, which may be of other dtypes and sizes.
import torch


def attempt(*fs):
    for f in fs:
        try:
            print(f())
        except Exception as error:
            print(type(error).__name__, str(error).split("\n")[0])


# --- outputs in tensors of other dtypes
f, d, l, s = (lambda n, t=t: torch.empty(n, dtype=t) for t in (torch.float32, torch.float64, torch.int64, torch.int16))
x, i = torch.tensor([1.0, 3.0, 2.0]), torch.tensor([1, 3, 2])
attempt(lambda: torch.nonzero(x, out=f(0)), lambda: torch.nonzero(x, as_tuple=True, out=l(0)), lambda: torch.mode(x, 0, out=(f(0), f(0))), lambda: torch.cummax(x, 0, out=(s(3), l(3))), lambda: torch.cummax(x, 0, out=(f(3), s(3))), lambda: torch.sort(x, out=(f(3), f(3))), lambda: torch.sort(x, out=(d(3), l(3))), lambda: torch.max(x, 0, out=(f(0), f(0))), lambda: torch.max(x, 0, out=(d(0), l(0))), lambda: torch.topk(x, 1, out=(f(0), s(0))), lambda: torch.kthvalue(x, 1, out=(f(0), f(0))), lambda: torch.median(x, 0, out=(f(0), f(0))), lambda: torch.add(x, 1, out=l(3)), lambda: torch.add(i, 1, out=f(3)), lambda: torch.add(x, 1, out=d(3)), lambda: torch.exp(i, out=l(3)), lambda: torch.eq(x, 1, out=f(3)), lambda: torch.sum(x, 0, out=l(())), lambda: torch.mean(x, 0, out=d(())), lambda: torch.argmax(x, 0, out=f(())), lambda: torch.cat((x, x), out=d(6)), lambda: torch.matmul(x, x, out=d(())), lambda: torch.mm(x[None], x[:, None], out=d((1, 1))), lambda: torch.index_select(x, 0, i - 1, out=d(3)), lambda: torch.gather(x, 0, i - 1, out=d(3)), lambda: torch.cumsum(x, 0, out=d(3)), lambda: torch.cumsum(x, 0, out=l(3)), lambda: torch.bitwise_and(i, 1, out=f(3)), lambda: torch.tril(x[None], out=d((1, 3))), lambda: torch.arange(3, out=f(0)), lambda: torch.linspace(0, 1, 3, out=l(3)), lambda: torch.ones(3, out=l(0)), lambda: torch.full((2,), 1, out=l(2)), lambda: torch.var(x, 0, out=d(())), lambda: torch.norm(x, out=d(())), lambda: torch.take(x, i - 1, out=d(3)), lambda: torch.masked_select(x, x > 1, out=d(0)), lambda: torch.bucketize(x, x, out=s(3)), lambda: torch.searchsorted(x.sort()[0], x, out=f(3)), lambda: torch.clamp(x, 0, 1, out=d(3)), lambda: torch.dot(x, x, out=d(())), lambda: torch.all(x > 0, 0, out=f(())), lambda: torch.logical_not(x, out=f(3)), lambda: torch.abs(torch.tensor([3 + 4j]), out=f(1)), lambda: torch.angle(x, out=d(3)))
# --- every function that picks its own dtype
f, d, l, s, b = torch.float32, torch.float64, torch.int64, torch.int16, torch.bool
x, i, m = torch.tensor([1.0, 3.0, 2.0]), torch.tensor([0, 2, 1]), torch.tensor([[1.0, 3.0, 2.0]])
e = torch.eye(2)
one = {"argmin": (x, 0), "take": (x, i), "gather": (x, 0, i), "index_select": (x, 0, i), "masked_select": (x, x > 1), "take_along_dim": (x, i, 0), "mm": (m, m.t()), "matmul": (m, x), "bmm": (m[None], m.t()[None]), "mv": (m, x), "dot": (x, x), "vdot": (x, x), "addmm": (e, e, e), "addmv": (x[:1], m, x), "baddbmm": (e[None], e[None], e[None]), "inner": (x, x), "tril": (m,), "triu": (m,), "clamp": (x, 0, 1), "clamp_min": (x, 0), "clamp_max": (x, 0), "all": (x > 1, 0), "any": (x > 1, 0), "logcumsumexp": (x, 0), "norm": (x, 2, 0), "amax": (x, 0), "amin": (x, 0), "renorm": (m, 2, 0, 1.0), "isposinf": (x,), "signbit": (x,), "abs": (x,), "sign": (x,), "floor": (x,), "neg": (x,), "frac": (x,), "histc": (x,), "cross": (x, x, 0), "quantile": (x, 0.5), "nanquantile": (x, 0.5), "multinomial": (x, 1), "isin": (x, x), "nan_to_num": (x,), "complex": (x, x), "float_power": (x, 2), "inverse": (e,), "scatter": (x, 0, i, x), "scatter_add": (x, 0, i, x), "index_add": (x, 0, i, x), "index_copy": (x, 0, i, x), "add": (x, 1), "eq": (x, 1), "exp": (x,), "outer": (x, x), "maximum": (x, x)}
for name, given in one.items():
    attempt(*(lambda t=t: (name, getattr(torch, name)(*given, out=torch.empty(0, dtype=t)).dtype) for t in (f, d, l, s, b)))
two = {"mode": (x, 0), "cummin": (x, 0), "sort": (x,), "min": (x, 0), "topk": (x, 1), "kthvalue": (x, 1), "nanmedian": (x, 0), "frexp": (x,)}
for name, given in two.items():
    attempt(*(lambda t=t: (name, [r.dtype for r in getattr(torch, name)(*given, out=(torch.empty(0, dtype=t[0]), torch.empty(0, dtype=t[1])))]) for t in ((f, f), (f, l), (d, l), (f, s))))
# --- what is refused writes nothing, and sizes follow with a warning
x = torch.tensor([1.0, 3.0, 2.0])
values, places = torch.zeros(3), torch.zeros(3)
attempt(lambda: torch.sort(x, out=(values, places)))
print(values, places)
out = torch.zeros(2)
print(torch.add(x, 1, out=out) is out, out)
attempt(lambda: torch.add(x, 1, out=torch.zeros(1).expand(3)), lambda: torch.add(x.clone().requires_grad_(), 1, out=torch.zeros(3)))
