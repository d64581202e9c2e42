"""What a value can be, as far as the text of a program tells: the translator's types, and how TypeScript writes them."""


class Kind:
    """A type. Lists, dicts and sets are one object for each place that makes them, and grow as more is learnt."""

    name = "?"
    parent = None

    def __repr__(self):
        return describe(self)


class Simple(Kind):
    def __init__(self, name, ts):
        self.name, self.ts = name, ts


NOTHING = Simple("nothing", "never")  # not known yet
ANY = Simple("any", "any")
INT, COUNT = Simple("int", "number"), Simple("count", "number")  # COUNT: an int that is never below zero
FLOAT, BOOL, STR, NONE = Simple("float", "number"), Simple("bool", "boolean"), Simple("str", "string"), Simple("None", "null")
DTYPE, DEVICE, SIZE = Simple("dtype", "torch.Dtype"), Simple("device", "torch.Device"), Simple("Size", "number[]")
BYTES = Simple("bytes", "Uint8Array")
INTS, NUMBERS = (INT, COUNT), (INT, COUNT, FLOAT)


class Tensor(Kind):
    """A tensor of floats (f), ints (i), bools (b) or not known which (?)."""

    name = "tensor"

    def __init__(self, of):
        self.of = of


TENSORS = {of: Tensor(of) for of in "fib?"}
F, I, B, T = (TENSORS[of] for of in "fib?")


class Container(Kind):
    def root(self):
        at = self
        while at.parent is not None:
            at = at.parent
        return at


class List(Container):
    name = "list"

    def __init__(self, of=NOTHING, word="list"):
        self.of, self.word = of, word  # word: what Python prints it as


class Set(Container):
    name = "set"

    def __init__(self, of=NOTHING):
        self.of = of


class Dict(Container):
    """With keys of text it is an object, otherwise a Map; `fields`, where all keys are written out."""

    name = "dict"

    def __init__(self, key=NOTHING, of=NOTHING, fields=None):
        self.key, self.of, self.fields = key, of, fields
        self.default = None

    @property
    def is_map(self):
        return self.key not in (STR, NOTHING) or self.default is not None


class Tuple(Kind):
    name = "tuple"

    def __init__(self, of):
        self.of = tuple(of)


class Iter(Kind):
    """What can be gone through once."""

    name = "iter"

    def __init__(self, of):
        self.of = of


class Either(Kind):
    name = "either"

    def __init__(self, of):
        self.of = tuple(of)


class Lib(Kind):
    """An object of a class of the library's, by its path; `of`: what it holds or gives."""

    name = "lib"

    def __init__(self, path, of=NOTHING):
        self.path, self.of = path, of


class Path(Kind):
    """A module, class or function of Python's or torch's, by its path."""

    name = "path"

    def __init__(self, path):
        self.path = path


class Function(Kind):
    name = "function"

    def __init__(self, info):
        self.info = info


class Class(Kind):
    name = "class"

    def __init__(self, info):
        self.info = info


class Object(Kind):
    name = "object"

    def __init__(self, info):
        self.info = info


def root(kind):
    return kind.root() if isinstance(kind, Container) else kind


def join(a, b):
    """What is either; containers become one."""
    a, b = root(a), root(b)
    if a is b or b is NOTHING:
        return a
    if a is NOTHING:
        return b
    if a is ANY or b is ANY:
        return ANY
    if a in NUMBERS and b in NUMBERS:
        return FLOAT if FLOAT in (a, b) else INT
    if isinstance(a, Tensor) and isinstance(b, Tensor):
        return T
    if isinstance(a, List) and isinstance(b, List):
        b.parent = a
        a.of = join(a.of, b.of)
        if b.word == "list":
            a.word = "list"
        return a
    if isinstance(a, Set) and isinstance(b, Set):
        b.parent = a
        a.of = join(a.of, b.of)
        return a
    if isinstance(a, Dict) and isinstance(b, Dict):
        b.parent = a
        a.key, a.of = join(a.key, b.key), join(a.of, b.of)
        if a.fields is not None and b.fields is not None and a.fields.keys() == b.fields.keys():
            a.fields = {k: join(v, b.fields[k]) for k, v in a.fields.items()}
        elif a.fields != b.fields:
            a.fields = None
        a.default = a.default or b.default
        return a
    if isinstance(a, Tuple) and isinstance(b, Tuple) and len(a.of) == len(b.of):
        return Tuple([join(x, y) for x, y in zip(a.of, b.of)])
    if isinstance(a, Tuple) and isinstance(b, Tuple):
        return List(join_all(a.of + b.of), "tuple")
    for x, y in ((a, b), (b, a)):
        if isinstance(x, List) and (isinstance(y, Tuple) or y is SIZE):
            x.of = join(x.of, COUNT if y is SIZE else join_all(y.of))
            return x
    if isinstance(a, Iter) and isinstance(b, Iter):
        return Iter(join(a.of, b.of))
    for x, y in ((a, b), (b, a)):
        if isinstance(x, List) and isinstance(y, Iter):
            x.of = join(x.of, y.of)
            return x
    if isinstance(a, Lib) and isinstance(b, Lib) and a.path == b.path:
        return a if same(a.of, b.of) else Lib(a.path, join(a.of, b.of))
    if same(a, b):
        return a
    if isinstance(a, Object) and isinstance(b, Object):
        common = next((x for x in a.info.lineage() if x in b.info.lineage()), None)
        if common is not None:
            return Object(common)
    members = []
    for kind in alternatives(a) + alternatives(b):
        for i, other in enumerate(members):
            if same(kind, other):
                break
            if may_merge(kind, other):
                members[i] = join(other, kind)
                break
        else:
            members.append(kind)
    return members[0] if len(members) == 1 else Either(members)


