"""torch.viz: graphs to look at, runs to step through, reasons for gradients. The library's; Python only asks."""

import html as _html
import traceback as _traceback

from . import _bridge
from ._bridge import run as _run
from ._tensor import Tensor
from .nn import module as _module


class Explanation:
    """Why something is as it is: `cause` in a word or three, `line` as file:line, `text` with the whole story."""

    def __init__(self, cause, line, lines, text):
        self.cause, self.line, self.lines, self.text = cause, line, lines, text

    def __str__(self):
        return self.text

    __repr__ = __str__

    def _repr_html_(self):
        return f"<pre>{_html.escape(self.text)}</pre>"


class record:
    """Records what runs inside of `with torch.viz.record() as run:`.

    `memory`: bytes that the elements of tensors may take; `steps`: the recording ends after so many.
    """

    def __init__(self, *, memory=64 * 2**20, steps=None, _graphs=False):
        self._options = memory, steps, _graphs
        self._open = []
        self._hooks = []

    def __enter__(self):
        self._run = _run("bridge.vizStart", *self._options)
        self._hooks = [
            _module.register_module_forward_pre_hook(self._enter),
            _module.register_module_forward_hook(self._exit, always_call=True),
        ]
        return self

    def __exit__(self, *error):
        for hook in self._hooks:
            hook.remove()
        _run("bridge.vizStop", self._run)

    @property
    def steps(self):
        """What ran, in order: (kind, name, line, module) of each."""
        return [tuple(step) for step in _run("bridge.vizSteps", self._run)]

    def replay(self):
        """Computes everything again: whether each result has the bits it had."""
        same, _ = _run("bridge.vizReplay", self._run)
        return same

    def html(self):
        """A page of one file to step through the run with, forward and backward."""
        return _run("bridge.vizText", self._run, "html")

    def save(self, path):
        _write(path, self.html())

    def __repr__(self):
        return _run("bridge.vizText", self._run, "text") if hasattr(self, "_run") else "a recording that has not begun"

    def _enter(self, module, args):
        name = type(module).__name__
        if self._open:
            name = next((n for n, m in self._open[-1].named_modules() if m is module and n), name)
        self._open.append(module)
        _run("bridge.vizEnter", self._run, name)

    def _exit(self, module, args, output):
        self._open.pop()
        _run("bridge.vizExit", self._run)


def _write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


class Picture:
    """A graph to be looked at: `.dot`, `.svg()`, `.html()`, `.save(path)`."""

    def __init__(self, made):
        self._made = made

    @property
    def dot(self):
        return _run("bridge.vizText", self._made, "dot")

    source = dot

    def svg(self):
        return _run("bridge.vizText", self._made, "svg")

    def html(self):
        return _run("bridge.vizText", self._made, "html")

    def save(self, path):
        path = str(path)
        _write(path, self.svg() if path.endswith(".svg") else self.html() if path.endswith(".html") else self.dot)

    def _repr_svg_(self):
        return self.svg()

    def __repr__(self):
        return _run("bridge.vizText", self._made, "text")


def make_dot(var, params=None, show_attrs=False, show_saved=False, max_attr_chars=50):
    """The graph that a tensor, or each of several, was computed by, as torchviz.make_dot."""
    if isinstance(params, _module.Module):
        params = [*params.named_parameters(), *params.named_buffers()]
    pairs = [] if params is None else params.items() if isinstance(params, dict) else params
    of = var if isinstance(var, Tensor) else list(var)
    return Picture(_run("bridge.vizDot", of, [[name, t] for name, t in pairs], show_saved, show_attrs))


def explain(of=None):
    """What is wrong with a tensor, a module, a list of tensors or an error, and which line of the program it comes from."""
    if isinstance(of, BaseException):
        return Explanation(*_run("bridge.vizExplainError", type(of).__name__, str(of), _place(of)))
    if isinstance(of, _module.Module):
        found = [(name, explain(p)) for name, p in of.named_parameters()]
        faults = [(name, why) for name, why in found if why.cause != "nothing"]
        if not faults:
            return found[0][1] if found else explain()
        name, why = faults[0]
        same = ", ".join(n for n, w in faults if w.cause == why.cause)
        return Explanation(why.cause, why.line, why.lines, f"{same}: {why.text}")
    if of is not None and not isinstance(of, Tensor):
        of = list(of)
    return Explanation(*_run("bridge.vizExplain", of))


def _place(error):
    """The innermost line of the program in a traceback."""
    frames = [f for f in _traceback.extract_tb(error.__traceback__) if not f.filename.startswith(_bridge.HERE)]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""


def where_from(tensor):
    """The line of the program that made a tensor, as file:line; empty where that was not recorded."""
    return _run("bridge.vizWhereFrom", tensor)
