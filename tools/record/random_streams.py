"""Records random draws of PyTorch 2.13's CPU generator for test/ops/random.test.ts.

    python tools/record/random_streams.py [folder with cases.jsonl.gz and blob.bin.gz of earlier recordings]

writes test/recorded/random.json: {"torch", "cases": [{id, seed, calls, tensors, data}]}. After manual_seed(seed) the calls
draw from one stream, in order: {fn, dtype?, size?, args?, input?, options?, expected}, where {"t": k} is the k-th
tensor and {"int": "..."} an integer beyond 2^53; a fn ending in _ fills empty(size). `data` is the base64 of the
deflated bytes of all tensors, one after the other, little-endian.
"""
import base64, gzip, json, pathlib, sys, zlib
import torch

OUT = pathlib.Path(__file__).parent.parent.parent / "test" / "recorded" / "random.json"
# Modules and initialisations with their own arithmetic are tested where those are; float16 has no kernels.
SKIP = ("init_", "half", "rrelu", "gumbel_softmax", "nninit_orthogonal", "nninit_sparse", "nninit_dirac", "nninit_eye",
        "nninit_constant", "nninit_ones", "nninit_zeros")
f32, f64, i64 = torch.float32, torch.float64, torch.int64


def repeats(id, seen):
    """Whether it is another seed of a long series, or of the build without vector instructions."""
    name, build, seed = id.rsplit("/", 2)
    long = ".sizes" in name or name in ("random.randperm", "random.multinomial")
    if build == "scalar" and "normal_" not in name: return True
    if long and name in seen: return True
    seen.add(name)
    return False


class Case:
    def __init__(self, id, seed):
        self.id, self.seed, self.calls, self.tensors, self.bytes = id, seed, [], [], b""

    def put(self, dtype, shape, raw):
        self.tensors.append({"dtype": dtype, "shape": list(shape)})
        self.bytes += raw
        return {"t": len(self.tensors) - 1}

    def put_tensor(self, x):
        return self.put(str(x.dtype)[6:], x.shape, x.contiguous().numpy().tobytes())

    def json(self):
        data = base64.b64encode(zlib.compress(self.bytes, 9)).decode()
        return {"id": self.id, "seed": plain(self.seed), "calls": self.calls, "tensors": self.tensors, "data": data}


def plain(x):
    """A recorded or a Python value in the file's form."""
    if isinstance(x, dict):
        if "float" in x: return float(x["float"])
        if "tuple" in x: return [plain(v) for v in x["tuple"]]
        if "dict" in x: return {k: plain(v) for k, v in x["dict"]}
        if "dtype" in x: return x["dtype"]
        return x
    if isinstance(x, (list, tuple)): return [plain(v) for v in x]
    if isinstance(x, torch.dtype): return str(x)[6:]
    if isinstance(x, int) and abs(x) > 2**53: return {"int": str(x)}
    return x


def copied(folder):
    blob = gzip.open(folder / "blob.bin.gz").read()
    seen = set()
    for line in gzip.open(folder / "cases.jsonl.gz", "rt"):
        c = json.loads(line)
        if c["kind"] != "random" or c["op"].startswith(SKIP) or repeats(c["id"], seen): continue
        case = Case(c["id"].removeprefix("random."), c["seed"])
        for t in c["tensors"]: case.put(t["dtype"], t["shape"], blob[t["off"]:t["off"] + t["len"]])
        case.calls = [{k: plain(v) for k, v in call.items()} for call in c["calls"]]
        yield case.json()


def recorded(id, seed, calls):
    """calls: (fn, {size, dtype, args, input, options})."""
    case = Case(id, seed)
    torch.manual_seed(seed)
    for fn, k in calls:
        args, options = k.get("args", ()), k.get("options", {})
        dtype = {"dtype": k["dtype"]} if "dtype" in k else {}
        if fn.startswith("nn.init."): y = getattr(torch.nn.init, fn[8:])(torch.zeros(k["size"], **dtype), *args, **options)
        elif fn.endswith("_"): y = getattr(torch.empty(k["size"], **dtype), fn)(*args)
        elif "input" in k: y = getattr(torch, fn)(k["input"], *args)
        else: y = getattr(torch, fn)(*args, **dtype)
        call = {"fn": fn} | {name: plain(v) for name, v in k.items() if name != "input"}
        if "input" in k: call["input"] = case.put_tensor(k["input"])
        call["expected"] = case.put_tensor(y) if isinstance(y, torch.Tensor) else plain(y)
        case.calls.append(call)
    return case.json()


