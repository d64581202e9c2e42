"""Writes test/recorded/serialization/blocks.gguf with the gguf package: a tensor of each type, of random blocks, and the
numbers that the package makes of them, as blocks.json. Needs gguf (and numpy).

    python tools/record/gguf_files.py
"""

import json
from pathlib import Path

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Type
from gguf.quants import dequantize

OUT = Path(__file__).parent.parent.parent / "test" / "recorded" / "serialization"
random = np.random.default_rng(0)
writer = gguf.GGUFWriter(str(OUT / "blocks.gguf"), "llama")
writer.add_uint32("some.number", 7)
writer.add_float64("some.float", 2.5)
writer.add_bool("some.truth", True)
writer.add_string("some.text", "größe")
writer.add_int64("some.large", 2**60)
writer.add_array("some.list", ["a", "bc"])
told = {}
for name in "Q4_0 Q4_1 Q5_0 Q5_1 Q8_0 Q2_K Q3_K Q4_K Q5_K Q6_K IQ4_NL IQ4_XS MXFP4".split():
    kind = Type[name]
    elements, size = gguf.GGML_QUANT_SIZES[kind]
    blocks = random.integers(0, 256, (2, 1, size), dtype=np.uint8)
    scales = random.normal(size=(2, 1, 2)).astype("float16").view(np.uint8)
    at = {"Q6_K": 208, "Q3_K": 108, "Q2_K": 80}.get(name, 0)
    count = 4 if name in ("Q4_1", "Q5_1", "Q2_K", "Q4_K", "Q5_K") else 2
    if name != "MXFP4":
        blocks[..., at : at + count] = scales[..., :count]
    raw = blocks.reshape(2, size)
    writer.add_tensor(name, raw, raw_dtype=kind)
    told[name] = dequantize(raw, kind).astype("<f4").tobytes().hex()
for name in "float32 float16".split():
    x = random.normal(size=(2, 3)).astype(name)
    writer.add_tensor(name, x)
    told[name] = x.tobytes().hex()
bits = random.integers(0, 2**15, (3,), dtype=np.uint16)
writer.add_tensor("bfloat16", bits.view(np.uint8), raw_dtype=Type.BF16)
told["bfloat16"] = bits.tobytes().hex()
writer.add_tensor("IQ2_XXS", random.integers(0, 256, (1, 66), dtype=np.uint8), raw_dtype=Type.IQ2_XXS)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
(OUT / "blocks.json").write_text(json.dumps(told) + "\n")
