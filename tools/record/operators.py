"""Adds cases to test/recorded/conformance: what PyTorch's operators give for the samples of PyTorch's own tests.

    python tools/record/operators.py logaddexp nn.functional.relu   # cases for these, in place of the samples that there are
    python tools/record/operators.py --dtypes complex128 linalg.inv # of this dtype only; those of others stay
    python tools/record/operators.py --check [NAME ...]             # compares what is recorded with the PyTorch at hand
    npm run conformance -- --data test/recorded/conformance         # what the library says to them

A name is PyTorch's without `torch.`. Samples come from `torch.testing._internal` (a minute to import): in float64 and complex128 with
gradients for random cotangents, in float32, int64 and bool; what PyTorch's tests say must be refused, with the error. Cases above 16 KB are left
out. The format: a case is a line of JSON with tagged values ({"t": k} is its k-th tensor); the tensors' bytes are in the blob.
"""

import argparse
import contextlib
import gzip
import json
import math
import sys
import types
import warnings
from pathlib import Path

import torch

FOLDER = Path(__file__).parent.parent.parent / "test" / "recorded" / "conformance"
DTYPES = [torch.float64, torch.complex128, torch.float32, torch.int64, torch.bool]
WITH_GRADIENTS = (torch.float64, torch.complex128)
# Results that are determined but for complex factors of size 1; other results have cotangents, these have none.
PHASES = {"svd": [0, 2], "linalg.svd": [0, 2], "linalg.eigh": [1]}
SAMPLES, BYTES = 12, 16384
warnings.simplefilter("ignore")
torch.set_num_threads(1)


def name_of(x):
    return str(x).removeprefix("torch.")


class Blob:
    """Bytes of tensors, each at a multiple of eight, equal ones once."""

    def __init__(self, data=b""):
        self.data = bytearray(data)
        self.places = {}

    def add(self, raw):
        if raw not in self.places:
            self.data += bytes(-len(self.data) % 8)
            self.places[raw] = len(self.data)
            self.data += raw
        return self.places[raw]


class Coder:
    """The values of one case as JSON has them, and back."""

    def __init__(self, blob, tensors=None):
        self.blob = blob
        self.tensors = [] if tensors is None else tensors
        self.known = {}

    def bytes_of(self, t):
        flat = t.detach().resolve_conj().resolve_neg().clone(memory_format=torch.contiguous_format).reshape(-1)
        return bytes(flat.view(torch.uint8).numpy()) if flat.numel() > 0 else b""

    def tensor(self, t):
        if id(t) in self.known:
            return {"t": self.known[id(t)][0]}
        raw = self.bytes_of(t)
        found = {"dtype": name_of(t.dtype), "shape": list(t.shape)}
        if not t.is_contiguous():
            found["strides"] = list(t.stride())
            if t.storage_offset():
                found["offset_elems"] = t.storage_offset()
        if t.requires_grad and t.is_leaf:
            found["rg"] = True
        found |= {"off": self.blob.add(raw), "len": len(raw)}
        self.known[id(t)] = (len(self.tensors), t)
        self.tensors.append(found)
        return {"t": len(self.tensors) - 1}

    def encode(self, x):
        if isinstance(x, torch.Tensor):
            return self.tensor(x)
        if x is None or isinstance(x, (bool, str)):
            return x
        if isinstance(x, int):
            return x if abs(x) <= 2**53 else {"int": str(x)}
        if isinstance(x, float):
            plain = math.isfinite(x) and not x.is_integer()
            return x if plain else {"float": int(x) if math.isfinite(x) and abs(x) < 2**53 and str(x) != "-0.0" else "-0" if x == 0 else str(x)}
        if isinstance(x, complex):
            return {"complex": [self.encode(x.real), self.encode(x.imag)]}
        for kind in ("dtype", "layout", "memory_format", "device"):
            if isinstance(x, getattr(torch, kind)):
                return {kind: name_of(x)}
        if isinstance(x, slice):
            return {"slice": [self.encode(v) for v in (x.start, x.stop, x.step)]}
        if x is Ellipsis:
            return {"ellipsis": True}
        if isinstance(x, tuple):
            fields = list(getattr(type(x), "__match_args__", []))  # of a named tuple
            return {"tuple": [self.encode(v) for v in x]} | ({"fields": fields} if fields else {})
        if isinstance(x, list):
            return [self.encode(v) for v in x]
        if isinstance(x, dict):
            return {"dict": [[k, self.encode(v)] for k, v in x.items()]}
        raise TypeError(f"no way to write {type(x).__name__}")

    def decode(self, x):
        if isinstance(x, list):
            return [self.decode(v) for v in x]
        if not isinstance(x, dict):
            return x
        [(tag, v), *_] = x.items()
        if tag == "t":
            if v not in self.known:
                t = self.tensors[v]
                raw = bytes(self.blob.data[t["off"] : t["off"] + t["len"]])
                flat = torch.frombuffer(bytearray(raw), dtype=getattr(torch, t["dtype"])) if raw else torch.empty(0, dtype=getattr(torch, t["dtype"]))
                whole = flat.reshape(t["shape"])
                if "strides" in t:
                    least = t.get("offset_elems", 0)
                    most = least + sum((n - 1) * s for n, s in zip(t["shape"], t["strides"], strict=True)) if whole.numel() else least
                    laid = torch.zeros(most + 1, dtype=whole.dtype).as_strided(t["shape"], t["strides"], least)
                    if 0 not in t["strides"]:
                        laid.copy_(whole)
                        whole = laid
                    else:
                        whole = whole[tuple(slice(0, 1) if s == 0 else slice(None) for s in t["strides"])].expand(t["shape"])
                self.known[v] = whole.requires_grad_(t.get("rg", False))
            return self.known[v]
        if tag == "float":
            return float(v)
        if tag == "int":
            return int(v)
        if tag == "complex":
            return complex(*(self.decode(part) for part in v))
        if tag == "tuple":
            return tuple(self.decode(part) for part in v)
        if tag == "dict":
            return {k: self.decode(value) for k, value in v}
        if tag == "slice":
            return slice(*(self.decode(part) for part in v))
        if tag == "ellipsis":
            return ...
        if tag == "device":
            return torch.device(v)
        if tag in ("dtype", "layout", "memory_format"):
            return getattr(torch, v)
        raise TypeError(f"no way to read {tag}")


