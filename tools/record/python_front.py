"""Records what PyTorch shows for the programs in test/python_front/*.py, into test/recorded/python_front.json.

Each file is a topic; a line `# --- NAME` begins a program in it. What stands above the first is run before each of them.
Needs Python with PyTorch 2.13; the tests need only the recorded file.

    python tools/record/python_front.py
"""

import contextlib
import io
import json
import re
import traceback
import warnings
from pathlib import Path

import torch

TEST = Path(__file__).parent.parent.parent / "test"
BEGIN = re.compile(r"^# --- (.+)\n", re.M)


def run(prelude, source):
    """What a program prints, warns of and raises."""
    torch.set_default_dtype(torch.float32)
    # torch.compile turns it off for the whole process.
    torch.distributions.Distribution.set_default_validate_args(True)
    torch.manual_seed(0)
    scope, out, exception = {"__name__": "__main__"}, io.StringIO(), None
    with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stdout(out):
        warnings.simplefilter("always")
        try:
            exec(compile(prelude, "<prelude>", "exec"), scope)
            exec(compile(source, "<case>", "exec"), scope)
        except BaseException as error:
            lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == "<case>"]
            exception = {"type": type(error).__name__, "text": str(error), "line": lines[-1] if lines else 0}
    shown = [{"category": w.category.__name__, "text": str(w.message)} for w in caught]
    return {"stdout": out.getvalue(), "warnings": shown, "exception": exception}


def topics():
    for path in sorted((TEST / "python_front").glob("*.py")):
        prelude, *parts = BEGIN.split(path.read_text())
        for name, source in zip(parts[::2], parts[1::2]):
            yield {"id": name, "topic": path.stem, "prelude": prelude, "source": source, **run(prelude, source)}


if __name__ == "__main__":
    cases = [json.dumps(case, ensure_ascii=False) for case in topics()]
    (TEST / "recorded" / "python_front.json").write_text('{"cases": [\n' + ",\n".join(cases) + "\n]}\n")
    print(f"{len(cases)} programs")
