"""Records PyTorch 2.13's public names for tools/names: of each module that can be imported, and of the classes that programs use most.

    python tools/record/names.py

writes test/recorded/names.json: {"torch", "modules": {path: names}, "classes": {path: names}}, the names in one text with
spaces between. Public is what has no underscore before it and is in `__all__`, or, where a module has none, was defined
in the module or in those below it. "everything" has all that `torch` itself has, for the names that must not be more.
"""
import functools, importlib, json, pathlib, pkgutil, types, warnings
import torch

warnings.simplefilter("ignore")
OUT = pathlib.Path(__file__).parent.parent.parent / "test" / "recorded" / "names.json"
# What the classes have that programs use by their members.
CLASSES = ("Tensor", "Generator", "Size", "dtype", "device", "nn.Module", "nn.Parameter", "nn.Sequential", "nn.ModuleList", "nn.ModuleDict",
           "nn.ParameterList", "nn.ParameterDict", "nn.utils.rnn.PackedSequence", "optim.Optimizer", "optim.lr_scheduler.LRScheduler",
           "autograd.Function", "distributions.Distribution", "distributions.Transform", "utils.data.DataLoader", "UntypedStorage")


def paths(path, prefix):
    for found in pkgutil.iter_modules(path, prefix):
        if found.name.rpartition(".")[2].startswith("_"): continue
        try: module = importlib.import_module(found.name)
        except BaseException: continue
        yield found.name, module
        if found.ispkg:
            try: below = module.__path__
            except AttributeError: continue
            yield from paths(below, found.name + ".")


def own(module, x):
    if isinstance(x, types.ModuleType): return False
    if isinstance(x, (types.BuiltinFunctionType, torch.dtype, torch.layout, torch.memory_format)): return True
    home = getattr(x, "__module__", None)
    return isinstance(home, str) and (home + ".").startswith(module.__name__ + ".")


def names(module):
    listed = getattr(module, "__all__", None)
    found = [n for n in listed if hasattr(module, n)] if listed is not None else [n for n in dir(module) if own(module, getattr(module, n, None))]
    return " ".join(sorted({n for n in found if not n.startswith("_") and not inner(getattr(module, n))}))


def inner(x):
    """Whether it is a class of the C++ part that no page tells of, or a value of one."""
    return "pybind11" in f"{type(x).__name__} {type(type(x)).__name__}"


modules = {"torch": names(torch)} | {name: names(module) for name, module in sorted(paths(torch.__path__, "torch."))}
found = lambda path: functools.reduce(getattr, path.split("."), torch)
classes = {}
for path in CLASSES:
    cls = found(path)
    inherited = {n for base in CLASSES if base != path and issubclass(cls, found(base)) for n in dir(found(base))}
    classes["torch." + path] = " ".join(n for n in dir(cls) if not n.startswith("_") and n not in inherited)
everything = " ".join(n for n in dir(torch) if not n.startswith("_"))
OUT.write_text(json.dumps({"torch": torch.__version__, "modules": modules, "classes": classes, "everything": everything}, indent=0) + "\n")
print(len(modules), "modules", sum(len(n.split()) for n in modules.values()), "names", OUT.stat().st_size, "bytes")
