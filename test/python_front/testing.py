import torch
from torch import nn
import torch.nn.functional as F
from torch.testing import assert_close
from torch.utils.benchmark import Measurement, TaskSpec, Compare, Timer, select_unit, trim_sigfig, unit_to_english, ordered_unique

torch.manual_seed(0)
def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
# --- what is close
t(lambda: assert_close(torch.tensor([1., 2.]), torch.tensor([1., 2. + 1e-6])))
t(lambda: assert_close(1.0, 1.0 + 1e-9)); t(lambda: assert_close(3, 3)); t(lambda: assert_close(1j, 1j)); t(lambda: assert_close(True, True))
t(lambda: assert_close(None, None)); t(lambda: assert_close([1, torch.ones(2)], [1, torch.ones(2)])); t(lambda: assert_close({"a": 1.}, {"a": 1.}))
t(lambda: assert_close(torch.tensor(float("nan")), torch.tensor(float("nan")), equal_nan=True))
t(lambda: assert_close(float("nan"), float("nan"), equal_nan=True))
t(lambda: assert_close(torch.ones(2), torch.ones(2).double(), check_dtype=False))
t(lambda: assert_close(torch.tensor([1.]), torch.tensor([1.05]), rtol=0.1, atol=0))
t(lambda: assert_close(torch.ones(0), torch.ones(0)))
# --- how tensors differ
t(lambda: assert_close(torch.tensor([1., 2., 4.]), torch.tensor([1., 3., 3.])))
t(lambda: assert_close(torch.arange(6).view(2, 3), torch.tensor([[0, 1, 2], [3, 9, 5]])))
t(lambda: assert_close(torch.tensor(1.5), torch.tensor(2.)))
t(lambda: assert_close(torch.tensor([True, False]), torch.tensor([True, True])))
t(lambda: assert_close(torch.tensor([1 + 1j]), torch.tensor([1 + 2j])))
t(lambda: assert_close(torch.tensor([float("nan"), 1.]), torch.tensor([float("nan"), 1.])))
t(lambda: assert_close(torch.tensor([float("inf"), 1.]), torch.tensor([1., 1.])))
t(lambda: assert_close(torch.tensor([1.]), torch.tensor([2.]), rtol=0, atol=0))
t(lambda: assert_close(torch.tensor([1.]).half(), torch.tensor([1.1]).half()))
t(lambda: assert_close(torch.ones(2), torch.ones(3)))
t(lambda: assert_close(torch.ones(2), torch.ones(2).double()))
t(lambda: assert_close(torch.ones(2, 3).t(), torch.ones(3, 2), check_stride=True))
t(lambda: assert_close(torch.zeros(1000), torch.cat([torch.zeros(999), torch.ones(1)])))
t(lambda: assert_close(torch.ones(2), torch.ones(2, device="meta")))
t(lambda: assert_close(torch.ones(2), torch.ones(2, device="meta"), check_device=False))
t(lambda: assert_close(nn.Parameter(torch.ones(2)), torch.ones(2), allow_subclasses=False))
# --- how other things differ
t(lambda: assert_close(1.0, 2.0)); t(lambda: assert_close(3, 4)); t(lambda: assert_close(0.0, 1j)); t(lambda: assert_close(1, 0)); t(lambda: assert_close(1.0, 1, check_dtype=True)); t(lambda: assert_close(1.0, 1))
t(lambda: assert_close(True, False)); t(lambda: assert_close(None, 1)); t(lambda: assert_close("a", "a")); t(lambda: assert_close(1, torch.tensor(1))); t(lambda: assert_close(torch.ones(1), [1.]))
t(lambda: assert_close([1, 2], [1])); t(lambda: assert_close([1, [2, 3.]], (1, [2, 4.]))); t(lambda: assert_close({"a": 1, "b": 2}, {"a": 1, "c": 2})); t(lambda: assert_close({"x": [torch.ones(2)]}, {"x": [torch.zeros(2)]}))
t(lambda: assert_close(1.0, 2.0, rtol=1e-3)); t(lambda: assert_close(1.0, 2.0, atol=1e-3)); t(lambda: assert_close(1.0, 2.0, msg="no")); t(lambda: assert_close([1.0], [2.0], msg=lambda m: "Header\n" + m + "\nfooter"))
t(lambda: torch.testing.assert_allclose(torch.tensor([1.]), [1.001])); t(lambda: torch.testing.assert_allclose([1.], [1.00001]))
# --- tensors to compute with
import functools
t(lambda: torch.testing.make_tensor(2, dtype=torch.int32))
make_tensor = functools.partial(torch.testing.make_tensor, device="cpu")
for d in (torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int8, torch.uint8, torch.bool, torch.complex64):
    print(make_tensor(2, 3, dtype=d))
