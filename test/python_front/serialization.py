import collections, copy, fractions, io, os, pickle
import torch
from torch import nn


def saved(x, **options):
    """What is loaded of what was saved."""
    file = io.BytesIO()
    torch.save(x, file)
    file.seek(0)
    return torch.load(file, **options)


def attempt(f):
    try:
        print(f())
    except Exception as error:
        print(type(error).__name__, error)


# --- tensors come back with shape, strides, offset and dtype
x = torch.arange(6.0).view(2, 3)
for y in [torch.zeros(2, 0, 3), x.t(), x[:, 1], torch.tensor(5), torch.tensor([1, -2], dtype=torch.int8), x.expand(4, 2, 3),
          torch.tensor([True, False]), torch.tensor([1 + 2j]), torch.ones(3).half(), torch.ones(3).bfloat16(), x[1:, ::2]]:
    z = saved(y)
    print(z.dtype, z.shape, z.stride(), z.storage_offset(), torch.equal(z, y), len(z.untyped_storage()))
for name in "float64 float32 float16 bfloat16 int64 int32 int16 int8 uint8 bool complex64 complex128".split():
    print(saved(torch.tensor([0, 1, 1]).to(getattr(torch, name))))
# --- views share memory as before
a, b = saved((x := torch.arange(6.0).view(2, 3), x[1:]))
b[0] = 99
print(a)
d = saved({"a": x, "b": x.t(), "c": x[0]})
d["a"].zero_()
print(d)
q, r = pickle.loads(pickle.dumps((x, x)))
print(q is r)
# --- parameters, requires_grad and attributes come back
print(saved(nn.Parameter(torch.ones(2))), saved(nn.Parameter(torch.ones(2), requires_grad=False)).requires_grad)
p = nn.Parameter(torch.ones(2))
q, r = saved([p, p])
print(q is r, saved(torch.ones(2, requires_grad=True)).requires_grad, saved(torch.ones(2)).requires_grad)
w = torch.ones(2)
w.foo = [5]
print(saved(w).foo, copy.copy(w).foo is w.foo, copy.deepcopy(w).foo, copy.deepcopy(w).foo is w.foo)
# --- containers and plain values come back
back = saved([2.5, "x", None, True, (1, 2), {3}, 2j, 10**30, -1, b"bytes", bytearray(b"q"), {"a": {1: 2}}, "\u00e9\U0001f600"])
print(back)
back = saved((torch.Size([1, 2]), torch.float32, torch.device("cpu"), torch.strided, collections.Counter("aab")))
print(back, type(back[0]).__name__, back[1] is torch.float32)
back = saved(collections.OrderedDict(b=1, a=2))
print(type(back).__name__, list(back.items()))
m = nn.Linear(2, 1)
o = torch.optim.SGD(m.parameters(), lr=0.1, momentum=0.9)
m(torch.ones(1, 2)).sum().backward()
o.step()
state = saved({"model": m.state_dict(), "optimizer": o.state_dict(), "epoch": 3})
print(state["optimizer"]["state"], state["epoch"], m.load_state_dict(state["model"]))
# --- a file that calls a function is refused
class Evil:
    def __reduce__(self):
        return os.remove, ("nothing.txt",)
attempt(lambda: saved(Evil()))
attempt(lambda: saved(Evil(), weights_only=True))
attempt(lambda: saved(Evil(), map_location="cpu"))
# --- a file that names what is not data is refused
attempt(lambda: saved([print]))
attempt(lambda: saved(collections.defaultdict(int, a=1)))
attempt(lambda: saved(fractions.Fraction(1, 2)))
attempt(lambda: saved({"a": [torch.ones(1), range(3)]}))
# --- weights_only=False loads what pickle loads
print(saved(fractions.Fraction(1, 2), weights_only=False), saved([print], weights_only=False))
# --- a program may call classes safe
Fraction = fractions.Fraction
with torch.serialization.safe_globals([Fraction]):
    print(Fraction in torch.serialization.get_safe_globals(), saved(Fraction(1, 2)))
