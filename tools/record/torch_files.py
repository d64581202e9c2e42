"""Writes test/recorded/serialization/: files of torch.save in both formats, of the kinds that programs write, and what is in
them as PyTorch reads it (weights_only=True), which test/serialization/torch_files.test.ts compares.

    python tools/record/torch_files.py
"""

import argparse
import collections
import copy
import io
import json
import pickle
import sys
import tarfile
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
}

# Dtypes that this library reads as wider ones: every float of eight bits, the ends of the others, and one storage of several.
every = torch.arange(256, dtype=torch.uint8)
sixteen = torch.arange(12).to(torch.uint16)
WIDER = {
    **{
        name: every.view(getattr(torch, name))
        for name in "float8_e4m3fn float8_e5m2 float8_e4m3fnuz float8_e5m2fnuz float8_e8m0fnu".split()
    },
    "uint16": torch.tensor([0, 1, 2**16 - 1], dtype=torch.uint16),
    "uint32": torch.tensor([0, 1, 2**32 - 1], dtype=torch.uint32),
    "uint64": torch.tensor([0, 1, 2**62 + 1], dtype=torch.uint64),
    "complex32": torch.tensor([1 + 2j, -0.5j, 65504]).to(torch.complex32),
    "turned": sixteen.view(3, 4).t(),
    "part": sixteen[2:5],
}


def wide(x):
    return x.to(torch.complex64 if x.is_complex() else torch.float64 if x.is_floating_point() else torch.int64)


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


class Old(pickle._Pickler):
    """Pickles tensors as older versions did; collects the storages, as they were named then."""

    def __init__(self, file, rebuild="v2", key=str, view=False):
        super().__init__(file, 2)
        self.rebuild, self.key, self.view, self.storages = rebuild, key, view, {}

    def persistent_id(self, x):
        if not isinstance(x, torch.storage.TypedStorage):
            return None
        place = x._untyped_storage.data_ptr()
        key = self.storages.setdefault(place, (self.key(len(self.storages)), x))[0]
        kind = getattr(torch, x._pickle_storage_type())
        # Storages could be parts of others once: the key of the part, where it begins, its size.
        views = ((f"{key}v", 0, x._size()) if self.view else None,) if self.view is not None else ()
        return ("storage", kind, key, "cpu", x._size(), *views)

    def reducer_override(self, x):
        if type(x) is nn.Parameter:
            return torch._utils._rebuild_parameter, (x.data, x.requires_grad, collections.OrderedDict())
        if type(x) is not torch.Tensor:
            return NotImplemented
        storage = torch.storage.TypedStorage(wrap_storage=x.untyped_storage(), dtype=x.dtype, _internal=True)
        placed = (storage, x.storage_offset(), tuple(x.size()), x.stride())
        if self.rebuild == "v1":
            return torch._utils._rebuild_tensor, placed
        return torch._utils._rebuild_tensor_v2, (*placed, x.requires_grad, collections.OrderedDict())


def raw(storage):
    return bytes(storage._untyped_storage.tolist())


def old_zip(value, version):
    """As PyTorch 1.5 to 1.8 wrote it: storages by their addresses, no byte order, no other record."""
    pickled = io.BytesIO()
    pickler = Old(pickled, key=lambda n: str(94_300_000_000_000 + 64 * n), view=None)
    pickler.dump(value)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in {
            "data.pkl": pickled.getvalue(),
            **{f"data/{key}": raw(storage) for key, storage in pickler.storages.values()},
            "version": version,
        }.items():
            archive.writestr(zipfile.ZipInfo(f"archive/{name}"), content)
    return made.getvalue()


def old_legacy(value, rewrite=lambda pickled: pickled, **options):
    """As versions before 1.6 wrote it: pickles one after the other, and the storages after them."""
    pickled = io.BytesIO()
    pickler = Old(pickled, key=lambda n: str(94_300_000_000_000 + 64 * n), **options)
    pickler.dump(value)
    made = io.BytesIO()
    sizes = {"short": 2, "int": 4, "long": 4}
    for x in (0x1950A86A20F9469CFC6C, 1001, {"protocol_version": 1001, "little_endian": True, "type_sizes": sizes}):
        pickle.dump(x, made, 2)
    made.write(rewrite(pickled.getvalue()))
    pickle.dump(sorted(key for key, _ in pickler.storages.values()), made, 2)
    for _, storage in sorted(pickler.storages.values(), key=lambda pair: pair[0]):
        made.write(storage._size().to_bytes(8, "little") + raw(storage))
    return made.getvalue()


