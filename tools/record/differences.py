"""Shows what the inputs in docs/differences.json come to, in whatever Python imports this: PyTorch's or tidu's.

Run with PyTorch 2.13 it writes what PyTorch shows into that file; test/conformance/differences.test.ts runs it in tidu's.

    python tools/record/differences.py
"""

import ast
import contextlib
import io
import json
import warnings
from pathlib import Path

import torch


def show(source):
    """What a program prints and its last expression is, or the first line of the error that ends it."""
    torch.manual_seed(0)
    scope, out = {"torch": torch, "nn": torch.nn, "F": torch.nn.functional, "inf": float("inf"), "nan": float("nan")}, []
    program = ast.parse(source)
    last = program.body.pop() if isinstance(program.body[-1], ast.Expr) else None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(compile(program, "<input>", "exec"), scope)
            if last is not None:
                out.append(repr(eval(compile(ast.Expression(last.value), "<input>", "eval"), scope)))
        except Exception as error:
            out.append(f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error).strip() else ''}")
    return printed.getvalue() + "\n".join(out)


if __name__ == "__main__":
    file = Path(__file__).parent.parent.parent / "docs" / "differences.json"
    entries = json.loads(file.read_text())
    for entry in entries:
        shown = show(entry["input"])
        if entry.get("pytorch") != shown:
            print(f"{entry['input']}\n  {entry.get('pytorch')}\n  -> {shown}")
        entry["pytorch"] = shown
    file.write_text(json.dumps(entries, indent=2, ensure_ascii=False) + "\n")
