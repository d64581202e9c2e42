"""torch.multiprocessing: one process is there; what belongs to one works, and starting others is refused."""

import multiprocessing
from multiprocessing import *  # noqa: F403

__all__ = [*multiprocessing.__all__, "get_all_sharing_strategies", "get_sharing_strategy", "set_sharing_strategy"]
_strategy = "file_descriptor"


class ProcessException(Exception):
    def __init__(self, msg, error_index, pid):
        super().__init__(msg)
        self.msg, self.error_index, self.pid = msg, error_index, pid


class ProcessRaisedException(ProcessException):
    """A process ended by an exception."""


class ProcessExitedException(ProcessException):
    """A process ended by a signal, or with an exit status."""


def get_all_sharing_strategies():
    return {"file_descriptor", "file_system"}


def get_sharing_strategy():
    return _strategy


def set_sharing_strategy(new_strategy):
    global _strategy
    if new_strategy not in get_all_sharing_strategies():
        raise AssertionError(
            f"invalid sharing strategy {new_strategy!r}, expected one of {get_all_sharing_strategies()}"
        )
    _strategy = new_strategy


def set_start_method(method, force=False):
    """Nothing will be started, in whatever way."""


def spawn(fn, args=(), nprocs=1, join=True, daemon=False, start_method="spawn"):
    """fn(0, *args), if one process is asked for: it is this one."""
    if nprocs > 1:
        raise RuntimeError(
            f"spawn: {nprocs} processes cannot be started here, there is one.\nRun with nprocs=1: the function is then called in this process."
        )
    if nprocs == 1:
        fn(0, *args)


start_processes = spawn
