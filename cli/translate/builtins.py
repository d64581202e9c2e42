"""Python's built-in functions and the modules that have a twin in JavaScript."""

import ast

from .infos import annotated
from .kinds import ANY, B, BOOL, COUNT, Dict, FLOAT, Function, I, INT, INTS, Iter, Lib, List, NONE, NOTHING, NUMBERS, Object, STR, Set, Tensor, Tuple, is_a, join, join_all, may_be, root
from .text import ASSIGN, ATOM, CHOICE, E, EQUAL, LESS, OR, POWER, TIMES, UNARY, Untranslatable, key_of, name_of, options, quoted

MATH_FUNCTIONS = set("sqrt exp log2 log10 log1p expm1 sin cos tan asin acos atan atan2 sinh cosh tanh floor ceil trunc hypot".split())
WHOLE = set("floor ceil trunc".split())


class Builtins:
    def builtin(self, name, node):
        visit = getattr(self, f"call_{name}", None)
        if visit is not None:
            return visit(node)
        if name in self.EXCEPTIONS:
            return self.exception(name, node)
        if not self.final:
            return E("?", NOTHING)
        raise Untranslatable(f"{name} is not defined in this file, or has no twin in JavaScript")

    def exception(self, name, node):
        text = ", ".join(self.expr(a).text for a in node.args)
        return E(f"new {self.exception_class(name)}({text})", Lib("exception"))

    def exception_class(self, name):
        return f"torch.{name}" if name in self.OURS else "Error"

    def call_print(self, node):
        return self.print_call(node)

    def call_len(self, node):
        e = self.expr(node.args[0])
        kind = root(e.kind)
        if isinstance(kind, Set) or isinstance(kind, Dict) and kind.is_map:
            return E(f"{e.object}.size", COUNT)
        if isinstance(kind, Dict):
            return E(f"Object.keys({e.text}).length", COUNT)
        if isinstance(kind, Iter):
            return E(f"[...{e.text}].length", COUNT)
        if isinstance(kind, Lib) and kind.path in ("torch.nn.ModuleDict", "torch.nn.StateDict"):
            return E(f"{e.object}.{'size' if kind.path.endswith('StateDict') else 'length'}", COUNT)
        if may_be(kind, NONE):
            return E(f"{e.object}!.length", COUNT)
        if isinstance(kind, Lib) and kind.path == "torch.utils.data.Dataset":
            return E(f"{e.object}.length!", COUNT)
        return E(f"{e.object}.length", COUNT)

    def call_range(self, node):
        texts = ", ".join(self.expr(a).text for a in node.args)
        start, _, step = self.range_of(node)
        return E(f"{self.helper('range')}({texts})", List(COUNT if start.kind is COUNT and step.kind is COUNT else INT, "range"))

    def call_int(self, node):
        if not node.args:
            return E("0", COUNT, ATOM, True)
        e = self.expr(node.args[0])
        if is_a(e.kind, *INTS):
            return e
        if is_a(e.kind, Tensor):
            return E(f"Math.trunc({e.object}.item())" if e.kind not in (I, B) else f"Number({e.object}.item())" if e.kind is B else f"{e.object}.item()", INT)
        if is_a(e.kind, STR):
            return E(f"Number.parseInt({', '.join(self.expr(a).text for a in node.args)})", INT)
        if e.kind is BOOL:
            return E(f"Number({e.text})", COUNT)
        return E(f"Math.trunc({e.text})", INT)

    def call_float(self, node):
        if not node.args:
            return E("0", FLOAT, ATOM, True)
        a = node.args[0]
        if isinstance(a, ast.Constant) and isinstance(a.value, str):
            word = a.value.strip().lower()
            if word in ("inf", "+inf", "infinity"):
                return E("Infinity", FLOAT)
            if word in ("-inf", "-infinity"):
                return E("-Infinity", FLOAT, UNARY)
            if word == "nan":
                return E("NaN", FLOAT)
            return E(str(float(word)), FLOAT, ATOM, True)
        e = self.expr(a)
        if is_a(e.kind, Tensor):
            return E(f"Number({e.object}.item())" if e.kind is B else f"{e.object}.item()", FLOAT)
        if is_a(e.kind, *NUMBERS):
            return E(e.text, FLOAT, e.binds, e.is_literal)
        return E(f"Number({e.text})", FLOAT)

    def call_bool(self, node):
        e = self.truth(node.args[0])
        return e if e.kind is BOOL else E(f"Boolean({e.text})", BOOL)

    def call_str(self, node):
        if not node.args:
            return E('""', STR, ATOM, True)
        e = self.expr(node.args[0])
        if is_a(e.kind, STR):
            return e
        plain = self.plain(e)
        return E(f"String({plain})" if plain is not None else self.shown(e), STR)

    def call_repr(self, node):
        return E(self.repr_of(self.expr(node.args[0])), STR)

    def call_format(self, node):
        e = self.expr(node.args[0])
        if len(node.args) > 1 and isinstance(node.args[1], ast.Constant):
            return E(self.formatted(e, node.args[1].value), STR)
        return E(self.hole(e), STR)

    def call_ord(self, node):
        return E(f"{self.expr(node.args[0]).object}.codePointAt(0)!", COUNT)

    def call_chr(self, node):
        return E(f"String.fromCodePoint({self.expr(node.args[0]).text})", STR)

    def call_abs(self, node):
        e = self.expr(node.args[0])
        if is_a(e.kind, Tensor):
            return E(f"{e.object}.abs()", e.kind)
        return E(f"Math.abs({e.text})", COUNT if is_a(e.kind, *INTS) else FLOAT)

    def call_pow(self, node):
        return self.operation(ast.Pow(), self.expr(node.args[0]), self.expr(node.args[1]))

    def call_divmod(self, node):
        a, b = (self.expr(n) for n in node.args)
        q, r = self.operation(ast.FloorDiv(), a, b), self.operation(ast.Mod(), a, b)
        return E(f"[{q.text}, {r.text}]", Tuple([q.kind, r.kind]), ATOM, True)

    def call_round(self, node):
        e = self.expr(node.args[0])
        if is_a(e.kind, Tensor):
            return E(f"{e.object}.round()", e.kind)
        if len(node.args) == 1:
            return E(f"{self.helper('round')}({e.text})", INT)
        return E(f"{self.helper('round')}({e.text}, {self.expr(node.args[1]).text})", e.kind)

    def extreme(self, node, name):
        keywords = {k.arg: k.value for k in node.keywords}
        if len(node.args) > 1:
            given = [self.expr(a) for a in node.args]
            if any(isinstance(a, ast.Starred) for a in node.args):
                raise Untranslatable(f"{name} with *")
            if any(is_a(e.kind, Tensor) for e in given):
                raise Untranslatable(f"{name} of tensors")
            kind = join_all(e.kind for e in given)
            if name == "max" and any(e.kind is COUNT for e in given) and all(e.kind in INTS for e in given):
                kind = COUNT
            return E(f"Math.{name}({', '.join(e.text for e in given)})", kind)
        e = self.expr(node.args[0])
        of = self.element(e.kind)
        if is_a(e.kind, Tensor):
            return E(f"{e.object}.{name}()", e.kind)
        if "default" not in keywords and "key" not in keywords and is_a(of, *NUMBERS):
            return E(f"Math.{name}(...{self.iterable(e)})", of)
        pairs = []
        for k, v in keywords.items():
            value = self.callback(v, of) if isinstance(v, ast.Lambda) else self.key_function(v, of)
            pairs.append((k, value.at(ASSIGN)))
            if k == "default":
                of = join(of, value.kind)
        return E(f"{self.helper(name)}({self.iterable(e)}{', ' + options(pairs) if pairs else ''})", of)

    def key_function(self, node, of):
        """`d.get` as a key is a function of the dict."""
        if isinstance(node, ast.Attribute) and node.attr == "get":
            d = self.expr(node.value)
            if isinstance(root(d.kind), Dict):
                return E(f"(k) => {d.object}.get(k)!" if root(d.kind).is_map else f"(k) => {d.object}[k]", ANY, ASSIGN)
        e = self.expr(node)
        if isinstance(root(e.kind), Function):
            root(e.kind).info.call([of], {})
        return e

    def call_max(self, node):
        return self.extreme(node, "max")

    def call_min(self, node):
        return self.extreme(node, "min")

    def call_sum(self, node):
        e = self.expr(node.args[0])
        of = self.element(e.kind)
        start = self.expr(node.args[1]) if len(node.args) > 1 else None
        array = self.iterable(e) if self.is_array(e.kind) else f"[...{self.iterable(e)}]"
        array = E(array, e.kind, e.binds if array == e.text else ATOM).object
        if is_a(of, Tensor):
            if start is not None:
                return E(f"{array}.reduce((a, b) => a.add(b), {start.text})", of)
            return E(f"{array}.reduce((a, b) => a.add(b))", of)
        if is_a(of, List):
            return E(f"{array}.flat()", of)
        if is_a(e.kind, Tensor):
            return E(f"{e.object}.sum(0)", e.kind)
        kind = COUNT if of in (BOOL, COUNT) else of
        return E(f"{self.helper('sum')}({self.iterable(e)}{', ' + start.text if start is not None else ''})", kind)

    def quantified(self, node, method):
        a = node.args[0]
        if isinstance(a, ast.GeneratorExp) and len(a.generators) == 1:
            e = self.comprehension(a, lambda: self.truth(a.elt))
            text = e.text
            if ".map(" in text and text.count(".map(") == 1:
                return E(text.replace(".map(", f".{method}(", 1), BOOL)
            return E(f"{text}.{method}(Boolean)", BOOL)
        e = self.expr(a)
        if is_a(e.kind, Tensor):
            return E(f"{e.object}.{'all' if method == 'every' else 'any'}()", B)
        return E(f"[...{self.iterable(e)}].{method}(Boolean)", BOOL)

    def call_any(self, node):
        return self.quantified(node, "some")

    def call_all(self, node):
        return self.quantified(node, "every")

    def call_list(self, node):
        kind = self.made(node, List)
        if not node.args:
            return E("[]", kind, ATOM, True)
        e = self.expr(node.args[0])
        kind.of = join(kind.of, self.element(e.kind))
        kind = kind.root()
        if isinstance(node.args[0], ast.GeneratorExp):
            return E(e.text, kind, e.binds)
        if root(e.kind) is STR:
            return E(f"[...{e.text}]", kind, ATOM)
        if isinstance(root(e.kind), List) and root(e.kind).word == "range" or e.text.startswith("Object."):
            return E(e.text, kind, e.binds)
        return E(f"[...{self.iterable(e)}]", kind, ATOM, True)

    def call_tuple(self, node):
        if not node.args:
            return E("[]", List(NOTHING, "tuple"), ATOM, True)
        e = self.expr(node.args[0])
        if isinstance(root(e.kind), Tuple):
            return e
        return E(f"[...{self.iterable(e)}]", List(self.element(e.kind), "tuple"), ATOM)

    def call_set(self, node):
        kind = self.made(node, Set)
        if not node.args:
            return E(f"new Set<{self.ts(kind.of)}>()", kind, ATOM)
        e = self.expr(node.args[0])
        kind.of = join(kind.of, self.element(e.kind))
        return E(f"new Set({self.iterable(e)})", kind.root())

    def call_frozenset(self, node):
        return self.call_set(node)

    def call_dict(self, node):
        kind = self.made(node, lambda: Dict(fields={} if node.keywords and not node.args else None))
        pairs = []
        for a in node.args:
            e = self.expr(a)
            if isinstance(root(e.kind), Dict) and not root(e.kind).is_map:
                kind.key, kind.of, kind.fields = join(kind.key, root(e.kind).key), join(kind.of, root(e.kind).of), None
                pairs.append((None, f"...{e.text}"))
            elif isinstance(root(e.kind), Lib) and root(e.kind).path == "torch.nn.StateDict":
                return E(f"new torch.nn.StateDict({e.text})", e.kind)
            else:
                of = self.element(e.kind)
                if not isinstance(root(of), Tuple):
                    raise Untranslatable("dict(…) of what are no pairs")
                kind.key, kind.of = join(kind.key, root(of).of[0]), join(kind.of, root(of).of[1])
                return E(f"new Map({self.iterable(e)})" if kind.is_map else f"Object.fromEntries({self.iterable(e)})", kind.root())
        for k in node.keywords:
            e = self.expr(k.value)
            kind.key, kind.of = join(kind.key, STR), join(kind.of, e.kind)
            if k.arg is None:
                kind.fields = None
                pairs.append((None, f"...{e.text}"))
            else:
                if kind.fields is not None:
                    kind.fields[k.arg] = join(kind.fields.get(k.arg, NOTHING), e.kind)
                pairs.append((k.arg, e.at(ASSIGN)))
        kind = kind.root()
        if not pairs and kind.is_map:
            return E(f"new Map<{self.ts(kind.key)}, {self.ts(kind.of)}>()", kind)
        return E(options(pairs) if pairs else "{}", kind, ATOM, True)

    def call_sorted(self, node):
        e = self.expr(node.args[0])
        return E(self.sorted_text(e, node), List(self.element(e.kind)))

    def call_reversed(self, node):
        a = node.args[0]
        e = self.expr(a)
        array = self.iterable(e) if self.is_array(e.kind) else f"[...{self.iterable(e)}]"
        return E(f"{E(array, e.kind, e.binds if array == e.text else ATOM).object}.toReversed()", List(self.element(e.kind)))

    def call_enumerate(self, node):
        e = self.expr(node.args[0])
        rest = [self.expr(a) for a in node.args[1:]] + [self.expr(k.value) for k in node.keywords]
        kind = Iter(Tuple([COUNT, self.element(e.kind)]))
        if self.is_array(e.kind) and not rest:
            return E(f"{e.object}.entries()", kind)
        return E(f"{self.helper('enumerate')}({', '.join([self.iterable(e)] + [r.text for r in rest])})", kind)

    def call_zip(self, node):
        given = [self.expr(a) for a in node.args]
        if any(isinstance(a, ast.Starred) for a in node.args):
            if len(node.args) > 1:
                raise Untranslatable("zip with * and others")
            inner = self.element(given[0].kind)
            e = given[0]
            of = root(inner)
            kinds = Tuple([List(k, "tuple") for k in of.of]) if isinstance(of, Tuple) else List(List(self.element(of), "tuple"))
            text = f"{self.helper('zip')}({e.text})"
            return E(f"([...{text}] as {self.ts(kinds)})", kinds)
        if any(k.arg != "strict" for k in node.keywords):
            raise Untranslatable("zip by name")
        return E(f"{self.helper('zip')}({', '.join(self.iterable(e) for e in given)})", Iter(Tuple([self.element(e.kind) for e in given])))

    def call_map(self, node):
        over = self.expr(node.args[1])
        of = self.element(over.kind)
        f = node.args[0]
        array = self.iterable(over) if self.is_array(over.kind) else f"[...{self.iterable(over)}]"
        array = E(array, over.kind, ATOM if array != over.text else over.binds).object
        if isinstance(f, ast.Lambda):
            e = self.callback(f, of)
            return E(f"{array}.map({e.text})", List(root(e.kind).info.returns))
        call = ast.Call(f, [ast.Name("x", ast.Load())], [])
        env = self.env
        self.env = {**env, "x": of}
        try:
            e = self.expr(ast.copy_location(ast.fix_missing_locations(call), node))
        finally:
            self.env = env
        return E(f"{array}.map((x) => {e.at(ASSIGN)})", List(e.kind))

    def call_filter(self, node):
        over = self.expr(node.args[1])
        of = self.element(over.kind)
        array = over.object if self.is_array(over.kind) else f"[...{self.iterable(over)}]"
        f = node.args[0]
        if isinstance(f, ast.Lambda):
            e = self.callback(f, of)
        elif isinstance(f, ast.Constant) and f.value is None:
            e = E("Boolean", ANY)
        else:
            e = self.expr(f)
        return E(f"{array}.filter({e.text})", List(of))

    def call_isinstance(self, node):
        e = self.expr(node.args[0])
        classes = node.args[1].elts if isinstance(node.args[1], ast.Tuple) else [node.args[1]]
        tests = [self.instance_test(e, c) for c in classes]
        return E(" || ".join(t.at(OR) for t in tests), BOOL, OR if len(tests) > 1 else tests[0].binds)

    def instance_test(self, e, c):
        if isinstance(c, ast.Name) and self.lookup(c.id) is None:
            plain = {"int": "number", "float": "number", "str": "string", "bool": "boolean"}
            if c.id in plain:
                return E(f'typeof {e.at(UNARY)} === "{plain[c.id]}"', BOOL, EQUAL)
            if c.id in ("list", "tuple"):
                return E(f"Array.isArray({e.text})", BOOL)
            if c.id == "dict":
                return E(f'typeof {e.at(UNARY)} === "object"', BOOL, EQUAL)
            if c.id in self.EXCEPTIONS:
                return E(f"{e.at(LESS + 1)} instanceof {self.exception_class(c.id)}", BOOL, LESS)
            raise Untranslatable(f"isinstance of {c.id}")
        k = self.expr(c)
        return E(f"{e.at(LESS + 1)} instanceof {k.text}", BOOL, LESS)

    def call_issubclass(self, node):
        raise Untranslatable("issubclass")

    def call_hasattr(self, node):
        e, name = self.expr(node.args[0]), self.expr(node.args[1])
        return E(f"{name.text} in {e.at(LESS + 1)}", BOOL, LESS)

    def call_getattr(self, node):
        name = node.args[1]
        if isinstance(name, ast.Constant) and len(node.args) == 2:
            return self.visit_Attribute(ast.copy_location(ast.Attribute(node.args[0], name.value, ast.Load()), node))
        e = self.expr(node.args[0])
        text = f"({e.text} as any)[{self.expr(name).text}]"
        if len(node.args) > 2:
            text = f"({text} ?? {self.expr(node.args[2]).at(CHOICE)})"
        return E(text, ANY)

    def call_setattr(self, node):
        e, name, value = (self.expr(a) for a in node.args)
        return E(f"({e.text} as any)[{name.text}] = {value.text}", NONE, ASSIGN)

    def call_type(self, node):
        e = self.expr(node.args[0])
        if isinstance(root(e.kind), Lib) and root(e.kind).path == "torch.autograd.Node":
            return E(f"{e.object}{'' if e.text.endswith('!') else '!'}.name().replace(/^.*::/, '')", Lib("type"))
        if isinstance(root(e.kind), (Object, Lib)):
            return E(f"{e.object}.constructor.name", Lib("type"))
        raise Untranslatable("type of a value")

    def call_iter(self, node):
        e = self.expr(node.args[0])
        return E(f"{e.object}[Symbol.iterator]()", Lib("iterator", self.element(e.kind)))

    def call_next(self, node):
        e = self.expr(node.args[0])
        kind = root(e.kind)
        if isinstance(kind, Lib) and kind.path == "iterator":
            if len(node.args) > 1:
                raise Untranslatable("next with a default")
            return E(f"{e.object}.next().value!", kind.of)
        if isinstance(kind, Iter):
            if e.binds == ATOM and e.text.endswith(")"):
                return E(f"[...{e.text}][0]", kind.of)
            return E(f"{e.object}.next().value!", kind.of)
        if isinstance(kind, List):
            return E(f"{e.object}[0]", kind.of)
        raise Untranslatable("next of what is no iterator")

    def call_id(self, node):
        raise Untranslatable("id: JavaScript has no addresses")

    def call_callable(self, node):
        return E(f'typeof {self.expr(node.args[0]).at(UNARY)} === "function"', BOOL, EQUAL)

    def call_super(self, node):
        raise Untranslatable("super as a value")

    # ---- modules

    def module_call(self, path, node):
        module, _, name = path.rpartition(".")
        if module == "math":
            return self.math(name, node)
        if module == "time":
            if name == "time":
                return E("Date.now() / 1000", FLOAT, TIMES)
            if name in ("perf_counter", "monotonic", "process_time"):
                return E("performance.now() / 1000", FLOAT, TIMES)
        if path == "copy.deepcopy":
            e = self.expr(node.args[0])
            if isinstance(root(e.kind), Lib) and root(e.kind).path == "torch.nn.StateDict":
                return E(f"new Map([...{e.text}].map(([k, v]) => [k, v.clone()]))", e.kind)
            if isinstance(root(e.kind), (Object, Lib)):
                self.imports.add("nn")
                return E(f"nn.deepcopy({e.text})", e.kind)
            if is_a(e.kind, Tensor):
                return E(f"{e.object}.clone()", e.kind)
            return E(f"structuredClone({e.text})", e.kind)
        if path == "copy.copy":
            e = self.expr(node.args[0])
            if is_a(e.kind, List):
                return E(f"{e.object}.slice()", e.kind)
        if path == "collections.OrderedDict":
            if node.args and isinstance(node.args[0], ast.List) and all(isinstance(x, ast.Tuple) and len(x.elts) == 2 for x in node.args[0].elts):
                d = ast.Dict([x.elts[0] for x in node.args[0].elts], [x.elts[1] for x in node.args[0].elts])
                cached = self.synthetic.setdefault(id(node), d)
                return self.expr(ast.copy_location(cached, node))
            return self.call_dict(node)
        if path == "collections.deque":
            kind = self.made(node, lambda: List(word="deque"))
            if any(k.arg == "maxlen" for k in node.keywords) or len(node.args) > 1:
                raise Untranslatable("a deque that drops what is too old")
            if not node.args:
                return E("[]", kind, ATOM, True)
            e = self.expr(node.args[0])
            kind.of = join(kind.of, self.element(e.kind))
            return E(f"[...{self.iterable(e)}]", kind.root())
        if path in ("collections.defaultdict", "collections.Counter"):
            return self.default_dict(name, node)
        if path == "dataclasses.field":
            for k in node.keywords:
                if k.arg == "default":
                    return self.expr(k.value)
                if k.arg == "default_factory":
                    return self.expr(ast.copy_location(self.synthetic.setdefault(id(node), ast.Call(k.value, [], [])), node))
        if path == "dataclasses.asdict" or path == "dataclasses.replace":
            e = self.expr(node.args[0])
            if name == "asdict" and isinstance(root(e.kind), Object):
                info = root(e.kind).info
                if any(may_be(k, Object) or may_be(k, List) and is_a(self.element(k), Object) for k in info.every_attribute()):
                    raise Untranslatable("asdict of a dataclass with others inside")
                return E(f"{{ ...{e.text} }}", Dict(STR, join_all(info.attributes.values()), dict(info.attributes)))
            if name == "replace" and isinstance(root(e.kind), Object) and len(node.args) == 1:
                return self.replaced(e, node)
        if path == "itertools.chain":
            given = [self.expr(a) for a in node.args]
            if not any(isinstance(a, ast.Starred) for a in node.args):
                return E("[" + ", ".join(f"...{self.iterable(e)}" for e in given) + "]", List(join_all(self.element(e.kind) for e in given)))
        if path == "itertools.product" and len(node.args) == 2 and not node.keywords:
            a, b = (self.expr(n) for n in node.args)
            return E(f"[...{self.iterable(a)}].flatMap((a) => [...{self.iterable(b)}].map((b): [{self.ts(self.element(a.kind))}, {self.ts(self.element(b.kind))}] => [a, b]))", List(Tuple([self.element(a.kind), self.element(b.kind)])))
        if path == "functools.partial":
            f = self.expr(node.args[0])
            rest = ast.Call(node.args[0], node.args[1:], node.keywords)
            raise Untranslatable("functools.partial")
        if path == "io.BytesIO" and not node.args:
            return E("new Uint8Array()", Lib("io.BytesIO"))
        if path == "argparse.ArgumentParser":
            return E("", Lib("ArgumentParser"))
        if path in ("os.path.join",):
            self.imports.add("node:path")
            return E(f"join({', '.join(self.expr(a).text for a in node.args)})", STR)
        if path in ("os.path.exists", "os.path.isfile"):
            self.imports.add("node:fs:existsSync")
            return E(f"existsSync({self.expr(node.args[0]).text})", BOOL)
        if path == "os.makedirs":
            self.imports.add("node:fs:mkdirSync")
            return E(f"mkdirSync({self.expr(node.args[0]).text}, {{ recursive: true }})", NONE)
        if path == "os.remove":
            self.imports.add("node:fs:rmSync")
            return E(f"rmSync({self.expr(node.args[0]).text})", NONE)
        if path in ("os.environ.get", "os.getenv"):
            e = [self.expr(a) for a in node.args]
            return E(f"(process.env[{e[0].text}] ?? {e[1].text if len(e) > 1 else 'null'})", STR if len(e) > 1 else join(STR, NONE))
        if path == "sys.exit":
            return E(f"process.exit({', '.join(self.expr(a).text for a in node.args)})", NONE)
        if path == "sys.stdout.write":
            return E(f"process.stdout.write({self.expr(node.args[0]).text})", NONE)
        if path == "sys.stdout.flush" or path == "gc.collect":
            return E("", NONE)
        if path == "json.dumps" and len(node.args) == 1 and not node.keywords:
            raise Untranslatable("json.dumps: it writes floats and spaces otherwise than JSON.stringify")
        if module == "random" or path.startswith("random."):
            return self.random(name, node)
        if path.startswith(("typing.", "__future__.")):
            return E("undefined", ANY)
        if path == "warnings.filterwarnings" or path.startswith("logging."):
            raise Untranslatable(f"{path} has no twin here")
        if module == "operator" or path.startswith("numpy.") or path.startswith("np."):
            raise Untranslatable(f"{path.partition('.')[0]} has no twin in JavaScript")
        raise Untranslatable(f"{path} has no twin here")

    def random(self, name, node):
        """Python's own numbers: tidu/py has its generator."""
        if name not in ("seed", "random", "randint", "randrange", "uniform", "choice", "shuffle", "sample", "gauss"):
            raise Untranslatable(f"random.{name} has no twin here")
        self.imports.add("random")
        given = [self.expr(a) for a in node.args]
        if node.keywords:
            raise Untranslatable(f"random.{name} by name")
        kind = {"random": FLOAT, "uniform": FLOAT, "gauss": FLOAT, "randint": INT, "randrange": COUNT, "seed": NONE, "shuffle": NONE}.get(name)
        if name == "randint" and given[0].kind is COUNT:
            kind = COUNT
        if name == "choice":
            kind = self.element(given[0].kind)
        if name == "sample":
            kind = List(self.element(given[0].kind))
        texts = [self.iterable(e) if name in ("sample", "choice") and i == 0 else e.text for i, e in enumerate(given)]
        return E(f"random.{name}({', '.join(texts)})", kind)

    def math(self, name, node):
        given = [self.expr(a) for a in node.args]
        texts = ", ".join(f"{e.object}.item()" if is_a(e.kind, Tensor) else e.text for e in given)
        if name == "log" and len(given) == 2:
            return E(f"Math.log({given[0].text}) / Math.log({given[1].text})", FLOAT, TIMES)
        if name in MATH_FUNCTIONS or name == "log":
            return E(f"Math.{name}({texts})", (COUNT if given[0].kind is COUNT else INT) if name in WHOLE else FLOAT)
        if name == "pow":
            return E(f"{given[0].at(POWER + 2)} ** {given[1].at(POWER)}", FLOAT, POWER)
        if name == "fabs":
            return E(f"Math.abs({texts})", FLOAT)
        if name == "isnan":
            return E(f"Number.isNaN({texts})", BOOL)
        if name == "isfinite":
            return E(f"Number.isFinite({texts})", BOOL)
        if name == "isinf":
            return E(f"(Math.abs({texts}) === Infinity)", BOOL)
        if name == "prod":
            e = given[0]
            return E(f"[...{self.iterable(e)}].reduce((a, b) => a * b, 1)", self.element(e.kind))
        if name == "radians":
            return E(f"{given[0].at(TIMES)} * Math.PI / 180", FLOAT, TIMES)
        if name == "degrees":
            return E(f"{given[0].at(TIMES)} * 180 / Math.PI", FLOAT, TIMES)
        raise Untranslatable(f"math.{name} has no twin in JavaScript")

    def replaced(self, e, node):
        """dataclasses.replace(x, a=1)"""
        info = root(e.kind).info
        pairs = [(None, f"...{e.at(ASSIGN)}")]
        for k in node.keywords:
            value = self.expr(k.value)
            info.note(k.arg, value.kind)
            pairs.append((key_of(k.arg), value.at(ASSIGN)))
        return E(f"new {info.name}({options(pairs)})", Object(info))

    def default_dict(self, name, node):
        kind = self.made(node, Dict)
        if name == "Counter":
            kind.default = "counter"
            kind.of = COUNT
            if node.args:
                e = self.expr(node.args[0])
                kind.key = join(kind.key, self.element(e.kind))
                return E(f"new {self.helper('Counter')}({self.iterable(e)})", kind)
            return E(f"new {self.helper('Counter')}<{self.ts(kind.key)}>()", kind)
        made = node.args[0] if node.args else None
        call = self.synthetic.setdefault(id(node), ast.Call(made.body and ast.Name("x", ast.Load()) if isinstance(made, ast.Lambda) else made, [], []))
        kind.default = "default"
        if isinstance(made, ast.Lambda):
            e = self.expr(made.body)
        else:
            e = self.expr(ast.copy_location(call, node))
        kind.of = join(kind.of, e.kind)
        body = "({})" if e.text == "{}" else e.at(ASSIGN)
        return E(f"new {self.helper('DefaultMap')}<{self.ts(kind.key)}, {self.ts(kind.of)}>(() => {body})", kind)


