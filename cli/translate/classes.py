"""Classes: their bases, their methods and the order of what is in them."""

import ast

from . import library
from .infos import ClassInfo, FunctionInfo
from .kinds import ANY, Class, NOTHING, join, root
from .text import Untranslatable, comment, indent


class Classes:
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
