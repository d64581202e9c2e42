"""Calls: how arguments find their places, and calls of the program's own functions and classes."""

import ast

from . import library
from .containers import Containers
from .kinds import ANY, COUNT, Class, Dict, F, FLOAT, Function, Lib, NONE, NOTHING, Object, Path, STR, Tensor, Tuple, alternatives, is_a, join, join_all, may_be, root, ts as ts_of, without
from .methods import Methods
from .text import ASSIGN, E, Untranslatable, key_of, name_of, options
from .torch_calls import TorchCalls


class Calls(TorchCalls, Methods, Containers):
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
