"""functorch: the functions of torch.func under their first names, and modules as functions of their parameters."""

import copy
import functools
import warnings

import torch
from torch import func as _func, nn as _nn

__version__ = torch.__version__


def _deprecated(function, instead):
    @functools.wraps(function)
    def called(*args, **kwargs):
        warnings.warn(
            f"We've integrated functorch into PyTorch. As the final step of the integration, `functorch.{function.__name__}` "
            "is deprecated as of PyTorch 2.0 and will be deleted in a future version of PyTorch >= 2.3. "
            f"Please use `{instead}` instead; see the PyTorch 2.0 release notes and/or the `torch.func` migration guide "
            "for more details https://pytorch.org/docs/main/func.migrating.html",
            FutureWarning,
            stacklevel=2,
        )
        return function(*args, **kwargs)

    return called


for _name in "grad grad_and_value vjp jvp jacrev jacfwd hessian functionalize".split():
    globals()[_name] = _deprecated(getattr(_func, _name), f"torch.func.{_name}")
vmap = _deprecated(_func.vmap, "torch.vmap")


class FunctionalModuleWithBuffers(_nn.Module):
    """A module called with its parameters and buffers; it holds none of its own."""

    def __init__(self, stateless_model, param_names, buffer_names):
        super().__init__()
        self.stateless_model = stateless_model
        self.param_names, self.buffer_names = param_names, buffer_names

    def forward(self, params, buffers, *args, **kwargs):
        state = dict(zip((*self.param_names, *self.buffer_names), (*params, *buffers), strict=True))
        return _func.functional_call(self.stateless_model, state, args, kwargs)


class FunctionalModule(FunctionalModuleWithBuffers):
    """A module called with its parameters."""

    def forward(self, params, *args, **kwargs):
        return super().forward(params, (), *args, **kwargs)


def _taken_apart(cls, model, disable_autograd_tracking):
    """A copy of the model as a function, its parameters and its buffers."""
    model = copy.deepcopy(model)
    params, buffers = dict(model.named_parameters()), dict(model.named_buffers())
    if disable_autograd_tracking:
        for param in params.values():
            param.requires_grad_(False)
    return cls(model, tuple(params), tuple(buffers)), tuple(params.values()), tuple(buffers.values())


def _make_functional(model, disable_autograd_tracking=False):
    if any(True for _ in model.buffers()):
        raise RuntimeError(
            "make_functional(model): `model` has buffers. Please use make_functional_with_buffers(model) instead."
        )
    return _taken_apart(FunctionalModule, model, disable_autograd_tracking)[:2]


def _make_functional_with_buffers(model, disable_autograd_tracking=False):
    return _taken_apart(FunctionalModuleWithBuffers, model, disable_autograd_tracking)


def _combine_state_for_ensemble(models):
    if len(models) == 0:
        raise RuntimeError("combine_state_for_ensemble: Expected at least one model, got 0.")
    if len({model.training for model in models}) > 1:
        raise RuntimeError("combine_state_for_ensemble: Expected all models to have the same training/eval mode.")
    if len({type(model) for model in models}) > 1:
        raise RuntimeError("combine_state_for_ensemble: Expected all models to be of the same class.")
    made, *states = zip(*(_make_functional_with_buffers(model) for model in models))
    return made[0], *(tuple(torch.stack(same).detach() for same in zip(*state)) for state in states)


for _function, _instead in (
    (_make_functional, "functional_call"),
    (_make_functional_with_buffers, "functional_call"),
    (_combine_state_for_ensemble, "stack_module_state"),
):
    _function.__name__ = _function.__qualname__ = _function.__name__[1:]
    globals()[_function.__name__] = _deprecated(_function, f"torch.func.{_instead}")
del _name, _function, _instead


def _called_with(function):
    """A function of modules as it was called first: with the arguments of forward in a tuple."""

    def called(*state_and_args):
        *state, args = state_and_args
        return function(*state, *args)

    return called


def _ensemble(taken_apart, model_class, ensemble_shape, device):
    """What makes as many models as `ensemble_shape` says, with their state stacked."""

    def made(*args, **kwargs):
        if len(ensemble_shape) > 1:
            raise ValueError("NYI: ensemble_shape with more than 1 element")
        if ensemble_shape and ensemble_shape[0] <= 0:
            raise ValueError(f"num_models {ensemble_shape[0]} should be > 0")
        count = ensemble_shape[0] if ensemble_shape else 1
        models = [taken_apart(model_class(*args, **kwargs).to(device)) for _ in range(count)]
        function, *state = models[0]
        if ensemble_shape:
            state = [
                tuple(torch.stack(same).detach() for same in zip(*parts)) for parts in zip(*(own for _, *own in models))
            ]
        names = function.param_names, function.buffer_names
        return *state, _called_with(function), *names[: len(state)]

    return made


def functional_init(model_class, ensemble_shape=(), device="cpu"):
    return _ensemble(_make_functional, model_class, ensemble_shape, device)


def functional_init_with_buffers(model_class, ensemble_shape=(), device="cpu"):
    return _ensemble(_make_functional_with_buffers, model_class, ensemble_shape, device)
