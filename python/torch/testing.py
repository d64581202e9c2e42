"""torch.testing: comparison of what was computed with what was expected, and tensors to compute with."""

import cmath
import collections.abc
import math

from . import _bridge
from ._tensor import Tensor, dtype as _dtype

TOLERANCES = {
    "float16": (1e-3, 1e-5),
    "bfloat16": (1.6e-2, 1e-5),
    "float32": (1.3e-6, 1e-5),
    "float64": (1e-7, 1e-7),
    "complex64": (1.3e-6, 1e-5),
    "complex128": (1e-7, 1e-7),
}
NUMBERS = {int: "int64", float: "float64", complex: "complex128"}


class _Failure(Exception):
    """What differs, and in which item of what was compared."""

    def __init__(self, kind, text, place):
        super().__init__(text)
        self.kind, self.text, self.place = kind, text, place

    def error(self, msg):
        if isinstance(msg, str):
            return self.kind(msg)
        text = self.text
        if self.place:
            text += f"\n\nThe failure occurred for item {''.join(str([item]) for item in self.place)}"
        return self.kind(msg(text) if callable(msg) else text)


class _Comparison:
    """How things are compared: what assert_close was told."""

    def __init__(self, rtol, atol, equal_nan, allow_subclasses=True, check_device=True, check_dtype=True, check_layout=True, check_stride=False):
        self.rtol, self.atol, self.equal_nan, self.allow_subclasses = rtol, atol, equal_nan, allow_subclasses
        self.check_device, self.check_dtype = check_device, check_dtype
        self.check_layout, self.check_stride = check_layout, check_stride

    def pairs(self, actual, expected, place=()):
        """The comparisons to be made, of items in containers each. What cannot be compared raises at once."""
        if _are(actual, expected, collections.abc.Sequence) and not _are_any(actual, expected, str):
            if len(actual) != len(expected):
                raise _Failure(
                    AssertionError, f"The length of the sequences mismatch: {len(actual)} != {len(expected)}", place
                )
            for i, (a, e) in enumerate(zip(actual, expected)):
                yield from self.pairs(a, e, (*place, i))
        elif _are(actual, expected, collections.abc.Mapping):
            keys, others = set(actual), set(expected)
            if keys != others:
                raise _Failure(
                    AssertionError,
                    "The keys of the mappings do not match:\n"
                    f"Missing keys in the actual mapping: {sorted(others - keys)}\n"
                    f"Additional keys in the actual mapping: {sorted(keys - others)}",
                    place,
                )
            try:
                keys = sorted(keys)
            except Exception:
                pass
            for key in keys:
                yield from self.pairs(actual[key], expected[key], (*place, key))
        else:
            yield self.pair(actual, expected, place)

    def pair(self, actual, expected, place):
        def fail(text, kind=AssertionError):
            raise _Failure(kind, text, place)

        if actual is None or expected is None:
            return lambda: actual is expected or fail(f"None mismatch: {actual} is not {expected}")
        actual, expected = map(_unwrapped, (actual, expected))
        if _are(actual, expected, bool):
            return lambda: actual is expected or fail(f"Booleans mismatch: {actual} is not {expected}")
        if _are(actual, expected, (int, float, complex)):
            rtol, atol = self.tolerances(_named(actual), _named(expected), place=place)
            return lambda: self.numbers(actual, expected, rtol, atol, fail)
        related = isinstance(actual, type(expected)) or isinstance(expected, type(actual))
        if related and (self.allow_subclasses or type(actual) is type(expected)):
            try:
                actual, expected = map(_as_tensor, (actual, expected))
            except Exception:
                pass
            else:
                rtol, atol = self.tolerances(actual.dtype.name, expected.dtype.name, place=place)
                return lambda: self.tensors(actual, expected, rtol, atol, fail)
        fail(
            f"No comparison pair was able to handle inputs of type {type(actual)} and {type(expected)}.", kind=TypeError
        )

    def tolerances(self, *dtypes, place=()):
        if (self.rtol is None) != (self.atol is None):
            missing = "rtol" if self.rtol is None else "atol"
            raise _Failure(
                ValueError, f"Both 'rtol' and 'atol' must be either specified or omitted, but got no {missing}.", place
            )
        return (self.rtol, self.atol) if self.rtol is not None else default_tolerances(*dtypes)

    def numbers(self, actual, expected, rtol, atol, fail):
        if self.check_dtype and type(actual) is not type(expected):
            fail(f"The (d)types do not match: {type(actual)} != {type(expected)}.")
        if actual == expected or (self.equal_nan and cmath.isnan(actual) and cmath.isnan(expected)):
            return
        difference = abs(actual - expected)
        if not (cmath.isfinite(difference) and difference <= atol + rtol * abs(expected)):
            fail(_scalars(actual, expected, rtol, atol))

    def tensors(self, actual, expected, rtol, atol, fail):
        for name, told, a, e in (
            ("shape", True, actual.shape, expected.shape),
            ("layout", self.check_layout, actual.layout, expected.layout),
            ("stride()", self.check_stride, _stride(actual), _stride(expected)),
            ("device", self.check_device, actual.device, expected.device),
            ("dtype", self.check_dtype, actual.dtype, expected.dtype),
        ):
            if told and a != e:
                fail(f"The values for attribute '{name}' do not match: {a} != {e}.")
        if actual.is_meta or expected.is_meta:
            return
        if actual.device != expected.device:
            actual, expected = actual.cpu(), expected.cpu()
        if actual.dtype != expected.dtype:
            from . import promote_types

            common = promote_types(actual.dtype, expected.dtype)
            actual, expected = actual.to(common), expected.to(common)
        actual, expected = map(_values, (actual, expected))
        matches = actual.isclose(expected, rtol=rtol, atol=atol, equal_nan=self.equal_nan)
        if not matches.all():
            fail(_mismatch(actual, expected, matches, rtol, atol))


