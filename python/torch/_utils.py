"""What pickles of tensors call when they are loaded, under PyTorch's names."""

from ._bridge import run


def _rebuild_tensor_v2(storage, storage_offset, size, stride, requires_grad, backward_hooks, metadata=None):
    of = storage._untyped_storage._bytes
    made = run("bridge.fromBytes", of, storage.dtype, storage_offset, list(size), list(stride))
    return made.requires_grad_(True) if requires_grad else made


def _rebuild_parameter(data, requires_grad, backward_hooks):
    from .nn import Parameter

    return Parameter(data, requires_grad)


def _rebuild_parameter_with_state(data, requires_grad, backward_hooks, state):
    made = _rebuild_parameter(data, requires_grad, backward_hooks)
    made.__dict__.update(state)
    return made


def _rebuild_from_type_v2(func, new_type, args, state):
    made = func(*args)
    if type(made) is not new_type:
        made = made.as_subclass(new_type)
    made.__dict__.update(state)
    return made
