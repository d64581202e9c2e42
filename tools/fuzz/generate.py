"""Random programs of one to eight calls, and what PyTorch makes of them.

    python3 generate.py SEED FIRST COUNT [MOST]
    python3 generate.py - [MOST]

prints a program a line, as JSON (program.ts tells its form), COUNT of them from number FIRST on, or those that lines of its
input name, as SEED/NUMBER. The operands of a call
have at most MOST elements together. Every call is recorded with its results or its error and what it has written elsewhere, then the state of all operands and
the gradients of what came last.
"""

import contextlib
import json
import random
import sys
import warnings

import torch

from programs import algebra, arranging, elementwise, indexing, networks  # noqa: F401  (they register their kinds of calls)
from programs.calls import KINDS
from programs.operands import NAMES, Operands, encoded, is_usable, overlaps

LARGEST = 20000
MOST_RESULTS = 12


def first_line(error):
    return [type(error).__name__, str(error).split("\n")[0][:300]]


def recorded(t):
    shape = {"dtype": NAMES[t.dtype], "shape": list(t.shape), "strides": list(t.stride())}
    flags = {"grad": t.requires_grad, "leaf": t.is_leaf, "version": t._version}
    return {**shape, **flags, "bytes": encoded(t)}


def flat(result):
    if isinstance(result, (tuple, list)):
        return [x for part in result for x in flat(part)]
    return [result]


def seed_gradient(t):
    """What backward begins with: the same numbers are made in replay.ts."""
    return ((torch.arange(t.numel()) % 7) - 3).to(torch.float64).mul(0.25).add(0.125).reshape(t.shape).to(t.dtype)


def record_results(result, operands):
    """Enters the results among the operands; None if one cannot be gone on with, because of its size for one."""
    records = []
    for x in flat(result)[:MOST_RESULTS]:
        if not isinstance(x, torch.Tensor):
            records.append({"value": repr(x)})
            operands.add(torch.zeros(1))
            continue
        if x.numel() > LARGEST or x.dtype not in NAMES:
            return None
        try:
            records.append(recorded(x))
        except RuntimeError:  # a view that PyTorch does not let anybody use any more
            return None
        operands.add(x)
    return records


def give_out(call, operands, chooser):
    """Gives the call a tensor for its result, nearly always one that fits; whether it did."""
    is_function = call.where in ("torch", "linalg", "special", "fft")
    if call.writes or not (is_function or (call.where == "method" and callable(getattr(torch, call.name, None)))):
        return False
    try:
        with torch.no_grad():
            result = call.run(operands)
    except Exception:
        return False
    if not isinstance(result, torch.Tensor) or result.dtype not in NAMES or result.numel() > LARGEST:
        return False
    shape = list(result.shape) if chooser.random() < 0.8 else [0]
    dtype = NAMES[result.dtype] if chooser.random() < 0.7 else None
    call.where = call.where if is_function else "torch"
    call.kwargs["out"] = operands.make(dtype, shape, grad=chooser.random() < 0.03)
    return True


def step(operands, chooser, most):
    """One call and what came of it; None if it says nothing, or takes more than `most` new elements."""
    make = chooser.choices(*zip(*KINDS))[0]
    start = len(operands.tensors)
    call = make(operands, chooser)
    into = give_out(call, operands, chooser) if chooser.random() < 0.08 else False
    undefined = any(overlaps(operands[x]) for x in call.written_to)
    if undefined or sum(operands.tensors[i].numel() for i in range(start, len(operands.tensors))) > most:
        operands.drop_from(start)
        return None
    unrecorded = chooser.random() < (0.8 if into else 0.05)
    made = [[i, {**operands.specs[i], "version": operands.tensors[i]._version}] for i in range(start, len(operands.tensors))]
    told = {**call.written(), "no_grad": unrecorded, "given": made}
    watched = [x.number for x in [*call.written_to, *call.running]]
    before = {i: (operands.tensors[i].shape, encoded(operands.tensors[i])) for i in watched}

    def changed(refs):
        now = [[x.number, (operands[x].shape, encoded(operands[x]))] for x in refs]
        same_shape = lambda i, shape: before[i][0] == shape
        differing = [[i, bytes if same_shape(i, shape) else None] for i, (shape, bytes) in now if before[i] != (shape, bytes)]
        return {"changed": differing} if differing else {}

    try:
        with torch.no_grad() if unrecorded else contextlib.nullcontext():
            result = call.run(operands)
    except Exception as error:
        if into and isinstance(error, TypeError):  # it takes no out=
            operands.drop_from(start)
            return None
        return {**told, "error": first_line(error), **changed(call.written_to)}
    after = len(operands.tensors)
    records = record_results(result, operands)
    if records is None:
        operands.drop_from(after)
        return {**told, "results": None}
    return {**told, "results": records, **changed(call.running)}


