"""torch.__config__: how the library was built, and what it found on this machine."""

from ._bridge import run


def show():
    """What computes: the engine, its instructions, threads, BLAS."""
    return run("bridge.configuration")


def parallel_info():
    """How many threads compute."""
    return f"ATen/Parallel:\n\tat::get_num_threads() : {_threads()}\n"


def _threads():
    from . import get_num_threads

    return get_num_threads()


def _cxx_flags():
    return ""
