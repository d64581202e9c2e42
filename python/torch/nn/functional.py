"""torch.nn.functional."""

from .._bridge import function as _function, names as _names
from . import grad  # noqa: F401

NO_KERNEL = "No viable backend for scaled_dot_product_attention was found. This is likely due to turning off both the math kernel and the fused kernels."
_attention = _function("nn.functional.scaled_dot_product_attention")


def scaled_dot_product_attention(query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None, enable_gqa=False):
    """softmax(query keyᵀ scale) value: see torch.nn.attention for the ways in which it may be computed."""
    from ..backends import attention_kernels

    if not (attention_kernels["MATH"] or attention_kernels["FLASH_ATTENTION"]):
        raise RuntimeError(NO_KERNEL)
    if attn_mask is not None and hasattr(attn_mask, "variant"):
        if is_causal:
            raise ValueError("CausalBias should not be used with causal=True")
        attn_mask = attn_mask._materialize()
    return _attention(query, key, value, attn_mask, dropout_p, is_causal, scale=scale, enable_gqa=enable_gqa)


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    f = _function("nn.functional." + name) or _function("torch." + name, "nn.functional." + name)
    if f is None:
        raise AttributeError(f"module 'torch.nn.functional' has no attribute '{name}'")
    globals()[name] = f
    return f


def __dir__():
    return sorted(_names("nn.functional"))
