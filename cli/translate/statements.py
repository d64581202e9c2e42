"""Statements, a method for each kind of node; what cannot be said becomes a comment."""

import ast

from .assignments import Assignments
from .branches import Branches
from .classes import Classes
from .exits import Exits
from .functions import Functions
from .kinds import ANY, Dict, List, Path, root
from .loops import Loops
from .members import Members
from .text import Untranslatable, comment, name_of


class Statements(Assignments, Branches, Loops, Exits, Functions, Classes, Members):
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
