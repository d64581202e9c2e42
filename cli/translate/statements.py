"""Statements, functions and classes, a method for each kind of node; what cannot be said becomes a comment."""

import ast
import re

from . import library
from .expressions import constant_int, dotted
from .infos import ClassInfo, FunctionInfo, annotated, own_nodes
from .kinds import ANY, BOOL, COUNT, Class, Dict, Either, F, FLOAT, Function, I, INT, INTS, Iter, Lib, List, NONE, NOTHING, NUMBERS, Object, Path, STR, T, Tensor, Tuple, alternatives, is_a, join, join_all, may_be, root, same, without
from .scopes import Scope, is_one_in_a_mode
from .text import ASSIGN, E, EQUAL, Untranslatable, name_of, quoted

# Modes that hold for a block: in TypeScript they take what is to be done as their last argument.
GUARDS = {
    "torch.no_grad", "torch.enable_grad", "torch.inference_mode", "torch.set_grad_enabled", "torch.autocast", "torch.amp.autocast",
    "torch.autograd.set_detect_anomaly", "torch.autograd.detect_anomaly", "torch.random.fork_rng", "torch.device",
}  # fmt: skip
UNRAISED = {"KeyError", "IndexError", "ZeroDivisionError", "AttributeError", "StopIteration"}
RENAMED = {"__len__": "length", "__getitem__": "at", "__call__": "call", "__iter__": "[Symbol.iterator]", "__repr__": "toString", "__str__": "toString"}


