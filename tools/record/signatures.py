"""Writes test/recorded/signatures.json: the arguments of PyTorch's public functions, classes and methods, as Python or, where they
are written in C++, their documentation tells them. `=` follows what may be left out; a list has several overloads.

Needs Python with PyTorch 2.13; the tests need only the recorded file.

    python3 -P tools/record/signatures.py
"""

import inspect
import json
import os
import re

import torch

MODULES = """torch torch.nn torch.nn.functional torch.nn.init torch.nn.utils torch.nn.utils.rnn torch.nn.modules.module torch.optim
torch.optim.lr_scheduler torch.optim.swa_utils torch.autograd torch.autograd.functional torch.autograd.forward_ad
torch.autograd.graph torch.func torch.linalg torch.fft torch.special torch.amp torch.utils.data torch.utils.checkpoint
torch.profiler torch.random torch.cuda torch.accelerator torch.cpu torch.__config__ torch.backends.mps""".split()
CLASSES = """torch.Tensor torch.Generator torch.nn.Module torch.nn.Sequential torch.nn.ModuleList torch.nn.ModuleDict
torch.nn.ParameterList torch.nn.ParameterDict torch.optim.Optimizer torch.optim.lr_scheduler.LRScheduler
torch.optim.lr_scheduler.ReduceLROnPlateau torch.optim.lr_scheduler.CosineAnnealingWarmRestarts
torch.optim.swa_utils.AveragedModel torch.amp.GradScaler torch.nn.utils.rnn.PackedSequence torch.profiler.profile
torch.nn.Transformer torch.nn.LSTM torch.nn.RNN torch.nn.GRU torch.nn.MultiheadAttention torch.nn.Embedding
torch.nn.TransformerEncoder torch.nn.TransformerEncoderLayer torch.nn.TransformerDecoder
torch.nn.TransformerDecoderLayer torch.nn.EmbeddingBag torch.nn.AdaptiveLogSoftmaxWithLoss
torch.nn.LinearCrossEntropyLoss""".split()


def python_signature(f, is_method):
    params = list(inspect.signature(f).parameters.values())
    # Several overloads, told apart inside.
    if is_method:
        params = params[1:]
    if [p.kind for p in params] == [inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD]:
        return None
    told, star = [], False
    for p in params:
        if p.kind == p.VAR_POSITIONAL:
            told.append("*" + p.name)
            star = True
            continue
        if p.kind == p.VAR_KEYWORD:
            told.append("**" + p.name)
            continue
        if p.kind == p.KEYWORD_ONLY and not star:
            told.append("*")
            star = True
        told.append(p.name + ("" if p.default is p.empty else "="))
    return ", ".join(told)


def documented(name, doc):
    """Signatures at the beginnings of lines, as in `clamp(input, min=None, max=None, *, out=None) -> Tensor`."""
    found = []
    for match in re.finditer(rf"^ *(?:torch\.)?(?:\w+\.)*{re.escape(name)}\(((?:[^()]|\([^()]*\))*)\)", doc if isinstance(doc, str) else "", re.M):
        text = re.sub(r"\\", "", match.group(1))
        told, depth, part, parts = [], 0, "", []
        for c in text + ",":
            depth += (c in "([{") - (c in ")]}")
            if c == "," and depth == 0:
                parts.append(part.strip())
                part = ""
            else:
                part += c
        for part in filter(None, parts):
            if part in ("*", "/"):
                told.append(part) if part == "*" else None
                continue
            m = re.match(r"(?:[\w\[\]., |]+ )?(\**\w+)(?:: [^=]*)?(\s*=.*)?$", part, re.S)
            if not m:
                break
            told.append(m.group(1) + ("=" if m.group(2) else ""))
        else:
            signature = ", ".join(told)
            if signature not in found:
                found.append(signature)
    return found or None


SCHEMAS = {}
for schema in torch._C._jit_get_all_schemas():
    SCHEMAS.setdefault(schema.name, []).append(schema)


def dispatched(path, name):
    """The arguments of all overloads of an operator, as the parser of arguments reads them; None if it is none."""
    prefix = path.removeprefix("torch").removeprefix(".").replace("nn.functional", "").replace(".", "_")
    overloads = SCHEMAS.get(f"aten::{prefix + '_' if prefix else ''}{name}")
    if overloads is None:
        return None
    names, has_out = [], False
    for schema in overloads:
        if any(t in str(a.type) for a in schema.arguments for t in ("Dimname", "List[str]", "str[]")):
            continue
        for a in schema.arguments:
            if a.kwarg_only and a.alias_info is not None and a.alias_info.is_write:
                has_out = True
            elif a.name not in ("out", "a", "b", "pin_memory") and not a.name.startswith("_"):
                given = "input" if a.name == "self" else a.name
                names += [n for n in (given,) if n not in names]
    return ", ".join([*names, *(["out="] if has_out else [])])


def signature_of(path, name, f, is_method=False):
    if type(f).__name__ == "builtin_function_or_method" and not is_method:
        found = dispatched(path, name)
        if found is not None:
            # The parser has no out= where the documentation knows none: it is the operator's alone.
            if "out=" in found and not re.search(r"\bout\b *=|\bout \(", f.__doc__ or ""):
                found = found.removesuffix("out=").removesuffix(", ")
            return found
    try:
        found = python_signature(f.__init__ if inspect.isclass(f) else f, is_method or inspect.isclass(f))
        if found is not None:
            return found
    except (ValueError, TypeError):
        pass
    found = documented(name, f.__doc__)
    return found[0] if found and len(found) == 1 else found


def resolve(path):
    found = torch
    for part in path.split(".")[1:]:
        found = getattr(found, part)
    return found


signatures = {}
for module in MODULES:
    __import__(module)
    space = resolve(module)
    for name in sorted(dir(space)):
        f = getattr(space, name)
        if name.startswith("_") and name != "_calculate_fan_in_and_fan_out":
            continue
        if not callable(f) or inspect.ismodule(f) or not (getattr(f, "__module__", "") or "torch").startswith("torch"):
            continue
        found = signature_of(module, name, f)
        if found is not None:
            signatures[f"{module}.{name}"] = found
for path in CLASSES:
    owner = resolve(path)
    for name in sorted(dir(owner)):
        f = getattr(owner, name)
        if name.startswith("_") or not callable(f) or inspect.isclass(f) or (path != "torch.nn.Module" and getattr(torch.nn.Module, name, None) is f):
            continue
        static = isinstance(inspect.getattr_static(owner, name), staticmethod)
        found = signature_of(path, name, f, not static and not inspect.ismethod(f))
        if found is not None:
            signatures[f"{path}.{name}"] = found

with open(os.path.join(os.path.dirname(__file__), "../../test/recorded/signatures.json"), "w") as file:
    file.write("{\n" + ",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in sorted(signatures.items())) + "\n}\n")
