"""Records digests of long random draws of PyTorch 2.13's CPU generator for test/random/in_lanes.test.ts.

    python tools/record/random_many.py

writes test/recorded/random_many.json: {"torch", "draws": [{fn, size, dtype, args, seed, before, sha256, state}]}. After
manual_seed(seed) and `before` draws of 32 bits (an int32's random_), `fn` draws; a fn ending in _ fills empty(size), and
"bernoulli" takes its chances from linspace(0, 1). `sha256` is of the bytes drawn, `state` of those of the generator's state.
"""
import hashlib, json, pathlib
import torch

OUT = pathlib.Path(__file__).parent.parent.parent / "test" / "recorded" / "random_many.json"
FLOATS = (torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.complex64)
WHOLE = (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool)
digest = lambda x: hashlib.sha256(x.contiguous().view(torch.uint8).numpy().tobytes()).hexdigest()


def cases():
    for dtype in FLOATS:
        yield "rand", dtype, []
        if dtype != torch.complex64: yield "uniform_", dtype, [-0.1, 0.3]
        # Of float64 the last digits differ between mathematical libraries.
        if dtype != torch.float64:
            yield "randn", dtype, []
            yield "normal_", dtype, [0.3, 2.5]
    for dtype in FLOATS[:4] + WHOLE: yield "bernoulli_", dtype, [0.3]
    yield "bernoulli", torch.float32, []
    for dtype in FLOATS[:2] + WHOLE: yield "random_", dtype, [0, 2] if dtype == torch.bool else [-7, 100] if dtype != torch.uint8 else [250]
    yield "random_", torch.int64, [-5, 2**28 - 6]
    yield "random_", torch.float32, [2**23, 2**23 + 2**20]


draws = []
for i, (fn, dtype, args) in enumerate(cases()):
    for size, before in ((2000 + 37 * i, i), (100_003, 624 - i % 3), (65_536, 0)):
        torch.manual_seed(i)
        torch.empty(before, dtype=torch.int32).random_()
        if fn == "bernoulli": x = torch.bernoulli(torch.linspace(0, 1, size))
        elif fn.endswith("_"): x = getattr(torch.empty(size, dtype=dtype), fn)(*args)
        else: x = getattr(torch, fn)(size, dtype=dtype)
        draws.append({"fn": fn, "size": size, "dtype": str(dtype)[6:], "args": args, "seed": i, "before": before,
                      "sha256": digest(x), "state": digest(torch.get_rng_state())})
lines = ",\n".join(json.dumps(d, separators=(",", ":")) for d in draws)
OUT.write_text(f'{{"torch":"{torch.__version__}","draws":[\n{lines}\n]}}\n')
print(len(draws), "draws", OUT.stat().st_size, "bytes")
