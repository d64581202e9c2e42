"""Tuples of dtypes by their names in test files."""

import torch

_FLOATS = (torch.float32, torch.float64)
_INTEGERS = (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64)
_COMPLEX = (torch.complex64, torch.complex128)


def _given(*known):
    return lambda *more: known + more


floating_types_and = floating_types = _given(*_FLOATS)
floating_types_and_half = _given(*_FLOATS, torch.half)
floating_and_complex_types_and = floating_and_complex_types = _given(*_FLOATS, *_COMPLEX)
double_types = _given(torch.float64, torch.complex128)
integral_types_and = integral_types = _given(*_INTEGERS)
all_types_and = all_types = _given(*_FLOATS, *_INTEGERS)
all_types_and_half = _given(*_FLOATS, *_INTEGERS, torch.half)
complex_types_and = complex_types = _given(*_COMPLEX)
all_types_and_complex_and = all_types_and_complex = _given(*_FLOATS, *_INTEGERS, *_COMPLEX)
custom_types = empty_types = _given()


def get_all_int_dtypes():
    return list(_INTEGERS)


def get_all_complex_dtypes(include_complex32=False):
    return list(_COMPLEX)


def get_all_fp_dtypes(include_half=True, include_bfloat16=True):
    return [*_FLOATS, *[torch.half] * include_half, *[torch.bfloat16] * include_bfloat16]


def get_all_dtypes(include_half=True, include_bfloat16=True, include_bool=True, include_complex=True, include_complex32=False, include_qint=False):
    floats = get_all_fp_dtypes(include_half, include_bfloat16)
    return [*_INTEGERS, *floats, *[torch.bool] * include_bool, *(_COMPLEX if include_complex else ())]


def get_all_math_dtypes(device):
    return [*_INTEGERS, *_FLOATS, *_COMPLEX]


def get_all_qint_dtypes():
    return []


float_to_corresponding_complex_type_map = {
    torch.float16: torch.complex32,
    torch.float32: torch.complex64,
    torch.float64: torch.complex128,
}