def operators():
    """PyTorch's table of operators with samples, by name."""
    # A test library that torch.testing._internal imports and that nothing here calls.
    case = type("TestCase", (), {})
    sys.modules.setdefault("expecttest", types.SimpleNamespace(TestCase=case))
    from torch.testing._internal.common_methods_invocations import op_db

    found = {}
    for op in op_db:
        found.setdefault(op.name, []).append(op)
    return found


def flattened(x):
    if isinstance(x, torch.Tensor):
        return [x]
    return [t for v in x for t in flattened(v)] if isinstance(x, (list, tuple)) else []


def copied(x, grad):
    if isinstance(x, torch.Tensor):
        return x.detach().clone().requires_grad_(grad and x.requires_grad)
    if isinstance(x, (list, tuple)) and not hasattr(x, "_fields"):
        return type(x)(copied(v, grad) for v in x)
    return x


def case_of(op, sample, dtype, number, blob):
    grad = dtype in WITH_GRADIENTS and op.supports_autograd
    given = [copied(v, grad) for v in (sample.input, *sample.args)]
    kwargs = {k: copied(v, grad) for k, v in sample.kwargs.items()}
    torch.manual_seed(0)
    result = op.op(*given, **kwargs)
    again = op.op(*given, **kwargs)
    if not all(torch.equal(a, b) or a.is_floating_point() for a, b in zip(flattened(result), flattened(again), strict=True)):
        return None  # random
    variant = f"|{op.variant_test_name}" if op.variant_test_name else ""
    case = {"id": f"{op.name}{variant}/{name_of(dtype)}/{number}", "split": "open", "op": op.name, "kind": "op", "dtype": name_of(dtype), "src": "sample"}
    if variant:
        case["variant"] = op.variant_test_name
    coder = Coder(blob)
    case["args"] = [coder.encode(v) for v in given]
    case["kwargs"] = {k: coder.encode(v) for k, v in kwargs.items()}
    case["expected"] = coder.encode(result)
    leaves = [t for t in flattened(given) + flattened(list(kwargs.values())) if t.requires_grad]
    outputs = flattened(result)
    phases = PHASES.get(op.name, []) if dtype.is_complex else []
    if phases:
        case["gauge"] = phases
    if leaves and any(t.requires_grad for t in outputs):
        cotangents = [torch.randn_like(t) if t.requires_grad and i not in phases else None for i, t in enumerate(outputs)]
        pairs = [(t, c) for t, c in zip(outputs, cotangents, strict=True) if c is not None]
        grads = torch.autograd.grad([t for t, _ in pairs], leaves, [c for _, c in pairs], allow_unused=True)
        case["cotangents"] = [None if c is None else coder.encode(c) for c in cotangents]
        case["grads"] = [{"of": coder.encode(leaf), "grad": None if g is None else coder.encode(g)} for leaf, g in zip(leaves, grads, strict=True)]
    case["tensors"] = coder.tensors
    return case if sum(t["len"] for t in coder.tensors) <= BYTES else None