print(make_tensor((3,), dtype=torch.float32, low=0, high=1, requires_grad=True), make_tensor(3, dtype=torch.float32, noncontiguous=True).stride())
print(make_tensor(20, dtype=torch.int32, low=-1, high=2, exclude_zero=True), make_tensor([2, 2], dtype=torch.int64, low=2.5, high=7).shape, make_tensor((), dtype=torch.float32))
t(lambda: make_tensor(2, dtype=torch.int32, requires_grad=True)); t(lambda: make_tensor(2, dtype=torch.float32, low=3, high=1)); t(lambda: make_tensor(2, dtype=torch.float32, low=float("nan")))
t(lambda: make_tensor(2, dtype=torch.uint8, low=-9, high=-3)); t(lambda: make_tensor(2, dtype=torch.float32, low=1, high=1)); t(lambda: make_tensor(1, 2, 2, 2, dtype=torch.float32, noncontiguous=True, memory_format=torch.channels_last))
print(make_tensor(1, 2, 2, 2, dtype=torch.float32, memory_format=torch.channels_last).stride())
# --- measurements and tables of them
def spec(**k): return TaskSpec(**{"stmt": "x + 1", "setup": "pass", "label": "add", **k})
def shown(m): print("\n".join(repr(m).split("\n")[1:])); print(repr(m).split(" object")[0])
a = Measurement(10, [1e-4, 1.1e-4, 1.2e-4, 1.15e-4, 3e-4], spec(sub_label="small", description="one"))
b = Measurement(1, [0.5], spec(sub_label="large", description="one", setup="import os\nx = 1"))
c = Measurement(5, [2e-5, 2e-5, 2.01e-5, 2e-5], spec(sub_label="small", description="two", num_threads=2))
for m in (a, b, c): shown(m); print(m.median, m.mean, m.iqr, m.significant_figures, m.has_warnings, m.meets_confidence(), m.title, m.times, m.as_row_name, m.label)
for x in (1e-9, 5e-7, 3e-5, 2e-3, 1., 200.): print(select_unit(x))
print(trim_sigfig(1234.5, 2), unit_to_english("us"), ordered_unique([3, 1, 3]))
table = Compare([a, b, c]); print(table); table.trim_significant_figures(); table.highlight_warnings(); print(table); table.colorize(); print(table); table.colorize(rowwise=True); table.print()
print([m.number_per_run for m in Measurement.merge([a, a, b])], len(Measurement.merge([a, a, b])[0].times))
d = Measurement(1, [1e-3, 2e-3, 5e-3, 1e-3], spec(sub_label="odd", description="two")); table = Compare([a, d]); table.highlight_warnings(); print(table); shown(d)
t(lambda: Compare([3]))
# --- a timer times a statement
m = Timer("y = x * 2", setup="\n  x = torch.ones(2)", label="mul", globals={}).timeit(5)
print(m.number_per_run, len(m.raw_times), m.task_spec, m.median > 0)
m = Timer("x.add(1)", globals={"x": torch.ones(2)}).blocked_autorange(min_run_time=0.01); print(m.number_per_run >= 1, sum(m.raw_times) >= 0.01)
m = Timer("pass").adaptive_autorange(max_run_time=0.1); print(type(m).__name__)
t(lambda: Timer(3)); t(lambda: Timer("1", language="fortran")); t(lambda: Timer("1", global_setup="x")); t(lambda: Timer("1").repeat())
import torch.utils.benchmark as benchmark
from torch.utils.benchmark.utils.common import Measurement as M2
print(M2 is Measurement, benchmark.Language.PYTHON)
# --- ways of computing attention
from torch.nn.attention import sdpa_kernel, SDPBackend
q = torch.ones(1, 1, 2, 4)
for b in SDPBackend.__members__.values():
    def f():
        with sdpa_kernel(b): return F.scaled_dot_product_attention(q, q, q).shape
    print(b); t(f)
