"""torch.nn.utils."""

from ..._bridge import run
from ..._tensor import Tensor
from . import parametrizations, parametrize, prune, rnn, stateless
from ._before import remove_spectral_norm, remove_weight_norm, spectral_norm, weight_norm
from .conversions import (
    convert_conv2d_weight_memory_format,
    convert_conv3d_weight_memory_format,
    fuse_conv_bn_eval,
    fuse_conv_bn_weights,
    fuse_linear_bn_eval,
    fuse_linear_bn_weights,
    skip_init,
)


def _list(parameters):
    return [parameters] if isinstance(parameters, Tensor) else list(parameters)


def clip_grad_norm_(parameters, max_norm, norm_type=2.0, error_if_nonfinite=False, foreach=None):
    return run(
        "nn.utils.clip_grad_norm_", _list(parameters), max_norm, float(norm_type), {"error_if_nonfinite": error_if_nonfinite}
    )


def clip_grad_value_(parameters, clip_value, foreach=None):
    run("nn.utils.clip_grad_value_", _list(parameters), clip_value)


def clip_grad_norm(parameters, max_norm, norm_type=2.0, error_if_nonfinite=False, foreach=None):
    return run("nn.utils.clip_grad_norm", _list(parameters), max_norm, float(norm_type), error_if_nonfinite)


def clip_grads_with_norm_(parameters, max_norm, total_norm, foreach=None):
    run("nn.utils.clip_grads_with_norm_", _list(parameters), max_norm, total_norm)


def get_total_norm(tensors, norm_type=2.0, error_if_nonfinite=False, foreach=None):
    return run("nn.utils.get_total_norm", _list(tensors), float(norm_type), error_if_nonfinite)


def parameters_to_vector(parameters):
    return run("nn.utils.parameters_to_vector", _list(parameters))


def vector_to_parameters(vec, parameters):
    run("nn.utils.vector_to_parameters", vec, _list(parameters))
