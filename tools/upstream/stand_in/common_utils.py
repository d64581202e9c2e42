"""torch.testing._internal.common_utils, as much as PyTorch's test files need, written anew."""
import contextlib, functools, gc, inspect, io, itertools, math, os, random, re, sys, tempfile, unittest, warnings
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from numbers import Number
import torch
from comparison import Comparison

try:
    import numpy as _np
    HAVE_NUMPY = hasattr(_np, "ndarray") and isinstance(_np.ndarray, type)
except Exception:
    HAVE_NUMPY = False

SEED = 1234
IS_ARM64 = IS_CI = IS_FBCODE = IS_JETSON = IS_MACOS = IS_PPC = IS_REMOTE_GPU = IS_SANDCASTLE = IS_WINDOWS = IS_S390X = IS_X86 = False
IS_LINUX = True
IS_FILESYSTEM_UTF8_ENCODING = sys.getfilesystemencoding() == "utf-8"
NO_MULTIPROCESSING_SPAWN = False
TEST_WITH_ASAN = TEST_WITH_CROSSREF = TEST_WITH_ROCM = TEST_WITH_TORCHDYNAMO = TEST_WITH_TORCHINDUCTOR = TEST_WITH_TSAN = TEST_WITH_UBSAN = TEST_WITH_SLOW = TEST_WITH_SLOW_GRADCHECK = TEST_SKIP_FAST = TEST_WITH_AOT_EAGER = False
TEST_NUMPY = True
TEST_SCIPY = TEST_DILL = TEST_LIBROSA = TEST_OPT_EINSUM = TEST_CUDA = TEST_MPS = False
TEST_MKL = True
TEST_CUDA_GRAPH = False
GRADCHECK_NONDET_TOL = 0.0
BUILD_WITH_CAFFE2 = False
parallel_backend = None


class ProfilingMode:
    LEGACY, SIMPLE, PROFILING = 1, 2, 3


GRAPH_EXECUTOR = ProfilingMode.PROFILING
_NOOP = {"slowTest", "slowTestIf", "skipIfTorchDynamo", "skipIfTorchInductor", "skipIfRocm", "skipIfMps", "skipIfNoLapack", "gcIfJetson", "skipIfCrossRef",
         "skipIfSlowGradcheckEnv", "unMarkDynamoStrictTest", "markDynamoStrictTest", "suppress_warnings_", "xfailIfTorchDynamo", "skipIfXpu", "skipIfTBB", "skipIfNotMiopenSuggestNHWC", "serialTest", "set_single_threaded_if_parallel_tbb", "slowAwareTest"}


def noop_decorator(*args, **kwargs):
    """@deco and @deco(...) alike"""
    if len(args) == 1 and not kwargs and (inspect.isfunction(args[0]) or inspect.isclass(args[0])):
        return args[0]
    return lambda fn: fn


def __getattr__(name):
    if name in _NOOP or name.startswith(("skipIf", "skipCUDA", "skipBut", "expectedFailure", "unMark", "mark")):
        return noop_decorator
    if name.startswith(("IS_", "TEST_")):
        return False
    raise AttributeError(f"shim common_utils has no {name}")


def skipIfNoSciPy(fn):
    return unittest.skip("no scipy")(fn)


def skipIfNotRegistered(*a):
    return lambda fn: unittest.skip("caffe2")(fn)


def skipCUDAMemoryLeakCheckIf(cond):
    return lambda fn: fn


def run_tests(argv=None):
    unittest.main(module="__main__", argv=argv or sys.argv)


load_tests = None


def suppress_warnings(fn):
    @functools.wraps(fn)
    def wrapper(*args, **kwargs):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return fn(*args, **kwargs)
    return wrapper


def disable_gc(fn):
    @functools.wraps(fn)
    def wrapper(*a, **k):
        if not gc.isenabled():
            return fn(*a, **k)
        gc.disable()
        try:
            return fn(*a, **k)
        finally:
            gc.enable()
    return wrapper


def set_rng_seed(seed=SEED):
    torch.manual_seed(seed)
    random.seed(seed)
    if HAVE_NUMPY:
        _np.random.seed(seed)


