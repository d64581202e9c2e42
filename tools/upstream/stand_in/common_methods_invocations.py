"""No operators are listed here: `npm run conformance` replays PyTorch's samples of them."""

from enum import Enum

import torch

S, M, L, XS = 5, 10, 50, 3
op_db = unary_ufuncs = binary_ufuncs = reduction_ops = spectral_funcs = binary_ufuncs_and_refs = []
reference_masked_ops = shape_funcs = sparse_unary_ufuncs = []


class SpectralFuncType(Enum):
    OneD = 0
    TwoD = 1
    ND = 2


class OpInfo:
    pass


ReductionOpInfo = SpectralFuncInfo = UnaryUfuncInfo = BinaryUfuncInfo = OpInfo


class DecorateInfo:
    def __init__(self, decorators, *args, **kwargs):
        pass


class SampleInput:
    def __init__(self, input, *args, kwargs=None, **others):
        self.input, self.args, self.kwargs = input, args, kwargs or others


def mask_not_all_zeros(shape):
    while True:
        mask = torch.randn(shape).gt(0)
        if mask.any():
            return mask


def __getattr__(name):
    if name.startswith("_"):
        raise AttributeError(name)
    return lambda *args, **kwargs: iter(())
