"""Records evenly spaced numbers, bit for bit, into test/recorded/spaced.json.

Needs Python with PyTorch 2.13; the tests need only the recorded file.

    python tools/record/spaced.py
"""
import json
from pathlib import Path

import torch

CASES = []
for dtype in "float32 float64 float16 bfloat16 int64 uint8".split():
    for start, end, steps in ((-1, 1, 7), (3.7, 112.2, 13), (100, 3, 23), (0, 10, 79), (1e-3, 5, 1)):
        CASES.append(("linspace", [start, end, steps], dtype))
for dtype in "float32 float16 int64".split():
    for start, end, steps, base in ((-3.7, 2.2, 5, 2.0), (0, 2.5, 7, 10.0), (-3.7, 2.2, 1, 10.0)):
        CASES.append(("logspace", [start, end, steps, base], dtype))
for dtype in "float32 float64 float16 bfloat16".split():
    for length, periodic in ((1, True), (2, True), (7, True), (7, False), (16, False), (101, True)):
        CASES.append(("bartlett_window", [length, periodic], dtype))

told = []
for name, args, dtype in CASES:
    made = getattr(torch, name)(*args, dtype=getattr(torch, dtype))
    told.append({"name": name, "args": args, "dtype": dtype, "values": made.tolist()})
parts = torch.view_as_real(torch.linspace(complex(-1, 0.3), complex(1, 7.7), 9))
told.append({"name": "linspace", "args": [[-1, 0.3], [1, 7.7], 9], "dtype": "complex64", "values": parts.tolist()})
path = Path(__file__).parents[2] / "test/recorded/spaced.json"
path.write_text("[\n" + ",\n".join(json.dumps(case) for case in told) + "\n]\n")
