"""Methods of lists, texts, dicts and sets."""

import ast

from .expressions import constant_int
from .kinds import BOOL, COUNT, Dict, Function, INT, Iter, List, NONE, SIZE, STR, Tuple, is_a, join, root
from .text import ASSIGN, ATOM, CHOICE, E, Untranslatable, key_of, options

ARRAY_METHODS = {"append": "push", "reverse": "reverse"}
STRING_METHODS = {
    "upper": "toUpperCase", "lower": "toLowerCase", "startswith": "startsWith", "endswith": "endsWith", "replace": "replaceAll",
    "find": "indexOf", "rfind": "lastIndexOf", "ljust": "padEnd", "rjust": "padStart",
}  # fmt: skip


class Containers:
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
