"""torch.signal: windows."""

from . import _Namespace
from ._places import register

windows = _Namespace("signal.windows")
windows.__all__ = "bartlett blackman cosine exponential gaussian general_cosine general_hamming hamming hann kaiser nuttall".split()
register("torch.signal.windows", windows)