@contextlib.contextmanager
def set_default_dtype(dtype):
    saved = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(saved)


@contextlib.contextmanager
def set_default_tensor_type(t):
    saved = torch.get_default_dtype()
    torch.set_default_tensor_type(t)
    try:
        yield
    finally:
        torch.set_default_dtype(saved)


@contextlib.contextmanager
def freeze_rng_state():
    state = torch.get_rng_state()
    try:
        yield
    finally:
        torch.set_rng_state(state)


@contextlib.contextmanager
def set_warn_always_context(new_val):
    try:
        old = torch.is_warn_always_enabled()
    except AttributeError:
        yield
        return
    torch.set_warn_always(new_val)
    try:
        yield
    finally:
        torch.set_warn_always(old)


class DeterministicGuard:
    def __init__(self, deterministic, *, warn_only=False, fill_uninitialized_memory=True):
        self.deterministic, self.warn_only, self.fills = deterministic, warn_only, fill_uninitialized_memory

    def __enter__(self):
        self.filled = torch.utils.deterministic.fill_uninitialized_memory
        torch.utils.deterministic.fill_uninitialized_memory = self.fills
        self.saved = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
        torch.use_deterministic_algorithms(self.deterministic, warn_only=self.warn_only)

    def __exit__(self, *a):
        torch.use_deterministic_algorithms(self.saved[0], warn_only=self.saved[1])
        torch.utils.deterministic.fill_uninitialized_memory = self.filled


def wrapDeterministicFlagAPITest(fn):
    @functools.wraps(fn)
    def wrapper(*a, **k):
        with DeterministicGuard(torch.are_deterministic_algorithms_enabled(), warn_only=torch.is_deterministic_algorithms_warn_only_enabled()):
            return fn(*a, **k)
    return wrapper


class AlwaysWarnTypedStorageRemoval:
    def __init__(self, on):
        self.on = on

    def __enter__(self):
        self.saved = torch.storage._get_always_warn_typed_storage_removal()
        torch.storage._set_always_warn_typed_storage_removal(self.on)

    def __exit__(self, *a):
        torch.storage._set_always_warn_typed_storage_removal(self.saved)


class CudaSyncGuard:
    def __init__(self, mode):
        raise unittest.SkipTest("cuda")


class BytesIOContext(io.BytesIO):
    def __enter__(self):
        return self

    def __exit__(self, *a):
        pass


@contextlib.contextmanager
def TemporaryFileName(*args, **kwargs):
    kwargs.pop("delete", None)
    f = tempfile.NamedTemporaryFile(*args, delete=False, **kwargs)
    try:
        f.close()
        yield f.name
    finally:
        os.unlink(f.name)


@contextlib.contextmanager
def TemporaryDirectoryName(suffix=None):
    with tempfile.TemporaryDirectory(suffix=suffix) as d:
        yield d


def download_file(url, binary=True):
    raise unittest.SkipTest("no internet")


def is_iterable(obj):
    try:
        iter(obj)
        return True
    except TypeError:
        return False


def is_iterable_of_tensors(it, include_empty=False):
    if isinstance(it, torch.Tensor):
        return False
    try:
        return bool(len(it)) and all(isinstance(t, torch.Tensor) for t in it) or (include_empty and len(it) == 0)
    except TypeError:
        return False


def to_gpu(obj, type_map=None):
    raise unittest.SkipTest("cuda")


def iter_indices(tensor):
    if tensor.dim() == 0:
        return range(0)
    if tensor.dim() == 1:
        return range(tensor.size(0))
    return itertools.product(*(range(s) for s in tensor.size()))


def get_tensors_from(args, kwargs):
    return {a for a in (*args, *kwargs.values()) if isinstance(a, torch.Tensor)}


def bytes_to_scalar(byte_list, dtype, device="cpu"):
    import struct
    fmt = {"bool": "?", "uint8": "B", "int8": "b", "int16": "h", "int32": "i", "int64": "q", "float32": "f", "float64": "d", "complex64": "ff", "complex128": "dd"}[str(dtype).split(".")[1]]
    v = struct.unpack("=" + fmt, bytes(byte_list))
    return torch.tensor(complex(*v) if len(v) == 2 else v[0], dtype=dtype, device=device)


