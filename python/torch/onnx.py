"""torch.onnx: a model as a file of ONNX."""

import base64
import os

from . import Tensor
from ._bridge import run

_exporting = False


def is_in_onnx_export():
    """Whether a model is being written down now."""
    return _exporting


def export(
    model,
    args=(),
    f=None,
    *,
    kwargs=None,
    verbose=None,
    input_names=None,
    output_names=None,
    opset_version=None,
    dynamic_axes=None,
    external_data=False,
    **options,
):
    """Runs `model` on `args` and writes the ops that it calls to `f`, a path or a file; gives nothing, or the bytes without `f`."""
    global _exporting
    inputs = (args,) if isinstance(args, Tensor) else tuple(args)
    axes = {
        name: dict.fromkeys(dims, None) if isinstance(dims, (list, tuple)) else dims
        for name, dims in (dynamic_axes or {}).items()
    }
    axes = {name: {str(d): to or f"{name}_dynamic_axes_{d + 1}" for d, to in dims.items()} for name, dims in axes.items()}
    told = {"dynamic_axes": axes, "external_data": external_data}
    told |= {"input_names": list(input_names or []), "output_names": list(output_names or [])}
    modes = [(m, m.training) for m in model.modules()]
    named = [*model.named_parameters(), *model.named_buffers()]
    path = os.path.abspath(f) if isinstance(f, (str, os.PathLike)) else None
    model.eval()
    _exporting = True
    try:
        call = (lambda *x: model(*x, **kwargs)) if kwargs else model
        names, tensors = [name for name, _ in named], [t for _, t in named]
        data = run("bridge.exportOnnx", lambda *x: call(*x), names, tensors, list(inputs), path, told)
    finally:
        _exporting = False
        for m, training in modes:
            m.training = training
    if f is None:
        return base64.b64decode(data)
    if path is None:
        f.write(base64.b64decode(data))
