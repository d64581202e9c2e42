"""What is in a class: fields, those of dataclasses, constructors, methods and properties."""

import ast
import re

from . import library
from .infos import annotated
from .kinds import ANY, COUNT, F, FLOAT, I, INT, INTS, Lib, NONE, NOTHING, is_a, join, same
from .text import ASSIGN, E, Untranslatable, indent, name_of, quoted

RENAMED = {"__len__": "length", "__getitem__": "at", "__call__": "call", "__iter__": "[Symbol.iterator]", "__repr__": "toString", "__str__": "toString"}


class Members:
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
        in_base = info.base is not None and (info.base.method(name) is not None or info.base.property(name) is not None)
        in_module = info.is_module and name in ("forward", "extra_repr")
        in_dataset = is_dataset and name in ("__getitem__", "__iter__")
        override = "override " if in_base and not made.is_static or in_module or in_dataset else ""
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
        elif derived and lines and not lines[0].startswith(("super(", "//")):
            at = next(i for i, l in enumerate(lines) if l.startswith("super("))
            uses_this_before = any("this" in l for l in lines[:at])
            if uses_this_before:
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
