"""What assertEqual compares: in plain Python, so that no kernel of the torch under test is trusted."""

import cmath
from collections import deque
from collections.abc import KeysView, Mapping, Sequence, Set, ValuesView
from dataclasses import dataclass, replace
from numbers import Number

import torch

TOLERANCES = {
    torch.float16: (1e-3, 1e-5),
    torch.bfloat16: (1.6e-2, 1e-5),
    torch.float32: (1.3e-6, 1e-5),
    torch.float64: (1e-7, 1e-7),
    torch.complex64: (1.3e-6, 1e-5),
    torch.complex128: (1e-7, 1e-7),
}
# Lists of Python numbers would need too much memory.
LARGE = 200_000


@dataclass
class Comparison:
    rtol: float | None = None
    atol: float | None = None
    least_rtol: float = 0
    least_atol: float = 0
    equal_nan: bool = True
    exact_dtype: bool = True
    exact_stride: bool = False
    place: str = ""

    def difference(self, x, y):
        """What differs, in a sentence; None if nothing does."""
        if x is None or y is None:
            return None if x is y else f"{x!r:.80} is not {y!r:.80}{self.place}"
        x, y = self.unwrapped(x, y), self.unwrapped(y, x)
        if isinstance(x, torch.Tensor) and isinstance(y, torch.Tensor):
            return self.of_tensors(x, y)
        if isinstance(x, torch.Tensor) or isinstance(y, torch.Tensor):
            return self.of_tensor_and_number(x, y)
        if isinstance(x, bool) and isinstance(y, bool):
            return None if x is y else f"{x} is not {y}{self.place}"
        if isinstance(x, Number) and isinstance(y, Number):
            rtol, atol = self.tolerances(*[torch.float64 for n in (x, y) if isinstance(n, (float, complex))])
            return None if self.are_close(x, y, rtol, atol) else f"Scalars are not close{self.place}: {x!r} and {y!r}"
        if isinstance(x, (str, bytes)) or isinstance(y, (str, bytes)):
            return None if x == y else f"{x!r:.300} is not {y!r:.300}{self.place}"
        if isinstance(x, Set) and isinstance(y, Set) and not isinstance(x, KeysView):
            return None if x == y else f"sets differ{self.place}"
        if isinstance(x, Mapping) and isinstance(y, Mapping):
            if set(x) != set(y):
                return f"The keys of the mappings do not match{self.place}: {set(x) ^ set(y)}"
            return self.of_items((key, x[key], y[key]) for key in x)
        if all(isinstance(a, (Sequence, deque, KeysView, ValuesView)) for a in (x, y)):
            x, y = list(x), list(y)
            if len(x) != len(y):
                return f"The length of the sequences mismatch{self.place}: {len(x)} != {len(y)}"
            return self.of_items((i, *pair) for i, pair in enumerate(zip(x, y)))
        return None if x == y else f"{x!r:.200} is not {y!r:.200}{self.place}"

    def of_items(self, items):
        for key, x, y in items:
            told = replace(self, place=f"{self.place or ' at '}[{key!r}]").difference(x, y)
            if told:
                return told
        return None

    def unwrapped(self, value, other):
        """Arrays and lists as the tensors that they are compared with, containers of modules as lists and dicts."""
        if type(value).__module__ == "numpy" and hasattr(value, "dtype"):
            value = torch.as_tensor(value) if value.shape or isinstance(other, torch.Tensor) else value.item()
        if isinstance(other, torch.Tensor) and isinstance(value, (list, tuple)):
            return torch.as_tensor(value, dtype=other.dtype, device=other.device)
        if isinstance(value, (torch.nn.Sequential, torch.nn.ModuleList, torch.nn.ParameterList)):
            return list(value)
        if isinstance(value, (torch.nn.ModuleDict, torch.nn.ParameterDict)):
            return dict(value.items())
        if isinstance(value, (torch.TypedStorage, torch.UntypedStorage)):
            return list(value)
        return value

    def tolerances(self, *dtypes):
        if self.rtol is not None:
            return self.rtol, self.atol
        known = [TOLERANCES.get(dtype, (0, 0)) for dtype in dtypes]
        rtol, atol = (max((pair[i] for pair in known), default=0) for i in (0, 1))
        return max(rtol, self.least_rtol), max(atol, self.least_atol)

    def of_tensors(self, x, y):
        if tuple(x.shape) != tuple(y.shape):
            return f"shapes do not match{self.place}: {tuple(x.shape)} != {tuple(y.shape)}"
        if self.exact_dtype and x.dtype != y.dtype:
            return f"dtypes do not match{self.place}: {x.dtype} != {y.dtype}"
        if self.exact_stride and x.stride() != y.stride():
            return f"strides do not match{self.place}: {x.stride()} != {y.stride()}"
        rtol, atol = self.tolerances(x.dtype, y.dtype)
        x, y = x.detach(), y.detach()
        if x.numel() > LARGE:
            close = torch.isclose(*(t.to(torch.promote_types(x.dtype, y.dtype)) for t in (x, y)), rtol, atol, self.equal_nan)
            return None if close.all() else f"Tensor-likes are not close{self.place}: {x.numel()} elements"
        for i, (a, b) in enumerate(zip(elements(x), elements(y))):
            if not self.are_close(a, b, rtol, atol):
                return f"Tensor-likes are not close{self.place}: element {i} of {tuple(x.shape)} {x.dtype} is {a!r}, not {b!r}"
        return None

    def of_tensor_and_number(self, x, y):
        tensor, number = (x, y) if isinstance(x, torch.Tensor) else (y, x)
        if not isinstance(number, Number):
            return f"a tensor and {type(number)}{self.place}"
        if tensor.numel() != 1:
            return f"a tensor of {tensor.numel()} elements and a number{self.place}"
        dtypes = [tensor.dtype, *([torch.float64] if isinstance(number, (float, complex)) else [])]
        a, b = (v.item() if v is tensor else v for v in (x, y))
        return None if self.are_close(a, b, *self.tolerances(*dtypes)) else f"Scalars are not close{self.place}: {a!r} and {b!r}"

    def are_close(self, a, b, rtol, atol):
        if a == b:
            return True
        if not isinstance(a, Number) or not isinstance(b, Number):
            return False
        if cmath.isnan(a) or cmath.isnan(b):
            return self.equal_nan and cmath.isnan(a) and cmath.isnan(b)
        if cmath.isinf(a) or cmath.isinf(b):
            return False
        return abs(a - b) <= atol + rtol * abs(b)


def elements(tensor):
    if tensor.is_quantized:
        tensor = tensor.dequantize()
    if tensor.layout is not torch.strided:
        tensor = tensor.to_dense()
    return tensor.reshape(-1).tolist()
