"""`if`, and what its test tells of types in each branch."""

import ast

from .expressions import dotted
from .infos import annotated
from .kinds import ANY, Lib, NONE, NOTHING, NUMBERS, Object, Path, STR, alternatives, join, join_all, may_be, root, same, without
from .text import Untranslatable, indent


class Branches:
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


def is_main(test):
    return isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__"