print(Fraction in torch.serialization.get_safe_globals())
torch.serialization.add_safe_globals([Fraction, (range, "builtins.range")])
print(saved(Fraction(3, 4)), saved(range(3)))
torch.serialization.clear_safe_globals()
print(torch.serialization.get_safe_globals())
attempt(lambda: saved(Fraction(3, 4)))
# --- what cannot be loaded
attempt(lambda: torch.load(io.BytesIO(b"")))
attempt(lambda: torch.load(io.BytesIO(b"garbage")))
attempt(lambda: torch.load(5))
attempt(lambda: saved(torch.ones(1), pickle_module=pickle, weights_only=True))
attempt(lambda: saved(torch.ones(1), map_location="cuda"))
attempt(lambda: saved(torch.ones(1), map_location=torch.device("cuda:0")))
attempt(lambda: saved(torch.ones(1), map_location=lambda storage, location: storage))
# --- what cannot be saved
attempt(lambda: torch.save(torch.ones(1), 5))
attempt(lambda: torch.save(torch.ones(1)))
# --- functions, dtypes and sizes are pickled by name
for f in (torch.tanh, torch.Tensor.add, nn.functional.relu, torch.float16, torch.channels_last):
    print(pickle.loads(pickle.dumps(f)) is f)
# --- storages tell all the memory there is
x = torch.arange(6.0).view(2, 3)
s = x[1:].storage()
print(len(s), s.size(), s.nbytes(), s[1], s.tolist(), s.dtype, s.element_size())
u = x[1:].untyped_storage()
print(len(u), u.size(), u.nbytes(), u[7], u.data_ptr() == x.data_ptr(), u.element_size())
print(len(torch.randn(5)[:4].detach().storage()), torch.ones(3).untyped_storage().size())
print(torch.is_storage(u), torch.is_storage(s), torch.is_storage(x), x.storage().data_ptr() == x.data_ptr())
x.untyped_storage()[0:4].fill_(0)
x.storage()[1] = 7
print(x, list(torch.ones(2, dtype=torch.int16).untyped_storage()))
# --- what is pickled of a layer has PyTorch's names, so that it opens there
torch.manual_seed(0)
kept = [
    torch.nn.Conv2d(1, 2, 3, padding=(1, 2), padding_mode="circular"),
    torch.nn.Conv1d(1, 2, 3, padding="same", dilation=2, padding_mode="reflect"),
    torch.nn.ConvTranspose2d(1, 2, 3, padding=1),
    torch.nn.LSTM(4, 3, 2, bidirectional=True, proj_size=2),
    torch.nn.GRU(4, 3),
    torch.nn.RNN(4, 3, bias=False),
    torch.nn.BatchNorm1d(2),
    torch.nn.MultiheadAttention(4, 2),
    torch.nn.EmbeddingBag(5, 2),
    torch.nn.Upsample(scale_factor=2),
    torch.nn.Linear(2, 2),
]
for m in kept:
    state = m.__getstate__()
    print(type(m).__name__, sorted(state))
    print({k: state[k] for k in ("_reversed_padding_repeated_twice", "_all_weights", "_flat_weights_names") if k in state})
    print([tuple(w.shape) for w in state.get("_flat_weights", ())], all(w is getattr(m, n) for w, n in zip(state.get("_flat_weights", ()), state.get("_flat_weights_names", ()))))
    again = pickle.loads(pickle.dumps(m))
    print(sorted(again.__getstate__()) == sorted(state), all(torch.equal(a, b) for a, b in zip(again.state_dict().values(), m.state_dict().values())))
# --- what is no file of tensors raises what reading it does
import io, pickle
for data in (b"", b"hello", b"xyz", b"\x80\x02}q\x00h\x07.", b"\x80\x02j\x00\x01\x00\x00."):
    for weights_only in (True, False):
        try: print(torch.load(io.BytesIO(data), weights_only=weights_only))
        except Exception as e: print(type(e).__name__, str(e).split(". ")[0])