class Statements:
    def block(self, body):
        """The lines of a block."""
        lines = []
        for i, s in enumerate(body):
            for name in self.scope.declared.get((id(body), i), ()):
                if self.kind_of_variable(name) is not None:
                    lines.append(f"let {name_of(name)}!: {self.ts(self.declared_kind(name))};")
            before = self.comments_before(s)
            if lines and self.has_gap(s, len(before)):
                lines.append("")
            env = dict(self.env)
            try:
                made = self.statement(s)
                if made:
                    self.trail(made, s)
                lines.extend(before + made)
            except Untranslatable as error:
                self.env = env
                lines.extend(before + self.left_out(s, str(error)))
            except RecursionError:
                self.env = env
                lines.extend(before + self.left_out(s, "it is too deep"))
            if self.is_dead:
                break
        return lines

    def left_out(self, s, reason):
        """A statement as a comment, and declarations of what it would have made."""
        lines = []
        names = [n.id for n in ast.walk(s) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
        if isinstance(s, (ast.FunctionDef, ast.ClassDef)):
            names = [s.name]
        for name in dict.fromkeys(names):
            if self.scope.declares(name, s):
                lines.append(f"let {name_of(name)}!: any;")
            if name in self.scope.names and self.final:
                self.set_variable(name, ANY)
        for n in ast.walk(s) if self.final else ():
            if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store) and isinstance(n.value, ast.Name) and n.value.id == self.self_name and self.cls:
                self.cls.note(n.attr, ANY)
        self.left.append((s.lineno, reason))
        text = ast.get_source_segment(self.source, s, padded=False) or ast.unparse(s)
        lines.append(f"// line {s.lineno} is left to you: {reason}")
        lines += [f"//   {line}" for line in text.split("\n")]
        return lines

    def statement(self, s):
        visit = getattr(self, f"do_{type(s).__name__}", None)
        if visit is None:
            raise Untranslatable(f"{type(s).__name__} has no twin here")
        return visit(s)

    def do_Expr(self, s):
        if isinstance(s.value, ast.Constant) and s.value.kind == "doc":
            return []
        if isinstance(s.value, ast.Constant):
            return comment(s.value.value) if isinstance(s.value.value, str) else []
        v = s.value
        if isinstance(v, ast.Call) and isinstance(v.func, ast.Attribute) and v.func.attr == "add_argument" and self.parser_of(v.func.value) is not None:
            self.declare_argument(self.parser_of(v.func.value), v)
            return []
        e = self.expr(v)
        return [f"{e.text};"] if e.text else []

    def do_Pass(self, s):
        return []

    def do_Import(self, s):
        for a in s.names:
            head = a.name.partition(".")[0]
            name = a.asname or head
            self.imported[name] = Path(a.name if a.asname else head)
            self.bind(name, self.imported[name])
            if a.asname and a.name == "torch.nn.functional":
                self.functional_name = name
            if head not in self.KNOWN_MODULES:
                raise Untranslatable(f"{head} has no twin here")
        return []

    def do_ImportFrom(self, s):
        if s.level or s.module is None:
            raise Untranslatable("a module of the program's own: translate it, and import it by hand")
        head = s.module.partition(".")[0]
        for a in s.names:
            path = f"{s.module}.{a.name}"
            self.imported[a.asname or a.name] = Path(path)
            self.bind(a.asname or a.name, Path(path))
            if path == "torch.nn.functional":
                self.functional_name = a.asname or a.name
        if head not in self.KNOWN_MODULES:
            raise Untranslatable(f"{head} has no twin here")
        return []

    def do_Global(self, s):
        return []

    do_Nonlocal = do_Global

    def do_Delete(self, s):
        lines = []
        for t in s.targets:
            if isinstance(t, ast.Name):
                continue
            if isinstance(t, ast.Subscript):
                of = self.expr(t.value)
                kind = root(of.kind)
                if isinstance(kind, List) and isinstance(t.slice, ast.Slice) and not (t.slice.lower or t.slice.upper or t.slice.step):
                    lines.append(f"{of.object}.length = 0;")
                    continue
                if isinstance(kind, Dict):
                    lines.append(f"{of.object}.delete({self.expr(t.slice).text});" if kind.is_map else f"delete {of.object}[{self.expr(t.slice).text}];")
                    kind.fields = None
                    continue
                if isinstance(kind, List) and not isinstance(t.slice, ast.Slice):
                    lines.append(f"{of.object}.splice({self.expr(t.slice).text}, 1);")
                    continue
            raise Untranslatable("del of this")
        return lines

    # ---- assignments

    def do_Assign(self, s):
        value = s.value
        if len(s.targets) > 1:
            e = self.expr(value)
            first, *rest = s.targets[::-1]
            lines = self.assign(first, e, s, value)
            again = self.target_text(first) if not isinstance(first, (ast.Tuple, ast.List)) else None
            if again is None:
                raise Untranslatable("several targets with a tuple among them")
            for t in rest:
                lines += self.assign(t, E(again, e.kind), s, None)
            return lines
        target = s.targets[0]
        if isinstance(target, (ast.Tuple, ast.List)) and isinstance(value, (ast.Tuple, ast.List)) and len(target.elts) == len(value.elts) and not any(isinstance(x, ast.Starred) for x in (*target.elts, *value.elts)):
            done = self.assign_each(target, value, s)
            if done is not None:
                return done
        if isinstance(target, ast.Name) and isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in ("parse_args", "parse_known_args"):
            parser = self.parser_of(value.func.value)
            if parser is not None:
                return self.parsed_arguments(target, parser, s)
        if isinstance(target, ast.Name) and isinstance(value, ast.Lambda):
            info = self.lambda_info(value)
            info.is_callback = False
        if isinstance(target, ast.Attribute) and target.attr in ("grad", "bias") :
            self.takes_null.add(id(value))
        e = self.expr(value)
        if isinstance(root(e.kind), Lib) and root(e.kind).path == "ArgumentParser":
            self.parsers[target.id] = {}
            self.bind(target.id, e.kind)
            return []
        return self.assign(target, e, s, value)

    def assign_each(self, target, value, s):
        """a, b = x, y as two statements, where neither reads what the other writes."""
        written = {dotted(t) or ast.unparse(t) for t in target.elts}
        reads = {dotted(n) for v in value.elts for n in ast.walk(v) if isinstance(n, (ast.Name, ast.Attribute))}
        reads_only_itself = len(target.elts) == 2 and isinstance(value.elts[1], ast.Constant) and dotted(target.elts[0]) not in reads
        if written & reads and not reads_only_itself or any(isinstance(t, (ast.Subscript, ast.Tuple)) for t in target.elts):
            return None
        names = [t for t in target.elts if isinstance(t, ast.Name)]
        if names and any(not self.scope.declares(t.id, s) for t in names) and len({dotted(t) for t in names}) != len(names):
            return None
        lines = []
        for t, v in zip(target.elts, value.elts):
            lines += self.assign(t, self.expr(v), s, v)
        return lines

    def target_text(self, t):
        if isinstance(t, ast.Name):
            return name_of(t.id)
        if isinstance(t, ast.Attribute):
            return self.expr(t).text
        return None

    def assign(self, target, e, s, value):
        if isinstance(target, ast.Name):
            return self.assign_name(target.id, e, s, value)
        if isinstance(target, ast.Attribute):
            return self.assign_attribute(target, e, value)
        if isinstance(target, ast.Subscript):
            return self.assign_subscript(target, e)
        if isinstance(target, (ast.Tuple, ast.List)):
            return self.assign_tuple(target, e, s)
        raise Untranslatable(f"an assignment to {type(target).__name__}")

    def number_that_becomes_tensor(self, kind_in_all, e):
        return e.is_literal and e.kind in NUMBERS and may_be(kind_in_all, Tensor)

    def assign_name(self, name, e, s, value):
        if isinstance(root(e.kind), Path) and e.text == root(e.kind).path or isinstance(root(e.kind), Path) and root(e.kind).path.startswith("torch."):
            self.bind(name, e.kind)
            if root(e.kind).path == "torch.nn.functional":
                self.functional_name = name
            return []
        known = self.kind_of_variable(name) or NOTHING
        text, kind = e.at(ASSIGN), e.kind
        if self.number_that_becomes_tensor(known, e):
            text = f"torch.tensor({e.text}{'n' if e.kind in INTS else ''})"
            kind = I if e.kind in INTS else F
            self.begins_as_number.add((id(self.scope), name))
        if isinstance(root(kind), Iter) and may_be(known, List):
            text, kind = f"[...{text}]", List(root(kind).of)
        self.set_variable(name, kind)
        known = self.declared_kind(name, kind)
        js = name_of(name)
        if self.scope.declares(name, s):
            constant = self.scope.is_constant(name, s)
            how = ""
            if not constant and not same(known, kind) and self.ts(known) != self.ts(kind) or self.needs_type(text, known):
                how = f": {self.ts(known)}"
            return [f"{'const' if constant else 'let'} {js}{how} = {text};"]
        return [f"{js} = {text};"]

    def needs_type(self, text, kind):
        kind = root(kind)
        if text == "new Uint8Array()":
            return True
        if text in ("[]", "{}", "null") or text.startswith("{") and isinstance(kind, Dict):
            return not (text.startswith("{ ") and kind.fields) or ": []" in text or ": {}" in text
        if isinstance(kind, Tuple) and text.startswith("["):
            return True
        if isinstance(kind, List) and text.startswith("[") and isinstance(root(kind.of), Either):
            return True
        if isinstance(kind, List) and text.startswith("[") and not text.startswith("[...") and isinstance(root(kind.of), (Tuple, List, Dict)):
            return "[" in text[1:] or "{" in text
        return False

    def assign_attribute(self, target, e, value):
        of = self.expr(target.value)
        kind = root(of.kind)
        text = e.at(ASSIGN)
        if isinstance(kind, Object):
            known = kind.info.attribute(target.attr) or NOTHING
            made = e.kind
            if self.number_that_becomes_tensor(known, e):
                text, made = f"torch.tensor({e.text}{'n' if e.kind in INTS else ''})", I if e.kind in INTS else F
            if kind.info.property(target.attr) is None:
                kind.info.note(target.attr, made)
            key = dotted(target)
            if key:
                self.env[key] = made
            return [f"{of.object}.{target.attr} = {text};"]
        if isinstance(kind, Class):
            kind.info.statics[target.attr] = join(kind.info.statics.get(target.attr, NOTHING), e.kind)
            return [f"{of.object}.{target.attr} = {text};"]
        if isinstance(kind, Lib) and kind.path == "ctx":
            key = (self.cls, target.attr)
            self.context_fields[key] = join(self.context_fields.get(key, NOTHING), e.kind)
        if isinstance(kind, Lib) and kind.path.startswith("torch.nn.") and target.attr in library.LAYER_FIELDS and is_a(e.kind, Tensor):
            return [f"{of.object}.{target.attr} = {text};"]
        if isinstance(kind, Lib) and kind.path.startswith("torch.nn.") and target.attr not in library.LAYER_FIELDS:
            return [f"({of.text} as any).{target.attr} = {text};"]
        if isinstance(kind, Tensor) and target.attr not in ("grad", "data", "requires_grad"):
            raise Untranslatable(f"an attribute {target.attr} of a tensor")
        return [f"{of.object}.{target.attr} = {text};"]

    def assign_subscript(self, target, e):
        of = self.expr(target.value)
        if may_be(of.kind, NONE):
            of = E(of.object + "!", without(of.kind, NONE))
        kind = root(of.kind)
        text = e.at(ASSIGN)
        if isinstance(kind, Tensor):
            return [self.tensor_assignment(of, target.slice, e)]
        if isinstance(target.slice, ast.Slice):
            if isinstance(kind, List):
                kind.of = join(kind.of, self.element(e.kind))
                if target.slice.lower is None and target.slice.upper is None and target.slice.step is None:
                    return [f"{of.object}.splice(0, Infinity, ...{text});"]
            raise Untranslatable("an assignment to a slice of a list")
        index = self.expr(target.slice)
        if isinstance(kind, List):
            kind.of = join(kind.of, e.kind)
            at = constant_int(target.slice)
            if at is not None and at < 0:
                return [f"{of.object}[{of.object}.length - {-at}] = {text};"]
            return [f"{of.object}[{index.text}] = {text};"]
        if isinstance(kind, Dict):
            kind.key, kind.of = join(kind.key, index.kind), join(kind.of, e.kind)
            if is_a(kind.key, Tuple, List):
                raise Untranslatable("a dict by tuples: JavaScript's compares them by identity")
            if kind.is_map:
                return [f"{of.object}.set({index.text}, {text});"]
            if kind.fields is not None:
                if isinstance(target.slice, ast.Constant) and target.slice.value in kind.fields:
                    kind.fields[target.slice.value] = join(kind.fields[target.slice.value], e.kind)
                else:
                    kind.fields = None
            return [f"{self.entry(of, kind, index, target.slice).text} = {text};"]
        if isinstance(kind, Object) and kind.info.method("__setitem__") is not None:
            kind.info.method("__setitem__").call([index.kind, e.kind], {})
            return [f"{of.object}.__setitem__({index.text}, {text});"]
        if isinstance(kind, Lib) and kind.path in ("torch.nn.StateDict", "torch.nn.ParameterDict", "state"):
            return [f"{of.object}.set({index.text}, {text});"]
        if isinstance(kind, Lib) and kind.path == "torch.nn.ModuleDict":
            return [f"{of.object}.set({index.text}, {text});"]
        if kind in (ANY, NOTHING) or isinstance(kind, Lib):
            return [f"{of.object}[{index.text}] = {text};"]
        raise Untranslatable(f"an assignment into {kind!r}")

    def tensor_assignment(self, of, index, e):
        parts = index.elts if isinstance(index, ast.Tuple) else [index]
        value = e.text
        if isinstance(root(e.kind), (List, Tuple)):
            value = f"torch.tensor({e.text})"
        elif is_a(e.kind, *NUMBERS, BOOL):
            value = self.number_for(e, of)
        if len(parts) == 1 and not isinstance(parts[0], (ast.Slice, ast.Constant)):
            i = self.expr(parts[0])
            if is_a(i.kind, COUNT) and is_a(e.kind, Tensor):
                return f"{of.object}[{i.text}] = {value};"
            if is_a(i.kind, Tensor) and i.kind.of == "b" and not is_a(e.kind, Tensor):
                return f"{of.object}.masked_fill_({i.text}, {value});"
        return f"{of.object}.index_put_([{', '.join(self.index_part(p) for p in parts)}], {value});"

    def assign_tuple(self, target, e, s):
        names = [n.id for n in ast.walk(target) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
        others = [t for t in ast.walk(target) if isinstance(t, (ast.Attribute, ast.Subscript)) and isinstance(t.ctx, ast.Store)]
        text = e.at(ASSIGN)
        if isinstance(root(e.kind), Dict):
            text = self.iterable(e)
        if others and any(isinstance(t, ast.Subscript) and isinstance(root(self.expr(t.value).kind), (Tensor, Dict)) for t in others):
            raise Untranslatable("a subscript of a tensor or dict among several targets")
        inline = [n for n in names if self.scope.declares(n, s)]
        pattern = self.bind_target(target, e.kind, declares=False)
        if inline and len(inline) == len([n for n in names]) and not others:
            constant = all(self.scope.is_constant(n, s) for n in inline)
            types = ""
            if not constant and any(self.kind_of_variable(n) is not None and self.ts(self.kind_of_variable(n)) != self.ts(self.env.get(n, ANY)) for n in inline):
                types = f": [{', '.join(self.ts(self.kind_of_variable(t.id)) if isinstance(t, ast.Name) else 'any' for t in target.elts)}]"
            return [f"{'const' if constant else 'let'} {pattern}{types} = {text};"]
        lines = [f"let {name_of(n)}!: {self.ts(self.kind_of_variable(n) or ANY)};" for n in inline]
        return lines + [f"{pattern} = {text};" if not pattern.startswith("{") else f"({pattern} = {text});"]

    def bind_target(self, target, kind, declares=True):
        """The pattern of a target; its names get their kinds."""
        kind = root(kind)
        if isinstance(target, ast.Name):
            self.set_variable(target.id, kind)
            return name_of(target.id)
        if isinstance(target, ast.Starred):
            made = List(kind)
            return "..." + self.bind_target(target.value, made, declares)
        if isinstance(target, (ast.Tuple, ast.List)):
            parts = []
            star = next((i for i, t in enumerate(target.elts) if isinstance(t, ast.Starred)), None)
            if star is not None and star != len(target.elts) - 1:
                raise Untranslatable("a star that is not at the end")
            for i, t in enumerate(target.elts):
                if isinstance(kind, Tuple):
                    of = join_all(kind.of[i:]) if isinstance(t, ast.Starred) else kind.of[i] if i < len(kind.of) else NOTHING
                else:
                    of = self.element(kind)
                if isinstance(t, ast.Name) and t.id == "_":
                    parts.append("")
                    self.set_variable("_", of)
                    continue
                parts.append(self.bind_target(t, of, declares))
            while parts and parts[-1] == "" and len(parts) > 1:
                parts.pop()
            return f"[{', '.join(parts)}]".replace("[, ", "[, ")
        if isinstance(target, ast.Attribute):
            lines = self.assign_attribute(target, E("", kind), None)
            return self.expr(target).text
        if isinstance(target, ast.Subscript):
            of = self.expr(target.value)
            if isinstance(root(of.kind), List):
                root(of.kind).of = join(root(of.kind).of, kind)
                return f"{of.object}[{self.expr(target.slice).text}]"
        raise Untranslatable("a target of this kind")

    def do_AnnAssign(self, s):
        kind = annotated(s.annotation, self)
        if s.value is None:
            return []
        e = self.expr(s.value)
        if kind is not NOTHING:
            joined = join(kind, e.kind) if not (e.kind is COUNT and kind is INT) else INT
            e = E(e.text, joined, e.binds, e.is_literal)
            if isinstance(s.target, ast.Name):
                self.set_variable(s.target.id, kind)
        return self.assign(s.target, e, s, s.value)

    def do_AugAssign(self, s):
        t = s.target
        load = ast.copy_location(ast.parse(ast.unparse(t), mode="eval").body, t)
        cached = self.synthetic.setdefault(id(s), load)
        a = self.expr(cached)
        e = self.expr(s.value)
        kind = root(a.kind)
        if isinstance(s.op, ast.Add) and isinstance(kind, List) and kind.word == "list":
            kind.of = join(kind.of, self.element(e.kind))
            return [f"{a.object}.push(...{self.iterable(e)});"]
        starts_as_number = isinstance(t, ast.Name) and ((id(self.scope), t.id) in self.begins_as_number or may_be(kind, *NUMBERS) and is_a(e.kind, Tensor))
        known = self.kind_of_variable(t.id) if isinstance(t, ast.Name) else None
        if is_a(kind, Tensor) and not starts_as_number and not (isinstance(t, ast.Name) and known is not None and may_be(known, *NUMBERS)) and not (isinstance(t, ast.Attribute) and isinstance(root(self.expr(t.value).kind), Object) and may_be(root(self.expr(t.value).kind).info.attribute(t.attr) or NOTHING, *NUMBERS)):
            made = self.of_tensors(s.op, E("x", kind), e)
            name = made.text[2 : made.text.index("(")]
            if name == "matmul":
                return self.assign(t, self.operation(s.op, a, e), s, None)
            rest = made.text[made.text.index("(") :]
            rest = f"({self.number_for(e, a) if not is_a(e.kind, Tensor) else e.text})"
            return [f"{a.object}.{name}_{rest};"]
        if isinstance(t, ast.Subscript):
            of = self.expr(t.value)
            if isinstance(root(of.kind), Tensor):
                name = self.of_tensors(s.op, E("x", root(of.kind)), e).text[2:].partition("(")[0]
                value = e.text if is_a(e.kind, Tensor) else self.number_for(e, of)
                index = t.slice
                parts = index.elts if isinstance(index, ast.Tuple) else [index]
                plain = all(isinstance(p, (ast.Slice, ast.Constant)) or is_a(self.expr(p).kind, *INTS) for p in parts)
                if plain:
                    return [f"{self.tensor_subscript(of, index).object}.{name}_({value});"]
                got = self.tensor_subscript(of, index)
                return [f"{of.object}.index_put_([{', '.join(self.index_part(p) for p in parts)}], {got.object}.{name}({value}));"]
        made = self.operation(s.op, a, e)
        simple = {ast.Add: "+=", ast.Sub: "-=", ast.Mult: "*=", ast.Div: "/=", ast.Pow: "**="}.get(type(s.op))
        plain = simple and all(is_a(k, *NUMBERS, ANY, STR) for k in (kind, root(e.kind))) and not (isinstance(t, ast.Subscript) and ".get(" in a.text)
        if plain and not isinstance(t, ast.Subscript):
            if isinstance(t, ast.Name):
                self.set_variable(t.id, made.kind)
            else:
                self.assign_attribute(t, E("", made.kind), None)
            if e.is_literal and e.text == "1" and simple in ("+=", "-="):
                return [f"{a.text}{simple[0]}{simple[0]};"]
            return [f"{a.text} {simple} {e.at(ASSIGN)};"]
        if plain and isinstance(t, ast.Subscript):
            of = self.expr(t.value)
            if isinstance(root(of.kind), (List, Dict)) and not getattr(root(of.kind), "is_map", False) and ".at(" not in a.text:
                root(of.kind).of = join(root(of.kind).of, made.kind)
                return [f"{a.text} {simple} {e.at(ASSIGN)};"]
        return self.assign(t, made, s, None)

    # ---- flow

    def inner(self, body, env=None):
        """A block's lines; afterwards the environment is that at its end, `is_dead` whether nothing comes there."""
        if env is not None:
            self.env = env
        self.is_dead = False
        return indent(self.block(body))

    def merged(self, *ends):
        """The environment after branches: (environment, whether it is dead)."""
        alive = [env for env, dead in ends if not dead]
        self.is_dead = not alive
        if not alive:
            return ends[0][0]
        result = dict(alive[0])
        for env in alive[1:]:
            for name, kind in env.items():
                if name in result:
                    result[name] = join(result[name], kind)
                elif "." not in name and not name.startswith("as "):
                    result[name] = kind
            for name in list(result):
                if ("." in name or name.startswith("as ")) and name not in env:
                    del result[name]
        return result

    def do_If(self, s):
        if is_main(s.test):
            return self.block(s.body)
        test = s.test
        if isinstance(test, ast.Attribute) and dotted(test) in ("typing.TYPE_CHECKING",) or isinstance(test, ast.Name) and test.id == "TYPE_CHECKING":
            return []
        condition = self.truth(test)
        before = self.env
        self.env = dict(before)
        self.narrow(test, True)
        lines = [f"if ({condition.text}) {{", *self.inner(s.body)]
        first = (self.env, self.is_dead)
        self.env, self.is_dead = dict(before), False
        self.narrow(test, False)
        if s.orelse:
            if len(s.orelse) == 1 and isinstance(s.orelse[0], ast.If) and (id(s.orelse), 0) not in self.scope.declared:
                rest = self.do_If(s.orelse[0])
                lines += [f"}} else {rest[0]}", *rest[1:]]
            else:
                lines += ["} else {", *self.inner(s.orelse), "}"]
        else:
            lines.append("}")
        second = (self.env, self.is_dead)
        self.env = self.merged(first, second)
        return lines

    def narrow(self, test, holds):
        """What a condition says of names."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            return self.narrow(test.operand, not holds)
        if isinstance(test, ast.BoolOp):
            if isinstance(test.op, ast.And) and holds or isinstance(test.op, ast.Or) and not holds:
                for v in test.values:
                    self.narrow(v, holds)
            return None
        if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.comparators[0], ast.Constant) and test.comparators[0].value is None:
            is_none = isinstance(test.ops[0], (ast.Is, ast.Eq)) == holds
            self.narrow_to(test.left, lambda k: NONE if is_none and may_be(k, NONE) else without(k, NONE) if not is_none else k)
        elif isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], (ast.Eq, ast.NotEq)) and isinstance(test.left, ast.Name):
            # A text or a number that is not "M" is taken for a number, as programs mean it; TypeScript has to be told.
            found, other = self.lookup(test.left.id), test.comparators[0]
            is_text = isinstance(other, ast.Constant) and isinstance(other.value, str)
            if is_text and found is not None and may_be(found, STR) and may_be(found, *NUMBERS) and isinstance(test.ops[0], ast.Eq) != holds:
                self.env[test.left.id] = self.env[f"as {test.left.id}"] = without(found, STR)
        elif isinstance(test, (ast.Name, ast.Attribute)) and holds:
            self.narrow_to(test, lambda k: without(k, NONE) if may_be(k, NONE) else k)
        elif isinstance(test, ast.Call) and isinstance(test.func, ast.Name) and test.func.id == "isinstance" and len(test.args) == 2:
            try:
                kind = self.kind_of_classes(test.args[1])
            except Untranslatable:
                return None
            if kind is not NOTHING:
                if holds:
                    self.narrow_to(test.args[0], lambda k: next((m for m in alternatives(k) if type(m) is type(kind) and not isinstance(m, (Object, Lib))), kind))
                else:
                    self.narrow_to(test.args[0], lambda k: without(k, *[m for m in alternatives(k) if same(m, kind) or type(m) is type(kind) and not isinstance(m, (Object, Lib)) or m in NUMBERS and kind in NUMBERS]), empty=True)
        return None

    def narrow_to(self, node, change, empty=False):
        key = dotted(node)
        if key is None:
            return
        found = root(self.expr(node).kind)
        if found in (ANY,) or isinstance(found, Path):
            if change(NOTHING) in (NONE, NOTHING) or isinstance(found, Path):
                return
        changed = change(found)
        if changed is not found and (changed is not NOTHING or empty):
            self.env[key] = changed

    def kind_of_classes(self, node):
        if isinstance(node, ast.Tuple):
            return join_all(self.kind_of_classes(n) for n in node.elts)
        return annotated(node, self)

    def loop(self, s, start):
        """The body of a loop, whose start is also its end."""
        before = dict(self.env)
        known = self.ends.get(id(s))
        if known:
            self.env = self.merged((before, False), (known, False))
        start()
        self.is_dead = False
        lines = indent(self.block(s.body))
        end = self.env if not self.is_dead else before
        breaks = self.ends_of_breaks(s)
        self.ends[id(s)] = dict(end) if not self.is_dead else (known or {})
        self.is_dead = False
        self.env = self.merged((before, False), (end, False), *breaks)
        return lines

    def ends_of_breaks(self, s):
        return [(env, False) for env in self.breaks.pop(id(s), [])]

    def do_For(self, s):
        if s.orelse:
            raise Untranslatable("for … else")
        bounds = self.range_of(s.iter)
        header = None

        def start():
            nonlocal header
            names = [n.id for n in ast.walk(s.target) if isinstance(n, ast.Name)]
            inside = all(self.scope.declares(n, s) for n in names if n in self.scope.names)
            written = isinstance(s.target, ast.Name) and any(isinstance(n, ast.Name) and n.id == s.target.id and isinstance(n.ctx, ast.Store) for b in s.body for n in ast.walk(b))
            if bounds is not None and isinstance(s.target, ast.Name) and (constant_int(s.iter.args[2]) is not None if len(s.iter.args) > 2 else True) and not written:
                first, stop, step = bounds
                by = constant_int(s.iter.args[2]) if len(s.iter.args) > 2 else 1
                kind = COUNT if first.kind is COUNT and (by > 0 or stop.text == "-1" or stop.kind is COUNT) else INT
                self.set_variable(s.target.id, kind)
                i = name_of(s.target.id)
                if inside:
                    move = f"{i}++" if by == 1 else f"{i}--" if by == -1 else f"{i} += {by}" if by > 0 else f"{i} -= {-by}"
                    header = f"for (let {i} = {first.text}; {i} {'<' if by > 0 else '>'} {stop.at(EQUAL + 2)}; {move}) {{"
                    return
                texts = ", ".join(self.expr(a).text for a in s.iter.args)
                header = f"for ({i} of {self.helper('range')}({texts})) {{"
                return
            e = self.expr(s.iter)
            pattern = self.bind_target(s.target, self.element(e.kind))
            word = "" if not inside and names else "let " if any(not self.scope.is_constant(n, s) for n in names if n in self.scope.uses and n != "_") else "const "
            if not word and not all(not self.scope.declares(n, s) for n in names):
                raise Untranslatable("a target of which a part is used after the loop")
            header = f"for ({word}{pattern} of {self.iterable(e)}) {{"

        lines = self.loop(s, start)
        return [header, *lines, "}"]

    def do_While(self, s):
        if s.orelse:
            raise Untranslatable("while … else")
        condition = None

        def start():
            nonlocal condition
            condition = self.truth(s.test).text
            self.narrow(s.test, True)

        lines = self.loop(s, start)
        if isinstance(s.test, ast.Constant) and s.test.value and not any(isinstance(n, ast.Break) for n in own_loop_nodes(s)):
            self.is_dead = True
        return [f"while ({'true' if condition in ('1', '1 !== 0') else condition}) {{", *lines, "}"]

    def do_Break(self, s):
        self.is_dead = True
        return ["break;"]

    def do_Continue(self, s):
        self.is_dead = True
        return ["continue;"]

    def do_Return(self, s):
        lines = []
        if s.value is not None:
            e = self.expr(s.value)
            kind = e.kind
            lines = [f"return {e.at(ASSIGN)};"]
        else:
            kind = NONE
            lines = ["return;" if self.returns_nothing else "return null;"]
        if self.function is not None:
            self.function.returns = join(self.function.returns, kind)
        self.is_dead = True
        return lines

    def do_Raise(self, s):
        self.is_dead = True
        if s.exc is None:
            return [f"throw {self.caught or 'new Error()'};"]
        if isinstance(s.exc, ast.Name) and self.lookup(s.exc.id) is None and s.exc.id in self.EXCEPTIONS:
            return [f"throw new {self.exception_class(s.exc.id)}();"]
        e = self.expr(s.exc)
        if isinstance(root(e.kind), Class):
            return [f"throw new {e.text}();"]
        return [f"throw {e.text};"]

    def do_Assert(self, s):
        condition = self.negated(s.test)
        message = f"{self.message(s.msg)}" if s.msg is not None else ""
        self.narrow(s.test, True)
        return [f"if ({condition.text}) throw new torch.AssertionError({message});"]

    def message(self, node):
        e = self.expr(node)
        return e.text if is_a(e.kind, STR) else self.shown(e)

    def do_Try(self, s):
        if s.orelse:
            raise Untranslatable("try … else")
        for h in s.handlers:
            names = [n.id for n in ast.walk(h.type) if isinstance(n, ast.Name)] if h.type is not None else []
            for n in names:
                if n in UNRAISED:
                    raise Untranslatable(f"JavaScript does not raise where Python raises {n}")
        before = dict(self.env)
        lines = ["try {", *self.inner(s.body)]
        ends = [(self.env, self.is_dead)]
        after_body = self.env
        if s.handlers:
            bare = len(s.handlers) == 1 and (s.handlers[0].type is None or isinstance(s.handlers[0].type, ast.Name) and s.handlers[0].type.id in ("Exception", "BaseException"))
            e = name_of(next((h.name for h in s.handlers if h.name), "error"))
            uses = bare and not any(isinstance(n, ast.Name) and n.id == s.handlers[0].name or isinstance(n, ast.Raise) and n.exc is None for n in ast.walk(s.handlers[0]))
            lines.append("} catch {" if uses else f"}} catch ({e}) {{")
            outer, self.caught = self.caught, e
            inner = []
            for i, h in enumerate(s.handlers):
                self.env = self.merged((before, False), (after_body, False))
                if h.name:
                    self.env[h.name] = Lib("exception")
                self.is_dead = False
                body = self.block(h.body)
                ends.append((self.env, self.is_dead))
                if bare:
                    inner = body
                    break
                test = self.caught_test(h.type, e)
                inner += [f"{'} else ' if i else ''}if ({test}) {{", *indent(body)]
            if not bare:
                inner += [f"}} else throw {e};"]
            lines += indent(inner)
            self.caught = outer
        self.env = self.merged(*ends)
        dead = self.is_dead
        if s.finalbody:
            lines += ["} finally {", *self.inner(s.finalbody)]
            self.is_dead = dead
        return [*lines, "}"]

    def caught_test(self, node, e):
        if node is None:
            return "true"
        classes = node.elts if isinstance(node, ast.Tuple) else [node]
        tests = []
        for c in classes:
            if isinstance(c, ast.Name) and self.lookup(c.id) is None and c.id in self.EXCEPTIONS:
                tests.append(f"{e} instanceof {self.exception_class(c.id) if c.id not in ('Exception', 'BaseException') else 'Error'}")
            else:
                tests.append(f"{e} instanceof {self.expr(c).text}")
        return " || ".join(tests)

    # ---- with

    def do_With(self, s):
        item, *rest = s.items
        if rest:
            raise Untranslatable("with of several things")
        guard = self.guard_of(item)
        if guard is None:
            raise Untranslatable("with of something that is no mode of torch's")
        leaves = any(isinstance(n, (ast.Return, ast.Break, ast.Continue, ast.Yield, ast.YieldFrom)) for b in s.body for n in own_statement_nodes(b))
        if item.optional_vars is not None:
            raise Untranslatable("with … as")
        if is_one_in_a_mode(s):
            one = s.body[0]
            e = self.expr(one.value)
            body = f"({e.text})" if e.text.startswith("{") else e.at(ASSIGN)
            return self.assign(one.targets[0], E(f"{guard[:-1]}() => {body})", e.kind), one, None)
        if leaves and all_return(s.body) and self.is_last(s) and not any(isinstance(n, (ast.Break, ast.Continue, ast.Yield)) for b in s.body for n in own_statement_nodes(b)):
            lines = self.inner(s.body)
            return [f"return {guard[:-1]}{', ' if not guard.endswith('()') else ''}() => {{", *lines, "});"]
        if leaves or not guard.endswith("()") and not guard.startswith("torch."):
            lines = self.inner(s.body)
            return ["{", f"  using _ = {guard};", *lines, "}"]
        lines = self.inner(s.body)
        separator = "" if guard.endswith("()") else ", "
        return [f"{guard[:-1]}{separator}() => {{", *lines, "});"]

    def guard_of(self, item):
        e = item.context_expr
        if not isinstance(e, ast.Call):
            return None
        path = self.quiet_path(e.func)
        path = library.known(path) if path else ""
        if path in GUARDS or path.startswith("torch.autograd.graph."):
            text, _, _ = self.arguments(e)
            return f"{path}({text})"
        return None

    def is_last(self, s):
        return self.function is not None and not isinstance(self.function.node, ast.Lambda) and self.function.node.body[-1] is s

    # ---- functions

    def do_FunctionDef(self, s):
        info = self.functions.get(id(s))
        if info is None:
            info = self.functions[id(s)] = FunctionInfo(s.name, s)
        self.set_variable(s.name, Function(info))
        outer_self = self.self_name
        lines = self.function_lines(info, f"function{'*' if info.is_generator else ''} {name_of(s.name)}")
        if outer_self is not None and not info.is_generator and any(isinstance(n, ast.Name) and n.id == outer_self for n in ast.walk(s)):
            at = next(i for i, l in enumerate(lines) if l.startswith("function "))
            head = lines[at].removeprefix(f"function {name_of(s.name)}").removesuffix(" {")
            lines[at:] = [f"const {name_of(s.name)} = {head} => {{", *lines[at + 1 : -1], "};"]
        for d in s.decorator_list:
            if self.mode_of(d) is None:
                raise Untranslatable(f"the decorator {ast.unparse(d)}")
        return lines

    def mode_of(self, d):
        path = self.quiet_path(d.func if isinstance(d, ast.Call) else d)
        path = library.known(path) if path else ""
        return path if path in ("torch.no_grad", "torch.enable_grad", "torch.inference_mode") else None

    def do_AsyncFunctionDef(self, s):
        raise Untranslatable("async functions")

    def enter(self, info):
        """What is around a function is put aside."""
        saved = (self.scope, self.env, self.function, self.self_name, self.is_dead, self.returns_nothing, self.outer)
        self.outer = [(self.scope, self.env, self.self_name), *self.outer]
        self.scope = self.scope_of(info)
        self.env, self.function, self.is_dead = {}, info, False
        return saved

    def leave(self, saved):
        self.scope, self.env, self.function, self.self_name, self.is_dead, self.returns_nothing, self.outer = saved

    def scope_of(self, info):
        found = self.scopes.get(id(info.node))
        if found is None:
            names = [p.name for p in info.params] + [n for n in (info.vararg, info.kwarg, info.self_name) if n]
            body = info.node.body if isinstance(info.node.body, list) else []
            found = self.scopes[id(info.node)] = Scope(body, names)
        return found

    def parameter_kind(self, info, p):
        kind = annotated(p.annotation, self)
        if p.kind is NOTHING and kind is NOTHING and self.final and info.owner is not None and info.name == "forward" and not info.is_static:
            kind = T
        if kind is not NOTHING:
            told = kind if p.kind is NOTHING else join(kind, p.kind) if not (kind is T and isinstance(root(p.kind), Tensor)) else p.kind
            if p.kind is not NOTHING and (kind is T and may_be(told, Tensor) or isinstance(kind, Lib) and kind.path == "torch.nn.Module"):
                told = p.kind
            kind = told
        else:
            kind = p.kind
        if p.default is not None:
            try:
                default = self.expr(p.default)
                p.default_text = default.at(ASSIGN)
                kind = join(kind, INT if default.kind is COUNT and kind in (INT, NOTHING) else default.kind)
            except Untranslatable:
                p.default_text = "undefined as any"
        p.kind = root(kind)
        if p.kind is NOTHING and self.final:
            return ANY
        return value_of_names(p.kind)

    def function_lines(self, info, head, kind="function"):
        doc, body, saved, kinds = self.begin_function(info)
        try:
            lines = self.block(body)
            end_is_reached = not self.is_dead
        finally:
            scope_env = self.env
            self.leave(saved)
        if end_is_reached and not info.is_generator:
            gives = any(isinstance(n, ast.Return) and n.value is not None for n in own_nodes(info.node))
            if gives and self.final and info.returns is not NONE:
                info.returns = join(info.returns, NONE)
                lines.append("return null;")
            elif not gives:
                info.returns = NONE
        modes = [self.mode_of(d) for d in info.node.decorator_list]
        modes = [m for m in modes if m]
        if modes and not info.is_generator:
            lines = [f"{'return ' if info.returns is not NONE else ''}{modes[0]}(() => {{", *indent(lines), "});"]
        elif modes:
            lines = [f"using _ = {modes[0]}();", *lines]
        return [*doc, f"{head}({self.parameters_text(info, kinds)}){self.return_text(info)} {{", *indent(lines), "}"]

    def begin_function(self, info):
        kinds = [self.parameter_kind(info, p) for p in info.params]
        saved = self.enter(info)
        for p, kind in zip(info.params, kinds):
            self.env[p.name] = kind
            self.variables[(id(self.scope), p.name)] = join(self.variables.get((id(self.scope), p.name), NOTHING), kind)
        if info.vararg:
            self.env[info.vararg] = info.rest
            self.variables[(id(self.scope), info.vararg)] = info.rest
        if info.kwarg:
            self.env[info.kwarg] = info.more
            self.variables[(id(self.scope), info.kwarg)] = info.more
        self.self_name = info.self_name if info.owner is not None else self.self_name
        if info.self_name is not None:
            self.env[info.self_name] = Class(info.owner) if info.is_class_method else Object(info.owner)
            self.variables[(id(self.scope), info.self_name)] = self.env[info.self_name]
            if info.is_class_method:
                self.self_name = None
        self.returns_nothing = info.returns in (NONE, NOTHING)
        body, doc = info.node.body, []
        if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) and isinstance(body[0].value.value, str):
            doc = comment(body[0].value.value, "/**")
            body[0].value.kind = "doc"
        return doc, body, saved, kinds

    def parameters_text(self, info, kinds):
        parts = []
        seen_required = False
        for p, kind in reversed(list(zip(info.params, kinds))):
            name = name_of(p.name)
            known = self.ts(self.variables.get((id(self.scope_of(info)), p.name), kind))
            if p.default is not None and p.default_text is not None:
                plain = p.default_text in ("true", "false") or p.default_text.replace(".", "").isdigit() or p.default_text.startswith('"')
                simple = plain and known in ("number", "string", "boolean")
                parts.append(f"{name} = {p.default_text}" if simple else f"{name}: {known} = {p.default_text}")
            else:
                parts.append(f"{name}: {known}")
        parts.reverse()
        if info.kwarg and not info.vararg:
            parts.append(f"{name_of(info.kwarg)}: Record<string, {self.ts(info.more.of)}> = {{}}")
        if info.vararg:
            parts.append(f"...{name_of(info.vararg)}: {self.ts(info.rest)}")
        return ", ".join(parts)

    def return_text(self, info):
        if info.is_generator:
            return f": Generator<{self.ts(info.yields)}>"
        return ": void" if info.returns in (NONE, NOTHING) else f": {self.ts(info.returns)}"

    def lambda_info(self, node):
        info = self.functions.get(id(node))
        if info is None:
            info = self.functions[id(node)] = Lambda("lambda", node)
        return info

    # ---- classes

    def do_ClassDef(self, s):
        info = self.classes.get(id(s))
        if info is None:
            info = self.classes[id(s)] = ClassInfo(s.name, s)
        self.set_variable(s.name, Class(info))
        return self.class_lines(s, info)

    def class_lines(self, s, info):
        extends = ""
        for b in s.bases:
            path = self.quiet_path(b)
            if path:
                path = library.known(path)
                if path.startswith(("abc.", "typing.")):
                    if path == "typing.NamedTuple":
                        raise Untranslatable("NamedTuple")
                    continue
                if path.startswith("enum."):
                    raise Untranslatable("Enum")
                info.lib_base = path
                extends = f" extends {self.ts_path(path)}"
                if path in ("torch.utils.data.Dataset", "torch.utils.data.IterableDataset"):
                    extends += "<any>"
                if path == "torch.optim.Optimizer":
                    extends += "<any, any>"
                continue
            if isinstance(b, ast.Subscript):
                path = self.quiet_path(b.value)
                if path:
                    info.lib_base = library.known(path)
                    extends = f" extends {self.ts_path(info.lib_base)}<any>"
                    continue
            if isinstance(b, ast.Name) and b.id == "object":
                continue
            if isinstance(b, ast.Name) and b.id in self.EXCEPTIONS and self.lookup(b.id) is None:
                extends = f" extends {self.exception_class(b.id)}"
                info.lib_base = "exception"
                continue
            e = self.expr(b)
            if not isinstance(root(e.kind), Class):
                if not self.final:
                    raise Untranslatable("a base that is not known yet")
                raise Untranslatable(f"a base {ast.unparse(b)} that is not known")
            if extends:
                raise Untranslatable("a class of several bases")
            info.base = root(e.kind).info
            extends = f" extends {e.text}"
        if s.keywords and not all(k.arg == "metaclass" for k in s.keywords):
            raise Untranslatable("arguments of a class")
        for d in s.decorator_list:
            path = self.quiet_path(d.func if isinstance(d, ast.Call) else d)
            if path in ("dataclasses.dataclass",):
                info.is_data = True
            elif path is None or not path.startswith("functools"):
                raise Untranslatable(f"the decorator {ast.unparse(d)}")
        if info.base is not None and info.base.is_data:
            info.is_data = True
        self.define_methods(s, info)
        sample = info.methods.get("__getitem__")
        if extends.endswith("Dataset<any>") and sample is not None and sample.returns not in (NOTHING, ANY):
            extends = extends.replace("<any>", f"<{self.ts(sample.returns)}>")
        outer_cls, self.cls = self.cls, info
        try:
            members = self.members(s, info)
        finally:
            self.cls = outer_cls
        doc = []
        if s.body and isinstance(s.body[0], ast.Expr) and isinstance(s.body[0].value, ast.Constant) and isinstance(s.body[0].value.value, str):
            doc = comment(s.body[0].value.value, "/**")
        return [*doc, f"class {info.name}{extends} {{", *indent(members), "}"]

    def define_methods(self, s, info):
        for m in s.body:
            if not isinstance(m, ast.FunctionDef):
                continue
            words = {d.id if isinstance(d, ast.Name) else d.attr if isinstance(d, ast.Attribute) else "" for d in m.decorator_list}
            made = self.functions.get(id(m))
            if made is None:
                static = "staticmethod" in words or (info.library_base() or "").endswith("autograd.Function")
                made = self.functions[id(m)] = FunctionInfo(m.name, m, info, static, "classmethod" in words)
            if "setter" in words:
                info.setters.add(m.name)
                made.is_setter = True
                continue
            (info.properties if words & {"property", "cached_property"} else info.methods)[m.name] = made
            if info.base is not None and info.base.method(m.name) is not None and m.name != "__init__":
                base = info.base.method(m.name)
                for p, q in zip(made.params, base.params):
                    p.kind = join(p.kind, q.kind)
                    q.kind = join(q.kind, p.kind) if m.name == "forward" else q.kind

    def members(self, s, info):
        lines = []
        base = info.library_base() or ""
        later = []
        for m in s.body:
            before = self.comments_before(m)
            if later and self.has_gap(m, len(before)):
                later.append("")
            try:
                made = self.member(m, info, base)
                if made and isinstance(m, (ast.Assign, ast.AnnAssign)):
                    self.trail(made, m)
            except Untranslatable as error:
                made = self.left_out(m, str(error))
                if isinstance(m, ast.FunctionDef):
                    made = [x for x in made if not x.startswith("let ")]
            later.extend(before + made)
        if info.is_data:
            later = self.data_constructor(info, later)
        declared = self.field_lines(info, base)
        return declared + later

    def member(self, m, info, base):
        if isinstance(m, ast.Expr):
            return []
        if isinstance(m, ast.Pass):
            return []
        if isinstance(m, ast.AnnAssign) and info.is_data:
            return self.data_field(m, info)
        if isinstance(m, (ast.Assign, ast.AnnAssign)):
            target = m.targets[0] if isinstance(m, ast.Assign) else m.target
            if not isinstance(target, ast.Name):
                raise Untranslatable("a field of a class that is no name")
            if m.value is None:
                return []
            if target.id in ("__slots__", "__constants__"):
                return []
            e = self.expr(m.value)
            info.statics[target.id] = join(info.statics.get(target.id, NOTHING), e.kind)
            how = f": {self.ts(e.kind)}" if self.needs_type(e.text, e.kind) else ""
            return [f"static {name_of(target.id)}{how} = {e.at(ASSIGN)};"]
        if isinstance(m, ast.FunctionDef):
            return self.method_lines(m, info, base)
        raise Untranslatable(f"{type(m).__name__} in a class")

    def data_field(self, m, info):
        name = m.target.id
        info.fields[name] = m
        kind = annotated(m.annotation, self)
        if m.value is None:
            info.note(name, kind)
            return [f"{name}!: {self.ts(info.attribute(name))};"]
        e = self.expr(m.value)
        info.note(name, kind if kind is FLOAT or kind is INT and e.kind is COUNT else join(kind, e.kind))
        known = info.attribute(name)
        simple = e.is_literal and self.ts(known) in ("number", "string", "boolean")
        return [f"{name}{'' if simple else f': {self.ts(known)}'} = {e.at(ASSIGN)};"]

    def data_constructor(self, info, lines):
        required = [f for f, m in info.every_field().items() if m.value is None]
        given = f"Partial<{info.name}>"
        if required:
            given = f"Pick<{info.name}, {' | '.join(quoted(r) for r in required)}> & {given}"
        head = ["constructor(given: " + given + (" = {}" if not required else "") + ") {"]
        if info.base is not None:
            head.append("  super(given);")
        head += ["  Object.assign(this, given);"]
        post = info.methods.get("__post_init__")
        if post is not None:
            head.append("  this.__post_init__();")
        is_field = re.compile(rf"({'|'.join(map(re.escape, info.fields)) or '(?!)'})(!?:| =)").match
        after = max((i + 1 for i, line in enumerate(lines) if is_field(line)), default=0)
        return [*lines[:after], *head, "}", *self.data_text(info), *lines[after:]]

    def data_text(self, info):
        """A dataclass's text, where it is asked for and the class does not say it itself."""
        says_itself = info.method("__repr__") is not None or info.method("__str__") is not None
        if not info.is_shown or says_itself:
            return []
        parts = [f"{info.name}("]
        for name, m in info.every_field().items():
            if is_hidden(m.value):
                continue
            e = E(f"this.{name}", info.attribute(name) or NOTHING)
            is_bare = is_a(e.kind, COUNT, INT)
            parts += ["" if len(parts) == 1 else ", ", f"{name}=", (e.text if is_bare else self.repr_of(e),)]
        return ["toString(): string {", f"  return {self.template([*parts, ')']).text};", "}"]

    def field_lines(self, info, base):
        """Declarations of what the constructor and the methods set."""
        inherited = {a for c in info.lineage()[1:] for a in c.attributes}
        lines = []
        for name, kind in info.attributes.items():
            if name in inherited or name in info.fields or name in info.initialised or name in ("training",):
                continue
            if name in info.methods or name in info.properties:
                continue
            if info.lib_base and info.lib_base.startswith("torch.nn.") and info.lib_base != "torch.nn.Module" and name in library.LAYER_FIELDS:
                continue
            sure = name in info.assigned
            # One that may be missing is no field: hasattr must not find it.
            lines.append(f"{'' if sure else 'declare '}{name}: {self.ts(kind)};")
        return lines

    def method_lines(self, m, info, base):
        made = self.functions[id(m)]
        name = m.name
        if name == "__init__":
            return self.constructor_lines(m, info, made, base)
        words = {d.id if isinstance(d, ast.Name) else d.attr if isinstance(d, ast.Attribute) else "" for d in m.decorator_list}
        for d in m.decorator_list:
            word = d.id if isinstance(d, ast.Name) else d.attr if isinstance(d, ast.Attribute) else ""
            if word not in ("staticmethod", "classmethod", "property", "cached_property", "setter", "abstractmethod") and self.mode_of(d) is None:
                raise Untranslatable(f"the decorator {ast.unparse(d)}")
        js = RENAMED.get(name, name_of(name) if name != "delete" else name)
        is_dataset = base.startswith("torch.utils.data.")
        override = "override " if info.is_module and name == "forward" or info.base is not None and (info.base.method(name) is not None or info.base.property(name) is not None) and not made.is_static else ""
        if name in ("extra_repr",) and info.is_module:
            override = "override "
        if is_dataset and name in ("__getitem__", "__iter__"):
            override = "override "
        prefix = ("static " if made.is_static or made.is_class_method else "") + override
        if name in ("__repr__", "__str__"):
            if name == "__repr__" and "__str__" in info.methods:
                raise Untranslatable("__repr__ beside __str__")
        if name == "__len__":
            kind = "get length"
            made.call([], {})
            return self.function_lines(made, f"{'override ' if is_dataset else ''}get length", "method")
        if name == "__iter__":
            if not made.is_generator:
                lines = self.function_lines(made, f"{prefix}[Symbol.iterator]", "method")
                return [l.replace("): Iterable<", "): Iterator<") if i == 0 else l for i, l in enumerate(lines)]
            return self.function_lines(made, f"{prefix}*[Symbol.iterator]", "method")
        if getattr(made, "is_setter", False):
            getter = info.properties.get(name)
            if getter is not None and made.params:
                made.params[0].kind = join(made.params[0].kind, getter.returns)
            lines = self.function_lines(made, f"set {js}", "method")
            lines[0] = lines[0].replace("): void {", ") {")
            return lines
        if "property" in words or "cached_property" in words:
            return self.function_lines(made, f"{prefix}get {js}", "method")
        if base == "torch.optim.Optimizer" and name == "step":
            for p in made.params:
                p.kind = ANY
            made.returns = ANY
        if is_dataset and name == "__getitem__" and made.params:
            made.params[0].kind = join(made.params[0].kind, COUNT)
        if base.endswith("autograd.Function") and name in ("forward", "backward") and made.params:
            made.params[0].kind = Lib("ctx")
            for p in made.params[1:]:
                if p.kind is NOTHING and self.final:
                    p.kind = F
        return self.function_lines(made, f"{prefix}{'*' if made.is_generator else ''}{js}", "method")

    def constructor_lines(self, m, info, made, base):
        if self.takes_fields(m, made):
            return self.fields_of_constructor(m, info, made)
        doc, body, saved, kinds = self.begin_function(made)
        info.assigned |= top_assigned(body, made.self_name)
        try:
            lines = self.block(body)
        finally:
            self.leave(saved)
        derived = info.base is not None or info.lib_base is not None
        if derived and not any(l.startswith("super(") for l in lines):
            if self.final and not any(l.strip().startswith("super(") for l in lines):
                lines = ["super();", *lines]
        elif derived and lines and not lines[0].startswith(("super(", "//")) and any("this" in l for l in lines[: next(i for i, l in enumerate(lines) if l.startswith("super("))]):
            at = next(i for i, l in enumerate(lines) if l.startswith("super("))
            lines = [lines[at], *lines[:at], *lines[at + 1 :]]
        made.returns = NONE
        return [*doc, f"constructor({self.parameters_text(made, kinds)}) {{", *indent(lines), "}"]

    def takes_fields(self, m, made):
        """Whether all that __init__ does is to set fields to what needs no arguments: they become fields of the class."""
        if made.params or made.vararg or made.kwarg or made.owner.base is not None:
            return False
        seen, plain = set(), True
        for i, s in enumerate(m.body):
            if is_super_init(s) or isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant):
                continue
            if not isinstance(s, ast.Assign) or len(s.targets) != 1:
                return False
            targets = s.targets[0].elts if isinstance(s.targets[0], ast.Tuple) else [s.targets[0]]
            if len(targets) > 1 and not (isinstance(s.value, ast.Tuple) and len(s.value.elts) == len(targets)):
                return False
            for t in targets:
                if not (isinstance(t, ast.Attribute) and isinstance(t.value, ast.Name) and t.value.id == made.self_name) or t.attr in seen or t.attr == "training":
                    return False
                seen.add(t.attr)
        return bool(seen)

    def fields_of_constructor(self, m, info, made):
        doc, body, saved, _ = self.begin_function(made)
        lines = []
        try:
            for s in body:
                before = self.comments_before(s)
                if not isinstance(s, ast.Assign):
                    if not is_super_init(s):
                        continue
                    lines += before
                    continue
                pairs = zip(s.targets[0].elts, s.value.elts) if isinstance(s.targets[0], ast.Tuple) else [(s.targets[0], s.value)]
                for t, v in pairs:
                    info.initialised.add(t.attr)
                    try:
                        e = self.expr(v)
                    except Untranslatable as error:
                        info.note(t.attr, ANY)
                        self.left.append((s.lineno, str(error)))
                        lines += [f"{t.attr}!: any; // line {s.lineno} is left to you: {error}", *[f"//   {x}" for x in ast.unparse(s).split(chr(10))]]
                        continue
                    known = info.attribute(t.attr) or NOTHING
                    text, kind = e.at(ASSIGN), e.kind
                    if self.number_that_becomes_tensor(known, e):
                        text, kind = f"torch.tensor({e.text}{'n' if e.kind in INTS else ''})", I if e.kind in INTS else F
                    info.note(t.attr, kind)
                    known = info.attribute(t.attr)
                    how = f": {self.ts(known)}" if self.needs_type(text, known) or not same(known, e.kind) and self.ts(known) != self.ts(e.kind) else ""
                    made_lines = [f"{t.attr}{how} = {text};"]
                    lines += before + made_lines
                    before = []
                if lines:
                    self.trail(lines, s)
        finally:
            self.leave(saved)
        made.returns = NONE
        return lines


