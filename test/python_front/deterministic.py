import torch
from torch.utils import deterministic

DTYPES = [torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.complex64, torch.complex128, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.bool]
# --- what nobody has written is filled
torch.use_deterministic_algorithms(True)
try:
    for dtype in DTYPES:
        like = torch.zeros(2, dtype=dtype)
        made = [torch.empty(2, dtype=dtype), torch.empty_like(like), like.new_empty(2), torch.empty_strided((2,), (1,), dtype=dtype), like.new_empty_strided((2,), (1,)), torch.empty_permuted((2, 1), (1, 0), dtype=dtype)]
        if dtype.is_floating_point or dtype.is_complex: print(dtype, [m.isnan().all().item() for m in made])
        else: print(dtype, [m.tolist() for m in made])
    print(torch.empty(2, requires_grad=True).requires_grad, torch.zeros(2), torch.dropout(torch.ones(3), 0.0, True))
    print(deterministic.fill_uninitialized_memory)
    deterministic.fill_uninitialized_memory = False
    print(deterministic.fill_uninitialized_memory)
    try: deterministic.fill_uninitialized_memory = 1
    except RuntimeError as e: print(e)
finally:
    deterministic.fill_uninitialized_memory = True
    torch.use_deterministic_algorithms(False)
# --- bernoulli writes into any dtype
for dtype in DTYPES:
    if dtype.is_complex: continue
    out = torch.full((4,), 3, dtype=dtype)
    p = torch.tensor([0.0, 1.0, 0.0, 1.0])
    print(torch.bernoulli(p, out=out) is out, out)
# --- what is dense says so
x = torch.ones(2, 3)
print(x.to_dense() is x, x.to_dense(torch.float64).dtype, x.sparse_dim(), x.dense_dim(), torch.tensor(1.0).dense_dim())
print(torch.index_put_(x, (torch.tensor([0]),), torch.tensor(5.0)) is x, x, torch.index_put_(x, (torch.tensor([0, 0]),), torch.tensor(1.0), accumulate=True))
# --- memory in an order of dims
def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
for size, order in (((2, 3, 5), (1, 0, 2)), ((2, 3, 5), (2, 1, 0)), ((), ()), ((0, 3), (1, 0))): x = torch.empty_permuted(size, order); print(x.shape, x.stride(), x.dtype)
x = torch.empty_permuted((2, 3), (1, 0), dtype=torch.int8); print(x.dtype, x.t().is_contiguous(), torch.empty_permuted((1,), (0,), requires_grad=True).requires_grad)
for order in ((1, 0), (0, 0, 1), (0, 2, 3), (-1, 0, 1)): t(lambda: torch.empty_permuted((2, 3, 4), order))
# --- what resize_ adds is filled, too
for dtype in (torch.float32, torch.float64, torch.bfloat16, torch.int16, torch.uint8, torch.bool, torch.complex64):
    for size, larger in (((10,), (2, 7)), ((2, 3), (4, 5)), ((4,), (2,)), ((3,), (3, 1)), ((0,), (2, 2))):
        x = torch.zeros(size, dtype=dtype)
        torch.use_deterministic_algorithms(True)
        x.resize_(larger)
        torch.use_deterministic_algorithms(False)
        print(x)
