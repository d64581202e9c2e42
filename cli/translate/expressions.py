"""Expressions: names, attributes, subscripts, displays, comprehensions, lambdas."""

import ast

from . import library
from .kinds import ANY, BOOL, COUNT, Class, DEVICE, DTYPE, Dict, F, FLOAT, Function, I, INT, INTS, Iter, Lib, List, NONE, NOTHING, NUMBERS, Object, Path, SIZE, STR, Set, T, Tensor, Tuple, alternatives, is_a, join, join_all, may_be, root, without
from .text import ASSIGN, ATOM, CHOICE, E, LESS, Untranslatable, key_of, name_of, number, quoted


class Expressions:
    def expr(self, node):
        visit = getattr(self, f"visit_{type(node).__name__}", None)
        if visit is None:
            raise Untranslatable(f"{type(node).__name__} has no twin here")
        return visit(node)

    def quiet(self, node):
        """The kind of an expression that is visited again."""
        return self.expr(node)

    def visit_Constant(self, node):
        v = node.value
        if v is None:
            return E("null", NONE, ATOM, True)
        if isinstance(v, bool):
            return E("true" if v else "false", BOOL, ATOM, True)
        if isinstance(v, int):
            return E(str(v), COUNT, ATOM, True)
        if isinstance(v, float):
            return E(number(v), FLOAT, ATOM, True)
        if isinstance(v, str):
            return E(quoted(v), STR, ATOM, True)
        if v is Ellipsis:
            return E('"..."', STR, ATOM, True)
        raise Untranslatable(f"a {type(v).__name__} written out")

    def visit_Name(self, node):
        kind = self.lookup(node.id)
        if isinstance(kind, Path):
            return self.path(kind.path)
        if kind is None:
            return self.builtin_value(node.id)
        if node.id == self.self_name:
            return E("this", kind)
        if node.id == "cls" and isinstance(kind, Class):
            return E(kind.info.name, kind)
        if f"as {node.id}" in self.env:
            return E(f"{name_of(node.id)} as {self.ts(kind)}", kind, LESS)
        return E(name_of(node.id), kind)

    def builtin_value(self, name):
        if name in ("print", "str", "repr", "len", "float", "int", "abs", "sum", "bool"):
            text = {"print": "(x: unknown) => console.log(String(x))", "len": "(x: { length: number }) => x.length", "abs": "Math.abs", "float": "Number", "int": "(x: number | string) => Math.trunc(Number(x))", "bool": "Boolean"}.get(name)
            return E(text or self.helper(name), Path("builtins." + name), ASSIGN)
        if name in self.EXCEPTIONS or name in self.BUILTINS:
            return E(name, Path("builtins." + name))
        if name == "__name__":
            return E('"__main__"', STR)
        if not self.final:
            return E(name_of(name), NOTHING)
        raise Untranslatable(f"{name} is not defined in this file")

    def path(self, path):
        """One of torch's or Python's names."""
        path = library.known(path)
        kind = library.constant(path) if path.startswith("torch.") else None
        if path in self.MATH:
            return E(*self.MATH[path])
        if kind is not None:
            return E(path, kind)
        return E(self.ts_path(path), Path(path))

    def ts_path(self, path):
        if path == "torch.nn.functional" or path.startswith("torch.nn.functional."):
            if self.functional_name:
                self.imports.add("F")
                return self.functional_name + path[len("torch.nn.functional") :]
        if path.startswith("torch.distributions."):
            self.imports.add("distributions")
            return path[len("torch.") :]
        if path == "torch.nn" or path.startswith("torch.nn."):
            self.imports.add("nn")
            return path[len("torch.") :]
        return path

    def visit_Attribute(self, node):
        key = dotted(node)
        narrowed = self.env.get(key) if key else None
        e = self.attribute(self.expr(node.value), node.attr, node)
        return E(e.text, narrowed, e.binds) if narrowed is not None and narrowed is not NOTHING else e

    def attribute(self, of, name, node):
        self.asked = node
        kind = root(of.kind)
        if isinstance(kind, Path):
            return self.path(f"{kind.path}.{name}")
        if name == "__class__":
            return E(f"{of.object}.constructor", ANY)
        if name == "__name__" and isinstance(kind, Lib) and kind.path == "type":
            return E(of.text, STR)
        if name == "__name__":
            return E(f"{of.object}.name", STR)
        if name == "next_functions":
            return E(f"{of.object}.next_functions", List(Tuple([Lib("torch.autograd.Node"), COUNT]), "tuple"))
        if is_a(kind, Tensor) or may_be(kind, Tensor) and not may_be(kind, Object):
            return self.tensor_attribute(of, name, node)
        if isinstance(kind, Object):
            return self.object_attribute(of, kind.info, name)
        if may_be(kind, Object) and may_be(kind, NONE):
            rest = without(kind, NONE)
            if isinstance(rest, Object):
                return self.object_attribute(E(of.object + "!", rest), rest.info, name)
        if isinstance(kind, Class):
            found = kind.info.static(name)
            if name == "apply" and (kind.info.library_base() or "").endswith("autograd.Function"):
                forward = kind.info.method("forward")
                names = [f"{name_of(p.name)}: {self.ts(p.kind)}" for p in forward.params[1:]]
                given = ", ".join(name_of(p.name) for p in forward.params[1:])
                return E(f"({', '.join(names)}) => {of.object}.apply({given}) as {self.ts(forward.returns)}", Lib("apply", kind), ASSIGN)
            if found is None:
                method = kind.info.method(name)
                return E(f"{of.object}.{name_of(name)}", Function(method)) if method else E(f"{of.object}.{name}", ANY)
            return E(f"{of.object}.{name}", found)
        if isinstance(kind, Tuple) and name in ("values", "indices", "hidden"):
            return E(f"{of.object}.{name}", kind.of[1 if name == "indices" else 0])
        if isinstance(kind, Lib):
            return self.lib_attribute(of, kind, name)
        if isinstance(kind, Dict) and kind.fields and name in kind.fields:
            return E(f"{of.object}.{name}", kind.fields[name])
        if kind is DTYPE or kind is DEVICE:
            return E(f"{of.object}.{name}", BOOL if name.startswith("is_") else STR if name == "type" else COUNT)
        return E(f"{of.object}.{name_of(name) if kind not in (ANY, NOTHING) else name}", ANY if kind is ANY else NOTHING)

    def tensor_attribute(self, of, name, node):
        kind = root(of.kind)
        kind = kind if isinstance(kind, Tensor) else T
        found = self.library.attribute(kind, name)
        text = f"{of.object}.{name}"
        if name == "grad":
            if self.wants_null(node):
                return E(text, join(F, NONE))
            return E(text + "!", F)
        if name == "grad_fn":
            return E(text if self.wants_null(node) else text + "!", Lib("torch.autograd.Node"))
        if name == "is_cuda":
            return E(f'({of.object}.device.type === "cuda")', BOOL)
        return E(text, found if found is not None else Path(f"Tensor.{name}"))

    def wants_null(self, node):
        """Whether the place takes null: it is assigned, compared with None, printed."""
        return id(node) in self.takes_null

    def object_attribute(self, of, info, name):
        if name in ("__dict__", "__doc__"):
            raise Untranslatable(f"{name} of an object")
        prop = info.property(name)
        if prop is not None:
            return E(f"{of.object}.{name_of(name)}", prop.call([], {}))
        method = info.method(name)
        if method is not None and info.attribute(name) is None:
            if self.is_called:
                return E(f"{of.object}.{name_of(name)}", Function(method))
            return E(f"{of.object}.{name_of(name)}.bind({of.object})", Function(method))
        found = info.attribute(name)
        if found is not None:
            text = f"{of.object}.{self.field(info, name)}"
            return E(text, found)
        owner, static = info.static_owner(name)
        if owner is not None:
            return E(f"{owner.name}.{name_of(name)}", static)
        if info.is_module and name == "training":
            return E(f"{of.object}.training", BOOL)
        if info.lib_base is not None:
            return self.lib_attribute(of, Lib(info.lib_base), name)
        if not self.final:
            return E(f"{of.object}.{name}", NOTHING)
        info.attributes.setdefault(name, NOTHING)
        return E(f"({of.object} as any).{name}", ANY)

    def field(self, info, name):
        return name_of(name) if name in ("arguments", "constructor") else name

    def lib_attribute(self, of, kind, name):
        path = kind.path
        text = f"{of.object}.{name}"
        if path == "ctx":
            if name in ("save_for_backward", "mark_dirty", "mark_non_differentiable", "set_materialize_grads"):
                return E(text, Path("ctx." + name))
            if name == "saved_tensors":
                return E(text, List(F, "tuple"))
            if name == "needs_input_grad":
                return E(text, List(BOOL, "tuple"))
            found = self.context_field(name)
            return E(f"({text} as {self.ts(found)})", found)
        if path == "args":
            if name not in kind.of.fields:
                raise Untranslatable(f"no argument {name} is declared in this file")
            return E(text, kind.of.fields[name])
        if path == "torch.nn.Module" and (name in library.LAYER_FIELDS or name.startswith(("weight", "bias"))):
            return E(f"({of.text} as any).{name}", library.LAYER_FIELDS.get(name, F))
        if path.startswith("torch.nn."):
            if name in library.LAYER_FIELDS:
                kind = library.LAYER_FIELDS[name]
                if name in library.MAY_BE_NULL:
                    return E(text, join(kind, NONE)) if self.wants_null(self.asked) else E(text + "!", kind)
                return E(text, kind)
            if name == "training":
                return E(text, BOOL)
            if name.startswith(("weight", "bias")):
                return E(text, F)
            if path == "torch.nn.ModuleDict" and isinstance(root(kind.of), Dict) and kind.of.fields and name in kind.of.fields:
                inner = kind.of.fields[name]
                return E(f'{of.object}.get("{name}") as {self.ts(inner)}', inner, LESS)
            if path in ("torch.nn.LSTM", "torch.nn.GRU", "torch.nn.RNN"):
                return E(text, COUNT)
        if name == "state" and path.startswith("torch.optim."):
            return E(text, Lib("state"))
        if name == "param_groups":
            return E(text, List(Dict(STR, ANY)))
        if name in ("dataset", "sampler") and path == "torch.utils.data.DataLoader":
            return E(text, Lib("torch.utils.data.Dataset", kind.of))
        if name in ("mean", "stddev", "variance", "loc", "scale", "probs", "logits") and path.startswith("torch.distributions"):
            return E(text, F)
        if name == "batch_size":
            return E(text, COUNT)
        if path == "torch.finfo" or path == "torch.iinfo":
            return E(text, FLOAT)
        return E(text, ANY)

    # ---- subscripts

    def visit_Subscript(self, node):
        of = self.expr(node.value)
        kind = root(of.kind)
        if isinstance(kind, Path) and kind.path == "os.environ":
            return E(f"process.env[{self.expr(node.slice).text}]!", STR)
        if isinstance(kind, Path):
            return E(of.text, kind)
        if may_be(kind, NONE):
            of = E(of.text, without(kind, NONE), of.binds) if is_a(without(kind, NONE), Tensor) else E(of.object + "!", without(kind, NONE))
            kind = root(of.kind)
        if is_a(kind, Tensor):
            return self.tensor_subscript(of, node.slice)
        if isinstance(node.slice, ast.Slice):
            return self.sliced(of, node.slice)
        index = self.expr(node.slice)
        if kind is SIZE:
            if node_is_shape(node.value) and of.text.endswith(".shape"):
                return E(f"{of.text[:-6]}.size({index.text})", COUNT)
            return self.item(of, index, COUNT, node.slice)
        if isinstance(kind, Tuple):
            at = constant_int(node.slice)
            if at is None or not -len(kind.of) <= at < len(kind.of):
                return self.item(of, index, join_all(kind.of), node.slice)
            return E(f"{of.object}[{at % len(kind.of)}]", kind.of[at])
        if isinstance(kind, List):
            return self.item(of, index, kind.of, node.slice)
        if is_a(kind, STR):
            return self.item(of, index, STR, node.slice)
        if isinstance(kind, Dict):
            return self.entry(of, kind, index, node.slice)
        if isinstance(kind, Lib):
            return self.lib_item(of, kind, index, node.slice)
        if isinstance(kind, Object):
            if kind.info.is_module and kind.info.lib_base and kind.info.lib_base != "torch.nn.Module":
                return self.lib_item(of, Lib(kind.info.lib_base), index, node.slice)
            method = kind.info.method("__getitem__")
            if method is None:
                raise Untranslatable(f"{kind.info.name} has no __getitem__ in this file")
            return E(f"{of.object}.at({index.text})", method.call([index.kind], {}))
        if kind in (ANY, NOTHING):
            return E(f"{of.object}[{index.text}]", kind)
        raise Untranslatable(f"a subscript of {kind!r}")

    def item(self, of, index, kind, node):
        at = constant_int(node)
        if index.kind is COUNT:
            return E(f"{of.object}[{index.text}]", kind)
        return E(f"{of.object}.at({index.text if at is None else at})!", kind)

    def entry(self, of, kind, index, node):
        kind.key = join(kind.key, index.kind)
        if kind.default:
            return E(f"{of.object}.at({index.text})", kind.of)
        if kind.is_map:
            return E(f"{of.object}.get({index.text})!", kind.of)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found = kind.fields.get(node.value, kind.of) if kind.fields else kind.of
            return E(f"{of.object}.{node.value}" if node.value.isidentifier() else f"{of.object}[{quoted(node.value)}]", found)
        kind.fields = None  # it is asked by names that are not written out
        return E(f"{of.object}[{index.text}]", kind.of)

    def lib_item(self, of, kind, index, node):
        path = kind.path
        if path in ("torch.nn.StateDict",):
            return E(f"{of.object}.get({index.text})!", F)
        if path == "torch.nn.ModuleDict":
            fields = getattr(root(kind.of), "fields", None) or {}
            found = fields.get(node.value) if isinstance(node, ast.Constant) else getattr(root(kind.of), "of", NOTHING)
            found = found or Lib("torch.nn.Module")
            if found is getattr(root(kind.of), "of", None) and isinstance(root(found), (Lib, Object)):
                return E(f"{of.object}.get({index.text})", found)
            return E(f"{of.object}.get({index.text}) as {self.ts(found)}", found, LESS)
        if path in ("torch.nn.ParameterDict",):
            return E(f"{of.object}.get({index.text})", F)
        if path == "torch.nn.ModuleList":
            return E(f"{of.object}.at({index.text})", kind.of)
        if path == "torch.nn.ParameterList":
            return E(f"{of.object}.at({index.text})", F)
        if path == "torch.nn.Sequential":
            at = constant_int(node)
            found = kind.of.of[at] if isinstance(kind.of, Tuple) and at is not None and -len(kind.of.of) <= at < len(kind.of.of) else Lib("torch.nn.Module")
            return E(f"{of.object}.at({index.text}) as {self.ts(found)}", found, LESS)
        if path == "state":
            return E(f"({of.object}.get({index.text}) ?? {of.object}.set({index.text}, {{}}).get({index.text})!)", Dict(STR, ANY))
        if path.startswith("torch.utils.data."):
            return E(f"{of.object}.at({index.text})", kind.of)
        if path == "args":
            raise Untranslatable("a subscript of arguments")
        return E(f"{of.object}[{index.text}]", ANY)

    def index_part(self, node):
        """What stands between a tensor's brackets, as `at` takes it: (text, whether it takes a dim away, whether it is a list or tensor)."""
        if isinstance(node, ast.Slice):
            parts = [node.lower, node.upper] + ([node.step] if node.step is not None else [])
            constants = [p is None or constant_int(p) is not None for p in parts]
            if all(constants):
                return quoted(":".join("" if p is None else str(constant_int(p)) for p in parts))
            texts = ["null" if p is None else self.whole(self.expr(p)) for p in parts]
            return f"torch.slice_({', '.join(texts)})"
        if isinstance(node, ast.Constant) and node.value is None:
            return "null"
        if isinstance(node, ast.Constant) and node.value is Ellipsis:
            return '"..."'
        e = self.expr(node)
        return e.text

    def whole(self, e):
        return f"{e.object}.item()" if is_a(e.kind, Tensor) else e.text

    def tensor_subscript(self, of, node):
        kind = of.kind
        if isinstance(node, ast.Tuple):
            return E(f"{of.object}.at({', '.join(self.index_part(n) for n in node.elts)})", kind)
        if not isinstance(node, ast.Slice):
            index = self.expr(node)
            if is_a(index.kind, *INTS):
                if index.kind is COUNT:
                    return E(f"{of.object}[{index.text}]", kind)
                return E(f"{of.object}.at({index.text})", kind)
            if isinstance(root(index.kind), Tuple) or isinstance(root(index.kind), List) and root(index.kind).word == "tuple":
                return E(f"{of.object}.index({index.text})", kind)
            return E(f"{of.object}.at({index.text})", kind)
        return E(f"{of.object}.at({self.index_part(node)})", kind)

    def sliced(self, of, node):
        kind = root(of.kind)
        if isinstance(kind, Tuple):
            bounds = [None if b is None else constant_int(b) for b in (node.lower, node.upper, node.step)]
            if all(b is None or c is not None for b, c in zip((node.lower, node.upper, node.step), bounds)):
                made = Tuple(kind.of[slice(*bounds)])
            else:
                made = List(join_all(kind.of), "tuple")
        elif isinstance(kind, Lib) and kind.path == "torch.nn.Sequential" and isinstance(kind.of, Tuple):
            made = Lib(kind.path)
        else:
            made = List(kind.of, kind.word) if isinstance(kind, List) else List(COUNT, "tuple") if kind is SIZE else of.kind
        if isinstance(kind, Object):
            raise Untranslatable("a slice of an object")
        lower, upper = (None if b is None else self.expr(b) for b in (node.lower, node.upper))
        if node.step is not None:
            step = constant_int(node.step)
            if step == -1 and lower is None and upper is None:
                if is_a(kind, STR):
                    return E(f'[...{of.text}].reverse().join("")', STR)
                return E(f"{of.object}.toReversed()", made)
            if is_a(kind, STR):
                raise Untranslatable("a slice of a text with a step")
            texts = [of.text] + ["null" if b is None else b.text for b in (lower, upper)] + [self.expr(node.step).text]
            return E(f"{self.helper('slice')}({', '.join(texts)})", made)
        if lower is None and upper is None:
            return E(f"{of.object}.slice()", made)
        texts = ["0" if lower is None else lower.text] + ([] if upper is None else [upper.text])
        return E(f"{of.object}.slice({', '.join(texts)})", made)

    # ---- displays

    def made(self, node, make):
        """The container that a place makes: one object for all passes."""
        found = self.containers.get(id(node))
        if found is None:
            found = self.containers[id(node)] = make()
        return found.root()

    def visit_List(self, node):
        kind = self.made(node, List)
        parts = [self.element_text(item) for item in node.elts]
        for e in parts:
            kind.of = join(kind.of, e.kind)
        made = E(f"[{', '.join(e.text for e in parts)}]", kind.root(), ATOM, True)
        if not any(isinstance(item, ast.Starred) for item in node.elts):
            made.items = [e.kind for e in parts]
        return made

    def element_text(self, item):
        if isinstance(item, ast.Starred):
            e = self.expr(item.value)
            return E(f"...{self.iterable(e)}", self.element(e.kind))
        e = self.expr(item)
        return E(e.at(ASSIGN), e.kind)

    def visit_Tuple(self, node):
        if any(isinstance(i, ast.Starred) for i in node.elts):
            e = self.visit_List(node)
            root(e.kind).word = "tuple"
            return e
        parts = [self.element_text(i) for i in node.elts]
        return E(f"[{', '.join(p.text for p in parts)}]", Tuple([p.kind for p in parts]), ATOM, True)

    def visit_Set(self, node):
        kind = self.made(node, Set)
        parts = [self.element_text(i) for i in node.elts]
        kind.of = join(kind.of, join_all(p.kind for p in parts))
        return E(f"new Set([{', '.join(p.text for p in parts)}])", kind.root(), ATOM)

    def visit_Dict(self, node):
        kind = self.made(node, lambda: Dict(fields={} if node.keys else None))
        pairs = []
        for k, v in zip(node.keys, node.values):
            value = self.expr(v)
            if k is None:
                pairs.append((None, f"...{value.at(ASSIGN)}"))
                if isinstance(root(value.kind), Dict):
                    kind.key, kind.of = join(kind.key, root(value.kind).key), join(kind.of, root(value.kind).of)
                kind.fields = None
                continue
            key = self.expr(k)
            kind.key, kind.of = join(kind.key, key.kind), join(kind.of, value.kind)
            if kind.fields is not None and isinstance(k, ast.Constant) and isinstance(k.value, str):
                kind.fields[k.value] = join(kind.fields.get(k.value, NOTHING), value.kind)
            else:
                kind.fields = None
            pairs.append((k, key, value))
        kind = kind.root()
        if kind.default:
            raise Untranslatable("a dict that becomes a defaultdict")
        if kind.is_map:
            items = ", ".join(f"[{p[1].text}, {p[2].text}]" for p in pairs if len(p) == 3)
            return E(f"new Map<{self.ts(kind.key)}, {self.ts(kind.of)}>({f'[{items}]' if items else ''})", kind, ATOM)
        entries = []
        for p in pairs:
            if len(p) == 2:
                entries.append(p)
            else:
                k = key_of(p[0].value) if isinstance(p[0], ast.Constant) else f"[{p[1].text}]"
                entries.append((k, p[2].at(ASSIGN)))
        return E(from_pairs(entries), kind, ATOM, True)

    def visit_IfExp(self, node):
        condition = self.truth(node.test)
        env = self.env
        self.env = dict(env)
        self.narrow(node.test, True)
        then = self.expr(node.body)
        self.env = dict(env)
        self.narrow(node.test, False)
        other = self.expr(node.orelse)
        self.env = env
        if then.kind in NUMBERS and other.kind in NUMBERS and FLOAT in (then.kind, other.kind):
            kind = FLOAT
        else:
            kind = join(then.kind, other.kind)
        return E(f"{condition.at(CHOICE + 1)} ? {then.at(CHOICE)} : {other.at(CHOICE)}", kind, CHOICE)

    def visit_Starred(self, node):
        e = self.expr(node.value)
        return E(f"...{self.iterable(e)}", e.kind)

    def visit_Lambda(self, node):
        info = self.lambda_info(node)
        return E(info.text(self), Function(info), ASSIGN)

    def visit_NamedExpr(self, node):
        raise Untranslatable(":= assigns inside an expression")

    def visit_Yield(self, node):
        e = self.expr(node.value) if node.value is not None else E("", NONE)
        if self.function is not None:
            self.function.yields = join(self.function.yields, e.kind)
        return E(f"yield {e.text}".rstrip(), ANY, ASSIGN)

    def visit_YieldFrom(self, node):
        e = self.expr(node.value)
        if self.function is not None:
            self.function.yields = join(self.function.yields, self.element(e.kind))
        return E(f"yield* {e.text}", ANY, ASSIGN)

    # ---- going through things

    def element(self, kind):
        """What comes out when one goes through it."""
        kind = root(kind)
        if isinstance(kind, (List, Set, Iter)):
            return kind.of
        if isinstance(kind, Tuple):
            return join_all(kind.of)
        if kind is SIZE:
            return COUNT
        if kind is STR:
            return STR
        if isinstance(kind, Tensor):
            return kind
        if isinstance(kind, Dict):
            return kind.key
        if isinstance(kind, Lib):
            if kind.path in ("torch.nn.ModuleList", "torch.utils.data.DataLoader") or kind.path.startswith("torch.utils.data."):
                return collated(kind.of) if kind.path.endswith("DataLoader") else kind.of
            if kind.path == "torch.nn.Sequential":
                return Lib("torch.nn.Module")
            if kind.path in ("torch.nn.ModuleDict", "torch.nn.StateDict"):
                return STR
            if kind.path == "torch.nn.ParameterList":
                return F
            return ANY
        if isinstance(kind, Object):
            for name in ("__iter__", "__getitem__"):
                method = kind.info.method(name)
                if method is not None:
                    found = method.call([INT][: len(method.params)], {})
                    return self.element(found) if name == "__iter__" else found
        members = alternatives(kind)
        if len(members) > 1:
            return join_all(self.element(m) for m in members if m is not NONE)
        return ANY if kind is ANY else NOTHING

    def iterable(self, e):
        """The text of something that JavaScript can go through."""
        kind = root(e.kind)
        if isinstance(kind, Dict) and not kind.is_map:
            return f"Object.keys({e.text})"
        if isinstance(kind, Dict):
            return f"{e.object}.keys()"
        if isinstance(kind, Lib) and kind.path == "torch.nn.StateDict":
            return f"{e.object}.keys()"
        return e.at(ASSIGN)

    def is_array(self, kind):
        return is_a(kind, List, Tuple, SIZE)

    def range_of(self, node):
        """The bounds of range(...) as expressions, or None if the node is no such call."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range" and self.lookup("range") is None and not node.keywords:
            bounds = [self.expr(a) for a in node.args]
            if any(isinstance(a, ast.Starred) for a in node.args):
                return None
            start = E("0", COUNT, ATOM, True) if len(bounds) == 1 else bounds[0]
            stop = bounds[0] if len(bounds) == 1 else bounds[1]
            step = bounds[2] if len(bounds) > 2 else E("1", COUNT, ATOM, True)
            return start, stop, step
        return None

    def comprehension(self, node, element):
        """An array with what a comprehension makes; `element()` gives the expression of each."""
        env = self.env
        self.env = dict(env)
        try:
            return self._generators(node.generators, element)
        finally:
            self.env = env

    def _generators(self, generators, element):
        g, *rest = generators
        if g.is_async:
            raise Untranslatable("an async comprehension")
        bounds = self.range_of(g.iter)
        source, is_indexed = None, False
        if bounds is not None:
            start, stop, step = bounds
            kind = COUNT if start.kind is COUNT and step.kind is COUNT else INT
            if start.text == "0" and step.text == "1":
                source, is_indexed = f"{{ length: {stop.text} }}", True
            else:
                texts = [start.text, stop.text] + ([step.text] if step.text != "1" else [])
                source, array = f"{self.helper('range')}({', '.join(texts)})", True
        else:
            e = self.expr(g.iter)
            kind = self.element(e.kind)
            source = self.iterable(e)
            array = self.is_array(e.kind) or isinstance(root(e.kind), Dict) and not root(e.kind).is_map
            e_object = E(source, e.kind, e.binds if source == e.text else ATOM).object
        target = self.bind_target(g.target, kind)
        conditions = []
        for test in g.ifs:
            c = self.truth(test)
            self.narrow(test, True)
            conditions.append(c)
        inner = self._generators(rest, element) if rest else element()
        parameter = target
        arrow = f"({parameter}: any)" if kind in (ANY, NOTHING) else f"({parameter})"
        if is_indexed and (conditions or rest):
            source, is_indexed, array = f"{self.helper('range')}({stop.text})", False, True
        body = inner.at(ASSIGN)
        body = f"({body})" if body.startswith("{") else body
        returns = f": {self.ts(inner.kind)}" if not rest and wants_type(inner) else ""
        if is_indexed:
            unused = target == "_" or target not in inner.text
            return E(f"Array.from({source}, {'()' if unused else f'(_, {parameter})'}{returns} => {body})", List(inner.kind))
        if bounds is not None:
            e_object = source
        if not conditions and not rest:
            if target == inner.text and not returns:
                return E(f"[...{source}]", List(inner.kind))
            if array:
                return E(f"{e_object}.map({arrow}{returns} => {body})", List(inner.kind))
            return E(f"Array.from({source}, {arrow}{returns} => {body})", List(inner.kind))
        base = e_object if array else f"[...{source}]"
        for c in conditions:
            base += f".filter({arrow} => {c.at(ASSIGN)})"
        if rest:
            return E(f"{base}.flatMap({arrow} => {body})", inner.kind)
        if target == inner.text:
            return E(base, List(inner.kind))
        return E(f"{base}.map({arrow}{returns} => {body})", List(inner.kind))

    def visit_ListComp(self, node):
        kind = self.made(node, List)
        e = self.comprehension(node, lambda: self.expr(node.elt))
        kind.of = join(kind.of, root(e.kind).of)
        return E(e.text, kind.root(), e.binds)

    def visit_GeneratorExp(self, node):
        e = self.comprehension(node, lambda: self.expr(node.elt))
        return E(e.text, List(root(e.kind).of, "generator"), e.binds)

    def visit_SetComp(self, node):
        kind = self.made(node, Set)
        e = self.comprehension(node, lambda: self.expr(node.elt))
        kind.of = join(kind.of, root(e.kind).of)
        return E(f"new Set({e.text})", kind.root())

    def visit_DictComp(self, node):
        kind = self.made(node, Dict)

        def pair():
            k, v = self.expr(node.key), self.expr(node.value)
            kind.key, kind.of = join(kind.key, k.kind), join(kind.of, v.kind)
            return E(f"[{k.text}, {v.text}]", Tuple([k.kind, v.kind]), ATOM, True)

        e = self.comprehension(node, pair)
        kind = kind.root()
        return E(f"new Map({e.text})" if kind.is_map else f"Object.fromEntries({e.text})", kind)


def from_pairs(pairs):
    from .text import options

    return options(pairs) if pairs else "{}"


def wants_type(e):
    kind = root(e.kind)
    return isinstance(kind, Tuple) or e.text in ("[]", "{}") or isinstance(kind, List) and isinstance(root(kind.of), Tuple) and e.is_literal


def collated(kind):
    """A batch of such samples."""
    kind = root(kind)
    if isinstance(kind, Tuple):
        return Tuple([collated(k) for k in kind.of])
    if kind is FLOAT:
        return F
    if kind in INTS:
        return I
    if isinstance(kind, Dict) and kind.fields:
        return Dict(kind.key, join_all(collated(k) for k in kind.fields.values()), {k: collated(v) for k, v in kind.fields.items()})
    if kind is STR:
        return List(STR)
    return kind


def dotted(node):
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        inner = dotted(node.value)
        return inner and f"{inner}.{node.attr}"
    return None


def node_is_shape(node):
    return isinstance(node, ast.Attribute) and node.attr == "shape"


def constant_int(node):
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant) and type(node.operand.value) is int:
        return -node.operand.value
    return None
