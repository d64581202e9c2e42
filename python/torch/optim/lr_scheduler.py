"""torch.optim.lr_scheduler: the library's schedules, and a base for one's own."""

import collections
import types

from .._bridge import doc_of, run, warn
from .._signature import constructor as _constructor, given as _given
from .._tensor import Tensor


def _watch(optimizer):
    """From now on, and not before, the optimizer's steps count for the order of steps."""
    if getattr(optimizer, "_opt_called", None) is None:
        optimizer._opt_called = False


class LRScheduler:
    """Sets the learning rates of an optimizer's groups, step by step: one's own override get_lr."""

    def __init__(self, optimizer, last_epoch=-1):
        from . import Optimizer

        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
        self.optimizer = optimizer
        for i, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", group["lr"])
            elif "initial_lr" not in group:
                raise KeyError(
                    f"param 'initial_lr' is not specified in param_groups[{i}] when resuming scheduler with last_epoch >= 0.\nThis typically happens when:\n1. You're trying to resume training from a checkpoint but haven't properly loaded the optimizer state\n2. You're using last_epoch >= 0 for a fresh training run (not recommended)"
                )
        self.base_lrs = [group["initial_lr"] for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        _watch(optimizer)
        self._initial_step()

    def get_lr(self):
        raise NotImplementedError

    def get_last_lr(self):
        return self._last_lr

    def _initial_step(self):
        self._step_count = 0
        self._is_initial = True
        try:
            self.step()
        finally:
            self._is_initial = False

    def step(self, epoch=None):
        if self._step_count == 1:
            self._warn_of_order()
        self._step_count += 1
        if epoch is not None:
            warn(EPOCH_DEPRECATION_WARNING, "UserWarning")
        self._update_lr(epoch)

    def _warn_of_order(self):
        """At the first step after the constructor's: the optimizer should have made one."""
        if "step" in vars(self.optimizer):
            warn(run("bridge.orderWarning", "overridden"), "UserWarning")
        elif not getattr(self.optimizer, "_opt_called", False):
            warn(run("bridge.orderWarning", "order"), "UserWarning")

    def _update_lr(self, epoch=None):
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        self._get_lr_called_within_step = True
        try:
            closed = None if epoch is None else getattr(self, "_get_closed_form_lr", None)
            rates = self.get_lr() if closed is None else closed()
        finally:
            self._get_lr_called_within_step = False
        for group, lr in zip(self.optimizer.param_groups, rates):
            if isinstance(group["lr"], Tensor):
                group["lr"].fill_(lr)
            else:
                group["lr"] = lr
        self._last_lr = [group["lr"] for group in self.optimizer.param_groups]

    def state_dict(self):
        return {key: value for key, value in self.__dict__.items() if key != "optimizer"}

    def load_state_dict(self, state_dict):
        self.__dict__.update(state_dict)


EPOCH_DEPRECATION_WARNING = run("bridge.epochWarning")
_own = LRScheduler.__dict__["__dict__"].__get__  # the dict of what Python keeps
OVERRIDABLE = ("get_lr", "step")
# What PyTorch computes as floats: whole ones, too.
FLOATS = frozenset("best mode_worse step_ratio total_size".split())


class LibraryScheduler(LRScheduler):
    """A schedule of the library's."""

    __slots__ = ("_library_object", "_given")  # _given: the arguments, as the program gave them
    _library_name = None

    def _make(self, values):
        optimizer = values["optimizer"]
        if self._library_name == "ChainedScheduler":
            if len(values["schedulers"]) < 1:
                raise ValueError("ChainedScheduler expects at least one scheduler to be chained, but got no scheduler.")
            optimizer = optimizer or values["schedulers"][0].optimizer
        if not hasattr(optimizer, "param_groups"):
            raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
        own = _own(self)
        self._given = values
        own["optimizer"] = optimizer
        optimizer._library
        if self._library_name != "ReduceLROnPlateau":
            _watch(optimizer)
        # A subclass's own methods are called by the library, too, and for the first time while it makes its object.
        cls = type(self)
        overrides = [self._called(name) if getattr(cls, name) is not getattr(LibraryScheduler, name) else None for name in OVERRIDABLE]
        options = _given(cls._constructor, values)
        self._library_object = run("bridge.newScheduler", self._library_name, self._warn_of_order, *overrides, **options)
        if "schedulers" in values:
            own["_schedulers"] = list(values["schedulers"])
        optimizer._read_options()

    def _called(self, name):
        def call(library, *args):
            self._library_object = library
            self.optimizer._read_options()
            return getattr(self, name)(*args)

        return call

    @property
    def _library(self):
        return self._library_object

    @property
    def __dict__(self):
        """What it has, in the library or here."""
        library = getattr(self, "_library_object", None)
        fields = {} if library is None else run("bridge.fields", library)
        return {**_own(self), **{name: self._shown(name, value) for name, value in fields.items()}}

    def _shown(self, name, value):
        value = _lists(value)
        if name in ("base_lrs", "_last_lr"):
            return self._floats(value)
        if name == "milestones":
            return collections.Counter({int(epoch): times for epoch, times in value.items()})
        is_float = name in FLOATS or isinstance(self._given.get(name), float)
        return float(value) if type(value) is int and is_float else value

    def __getattr__(self, name):
        if name == "_library_object":
            raise AttributeError(name)
        library = getattr(self, "_library_object", None)
        found, value = run("bridge.field", library, name) if library is not None else (False, None)
        if not found:
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
        return self._shown(name, value)

    def __setattr__(self, name, value):
        library = getattr(self, "_library_object", None)
        if library is None or hasattr(type(self), name) or name in _own(self) or not run("bridge.field", library, name)[0]:
            object.__setattr__(self, name, value)
        else:
            run("bridge.setMember", library, name, value)

    def get_lr(self):
        self.optimizer._library
        return self._floats(run("bridge.base", self._library, "get_lr"))

    def get_last_lr(self):
        return self._floats(run("method.get_last_lr", self._library))

    def _floats(self, rates):
        """The library has one type of number; a rate is a float where the group's is."""
        groups = self.optimizer.param_groups
        return [float(r) if isinstance(group["lr"], (float, Tensor)) else r for r, group in zip(rates, groups)]

    def step(self, *args, **kwargs):
        self.optimizer._library  # with the rates as the program has set them
        run("bridge.base", self._library, "step", *args, **kwargs)
        self.optimizer._read_options()

    def state_dict(self):
        state = {key: value for key, value in _own(self).items() if key != "optimizer"}
        state.update((name, self._shown(name, x)) for name, x in run("method.state_dict", self._library).items())
        if "lr_lambdas" in state:
            # Functions cannot be saved; of other callables it is their fields.
            state["lr_lambdas"] = [None if isinstance(f, types.FunctionType) else f.__dict__.copy() for f in self.lr_lambdas]
        return state

    def load_state_dict(self, state_dict):
        given = dict(state_dict)
        if "lr_lambdas" in given:
            for f, fields in zip(self.lr_lambdas, given.pop("lr_lambdas")):
                if fields is not None:
                    f.__dict__.update(fields)
        for key in [key for key in given if not run("bridge.field", self._library, key)[0]]:
            _own(self)[key] = given.pop(key)
        run("method.load_state_dict", self._library, given)


def _lists(x):
    """Sequences that the library has, as Python's schedulers have them."""
    if isinstance(x, dict):
        return {key: _lists(value) for key, value in x.items()}
    return [_lists(y) for y in x] if type(x) is tuple else x


_LRScheduler = LRScheduler


def __getattr__(name):
    if name.startswith("__") or not run("bridge.hasClass", "scheduler", name):
        raise AttributeError(f"module 'torch.optim.lr_scheduler' has no attribute '{name}'")
    cls = type(name, (LibraryScheduler,), {"_library_name": name, "__module__": __name__, "__doc__": doc_of("optim." + name)})
    cls.__init__ = cls._constructor = _constructor(name, name)
    globals()[name] = cls
    return cls