class Arguments:
    """argparse as node:util's parseArgs."""

    def declare_argument(self, parser, node):
        names = [a.value for a in node.args if isinstance(a, ast.Constant)]
        long = next((n for n in names if n.startswith("--")), None)
        if long is None:
            raise Untranslatable("an argument by place, or a short one")
        keywords = {k.arg: k.value for k in node.keywords}
        short = next((n[1:] for n in names if not n.startswith("--") and n.startswith("-") and len(n) == 2), None)
        field = keywords["dest"].value if "dest" in keywords else long[2:].replace("-", "_")
        parser[field] = (long[2:], short, keywords)

    def parsed_arguments(self, target, parser, s):
        fields, declared, values = {}, [], []
        for field, (long, short, keywords) in parser.items():
            action = getattr(keywords.get("action"), "value", None)
            key = long if long.isidentifier() else quoted(long)
            got = f"values.{long}" if long.isidentifier() else f"values[{quoted(long)}]"
            if action in ("store_true", "store_false"):
                declared.append((key, '{ type: "boolean" }'))
                fields[field] = BOOL
                values.append((field, f"{got} ?? false" if action == "store_true" else f"!{got}"))
                continue
            if action is not None or "nargs" in keywords:
                raise Untranslatable(f"--{long}: an argument of several values")
            declared.append((key, '{ type: "string"' + (f", short: {quoted(short)}" if short else "") + " }"))
            kind = annotated(keywords.get("type"), self) if "type" in keywords else STR
            default = self.expr(keywords["default"]) if "default" in keywords else E("null", NONE)
            converted = f"Number({got})" if kind in (INT, FLOAT) else got
            if default.kind is NONE:
                fields[field] = join(kind, NONE)
                values.append((field, f"{got} === undefined ? null : {converted}"))
            else:
                fields[field] = FLOAT if kind is FLOAT else COUNT if kind is INT and default.kind is COUNT else join(kind, default.kind)
                values.append((field, f"Number({got} ?? {default.at(CHOICE)})" if kind in (INT, FLOAT) else f"{got} ?? {default.at(CHOICE)}"))
        made = self.made(s, lambda: Dict(STR, ANY, fields))
        made.fields = fields
        for f, k in fields.items():
            made.fields[f] = k
        self.set_variable(target.id, Lib("args", made))
        declared_text = ", ".join(f"{k}: {v}" for k, v in declared)
        lines = ["const { values } = parseArgs({", "  options: {", *[f"    {k}: {v}," for k, v in declared], "  },", "});"]
        word = "const" if self.scope.declares(target.id, s) and self.scope.is_constant(target.id, s) else "let" if self.scope.declares(target.id, s) else ""
        return [*lines, f"{word} {name_of(target.id)} = {{".strip(), *[f"  {k}: {v}," for k, v in values], "};"]