def _are(actual, expected, kinds):
    return isinstance(actual, kinds) and isinstance(expected, kinds)


def _are_any(actual, expected, kinds):
    return isinstance(actual, kinds) or isinstance(expected, kinds)


def _named(x):
    return NUMBERS.get(type(x), "int64")


def _unwrapped(x):
    """A number of NumPy's as Python has it."""
    return x.item() if type(x).__module__ == "numpy" and hasattr(x, "dtype") and type(x).__name__ != "ndarray" else x


def _as_tensor(x):
    from . import as_tensor

    return x if isinstance(x, Tensor) else as_tensor(x)


def _stride(t):
    return t.stride() if str(t.layout) == "torch.strided" else None


def _values(t):
    return t if str(t.layout) == "torch.strided" else t.to_dense()


def default_tolerances(*inputs, dtype_precisions=TOLERANCES):
    """The largest tolerances, relative and absolute, of these dtypes."""
    known = [dtype_precisions.get(x, (0.0, 0.0)) for x in inputs]
    return max(rtol for rtol, _ in known), max(atol for _, atol in known)


def _told(kind, rtol, atol, extra, differences):
    equality = rtol == 0 and atol == 0
    text = f"{kind} are not {'equal' if equality else 'close'}!\n\n{extra}\n"
    for name, difference, place, tolerance in differences:
        text += f"{name.title()} difference: {difference}" if place is None else f"Greatest {name} difference: {difference} at index {place}"
        text += "\n" if equality else f" (up to {tolerance} allowed)\n"
    return text.strip()


def _scalars(actual, expected, rtol, atol):
    difference = abs(actual - expected)
    relative = math.inf if expected == 0 else difference / abs(expected)
    extra = f"Expected {expected} but got {actual}."
    return _told("Scalars", rtol, atol, extra, [("absolute", difference, None, atol), ("relative", relative, None, rtol)])


def _mismatch(actual, expected, matches, rtol, atol):
    from . import unravel_index

    if not actual.shape:
        return _scalars(actual.item(), expected.item(), rtol, atol)
    count, wrong = matches.numel(), matches.numel() - int(matches.sum())
    if not (actual.dtype.is_floating_point or actual.dtype.is_complex):
        actual, expected = actual.long(), expected.long()
    flat = matches.flatten()
    difference = (actual - expected).abs().flatten().masked_fill(flat, 0)
    relative = (difference / expected.abs().flatten()).masked_fill(flat, 0)
    told = []
    for name, values, tolerance in (("absolute", difference, atol), ("relative", relative, rtol)):
        greatest, place = values.max(0)
        told.append((name, greatest.item(), tuple(int(i) for i in unravel_index(place, matches.shape)), tolerance))
    return _told("Tensor-likes", rtol, atol, f"Mismatched elements: {wrong} / {count} ({wrong / count:.1%})", told)


def assert_close(
    actual,
    expected,
    *,
    allow_subclasses=True,
    rtol=None,
    atol=None,
    equal_nan=False,
    check_device=True,
    check_dtype=True,
    check_layout=True,
    check_stride=False,
    msg=None,
):
    """Raises AssertionError, which tells what differs, unless |actual - expected| <= atol + rtol |expected| everywhere.

    Tensors, numbers and what as_tensor() takes are compared, None and bools, and sequences and mappings of such. Without
    tolerances those of the dtypes are taken."""
    told = _Comparison(
        rtol, atol, equal_nan, allow_subclasses, check_device, check_dtype, check_layout, check_stride
    )
    try:
        pairs = list(told.pairs(actual, expected))
    except _Failure as failure:
        raise failure.error(None) from None
    for compare in pairs:
        try:
            compare()
        except _Failure as failure:
            raise failure.error(msg) from None


