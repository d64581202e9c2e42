"""Derivatives by differences, which the tests of modules compare gradients with."""

import torch


def _iter_tensors(value, only_requiring_grad=False):
    if isinstance(value, torch.Tensor):
        if value.requires_grad or not only_requiring_grad:
            yield value
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _iter_tensors(item, only_requiring_grad)


@torch.no_grad()
def _get_numerical_jacobian(function, inputs, target=None, eps=1e-3):
    """For each tensor in `target` a tuple with a matrix: a row an element of it, a column an element of the output."""
    matrices = []
    for tensor in _iter_tensors(inputs if target is None else target):
        flat, rows = tensor.data.view(-1), []
        for i, value in enumerate(flat.tolist()):
            ends = []
            for moved in (value - eps, value + eps):
                flat[i] = moved
                ends.append(function(inputs).clone())
            flat[i] = value
            rows.append(((ends[1] - ends[0]) / (2 * eps)).reshape(-1))
        matrices.append((torch.stack(rows) if rows else tensor.new_zeros(0, function(inputs).numel()),))
    return matrices
