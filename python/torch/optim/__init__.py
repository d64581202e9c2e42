"""torch.optim: the library's optimizers, over groups and state that Python keeps."""

import collections
import functools
import itertools
import sys
import types
import typing
from operator import is_

from .._bridge import Held, doc_of, holder, number_of, run
from .._signature import constructor as _constructor, given as _given
from .._tensor import Tensor

MISSING = object()
_missing = itertools.repeat(MISSING)
ORDERED = "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets will change between runs. Please use a list instead."


@holder("optimizer")
class Calculator(Held):
    """The library's side of an optimizer, and the groups and the state that it was given last."""

    groups = ()  # of each group its options' names and values, and its parameters
    state = {}

    def knows(self, groups):
        return len(groups) == len(self.groups) and all(
            len(group) == len(names) + 1
            and all(map(is_, map(group.get, names, _missing), values))
            and len(group["params"]) == len(params)
            and all(map(is_, group["params"], params))
            for group, (names, values, params) in zip(groups, self.groups)
        )

    def give_groups(self, groups):
        run("bridge.setGroups", self, [_crossing(group) for group in groups])
        self.take_note(groups)

    def take_note(self, groups):
        self.groups = []
        for group in groups:
            options = {k: v for k, v in group.items() if k != "params"}
            # A tensor may have changed though it is the same: it is given each time.
            values = [MISSING if isinstance(v, Tensor) else v for v in options.values()]
            self.groups.append((tuple(options), values, list(group["params"])))

    def give_state(self, state):
        now = {p: dict(values) for p, values in state.items() if isinstance(p, Tensor) and values}
        if len(now) != len(self.state) or any(not _same(values, self.state.get(p)) for p, values in now.items()):
            run("bridge.setOptimizerState", self, [[p, _state_crossing(values)] for p, values in now.items()])

    def read_state(self, state):
        for p, values in run("bridge.state", self):
            own = state[p]
            for key, value in values.items():
                value = list(value) if type(value) is tuple else value
                if own.get(key, MISSING) is not value:
                    own[key] = value
        self.state = {p: dict(values) for p, values in state.items() if isinstance(p, Tensor) and values}


def _same(a, b):
    return b is not None and a.keys() == b.keys() and all(map(is_, a.values(), map(b.get, a)))


def _is_number(x):
    return x is None or isinstance(x, (bool, int, float, str))


def _crossing(group):
    return {**_options(group), "params": list(group["params"])}


def _options(group):
    """The options of a group as the library takes them: without what only the program knows."""
    crossing = {}
    for key, value in group.items():
        if isinstance(value, Tensor) and key != "params":
            crossing[key] = value.item()
        elif _is_number(value) or isinstance(value, (tuple, list)) and all(map(_is_number, value)):
            crossing[key] = value
    return crossing


# Plain numbers before PyTorch 1.12.
COUNTERS = ("step", "eta", "mu", "mu_product")


def _state_crossing(values):
    from .. import tensor

    return {
        key: tensor(float(value)) if key in COUNTERS and isinstance(value, (int, float)) else value
        for key, value in values.items()
        if isinstance(value, Tensor) or _is_number(value) or isinstance(value, (tuple, list))
    }


def _plain(p):
    """A parameter, a named one, or a group of them, as it crosses."""
    if isinstance(p, dict):
        params = p["params"]
        if isinstance(params, set):
            raise TypeError(ORDERED)
        return {"params": [params] if isinstance(params, Tensor) else [_plain(q) for q in params]}
    if isinstance(p, tuple):
        return list(p)
    if not isinstance(p, Tensor):
        from ..nn.module import torch_typename

        raise TypeError("optimizer can only optimize Tensors, but one of the params is " + torch_typename(p))
    return p


def _listed(params):
    if isinstance(params, Tensor):
        raise TypeError(
            "params argument given to the optimizer should be an iterable of Tensors or dicts, but got " + params.type()
        )
    return [{**p} if isinstance(p, dict) else p for p in params]


class _RequiredParameter:
    """What stands in `defaults` for an option that each group has to have."""

    def __repr__(self):
        return "<required parameter>"


_required = _RequiredParameter()


def _use_grad_for_differentiable(step):
    """A step that is recorded if the optimizer is `differentiable`, and not otherwise."""

    @functools.wraps(step)
    def recorded(self, *args, **kwargs):
        from .. import set_grad_enabled

        with set_grad_enabled(self.defaults["differentiable"]):
            return step(self, *args, **kwargs)

    return recorded


