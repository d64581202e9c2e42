"""Records what PyTorch computes with 16-bit floats, function by function: test/recorded/halves.json.

    python tools/record/halves.py

The calls are those of dtypes_taken.py that take 16-bit floats, on irregular numbers.
"""
import json
import math
import pathlib
import warnings

import dtypes_taken as calls
import torch

RANDOM = "dropout bernoulli multinomial poisson uniform normal exponential cauchy geometric random rand rrelu gumbel fractional".split()


def tensor(operand, x, y):
    """As the test makes them: thirds from -4/3 to 2, quarters from -5/4 to 7/4 for y."""
    if operand.kind not in "xym":
        return plain(operand, x, y)
    i = torch.arange(math.prod(operand.sizes), dtype=torch.float64)
    values = ((i * 5 + 1) % 13 - 5) / 4 if operand.kind == "y" else ((i * 7 + 3) % 11 - 4) / 3
    values = values.reshape(operand.sizes)
    if operand.kind == "m":
        values = values + 4 * torch.eye(*operand.sizes, dtype=torch.float64)
    return values.to(x)


plain = calls.tensor
calls.tensor = tensor


def numbers(result):
    results = result if isinstance(result, (list, tuple)) else [result]
    flat = [v for r in results if isinstance(r, torch.Tensor) for v in r.double().flatten().tolist()]
    return [v if math.isfinite(v) else str(v) for v in flat]


def record():
    warnings.simplefilter("ignore")
    recorded = {}
    for text, paired in calls.calls():
        call = calls.parsed(text)
        if paired or any(word in call.name for word in RANDOM):
            continue
        results = {}
        for name in ("float16", "bfloat16"):
            dtype = getattr(torch, name)
            try:
                result = calls.run(call, dtype, dtype)
            except Exception:  # what it refuses is in dtypes_taken.json
                continue
            if not any(isinstance(r, torch.Tensor) and r.is_complex() for r in (result if isinstance(result, (list, tuple)) else [result])):
                results[name] = numbers(result)
        if results:
            recorded[text] = results
    return recorded


if __name__ == "__main__":
    path = pathlib.Path(__file__).parent.parent.parent / "test" / "recorded" / "halves.json"
    lines = ",\n".join(f"{json.dumps(k)}:{json.dumps(v, separators=(',', ':'))}" for k, v in record().items())
    path.write_text("{\n%s\n}\n" % lines)
