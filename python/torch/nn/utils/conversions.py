"""Modules made into others that compute the same: fused, in another memory format, or without first values."""

import copy
import inspect

from ..._bridge import run
from ..layers import Layer
from ..module import Module
from ..parameter import Parameter

NO_DEVICE = "Module must support a 'device' arg to skip initialization"


def _fused(name, *args):
    return tuple(map(Parameter._of, run("nn.utils." + name, *args)))


def fuse_conv_bn_weights(conv_w, conv_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, transpose=False):
    """Weight and bias of a convolution that does what one with these and a batch norm after it do."""
    return _fused("fuse_conv_bn_weights", conv_w, conv_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, transpose)


def fuse_linear_bn_weights(linear_w, linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b):
    """The same for a linear layer and a batch norm of its outputs."""
    return _fused("fuse_linear_bn_weights", linear_w, linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b)


def _assert_eval(layer, bn):
    if layer.training or bn.training:
        raise AssertionError("Fusion only for eval!")


def _assert_learnt(bn):
    if bn.running_mean is None or bn.running_var is None:
        raise AssertionError("bn.running_mean and bn.running_var must not be None")


def _made(layer, bn, fuse, *more):
    _assert_learnt(bn)
    made = copy.deepcopy(layer)
    made.weight, made.bias = fuse(
        made.weight, made.bias, bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias, *more
    )
    return made


def fuse_conv_bn_eval(conv, bn, transpose=False):
    """A convolution that does what `conv` and then `bn` do, in evaluation."""
    _assert_eval(conv, bn)
    return _made(conv, bn, fuse_conv_bn_weights, transpose)


def fuse_linear_bn_eval(linear, bn):
    """A linear layer that does what `linear` and then `bn` do, in evaluation."""
    _assert_eval(linear, bn)
    if linear.out_features != bn.num_features and bn.num_features != 1:
        raise AssertionError(
            f"To fuse, linear.out_features == bn.num_features or bn.num_features == 1, got linear.out_features={linear.out_features} and bn.num_features={bn.num_features}"
        )
    return _made(linear, bn, fuse_linear_bn_weights)


def _in_format(module, memory_format, *names):
    from .. import layers

    classes = tuple(map(layers.layer_class, names))
    for m in module.modules():
        if isinstance(m, classes):
            m.weight.data = m.weight.detach().contiguous(memory_format=memory_format)
    return module


def convert_conv2d_weight_memory_format(module, memory_format):
    """Has the weights of 2-d convolutions in that order in memory."""
    return _in_format(module, memory_format, "Conv2d", "ConvTranspose2d")


def convert_conv3d_weight_memory_format(module, memory_format):
    """Has the weights of 3-d convolutions in that order in memory."""
    return _in_format(module, memory_format, "Conv3d", "ConvTranspose3d")


def skip_init(module_cls, *args, **kwargs):
    """A module whose parameters have memory and no first values: nothing is drawn."""
    if not issubclass(module_cls, Module):
        raise RuntimeError(f"Expected a Module; got {module_cls}")
    # The library's layers take any argument of their own: whether they have parameters is seen once they are made.
    own = issubclass(module_cls, Layer) and module_cls.__init__ is Layer.__init__
    if not (own or "device" in inspect.signature(module_cls).parameters):
        raise RuntimeError(NO_DEVICE)
    device = kwargs.pop("device", "cpu")
    made = module_cls(*args, **kwargs, device="meta")
    if own and not (made._parameters or made._buffers):
        raise RuntimeError(NO_DEVICE)
    return made.to_empty(device=device)
