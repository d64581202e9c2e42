"""There is no GPU."""

import contextlib

TEST_CUDNN_VERSION = 0
CUDA_DEVICE = None


def __getattr__(name):
    if name.startswith(("SM", "PLATFORM", "TEST", "CDNA", "IS_")):
        return False
    raise AttributeError(name)


def tf32_is_not_fp32():
    return False


def tf32_on_and_off(*args, **kwargs):
    return lambda test: test


@contextlib.contextmanager
def tf32_on(*args):
    yield


tf32_off = tf32_on


def with_tf32_off(test):
    return test


def _get_torch_cuda_version():
    return 0, 0


_get_torch_rocm_version = _get_magma_version = _get_torch_cuda_version