def first_sample(self, samples):
    try:
        return next(iter(samples))
    except StopIteration:
        raise unittest.SkipTest("no samples")


def mock_wrapper(method):
    from unittest.mock import MagicMock
    mock = MagicMock()

    @functools.wraps(method)
    def wrapper(self, *a, **k):
        mock(*a, **k)
        return method(self, *a, **k)
    wrapper.mock = mock
    return wrapper


def get_function_arglist(func):
    return inspect.getfullargspec(func).args


def dtype_name(dtype):
    return str(dtype).split(".")[1] if "." in str(dtype) else str(dtype)


dtype2prec_DONTUSE = {torch.float: 1e-5, torch.double: 1e-5, torch.half: 1e-2, torch.bfloat16: 1e-1}


class _LazyMap(dict):
    pass


if HAVE_NUMPY:
    numpy_to_torch_dtype_dict = {_np.bool_: torch.bool, _np.uint8: torch.uint8, _np.int8: torch.int8, _np.int16: torch.int16, _np.int32: torch.int32, _np.int64: torch.int64,
                                 _np.float16: torch.float16, _np.float32: torch.float32, _np.float64: torch.float64, _np.complex64: torch.complex64, _np.complex128: torch.complex128}
    numpy_to_torch_dtype_dict.update({_np.dtype(k): v for k, v in list(numpy_to_torch_dtype_dict.items())})
    torch_to_numpy_dtype_dict = {v: k for k, v in numpy_to_torch_dtype_dict.items() if isinstance(k, type)}
    torch_to_numpy_dtype_dict[torch.bfloat16] = _np.float32
else:
    from absent import Absent as _M
    _ALL = [torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.float16, torch.float32, torch.float64, torch.complex64, torch.complex128, torch.bfloat16]
    torch_to_numpy_dtype_dict = {d: _M("numpy." + dtype_name(d)) for d in _ALL}
    numpy_to_torch_dtype_dict = {v: k for k, v in torch_to_numpy_dtype_dict.items()}


# ---------------------------------------------------------------- gradcheck
def gradcheck(fn, inputs, **kwargs):
    return torch.autograd.gradcheck(fn, inputs, **kwargs)


def gradgradcheck(fn, inputs, grad_outputs=None, **kwargs):
    return torch.autograd.gradgradcheck(fn, inputs, grad_outputs, **kwargs)


def _assertGradAndGradgradChecks(test_case, apply_fn, inputs, **kwargs):
    kwargs.pop("check_fwd_over_rev", None)
    test_case.assertTrue(gradcheck(apply_fn, inputs, **kwargs))
    test_case.assertTrue(gradgradcheck(apply_fn, inputs, **kwargs))


# ---------------------------------------------------------------- tensors
from torch.testing import make_tensor  # noqa: E402, F401


def noncontiguous_like(t):
    if not t.is_contiguous():
        return t
    value = float("nan") if (t.dtype.is_floating_point or t.dtype.is_complex) else 12
    result = t.new_empty(t.shape + (2,))
    result[..., 0] = value
    result[..., 1] = t.detach()
    result = result[..., 1]
    result.requires_grad_(t.requires_grad)
    return result


def random_square_matrix_of_rank(l, rank, dtype=torch.double, device="cpu"):
    A = torch.randn(l, l, dtype=dtype, device=device)
    u, s, vh = torch.linalg.svd(A, full_matrices=False)
    for i in range(l):
        if i >= rank:
            s[i] = 0
        elif s[i] == 0:
            s[i] = 1
    return (u * s.to(dtype).unsqueeze(-2)) @ vh


def random_well_conditioned_matrix(*shape, dtype, device, mean=1.0, sigma=0.001):
    primitive = {torch.float: torch.float, torch.double: torch.double, torch.cfloat: torch.float, torch.cdouble: torch.double}
    x = torch.rand(shape, dtype=dtype, device=device)
    k = min(shape[-2:])
    u, _, vh = torch.linalg.svd(x, full_matrices=False)
    s = (torch.randn(*(shape[:-2] + (k,)), dtype=primitive[dtype], device=device) * sigma + mean).sort(-1, descending=True).values.to(dtype)
    return (u * s.unsqueeze(-2)) @ vh


