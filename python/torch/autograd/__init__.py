"""torch.autograd: gradients, and what records them."""

import torch  # noqa: F401 (programs have it as torch.autograd.torch)

from .. import _bridge
from .._bridge import run
from .._tensor import Tensor, type_word
from . import forward_ad, function, graph, profiler
from .function import Function
from .graph import SavedTensor
from .grad_mode import detect_anomaly, enable_grad, inference_mode, no_grad, set_detect_anomaly, set_grad_enabled


class _VariableType(type):
    def __instancecheck__(cls, x):
        return isinstance(x, Tensor)


class _Engine:
    """What runs backward passes."""

    def queue_callback(self, callback):
        """Calls it when the backward pass that runs has ended."""
        run("bridge.queueCallback", callback)


class Variable(metaclass=_VariableType):
    """What tensors that record were called before they were one with tensors."""

    _execution_engine = _Engine()

    def __new__(cls, data=None, requires_grad=False, volatile=None):
        from .. import empty

        if volatile is not None:
            _bridge.warn_once(VOLATILE)
        if data is None:
            return empty(0).requires_grad_(requires_grad)
        if not isinstance(data, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type_word(data)}")
        return data.detach().requires_grad_(requires_grad)


VOLATILE = "volatile was removed and now has no effect. Use `with torch.no_grad():` instead."
ONLY_INPUTS = "only_inputs argument is deprecated and is ignored now (defaults to True). To accumulate gradient for other parts of the graph, please use torch.autograd.backward."


class GradcheckError(RuntimeError):
    """Raised by gradcheck and gradgradcheck."""


_bridge.ERRORS["GradcheckError"] = GradcheckError


def kineto_available():
    """Whether PyTorch's profiler of C++ is there: no, the library measures."""
    return False


class set_multithreading_enabled:
    """Backward passes run on one thread, whatever is asked for."""

    def __init__(self, mode):
        global _multithreading
        self.prev, self.mode = _multithreading, mode
        _multithreading = mode

    def __enter__(self):
        pass

    def __exit__(self, *error):
        global _multithreading
        _multithreading = self.prev

    def clone(self):
        return set_multithreading_enabled(self.mode)


def is_multithreading_enabled():
    return _multithreading


_multithreading = True


def _tuple(x, length=1):
    """Tensors, or a tensor alone, or none, as PyTorch takes them."""
    if x is None:
        return (None,) * length
    return (x,) if isinstance(x, Tensor) else tuple(x)


def _checked_grads(grads, outputs):
    for grad in grads:
        if grad is not None and not isinstance(grad, Tensor):
            raise TypeError(f"gradients can be either Tensors or None, but got {type_word(grad)}")
    return list(grads)


def backward(
    tensors, grad_tensors=None, retain_graph=None, create_graph=False, grad_variables=None, inputs=None
):
    if grad_variables is not None:
        _bridge.warn("`grad_variables` is deprecated. Use `grad_tensors` instead.", "FutureWarning")
        if grad_tensors is not None:
            raise RuntimeError(
                "`grad_tensors` and `grad_variables` (deprecated) arguments both passed to `backward()`. Please only use `grad_tensors`."
            )
        grad_tensors = grad_variables
    options = {"create_graph": create_graph}
    if retain_graph is not None:
        options["retain_graph"] = retain_graph
    if inputs is not None:
        inputs = list(_tuple(inputs))
        if not inputs:
            raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
        options["inputs"] = inputs
    tensors = _tuple(tensors)
    grads = _checked_grads(_tuple(grad_tensors, len(tensors)), tensors)
    run("autograd.backward", list(tensors), grads, options)


def grad(
    outputs,
    inputs,
    grad_outputs=None,
    retain_graph=None,
    create_graph=False,
    only_inputs=True,
    allow_unused=None,
    is_grads_batched=False,
    materialize_grads=False,
):
    if not only_inputs:
        _bridge.warn(ONLY_INPUTS, "FutureWarning")
    options = {"create_graph": create_graph}
    for name, value in (("retain_graph", retain_graph), ("allow_unused", allow_unused)):
        if value is not None:
            options[name] = value
    if materialize_grads:
        options["materialize_grads"] = True
    outputs = _tuple(outputs)
    if is_grads_batched:
        for i, (out, given) in enumerate(zip(outputs, _tuple(grad_outputs))):
            if given is not None and given.shape[1:] != out.shape:
                raise RuntimeError(
                    "If `is_grads_batched=True`, we interpret the first dimension of each grad_output as the batch dimension. The sizes of the remaining dimensions are expected to match the shape of corresponding output, but a mismatch was detected: "
                    f"grad_output[{i}] has a shape of {given.shape[2:]} and output[{i}] has a shape of {out.shape}. "
                    "If you only want some tensors in `grad_output` to be considered batched, consider using vmap."
                )
        rows = zip(*_tuple(grad_outputs))
        made = [grad(outputs, inputs, row, True, create_graph, True, allow_unused, False, materialize_grads) for row in rows]
        return tuple(None if column[0] is None else run("torch.stack", list(column)) for column in zip(*made))
    grads = None if grad_outputs is None else _checked_grads(_tuple(grad_outputs), outputs)
    return run("autograd.grad", list(outputs), list(_tuple(inputs)), grads, options)


def _inputs(inputs):
    """Tensors cross; what else the function takes comes to it as it is."""
    return [x if isinstance(x, (Tensor, list, tuple)) else _bridge.Own(x) for x in _tuple(inputs)]


def _flag(name, value):
    """What PyTorch asks by `if` may be anything: None, a number."""
    return bool(value) if name.startswith("check_") or name in ("fast_mode", "raise_exception") else value


def gradcheck(
    func,
    inputs,
    *,
    eps=1e-6,
    atol=1e-5,
    rtol=1e-3,
    raise_exception=True,
    nondet_tol=0.0,
    check_undefined_grad=True,
    check_grad_dtypes=False,
    check_batched_grad=False,
    check_batched_forward_grad=False,
    check_forward_ad=False,
    check_backward_ad=True,
    fast_mode=False,
    masked=None,
):
    options = {name: _flag(name, value) for name, value in locals().items() if name not in ("func", "inputs")}
    return run("autograd.gradcheck", func, _inputs(inputs), options)


def gradgradcheck(
    func,
    inputs,
    grad_outputs=None,
    *,
    eps=1e-6,
    atol=1e-5,
    rtol=1e-3,
    gen_non_contig_grad_outputs=False,
    raise_exception=True,
    nondet_tol=0.0,
    check_undefined_grad=True,
    check_grad_dtypes=False,
    check_batched_grad=False,
    check_fwd_over_rev=False,
    check_rev_over_rev=True,
    fast_mode=False,
    masked=False,
):
    options = {name: _flag(name, value) for name, value in locals().items() if name not in ("func", "inputs", "grad_outputs")}
    return run("autograd.gradgradcheck", func, _inputs(inputs), grad_outputs, options)


from . import functional  # noqa: E402
