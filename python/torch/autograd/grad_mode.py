"""Switches that stand while a block or a function runs: recording, inference, anomaly detection."""

import functools
import inspect

from .. import _bridge
from .._bridge import run


class _Mode:
    """A switch that stands while a block or a function runs."""

    _name = "grad"
    _on = True

    def __new__(cls, orig_func=None):
        self = object.__new__(cls)
        self._before = []
        if callable(orig_func) and not isinstance(orig_func, bool):
            return self(orig_func)
        return self

    def __init__(self, *args):
        pass

    def __enter__(self):
        self._before.append(run("bridge.setMode", self._name, self._on))

    def __exit__(self, *error):
        run("bridge.setMode", self._name, self._before.pop())

    def __call__(self, function):
        if inspect.isclass(function):
            function.__init__ = self(function.__init__)
            return function
        if inspect.isgeneratorfunction(function):

            @functools.wraps(function)
            def generator(*args, **kwargs):
                made = function(*args, **kwargs)
                step, given = made.send, None
                while True:
                    with self:
                        try:
                            value = step(given)
                        except StopIteration as stop:
                            return stop.value
                    try:
                        step, given = made.send, (yield value)
                    except GeneratorExit:
                        with self:
                            made.close()
                        raise
                    except BaseException as error:
                        step, given = made.throw, error

            return generator

        @functools.wraps(function)
        def wrapped(*args, **kwargs):
            with self:
                return function(*args, **kwargs)

        return wrapped


class no_grad(_Mode):
    """Nothing that runs inside is recorded."""

    _on = False


class enable_grad(_Mode):
    """What runs inside is recorded, even within no_grad."""


class set_grad_enabled(_Mode):
    """Recording on or off: at once, and as a block."""

    def __new__(cls, mode):
        self = object.__new__(cls)
        self._on = bool(mode)
        self._before = [run("bridge.setMode", "grad", self._on)]
        self._entered = False
        return self

    def __enter__(self):
        run("bridge.setMode", "grad", self._on)

    def __call__(self, function):
        run("bridge.setMode", "grad", self._before[-1])

        @functools.wraps(function)
        def wrapped(*args, **kwargs):
            with set_grad_enabled(self._on):
                return function(*args, **kwargs)

        return wrapped

    def __exit__(self, *error):
        run("bridge.setMode", "grad", self._before[-1])


class inference_mode(_Mode):
    """no_grad whose tensors can never be recorded."""

    _name = "inference"

    def __new__(cls, mode=True):
        self = object.__new__(cls)
        self._before = []
        self._on = mode if isinstance(mode, bool) else True
        return self(mode) if callable(mode) else self

    def __enter__(self):
        self._before.append(
            (run("bridge.setMode", "inference", self._on), run("bridge.setMode", "grad", not self._on))
        )

    def __exit__(self, *error):
        inference, grad = self._before.pop()
        run("bridge.setMode", "inference", inference)
        run("bridge.setMode", "grad", grad)


class set_detect_anomaly:
    """Whether failures in backward tell where forward went wrong."""

    def __init__(self, mode, check_nan=True):
        self._before = run("bridge.setMode", "anomaly", bool(mode)), run("bridge.setMode", "checkNan", check_nan)

    def __enter__(self):
        pass

    def __exit__(self, *error):
        run("bridge.setMode", "anomaly", self._before[0])
        run("bridge.setMode", "checkNan", self._before[1])


class detect_anomaly(set_detect_anomaly):
    def __init__(self, check_nan=True):
        _bridge.warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for debugging.",
            "UserWarning",
        )
        super().__init__(True, check_nan)
