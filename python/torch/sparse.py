"""torch.sparse, and the functions that make sparse tensors."""

from ._bridge import function, run
from ._construct import MISSING, from_data, require
from ._device import placed
from ._tensor import Tensor, layout as _layout

for _name in ("addmm", "log_softmax", "mm", "sampled_addmm", "softmax", "spdiags"):
    globals()[_name] = function("sparse." + _name)
_sum = function("sparse.sum")


def sum(input, dim=None, dtype=None):
    """The sum of all elements, or along dims."""
    return _sum(input, dim, dtype)


class check_sparse_tensor_invariants:
    """Switches the checks of sparse tensors on or off: for good, in a `with`, or in a function."""

    def __init__(self, enable=True):
        self.state, self.saved_state = enable, None

    is_enabled = staticmethod(lambda: run("bridge.sparseChecks", None))

    @staticmethod
    def enable():
        run("bridge.sparseChecks", True)

    @staticmethod
    def disable():
        run("bridge.sparseChecks", False)

    def __enter__(self):
        if self.saved_state is not None:
            raise RuntimeError("This context manager instance is already activated. Use a different context manager instance for context nesting.")
        self.saved_state = self.is_enabled()
        run("bridge.sparseChecks", self.state)

    def __exit__(self, type, value, traceback):
        run("bridge.sparseChecks", self.saved_state)
        self.saved_state = None

    def __call__(self, mth):
        def test_mth(*args, **kwargs):
            with type(self)(self.state):
                return mth(*args, **kwargs)

        return test_mth


def _part(data, dtype=None):
    return data if isinstance(data, Tensor) else from_data(data, dtype)


def _sizes(name, size):
    sizes = [size] if isinstance(size, int) else list(size)
    for i, n in enumerate(sizes):
        if not hasattr(n, "__index__"):
            kind = type(n).__name__
            raise TypeError(f"{name}(): argument 'size' (position 1) must be tuple of ints, but found element of type {kind} at pos {i}")
    return [n.__index__() for n in sizes]


def sparse_coo_tensor(indices=MISSING, values=MISSING, size=None, *, dtype=None, device=None, pin_memory=False, requires_grad=False, check_invariants=None, is_coalesced=None):
    """A sparse tensor of the values at the indices, one column for each; or of a size alone, without elements."""
    name = "sparse_coo_tensor"
    options = {"dtype": dtype, "requires_grad": requires_grad, "check_invariants": check_invariants, "is_coalesced": is_coalesced}
    with placed(device, name):
        if values is MISSING:
            if indices is MISSING and size is None:
                raise TypeError(f"{name}() received an invalid combination of arguments - got ()")
            return run("torch.sparse_coo_tensor", _sizes(name, indices if size is None else size), **options)
        parts = _part(indices), _part(values, dtype)
        if device is not None:
            parts = [part.to(device) for part in parts]
        return run("torch.sparse_coo_tensor", *parts, None if size is None else _sizes(name, size), **options)


def _compressed(name, starts, plain, values, size, dtype, device, requires_grad, check_invariants, layout=None):
    require(name, **{key: value for key, value in (*starts.items(), *plain.items(), ("values", values))})
    options = {"dtype": dtype, "requires_grad": requires_grad, "check_invariants": check_invariants}
    if layout is not None:
        options["layout"] = layout
    with placed(device, name):
        parts = [_part(*part.values()) for part in (starts, plain)]
        parts.append(_part(values, dtype))
        if device is not None:
            parts = [part.to(device) for part in parts]
        return run("torch." + name, *parts, None if size is None else _sizes(name, size), **options)


def sparse_csr_tensor(crow_indices=MISSING, col_indices=MISSING, values=MISSING, size=None, *, dtype=None, device=None, pin_memory=False, requires_grad=False, check_invariants=None):
    """A sparse matrix row by row: where each row begins, the columns, the values."""
    return _compressed("sparse_csr_tensor", {"crow_indices": crow_indices}, {"col_indices": col_indices}, values, size, dtype, device, requires_grad, check_invariants)


def sparse_csc_tensor(ccol_indices=MISSING, row_indices=MISSING, values=MISSING, size=None, *, dtype=None, device=None, pin_memory=False, requires_grad=False, check_invariants=None):
    """A sparse matrix column by column: where each column begins, the rows, the values."""
    return _compressed("sparse_csc_tensor", {"ccol_indices": ccol_indices}, {"row_indices": row_indices}, values, size, dtype, device, requires_grad, check_invariants)


def sparse_compressed_tensor(compressed_indices=MISSING, plain_indices=MISSING, values=MISSING, size=None, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False, check_invariants=None):
    """A sparse matrix in the layout that is asked for."""
    if not isinstance(layout, _layout):
        raise RuntimeError("sparse_compressed_tensor expected sparse compressed tensor layout but got Strided")
    return _compressed("sparse_compressed_tensor", {"compressed_indices": compressed_indices}, {"plain_indices": plain_indices}, values, size, dtype, device, requires_grad, check_invariants, layout)
