import pickle
import torch
from torch import nn
import torch.nn.functional as F


def attempt(f):
    try:
        print(f())
    except Exception as error:
        print(type(error).__name__, str(error).split("\n")[0])


# --- new makes a tensor of sizes or of data
x = torch.ones(2, 3, dtype=torch.float64)
print(x.new([1, 2]), x.new((3, 4)), x.new([[1, 2], [3, 4]]), x.new(2, 3).shape, x.new(torch.Size([4])).shape, x.new().shape)
print(x.new(x).shape, torch.tensor([1]).new([5, 6]), x.new(2).dtype)
attempt(lambda: x.new(torch.ones(2)))
attempt(lambda: x.new("a"))
# --- legacy types are types of tensors
x = torch.tensor([1.7, -2.2])
for t in (torch.LongTensor, torch.DoubleTensor, "torch.IntTensor", torch.float16, torch.ByteTensor, torch.BoolTensor, torch.FloatTensor):
    print(x.abs().type(t), x.type(t).type())
attempt(lambda: x.type(5))
print(isinstance(x, torch.FloatTensor), isinstance(x, torch.LongTensor), torch.LongTensor([1, 2]), torch.FloatTensor(2, 2).shape)
print(x.type(torch.FloatTensor) is x, torch.FloatTensor.dtype, torch.LongTensor)
# --- Tensor follows the default dtype
torch.set_default_dtype(torch.float64)
print(torch.Tensor(2, 3).dtype, torch.Tensor([1, 2]), torch.FloatTensor([1]).dtype, nn.Parameter(torch.Tensor(1)).dtype)
torch.set_default_dtype(torch.float32)
torch.set_default_tensor_type(torch.DoubleTensor)
print(torch.ones(1).dtype)
torch.set_default_tensor_type("torch.FloatTensor")
print(torch.ones(1).dtype)
# --- to takes its flags by place
x = torch.ones(2)
print(x.to(torch.float32, False, True) is x, x.to(torch.float32) is x, x.to("cpu", torch.float32, False, True) is x, x.to(x, False, True) is x)
print(x.to(torch.float64, True).dtype, x.to(device="cpu", dtype=torch.int64, copy=True))
# --- memory formats are honoured
x = torch.arange(24.0).view(1, 2, 3, 4)
cl = torch.channels_last
print(x.to(memory_format=cl).stride(), x.contiguous(memory_format=cl).stride(), x.clone(memory_format=cl).stride())
print(x.is_contiguous(memory_format=cl), x.contiguous(memory_format=cl).is_contiguous(memory_format=cl), torch.empty_like(x, memory_format=cl).stride())
y = x.to(torch.float64, memory_format=cl)
print(y.dtype, y.stride(), torch.equal(x.double(), y), y.clone().stride(), y.contiguous().stride(), (y + 1).stride(), torch.relu(y).stride())
attempt(lambda: torch.ones(2, 2).contiguous(memory_format=cl))
print(cl, torch.preserve_format, isinstance(cl, torch.memory_format), cl == torch.channels_last, pickle.loads(pickle.dumps(cl)) is cl)
print(torch.zeros_like(y, memory_format=torch.contiguous_format).stride(), torch.ones_like(y).stride())
# --- generators give and take their state
g = torch.Generator().manual_seed(5)
state = g.get_state()
print(state.dtype, state.shape, torch.equal(state, torch.Generator().manual_seed(5).get_state()))
a = torch.rand(3, generator=g)
g.set_state(state)
print(torch.equal(a, torch.rand(3, generator=g)), g.initial_seed())
torch.Generator().set_state(state)
attempt(lambda: g.set_state(torch.ones(3)))
# --- subclasses of Tensor
class S(torch.Tensor):
    def twice(self):
        return self * 2
