"""Records true values of functions for test/kernel/math.test.ts. Run: python3 tools/record/functions.py; needs mpmath.

A row: the arguments, the float64 next to the true value, and how far the true value is from it, in units in the last
place.
"""

import json
import math
import random
from pathlib import Path

import mpmath as mp

mp.mp.prec = 400
random.seed(0)
ROWS = 40

FUNCTIONS = {
    "exp": mp.exp, "exp2": lambda x: mp.power(2, x), "expm1": mp.expm1, "log": mp.log, "log2": lambda x: mp.log(x, 2),
    "log10": mp.log10, "log1p": mp.log1p, "sin": mp.sin, "cos": mp.cos, "tan": mp.tan, "asin": mp.asin,
    "acos": mp.acos, "atan": mp.atan, "sinh": mp.sinh, "cosh": mp.cosh, "tanh": mp.tanh, "asinh": mp.asinh,
    "acosh": mp.acosh, "atanh": mp.atanh, "sigmoid": lambda x: 1 / (1 + mp.exp(-x)), "erf": mp.erf, "erfc": mp.erfc,
    "erfinv": mp.erfinv, "pow": mp.power, "atan2": mp.atan2,
}  # fmt: skip
# Where a function is real and neither 0 nor infinite.
DOMAIN = {
    "exp": (-744, 709), "exp2": (-1074, 1023), "expm1": (-60, 709), "log": (5e-324, 1e308), "log2": (5e-324, 1e308),
    "log10": (5e-324, 1e308), "log1p": (-1 + 2**-53, 1e308), "asin": (-1, 1), "acos": (-1, 1 - 2**-53),
    "sinh": (-710, 710), "cosh": (-710, 710), "acosh": (1 + 2**-52, 1e308), "atanh": (-1 + 2**-53, 1 - 2**-53),
    "sigmoid": (-744, 745), "erfc": (-6, 27), "erfinv": (-1 + 2**-53, 1 - 2**-53),
}  # fmt: skip


def size():
    return random.choice([-1, 1]) * 2.0 ** random.uniform(-1074, 1023)


def argument(name):
    """Of every kind: of any size, near 0 and 1, within a few units, across the domain, near multiples of π/2."""
    low, high = DOMAIN.get(name, (-1e308, 1e308))
    multiple = float(mp.pi / 2 * random.randrange(1, 10**6))
    kinds = [size(), random.choice([-1, 1]) * 2.0 ** random.uniform(-60, 5), 1 + random.uniform(-0.01, 0.01)]
    kinds += [random.uniform(-3, 3), random.uniform(-1, 1), random.uniform(low, min(high, 2000)), multiple]
    kinds += [0.5 + random.uniform(-0.05, 0.05), low, high]
    while True:
        x = random.choice(kinds)
        if low <= x <= high:
            return x
        kinds.append(random.uniform(max(low, -1e3), min(high, 1e3)))


def arguments(name):
    if name == "atan2":
        return (random.gauss(0, 1), random.gauss(0, 1)) if random.random() < 0.7 else (size(), size())
    if name != "pow":
        return (argument(name),)
    x = random.choice([abs(size()), random.uniform(0, 3), 1 + random.uniform(-1e-3, 1e-3)])
    return x, random.uniform(-1070, 1023) / math.log2(x)


def row(name):
    while True:
        xs = arguments(name)
        true = FUNCTIONS[name](*[mp.mpf(x) for x in xs])
        if isinstance(true, mp.mpf) and 2.0**-1074 <= abs(true) < 1.7e308:
            break
    near = float(true)
    return [*xs, near, round(float((true - mp.mpf(near)) / mp.mpf(math.ulp(near))), 3)]


rows = {name: [row(name) for _ in range(ROWS)] for name in FUNCTIONS}
path = Path(__file__).parent.parent.parent / "test/recorded/math.json"
lines = [f"{json.dumps(name)}: [\n" + ",\n".join(json.dumps(r) for r in rows[name]) + "\n]" for name in rows]
path.write_text("{" + ",\n".join(lines) + "}\n")
