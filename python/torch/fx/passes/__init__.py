"""torch.fx.passes: what is found out about graphs."""

from . import shape_prop
