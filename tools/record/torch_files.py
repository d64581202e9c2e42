"""Writes test/recorded/serialization/: files of torch.save in both formats, of the kinds that programs write, and what is in
them as PyTorch reads it (weights_only=True), which test/serialization/torch_files.test.ts compares.

    python tools/record/torch_files.py
"""

import argparse
import collections
import io
import json
import pickle
import sys
import warnings
import zipfile
from pathlib import Path

import numpy
import torch
from torch import nn

warnings.simplefilter("ignore")
TEST = Path(__file__).parent.parent.parent / "test"
OUT = TEST / "recorded" / "serialization"
sys.path.insert(0, str(TEST / "serialization"))
from described import described  # noqa: E402



class Config:
    def __init__(self, width):
        self.width = width
        self.depth = {"a": (1, 2)}


Point = collections.namedtuple("Point", "x y")


def training():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2), nn.Linear(2, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 2)
    for _ in range(3):
        optimizer.zero_grad()
        model(torch.ones(4, 3)).sum().backward()
        optimizer.step()
        scheduler.step()
    return model, optimizer, scheduler


model, optimizer, scheduler = training()
x = torch.arange(6.0).view(2, 3)
tied = nn.Linear(2, 2, bias=False)
noted = nn.Parameter(torch.ones(2))
noted.no_decay = True
numbers = {"f64": numpy.float64(1.5), "i": numpy.int32(-3), "b": numpy.bool_(True)}
arrays = {"c": numpy.arange(6, dtype="f4").reshape(2, 3), "f": numpy.asfortranarray(numpy.arange(6).reshape(2, 3))}
NUMPY = ["numpy.dtype", "numpy._core.multiarray.scalar", "numpy.ndarray", "numpy._core.multiarray._reconstruct"]
NUMPY += [f"numpy.dtypes.{name}DType" for name in ("Float64", "Int32", "Bool", "Float32", "Int64")]
dtypes = "float64 float32 float16 bfloat16 int64 int32 int16 int8 uint8 bool complex64 complex128".split()
deep = {"a": [1, (2.5, [None, True, "ü😀"], ()), {"b": {}}], 3: {0: "int", -1: "less"}, "10": "digits", (1, 2): "pair"}
plain = [2.5, -0.0, float("inf"), float("nan"), 2**31, -(2**31), 2**63, -(2**64), 10**30, 255, 65535, "", True, 1e300]

# name: what is saved
SAVED = {
    "state_dict": model.state_dict(),
    "checkpoint": {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "scheduler": scheduler.state_dict(),
        "epoch": 3,
        "best": 0.25,
        "rng": torch.tensor([1, 2, 255], dtype=torch.uint8),
    },
    "tensor": x,
    "parameter": [noted, nn.Parameter(torch.ones(2), requires_grad=False), torch.ones(2, requires_grad=True)],
    "views": {"whole": x, "row": x[1], "column": x[:, 1], "turned": x.t(), "again": x, "expanded": x[0].expand(4, 3)},
    "strided": [x.t(), x[:, ::2], x[1:], torch.ones(1, 2, 2, 2).to(memory_format=torch.channels_last)],
    "dtypes": {name: torch.tensor([0, 1, 3]).to(getattr(torch, name)) for name in dtypes},
    "empty": [torch.empty(0), torch.zeros(2, 0, 3), torch.tensor(5), torch.tensor([], dtype=torch.int64)],
    "tied": {"encoder": tied.weight, "decoder": tied.weight, "model": nn.ModuleList([tied, tied]).state_dict()},
    "nested": deep,
    "plain": plain,
    "named": [torch.float16, torch.Size([1, 2]), torch.device("cpu"), torch.device("cuda", 1), torch.strided, 1 + 2j],
    "bytes": [b"bytes\xff", bytearray(b"q"), {3}, collections.Counter("aab"), collections.OrderedDict(b=1, a=2)],
    "meta": [torch.ones(2, 3, device="meta")],
}
# Saved in other ways: the name's second part tells which.
OPTIONS = {
    "legacy": {"_use_new_zipfile_serialization": False},
    "protocol4": {"pickle_protocol": 4},
    "protocol5": {"pickle_protocol": 5},
}
LEGACY = "state_dict checkpoint tensor views dtypes empty strided".split()
# What PyTorch reads if a program allows these names.
ALLOWED = {
    "numbers": (numbers, NUMPY),
    "arrays": (arrays, NUMPY),
    "namespace": (argparse.Namespace(lr=0.1, layers=[1, 2]), ["argparse.Namespace"]),
    "point": ([Point(1, torch.ones(1))], ["__main__.Point"]),
    "config": (Config(3), ["__main__.Config"]),
}
# What PyTorch refuses with weights_only=True.
REFUSED = {"module": lambda: model, "function": lambda: [torch.relu]}
# What PyTorch has and this library has not, and the other way round.
ELSEWHERE = {
    "defaultdict": lambda: collections.defaultdict(list, a=[1]),
    "sparse": lambda: torch.eye(2).to_sparse(),
    "quantized": lambda: torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.quint8),
    "float8": lambda: torch.ones(2).to(torch.float8_e4m3fn),
    "uint16": lambda: torch.ones(2).to(torch.uint16),
}


