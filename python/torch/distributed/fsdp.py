"""torch.distributed.fsdp: each process holds a part of every parameter, and the whole only while it is used. The library's."""

from dataclasses import dataclass

from .._bridge import run as _run
from ..nn.parameter import Parameter


@dataclass(frozen=True)
class MixedPrecisionPolicy:
    """How fully_shard treats floats: of gathered parameters, of gradients that are averaged, of outputs."""

    param_dtype: object = None
    reduce_dtype: object = None
    output_dtype: object = None
    cast_forward_inputs: bool = True


@dataclass
class OffloadPolicy:
    """Where pieces lie between their uses: where the parameters were."""


class FSDPModule:
    """What fully_shard makes of a module's class."""

    def unshard(self, async_op=False):
        """Nothing to be done before the forward, which gathers the parameters itself."""

    def reshard(self):
        """Nothing to be done: whole parameters go at the end of the forward."""


def fully_shard(module, *, mesh=None, reshard_after_forward=None, mp_policy=MixedPrecisionPolicy(), offload_policy=OffloadPolicy(), ignored_params=None):
    """Leaves this process a part of the module's parameters, which its forward and backward gather."""
    if isinstance(module, (list, tuple)):
        raise NotImplementedError("fully_shard: give it one module at a time")
    ignored = set(map(id, ignored_params or ()))
    places = [
        (owner, name, p)
        for owner in module.modules()
        for name, p in owner._parameters.items()
        if p is not None and id(p) not in ignored and not _run("bridge.distIsCut", p)
    ]
    if not isinstance(module, FSDPModule):
        cls = type(module)
        module.__class__ = type("FSDP" + cls.__name__, (FSDPModule, cls), {"__module__": cls.__module__})
    if not places:
        return module
    whole = list({id(p): p for _, _, p in places}.values())
    policy = {key: value for key, value in vars(mp_policy).items() if value is not None}
    options = {"mesh": mesh, "mp_policy": policy, "reshard_after_forward": reshard_after_forward is not False}
    shards = _run("bridge.distShards", whole, options)
    pieces = [Parameter._of(p) for p in _run("method.params", shards)]
    number = {id(p): i for i, p in enumerate(whole)}
    where = [(owner, name, number[id(p)]) for owner, name, p in places]

    def show(params):
        for owner, name, i in where:
            owner._parameters[name] = params[i]

    def before(_, args, kwargs):
        show(_run("method.gather", shards))
        cast = lambda x: _run("method.input", shards, x) if policy else x
        return tuple(map(cast, args)), {key: cast(value) for key, value in kwargs.items()}

    def after(_, args, output):
        _run("method.release", shards)
        show(pieces)
        return _run("method.output", shards, output) if "output_dtype" in policy else output

    show(pieces)
    module.register_forward_pre_hook(before, with_kwargs=True)
    module.register_forward_hook(after, always_call=True)
    return module
