"""torch.optim: the library's optimizers, with Python's parameter groups."""

import collections

from .. import _bridge
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


class Optimizer:
    """The base of optimizers; those of the library are made by name, one's own override step."""

    _library_name = None

    def __init__(self, params, defaults=None):
        self.defaults = dict(defaults or {})
        self.state = collections.defaultdict(dict)
        self.param_groups = []
        self._checked(params)
        groups = list(params)
        if len(groups) == 0:
            raise ValueError("optimizer got an empty parameter list")
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        for group in groups:
            self.add_param_group(dict(group))

    @staticmethod
    def _checked(params):
        if isinstance(params, Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, but got "
                + params.type()
            )

    def add_param_group(self, group):
        if not isinstance(group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(group)}")
        params = group["params"]
        if isinstance(params, Tensor):
            params = [params]
        elif isinstance(params, set):
            raise TypeError(
                "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets will change between runs. Please use a list instead."
            )
        params = list(params)
        names = None
        if params and isinstance(params[0], tuple):
            names = [n for n, _ in params]
            params = [p for _, p in params]
        from ..nn.module import torch_typename

        for p in params:
            if not isinstance(p, Tensor):
                raise TypeError("optimizer can only optimize Tensors, but one of the params is " + torch_typename(p))
            if not (p.is_leaf or p.retains_grad):
                raise ValueError("can't optimize a non-leaf Tensor")
        for name, value in self.defaults.items():
            group.setdefault(name, value)
        group["params"] = params
        if names is not None:
            group["param_names"] = names
        if len({id(p) for p in params}) != len(params):
            _bridge.warn(
                "optimizer contains a parameter group with duplicate parameters; in future, this will cause an error; see github.com/pytorch/pytorch/issues/40967 for more information",
                "UserWarning",
            )
        seen = {id(p) for g in self.param_groups for p in g["params"]}
        if any(id(p) in seen for p in params):
            raise ValueError("some parameters appear in more than one parameter group")
        self.param_groups.append(group)

    def zero_grad(self, set_to_none=True):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    if set_to_none:
                        p.grad = None
                    else:
                        p.grad.detach_()
                        p.grad.zero_()

    def step(self, closure=None):
        raise NotImplementedError

    def state_dict(self):
        numbers = {}
        groups = []
        for group in self.param_groups:
            packed = {k: v for k, v in group.items() if k not in ("params",)}
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
            for key, value in theirs.items():
                if key != "params":
                    mine[key] = value
        self._load_state({by_number[k]: v for k, v in state_dict["state"].items() if k in by_number})

    def _load_state(self, state):
        self.state = collections.defaultdict(dict, {p: dict(v) for p, v in state.items()})

    def register_step_pre_hook(self, hook):
        from ..nn.module import add_hook

        return add_hook(self.__dict__.setdefault("_pre_hooks", collections.OrderedDict()), hook)

    def register_step_post_hook(self, hook):
        from ..nn.module import add_hook

        return add_hook(self.__dict__.setdefault("_post_hooks", collections.OrderedDict()), hook)

    def __repr__(self):
        text = type(self).__name__ + " ("
        for i, group in enumerate(self.param_groups):
            text += f"\nParameter Group {i}\n"
            for key in sorted(group):
                if key != "params":
                    text += f"    {key}: {group[key]}\n"
        return text + ")"


class LibraryOptimizer(Optimizer):
    """An optimizer whose step is the library's."""

    def __init__(self, params, *args, **kwargs):
        self._checked(params)
        params = list(params)
        plain = [self._plain(p) for p in params]
        for ignored in ("foreach", "fused", "capturable", "differentiable"):
            if kwargs.get(ignored) is None:
                kwargs.pop(ignored, None)
        made = run("new." + type(self)._library_name, plain, *args, kwargs) if kwargs else run(
            "new." + type(self)._library_name, plain, *args
        )
        self.__dict__["_library"] = made
        self.defaults = dict(run("get.defaults", made))
        self._read_groups(params)

    def _plain(self, p):
        from ..nn.module import torch_typename

        if isinstance(p, dict):
            params = p["params"]
            if isinstance(params, set):
                raise TypeError(
                    "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets will change between runs. Please use a list instead."
                )
            params = [params] if isinstance(params, Tensor) else list(params)
            return {**p, "params": params}
        if isinstance(p, tuple):
            return list(p)
        if not isinstance(p, Tensor):
            raise TypeError("optimizer can only optimize Tensors, but one of the params is " + torch_typename(p))
        return p

    def _read_groups(self, given=()):
        floats = {}
        groups = []
        for at, options in enumerate(run("bridge.groups", self._library)):
            group = Group()
            params = options.pop("params")
            dict.__setitem__(group, "params", list(params))
            for key, value in options.items():
                dict.__setitem__(group, key, value)
            group._library, group._at = self._library, at
            groups.append(group)
        self.param_groups = groups

    def add_param_group(self, group):
        if "_library" not in self.__dict__:
            return
        run("method.add_param_group", self._library, self._plain(group))
        self._read_groups()

    @property
    def state(self):
        found = collections.defaultdict(dict)
        for p, values in run("bridge.state", self._library):
            found[p] = values
        return found

    def _load_state(self, state):
        run("bridge.loadState", self._library, [[p, v] for p, v in state.items()])

    def zero_grad(self, set_to_none=True):
        run("method.zero_grad", self._library, set_to_none)

    def step(self, closure=None):
        for hook in self.__dict__.get("_pre_hooks", {}).values():
            hook(self, (closure,) if closure is not None else (), {})
        if closure is None:
            result = run("method.step", self._library)
        else:
            result = run("method.step", self._library, closure)
        for hook in self.__dict__.get("_post_hooks", {}).values():
            hook(self, (closure,) if closure is not None else (), {})
        return result

    def __repr__(self):
        return run("method.toString", self._library)


_classes = {}


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    cls = _classes.get(name)
    if cls is None:
        if number_of("new." + name) < 0:
            raise AttributeError(f"module 'torch.optim' has no attribute '{name}'")
        cls = _classes[name] = type(name, (LibraryOptimizer,), {"_library_name": name})
    globals()[name] = cls
    return cls


from . import lr_scheduler  # noqa: E402