def error_of(op, refused, number, blob):
    sample = refused.sample_input
    coder = Coder(blob)
    case = {"id": f"{op.name}/error/{number}", "split": "open", "op": op.name, "kind": "error", "dtype": "error"}
    case["args"] = [coder.encode(v) for v in (sample.input, *sample.args)]
    case["kwargs"] = {k: coder.encode(v) for k, v in sample.kwargs.items()}
    try:
        op.op(sample.input, *sample.args, **sample.kwargs)
    except Exception as error:
        case["error"] = {"type": refused.error_type.__name__, "actual_type": type(error).__name__, "regex": refused.error_regex, "message": str(error)}
        case["tensors"] = coder.tensors
        return case
    return None


def cases_of(op, blob, dtypes):
    for dtype in dtypes:
        if dtype not in op.dtypes:
            continue
        torch.manual_seed(0)
        samples = op.sample_inputs("cpu", dtype, requires_grad=dtype in WITH_GRADIENTS and op.supports_autograd)
        for number, sample in enumerate(samples):
            if number >= SAMPLES:
                break
            with contextlib.suppress(TypeError):  # an argument that the format has no word for
                yield case_of(op, sample, dtype, number, blob)
    if op.error_inputs_func is not None and dtypes == DTYPES:
        for number, refused in enumerate(op.error_inputs("cpu")):
            with contextlib.suppress(TypeError):
                yield error_of(op, refused, number, blob)


def read():
    with gzip.open(FOLDER / "cases.jsonl.gz", "rt") as lines, gzip.open(FOLDER / "blob.bin.gz") as data:
        return [json.loads(line) for line in lines], Blob(data.read())


def write(cases, blob):
    with gzip.GzipFile(FOLDER / "cases.jsonl.gz", "wb", 9, mtime=0) as out:
        out.write("".join(json.dumps(c, separators=(",", ":")) + "\n" for c in cases).encode())
    with gzip.GzipFile(FOLDER / "blob.bin.gz", "wb", 9, mtime=0) as out:
        out.write(blob.data)


def add(names, dtypes):
    table = operators()
    for name in names:
        if name not in table:
            raise SystemExit(f"PyTorch's table of operators has no {name}")
    cases, blob = read()
    blob.places = {}
    of = [name_of(d) for d in dtypes]
    if any(c["op"] in names and c["dtype"] in of and "gauge" in c and not getattr(torch, c["dtype"]).is_complex for c in cases):
        raise SystemExit("what is determined only up to sign or rotation is recorded by hand")
    # Those that PyTorch's tests call references, those that are not contiguous and those written by hand stay.
    asked = [c for c in cases if c["op"] in names and (c["dtype"] in of or dtypes == DTYPES)]
    replaced = {c["id"] for c in asked if c.get("src") == "sample" or (c["kind"] == "error" and "src" not in c)}
    kept = [c for c in cases if c["id"] not in replaced]
    taken = {c["id"] for c in kept}
    made = [c for name in names for op in table[name] for c in cases_of(op, blob, dtypes) if c is not None]
    for case in made:
        start, number = case["id"].rsplit("/", 1)
        while case["id"] in taken:
            number = int(number) + 1
            case["id"] = f"{start}/{number}"
        taken.add(case["id"])
    write(kept + made, blob)
    print(f"{len(made)} cases of {', '.join(names)} in place of {len(cases) - len(kept)}")


def close(a, b):
    if isinstance(b, torch.Tensor):
        loose = {"rtol": 1e-4, "atol": 1e-5} if b.dtype is torch.float32 else {"rtol": 1e-6, "atol": 1e-8}
        return isinstance(a, torch.Tensor) and a.dtype == b.dtype and a.shape == b.shape and torch.allclose(a.detach(), b.detach(), equal_nan=True, **loose)
    if isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(close(x, y) for x, y in zip(a, b, strict=True))
    return a == b or a != a and b != b


def check(names):
    table = operators()
    cases, blob = read()
    asked = good = 0
    for case in cases:
        if case["kind"] != "op" or case["op"] not in table or (names and case["op"] not in names):
            continue
        op = next((o for o in table[case["op"]] if o.variant_test_name == case.get("variant", "")), table[case["op"]][0])
        coder = Coder(blob, case["tensors"])
        asked += 1
        try:
            given = coder.decode(case["args"])
            with torch.no_grad():
                result = op.op(*given, **{k: coder.decode(v) for k, v in case["kwargs"].items()})
            same = "gauge" in case or close(result, coder.decode(case["expected"]))
        except Exception as error:
            same = False
            print(f"{case['id']}: {type(error).__name__}: {str(error)[:120]}")
        else:
            if not same:
                print(f"{case['id']}: another result")
        good += same
    print(f"{good} of {asked} cases are what PyTorch {torch.__version__} gives")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--dtypes", nargs="+", choices=[name_of(d) for d in DTYPES], default=[name_of(d) for d in DTYPES])
    options = parser.parse_args()
    if options.check:
        check(options.names)
    elif options.names:
        add(options.names, [d for d in DTYPES if name_of(d) in options.dtypes])
    else:
        parser.error("name operators, or --check")