def random_symmetric_matrix(l, *batches, **kwargs):
    A = torch.randn(*(batches + (l, l)), dtype=kwargs.get("dtype", torch.double), device=kwargs.get("device", "cpu"))
    return (A + A.mT).div_(2)


def make_symmetric_matrices(*shape, device, dtype):
    t = make_tensor(shape, device=device, dtype=dtype)
    return t + t.mT


def random_hermitian_matrix(l, *batches, **kwargs):
    A = torch.randn(*(batches + (l, l)), dtype=kwargs.get("dtype", torch.double), device=kwargs.get("device", "cpu"))
    return (A + A.mH).div_(2)


def random_symmetric_psd_matrix(l, *batches, **kwargs):
    A = torch.randn(*(batches + (l, l)), dtype=kwargs.get("dtype", torch.double), device=kwargs.get("device", "cpu"))
    return A @ A.mT


def random_hermitian_psd_matrix(matrix_size, *batch_dims, dtype=torch.double, device="cpu"):
    A = torch.randn(*(batch_dims + (matrix_size, matrix_size)), dtype=dtype, device=device)
    return A @ A.mH


def random_symmetric_pd_matrix(matrix_size, *batch_dims, **kwargs):
    dtype, device = kwargs.get("dtype", torch.double), kwargs.get("device", "cpu")
    A = torch.randn(*(batch_dims + (matrix_size, matrix_size)), dtype=dtype, device=device)
    return A @ A.mT + torch.eye(matrix_size, dtype=dtype, device=device) * 1e-5


def random_hermitian_pd_matrix(matrix_size, *batch_dims, dtype, device):
    A = torch.randn(*(batch_dims + (matrix_size, matrix_size)), dtype=dtype, device=device)
    return A @ A.mH + torch.eye(matrix_size, dtype=dtype, device=device)


def make_fullrank_matrices_with_distinct_singular_values(*shape, device, dtype, requires_grad=False):
    with torch.no_grad():
        t = make_tensor(shape, device=device, dtype=dtype)
        u, _, vh = torch.linalg.svd(t, full_matrices=False)
        real = t.real.dtype if t.dtype.is_complex else t.dtype
        k = min(shape[-1], shape[-2])
        s = torch.arange(2, k + 2, dtype=real, device=device)
        s[1::2] *= -1.0
        s.add_(1.0 / (k + 1) if False else 0)
        x = (u * s.abs().to(u.dtype)) @ vh
    x.requires_grad_(requires_grad)
    return x


def random_lowrank_matrix(rank, rows, columns, *batch_dims, **kwargs):
    B = random_matrix(rows, rank, *batch_dims, **kwargs)
    C = random_matrix(rank, columns, *batch_dims, **kwargs)
    return B.matmul(C)


def random_matrix(rows, columns, *batch_dims, **kwargs):
    dtype, device = kwargs.get("dtype", torch.double), kwargs.get("device", "cpu")
    silent, singular = kwargs.get("silent", False), kwargs.get("singular", False)
    if silent and not torch._C.has_lapack:
        return torch.ones(rows, columns, dtype=dtype, device=device)
    A = torch.randn(batch_dims + (rows, columns), dtype=dtype, device=device)
    if A.numel() == 0:
        return A
    u, _, vh = torch.linalg.svd(A, full_matrices=False)
    k = min(rows, columns)
    s = torch.linspace(1 / (k + 1), 1, k, dtype=dtype, device=device)
    if singular:
        s[k - 1] = 0
        if k > 2:
            s[0] = 0
    return (u * s.unsqueeze(-2)) @ vh


def random_sparse_matrix(rows, columns, density=0.01, **kwargs):
    dtype, device = kwargs.get("dtype", torch.double), kwargs.get("device", "cpu")
    nonzero = max(min(int(rows * columns * density), rows * columns), 1)
    rows_i = [i % rows for i in range(nonzero)]
    cols_i = [i % columns for i in range(nonzero)]
    random.shuffle(cols_i)
    values = torch.randn(nonzero, dtype=dtype, device=device)
    return torch.sparse_coo_tensor(torch.tensor([rows_i, cols_i], device=device), values, (rows, columns)).coalesce()


