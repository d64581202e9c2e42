"""What is learnt of a program's own functions and classes, pass by pass."""

import ast

from .kinds import ANY, BOOL, DEVICE, DTYPE, F, FLOAT, Dict, INT, Iter, Lib, List, NONE, NOTHING, Object, Path, STR, Set, T, Tuple, join
from .text import name_of


class Parameter:
    def __init__(self, name, default, annotation, keyword_only=False):
        self.name, self.default, self.annotation, self.keyword_only = name, default, annotation, keyword_only
        self.kind, self.default_text = NOTHING, None

    def learn(self, kind):
        """One more kind that is given; of what may be anything there is nothing to learn."""
        if kind is not ANY:
            self.kind = join(self.kind, kind)


class FunctionInfo:
    def __init__(self, name, node, owner=None, is_static=False, is_class_method=False):
        self.name, self.node, self.owner = name, node, owner
        self.is_static, self.is_class_method = is_static, is_class_method
        a = node.args
        every = [*a.posonlyargs, *a.args]
        defaults = [None] * (len(every) - len(a.defaults)) + list(a.defaults)
        self.params = [Parameter(p.arg, d, p.annotation) for p, d in zip(every, defaults)]
        self.params += [Parameter(p.arg, d, p.annotation, True) for p, d in zip(a.kwonlyargs, a.kw_defaults)]
        self.self_name = None
        if owner is not None and not is_static and self.params:
            self.self_name = self.params.pop(0).name
        self.vararg, self.kwarg = a.vararg and a.vararg.arg, a.kwarg and a.kwarg.arg
        self.rest = List(NOTHING, "tuple")
        self.more = Dict(STR, fields={})
        self.returns, self.yields = NOTHING, NOTHING
        self.is_generator = any(isinstance(n, (ast.Yield, ast.YieldFrom)) for n in own_nodes(node))
        self.is_called = False
        self.overridden = []

    def call(self, args, keywords):
        """Notes what it is called with; gives what it returns."""
        self.is_called = True
        places = [p for p in self.params if not p.keyword_only]
        for i, kind in enumerate(args):
            if i < len(places):
                places[i].learn(kind)
            elif self.vararg:
                self.rest.of = join(self.rest.of, kind)
        for name, kind in keywords.items():
            found = next((p for p in self.params if p.name == name), None)
            if found is not None:
                found.learn(kind)
            elif self.kwarg:
                self.more.key, self.more.of = STR, join(self.more.of, kind)
                if self.more.fields is not None:
                    self.more.fields[name] = join(self.more.fields.get(name, NOTHING), kind)
        return self.result

    @property
    def result(self):
        return Iter(self.yields) if self.is_generator else self.returns

    def ts_type(self, ts):
        params = ", ".join(f"{name_of(p.name)}{'?' if p.default is not None else ''}: {ts(p.kind)}" for p in self.params)
        return f"({params}) => {'void' if self.result is NONE else ts(self.result) if self.result is not NOTHING else 'any'}"


def own_nodes(function):
    """Nodes of a function without those of functions inside."""
    body = function.body if isinstance(function.body, list) else [function.body]
    todo = list(body)
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef)):
            todo.extend(ast.iter_child_nodes(node))


