"""`for` and `while`, and what is known of types behind them."""

import ast

from .expressions import constant_int
from .infos import own_loop_nodes
from .kinds import COUNT, INT
from .text import EQUAL, Untranslatable, indent, name_of


class Loops:
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