def random_sparse_pd_matrix(matrix_size, density=0.01, **kwargs):
    raise unittest.SkipTest("sparse")


def do_test_dtypes(self, dtypes, layout, device):
    for dtype in dtypes:
        if dtype != torch.float16:
            out = torch.zeros((2, 3), dtype=dtype, layout=layout, device=device)
            self.assertIs(dtype, out.dtype)
            self.assertIs(layout, out.layout)
            self.assertEqual(device, out.device)


def do_test_empty_full(self, dtypes, layout, device):
    shape = torch.Size([2, 3])

    def check_value(t, dtype, layout, device, value, requires_grad):
        self.assertEqual(shape, t.shape)
        self.assertIs(dtype, t.dtype)
        self.assertIs(layout, t.layout)
        self.assertEqual(requires_grad, t.requires_grad)
        if value is not None:
            self.assertEqual(t, t.new(shape).fill_(value))
    for dtype in dtypes:
        for rg in {dtype.is_floating_point, False}:
            check_value(torch.empty(shape, dtype=dtype, layout=layout, device=device, requires_grad=rg), dtype, layout, device, None, rg)
            out = torch.empty(shape, dtype=dtype, device=device, layout=layout, requires_grad=rg)
            check_value(torch.empty(shape, out=torch.empty(shape, dtype=dtype), dtype=dtype, layout=layout, device=device, requires_grad=rg), dtype, layout, device, None, rg) if not rg else None
            check_value(out.new_empty(shape), dtype, layout, device, None, False)
            check_value(torch.empty_like(out), dtype, layout, device, None, False)
            fv = 3 if dtype is not torch.bool else True
            check_value(torch.full(shape, fv, dtype=dtype, layout=layout, device=device, requires_grad=rg), dtype, layout, device, fv, rg)
            check_value(out.new_full(shape, fv), dtype, layout, device, fv, False)
            check_value(torch.full_like(out, fv), dtype, layout, device, fv, False)


# ---------------------------------------------------------------- parametrization
class subtest:
    def __init__(self, arg_values, name=None, decorators=None):
        self.arg_values, self.name, self.decorators = arg_values, name, decorators or []


class _TestParametrizer:
    def _parametrize_test(self, test, generic_cls, device_cls):
        raise NotImplementedError

    def __call__(self, fn):
        have = getattr(fn, "_pt_parametrizers", [])
        fn._pt_parametrizers = have + [self]
        return fn


def _name_of(value):
    if isinstance(value, bool) or value is None or isinstance(value, (int, float, str)):
        return str(value)
    if isinstance(value, torch.dtype):
        return dtype_name(value)
    if inspect.isfunction(value) or inspect.isclass(value) or inspect.isbuiltin(value):
        return value.__name__
    return None


class parametrize(_TestParametrizer):
    def __init__(self, arg_str, arg_values, name_fn=None):
        self.names = [s.strip() for s in arg_str.split(",") if s.strip()]
        self.values, self.name_fn = arg_values, name_fn

    def _parametrize_test(self, test, generic_cls, device_cls):
        for i, v in enumerate(list(self.values)):
            decorators, name = [], None
            if isinstance(v, subtest):
                decorators, name, v = v.decorators, v.name, v.arg_values
            vals = [v] if len(self.names) == 1 else list(v)
            if len(self.names) == 1 and isinstance(v, (tuple, list)) and len(v) == 1 and isinstance(self.values, list) and False:
                vals = [v[0]]
            if name is None:
                if self.name_fn is not None:
                    name = self.name_fn(*vals)
                else:
                    parts = []
                    for n, x in zip(self.names, vals):
                        s = _name_of(x)
                        parts.append(f"{n}_{s}" if s is not None else f"{n}{i}")
                    name = "_".join(parts)
            yield test, str(name).replace(".", "_").replace(" ", "_"), dict(zip(self.names, vals)), (lambda _p, d=decorators: d)


