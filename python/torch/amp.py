"""torch.amp: automatic mixed precision."""

import functools

from . import _bridge
from ._bridge import Tree, run
from ._tensor import Tensor


def is_autocast_available(device_type):
    return run("amp.is_autocast_available", device_type)


class autocast:
    """A region in which ops choose their dtype: a block, or the body of a function."""

    def __init__(self, device_type, dtype=None, enabled=True, cache_enabled=None):
        if not isinstance(device_type, str):
            raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")
        self.device = device_type
        self.fast_dtype = run("torch.get_autocast_dtype", device_type) if dtype is None else dtype
        self._enabled = run("bridge.autocastEnabled", device_type, self.fast_dtype, enabled)
        self._cache_enabled = run("torch.is_autocast_cache_enabled") if cache_enabled is None else cache_enabled
        self._guards = []

    def __enter__(self):
        self._guards.append(run("bridge.autocast", self.device, self.fast_dtype, self._enabled, self._cache_enabled))
        return self

    def __exit__(self, *error):
        self._guards.pop().remove()
        return False

    def __call__(self, func):
        if not callable(func):
            raise TypeError(
                f"autocast()(func) requires a callable, but got {type(func).__name__}. Did you mean to use autocast as a context manager? For example:\n    with torch.autocast(device_type=...):\n        output = model(input)"
            )

        @functools.wraps(func)
        def decorated(*args, **kwargs):
            with self:
                return func(*args, **kwargs)

        return decorated


def _checked(device_type):
    if not isinstance(device_type, str):
        raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")


def _cast(x, dtype):
    if isinstance(x, Tensor):
        return x.to(dtype) if x.is_floating_point() and x.dtype.name != "float64" else x
    if isinstance(x, dict):
        return {_cast(key, dtype): _cast(value, dtype) for key, value in x.items()}
    return type(x)(_cast(y, dtype) for y in x) if isinstance(x, (list, tuple)) else x


def custom_fwd(fwd=None, *, device_type, cast_inputs=None):
    """For forward of a Function: its floats cast, and autocast off, where a dtype is given."""
    _checked(device_type)
    if fwd is None:
        return functools.partial(custom_fwd, device_type=device_type, cast_inputs=cast_inputs)

    @functools.wraps(fwd)
    def decorate_fwd(*args, **kwargs):
        enabled = run("torch.is_autocast_enabled", device_type)
        args[0]._dtype = run("torch.get_autocast_dtype", device_type)
        args[0]._fwd_used_autocast = enabled and cast_inputs is None
        if cast_inputs is None or not enabled:
            return fwd(*args, **kwargs)
        with autocast(device_type, enabled=False):
            return fwd(*_cast(args, cast_inputs), **_cast(kwargs, cast_inputs))

    return decorate_fwd


def custom_bwd(bwd=None, *, device_type):
    """For backward of a Function: autocast as it was in forward."""
    _checked(device_type)
    if bwd is None:
        return functools.partial(custom_bwd, device_type=device_type)

    @functools.wraps(bwd)
    def decorate_bwd(*args, **kwargs):
        with autocast(device_type, enabled=args[0]._fwd_used_autocast, dtype=args[0]._dtype):
            return bwd(*args, **kwargs)

    return decorate_bwd


class GradScaler:
    """Scales losses so that gradients in float16 do not vanish."""

    def __init__(
        self, device="cuda", init_scale=2.0**16, growth_factor=2.0, backoff_factor=0.5, growth_interval=2000, enabled=True
    ):
        self._library = run(
            "bridge.newGradScaler", device, init_scale, growth_factor, backoff_factor, growth_interval, enabled
        )
        self._enabled = run("method.is_enabled", self._library)
        self._optimizers = {}

    def _stepped(self, optimizer):
        """What stands for an optimizer until the next update."""
        known = self._optimizers.get(id(optimizer))
        if known is None:
            params = [p for group in optimizer.param_groups for p in group["params"]]
            known = self._optimizers[id(optimizer)] = (optimizer, run("bridge.steppedBy", params))
        return known[1]

    def scale(self, outputs):
        if not isinstance(outputs, (Tensor, list, tuple)) and hasattr(outputs, "__iter__"):
            return map(self.scale, outputs)
        return run("method.scale", self._library, Tree(outputs)) if self._enabled else outputs

    def unscale_(self, optimizer):
        if self._enabled:
            run("method.unscale_", self._library, self._stepped(optimizer))

    def step(self, optimizer, *args, **kwargs):
        if not self._enabled:
            return optimizer.step(*args, **kwargs)
        if "closure" in kwargs:
            raise RuntimeError("Closure use is not currently supported if GradScaler is enabled.")
        stepped = self._stepped(optimizer)
        sound = run("method.prepare", self._library, stepped)
        result = optimizer.step(*args, **kwargs) if sound else None
        run("method.stepped", self._library, stepped)
        return result

    def update(self, new_scale=None):
        if self._enabled:
            run("method.update", self._library, new_scale)
            self._optimizers = {}

    def state_dict(self):
        whole = ("growth_interval", "_growth_tracker")
        state = run("method.state_dict", self._library)
        return {key: value if key in whole else float(value) for key, value in state.items()}

    def load_state_dict(self, state_dict):
        run("method.load_state_dict", self._library, dict(state_dict))

    def get_scale(self):
        return float(run("method.get_scale", self._library))

    def is_enabled(self):
        return self._enabled


def _forwarding(name):
    def method(self, *args):
        got = run("method." + name, self._library, *args)
        return float(got) if name.endswith("factor") and got is not None else got

    method.__name__ = name
    setattr(GradScaler, name, method)


for _name in ("growth_factor", "backoff_factor", "growth_interval"):
    _forwarding("get_" + _name)
    _forwarding("set_" + _name)
_forwarding("_get_growth_tracker")


def of_device(device):
    """torch.cuda.amp and torch.cpu.amp, under which these were found before."""
    import types

    module = types.ModuleType(f"torch.{device}.amp")

    def old(name, of):
        class Old(of):
            def __init__(self, *args, **kwargs):
                _bridge.warn(
                    f"`torch.{device}.amp.{name}(args...)` is deprecated. Please use `torch.amp.{name}('{device}', args...)` instead.",
                    "FutureWarning",
                )
                if name == "autocast":
                    order = ("enabled", "dtype", "cache_enabled")
                    kwargs = {**dict(zip(order, args)), **kwargs}
                    kwargs.setdefault("dtype", run("torch.get_autocast_dtype", device))
                    args = ()
                super().__init__(device, *args, **kwargs)

        Old.__name__ = Old.__qualname__ = name
        return Old

    module.autocast = old("autocast", autocast)
    module.GradScaler = old("GradScaler", GradScaler)
    module.custom_fwd = functools.partial(custom_fwd, device_type=device)
    module.custom_bwd = functools.partial(custom_bwd, device_type=device)
    return module
