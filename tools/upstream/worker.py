"""Runs tests of one of PyTorch's test files: worker.py INTERNAL FILE, with a list of ids (or null) as JSON on stdin.

INTERNAL: the folder torch/testing/_internal of an installed torch, for the files that stand_in/ has no word for.
Says what happens in lines that begin with @@: the tests that there are, the start of each, and its result.
"""

import gc
import json
import os
import sys
import time
import traceback
import types
import unittest
import warnings

OUT = sys.stdout
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "stand_in"))
import absent
import install


def say(**what):
    OUT.write("\n@@" + json.dumps(what) + "\n")
    OUT.flush()


class Nothing:
    """Where tests print."""

    encoding = "utf-8"

    def write(self, text):
        return len(text)

    def flush(self):
        pass

    def isatty(self):
        return False


class Outcome(unittest.TestResult):
    """The first failure of a test, its subtests included."""

    outcome, error, trace, line = "pass", None, None, None

    def take(self, outcome, error):
        if self.outcome not in ("pass", "skip"):
            return
        self.outcome = outcome
        if isinstance(error, tuple):
            self.error, self.trace = error[1], error[2]
        else:
            self.error = error

    def addFailure(self, test, error):
        self.take("fail", error)

    def addError(self, test, error):
        self.take("fail", error)

    def addSkip(self, test, reason):
        self.take("skip", reason)

    def addUnexpectedSuccess(self, test):
        self.take("fail", "passes, which it is expected not to")

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self.take("fail", error)


def load(path):
    """The test file as a module."""
    folder = root = os.path.dirname(os.path.abspath(path))
    while os.path.basename(root) != "test" and os.path.dirname(root) != root:
        root = os.path.dirname(root)
    sys.path[:0] = [folder, root]
    name = os.path.basename(path).removesuffix(".py")
    module = sys.modules[name] = types.ModuleType(name)
    module.__file__ = path
    with open(path, encoding="utf-8") as file:
        exec(compile(file.read(), path, "exec"), module.__dict__)
    return module


def tests_of(module):
    """Ids and makers of all tests of a module."""
    loader, tests = unittest.TestLoader(), {}
    for name, kind in list(vars(module).items()):
        if not isinstance(kind, type) or not issubclass(kind, unittest.TestCase) or kind.__name__ != name:
            continue
        if name.startswith("_") or kind.__module__ in install.OWN or kind.__module__.startswith("torch.testing"):
            continue
        for test in loader.getTestCaseNames(kind):
            tests[f"{name}.{test}"] = lambda kind=kind, test=test: kind(test)
    return tests


def run(make, path):
    outcome = Outcome()
    shown = sys.stdout, sys.stderr
    sys.stdout = sys.stderr = Nothing()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            unittest.TestSuite([make()]).run(outcome)
    except BaseException as error:
        outcome.take("fail", (type(error), error, error.__traceback__))
    finally:
        sys.stdout, sys.stderr = shown
    for frame, line in traceback.walk_tb(outcome.trace):
        if frame.f_code.co_filename == path:
            outcome.line = line
    error = outcome.error
    while isinstance(error, BaseException):
        if isinstance(error, absent.Needs):
            outcome.outcome, outcome.error = "needs", error
            break
        error = error.__cause__ or error.__context__
    outcome.trace = None
    return outcome


def restore(torch, dtype):
    """What a test that failed may have left."""
    torch.set_default_dtype(dtype)
    torch.set_grad_enabled(True)
    torch.use_deterministic_algorithms(False)


def main():
    internal, path = sys.argv[1:]
    wanted = json.loads(sys.stdin.read())
    torch = install.install(internal)
    tests = tests_of(load(path))
    absent.end_of_import()
    say(tests=list(tests))
    dtype = torch.get_default_dtype()
    for number, name in enumerate(tests if wanted is None else wanted):
        say(start=name)
        if name not in tests:
            say(id=name, outcome="absent")
            continue
        began = time.time()
        outcome = run(tests[name], path)
        told = {"id": name, "outcome": outcome.outcome, "seconds": round(time.time() - began, 2)}
        if outcome.error is not None:
            kind = f"{type(outcome.error).__name__}: " if isinstance(outcome.error, BaseException) else ""
            told.update(error=f"{kind}{outcome.error}"[:600], line=outcome.line)
        say(**told)
        del outcome
        restore(torch, dtype)
        if number % 20 == 19:
            gc.collect()


main()
