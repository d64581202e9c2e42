"""Records what PyTorch gives for the calls in test/dispatch/calls.txt, and how each reads in TypeScript.

A call is one expression of Python. Arguments by name become one object at the end, classes are made with `new`, subscripts
become x.index([...]) with slices as text. Needs Python with PyTorch 2.13; the tests need only the file.

    python tools/record/calls.py
"""

import ast
import json
import warnings
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

TEST = Path(__file__).parent.parent.parent / "test"


def typescript(e):
    if isinstance(e, ast.Call):
        args = [typescript(a) for a in e.args]
        if e.keywords:
            args.append("{ " + ", ".join(f"{k.arg}: {typescript(k.value)}" for k in e.keywords) + " }")
        is_class = isinstance(e.func, ast.Attribute) and ast.unparse(e.func.value) == "nn"
        return f"{'new ' if is_class else ''}{typescript(e.func)}({', '.join(args)})"
    if isinstance(e, ast.Attribute):
        return f"{typescript(e.value)}.{e.attr}"
    if isinstance(e, ast.Name):
        return e.id
    if isinstance(e, ast.Constant):
        return "null" if e.value is None else json.dumps(e.value)
    if isinstance(e, (ast.Tuple, ast.List)):
        return "[" + ", ".join(typescript(x) for x in e.elts) + "]"
    if isinstance(e, ast.UnaryOp) and isinstance(e.op, ast.USub):
        return f"-{typescript(e.operand)}"
    if isinstance(e, ast.Subscript):
        index = e.slice.elts if isinstance(e.slice, ast.Tuple) else [e.slice]
        return f"{typescript(e.value)}.index([{', '.join(map(subscript, index))}])"
    raise TypeError(ast.dump(e))


def subscript(e):
    if isinstance(e, ast.Slice):
        return json.dumps(ast.unparse(e))
    return typescript(e)


def shown(value):
    """A result as both languages tell it: the texts of tensors, plain values as they are."""
    if isinstance(value, (torch.Tensor, nn.Module, torch.dtype, torch.device)):
        return str(value)
    if isinstance(value, (tuple, list)):
        return [shown(x) for x in value]
    return value


def scope():
    torch.manual_seed(0)
    return {
        **{"torch": torch, "F": F, "nn": nn},
        "x": torch.arange(6.0).view(2, 3),
        "w": torch.tensor([[0.5, -1.5, 2.0], [1.0, 3.0, -0.5]]),
        "i": torch.tensor([[0, 2], [1, 1]]),
        "n": torch.tensor([0, 2, 1]),
        "m": torch.tensor([[True, False, True], [False, False, True]]),
        "k": torch.tensor([[0, 1, 2], [2, 1, 1]]),
        "q": torch.tensor([0.5, 2.0, 4.5]),
        "z": torch.tensor([1 + 2j, -3 + 0.5j]),
    }


def main():
    warnings.simplefilter("ignore")
    recorded = []
    for line in (TEST / "dispatch" / "calls.txt").read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        told = {"python": line, "typescript": typescript(ast.parse(line, mode="eval").body)}
        try:
            told["gives"] = shown(eval(line, scope()))
        except Exception as error:
            told["raises"] = [type(error).__name__, str(error).split("\n")[0]]
        recorded.append(told)
    text = ",\n".join(json.dumps(told, ensure_ascii=False) for told in recorded)
    (TEST / "recorded" / "calls.json").write_text(f"[\n{text}\n]\n")
    print(f"{len(recorded)} calls")


main()