class ClassInfo:
    def __init__(self, name, node):
        self.name, self.node = name, node
        self.base, self.lib_base = None, None
        self.methods, self.properties, self.attributes, self.statics = {}, {}, {}, {}
        self.setters = set()
        self.is_data = False
        self.is_shown = False  # of a dataclass: whether its text is asked for, by print or by ==
        self.fields = {}  # of a dataclass: name -> annotated node
        self.initialised = set()  # by declarations of the class
        self.assigned = set()  # by its constructor, surely

    def lineage(self):
        at, found = self, []
        while at is not None:
            found.append(at)
            at = at.base
        return found

    @property
    def is_module(self):
        return any((c.lib_base or "").startswith("torch.nn.") for c in self.lineage())

    def library_base(self):
        return next((c.lib_base for c in self.lineage() if c.lib_base), None)

    @property
    def has_text(self):
        """Whether it says itself how it is written."""
        return self.is_data or self.method("__str__") is not None or self.method("__repr__") is not None

    def every_attribute(self):
        return [kind for c in self.lineage() for kind in c.attributes.values()]

    def every_field(self):
        """The fields of a dataclass, those of its bases first."""
        return {name: m for c in reversed(self.lineage()) for name, m in c.fields.items()}

    def method(self, name):
        return next((c.methods[name] for c in self.lineage() if name in c.methods), None)

    def property(self, name):
        return next((c.properties[name] for c in self.lineage() if name in c.properties), None)

    def attribute(self, name):
        return next((c.attributes[name] for c in self.lineage() if name in c.attributes), None)

    def static_owner(self, name):
        return next(((c, c.statics[name]) for c in self.lineage() if name in c.statics), (None, None))

    def static(self, name):
        return self.static_owner(name)[1]

    def note(self, name, kind):
        owner = next((c for c in self.lineage() if name in c.attributes), self)
        owner.attributes[name] = join(owner.attributes.get(name, NOTHING), kind)


def annotated(node, translator):
    """The kind that an annotation tells, or NOTHING."""
    if node is None:
        return NOTHING
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            node = ast.parse(node.value, mode="eval").body
        except SyntaxError:
            return NOTHING
    inner = lambda n: annotated(n, translator)
    if isinstance(node, ast.Constant) and node.value is None:
        return NONE
    if isinstance(node, ast.Name):
        simple = {"int": INT, "float": FLOAT, "bool": BOOL, "str": STR, "Tensor": T, "None": NONE}
        if node.id in simple:
            return simple[node.id]
        bare = {"list": List, "List": List, "dict": Dict, "Dict": Dict, "set": Set, "tuple": lambda: List(NOTHING, "tuple")}
        if node.id in bare:
            return bare[node.id]()
        found = translator.lookup(node.id)
        if found is not None and found.name == "class":
            return Object(found.info)
        if isinstance(found, Path):
            return of_path(found.path)
        return NOTHING
    if isinstance(node, ast.Attribute):
        found = translator.quiet_path(node)
        return of_path(found) if found else NOTHING
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return join(inner(node.left), inner(node.right))
    if isinstance(node, ast.Subscript):
        name = node.value.id if isinstance(node.value, ast.Name) else node.value.attr if isinstance(node.value, ast.Attribute) else ""
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if name == "Optional":
            return join(inner(parts[0]), NONE)
        if name == "Union":
            kind = NOTHING
            for p in parts:
                kind = join(kind, inner(p))
            return kind
        if name in ("list", "List", "Sequence"):
            return List(inner(parts[0]))
        if name in ("Iterable", "Iterator", "Generator"):
            return Iter(inner(parts[0]))
        if name in ("set", "Set"):
            return Set(inner(parts[0]))
        if name in ("dict", "Dict", "Mapping") and len(parts) == 2:
            return Dict(inner(parts[0]), inner(parts[1]))
        if name in ("tuple", "Tuple"):
            if len(parts) == 2 and isinstance(parts[1], ast.Constant) and parts[1].value is Ellipsis:
                return List(inner(parts[0]), "tuple")
            return Tuple([inner(p) for p in parts])
    return NOTHING


def of_path(path):
    if path in ("torch.Tensor", "torch.FloatTensor"):
        return T
    if path in ("torch.LongTensor", "torch.IntTensor"):
        from .kinds import I

        return I
    if path == "torch.device":
        return DEVICE
    if path == "torch.dtype":
        return DTYPE
    if path.startswith("torch.") and path.rpartition(".")[2][:1].isupper():
        return F if path == "torch.nn.Parameter" else Lib(path)
    return NOTHING


def own_statement_nodes(node):
    yield node
    if isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef)):
        return
    for child in ast.iter_child_nodes(node):
        yield from own_statement_nodes(child)


def own_loop_nodes(s):
    for b in s.body:
        for n in own_statement_nodes(b):
            yield n