def own():
    for seed in (-1, -2**63, 2**63 - 1, 2**63, 2**64 - 1, -5):
        yield recorded(f"seed {seed}", seed, [("initial_seed", {}), ("rand", {"args": [2]})])
    fill = lambda fn, dtype, sizes, *args: [(fn, {"size": [n], "dtype": dtype, "args": args}) for n in sizes]
    for dtype in (f32, f64):
        name = str(dtype)[6:]
        bounds = ((-0.1, 0.3), (1000, 1000.1), (-1e-30, 3e30), (5, 5), (-1 / 7, 1 / 7), (1 / 3, 2 / 3))
        yield recorded(f"uniform_ bounds {name}", 11, [c for b in bounds for c in fill("uniform_", dtype, [20], *b)])
        yield recorded(f"normal_ long {name}", 12, fill("normal_", dtype, [300], 0.3, 2.5) + fill("normal_", dtype, [128], 0, 1)
                       + fill("normal_", dtype, [3, 16], -3, 0))
        yield recorded(f"bernoulli tensor {name}", 13,
                       [("bernoulli", {"input": torch.linspace(0, 1, 40, dtype=dtype)}), ("rand", {"args": [1]})])
        w = torch.rand(3, 50, dtype=dtype, generator=torch.Generator().manual_seed(1)).pow(3)
        w[1, ::2] = 0
        yield recorded(f"multinomial rows {name}", 14, [("multinomial", {"input": x, "args": a}) for x, a in (
            (w, (1, False)), (w, (20, False)), (w, (30, True)), (w, (1, True)), (w[2], (50, False)), (w[2], (60, True)))])
        rates = torch.tensor([0, 0.1, 1, 9.99, 10, 10.5, 15, 20, 33, 100, 1e3, 1e5, 1e9] * 4, dtype=dtype)
        yield recorded(f"poisson {name}", 15, [("poisson", {"input": rates}), ("rand", {"args": [1]})])
        trunc = ((0, 1, -2, 2), (0, 1, -0.5, 0.5), (0, 0.02, -2, 2), (1, 2, 0, 0.25), (0, 1, 1.5, 4), (0, 1, 1, 1.5))
        yield recorded(f"trunc_normal_ {name}", 16,
                       [("nn.init.trunc_normal_", {"size": [n], "dtype": dtype, "args": a}) for a in trunc for n in (7, 40)])
        yield recorded(f"log_normal_ and others {name}", 17, fill("log_normal_", dtype, [5, 20], 0, 0.5)
                       + fill("exponential_", dtype, [9], 0.1) + fill("cauchy_", dtype, [9], 2, 3) + fill("geometric_", dtype, [9], 0.9))
        yield recorded(f"random_ bounds {name}", 18, [c for b in (
            (10,), (-3, 2**23), (0, 2**24), (0, 2**24 + 1), (-2**24 - 1, 2**24), (2**30 + 1, 2**40 + 1), (0, 2**53 + 1), (-2**62 - 1, 2**62))
            for c in fill("random_", dtype, [6], *b)] + [("random_", {"size": [6], "dtype": dtype, "args": []})])
    yield recorded("randint limits", 19, [("randint", {"args": [low, high, [6]]}) for low, high in (
        (0, 2**28 - 1), (0, 2**28), (-1, 2**28), (0, 2**31), (-7, 2**33 - 3), (-2**63, 2**63 - 1), (-2**63, -2**63 + 10), (2**62, 2**62 + 3))]
        + [("rand", {"args": [1]})])
    whole = (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool)
    yield recorded("bernoulli_ and geometric_ whole", 20, [c for d in whole for c in fill("bernoulli_", d, [12], 0.4)]
                   + [c for d in whole[:5] for c in fill("geometric_", d, [6], 0.25)])
    yield recorded("random_ whole", 21, [c for d in whole for c in fill("random_", d, [12])])
    yield recorded("randint whole", 22, [("randint", {"args": [0, 2, [9]], "dtype": d}) for d in whole]
                   + [("randint", {"args": [-2**31, 2**31 - 1, [9]], "dtype": torch.int32}), ("randint", {"args": [-128, 128, [9]], "dtype": torch.int8})])
    yield recorded("state with a kept normal", 23, [("randn", {"args": [3]}), ("get_rng_state", {}), ("randn", {"args": [1]}), ("rand", {"args": [2]})])
    yield recorded("randperm long", 24, [("randperm", {"args": [1000]}), ("rand", {"args": [1]})])


cases = [c for folder in sys.argv[1:] for c in copied(pathlib.Path(folder))] + list(own())
lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
OUT.write_text(f'{{"torch":"{torch.__version__}","cases":[\n{lines}\n]}}\n')
print(len(cases), "cases", OUT.stat().st_size, "bytes")
