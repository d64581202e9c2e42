"""torch.distributed.checkpoint.state_dict: states of models and optimizers by names of parameters, whatever is in pieces."""

from dataclasses import dataclass

from ..._bridge import run as _run
from ..._tensor import Tensor
from ...autograd import no_grad
from ...nn.parallel import DistributedDataParallel


@dataclass
class StateDictOptions:
    """`full_state_dict`: whole tensors in place of pieces."""

    full_state_dict: bool = False
    cpu_offload: bool = False
    ignore_frozen_params: bool = False
    strict: bool = True


def _plain(model):
    return model.module if isinstance(model, DistributedDataParallel) else model


def _shown(t, options):
    return _run("bridge.distWhole", t) if options is not None and options.full_state_dict and isinstance(t, Tensor) else t


def get_model_state_dict(model, *, submodules=None, options=None):
    model = _plain(model)
    frozen = {name for name, p in model.named_parameters() if not p.requires_grad} if options is not None and options.ignore_frozen_params else ()
    return {name: _shown(t, options) for name, t in model.state_dict().items() if name not in frozen}


def set_model_state_dict(model, model_state_dict, *, options=None):
    own = dict(_plain(model).state_dict(keep_vars=True))
    missing = [name for name in own if name not in model_state_dict]
    unexpected = [name for name in model_state_dict if name not in own]
    if (missing or unexpected) and (options is None or options.strict):
        raise RuntimeError(f"Error(s) in loading state_dict: missing keys {missing}, unexpected keys {unexpected}")
    with no_grad():
        for name, t in model_state_dict.items():
            if name in own:
                _run("bridge.distFillPiece", own[name], t, own[name])
    return missing, unexpected


def _begin(optimizer):
    """Lets an optimizer make a step that changes nothing, so that it has a state."""
    params = [p for group in optimizer.param_groups for p in group["params"] if p.requires_grad]
    if optimizer.state or any(p.grad is not None for p in params):
        return
    rates = [group["lr"] for group in optimizer.param_groups]
    for group in optimizer.param_groups:
        group["lr"] = 0.0
    for p in params:
        p.grad = p.detach() * 0
    optimizer.step()
    for group, lr in zip(optimizer.param_groups, rates):
        group["lr"] = lr
    optimizer.zero_grad()


def _all(optimizers):
    return list(optimizers) if isinstance(optimizers, (list, tuple)) else [optimizers]


def get_optimizer_state_dict(model, optimizers, *, submodules=None, options=None):
    names = {p: name for name, p in _plain(model).named_parameters()}
    state, groups = {}, []
    for optimizer in _all(optimizers):
        _begin(optimizer)
        for p, values in optimizer.state.items():
            for t in values.values():
                if isinstance(t, Tensor):
                    _run("bridge.distSameCut", t, p)
            state[names[p]] = {key: _shown(t, options) for key, t in values.items()}
        groups += [{**group, "params": [names[p] for p in group["params"]]} for group in optimizer.param_groups]
    return {"state": state, "param_groups": groups}


def set_optimizer_state_dict(model, optimizers, optim_state_dict, *, options=None):
    params = dict(_plain(model).named_parameters())
    groups = iter(optim_state_dict["param_groups"])
    for optimizer in _all(optimizers):
        _begin(optimizer)
        mine = {p for group in optimizer.param_groups for p in group["params"]}
        for name, values in optim_state_dict["state"].items():
            p = params[name]
            if p not in mine:
                continue
            own = optimizer.state[p]
            with no_grad():
                for key, value in values.items():
                    if isinstance(own.get(key), Tensor) and isinstance(value, Tensor):
                        _run("bridge.distFillPiece", own[key], value, p)
                    else:
                        own[key] = value
        for group in optimizer.param_groups:
            group.update((k, v) for k, v in next(groups).items() if k != "params")


def get_state_dict(model, optimizers, *, submodules=None, options=None):
    return get_model_state_dict(model, options=options), get_optimizer_state_dict(model, optimizers, options=options)


def set_state_dict(model, optimizers, *, model_state_dict, optim_state_dict, options=None):
    set_optimizer_state_dict(model, optimizers, optim_state_dict, options=options)
    return set_model_state_dict(model, model_state_dict, options=options)