with sdpa_kernel([SDPBackend.MATH, SDPBackend.FLASH_ATTENTION], set_priority=True): print(torch.backends.cuda.flash_sdp_enabled(), torch.backends.cuda.mem_efficient_sdp_enabled())
print(torch.backends.cuda.mem_efficient_sdp_enabled(), int(SDPBackend.MATH), SDPBackend(1).name)
torch.backends.cuda.enable_math_sdp(False); print(torch.backends.cuda.math_sdp_enabled()); torch.backends.cuda.enable_math_sdp(True)
def g():
    with sdpa_kernel("math"): pass
t(g)
# --- masks that tell what they are
from torch.nn.attention.bias import causal_lower_right, causal_upper_left, CausalBias, CausalVariant
b = causal_lower_right(2, 3); print(b, type(b).__name__, b.variant, causal_upper_left(2, 3))
q, k, v = torch.ones(1, 1, 2, 4), torch.ones(1, 1, 3, 4), torch.arange(12.).view(1, 1, 3, 4)
print(F.scaled_dot_product_attention(q, k, v, attn_mask=b).mul(10).round()); print(F.scaled_dot_product_attention(q, k, v, causal_upper_left(2, 3)).mul(10).round())
t(lambda: F.scaled_dot_product_attention(q, k, v, b, is_causal=True)); t(lambda: causal_upper_left(2)); t(lambda: CausalBias(3, 1, 1))
# --- generators
g = torch.Generator().manual_seed(3)
h = g.clone_state(); print(torch.rand(2, generator=g) == torch.rand(2, generator=h), g.device, h.initial_seed())
for f in (g.get_offset, lambda: g.set_offset(3), g.graphsafe_get_state, lambda: g.graphsafe_set_state(h)): t(f)
# --- buffers and capsules
t(lambda: torch.frombuffer(bytearray(8), dtype=torch.int32)); t(lambda: torch.frombuffer(bytearray(range(8)), dtype=torch.int16, offset=2, count=2)); t(lambda: torch.frombuffer(bytearray(b"\x00\x00\x80\x3f" * 2), dtype=torch.float32, requires_grad=True))
t(lambda: torch.frombuffer(bytearray(), dtype=torch.int8)); t(lambda: torch.frombuffer(bytearray(7), dtype=torch.int32)); t(lambda: torch.frombuffer(bytearray(7), dtype=torch.int32, offset=9)); t(lambda: torch.frombuffer(bytearray(8), dtype=torch.int32, count=9)); t(lambda: torch.frombuffer(bytearray(8), dtype=torch.int32, count=0)); t(lambda: torch.frombuffer([1], dtype=torch.int32))
t(lambda: torch.frombuffer(bytearray(8), dtype=torch.int64, requires_grad=True))
from array import array
t(lambda: torch.frombuffer(array("d", [1., 2.]), dtype=torch.float64))
x = torch.ones(2); y = torch.from_dlpack(x); y[0] = 5; print(x, x.__dlpack_device__())
c = torch.utils.dlpack.to_dlpack(x); z = torch.from_dlpack(c); z[1] = 7; print(x); t(lambda: torch.utils.dlpack.from_dlpack(c))
t(lambda: torch.ones(2, requires_grad=True).__dlpack__()); t(lambda: torch.from_dlpack(torch.ones(2, requires_grad=True)))
# --- conditions that a program holds itself to
def told(f):
    try:
        print(f())
    except Exception as error:
        print(type(error).__name__, error)


for check in (torch._check, torch._check_index, torch._check_value, torch._check_type, torch._check_not_implemented, torch._check_tensor_all):
    for cond in (True, False, 1, torch.tensor(False), torch.tensor([True, True]), torch.tensor([True, False])):
        told(lambda: check(cond))
        told(lambda: check(cond, lambda: "mine"))
    told(lambda: check(False, "text"))
for x in (torch.tensor(True), torch.tensor(0), torch.tensor([0.0, 1])):
    told(lambda: torch._assert_async(x))
told(lambda: torch._assert_async(torch.tensor(0), "told"))
print([type(text).__name__ for text in (torch.__config__.show(), torch.__config__.parallel_info(), torch.__config__._cxx_flags())])
