"""Stands for names that are not there: harmless while a test file is imported, an error in the test that uses one."""

import builtins
import importlib.abc
import importlib.machinery
import sys
import types

PACKAGES = """numpy scipy hypothesis expecttest librosa torchvision functorch dill psutil yaml caffe2 functorch_additional_op_db
packaging pytest setuptools tensorboard torchgen networkx optree opt_einsum numba""".split()
_importing = True
_softened = {}
_import = builtins.__import__


class Needs(Exception):
    """A test needs a package that is not there."""


class AbsentName(AttributeError):
    pass


def refuse(path):
    if path.split(".")[0] in ("torch", "functorch"):
        raise AbsentName(f"there is no {path}")
    raise Needs(path.split(".")[0])


class Absent:
    """Gives itself for whatever is done with it, as long as a test file is imported."""

    __name__ = "absent"

    def __init__(self, path):
        self.__dict__["_path"] = path

    def __getattr__(self, name):
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self._do(f".{name}")

    def __call__(self, *args, **kwargs):
        if _importing and len(args) == 1 and not kwargs and isinstance(args[0], types.FunctionType):
            return args[0]  # a decorator
        return self._do("()")

    def _do(self, what=""):
        if not _importing:
            refuse(self._path)
        return Absent(self._path + what)

    def __mro_entries__(self, bases):
        def new(kind, *args, **kwargs):
            refuse(self._path)

        return (type("AbsentBase", (), {"__new__": new}),)

    def __bool__(self):
        self._do()
        return False

    def __len__(self):
        self._do()
        return 0

    def __iter__(self):
        self._do()
        return iter(())

    def __enter__(self):
        refuse(self._path)

    def __exit__(self, *exception):
        return False

    def __eq__(self, other):
        return isinstance(other, Absent) and self._path == other._path

    def __hash__(self):
        return hash(self._path)

    def __lt__(self, other):
        return False

    __gt__ = __le__ = __ge__ = __lt__

    def __repr__(self):
        return f"<absent {self._path}>"


def _operator(self, *others):
    return self._do()


for _name in "getitem setitem add radd sub rsub mul rmul truediv neg or ror".split():
    setattr(Absent, f"__{_name}__", _operator)


class AbsentModule(types.ModuleType):
    __all__ = ()

    def __init__(self, name):
        super().__init__(name)
        self.__path__ = []

    def __getattr__(self, name):
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        path = f"{self.__name__}.{name}"
        if not _importing:
            refuse(path)
        return Absent(path)


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds what nobody else finds."""

    def find_spec(self, name, path=None, target=None):
        root = name.split(".")[0]
        if root not in PACKAGES and (root != "torch" or not _importing):
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        return AbsentModule(spec.name)

    def exec_module(self, module):
        pass


def begin_of_import():
    """Until `end_of_import`, names that torch's modules do not have are stand-ins."""
    sys.meta_path.append(Finder())
    soften()

    def imported(*args, **kwargs):
        module = _import(*args, **kwargs)
        soften()
        return module

    builtins.__import__ = imported


def soften():
    for name, module in list(sys.modules.items()):
        if type(module) is not types.ModuleType or name.split(".")[0] != "torch" or name.startswith("torch.testing"):
            continue
        if name in _softened:
            continue
        vars(module).setdefault("__path__", [])  # what is one file here may be a package of PyTorch's
        own = vars(module).get("__getattr__")

        def get(attribute, name=name, own=own):
            if own is not None:
                try:
                    return own(attribute)
                except AttributeError:
                    pass
            if attribute.startswith("__"):
                raise AttributeError(attribute)
            return Absent(f"{name}.{attribute}")

        _softened[name] = module, own
        vars(module)["__getattr__"] = get


def end_of_import():
    global _importing
    _importing = False
    builtins.__import__ = _import
    for module, own in _softened.values():
        if own is None:
            del vars(module)["__getattr__"]
        else:
            vars(module)["__getattr__"] = own
    for name, module in list(sys.modules.items()):
        if isinstance(module, AbsentModule) and name.startswith("torch."):
            above, _, last = name.rpartition(".")
            if vars(sys.modules[above]).get(last) is module:
                delattr(sys.modules[above], last)
