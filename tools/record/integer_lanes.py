"""Records PyTorch's integer ops with scalars within and beyond the dtype, into test/recorded/integer_lanes.json.

    python tools/record/integer_lanes.py
"""

import json
from pathlib import Path

import torch

DTYPES = "uint8 int8 int16 int32 int64".split()
SCALARS = [0, 1, -1, 2, -7, 63, 64, 127, 128, 255, 256, -129, 32768, 70000, 2**31, -(2**31) - 1, 2**32, 2**63 - 1, -(2**63)]
BINARY = """add sub mul bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift eq ne lt le gt ge clamp_min clamp_max
fill masked_fill pow""".split()
DIVISIONS = "floor_divide remainder fmod".split()
UNARY = "neg abs sign bitwise_not square sum prod amax amin cumsum cumprod logical_not relu".split()


def values(dtype):
    info = torch.iinfo(getattr(torch, dtype))
    return [info.min, info.min + 1, info.max, info.max - 1, 0, 1, 3 if info.min == 0 else -3, 100, 7]


def shown(run):
    """Numbers in one string, or the error's first line."""
    try:
        return " ".join(str(int(v)) for v in run().reshape(-1).tolist())
    except Exception as error:
        return f"{type(error).__name__.lstrip('_')}: {str(error).splitlines()[0]}"


def call(x, name, s):
    if name == "fill":
        return x.clone().fill_(s)
    if name == "masked_fill":
        return x.masked_fill(x > 1, s)
    return getattr(x, name)(s)


def rows(dtype):
    x = torch.tensor(values(dtype), dtype=getattr(torch, dtype))
    # The smallest number divided by -1 ends PyTorch's process.
    divided = x.clone()
    divided[0] = 0
    out = {}
    for name in BINARY + DIVISIONS:
        for s in SCALARS:
            out[f"{name} {s}"] = shown(lambda: call(divided if name in DIVISIONS else x, name, s))
    for name in UNARY:
        out[name] = shown(lambda: getattr(x, name)(*([0] if name.startswith("cum") else [])))
    return out


if __name__ == "__main__":
    data = {dtype: {"values": [str(v) for v in values(dtype)], "rows": rows(dtype)} for dtype in DTYPES}
    file = Path(__file__).parent.parent.parent / "test" / "recorded" / "integer_lanes.json"
    file.write_text(json.dumps(data, indent=1) + "\n")
    print(sum(len(d["rows"]) for d in data.values()), "rows", file.stat().st_size, "bytes")