def may_merge(a, b):
    a, b = root(a), root(b)
    if a in NUMBERS and b in NUMBERS or isinstance(a, Tuple) and isinstance(b, Tuple):
        return True
    if isinstance(a, Object) and isinstance(b, Object):
        return any(x in b.info.lineage() for x in a.info.lineage())
    if isinstance(a, Lib) and isinstance(b, Lib):
        return a.path == b.path
    return type(a) is type(b) and isinstance(a, (Tensor, List, Set, Dict, Iter))


def join_all(kinds):
    result = NOTHING
    for kind in kinds:
        result = join(result, kind)
    return result


def alternatives(kind):
    return list(kind.of) if isinstance(kind, Either) else [kind]


def without(kind, *dropped):
    left = [k for k in alternatives(kind) if k not in dropped]
    return NOTHING if not left else left[0] if len(left) == 1 else Either(left)


def same(a, b, depth=0):
    a, b = root(a), root(b)
    if a is b:
        return True
    if type(a) is not type(b) or depth > 6:
        return False
    if isinstance(a, (Tuple, Either)):
        return len(a.of) == len(b.of) and all(same(x, y, depth + 1) for x, y in zip(a.of, b.of))
    if isinstance(a, Iter):
        return same(a.of, b.of, depth + 1)
    if isinstance(a, Lib):
        return a.path == b.path and same(a.of, b.of, depth + 1)
    if isinstance(a, Path):
        return a.path == b.path
    if isinstance(a, (Object, Class, Function)):
        return a.info is b.info
    return False


def is_a(kind, *of):
    """Whether it is surely one of these: kinds or classes of kinds."""
    members = alternatives(root(kind))
    return all(any(m is k or isinstance(k, type) and isinstance(m, k) for k in of) for m in members)


def may_be(kind, *of):
    return any(is_a(k, *of) for k in alternatives(root(kind)))


def describe(kind, depth=0):
    kind = root(kind)
    if depth > 4:
        return "…"
    inner = lambda k: describe(k, depth + 1)
    if isinstance(kind, Tensor):
        return f"tensor[{kind.of}]"
    if isinstance(kind, (List, Set, Iter)):
        return f"{kind.name}[{inner(kind.of)}]"
    if isinstance(kind, Dict):
        return f"dict[{inner(kind.key)}, {inner(kind.of)}]"
    if isinstance(kind, Tuple):
        return f"tuple[{', '.join(map(inner, kind.of))}]"
    if isinstance(kind, Either):
        return " or ".join(map(inner, kind.of))
    if isinstance(kind, (Lib, Path)):
        return kind.path + (f"[{inner(kind.of)}]" if isinstance(kind, Lib) and kind.of is not NOTHING else "")
    if isinstance(kind, (Object, Class, Function)):
        return f"{kind.name} {kind.info.name}"
    return kind.name


def print_type(kind, depth=0):
    """The type as `repr` of tidu/py takes it, "" where the value itself tells all."""
    kind = root(kind)
    if depth > 5:
        return ""
    inner = lambda k: print_type(k, depth + 1)
    if kind is FLOAT:
        return "float"
    if isinstance(kind, Either):
        return next(filter(None, (inner(k) for k in kind.of)), "")
    if isinstance(kind, List):
        return f"{kind.word}[{inner(kind.of)}]" if inner(kind.of) or kind.word != "list" else ""
    if isinstance(kind, Set):
        return f"set[{inner(kind.of)}]" if inner(kind.of) else ""
    if isinstance(kind, Tuple):
        return f"tuple[{', '.join(map(inner, kind.of))}]"
    if isinstance(kind, Dict):
        if kind.fields is not None and any(map(inner, kind.fields.values())):
            return "{" + ", ".join(f"{k}: {inner(v)}" for k, v in kind.fields.items() if inner(v)) + "}"
        return f"dict[{inner(kind.key)}, {inner(kind.of)}]" if inner(kind.key) or inner(kind.of) else ""
    return ""