def assert_allclose(actual, expected, rtol=None, atol=None, equal_nan=True, msg=""):
    """As of old: assert_close() with wider tolerances, whatever the dtypes."""
    from . import tensor

    _bridge.warn(
        "`torch.testing.assert_allclose()` is deprecated since 1.12 and will be removed in a future release. Please use `torch.testing.assert_close()` instead. You can find detailed upgrade instructions in https://github.com/pytorch/pytorch/issues/61844.",
        "FutureWarning",
    )
    actual = actual if isinstance(actual, Tensor) else tensor(actual)
    expected = expected if isinstance(expected, Tensor) else tensor(expected, dtype=actual.dtype)
    if rtol is None and atol is None:
        of_old = {"float16": (1e-3, 1e-3), "float32": (1e-4, 1e-5), "float64": (1e-5, 1e-8)}
        rtol, atol = default_tolerances(actual.dtype.name, expected.dtype.name, dtype_precisions=of_old)
    assert_close(actual, expected, rtol=rtol, atol=atol, equal_nan=equal_nan, check_dtype=False, msg=msg or None)


EQUAL_BOUNDS = "Passing `low==high` to `torch.testing.make_tensor` for floating or complex types is deprecated since 2.1 and will be removed in 2.3. Use `torch.full(...)` instead."


def make_tensor(
    *shape,
    dtype,
    device,
    low=None,
    high=None,
    requires_grad=False,
    noncontiguous=False,
    exclude_zero=False,
    memory_format=None,
):
    """A tensor of numbers drawn from [low, high): by default within 9 of zero."""
    from . import empty, finfo, iinfo, randint, view_as_real

    if len(shape) == 1 and isinstance(shape[0], collections.abc.Sequence):
        shape = shape[0]
    shape = tuple(shape)
    if noncontiguous and memory_format is not None:
        raise ValueError(
            f"The parameters `noncontiguous` and `memory_format` are mutually exclusive, but got noncontiguous={noncontiguous!r} and memory_format={memory_format!r}"
        )
    differentiable = dtype.is_floating_point or dtype.is_complex
    if requires_grad and not differentiable:
        raise ValueError(
            f"`requires_grad=True` is not supported for boolean and integral dtypes, but got dtype={dtype!r}"
        )
    noncontiguous = noncontiguous and math.prod(shape) > 1
    if noncontiguous:
        shape = (*shape[:-1], 2 * shape[-1])
    if dtype.name == "bool":
        low, high = _bounds(dtype, low, high, (0, 2), (0, 2))
    elif differentiable:
        low, high = _bounds(dtype, low, high, (finfo(dtype).min, finfo(dtype).max), (-9, 9))
    else:
        info = iinfo(dtype)
        low, high = _bounds(dtype, low, high, (info.min, info.max + (dtype.name != "int64")), (-9, 10))
    if differentiable:
        made = empty(shape, device=device, dtype=dtype)
        drawn = view_as_real(made) if dtype.is_complex else made
        if high - low >= finfo(drawn.dtype).max:
            drawn.uniform_(low / 2, high / 2).mul_(2)
        else:
            drawn.uniform_(low, high)
    else:
        made = randint(math.ceil(low), math.ceil(high), shape, device=device, dtype=dtype)
    if noncontiguous:
        made = made[..., 1::2]
    elif memory_format is not None:
        made = made.clone(memory_format=memory_format)
    if exclude_zero:
        made[made == 0] = finfo(dtype).tiny if differentiable else 1
    return made.requires_grad_(requires_grad) if differentiable else made


def _bounds(dtype, low, high, limits, defaults):
    """The bounds of draws, within what the dtype has."""
    low = defaults[0] if low is None else low
    high = defaults[1] if high is None else high
    if any(isinstance(x, float) and math.isnan(x) for x in (low, high)):
        raise ValueError(f"`low` and `high` cannot be NaN, but got low={low!r} and high={high!r}")
    if low == high and (dtype.is_floating_point or dtype.is_complex):
        _bridge.warn(EQUAL_BOUNDS, "FutureWarning")
    elif low >= high:
        raise ValueError(f"`low` must be less than `high`, but got {low} >= {high}")
    elif high < limits[0] or low >= limits[1]:
        raise ValueError(
            f"The value interval specified by `low` and `high` is [{low}, {high}), but {dtype} only supports [{limits[0]}, {limits[1]})"
        )
    return tuple(min(max(x, limits[0]), limits[1]) for x in (low, high))
