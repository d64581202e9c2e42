"""Assignments: to names, attributes, subscripts and tuples of them, with an operator and with an annotation."""

import ast

from . import library
from .expressions import constant_int, dotted
from .infos import annotated
from .kinds import ANY, BOOL, COUNT, Class, Dict, Either, F, I, INT, INTS, Iter, Lib, List, NONE, NOTHING, NUMBERS, Object, Path, STR, Tensor, Tuple, alternatives, is_a, join, join_all, may_be, root, same, without
from .text import ASSIGN, E, Untranslatable, name_of


class Assignments:
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
        both_are_tuples = isinstance(target, (ast.Tuple, ast.List)) and isinstance(value, (ast.Tuple, ast.List))
        if both_are_tuples and len(target.elts) == len(value.elts) and not any(isinstance(x, ast.Starred) for x in (*target.elts, *value.elts)):
            done = self.assign_each(target, value, s)
            if done is not None:
                return done
        is_method_call = isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute)
        if isinstance(target, ast.Name) and is_method_call and value.func.attr in ("parse_args", "parse_known_args"):
            parser = self.parser_of(value.func.value)
            if parser is not None:
                return self.parsed_arguments(target, parser, s)
        if isinstance(target, ast.Name) and isinstance(value, ast.Lambda):
            info = self.lambda_info(value)
            info.is_callback = False
        if isinstance(target, ast.Attribute) and target.attr in ("grad", "bias"):
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
        is_number_elsewhere = known is not None and may_be(known, *NUMBERS)
        if isinstance(t, ast.Attribute):
            holder = root(self.expr(t.value).kind)
            is_number_elsewhere = isinstance(holder, Object) and may_be(holder.info.attribute(t.attr) or NOTHING, *NUMBERS)
        if is_a(kind, Tensor) and not starts_as_number and not is_number_elsewhere:
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
