import copy
import torch

def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
import warnings; warnings.simplefilter("ignore")
# --- storages are made of sizes, of numbers and of bytes
print(torch.Storage is torch.FloatStorage, torch.FloatStorage().size(), torch.FloatStorage(3).size(), torch.FloatStorage([1, 2.5]), torch.IntStorage((1, 2)), torch.TypedStorage([1, 2], dtype=torch.int8).dtype, torch.TypedStorage(2).dtype)
print(torch.FloatStorage(wrap_storage=torch.UntypedStorage(8)).size(), torch.LongStorage(2).element_size(), torch.FloatStorage.dtype)
print(torch.ByteStorage.from_buffer(bytearray([1, 2, 3]), "native"), torch.IntStorage.from_buffer(bytearray([1, 2, 3, 4]), "little"), torch.IntStorage.from_buffer(bytearray([1, 2, 3, 4]), "big"), torch.ShortStorage.from_buffer(bytearray(range(8)), "little", count=2, offset=2))
t(lambda: torch.FloatStorage(2, 3)); t(lambda: torch.FloatStorage({1: 2})); t(lambda: torch.FloatStorage(wrap_storage=torch.UntypedStorage(8), dtype=torch.int8))
# --- storages are cast
s = torch.FloatStorage([1.5, 0, 3])
for n in "bool float double half bfloat16 int long short char byte complex_float complex_double".split(): c = getattr(s, n)(); print(n, c, c.dtype, c is s)
print(s.type(), s.pickle_storage_type(), s.is_shared(), s.is_pinned())
c = torch.DoubleStorage(3); t(lambda: c.copy_(s)); c = torch.FloatStorage(3); print(c.copy_(s) is c, c, c.resize_(2), c.size())
# --- copies of tensors and of their storages stay together
a = torch.randn(2, 2); b = a.view(-1)
w = copy.deepcopy([a, [a.storage(), b.untyped_storage()], b])
w[0].add_(1); print([x - y for x, y in zip(w[1][0].tolist(), a.flatten().tolist())] == [x - y for x, y in zip(w[0].flatten().tolist(), a.flatten().tolist())], torch.equal(w[2], w[0].view(-1)), w[1][0].data_ptr() == w[0].data_ptr() == w[1][1].data_ptr(), w[0].data_ptr() == a.data_ptr())
# --- tensors are put on storages
s = torch.FloatStorage([1, 2, 3, 4]); x = torch.zeros(2)
for given in ((s,), (s, 1, (3,)), (s, 0, (2, 2), (1, 2)), (s, 2, (1, 2))): print(x.set_(*given) is x, x, x.stride(), x.storage_offset())
print(x.set_(source=s.untyped(), storage_offset=0, size=(2, 2)), x.storage_type(), x.untyped_storage()._cdata == s._cdata)
a = torch.arange(6.0)
for given in ((a.view(2, 3).t(),), (a, 1, (2,)), (a, 1, (3,), (2,)), ()): print(x.set_(*given), x.stride(), x.storage_offset())
x.set_(a); x[0] = 9; print(a, x.storage()._cdata == a.storage()._cdata)
t(lambda: x.set_(torch.DoubleStorage([1]))); t(lambda: x.set_(torch.ones(2, dtype=torch.float64))); t(lambda: torch.ones(2, requires_grad=True).set_(a))
print(torch.tensor(s), torch.tensor(s.untyped(), dtype=torch.int32), torch.tensor(s).data_ptr() != s.data_ptr()); t(lambda: torch.tensor(s, dtype=torch.float64))
s = torch.DoubleStorage(4); s[:] = 0; s[1:3] = 2; print(s.tolist()); t(lambda: s[1:3])
print({k: v for k, v in torch.storage._dtype_to_storage_type_map().items() if "q" not in str(k)} == {d: d.__repr__() and torch.zeros(1, dtype=d).storage_type().__name__ for d in (torch.float64, torch.float32, torch.float16, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool, torch.bfloat16, torch.complex128, torch.complex64)})
# --- storages without memory
for s in (torch.TypedStorage([1, 2, 3], dtype=torch.int16, device="meta"), torch.TypedStorage(3, dtype=torch.float64, device="meta"), torch.ones(2, 3).to("meta").storage(), torch.UntypedStorage(4, device="meta"), torch.UntypedStorage([1, 2], device="meta")):
    print(s.device, s.nbytes(), s.size(), s.data_ptr()); t(lambda: s[0]); t(lambda: s.cpu())