class Optimizer:
    """The base of optimizers: one's own override step."""

    def __init__(self, params, defaults):
        self.defaults = {} if defaults is None else defaults
        params = _listed(params)
        self._begin(params, run("bridge.newOptimizer", [_plain(p) for p in params], {}))

    def _begin(self, params, library):
        """With the parameters as the library has grouped them, and the options that Python was given."""
        self.state = collections.defaultdict(dict)
        self.param_groups = []
        self._optimizer_step_pre_hooks, self._optimizer_step_post_hooks = collections.OrderedDict(), collections.OrderedDict()
        given = params if params and isinstance(params[0], dict) else [{}]
        for group, own in zip(run("bridge.groups", library), given):
            made = {"params": list(group["params"])}
            if "param_names" in group:
                made["param_names"] = list(group["param_names"])
            made.update((k, v) for k, v in own.items() if k != "params")
            self._complete(made)
            self.param_groups.append(made)
        self._calculator = library
        cls = type(self)
        if not hasattr(cls.step, "hooked"):
            cls.step = _with_hooks(cls.step)

    @property
    def _library(self):
        """The library's side of it, with the groups as they are now."""
        calculator = self.__dict__.get("_calculator")
        if calculator is None:
            calculator = self._calculator = self._new_calculator()
        if not calculator.knows(self.param_groups):
            calculator.give_groups(self.param_groups)
        return calculator

    def _new_calculator(self):
        return run("bridge.newOptimizer", [_crossing(group) for group in self.param_groups], {})

    def _read_options(self):
        """After a scheduler has set them."""
        calculator = self._calculator
        for group, options in zip(self.param_groups, run("bridge.groups", calculator)):
            for key, value in options.items():
                before = group.get(key, group.get("lr"))
                if key in ("params", "param_names") or value == before and key in group:
                    continue
                if isinstance(before, Tensor):
                    before.fill_(value)
                else:
                    group[key] = float(value) if isinstance(before, float) and type(value) is int else value
        calculator.take_note(self.param_groups)

    def add_param_group(self, param_group):
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        library = self._library
        run("method.add_param_group", library, _plain(param_group))
        group = run("bridge.groups", library)[-1]
        for key in ("params", "param_names"):
            if key in group:
                param_group[key] = list(group[key])
        self._complete(param_group)
        self.param_groups.append(param_group)

    def _complete(self, group):
        for key, value in self.defaults.items():
            if group.setdefault(key, value) is _required:
                raise ValueError(f"parameter group didn't specify a value of required optimization parameter {key}")

    def zero_grad(self, set_to_none=True):
        run("method.zero_grad", self._library, set_to_none)

    def step(self, closure=None):
        raise NotImplementedError

    def state_dict(self):
        numbers = {}
        groups = []
        for group in self.param_groups:
            packed = {k: v for k, v in group.items() if k != "params"}
            for p in group["params"]:
                numbers.setdefault(id(p), len(numbers))
            packed["params"] = [numbers[id(p)] for p in group["params"]]
            groups.append(packed)
        state = {numbers.get(id(k), k): v for k, v in self.state.items()}
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict):
        groups = state_dict["param_groups"]
        if len(groups) != len(self.param_groups):
            raise ValueError("loaded state dict has a different number of parameter groups")
        for mine, theirs in zip(self.param_groups, groups):
            if len(mine["params"]) != len(theirs["params"]):
                raise ValueError(
                    "loaded state dict contains a parameter group that doesn't match the size of optimizer's group"
                )
        by_number = {}
        loaded = []
        for mine, theirs in zip(self.param_groups, groups):
            by_number.update(zip(theirs["params"], mine["params"]))
            # Options that an older state lacks stay as they are.
            loaded.append({**mine, **_copied(theirs), "params": mine["params"]})
        state = collections.defaultdict(dict)
        for key, values in state_dict["state"].items():
            p = by_number.get(key)
            state[key if p is None else p] = _copied(values) if p is None else _copied_for(p, values)
        self.__setstate__({"state": state, "param_groups": loaded})

    def register_step_pre_hook(self, hook):
        return _add_hook(self._optimizer_step_pre_hooks, hook)

    def register_step_post_hook(self, hook):
        return _add_hook(self._optimizer_step_post_hooks, hook)

    def __getstate__(self):
        return {"defaults": self.defaults, "state": self.state, "param_groups": self.param_groups}

    def __setstate__(self, state):
        self.__dict__.update(state)
        for name in ("_optimizer_step_pre_hooks", "_optimizer_step_post_hooks"):
            self.__dict__.setdefault(name, collections.OrderedDict())

    def __repr__(self):
        text = type(self).__name__ + " ("
        for i, group in enumerate(self.param_groups):
            text += f"\nParameter Group {i}\n"
            text += "".join(f"    {key}: {group[key]}\n" for key in sorted(group) if key != "params")
        return text + ")"


def _copied(x):
    if isinstance(x, Tensor):
        return x.clone()
    if isinstance(x, dict):
        return {k: _copied(v) for k, v in x.items()}
    return type(x)(map(_copied, x)) if type(x) in (list, tuple) else x


def _copied_for(p, values, key=None):
    """State of a parameter in its dtype and where it is; but a step counter keeps its own."""
    if isinstance(values, Tensor):
        if key == "step":
            return values.detach().clone()
        return values.detach().to(p.device, p.dtype if p.is_floating_point() else values.dtype, copy=True)
    if isinstance(values, dict):
        return {k: _copied_for(p, v, k) for k, v in values.items()}
    return type(values)(_copied_for(p, v) for v in values) if type(values) in (list, tuple) else values


def _add_hook(hooks, hook):
    from ..nn.module import add_hook

    return add_hook(hooks, hook)


