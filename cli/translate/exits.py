"""What leaves a block or guards one: return, raise, assert, try and with."""

import ast

from . import library
from .infos import own_statement_nodes
from .kinds import Class, Lib, NONE, STR, is_a, join, root
from .scopes import is_one_in_a_mode
from .text import ASSIGN, E, Untranslatable, indent, name_of

GUARDS = {
    "torch.no_grad", "torch.enable_grad", "torch.inference_mode", "torch.set_grad_enabled", "torch.autocast", "torch.amp.autocast",
    "torch.autograd.set_detect_anomaly", "torch.autograd.detect_anomaly", "torch.random.fork_rng", "torch.device",
}  # fmt: skip
UNRAISED = {"KeyError", "IndexError", "ZeroDivisionError", "AttributeError", "StopIteration"}


class Exits:
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
        leaves_otherwise = any(isinstance(n, (ast.Break, ast.Continue, ast.Yield)) for b in s.body for n in own_statement_nodes(b))
        if leaves and all_return(s.body) and self.is_last(s) and not leaves_otherwise:
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


def all_return(body):
    last = body[-1]
    if isinstance(last, (ast.Return, ast.Raise)):
        return True
    if isinstance(last, ast.If):
        return bool(last.orelse) and all_return(last.body) and all_return(last.orelse)
    return False