class Lambda(FunctionInfo):
    is_callback = False

    def text(self, translator):
        t = translator
        kinds = [t.parameter_kind(self, p) for p in self.params]
        saved = (t.env, t.function)
        t.env = dict(t.env)
        for p, kind in zip(self.params, kinds):
            t.env[p.name] = kind
        if self.vararg:
            t.env[self.vararg] = self.rest
        try:
            e = t.expr(self.node.body)
        finally:
            t.env, t.function = saved
        self.returns = join(self.returns, e.kind)
        parts = []
        for p, kind in zip(self.params, kinds):
            name = name_of(p.name)
            if p.default is not None:
                parts.append(f"{name} = {p.default_text}")
            elif self.is_callback and (kind is ANY or kind is NOTHING or not isinstance(root(kind), Tensor)):
                parts.append(name)
            else:
                parts.append(f"{name}: {t.ts(kind)}")
        if self.vararg:
            parts.append(f"...{name_of(self.vararg)}: {t.ts(self.rest)}")
        body = f"({e.text})" if e.text.startswith("{") else e.at(ASSIGN)
        return f"({', '.join(parts)}) => {body}"


def value_of_names(kind):
    """The kind of a variable that holds one or the other of torch's classes or functions."""
    members = alternatives(kind)
    paths = [m.path for m in members if isinstance(m, Path)]
    if not paths:
        return kind
    if not all(library.is_class(path) for path in paths):
        made = Lib("function", F)
    else:
        made = Lib("class", Lib(paths[0] if len(paths) == 1 else "torch.nn.Module"))
    return join_all([made, *[m for m in members if not isinstance(m, Path)]])


