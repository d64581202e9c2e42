"""torch.return_types: classes of what functions give that have several results, by the function's name."""

from ._bridge import result_class

FIELDS = {
    "min max": "aminmax",
    "values indices": "cummax cummin kthvalue max median min mode nanmedian sort topk",
    "mantissa exponent": "frexp",
    "a tau": "geqrf",
    "hist bin_edges": "histogram histogramdd",
    "L info": "linalg_cholesky_ex",
    "eigenvalues eigenvectors": "linalg_eig linalg_eigh",
    "inverse info": "linalg_inv_ex",
    "LD pivots": "linalg_ldl_factor",
    "LD pivots info": "linalg_ldl_factor_ex",
    "solution residuals rank singular_values": "linalg_lstsq",
    "P L U": "linalg_lu lu_unpack",
    "LU pivots": "linalg_lu_factor",
    "LU pivots info": "linalg_lu_factor_ex",
    "Q R": "linalg_qr qr",
    "sign logabsdet": "linalg_slogdet slogdet",
    "result info": "linalg_solve_ex",
    "U S Vh": "linalg_svd",
    "U S V": "svd",
    "solution cloned_coefficient": "triangular_solve",
}
# With out= they are of a class of another name, which is the same here.
_fields = {name + end: fields.split() for fields, names in FIELDS.items() for name in names.split() for end in ("", "_out")}
__all__ = sorted(_fields)


def __getattr__(name):
    if name not in _fields:
        raise AttributeError(f"module 'torch.return_types' has no attribute '{name}'")
    return result_class(name.removesuffix("_out"), _fields[name])


def __dir__():
    return __all__
