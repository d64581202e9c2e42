"""Writes small tables and images, and what is in them: test/recorded/reader_files/.

    python tools/record/reader_files.py

Needs pyarrow and pillow.
"""
import datetime
import decimal
import io
import json
import pathlib

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
from PIL import Image

folder = pathlib.Path(__file__).parents[2] / "test/recorded/reader_files"
folder.mkdir(exist_ok=True)

table = pa.table(
    {
        "id": pa.array([1, 2**40, -3], pa.int64()),
        "small": pa.array([1, 2, 3], pa.int32()),
        "x": pa.array([0.5, None, 2.25], pa.float32()),
        "y": pa.array([1.0, 2.0, 0.1], pa.float64()),
        "ok": pa.array([True, False, True]),
        "name": pa.array(["a", "b, c", None]),
        "holes": pa.array([1, None, 3], pa.int64()),
    }
)
pa.parquet.write_table(table, folder / "table.parquet", compression="snappy")
pa.feather.write_feather(table, folder / "table.arrow", compression="uncompressed")

kinds = pa.table(
    {
        "half": pa.array(np.array([1, -0.5, 65504], np.float16)),
        "huge": pa.array([1, 2**64 - 1, 3], pa.uint64()),
        "byte": pa.array([1, 2, 255], pa.uint8()),
        "nothing": pa.nulls(3),
        "raw": pa.array([b"\x00\xff", b"", None]),
        "word": pa.array(["a", "b", "a"]).dictionary_encode(),
        "day": pa.array([datetime.date(2024, 1, 2)] * 3),
        "time": pa.array([datetime.datetime(2024, 1, 2, 3)] * 3),
        "price": pa.array([decimal.Decimal(x) for x in ("1.23", "-0.05", "10.00")]),
        "numbers": pa.array([[1.5, 2.0], [], None]),
        "nested": pa.array([{"bytes": b"\xff", "path": "x"}, None, {"bytes": None, "path": "y"}]),
        "lists": pa.array([[[0.5], [2.0, 3.0]], [], None]),
    }
)
pa.parquet.write_table(kinds, folder / "kinds.parquet", compression="zstd")
for packed in ("uncompressed", "zstd", "lz4"):
    pa.feather.write_feather(kinds, folder / f"kinds_{packed}.arrow", compression=packed)

rng = np.random.default_rng(0)
smooth = np.add.outer(np.arange(16) * 6, np.arange(24) * 5).astype(np.uint8)
images = {
    "rgb.png": Image.fromarray(rng.integers(0, 256, (5, 7, 3), np.uint8), "RGB"),
    "rgba.png": Image.fromarray(rng.integers(0, 256, (5, 7, 4), np.uint8), "RGBA"),
    "gray.png": Image.fromarray(rng.integers(0, 256, (5, 7), np.uint8), "L"),
    "palette.png": Image.fromarray(rng.integers(0, 256, (5, 7, 3), np.uint8), "RGB").quantize(8),
    "photo.jpg": Image.fromarray(np.stack([smooth, smooth[::-1], 255 - smooth], -1), "RGB"),
    "photo.webp": Image.fromarray(np.stack([smooth, smooth[::-1], 255 - smooth], -1), "RGB"),
}
seen = {}
for name, image in images.items():
    options = {"quality": 95, "subsampling": 0} if name.endswith("jpg") else {"lossless": True} if name.endswith("webp") else {}
    image.save(folder / name, **options)
    read = Image.open(io.BytesIO((folder / name).read_bytes()))
    if read.mode == "P":
        read = read.convert("RGB")
    pixels = np.asarray(read)
    seen[name] = (pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)).tolist()
(folder / "images.json").write_text(json.dumps(seen) + "\n")
