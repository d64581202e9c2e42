"""Writes python/torch/_overloads.json: the signatures of functions and methods to which PyTorch gives several, as its sentence tells
them where none fits what was given.

Needs Python with PyTorch 2.13; the package needs only the recorded file.

    python3 -P tools/record/overloads.py
"""

import json
import re
import warnings
from pathlib import Path

import torch

OUT = Path(__file__).parent.parent.parent / "python" / "torch" / "_overloads.json"
SPACES = {"torch": torch, "linalg": torch.linalg, "special": torch.special, "fft": torch.fft, "Tensor": torch.Tensor}


class Nothing:
    """What no argument is."""


def told(f, *given):
    """The signatures in the sentence about a name that none of them has."""
    try:
        f(*given, _nothing=1)
    except TypeError as error:
        return re.findall(r"^ \* (\(.*\))$", str(error), re.M)
    except Exception:
        pass
    return []


warnings.simplefilter("ignore")
overloads = {}
for space, found in SPACES.items():
    kind, given = ("method_descriptor", [torch.ones(2)]) if space == "Tensor" else ("builtin_function_or_method", [])
    for name in dir(found):
        f = getattr(found, name)
        if type(f).__name__ == kind and not name.startswith("_"):
            several = told(f, *given) or told(f, *given, Nothing())
            if several:
                overloads[f"{space}.{name}"] = several
OUT.write_text(json.dumps(overloads, separators=(",", ":")) + "\n")
print(f"{len(overloads)} functions and methods")