class decorateIf(_TestParametrizer):
    def __init__(self, decorator, predicate):
        self.decorator, self.predicate = decorator, predicate

    def _parametrize_test(self, test, generic_cls, device_cls):
        yield test, "", {}, (lambda p: [self.decorator] if self.predicate(p) else [])


def expand(test, generic_cls, device_cls):
    """every combination of the parametrizers of a test: (name, kwargs, decorators)"""
    out = [("", {}, [])]
    for par in getattr(test, "_pt_parametrizers", []):
        new = []
        for (n0, k0, d0) in out:
            for _t, n, k, dec in par._parametrize_test(test, generic_cls, device_cls):
                new.append(("_".join(x for x in (n, n0) if x), {**k, **k0}, d0 + [dec]))
        out = new
    res = []
    for n, k, decs in out:
        fns = []
        for d in decs:
            fns += list(d(k) if callable(d) else d)
        res.append((n, k, fns))
    return res


def bind(test, kwargs, decorators, name):
    if "self" in kwargs:
        kwargs = {k: v for k, v in kwargs.items() if k != "self"}

    @functools.wraps(test)
    def wrapped(self):
        return test(self, **kwargs)
    wrapped.__name__ = name
    if hasattr(wrapped, "__wrapped__"):
        del wrapped.__wrapped__
    for d in decorators:
        if inspect.isfunction(d) or callable(d):
            wrapped = d(wrapped)
    wrapped.__name__ = name
    return wrapped


def instantiate_parametrized_tests(generic_cls):
    for name in [n for n in dir(generic_cls) if n.startswith("test")]:
        fn = generic_cls.__dict__.get(name)
        if not inspect.isfunction(fn) or not getattr(fn, "_pt_parametrizers", None):
            continue
        delattr(generic_cls, name)
        for suffix, kw, decs in expand(fn, generic_cls, None):
            full = f"{name}_{suffix}" if suffix else name
            while full in generic_cls.__dict__:
                full += "_"
            setattr(generic_cls, full, bind(fn, kw, decs, full))
    return generic_cls


# ---------------------------------------------------------------- TestCase
_STORAGES = ()


