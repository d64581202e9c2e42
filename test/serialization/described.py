"""A value as JSON: what a reader of its file must find. For tools/record/torch_files.py and torch_files_python.test.ts;
described.ts has the same."""

import collections
import struct

import torch
from torch import nn


def described(x, storages):
    inner = lambda y: described(y, storages)
    if isinstance(x, torch.Tensor):
        told = {"dtype": str(x.dtype), "shape": list(x.shape), "requires_grad": x.requires_grad}
        if isinstance(x, nn.Parameter):
            told["parameter"] = True
        if x.is_meta:
            return {"tensor": {**told, "meta": True, "stride": list(x.stride())}}
        storage = x.untyped_storage()
        key = storage.data_ptr() if len(storage) else None
        number = None if key is None else storages.setdefault(key, len(storages))
        values = x.detach().contiguous().clone().untyped_storage().tolist()
        told |= {"stride": list(x.stride()), "offset": x.storage_offset(), "storage": number, "nbytes": len(storage)}
        own = {k: inner(v) for k, v in x.__dict__.items()}
        return {"tensor": {**told, "bytes": bytes(values).hex(), **({"attributes": own} if own else {})}}
    if x is None or isinstance(x, (bool, str)):
        return x
    if isinstance(x, (int, float)):
        return {"number": str(int(x)) if isinstance(x, int) or x.is_integer() else struct.pack(">d", x).hex()}
    if isinstance(x, complex):
        return {"complex": [inner(x.real), inner(x.imag)]}
    if isinstance(x, (bytes, bytearray)):
        return {"bytes": x.hex()}
    if isinstance(x, (torch.dtype, torch.device, torch.layout)):
        return {"named": str(x)}
    if isinstance(x, torch.Size):
        return {"size": list(x)}
    if isinstance(x, tuple):
        return {"tuple": [inner(y) for y in x]}
    if isinstance(x, list):
        return [inner(y) for y in x]
    if isinstance(x, (set, frozenset)):
        return {"set": sorted(map(repr, x))}
    if isinstance(x, collections.OrderedDict):
        told = {"ordered": [[inner(k), inner(v)] for k, v in x.items()]}
        return {**told, "metadata": inner(x._metadata)} if hasattr(x, "_metadata") else told
    if isinstance(x, dict):
        return {"dict": [[inner(k), inner(v)] for k, v in x.items()]}
    if hasattr(x, "tolist"):  # NumPy's
        return {"array": x.tolist(), "dtype": str(x.dtype)} if x.shape else inner(x.item())
    return {"object": type(x).__name__, "fields": inner(dict(x.__dict__))}
