"""torch.nn.grad: the gradients of a convolution, without the convolution."""

from .._bridge import function as _function

__all__ = [f"conv{dims}d_{of}" for dims in (1, 2, 3) for of in ("input", "weight")]
globals().update((name, _function(f"nn.grad.{name}")) for name in __all__)
