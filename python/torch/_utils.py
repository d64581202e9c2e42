"""What pickles of tensors call when they are loaded, under PyTorch's names."""

from . import _tensor
from ._bridge import run
from ._tensor import dtype


def _dtype(x):
    if isinstance(x, dtype):
        return x
    raise NotImplementedError(f"tensors of dtype {x} are not supported")


def _element_size(dtype):
    """How many bytes an element takes."""
    if not isinstance(dtype, _tensor.dtype):
        raise RuntimeError(f"expected torch.dtype, but got {type(dtype)}")
    return dtype.itemsize


def _in(storage, kind, storage_offset, size, stride, requires_grad=False, metadata=None):
    return _over(storage._untyped_storage._bytes, kind, storage_offset, size, stride, requires_grad, metadata)


def _over(of, kind, storage_offset, size, stride, requires_grad=False, metadata=None):
    made = run("bridge.fromBytes", of, kind, storage_offset, list(size), list(stride))
    if metadata and metadata.get("conj"):
        made = made.conj().detach()
    elif metadata and metadata.get("neg"):
        made = run("bridge.negated", made)
    return made.requires_grad_(True) if requires_grad else made


def _rebuild_tensor(storage, storage_offset, size, stride):
    return _in(storage, storage.dtype, storage_offset, size, stride)


def _rebuild_tensor_v2(storage, storage_offset, size, stride, requires_grad, backward_hooks, metadata=None):
    return _in(storage, storage.dtype, storage_offset, size, stride, requires_grad, metadata)


def _rebuild_tensor_v3(storage, storage_offset, size, stride, requires_grad, backward_hooks, dtype, metadata=None):
    kind = None if isinstance(dtype, _tensor.dtype) else run("bridge.widerDtype", str(dtype))
    if kind is not None:
        of = storage._untyped_storage._bytes
        if _late is not None:
            _late.append(dtype)
            return of
        return _over(run("bridge.widerStorage", of, str(dtype)), kind, storage_offset, size, stride, requires_grad, metadata)
    return _in(storage, _dtype(dtype), storage_offset, size, stride, requires_grad, metadata)


def _rebuild_meta_tensor_no_storage(dtype, size, stride, requires_grad):
    from . import empty_strided

    return empty_strided(size, stride, dtype=_dtype(dtype), device="meta", requires_grad=requires_grad)


def _rebuild_device_tensor_from_cpu_tensor(data, dtype, device, requires_grad):
    made = data.to(_dtype(dtype))
    return made.requires_grad_(True) if requires_grad else made


def sparse_parts(x):
    """What a sparse tensor is made of again: its indices and values, its size, and whether it is coalesced."""
    names = {"torch.sparse_csr": ("crow_indices", "col_indices"), "torch.sparse_csc": ("ccol_indices", "row_indices")}
    if x.is_sparse:
        return x._indices(), x._values(), x.size(), x.is_coalesced()
    return *(getattr(x.detach(), name)() for name in names[str(x.layout)]), x.detach().values(), x.size()


# Of a file whose tensors have their numbers after the pickle: what was met that can be made only when those are there.
_late = None


def _rebuild_sparse_tensor(layout, data):
    from . import sparse

    if _late is not None:
        _late.append(layout)
        return data[0]

    if not isinstance(layout, _tensor.layout):
        raise NotImplementedError(f"rebuilding sparse tensor for layout {layout}")
    if str(layout) == "torch.sparse_coo":
        indices, values, size, *rest = data
        return sparse.sparse_coo_tensor(indices, values, size, is_coalesced=rest[0] if rest else None)
    return sparse.sparse_compressed_tensor(*data, layout=layout)


def _refused(name, what):
    def rebuild(*args, **kwargs):
        raise NotImplementedError(f"{what} are not supported")

    rebuild.__name__ = rebuild.__qualname__ = name
    return rebuild


_rebuild_qtensor = _refused("_rebuild_qtensor", "Quantized tensors")
_rebuild_nested_tensor = _refused("_rebuild_nested_tensor", "Nested tensors")
_rebuild_wrapper_subclass = _refused("_rebuild_wrapper_subclass", "Tensors that wrap others")
_rebuild_device_tensor_from_numpy = _refused("_rebuild_device_tensor_from_numpy", "Tensors of other devices")


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


_rebuild_from_type_v2.__module__ = "torch._tensor"  # where PyTorch has it
_tensor._rebuild_from_type_v2 = _rebuild_from_type_v2
rebuild = (
    _rebuild_tensor,
    _rebuild_tensor_v2,
    _rebuild_tensor_v3,
    _rebuild_parameter,
    _rebuild_parameter_with_state,
    _rebuild_meta_tensor_no_storage,
    _rebuild_device_tensor_from_cpu_tensor,
    _rebuild_qtensor,
    _rebuild_sparse_tensor,
    _rebuild_nested_tensor,
    _rebuild_wrapper_subclass,
    _rebuild_device_tensor_from_numpy,
)
