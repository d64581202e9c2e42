"""Calls: of torch's functions and classes, of the program's own, of Python's built-ins and modules."""

import ast

from . import library
from .expressions import constant_int
from .kinds import ts as ts_of
from .kinds import ANY, B, BOOL, COUNT, Class, DTYPE, Dict, F, FLOAT, Function, I, INT, INTS, Iter, Lib, List, NONE, NOTHING, Object, Path, SIZE, STR, Set, T, TENSORS, Tensor, Tuple, alternatives, is_a, join, join_all, may_be, root, without
from .text import ASSIGN, ATOM, CHOICE, E, LESS, Untranslatable, key_of, name_of, options

ARRAY_METHODS = {"append": "push", "reverse": "reverse"}
STRING_METHODS = {
    "upper": "toUpperCase", "lower": "toLowerCase", "startswith": "startsWith", "endswith": "endsWith", "replace": "replaceAll",
    "find": "indexOf", "rfind": "lastIndexOf", "ljust": "padEnd", "rjust": "padStart",
}  # fmt: skip


class Calls:
    EXCEPTIONS = set(
        """Exception BaseException RuntimeError ValueError TypeError IndexError KeyError AttributeError AssertionError NotImplementedError
        FileNotFoundError OverflowError ImportError KeyboardInterrupt StopIteration ZeroDivisionError OSError ArithmeticError LookupError""".split()
    )
    OURS = set("RuntimeError ValueError TypeError IndexError KeyError AttributeError AssertionError NotImplementedError FileNotFoundError OverflowError ImportError".split())
    BUILTINS = set(
        """print len range int float str bool list tuple dict set abs min max sum sorted reversed enumerate zip map filter any all round isinstance
        hasattr getattr setattr type iter next super repr id object callable pow divmod open input ord chr format vars issubclass frozenset staticmethod classmethod property""".split()
    )
    MATH = {
        "math.pi": ("Math.PI", FLOAT), "math.e": ("Math.E", FLOAT), "math.inf": ("Infinity", FLOAT), "math.nan": ("NaN", FLOAT),
        "math.tau": ("(2 * Math.PI)", FLOAT), "sys.maxsize": ("Number.MAX_SAFE_INTEGER", COUNT),
    }  # fmt: skip

    def visit_Call(self, node):
        f = node.func
        if isinstance(f, ast.Name):
            kind = self.lookup(f.id)
            if kind is None:
                return self.builtin(f.id, node)
        elif isinstance(f, ast.Attribute):
            if isinstance(f.value, ast.Call) and isinstance(f.value.func, ast.Name) and f.value.func.id == "super":
                return self.super_call(f.attr, node)
            if isinstance(f.value, ast.Constant) and isinstance(f.value.value, str) and f.attr == "format":
                return self.format_call(f.value.value, node)
            path = self.quiet_path(f)
            if path:
                return self.path_call(library.known(path), node)
            of = self.expr(f.value)
            return self.method_call(of, f.attr, node)
        elif isinstance(f, ast.Call) and isinstance(f.func, ast.Name) and f.func.id == "type" and len(f.args) == 1:
            of = self.expr(f.args[0])
            if isinstance(root(of.kind), Object):
                return self.construct(root(of.kind).info, node)
        e = self.called(f)
        return self.call_of(e, node)

    def called(self, node):
        before, self.is_called = self.is_called, True
        try:
            return self.expr(node)
        finally:
            self.is_called = before

    def call_of(self, e, node):
        kind = root(e.kind)
        if may_be(kind, NONE):
            kind = root(without(kind, NONE))
            e = E(e.object + "!", kind)
        if isinstance(kind, Path):
            return self.path_call(kind.path, node)
        if isinstance(kind, Class):
            return self.construct(kind.info, node)
        if isinstance(kind, Function):
            return E(f"{e.object}({self.bound(kind.info, node)})", self.result_of(kind.info, node))
        if isinstance(kind, Object):
            info = kind.info
            method = info.method("forward") if info.is_module else info.method("__call__")
            if info.is_module:
                if method is not None and method.owner is not None:
                    text = f"({e.text} as {info.name})" if e.text == "this" else e.object
                    return E(f"{text}({self.bound(method, node)})", self.result_of(method, node))
                base = info.library_base()
                return E(f"{e.object}({self.arguments(node)[0]})", self.module_result(Lib(base), node))
            if method is None:
                raise Untranslatable(f"{info.name} has no __call__")
            return E(f"{e.object}.call({self.bound(method, node)})", self.result_of(method, node))
        if isinstance(kind, Lib) and (kind.path.startswith("torch.nn.") or kind.path.startswith("torch.optim")):
            text, _, _ = self.arguments(node)
            return E(f"{e.object}({text})", self.module_result(kind, node))
        if isinstance(kind, Lib) and kind.path == "class":
            text, _, _ = self.arguments(node)
            return E(f"new {e.object}({text})", kind.of)
        if isinstance(kind, Lib) and kind.path == "torch.nn.Module":
            text, _, _ = self.arguments(node)
            self.imports.add("Tensor")
            return E(f"({e.text} as unknown as (...given: unknown[]) => Tensor)({text})", F)
        if isinstance(kind, Lib) and kind.path == "apply":
            text, _, _ = self.arguments(node)
            return E(f"{e.object}({text})", self.apply_call(E("", kind.of), root(kind.of).info, node).kind)
        if isinstance(kind, Lib) and kind.path == "function":
            return E(f"{e.object}({self.arguments(node)[0]})", kind.of)
        members = alternatives(kind)
        if len(members) > 1:
            if all(isinstance(m, Class) for m in members):
                made = [self.construct(m.info, node) for m in members]
                return E(f"new {e.object}({made[0].text.partition('(')[2]}", join_all(m.kind for m in made))
            results = []
            for m in members:
                if isinstance(m, Object) and m.info.is_module and m.info.method("forward"):
                    text = self.bound(m.info.method("forward"), node)
                    results.append(self.result_of(m.info.method("forward"), node))
                elif isinstance(m, Function):
                    text = self.bound(m.info, node)
                    results.append(self.result_of(m.info, node))
                else:
                    text, kinds, keywords = self.arguments(node)
                    results.append(self.module_result(m, node) if isinstance(m, Lib) else ANY)
            result = join_all(results)
            if len({ts_of(m) for m in members}) > 1 and any(isinstance(m, Lib) for m in members):
                return E(f"({e.text} as (...given: any[]) => {self.ts(result)})({text})", result)
            return E(f"{e.object}({text})", result)
        text, kinds, keywords = self.arguments(node)
        if isinstance(kind, Tensor):
            raise Untranslatable("a tensor is called")
        if kind is NOTHING and not self.final:
            return E("?", NOTHING)
        guess = F if any(is_a(k, Tensor) for k in kinds) else ANY
        return E(f"{e.object}({text})", guess)

    def module_result(self, kind, node):
        name = kind.path.rpartition(".")[2]
        if name in library.MODULE_RESULTS:
            return library.MODULE_RESULTS[name]
        if kind.path == "torch.nn.Sequential" and isinstance(kind.of, Tuple) and kind.of.of and isinstance(root(kind.of.of[-1]), Object):
            forward = root(kind.of.of[-1]).info.method("forward")
            return forward.result if forward else F
        return F

    # ---- arguments

    def arguments(self, node, first=None):
        """The text of what is given, its kinds by place, and by name. Names go into an object at the end."""
        texts, kinds, keywords, pairs = ([first] if first else []), [], {}, []
        for a in node.args:
            e = self.callback(a) if isinstance(a, ast.Lambda) else self.expr(a)
            if isinstance(a, ast.Starred):
                texts.append(e.text)
                kinds.append(self.element(e.kind))
            else:
                texts.append(e.at(ASSIGN))
                kinds.append(e.kind)
        for k in node.keywords:
            e = self.callback(k.value) if isinstance(k.value, ast.Lambda) else self.expr(k.value)
            if k.arg is None:
                pairs.append((None, f"...{e.at(ASSIGN)}"))
                if isinstance(root(e.kind), Dict):
                    keywords.update(root(e.kind).fields or {})
            else:
                pairs.append((key_of(k.arg), e.at(ASSIGN)))
                keywords[k.arg] = e.kind
        if len(pairs) == 1 and pairs[0][0] is None:
            texts.append(pairs[0][1][3:])
        elif pairs:
            texts.append(options(pairs))
        return ", ".join(texts), kinds, keywords

    def callback(self, node, *kinds):
        """A lambda that is given to somebody who says what it gets."""
        info = self.lambda_info(node)
        info.is_callback = True
        if kinds:
            info.call(list(kinds), {})
        return E(info.text(self), Function(info), ASSIGN)

    def bound(self, info, node):
        """Arguments for a function of the program: by place, those by name where they belong."""
        if any(k.arg is None for k in node.keywords) and not info.kwarg:
            return self.bound_by_dict(info, node)
        places = info.params
        texts = []
        for i, a in enumerate(node.args):
            e = self.expr(a)
            texts.append(e.at(ASSIGN) if not isinstance(a, ast.Starred) else e.text)
        named, more = {}, []
        for k in node.keywords:
            e = self.expr(k.value)
            if k.arg is not None and any(p.name == k.arg for p in places):
                named[k.arg] = e.at(ASSIGN)
            elif info.kwarg:
                more.append((None, f"...{e.at(ASSIGN)}") if k.arg is None else (key_of(k.arg), e.at(ASSIGN)))
            else:
                raise Untranslatable(f"{info.name} has no argument {k.arg}")
        if named or more:
            if any(isinstance(a, ast.Starred) for a in node.args) and named:
                raise Untranslatable("* beside arguments by name")
            last = max((i for i, p in enumerate(places) if p.name in named), default=-1)
            if more:
                last = len(places) - 1
            for p in places[len(texts) : last + 1]:
                texts.append(named.get(p.name, "undefined"))
            if more:
                if info.vararg:
                    raise Untranslatable("* and ** in one function")
                texts.append(options(more))
        return ", ".join(texts)

    def bound_by_dict(self, info, node):
        """f(a, **options): the arguments that are left are read from the dict."""
        spread = [k.value for k in node.keywords if k.arg is None]
        if len(spread) > 1 or not isinstance(spread[0], ast.Name) or any(isinstance(a, ast.Starred) for a in node.args):
            raise Untranslatable(f"** in a call of {info.name}")
        of = self.expr(spread[0])
        if not isinstance(root(of.kind), Dict):
            raise Untranslatable(f"** in a call of {info.name}")
        named = {k.arg: self.expr(k.value).at(ASSIGN) for k in node.keywords if k.arg is not None}
        fields = root(of.kind).fields
        texts = [self.expr(a).at(ASSIGN) for a in node.args]
        for p in info.params[len(texts) :]:
            if p.name in named:
                texts.append(named[p.name])
            elif fields is None or p.name in fields:
                texts.append(f"{of.object}.{p.name}")
            else:
                texts.append("undefined")
        while texts and texts[-1] == "undefined":
            texts.pop()
        return ", ".join(texts)

    def result_of(self, info, node):
        args, keywords = [], {}
        for a in node.args:
            if isinstance(a, ast.Starred):
                kind = root(self.quiet(a.value).kind)
                if isinstance(kind, Tuple):
                    args.extend(kind.of)
                else:
                    rest = max(1, len([p for p in info.params if not p.keyword_only]) - len(args)) if not info.vararg else 1
                    args.extend([self.element(kind)] * rest)
            else:
                args.append(self.quiet(a).kind)
        for k in node.keywords:
            if k.arg is not None:
                keywords[k.arg] = self.quiet(k.value).kind
            elif isinstance(root(self.quiet(k.value).kind), Dict) and not info.kwarg:
                keywords.update(root(self.quiet(k.value).kind).fields or {})
            elif isinstance(root(self.quiet(k.value).kind), Dict):
                inner = root(self.quiet(k.value).kind)
                info.more.key, info.more.of = STR, join(info.more.of, inner.of)
                if inner.fields is None:
                    info.more.fields = None
                elif info.more.fields is not None:
                    info.more.fields.update(inner.fields)
        return info.call(args, keywords)

    # ---- classes of the program

    def construct(self, info, node):
        if info.is_data:
            return self.construct_data(info, node)
        init = info.method("__init__")
        if init is not None:
            text = self.bound(init, node)
            self.result_of(init, node)
            return E(f"new {info.name}({text})", Object(info))
        base = info.library_base()
        text, _, _ = self.arguments(node)
        if base and base != "torch.nn.Module" and text and not info.methods.get("forward"):
            return E(f"new {info.name}({text})", Object(info))
        return E(f"new {info.name}({text})", Object(info))

    def construct_data(self, info, node):
        fields = [f for c in reversed(info.lineage()) for f in c.fields]
        pairs = [(f, self.expr(a).at(ASSIGN)) for f, a in zip(fields, node.args) if not isinstance(a, ast.Starred)]
        for a, f in zip(node.args, fields):
            info.note(f, self.quiet(a).kind)
        for k in node.keywords:
            e = self.expr(k.value)
            if k.arg is None:
                pairs.append((None, f"...{e.at(ASSIGN)}"))
            else:
                pairs.append((key_of(k.arg), e.at(ASSIGN)))
                info.note(k.arg, e.kind)
        return E(f"new {info.name}({options(pairs) if pairs else ''})", Object(info))

    def super_call(self, name, node):
        if self.cls is None:
            raise Untranslatable("super outside of a class")
        if name == "__init__":
            base = self.cls.base
            if base is not None and base.method("__init__") is not None:
                init = base.method("__init__")
                text = self.bound(init, node)
                self.result_of(init, node)
                return E(f"super({text})", NONE)
            text, _, _ = self.arguments(node)
            if self.cls.base is None and self.cls.lib_base is None:
                return E("", NONE)
            return E(f"super({text})", NONE)
        method = self.cls.base.method(name) if self.cls.base is not None else None
        if method is not None:
            return E(f"super.{name_of(name)}({self.bound(method, node)})", self.result_of(method, node))
        if name in ("__setattr__", "__getattr__", "__getattribute__", "__new__"):
            raise Untranslatable(f"super().{name}")
        text, _, _ = self.arguments(node)
        return E(f"super.{name_of(name)}({text})", F if name == "forward" else ANY)

    # ---- torch's

    def path_call(self, path, node):
        """A call of something of torch's or of Python's modules."""
        head = path.partition(".")[0]
        if head == "builtins":
            return self.builtin(path.partition(".")[2], node)
        if head == "ctx":
            text, kinds, _ = self.arguments(node)
            return E(f"ctx.{path.partition('.')[2]}({text})", NONE)
        if head != "torch":
            return self.module_call(path, node)
        path = library.known(path)
        name = path.rpartition(".")[2]
        special = getattr(self, f"torch_{name}", None)
        if special is not None:
            made = special(path, node)
            if made is not None:
                return made
        if library.is_class(path):
            return self.library_object(path, node)
        if path == "torch.autograd.Variable":
            return self.expr(node.args[0])
        text, kinds, keywords = self.arguments(node)
        for kind in kinds if path.startswith("torch.func.") else ():
            if isinstance(root(kind), Function) and not root(kind).info.is_called:
                root(kind).info.call([F] * len(root(kind).info.params), {})
        return E(f"{self.ts_path(path)}({text})", self.library.result(path, kinds, self.told(node, keywords)))

    def told(self, node, keywords):
        """Arguments by name, dtypes as their text."""
        said = dict(keywords)
        for k in node.keywords:
            if k.arg == "dtype":
                text = self.quiet(k.value)
                said["dtype"] = text.text if text.kind is DTYPE else None
                if said["dtype"] is not None and library.DTYPES.get(said["dtype"].rpartition(".")[2]) is None:
                    said["dtype"] = "?"
        return said

    def library_object(self, path, node):
        name = path.rpartition(".")[2]
        if name == "Size":
            return E(f"new torch.Size(...{self.iterable(self.expr(node.args[0]))})", SIZE)
        if name == "Parameter":
            text, kinds, _ = self.arguments(node)
            self.imports.add("nn")
            return E(f"new nn.Parameter({text})", kinds[0] if kinds and is_a(kinds[0], Tensor) else F)
        if name == "Tensor" or name.endswith("Tensor") and path.count(".") == 1:
            text, _, _ = self.arguments(node)
            of = I if name in ("LongTensor", "IntTensor", "ByteTensor", "ShortTensor") else B if name == "BoolTensor" else F
            return E(f"new {path}({text})" if name == "Tensor" else f"{path}({text})", of)
        text, kinds, keywords = self.arguments(node)
        of = NOTHING
        if name == "ModuleList":
            of = self.element(kinds[0]) if kinds else NOTHING
            made = self.made(node, lambda: List())
            made.of = join(made.of, of)
            kind = Lib(path, made.of)
            if not node.args:
                self.list_of_modules[id(node)] = made
            return E(f"new {self.ts_path(path)}({text})" if made.of is NOTHING or node.args else f"new {self.ts_path(path)}<{self.ts(made.of)}>({text})", kind)
        if name == "ModuleDict":
            made = Lib(path, kinds[0] if kinds else self.made(node, lambda: Dict(STR)))
            self.imports.add("nn")
            return E(f"new {self.ts(made)}({text})", made)
        if name == "Sequential":
            of = NOTHING if any(isinstance(a, ast.Starred) for a in node.args) else Tuple(kinds)
            if len(kinds) == 1 and isinstance(root(kinds[0]), Dict):
                of = NOTHING
            return E(f"new {self.ts_path(path)}({text})", Lib(path, of))
        if name == "DataLoader":
            made = Lib(path, self.sample_of(kinds[0]) if kinds else NOTHING)
            return E(f"new {path if made.of not in (ANY, NOTHING) else self.ts(made)}({text})", made)
        if name == "TensorDataset":
            return E(f"new {path}({text})", Lib(path, Tuple(kinds)))
        if name in ("Subset", "ConcatDataset"):
            return E(f"new {path}({text})", Lib(path, self.sample_of(kinds[0])))
        return E(f"new {self.ts_path(path)}({text})", Lib(path))

    def sample_of(self, kind):
        kind = root(kind)
        if isinstance(kind, Lib):
            return kind.of
        if isinstance(kind, Object):
            method = kind.info.method("__getitem__")
            return method.call([COUNT], {}) if method is not None else ANY
        if isinstance(kind, List):
            return kind.of
        if isinstance(kind, Tensor):
            return kind
        return ANY

    def torch_tensor(self, path, node):
        if path not in ("torch.tensor", "torch.as_tensor", "torch.Tensor.new_tensor"):
            return None
        if not node.args:
            data = next((k.value for k in node.keywords if k.arg == "data"), None)
            if data is None:
                return None
            rest = ast.Call(node.func, [data], [k for k in node.keywords if k.arg != "data"])
            return self.torch_tensor(path, ast.copy_location(self.synthetic.setdefault(id(node), rest), node))
        data = self.expr(node.args[0])
        elements = self.scalar_in(data.kind)
        dtype = next((k for k in node.keywords if k.arg == "dtype"), None)
        pairs = [(key_of(k.arg), self.expr(k.value).at(ASSIGN)) for k in node.keywords]
        text = data.at(ASSIGN)
        of = {FLOAT: "f", INT: "i", COUNT: "i", BOOL: "b"}.get(elements, getattr(elements, "of", "?") if isinstance(elements, Tensor) else "?")
        if elements in INTS and dtype is None:
            whole = self.whole_literal(node.args[0])
            if whole is not None:
                text = whole
            else:
                pairs.insert(0, ("dtype", "torch.int64"))
        if dtype is not None:
            of = library.DTYPES.get(self.expr(dtype.value).text.rpartition(".")[2], "?")
        return E(f"{path}({', '.join([text] + ([options(pairs)] if pairs else []))})", TENSORS[of])

    torch_as_tensor = torch_tensor

    def scalar_in(self, kind, depth=0):
        kind = root(kind)
        if isinstance(kind, (List, Tuple)) or kind is SIZE:
            return self.scalar_in(self.element(kind), depth + 1)
        return kind

    def whole_literal(self, node):
        """A display of ints with n after each, or None if it is not all written out."""
        if isinstance(node, (ast.List, ast.Tuple)):
            parts = [self.whole_literal(n) for n in node.elts]
            return None if None in parts else f"[{', '.join(parts)}]"
        value = constant_int(node)
        return None if value is None else f"{value}n"

    def torch_full(self, path, node):
        if path != "torch.full" or len(node.args) < 2:
            return None
        size, fill = (self.expr(a) for a in node.args[:2])
        pairs = [(key_of(k.arg), self.expr(k.value).at(ASSIGN)) for k in node.keywords]
        named = {k for k, _ in pairs}
        of = {FLOAT: "f", INT: "i", COUNT: "i", BOOL: "b"}.get(root(fill.kind), "?")
        if fill.kind in INTS and "dtype" not in named:
            pairs.insert(0, ("dtype", "torch.int64"))
        dtype = next((k for k in node.keywords if k.arg == "dtype"), None)
        if dtype is not None:
            of = library.DTYPES.get(self.expr(dtype.value).text.rpartition(".")[2], "?")
        return E(f"torch.full({', '.join([size.text, fill.text] + ([options(pairs)] if pairs else []))})", TENSORS[of])

    def torch_arange(self, path, node):
        args = [self.expr(a) for a in node.args]
        pairs = [(key_of(k.arg), self.expr(k.value).at(ASSIGN)) for k in node.keywords]
        of = "f" if any(a.kind is FLOAT for a in args) else "i"
        dtype = next((k for k in node.keywords if k.arg == "dtype"), None)
        if dtype is not None:
            of = library.DTYPES.get(self.expr(dtype.value).text.rpartition(".")[2], "?")
        elif of == "f" and not any(a.is_literal and a.kind is FLOAT and not float(a.text).is_integer() for a in args if not a.text.startswith("-")):
            pairs.insert(0, ("dtype", "torch.float32"))
        return E(f"torch.arange({', '.join([a.at(ASSIGN) for a in args] + ([options(pairs)] if pairs else []))})", TENSORS[of])

    def torch_grad(self, path, node):
        if path != "torch.autograd.grad":
            return None
        text, kinds, keywords = self.arguments(node)
        one = kinds and len(kinds) > 1 and is_a(kinds[1], Tensor)
        allows = "allow_unused" in keywords
        count = len(root(kinds[1]).of) if len(kinds) > 1 and isinstance(root(kinds[1]), Tuple) else None
        kind = Tuple([F]) if one else Tuple([F] * count) if count else List(F, "tuple")
        return E(f"torch.autograd.grad({text})", kind)

    def torch_random_split(self, path, node):
        text, kinds, _ = self.arguments(node)
        return E(f"torch.utils.data.random_split({text})", List(Lib("torch.utils.data.Subset", self.sample_of(kinds[0]))))

    def torch_no_grad(self, path, node):
        if node.args:
            return None
        return E("torch.no_grad()", Lib("guard"))

    def torch_load(self, path, node):
        if path != "torch.load":
            return None
        first = self.expr(node.args[0])
        if isinstance(root(first.kind), Lib) and root(first.kind).path == "io.BytesIO":
            self.imports.add("serialization")
            return E(f"decode<any>({first.text})", ANY)
        text, _, _ = self.arguments(node)
        return E(f"torch.load<any>({text})", ANY)

    def torch_save(self, path, node):
        if path != "torch.save":
            return None
        what, where = self.expr(node.args[0]), self.expr(node.args[1])
        if isinstance(root(where.kind), Lib) and root(where.kind).path == "io.BytesIO":
            self.imports.add("serialization")
            return E(f"{where.text} = encode({what.text})", NONE, ASSIGN)
        return None

    # ---- methods

    def method_call(self, of, name, node):
        kind = root(of.kind)
        if may_be(kind, NONE) and len(alternatives(without(kind, NONE))) == 1 and without(kind, NONE) is not NOTHING:
            kind = root(without(kind, NONE))
            of = E(of.object + "!", kind)
        if name == "format" and is_a(kind, STR):
            raise Untranslatable("format of a text that is not written out")
        if isinstance(kind, Tensor) or may_be(kind, Tensor) and not may_be(kind, Object, Dict):
            return self.tensor_call(of, name, node)
        if isinstance(kind, (List, Tuple)) or kind is SIZE:
            return self.list_call(of, name, node)
        if is_a(kind, STR):
            return self.string_call(of, name, node)
        if isinstance(kind, Dict):
            return self.dict_call(of, name, node)
        if isinstance(kind, Set):
            return self.set_call(of, name, node)
        if isinstance(kind, Object):
            info = kind.info
            method = info.method(name)
            if method is not None:
                if method.is_static or method.is_class_method:
                    of = E(method.owner.name, Class(method.owner))
                return E(f"{of.object}.{name_of(name)}({self.bound(method, node)})", self.result_of(method, node))
            found = info.attribute(name)
            if found is None and info.library_base() is not None:
                return self.lib_call(of, Lib(info.library_base()), name, node)
            before, self.is_called = self.is_called, True
            e = self.object_attribute(of, info, name)
            self.is_called = before
            return self.call_of(e, node)
        if isinstance(kind, Class):
            method = kind.info.method(name)
            if method is not None:
                if not method.is_static and not method.is_class_method and method.self_name:
                    first, rest = node.args[0], ast.Call(node.func, node.args[1:], node.keywords)
                    if name == "__init__":
                        return self.super_call("__init__", rest)
                    e = self.expr(first)
                    return E(f"{kind.info.name}.prototype.{name_of(name)}.call({', '.join(filter(None, (e.text, self.bound(method, rest))))})", self.result_of(method, rest))
                return E(f"{of.object}.{name_of(name)}({self.bound(method, node)})", self.result_of(method, node))
            if name == "apply" and (kind.info.library_base() or "").endswith("Function"):
                return self.apply_call(of, kind.info, node)
            if (kind.info.library_base() or "") and name == "__init__":
                return self.super_call("__init__", ast.Call(node.func, node.args[1:], node.keywords))
            static = kind.info.static(name)
            if static is not None:
                return self.call_of(E(f"{of.object}.{name}", static), node)
        if isinstance(kind, Lib):
            fields = getattr(root(kind.of), "fields", None)
            if kind.path == "torch.nn.ModuleDict" and fields and name in fields:
                return self.call_of(self.lib_attribute(of, kind, name), node)
            return self.lib_call(of, kind, name, node)
        if isinstance(kind, Path):
            return self.path_call(f"{kind.path}.{name}", node)
        if isinstance(kind, Function) and name == "apply":
            return self.call_of(of, node)
        members = alternatives(kind)
        if len(members) > 1:
            results = [self.method_call(E(of.text, m, of.binds), name, node) for m in members if m is not NONE]
            return E(results[0].text, join_all(r.kind for r in results))
        text, kinds, _ = self.arguments(node)
        return E(f"{of.object}.{name}({text})", ANY if kind is ANY else NOTHING)

    def apply_call(self, of, info, node):
        forward, backward = info.method("forward"), info.method("backward")
        ctx = forward.params[0]
        ctx.kind = Lib("ctx")
        text, kinds, _ = self.arguments(node)
        forward.call([Lib("ctx"), *kinds], {})
        if backward is not None:
            count = len(root(forward.returns).of) if isinstance(root(forward.returns), Tuple) else 1
            backward.call([Lib("ctx"), *[F] * count], {})
        result = forward.returns
        return E(f"{of.object}.apply({text}) as {self.ts(result)}", result, LESS)

    def context_field(self, name):
        return self.context_fields.get((self.cls, name), NOTHING)

    def tensor_call(self, of, name, node):
        kind = root(of.kind) if isinstance(root(of.kind), Tensor) else T
        if name in ("numpy", "__array__"):
            raise Untranslatable("NumPy's arrays have no twin")
        if name == "size" and not node.args and not node.keywords:
            return E(f"{of.object}.size()", SIZE)
        if name == "new_tensor":
            made = self.torch_tensor("torch.Tensor.new_tensor", node)
            return E(made.text.replace("torch.Tensor.new_tensor", f"{of.object}.new_tensor", 1), made.kind)
        if name == "__len__":
            return E(f"{of.object}.length", COUNT)
        text, kinds, keywords = self.arguments(node)
        said = self.told(node, keywords)
        if name == "to" or name == "type":
            for a in node.args:
                e = self.quiet(a)
                if e.kind is DTYPE:
                    said["to"] = e.text
                elif is_a(e.kind, Tensor):
                    return E(f"{of.object}.{name}({text})", e.kind)
        if name == "masked_fill" or name == "masked_fill_":
            kinds = []
        if name in library.CONVERSIONS:
            return E(f"{of.object}.{name}({text})", TENSORS[library.CONVERSIONS[name]])
        if name == "mul" or name == "add" or name == "sub" or name == "div":
            e = self.quiet(node.args[0]) if node.args else None
            if e is not None and e.kind is FLOAT and kind in (I, B):
                text = f"new torch.Float({text})"
        if name in ("tolist",):
            return self.tolist(of, kind)
        if name == "register_hook" and node.args and isinstance(node.args[0], ast.Lambda):
            e = self.callback(node.args[0], F)
            return E(f"{of.object}.register_hook({e.text})", Lib("handle"))
        if name == "register_hook":
            if node.args and isinstance(root(kinds[0]), Function):
                root(kinds[0]).info.call([F], {})
            return E(f"{of.object}.register_hook({text})", Lib("handle"))
        return E(f"{of.object}.{name}({text})", self.library.result(f"torch.Tensor.{name}", [kind, *kinds], said))

    def tolist(self, of, kind):
        """Lists as deep as the program uses them cannot be known: the first level is taken, deeper ones by its use."""
        element = self.library._item([kind], {})
        found = self.made_by(of.text, lambda: List(element))
        return E(f"{of.object}.tolist() as {self.ts(found)}", found, LESS)

    def made_by(self, text, make):
        return make()

    def lib_call(self, of, kind, name, node):
        path = kind.path
        if path == "exception":
            text, _, _ = self.arguments(node)
            return E(f"{of.object}.{name}({text})", ANY)
        if path == "io.BytesIO":
            if name == "seek":
                return E("", NONE)
            raise Untranslatable(f"{name} of a BytesIO")
        if path == "ArgumentParser":
            raise Untranslatable("parts of argparse that are not arguments")
        if path == "ctx":
            text, _, _ = self.arguments(node)
            return E(f"{of.object}.{name}({text})", NONE)
        if path.startswith("torch.nn") and name in ("register_forward_hook", "register_forward_pre_hook", "register_full_backward_hook"):
            a = node.args[0]
            module = of.kind
            if isinstance(root(self.quiet(a).kind), Function) and not isinstance(a, ast.Lambda):
                root(self.quiet(a).kind).info.call([module, List(F, "tuple"), F if name == "register_forward_hook" else List(F, "tuple")][: 3 if name != "register_forward_pre_hook" else 2], {})
            text, _, _ = self.arguments(node)
            return E(f"{of.object}.{name}({text})", Lib("handle"))
        if path.startswith("torch.nn.") and name == "apply" and node.args:
            found = root(self.quiet(node.args[0]).kind)
            if isinstance(found, Function):
                found.info.call([Lib("torch.nn.Module")], {})
            if isinstance(node.args[0], ast.Attribute) and isinstance(found, Function) and found.info.self_name:
                owner = self.expr(node.args[0].value)
                return E(f"{of.object}.apply((m) => {owner.object}.{name_of(node.args[0].attr)}(m))", of.kind)
        if path == "torch.nn.ModuleList" and name in ("append", "extend", "insert"):
            e = self.expr(node.args[-1])
            found = e.kind if name != "extend" else self.element(e.kind)
            self.grow(node.func.value, found)
        if path == "torch.nn.ModuleDict" and name in ("items", "values", "keys"):
            inner = getattr(root(kind.of), "of", NOTHING)
            of_items = {"items": Tuple([STR, inner]), "values": inner, "keys": STR}[name]
            text = f"{of.object}.{ {'items': 'items', 'values': 'values', 'keys': 'keys'}[name] }()"
            cast = f"({text} as Iterable<{self.ts(of_items)}>)" if name != "keys" else text
            return E(cast, Iter(of_items))
        if name == "register_buffer":
            text, kinds, _ = self.arguments(node)
            owner = root(of.kind)
            if isinstance(owner, Object) and isinstance(node.args[0], ast.Constant):
                value = kinds[1] if len(kinds) > 1 else F
                owner.info.note(node.args[0].value, value)
            return E(f"{of.object}.register_buffer({text})", NONE)
        if name == "register_parameter" or name == "add_module":
            text, kinds, _ = self.arguments(node)
            owner = root(of.kind)
            if isinstance(owner, Object) and isinstance(node.args[0], ast.Constant):
                owner.info.note(node.args[0].value, kinds[1])
            return E(f"{of.object}.{name}({text})", NONE)
        if name == "__init__":
            raise Untranslatable("__init__ called by hand")
        if name == "step" and path.startswith("torch.optim.") and node.args and "lr_scheduler" not in path:
            a = self.quiet(node.args[0])
            if isinstance(root(a.kind), Function):
                root(a.kind).info.call([], {})
                text, _, _ = self.arguments(node)
                result = root(a.kind).info.returns
                return E(f"{of.object}.step({text}) as {self.ts(result)}", result, LESS)
        text, kinds, keywords = self.arguments(node)
        result = self.lib_result(of, kind, name, node, kinds)
        if path == "torch.nn.StateDict" and name == "items":
            name = "entries"
        return E(f"{of.object}.{name}({text})", result)

    def grow(self, node, kind):
        """More is put into a ModuleList that was empty when it was made."""
        found = root(self.quiet(node).kind)
        if isinstance(found, Lib):
            for made in self.list_of_modules.values():
                made.of = join(made.of, kind)

    def lib_result(self, of, kind, name, node, kinds):
        path = kind.path
        if path.startswith("torch.nn."):
            if name in ("parameters", "buffers"):
                return Iter(F)
            if name in ("named_parameters", "named_buffers"):
                return Iter(Tuple([STR, F]))
            if name in ("modules", "children"):
                return Iter(Lib("torch.nn.Module"))
            if name in ("named_modules", "named_children"):
                return Iter(Tuple([STR, Lib("torch.nn.Module")]))
            if name in ("to", "train", "eval", "cuda", "cpu", "double", "float", "half", "requires_grad_", "apply", "append", "extend"):
                return of.kind
            if name == "state_dict":
                return Lib("torch.nn.StateDict")
            if name == "items":
                return Iter(Tuple([STR, F]))
            if name in ("keys",):
                return Iter(STR)
            if name == "values":
                return Iter(F)
            if name == "forward":
                return self.module_result(kind, node)
            if name == "size":
                return COUNT
            return F if name in ("forward", "get_parameter", "get_buffer") else ANY
        if "lr_scheduler" in path:
            return List(FLOAT) if name in ("get_last_lr", "get_lr") else NONE if name in ("step",) else ANY
        if path.startswith("torch.optim."):
            return {"zero_grad": NONE, "step": NONE, "load_state_dict": NONE, "add_param_group": NONE}.get(name, Lib("state_dict") if name == "state_dict" else ANY)
        if path.startswith("torch.distributions."):
            return of.kind if name == "expand" else self.library.result(f"torch.{name}", [F], {}) if name not in ("sample", "rsample") else (I if path.endswith("Categorical") else F)
        if path == "torch.Generator":
            return of.kind if name == "manual_seed" else COUNT
        if name == "item":
            return FLOAT
        return ANY

    # ---- lists, texts, dicts, sets

    def list_call(self, of, name, node):
        kind = root(of.kind)
        args = node.args
        element = self.element(kind)
        if name == "append":
            e = self.expr(args[0])
            if isinstance(kind, List):
                kind.of = join(kind.of, e.kind)
            return E(f"{of.object}.push({e.at(ASSIGN)})", NONE)
        if name == "extend":
            e = self.expr(args[0])
            if isinstance(kind, List):
                kind.of = join(kind.of, self.element(e.kind))
            return E(f"{of.object}.push(...{self.iterable(e)})", NONE)
        if name == "appendleft":
            e = self.expr(args[0])
            kind.of = join(kind.of, e.kind)
            return E(f"{of.object}.unshift({e.text})", NONE)
        if name == "popleft":
            return E(f"{of.object}.shift()!", element)
        if name == "pop":
            at = constant_int(args[0]) if args else -1
            if at == -1:
                return E(f"{of.object}.pop()!", element)
            if at == 0:
                return E(f"{of.object}.shift()!", element)
            return E(f"{of.object}.splice({self.expr(args[0]).text}, 1)[0]", element)
        if name == "insert":
            i, e = (self.expr(a) for a in args)
            kind.of = join(kind.of, e.kind)
            return E(f"{of.object}.splice({i.text}, 0, {e.text})", NONE)
        if name == "index":
            return E(f"{of.object}.indexOf({self.expr(args[0]).text})", COUNT)
        if name == "count":
            return E(f"{of.object}.filter((x) => x === {self.expr(args[0]).text}).length", COUNT)
        if name == "remove":
            return E(f"{of.object}.splice({of.object}.indexOf({self.expr(args[0]).text}), 1)", NONE)
        if name == "reverse":
            return E(f"{of.object}.reverse()", NONE)
        if name == "copy":
            return E(f"{of.object}.slice()", List(element, kind.word if isinstance(kind, List) else "list"))
        if name == "clear":
            return E(f"{of.object}.length = 0", NONE, ASSIGN)
        if name == "sort":
            text = self.sorted_text(of, node, args)
            return E(f"{of.object}.splice(0, Infinity, ...{text})", NONE)
        if name == "numel" and kind is SIZE:
            return E(f"{of.object}.numel()", COUNT)
        if name in ("values", "indices"):
            raise Untranslatable(f"{name} called")
        if isinstance(kind, Tuple) and name in ("__len__",):
            return E(f"{of.object}.length", COUNT)
        raise Untranslatable(f"{name} of a {kind.name}")

    def sorted_text(self, e, node, args=()):
        pairs = []
        for k in node.keywords:
            value = self.callback(k.value, self.element(e.kind)) if isinstance(k.value, ast.Lambda) else self.expr(k.value)
            if k.arg == "key" and isinstance(root(value.kind), Function):
                root(value.kind).info.call([self.element(e.kind)], {})
                value = self.callback(k.value, self.element(e.kind)) if isinstance(k.value, ast.Lambda) else value
            pairs.append((k.arg, value.at(ASSIGN)))
        return f"{self.helper('sorted')}({self.iterable(e)}{', ' + options(pairs) if pairs else ''})"

    def string_call(self, of, name, node):
        args = [self.expr(a) for a in node.args]
        texts = ", ".join(a.text for a in args)
        if name == "join":
            kind = root(args[0].kind)
            items = self.iterable(args[0])
            array = items if self.is_array(kind) else f"[...{items}]"
            array = E(array, kind, args[0].binds if array == args[0].text else ATOM).object
            return E(f"{array}.join({of.text})", STR)
        if name == "split":
            if not args:
                return E(f"{of.object}.trim().split(/\\s+/)", List(STR))
            return E(f"{of.object}.split({args[0].text})", List(STR))
        if name == "splitlines":
            return E(f"{of.object}.split(/\\r?\\n/)", List(STR))
        if name in ("strip", "lstrip", "rstrip"):
            if args:
                raise Untranslatable(f"{name} of certain characters")
            return E(f"{of.object}.{ {'strip': 'trim', 'lstrip': 'trimStart', 'rstrip': 'trimEnd'}[name] }()", STR)
        if name == "zfill":
            return E(f'{of.object}.padStart({texts}, "0")', STR)
        if name in ("isdigit", "isalpha", "isspace", "isupper", "islower", "isalnum"):
            pattern = {"isdigit": r"^\d+$", "isalpha": r"^\p{L}+$", "isspace": r"^\s+$", "isupper": r"^\P{Ll}*\p{Lu}\P{Ll}*$", "islower": r"^\P{Lu}*\p{Ll}\P{Lu}*$", "isalnum": r"^[\p{L}\p{N}]+$"}[name]
            return E(f"/{pattern}/u.test({of.text})", BOOL)
        if name == "count":
            return E(f"({of.object}.split({texts}).length - 1)", COUNT)
        if name == "capitalize":
            return E(f"({of.object}.charAt(0).toUpperCase() + {of.object}.slice(1).toLowerCase())", STR)
        if name == "title":
            return E(f"{of.object}.toLowerCase().replace(/\\b[a-z]/g, (x) => x.toUpperCase())", STR)
        if name in STRING_METHODS:
            if name in ("startswith", "endswith") and isinstance(root(args[0].kind), Tuple):
                return E(f"{args[0].text}.some((x) => {of.object}.{STRING_METHODS[name]}(x))", BOOL)
            kind = BOOL if name in ("startswith", "endswith") else INT if name in ("find", "rfind") else STR
            return E(f"{of.object}.{STRING_METHODS[name]}({texts})", kind)
        if name == "index":
            return E(f"{of.object}.indexOf({texts})", COUNT)
        if name == "encode":
            return E(f"new TextEncoder().encode({of.text})", List(COUNT))
        raise Untranslatable(f"{name} of a text")

    def dict_call(self, of, name, node):
        kind = root(of.kind)
        args = [self.expr(a) for a in node.args]
        if name in ("items", "keys", "values"):
            made = {"items": Tuple([kind.key, kind.of]), "keys": kind.key, "values": kind.of}[name]
            if kind.is_map:
                return E(f"{of.object}.{ {'items': 'entries'}.get(name, name) }()", Iter(made))
            text = {"items": "entries"}.get(name, name)
            return E(f"Object.{text}({of.text})", List(made, f"dict_{name}"))
        if name == "get":
            key = args[0]
            kind.key = join(kind.key, key.kind)
            found = f"{of.object}.get({key.text})" if kind.is_map else f"{of.object}[{key.text}]"
            if not kind.is_map:
                kind.fields = None
            other = args[1] if len(args) > 1 else E("null", NONE)
            result = join(kind.of, other.kind) if not isinstance(root(kind.of), (List, Dict)) or other.kind is NONE else kind.of
            if isinstance(root(kind.of), List) and isinstance(root(other.kind), List):
                join(kind.of, other.kind)
            return E(f"({found} ?? {other.at(CHOICE)})", result)
        if name == "setdefault":
            kind.key, kind.of = join(kind.key, args[0].kind), join(kind.of, args[1].kind)
            if kind.is_map:
                raise Untranslatable("setdefault of a dict whose keys are no texts")
            kind.fields = None
            return E(f"({of.object}[{args[0].text}] ??= {args[1].text})", kind.of)
        if name == "update":
            texts = [a.text for a in args]
            for a in args:
                other = root(a.kind)
                if isinstance(other, Dict):
                    kind.key, kind.of = join(kind.key, other.key), join(kind.of, other.of)
            if kind.fields is not None and args and getattr(root(args[0].kind), "fields", None):
                kind.fields = {**kind.fields, **root(args[0].kind).fields}
                self.optional_fields = True
            for k in node.keywords:
                e = self.expr(k.value)
                kind.key, kind.of = join(kind.key, STR), join(kind.of, e.kind)
                kind.fields = None
            if node.keywords:
                texts.append(options([(key_of(k.arg), self.expr(k.value).text) for k in node.keywords]))
            if kind.is_map:
                raise Untranslatable("update of a dict whose keys are no texts")
            kind.fields = None
            return E(f"Object.assign({', '.join([of.text, *texts])})", NONE)
        if name == "copy":
            return E(f"new Map({of.text})" if kind.is_map else f"{{ ...{of.text} }}", kind)
        if name == "pop":
            raise Untranslatable("pop of a dict")
        if name == "most_common" and kind.default == "counter":
            return E(f"{of.object}.most_common({', '.join(a.text for a in args)})", List(Tuple([kind.key, COUNT])))
        if name == "clear" and kind.is_map:
            return E(f"{of.object}.clear()", NONE)
        raise Untranslatable(f"{name} of a dict")

    def set_call(self, of, name, node):
        kind = root(of.kind)
        args = [self.expr(a) for a in node.args]
        if name == "add":
            kind.of = join(kind.of, args[0].kind)
            if is_a(kind.of, Tuple, List):
                raise Untranslatable("a set of tuples: JavaScript's compares them by identity")
            return E(f"{of.object}.add({args[0].text})", NONE)
        if name in ("remove", "discard"):
            return E(f"{of.object}.delete({args[0].text})", NONE)
        if name == "clear":
            return E(f"{of.object}.clear()", NONE)
        if name == "union":
            return E(f"new Set([...{of.text}, ...{args[0].text}])", kind)
        if name == "intersection":
            return E(f"new Set([...{of.text}].filter((x) => {args[0].object}.has(x)))", kind)
        if name == "difference":
            return E(f"new Set([...{of.text}].filter((x) => !{args[0].object}.has(x)))", kind)
        raise Untranslatable(f"{name} of a set")
