"""torch.optim: the library's optimizers, with Python's parameter groups."""

import collections

from .._bridge import Held, number_of, run
from .._tensor import Tensor


class _LibraryOptimizer(Held):
    """An optimizer of the library."""


class Group(dict):
    """A parameter group; what is set here is set in the library."""

    _library = None
    _at = 0

    def __setitem__(self, key, value):
        dict.__setitem__(self, key, value)
        if self._library is not None and key != "params":
            run("bridge.setOption", self._library, self._at, key, value)

    def update(self, *args, **kwargs):
        for key, value in dict(*args, **kwargs).items():
            self[key] = value


ORDERED = "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets will change between runs. Please use a list instead."


def _plain(p):
    """A parameter, a named one, or a group of them, as it crosses."""
    if isinstance(p, dict):
        params = p["params"]
        if isinstance(params, set):
            raise TypeError(ORDERED)
        return {**p, "params": [params] if isinstance(params, Tensor) else [_plain(q) for q in params]}
    if isinstance(p, tuple):
        return list(p)
    if not isinstance(p, Tensor):
        from ..nn.module import torch_typename

        raise TypeError("optimizer can only optimize Tensors, but one of the params is " + torch_typename(p))
    return p


def _plain_all(params):
    if isinstance(params, Tensor):
        raise TypeError(
            "params argument given to the optimizer should be an iterable of Tensors or dicts, but got " + params.type()
        )
    return [_plain(p) for p in params]


class Optimizer:
    """The base of optimizers, whose groups the library has: one's own override step."""

    _library = None

    def __init__(self, params, defaults=None):
        self.defaults = dict(defaults or {})
        self.state = collections.defaultdict(dict)
        self._adopt(run("bridge.newOptimizer", _plain_all(params), self.defaults))

    def _adopt(self, library):
        self._library = library
        self._read_groups()

    def _read_groups(self):
        groups = []
        for at, options in enumerate(run("bridge.groups", self._library)):
            group = Group()
            for key, value in options.items():
                dict.__setitem__(group, key, list(value) if key in ("params", "param_names") else value)
            group._library, group._at = self._library, at
            groups.append(group)
        self.param_groups = groups

    def _read_options(self):
        """After a scheduler has set them."""
        for group, options in zip(self.param_groups, run("bridge.groups", self._library)):
            for key, value in options.items():
                if key not in ("params", "param_names"):
                    is_float = isinstance(group.get(key, group["lr"]), float)
                    dict.__setitem__(group, key, float(value) if is_float and isinstance(value, int) else value)

    def add_param_group(self, group):
        run("method.add_param_group", self._library, _plain(group) if isinstance(group, dict) else group)
        self._read_groups()

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
        for mine, theirs in zip(self.param_groups, groups):
            by_number.update(zip(theirs["params"], mine["params"]))
            mine.update({key: value for key, value in theirs.items() if key != "params"})
        self._load_state({by_number[k]: v for k, v in state_dict["state"].items() if k in by_number})

    def _load_state(self, state):
        self.state = collections.defaultdict(dict, {p: dict(v) for p, v in state.items()})

    def register_step_pre_hook(self, hook):
        return self._add_hook("_pre_hooks", hook)

    def register_step_post_hook(self, hook):
        return self._add_hook("_post_hooks", hook)

    def _add_hook(self, kind, hook):
        from ..nn.module import add_hook

        return add_hook(self.__dict__.setdefault(kind, collections.OrderedDict()), hook)

    def __repr__(self):
        text = type(self).__name__ + " ("
        for i, group in enumerate(self.param_groups):
            text += f"\nParameter Group {i}\n"
            text += "".join(f"    {key}: {group[key]}\n" for key in sorted(group) if key != "params")
        return text + ")"


class LibraryOptimizer(Optimizer):
    """An optimizer whose step is the library's."""

    _library_name = None

    def __init__(self, params, *args, **kwargs):
        for name in ("foreach", "fused"):
            if kwargs.get(name) is None:
                kwargs.pop(name, None)
        params = _plain_all(params)
        for name in ("lr", "momentum", "weight_decay", "eps"):
            if name in kwargs and not isinstance(kwargs[name], Tensor):
                kwargs[name] < 0.0  # raises what Python does for what is no number
        self._adopt(run("new." + self._library_name, params, *args, **kwargs))
        self.defaults = dict(run("get.defaults", self._library))
        # The library has one type of number: floats that Python gave stay what they were.
        if args:
            kwargs["lr"] = args[0]
        given = [p if isinstance(p, dict) else {} for p in params] + [{}] * len(self.param_groups)
        for group, own in zip(self.param_groups, given):
            for key, value in {**kwargs, **own}.items():
                if isinstance(value, float):
                    dict.__setitem__(group, key, value)
        self.defaults.update((key, value) for key, value in kwargs.items() if isinstance(value, float))

    @property
    def state(self):
        return collections.defaultdict(dict, run("bridge.state", self._library))

    def _load_state(self, state):
        run("bridge.loadState", self._library, [[p, v] for p, v in state.items()])

    def step(self, closure=None):
        given = () if closure is None else (closure,)
        for hook in self.__dict__.get("_pre_hooks", {}).values():
            hook(self, given, {})
        result = run("method.step", self._library, *given)
        for hook in self.__dict__.get("_post_hooks", {}).values():
            hook(self, given, {})
        return result


_classes = {}


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    cls = _classes.get(name)
    if cls is None:
        if number_of("new." + name) < 0:
            raise AttributeError(f"module 'torch.optim' has no attribute '{name}'")
        module = f"torch.optim.{name.lower()}"
        cls = _classes[name] = type(name, (LibraryOptimizer,), {"_library_name": name, "__module__": module})
    globals()[name] = cls
    return cls


from . import lr_scheduler  # noqa: E402