def by_python_2(pickled):
    """Python 2 wrote short texts as bytes, and called builtins by another name."""
    made, at = bytearray(), 0
    texts = {b"X" + len(text).to_bytes(4, "little") + text: bytes((ord("U"), len(text))) + text for text in TEXTS}
    while at < len(pickled):
        found = next((text for text in texts if pickled.startswith(text, at)), None)
        made += texts[found] if found else pickled[at : at + 1]
        at += len(found) if found else 1
    return bytes(made)


TEXTS = [name.encode() for name in model.state_dict()] + [b"cpu", b"storage"]


def old_training():
    """A checkpoint of PyTorch 1.4: steps as numbers, few options, parameters by their addresses; and where it goes on to."""
    torch.manual_seed(1)
    found = {}
    for name, make, options in (
        ("adam", torch.optim.Adam, ["lr", "betas", "eps", "weight_decay", "amsgrad"]),
        ("sgd", lambda p, lr: torch.optim.SGD(p, lr, momentum=0.9), ["lr", "momentum", "dampening", "weight_decay", "nesterov"]),
    ):
        layer = nn.Linear(3, 2)
        optimizer = make(layer.parameters(), lr=0.1)
        for _ in range(2):
            optimizer.zero_grad()
            layer(torch.ones(1, 3)).square().sum().backward()
            optimizer.step()
        state = optimizer.state_dict()
        ids = {i: 140_500_000_000_000 + 72 * i for i in (0, 1)}
        group = {k: state["param_groups"][0][k] for k in options}
        states = {
            ids[i]: {k: int(v) if k == "step" else v for k, v in each.items()} for i, each in state["state"].items()
        }
        old = {"state": states, "param_groups": [{**group, "params": list(ids.values())}]}
        begun = {k: v.clone() for k, v in layer.state_dict().items()}
        again = make(layer.parameters(), lr=9)
        again.load_state_dict(copy.deepcopy(old))
        for p in layer.parameters():
            p.grad = torch.ones_like(p)
        again.step()
        found[name] = {"model": begun, "optimizer": old, "after": {k: v.clone() for k, v in layer.state_dict().items()}}
    return found


def old_tar():
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name in ("sys_info", "pickle", "tensors", "storages"):
            archive.addfile(tarfile.TarInfo(name))
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
    for name in ("state_dict", "tensor", "views", "parameter", "tied"):
        write(f"{name}.of_1_6", old_zip(SAVED[name], "3\n"))
    write("state_dict.of_1_5", old_zip(SAVED["state_dict"], "2\n"))
    for name in ("state_dict", "views", "tied"):
        write(f"{name}.of_1_0", old_legacy(SAVED[name]))
        write(f"{name}.of_0_3", old_legacy(SAVED[name], rebuild="v1", view=True))
    write("state_dict.of_python_2", old_legacy(SAVED["state_dict"], by_python_2))
    write("training.of_1_4", old_zip(old_training(), "3\n"))
    (OUT / "tar.of_0_1.pt").write_bytes(old_tar())
    for name, (value, allowed) in ALLOWED.items():
        write(name, bytes_of(value), allowed)
    for name, make in REFUSED.items():
        write(name, bytes_of(make()))
    for name, make in ELSEWHERE.items():
        (OUT / f"{name}.pt").write_bytes(bytes_of(make()))
    (OUT / "wider.pt").write_bytes(bytes_of(WIDER))
    (OUT / "wider.legacy.pt").write_bytes(bytes_of(WIDER, **OPTIONS["legacy"]))
    numbers = {name: [str(y) for y in wide(x).flatten().tolist()] for name, x in WIDER.items()}
    (OUT / "wider.json").write_text(json.dumps(numbers) + "\n")
    (OUT / "too_large.pt").write_bytes(bytes_of(torch.tensor([2**63], dtype=torch.uint64)))
    layouts = [torch.eye(3).to_sparse(), torch.eye(3).to_sparse_csr(), torch.eye(3).to_sparse_csc()]
    (OUT / "layouts.legacy.pt").write_bytes(bytes_of(layouts, **OPTIONS["legacy"]))
    text = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    (OUT / "files.json").write_text(f"[\n{text}\n]\n")


main()
