"""torch.version."""

import _tidu

__version__ = _tidu.version
debug = False
cuda = git_version = hip = rocm = xpu = None
