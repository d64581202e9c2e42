"""torch.nn.parallel: modules for several devices or processes, of which there is one."""

import contextlib

from .._bridge import run as _run
from .._tensor import Tensor
from .module import Module


class DataParallel(Module):
    """Would share batches among devices; without any it calls the module."""

    __module__ = "torch.nn.parallel.data_parallel"

    def __init__(self, module, device_ids=None, output_device=None, dim=0):
        super().__init__()
        self.module = module
        self.device_ids = []

    def forward(self, *inputs, **kwargs):
        return self.module(*inputs, **kwargs)


def _tensors(x):
    """All tensors in what a model returns."""
    if isinstance(x, Tensor):
        return [x]
    items = x.values() if isinstance(x, dict) else x if isinstance(x, (list, tuple)) else ()
    return [t for item in items for t in _tensors(item)]


class DistributedDataParallel(Module):
    """A model of which every process has a copy: gradients are averaged over the processes while backward runs."""

    __module__ = "torch.nn.parallel.distributed"

    def __init__(
        self, module, device_ids=None, output_device=None, dim=0, broadcast_buffers=None, init_sync=True, process_group=None, bucket_cap_mb=None, find_unused_parameters=False, check_reduction=False, gradient_as_bucket_view=False, static_graph=False, **kwargs
    ):
        from ..distributed import _group

        super().__init__()
        self.process_group = _group(process_group)
        named = [(name, p) for name, p in module.named_parameters() if p.requires_grad]
        if not named:
            raise RuntimeError("DistributedDataParallel is not needed when a module doesn't have any parameter that requires a gradient.")
        self.module = module
        self.device_ids, self.output_device, self.dim = None, None, dim
        self.broadcast_buffers = True if broadcast_buffers is None else broadcast_buffers
        self.find_unused_parameters, self.static_graph = find_unused_parameters, static_graph
        self.require_backward_grad_sync = self.require_forward_param_sync = True
        megabytes = 25 if bucket_cap_mb is None else bucket_cap_mb
        options = {
            "find_unused_parameters": find_unused_parameters,
            "gradient_as_bucket_view": gradient_as_bucket_view,
            "static_graph": static_graph,
            "bucket_cap_mb": float(megabytes),
            "first_bucket_mb": float(min(1, megabytes)),
            "broadcast_buffers": self.broadcast_buffers,
        }
        self._reducer = _run(
            "bridge.distReducer", [p for _, p in named], [name for name, _ in named], list(module.buffers()), self.process_group, options
        )
        if init_sync:
            _run("method.start", self._reducer)

    def forward(self, *inputs, **kwargs):
        from .. import is_grad_enabled

        synchronises = self.require_backward_grad_sync
        _run("method.forward", self._reducer, list(self.module.buffers()), synchronises)
        output = self.module(*inputs, **kwargs)
        if synchronises and is_grad_enabled():
            _run("method.prepare", self._reducer, _tensors(output))
        return output

    @contextlib.contextmanager
    def no_sync(self):
        before, self.require_backward_grad_sync = self.require_backward_grad_sync, False
        try:
            yield
        finally:
            self.require_backward_grad_sync = before

    @contextlib.contextmanager
    def join(self, divide_by_initial_world_size=True, enable=True, throw_on_early_termination=False):
        if enable:
            _run("method.join", self._reducer, divide_by_initial_world_size, throw_on_early_termination)
        yield
        if enable:
            _run("method.leave", self._reducer)

    def register_comm_hook(self, state, hook):
        if not callable(hook):
            raise TypeError("Communication hook must be callable.")
        own = getattr(hook, "_own", None)
        if own is None:
            reduced = lambda bucket: _reduced(hook(state, GradBucket(bucket)))
            _run("bridge.distHook", self._reducer, None, reduced)
        else:
            _run("bridge.distHook", self._reducer, state, own)


def _reduced(future):
    value = future.wait()
    return value[0] if isinstance(value, (list, tuple)) else value


class GradBucket:
    """Gradients that travel together, as hooks see them."""

    def __init__(self, held):
        self._held = held


def _forwarder(name):
    return lambda self, *args: _run("method." + name, self._held, *args)


for _name in "index buffer set_buffer gradients parameters is_last".split():
    setattr(GradBucket, _name, _forwarder(_name))


def data_parallel(module, inputs, device_ids=None, output_device=None, dim=0, module_kwargs=None):
    """module(*inputs): there are no devices to share them among."""
    inputs = inputs if isinstance(inputs, tuple) else () if inputs is None else (inputs,)
    return module(*inputs, **(module_kwargs or {}))


def _of_gpus(name):
    """A function between GPUs, of which there are none."""

    class Between:
        @staticmethod
        def apply(*args):
            raise AssertionError(f"{name} function not implemented for CPU tensors")

    Between.__name__ = Between.__qualname__ = name
    Between.__module__ = "torch.nn.parallel._functions"
    return Between


Broadcast, Gather, ReduceAddCoalesced, Scatter = map(_of_gpus, ("Broadcast", "Gather", "ReduceAddCoalesced", "Scatter"))


def scatter(inputs, target_gpus, dim=0):
    """`inputs` for each device; tensors would be cut, which needs GPUs."""
    if isinstance(inputs, Tensor):
        for target in target_gpus:
            if isinstance(target, str) and target.startswith("cpu"):
                raise ValueError(f"Expected a non cpu device, but got: {target}")
        raise AssertionError("Torch not compiled with CUDA enabled")
    for _ in _tensors(inputs):
        scatter(_, target_gpus, dim)
    return [inputs for _ in target_gpus]


def gather(outputs, target_device, dim=0):
    """Tensors of several GPUs as one."""
    return Gather.apply(target_device, dim, *outputs)


def replicate(network, devices, detach=False):
    """A module for each GPU."""
    return Broadcast.apply(devices, *network.parameters())


def parallel_apply(modules, inputs, kwargs_tup=None, devices=None):
    """Modules on a GPU each, at once."""
    if len(modules) != len(inputs):
        raise AssertionError(f"The number of modules {len(modules)} is not equal to the number of inputs {len(inputs)}")
    raise RuntimeError("Cannot access accelerator device when none is available.")
