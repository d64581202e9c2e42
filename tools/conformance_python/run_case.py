"""Runs a program and keeps what it printed, warned of and raised, as JSON; what it changes for all is undone for the next one."""

import contextlib
import io
import json
import linecache
import traceback
import warnings

import torch


def fresh():
    torch.set_default_dtype(torch.float32)
    torch.set_grad_enabled(True)
    torch.autograd.set_detect_anomaly(False)
    torch.set_printoptions(profile="default")


def run_case(prelude, source):
    name = "<case>"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    scope, out, exception = {"__name__": "__main__"}, io.StringIO(), None
    with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stdout(out):
        warnings.simplefilter("ignore")
        fresh()
        warnings.simplefilter("always")
        try:
            exec(compile(prelude, "<prelude>", "exec"), scope)
            exec(compile(source, name, "exec"), scope)
        except BaseException as error:
            lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == name]
            line = lines[-1] if lines else getattr(error, "lineno", 0)
            exception = {"type": type(error).__name__, "text": str(error), "line": line}
    shown = [{"category": w.category.__name__, "text": str(w.message)} for w in caught]
    return json.dumps({"stdout": out.getvalue(), "warnings": shown, "exception": exception})