class TestCase(unittest.TestCase):
    longMessage = True
    maxDiff = None
    _precision = 0
    _rel_tol = 0
    exact_dtype = True
    _default_dtype_check_enabled = False
    _do_cuda_memory_leak_check = False

    @property
    def precision(self):
        return self._precision

    @precision.setter
    def precision(self, v):
        self._precision = v

    @property
    def rel_tol(self):
        return self._rel_tol

    @rel_tol.setter
    def rel_tol(self, v):
        self._rel_tol = v

    def __init__(self, method_name="runTest", methodName="runTest"):
        super().__init__(method_name if method_name != "runTest" else methodName)

    def setUp(self):
        set_rng_seed(SEED)

    def assertEqual(self, x, y, msg=None, *, atol=None, rtol=None, equal_nan=True, exact_dtype=True, exact_device=False,
                    exact_layout=False, exact_stride=False, exact_is_coalesced=False):
        if (rtol is None) != (atol is None):
            rtol, atol = rtol or 0, atol or 0
        problem = Comparison(rtol, atol, self.rel_tol or 0, self.precision or 0, equal_nan, exact_dtype, exact_stride).difference(x, y)
        if problem:
            extra = msg(problem) if callable(msg) else (f"{problem}\n{msg}" if msg is not None else problem)
            raise self.failureException(extra)

    assertEquals = assertEqual

    def assertNotEqual(self, x, y, msg=None, *, atol=None, rtol=None, **kwargs):
        try:
            self.assertEqual(x, y, msg, atol=atol, rtol=rtol, **kwargs)
        except AssertionError:
            return
        raise AssertionError(f"values are equal: {x!r:.200}")

    def assertEqualTypeString(self, x, y):
        self.assertEqual(x.device, y.device)
        self.assertEqual(x.dtype, y.dtype)
        self.assertEqual(x.is_sparse, y.is_sparse)

    def assertObjectIn(self, obj, iterable):
        for e in iterable:
            if e is obj:
                return
        raise AssertionError("object not found in iterable")

    def assertExpectedInline(self, actual, expect, skip=0):
        self.assertMultiLineEqual(str(expect), str(actual))

    def assertExpectedRaisesInline(self, exc_type, callable, expect, *args, skip=0, **kwargs):
        try:
            callable(*args, **kwargs)
        except exc_type as e:
            self.assertMultiLineEqual(expect, str(e))
            return
        self.fail("Did not raise when expected to")

    def assertExpected(self, s, subname=None):
        raise unittest.SkipTest("needs expect files")

    @contextlib.contextmanager
    def maybeWarnsRegex(self, category, regex=""):
        with warnings.catch_warnings(record=True) as ws:
            warnings.simplefilter("always")
            yield
        for w in ws:
            if issubclass(w.category, category):
                self.assertRegex(str(w.message), regex)

    @contextlib.contextmanager
    def assertWarnsOnceRegex(self, category, regex=""):
        with warnings.catch_warnings(record=True) as ws:
            warnings.simplefilter("always")
            with set_warn_always_context(True):
                yield
        if len(ws) == 0:
            self.fail("no warning caught")
        self.assertTrue(any(type(w.message) is category for w in ws), f"wrong category in {[str(w.message) for w in ws]}")
        self.assertTrue(any(re.search(regex, str(w.message), re.DOTALL) for w in ws), f"{regex!r} not in {[str(w.message) for w in ws]}")

    def assertNotWarn(self, callable, msg=""):
        with warnings.catch_warnings(record=True) as ws:
            warnings.simplefilter("always")
            with set_warn_always_context(True):
                callable()
        self.assertTrue(len(ws) == 0, f"{msg}: {[str(w.message) for w in ws]}")

    @contextlib.contextmanager
    def _dummy(self):
        yield

    def assertLeaksNoCudaTensors(self, name=None):
        return self._dummy()

    def enforceNonDefaultStream(self):
        return self._dummy()

    def assertAtenOp(self, *a, **k):
        pass

    def compare_with_numpy(self, torch_fn, np_fn, tensor_like, device=None, dtype=None, **kwargs):
        import numpy as np
        if isinstance(tensor_like, torch.Tensor):
            t = tensor_like
            a = t.detach().cpu()
            if t.dtype is torch.bfloat16:
                a = a.float()
            a = a.numpy()
        else:
            d = {k: v for k, v in torch_to_numpy_dtype_dict.items()}
            a = np.array(tensor_like, dtype=d[dtype])
            t = torch.tensor(tensor_like, device=device, dtype=dtype)
        np_result = np_fn(a)
        torch_result = torch_fn(t).cpu()
        if isinstance(np_result, np.ndarray):
            try:
                np_result = torch.from_numpy(np_result)
            except Exception:
                np_result = torch.from_numpy(np_result.copy())
            if t.dtype is torch.bfloat16 and torch_result.dtype is torch.bfloat16 and np_result.dtype is torch.float:
                torch_result = torch_result.to(torch.float)
        self.assertEqual(np_result, torch_result, **kwargs)

    def safeToDense(self, t):
        return t.to_dense() if t.layout is not torch.strided else t

    def genSparseTensor(self, *a, **k):
        raise unittest.SkipTest("sparse")

    def genSparseCompressedTensor(self, *a, **k):
        raise unittest.SkipTest("sparse")
    genSparseCSRTensor = genSparseCSCTensor = genSparseBSRTensor = genSparseBSCTensor = generate_simple_inputs = genSparseTensor

    @staticmethod
    def runWithPytorchAPIUsageStderr(code):
        raise unittest.SkipTest("subprocess")

    @classmethod
    def runWithPyTorch(cls, *a, **k):
        raise unittest.SkipTest("subprocess")

    def check_nondeterministic_alert(self, fn, caller_name, should_alert=True):
        with DeterministicGuard(True, warn_only=False):
            if should_alert:
                with self.assertRaisesRegex(RuntimeError, caller_name + " does not have a deterministic implementation, but you set"):
                    fn()
            else:
                try:
                    fn()
                except RuntimeError as e:
                    if "does not have a deterministic implementation" in str(e):
                        self.fail("expected non-error")
                    raise