def is_hidden(value):
    """field(…, repr=False)"""
    return isinstance(value, ast.Call) and any(k.arg == "repr" and isinstance(k.value, ast.Constant) and k.value.value is False for k in value.keywords)


def is_super_init(s):
    return isinstance(s, ast.Expr) and isinstance(s.value, ast.Call) and isinstance(s.value.func, ast.Attribute) and s.value.func.attr == "__init__"


def top_assigned(body, self_name):
    """Attributes that a constructor surely sets."""
    found = set()
    for s in body:
        targets = s.targets if isinstance(s, ast.Assign) else [s.target] if isinstance(s, ast.AnnAssign) and s.value is not None else []
        for t in targets:
            for n in ast.walk(t):
                if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store) and isinstance(n.value, ast.Name) and n.value.id == self_name:
                    found.add(n.attr)
        if isinstance(s, ast.If) and s.orelse:
            found |= top_assigned(s.body, self_name) & top_assigned(s.orelse, self_name)
    return found


def is_main(test):
    return isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__"


def all_return(body):
    last = body[-1]
    if isinstance(last, (ast.Return, ast.Raise)):
        return True
    if isinstance(last, ast.If):
        return bool(last.orelse) and all_return(last.body) and all_return(last.orelse)
    return False


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


def indent(lines):
    return [f"  {line}" if line else line for line in lines]


def comment(text, opening="/*"):
    import inspect

    lines = inspect.cleandoc(text).replace("*/", "* /").split("\n")
    if len(lines) == 1:
        return [f"{opening} {lines[0]} */"] if opening == "/**" else [f"// {lines[0]}"]
    if opening != "/**":
        return [f"// {line}".rstrip() for line in lines]
    return ["/**", *[f" * {line}".rstrip() for line in lines], " */"]