def ts(kind, depth=0):
    """The type in TypeScript."""
    kind = root(kind)
    if depth > 5:
        return "any"
    inner = lambda k: ts(k, depth + 1)
    element = lambda k: f"({inner(k)})" if " | " in inner(k) or "=>" in inner(k) else inner(k)
    if kind is NOTHING:
        return "any"
    if isinstance(kind, Simple):
        return kind.ts
    if isinstance(kind, Tensor):
        return "Tensor"
    if isinstance(kind, List):
        return f"{element(kind.of)}[]"
    if isinstance(kind, Set):
        return f"Set<{inner(kind.of)}>"
    if isinstance(kind, Iter):
        return f"Iterable<{inner(kind.of)}>"
    if isinstance(kind, Dict):
        if kind.is_map:
            return f"Map<{inner(kind.key)}, {inner(kind.of)}>"
        if kind.fields:
            return "{ " + "; ".join(f"{k if k.isidentifier() else repr(k)}: {inner(v)}" for k, v in kind.fields.items()) + " }"
        return f"Record<string, {inner(kind.of)}>"
    if isinstance(kind, Tuple):
        return f"[{', '.join(map(inner, kind.of))}]"
    if isinstance(kind, Either):
        texts = dict.fromkeys(f"({t})" if "=>" in t else t for t in map(inner, kind.of))
        return "any" if "any" in texts else " | ".join(texts)
    if isinstance(kind, Lib):
        return lib_type(kind, inner)
    if isinstance(kind, Function):
        return kind.info.ts_type(inner)
    if isinstance(kind, Class):
        return f"typeof {kind.info.name}"
    if isinstance(kind, Object):
        return kind.info.name
    if isinstance(kind, Path):
        return "any"
    return "any"


def lib_type(kind, inner):
    path = kind.path
    if path == "function":
        return f"(...given: any[]) => {inner(kind.of)}"
    if path == "torch.nn.Parameter":
        return "nn.Parameter"
    if path == "torch.nn.ModuleDict":
        of = root(getattr(root(kind.of), "of", NOTHING))
        return f"nn.ModuleDict<{inner(of) if isinstance(of, (Lib, Object)) else 'nn.Module'}>"
    if path.startswith("torch.nn."):
        name = path.rpartition(".")[2]
        if name in ("ModuleList",):
            return f"nn.{name}<{inner(kind.of)}>" if kind.of is not NOTHING else "nn.ModuleList"
        return f"nn.{name}" if path.count(".") == 2 else path.removeprefix("torch.")
    if path == "torch.utils.data.DataLoader":
        return f"torch.utils.data.DataLoader<{inner(kind.of)}>" if kind.of not in (NOTHING, ANY) else "torch.utils.data.DataLoader<any, any>"
    if path.startswith("torch.optim.lr_scheduler."):
        return "torch.optim.lr_scheduler." + path.rpartition(".")[2]
    if path == "class":
        return f"new (...given: any[]) => {inner(kind.of)}"
    if path == "apply":
        return "(...given: any[]) => any"
    if path.startswith("torch.distributions."):
        return path.removeprefix("torch.")
    if path == "io.BytesIO":
        return "Uint8Array"
    if path == "args":
        return inner(kind.of)
    if path == "ctx":
        return "torch.autograd.FunctionContext"
    if path.startswith("torch.utils.data."):
        return f"{path}<any>"
    if path.startswith("torch."):
        return path
    return "any"


def note_shown(kind, depth=0):
    """Notes of the dataclasses in a kind that their text is asked for: they get a toString."""
    if depth > 5:
        return
    for k in alternatives(root(kind)):
        if isinstance(k, Object):
            if k.info.is_data and not k.info.is_shown:
                k.info.is_shown = True
                for field in k.info.every_attribute():
                    note_shown(field, depth + 1)
        elif isinstance(k, Dict):
            note_shown(k.key, depth + 1)
            note_shown(k.of, depth + 1)
        elif isinstance(k, Tuple):
            for of in k.of:
                note_shown(of, depth + 1)
        elif isinstance(k, (List, Set, Iter)):
            note_shown(k.of, depth + 1)
