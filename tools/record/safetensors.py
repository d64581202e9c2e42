"""Writes test/recorded/safetensors/small.safetensors, which test/serialization/safetensors.test.ts reads.

Needs only Python: the bytes are put together from the description of the format (README of huggingface/safetensors),
so that the reader is tested against a file which our writer had no part in.

    python tools/record/safetensors.py
"""

import json
import struct
from pathlib import Path

OUT = Path(__file__).parent.parent.parent / "test" / "recorded" / "safetensors" / "small.safetensors"

# name, dtype, shape, struct code of one element, elements; bfloat16 is given as its bits.
TENSORS = [
    ("f64", "F64", [2, 2], "d", [0.1, -2.5, 1e300, float("inf")]),
    ("layer.weight", "F32", [2, 3], "f", [0.0, 0.5, 1.0, 1.5, 2.0, -0.25]),
    ("f16", "F16", [4], "e", [1.0, -2.0, 65504.0, 6.103515625e-05]),
    ("bf16", "BF16", [3], "H", [0x3F80, 0xC000, 0x7F80]),
    ("10", "I64", [2], "q", [2**53 + 1, -(2**63)]),
    ("2", "I32", [3], "i", [1, -1, 2**31 - 1]),
    ("i16", "I16", [1, 2], "h", [-32768, 32767]),
    ("i8", "I8", [3], "b", [-128, 0, 127]),
    ("u8", "U8", [3], "B", [0, 128, 255]),
    ("bool", "BOOL", [5], "?", [True, False, True, True, False]),
    ("scalar", "F32", [], "f", [3.5]),
    ("empty", "F32", [0, 7], "f", []),
    ("__proto__", "U8", [1], "B", [7]),
    ("größe/大きさ/📏", "U8", [2], "B", [1, 2]),
]


def file_bytes() -> bytes:
    header = {"__metadata__": {"format": "pt", "comment": "naïve \"quotes\"\n"}}
    data = b""
    for name, dtype, shape, code, values in TENSORS:
        packed = struct.pack(f"<{len(values)}{code}", *values)
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(packed)]}
        data += packed
    # Not padded to 8 bytes: the format asks for no alignment, and readers must cope.
    text = json.dumps(header, ensure_ascii=False).encode() + b" "
    return struct.pack("<Q", len(text)) + text + data


OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_bytes(file_bytes())
