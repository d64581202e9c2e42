"""Writes test/recorded/serialization/*.npy and *.npz with NumPy, which test/serialization/npy.test.ts reads.

    python tools/record/npy_files.py
"""

import json
from pathlib import Path

import numpy as np

OUT = Path(__file__).parent.parent.parent / "test" / "recorded" / "serialization"
grid = np.arange(6).reshape(2, 3)
ARRAYS = {
    **{name: grid.astype(name) for name in "int8 int16 int32 int64 uint8 float16 float32 float64".split()},
    "bool": grid > 2,
    "complex64": (grid + 1j).astype("complex64"),
    "complex128": grid - 0.5j,
    "big_endian": grid.astype(">f4"),
    "big_endian_complex": (grid + 1j).astype(">c16"),
    "fortran": np.asfortranarray(grid.astype("float32")),
    "scalar": np.array(2.5),
    "empty": np.zeros((2, 0, 3), dtype="float32"),
    "vector": np.arange(3.0),
}
REFUSED = {
    "text": np.array(["a", "bc"]),
    "bytes": np.array([b"a"]),
    "records": np.zeros(2, dtype=[("x", "<f4"), ("y", "<i4")]),
    "dates": np.array(["2026-01-01"], dtype="datetime64[D]"),
    "objects": np.array([{}], dtype=object),
}

np.savez(OUT / "arrays.npz", **ARRAYS)
np.savez_compressed(OUT / "compressed.npz", **ARRAYS)
np.savez_compressed(OUT / "refused.npz", **REFUSED)
np.save(OUT / "grid.npy", ARRAYS["float32"])
np.lib.format.write_array(open(OUT / "version2.npy", "wb"), ARRAYS["int64"], version=(2, 0))
told = {
    name: {
        "dtype": f"torch.{a.dtype.name}",
        "shape": list(a.shape),
        "fortran": bool(a.flags.f_contiguous and not a.flags.c_contiguous),
        "bytes": a.astype(a.dtype.newbyteorder("<")).tobytes("C").hex(),
    }
    for name, a in ARRAYS.items()
}
(OUT / "arrays.json").write_text(json.dumps(told) + "\n")