s = torch.ones(2).as_subclass(S)
print(type(s).__name__, isinstance(s, torch.Tensor), s.twice().tolist(), S([1.0, 2.0]).tolist(), type(S([1.0])).__name__)
s = torch.Tensor._make_subclass(S, torch.ones(2), True)
print(type(s).__name__, s.requires_grad, s.is_leaf)
# --- modules go to a memory format, a dtype, or both
cl = torch.channels_last
m = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Linear(2, 2))
print(m.to(memory_format=cl) is m, [p.stride() for p in m.parameters()])
m[0].weight.grad = torch.ones(4, 3, 3, 3)
m.to(torch.float64, memory_format=torch.contiguous_format)
print(m[0].weight.stride(), m[0].weight.grad.stride(), m[0].weight.dtype, m[1].num_batches_tracked.dtype, m[1].running_mean.dtype)
print(nn.Conv3d(1, 2, 2).to("cpu", torch.float32, memory_format=torch.channels_last_3d).weight.stride())
attempt(lambda: nn.Conv2d(3, 4, 3).to(memory_format=torch.channels_last_3d))
# --- the parts of complex numbers are written to
z = torch.tensor([1 + 2j, 3.0])
z.real = torch.tensor([5.0, 6.0])
z.imag = 2
print(z)
x = torch.ones(2)
x.real = torch.tensor([3.0, 4.0])
print(x)
attempt(lambda: setattr(x, "imag", 1))
attempt(lambda: setattr(z, "real", torch.ones(3)))
attempt(lambda: setattr(torch.tensor([1 + 2j], requires_grad=True), "real", torch.ones(1)))
w = torch.ones(1, requires_grad=True)
y = torch.tensor([1 + 2j], requires_grad=True) * 1
y.real = w
y.abs().sum().backward()
print(type(y.grad_fn).__name__, w.grad)
# --- packed sequences are taken apart as tuples
p = nn.utils.rnn.pack_sequence([torch.ones(2), torch.ones(1)])
data, batch_sizes, order, back = p
print(len(p), p._fields, p[1], p[:2], data is p.data or torch.equal(data, p.data), order, back)
# --- whether to record is a bool where data is given
for value in (None, 0, 1, torch.tensor(True), "yes"):
    attempt(lambda: torch.tensor([1.0], requires_grad=value))
    attempt(lambda: torch.ones(1).new_tensor([1.0], requires_grad=value))
# --- shapes that do not broadcast
for shapes in ([(2,), (3,)], [(2, 3), (3,), (4, 1)], [(2, 3), (2, 3, 4)], [(2, 3), -1], [(2, -3)], [(0,), (2,)], [(1, 3), (2, 1), (1,), 5]):
    attempt(lambda: torch.broadcast_shapes(*shapes))
print(torch.broadcast_shapes(), torch.broadcast_shapes(3, (1, 3)), torch.broadcast_shapes((0,), (1,)), torch.broadcast_shapes([2, 1], torch.Size([1, 4])))
attempt(lambda: nn.ConvTranspose2d(1, 1, 3, stride=2)(torch.ones(1, 1, 3, 4), output_size=[20, 9]))
# --- a packed sequence is a named tuple
import copy
import pickle
from torch.nn.utils.rnn import PackedSequence, invert_permutation, pack_padded_sequence, pad_packed_sequence
packed = pack_padded_sequence(torch.arange(12.).view(2, 3, 2), torch.tensor([3, 2]), batch_first=True)
print(isinstance(packed, tuple), type(packed).__name__, packed._fields, len(packed), list(packed._asdict()), packed[1:3])
print(packed._replace(data=packed.data * 2))
print(PackedSequence(torch.ones(3, 2), torch.tensor([2, 1])), PackedSequence((torch.ones(3, 2), torch.tensor([2, 1]))))
print(PackedSequence(data=torch.ones(3, 2), batch_sizes=torch.tensor([2, 1]), sorted_indices=torch.tensor([1, 0]), unsorted_indices=None))
print(packed.double().data.dtype, packed.to(torch.float64).data.dtype, packed.cpu() is packed, packed.float() is packed, packed.is_cuda)
for made in (copy.copy(packed), copy.deepcopy(packed), pickle.loads(pickle.dumps(packed))):
    print(type(made).__name__, made.data.equal(packed.data))
torch.manual_seed(0)
lstm = nn.LSTM(2, 3)
out, _ = lstm(packed._replace(data=packed.data.relu()))
print(type(out).__name__, isinstance(out, tuple), pad_packed_sequence(out)[0].shape)
try:
    PackedSequence(torch.ones(3, 2))
except AssertionError as error:
    print(error)
try:
    packed.data = 1
except AttributeError as error:
    print(error)
# --- what is computed with a subclass of Tensor is of that class
import torch.nn.functional as F
class Named(torch.Tensor):
    def twice(self):
        return self * 2
x = torch.ones(2).as_subclass(Named)
plain = torch.ones(2)
for result in (
    x + 1, 1 + x, plain + x, x + plain, torch.sin(x), x.sum(), x[0], x[None], *x.max(0), *x.split(1), *x, Named([1.0, 2.0]), x.clone(), x.detach(),
    x.to(torch.float64), F.relu(x), torch.cat([x, x]), torch.stack([plain, x]), torch.ones(2, 2) @ x, x == 1, x.view(2, 1).T, x.data,
    nn.Linear(2, 1)(x), x.add_(1), plain, plain + 1, torch.Tensor._make_subclass(Named, plain),
):
    print(type(result).__name__, end=" ")
print(x, x.twice().twice().mean(), x.shape, Named(2, 3).shape)
print(torch.arange(4.0).view(2, 2).as_subclass(Named))
w = torch.ones(2).as_subclass(Named).requires_grad_()
w.twice().sum().backward()
print(type(w.grad).__name__, w.grad)
class Held(nn.Parameter):
    pass
print(type(Held(plain)).__name__, type(Held(plain) + 1).__name__)
