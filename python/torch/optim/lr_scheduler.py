"""torch.optim.lr_scheduler: the library's schedules, and a base for one's own."""

import types

from .._bridge import run
from .._tensor import Tensor


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
        self._step_count = 0
        self.step()

    def get_lr(self):
        raise NotImplementedError

    def get_last_lr(self):
        return self._last_lr

    def step(self, epoch=None):
        self._step_count += 1
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        for group, lr in zip(self.optimizer.param_groups, self.get_lr()):
            group["lr"] = lr
        self._last_lr = [group["lr"] for group in self.optimizer.param_groups]

    def state_dict(self):
        return {key: value for key, value in self.__dict__.items() if key != "optimizer"}

    def load_state_dict(self, state_dict):
        self.__dict__.update(state_dict)


class LibraryScheduler(LRScheduler):
    """A schedule of the library's."""

    _library_name = None

    def __init__(self, *args, **kwargs):
        if "optimizer" in kwargs and self._library_name != "ChainedScheduler":
            args = (kwargs.pop("optimizer"), *args)
        given = kwargs.get("optimizer", args[0] if args else None)
        if self._library_name == "ChainedScheduler" and not hasattr(given, "param_groups"):
            given = (kwargs.get("schedulers") or args[0])[0].optimizer
        if not hasattr(given, "param_groups"):
            raise TypeError(f"{type(given).__name__} is not an Optimizer")
        self.__dict__["optimizer"] = given
        given._library
        self.__dict__["_library"] = run("new." + self._library_name, *args, **kwargs)
        given._read_options()

    def __getattr__(self, name):
        library = self.__dict__.get("_library")
        found, value = run("bridge.field", library, name) if library is not None else (False, None)
        if not found:
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
        return _lists(value)

    def __setattr__(self, name, value):
        run("bridge.setMember", self._library, name, value)

    def get_lr(self):
        self.optimizer._library
        return self._floats(run("method.get_lr", self._library))

    def get_last_lr(self):
        return self._floats(run("method.get_last_lr", self._library))

    def _floats(self, rates):
        """The library has one type of number; a rate is a float where the group's is."""
        groups = self.optimizer.param_groups
        return [float(r) if isinstance(group["lr"], (float, Tensor)) else r for r, group in zip(rates, groups)]

    def step(self, *args, **kwargs):
        self.optimizer._library  # with the rates as the program has set them
        run("method.step", self._library, *args, **kwargs)
        self.optimizer._read_options()

    def state_dict(self):
        state = _lists(run("method.state_dict", self._library))
        if "lr_lambdas" in state:
            # Functions cannot be saved; of other callables it is their fields.
            state["lr_lambdas"] = [None if isinstance(f, types.FunctionType) else f.__dict__.copy() for f in self.lr_lambdas]
        for key in ("base_lrs", "_last_lr"):
            if key in state:
                state[key] = self._floats(state[key])
        return state

    def load_state_dict(self, state_dict):
        given = dict(state_dict)
        if "lr_lambdas" in given:
            for f, fields in zip(self.lr_lambdas, given.pop("lr_lambdas")):
                if fields is not None:
                    f.__dict__.update(fields)
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
    cls = type(name, (LibraryScheduler,), {"_library_name": name, "__module__": __name__})
    globals()[name] = cls
    return cls
