"""torch.distributed.algorithms: hooks on communication."""

from . import ddp_comm_hooks  # noqa: F401