class Evil:
    def __reduce__(self):
        return __import__("os").system, ("echo executed",)


REFUSED["evil"] = Evil


def safe(names):
    known = {"__main__.Point": Point, "__main__.Config": Config}
    return [known.get(name) or eval(name) for name in names]


def big_endian(data):
    """The same file, as a machine of the other byte order writes it."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith("byteorder"):
                content = b"big"
            if "/data/" in name:
                content = numpy.frombuffer(content, "<f4").astype(">f4").tobytes()
            target.writestr(zipfile.ZipInfo(name), content)
    return made.getvalue()


def packed(data):
    """The same file, zipped again with compression, by another program."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name), source.read(name), zipfile.ZIP_DEFLATED)
    return made.getvalue()


def bytes_of(value, **options):
    file = io.BytesIO()
    torch.save(value, file, **options)
    return file.getvalue()


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for old in OUT.glob("*.pt"):
        old.unlink()
    cases = []

    def write(name, data, allowed=(), weights_only=True, **more):
        (OUT / f"{name}.pt").write_bytes(data)
        case = {"name": name, **more}
        try:
            with torch.serialization.safe_globals(safe(allowed)):
                loaded = torch.load(io.BytesIO(data), weights_only=weights_only)
            if allowed:
                case["allowed"] = list(allowed)
            holds = described(loaded, {})
            # The same in another format: the name of the case that has it.
            case["holds"] = next((c["name"] for c in cases if c.get("holds") == holds), holds)
        except pickle.UnpicklingError as error:
            case["error"] = [type(error).__name__, str(error)]
        cases.append(case)

    for name, value in SAVED.items():
        write(name, bytes_of(value))
    for name in LEGACY:
        write(f"{name}.legacy", bytes_of(SAVED[name], **OPTIONS["legacy"]))
    for way in ("protocol4", "protocol5"):
        # PyTorch's own weights_only reader stops at protocol 2.
        for name in ("checkpoint", "nested", "plain", "bytes"):
            if way == "protocol4" or name != "checkpoint":
                write(f"{name}.{way}", bytes_of(SAVED[name], **OPTIONS[way]), weights_only=False)
    write("views.big_endian", big_endian(bytes_of(SAVED["views"])))
    write("state_dict.packed", packed(bytes_of(SAVED["state_dict"])))
    for name, (value, allowed) in ALLOWED.items():
        write(name, bytes_of(value), allowed)
    for name, make in REFUSED.items():
        write(name, bytes_of(make()))
    for name, make in ELSEWHERE.items():
        (OUT / f"{name}.pt").write_bytes(bytes_of(make()))
    text = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    (OUT / "files.json").write_text(f"[\n{text}\n]\n")


main()