def program(number, chooser, most):
    operands = Operands(chooser)
    calls, last = [], []
    wanted = chooser.choice([1, 1, 1, 2, 2, 3, 4, 5, 8])
    for _ in range(40):
        told = step(operands, chooser, most)
        if told is None:
            continue
        calls.append(told)
        if "error" in told:
            # What is left must be unharmed: half of the programs go on.
            if chooser.random() < 0.4:
                break
        elif told["results"] is None:
            break
        else:
            last = list(range(len(operands.tensors) - len(told["results"]), len(operands.tensors)))
        if len(calls) >= wanted:
            break
    found = {"id": number, "calls": calls}
    given = [i for i, spec in enumerate(operands.specs) if spec is not None]
    found["after"] = [[i, {"bytes": encoded(operands.tensors[i]), "version": operands.tensors[i]._version}] for i in given]
    roots = [i for i in last if is_usable(operands.tensors[i]) and operands.tensors[i].requires_grad and operands.tensors[i].numel() < 5000]
    if roots:
        found["roots"] = roots
        tensors = [operands.tensors[i] for i in roots]
        leaves = [i for i in given if operands.specs[i]["grad"]]
        found["twice"] = chooser.random() < 0.15
        # Which of the results the gradients' own gradients go through is the formulas' business.
        on_the_way = [] if found["twice"] else [i for i, t in enumerate(operands.tensors) if is_usable(t) and t.requires_grad and not t.is_leaf]
        if on_the_way and chooser.random() < 0.2:
            found["retained"] = [chooser.choice(on_the_way)]
        if not found["twice"] and chooser.random() < 0.1:
            found["hooks"] = [chooser.choice([*on_the_way, *leaves])]
        try:
            for i in found.get("retained", []):
                operands.tensors[i].retain_grad()
            for i in found.get("hooks", []):
                operands.tensors[i].register_hook(lambda grad: grad * 2)
            seeds = [seed_gradient(t) for t in tensors]
            if found["twice"]:
                inputs = [operands.tensors[i] for i in leaves]
                first = torch.autograd.grad(tensors, inputs, seeds, create_graph=True, allow_unused=True)
                tensors = [g for g in first if g is not None and g.requires_grad]
                seeds = [seed_gradient(g) for g in tensors]
            if tensors:
                torch.autograd.backward(tensors, seeds)
            leaves += found.get("retained", [])
            grads = [(i, operands.tensors[i].grad) for i in leaves]
            found["gradients"] = [
                [i, None if g is None else {"dtype": NAMES[g.dtype], "shape": list(g.shape), "bytes": encoded(g)}] for i, g in grads
            ]
        except Exception as error:
            found["backward_error"] = first_line(error)
    return found


if __name__ == "__main__":
    if sys.argv[1] == "-":
        wanted = ([int(part) for part in line.split("/")] for line in sys.stdin)
    else:
        seed, begin, count = (int(text) for text in sys.argv[1:4])
        wanted = ((seed, i) for i in range(begin, begin + count))
    most = int(sys.argv[-1]) if len(sys.argv) in (3, 5) else LARGEST
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    for seed, i in wanted:
        # Each program by itself, so that one can be made again without those before it.
        print(json.dumps(program(f"{seed}/{i}", random.Random(seed * 1_000_003 + i), most), separators=(",", ":")), flush=True)