_global_optimizer_pre_hooks, _global_optimizer_post_hooks = collections.OrderedDict(), collections.OrderedDict()


def register_optimizer_step_pre_hook(hook):
    return _add_hook(_global_optimizer_pre_hooks, hook)


def register_optimizer_step_post_hook(hook):
    return _add_hook(_global_optimizer_post_hooks, hook)


def _with_hooks(step):
    def hooked(self, *args, **kwargs):
        if getattr(self, "_opt_called", None) is not None:
            self._opt_called = True
        if not (
            self._optimizer_step_pre_hooks
            or self._optimizer_step_post_hooks
            or _global_optimizer_pre_hooks
            or _global_optimizer_post_hooks
        ):
            return step(self, *args, **kwargs)
        given = (self, *args)
        for hook in [*_global_optimizer_pre_hooks.values(), *self._optimizer_step_pre_hooks.values()]:
            got = hook(self, given, kwargs)
            if got is not None:
                if not (isinstance(got, tuple) and len(got) == 2):
                    raise RuntimeError(
                        f"{step} must return None or a tuple of (new_args, new_kwargs), but got {got}."
                    )
                given, kwargs = got
        result = step(*given, **kwargs)
        for hook in [*self._optimizer_step_post_hooks.values(), *_global_optimizer_post_hooks.values()]:
            hook(self, given, kwargs)
        return result

    hooked.__name__, hooked.__qualname__, hooked.__doc__ = step.__name__, step.__qualname__, step.__doc__
    hooked.hooked = True
    return hooked


class LibraryOptimizer(Optimizer):
    """An optimizer whose step is the library's."""

    _library_name = None

    def _make(self, values):
        wanted = values.pop("params")
        options = _given(type(self)._constructor, values)
        params = [] if wanted is None else _listed(wanted)
        crossing = [{**_options(p), **_plain(p)} if isinstance(p, dict) else _plain(p) for p in params]
        for name in ("lr", "momentum", "weight_decay", "eps"):
            if name in options and not isinstance(options[name], (Tensor, tuple, list)):
                options[name] < 0.0  # raises what Python does for what is no number
        numbers = {k: x.item() if isinstance(x, Tensor) else x for k, x in options.items()}
        try:
            library = run("new." + self._library_name, crossing, **numbers)
        except ValueError as error:
            if wanted is None and "empty parameter list" in str(error):
                iter(wanted)  # raises, after what is wrong with the options
            raise
        # What Python gave stays what it was: ints, floats, tuples of them, and tensors.
        self.defaults = dict(run("get.defaults", library))
        self.defaults.update((k, values[k]) for k in self.defaults if values.get(k) is not None)
        self._begin(params, library)
        library.take_note(self.param_groups)

    def _new_calculator(self):
        return run("new." + self._library_name, [_crossing(group) for group in self.param_groups])

    @property
    def state(self):
        """What is remembered of each parameter. Asked for once, it is kept up to date from then on."""
        state = self.__dict__.get("_state")
        if state is None:
            state = self._state = collections.defaultdict(dict)
            if self.__dict__.get("_calculator") is not None:
                self._calculator.read_state(state)
        return state

    @state.setter
    def state(self, value):
        self._state = value

    def __setstate__(self, state):
        state = dict(state)
        self._state = state.pop("state", self.__dict__.get("_state"))
        super().__setstate__(state)

    def _begin(self, params, library):
        super()._begin(params, library)
        self._state = None

    def step(self, closure=None):
        library = self._library
        state = self.__dict__.get("_state")
        if state is not None:
            library.give_state(state)
        result = run("method.step", library, *(() if closure is None else (closure,)))
        if state is not None:
            library.read_state(state)
        return result


_classes = {}
FILES = ("adadelta", "adafactor", "adagrad", "adam", "adamax", "adamw", "asgd", "lbfgs", "muon", "nadam", "optimizer", "radam", "rmsprop", "rprop", "sgd")


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    cls = _classes.get(name)
    if cls is None:
        if not run("bridge.hasClass", "optimizer", name):
            raise AttributeError(f"module 'torch.optim' has no attribute '{name}'")
        home = name.lower() if name.lower() in FILES else "optimizer"
        cls = _classes[name] = type(
            name, (LibraryOptimizer,), {"_library_name": name, "__module__": f"torch.optim.{home}", "__doc__": doc_of("optim." + name)}
        )
        cls.__init__ = cls._constructor = _constructor(name, name)
    globals()[name] = cls
    return cls


class _File(types.ModuleType):
    """A file of torch.optim that PyTorch has an optimizer in."""

    def __getattr__(self, name):
        return getattr(sys.modules["torch.optim"], name)


for _name in FILES:
    globals()[_name] = sys.modules[f"torch.optim.{_name}"] = _File(f"torch.optim.{_name}")
Optimizer.__module__ = _RequiredParameter.__module__ = "torch.optim.optimizer"
sys.modules["torch.optim.optimizer"].__dict__.update(ParamsT=typing.Any, required=_required)

from . import lr_scheduler, swa_utils  # noqa: E402
