"""Functions and lambdas: their parameters, their bodies, what they return."""

import ast

from . import library
from .assignments import value_of_names
from .infos import FunctionInfo, annotated, own_nodes
from .kinds import ANY, COUNT, Class, Function, INT, Lib, NONE, NOTHING, Object, T, Tensor, join, may_be, root
from .scopes import Scope
from .text import ASSIGN, Untranslatable, comment, indent, name_of


class Functions:
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
