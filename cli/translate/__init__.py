"""From PyTorch's Python to TypeScript: `translate` gives the text of a program, and what it had to leave."""

import ast
import io
import tokenize

from . import library
from .builtins import Arguments, Builtins
from .calls import Calls
from .expressions import Expressions
from .kinds import ANY, Class, Function, NOTHING, NUMBERS, Path, describe, join, root, ts, without
from .operators import Operators
from .scopes import Scope
from .statements import Statements
from .strings import Strings
from .text import name_of

PASSES = 12


class Translator(Expressions, Operators, Strings, Calls, Builtins, Arguments, Statements):
    """Goes through a program again and again, each time with what it has learnt of types, and keeps the last text."""

    KNOWN_MODULES = set(
        "torch math time copy collections dataclasses itertools functools io argparse os sys json random typing __future__ abc enum gc warnings inspect".split()
    )

    def __init__(self, source, filename, signatures):
        self.source, self.filename, self.lines = source, filename, source.split("\n")
        self.tree = ast.parse(source, filename)
        self.library = library.Library(signatures)
        self.variables, self.containers, self.functions, self.classes, self.scopes = {}, {}, {}, {}, {}
        self.context_fields, self.synthetic, self.ends, self.breaks = {}, {}, {}, {}
        self.begins_as_number, self.takes_null, self.list_of_modules = set(), set(), {}
        self.final = False
        self.functional_name = None
        self.comments, self.trailing = comments_of(source)
        self.module = Scope(self.tree.body)

    def run(self):
        seen = None
        for i in range(PASSES):
            lines = self.once()
            state = self.state()
            if state == seen and self.final:
                break
            if state == seen or i == PASSES - 4:
                self.final = True
            seen = state
        return lines

    def once(self):
        self.scope, self.env, self.function, self.cls, self.self_name = self.module, {}, None, None, None
        self.outer, self.is_dead, self.returns_nothing, self.caught, self.is_called = [], False, True, None, False
        self.imports, self.helpers, self.left, self.parsers, self.imported = set(), set(), [], {}, {}
        self.printed = set()
        return self.block(self.tree.body)

    def state(self):
        """All that is known, as text: when it does not change any more, there is nothing left to learn."""
        known = [describe(k) for k in self.variables.values()] + [describe(k) for k in self.containers.values()]
        for f in self.functions.values():
            known += [describe(p.kind) for p in f.params] + [describe(f.returns), describe(f.yields)]
        for c in self.classes.values():
            known += [f"{n}: {describe(k)}" for n, k in c.attributes.items()]
        return known

    # ---- names

    def lookup(self, name):
        if name in self.env:
            return root(self.env[name])
        if name in self.scope.names or name in self.scope.parameters:
            return root(self.variables.get((id(self.scope), name), NOTHING))
        for scope, env, _ in self.outer:
            if name in env and isinstance(env[name], (Path, Class, Function)):
                return env[name]
            found = self.variables.get((id(scope), name))
            if found is not None:
                return root(found)
            if name in env:
                return root(env[name])
            if name in scope.names:
                return NOTHING
        return self.imported.get(name)

    def bind(self, name, kind):
        self.env[name] = kind

    def set_variable(self, name, kind):
        self.env[name] = kind
        self.env.pop(f"as {name}", None)
        scope = self.scope
        if name in scope.foreign:
            scope = next((s for s, _, _ in self.outer if name in s.names), scope)
        key = (id(scope), name)
        self.variables[key] = join(self.variables.get(key, NOTHING), kind)

    def kind_of_variable(self, name):
        scope = self.scope
        if name in scope.foreign:
            scope = next((s for s, _, _ in self.outer if name in s.names), scope)
        found = self.variables.get((id(scope), name))
        return None if found is None or isinstance(root(found), (Path, Class)) else root(found)

    def declared_kind(self, name, otherwise=ANY):
        """What a variable is declared as: one that begins as a number and becomes a tensor is a tensor."""
        kind = self.kind_of_variable(name)
        if kind is None:
            return otherwise
        return without(kind, *NUMBERS) if (id(self.scope), name) in self.begins_as_number else kind

    def has_gap(self, s, comments):
        """Whether there is an empty line before a statement and its comments."""
        first = s.decorator_list[0] if getattr(s, "decorator_list", None) else s
        line = first.lineno - comments - 2
        return line >= 0 and not self.lines[line].strip()

    def quiet_path(self, node):
        """The path of torch's or Python's name that an expression is, or None."""
        if isinstance(node, ast.Name):
            kind = self.lookup(node.id)
            return kind.path if isinstance(kind, Path) else None
        if isinstance(node, ast.Attribute):
            inner = self.quiet_path(node.value)
            return inner and f"{inner}.{node.attr}"
        return None

    def ts(self, kind):
        text = ts(kind)
        if "Tensor" in text:
            self.imports.add("Tensor")
        if "nn." in text:
            self.imports.add("nn")
        return text

    def helper(self, name):
        self.helpers.add(name)
        return name_of(name)

    def parser_of(self, node):
        return self.parsers.get(node.id) if isinstance(node, ast.Name) else None

    # ---- comments

    def comments_before(self, s):
        found = []
        line = s.lineno - 1
        if getattr(s, "decorator_list", None):
            line = s.decorator_list[0].lineno - 1
        while line in self.comments:
            if line not in self.printed:
                found.append(f"//{self.comments[line]}")
                self.printed.add(line)
            line -= 1
        return found[::-1]

    def trail(self, lines, s):
        """Puts the comment at the end of a statement's line behind it."""
        simple = not hasattr(s, "body")
        line = s.end_lineno if simple else s.lineno
        at = -1 if simple else 0
        if line in self.trailing and line not in self.printed and lines and "//" not in lines[at]:
            lines[at] += f" //{self.trailing[line]}"
            self.printed.add(line)


def comments_of(source):
    """Comments on lines of their own, and those behind code, by line."""
    own, behind = {}, {}
    lines = source.split("\n")
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and not token.string.startswith("#!"):
            line, column = token.start
            (behind if lines[line - 1][:column].strip() else own)[line] = token.string[1:]
    return own, behind


def translate(source, filename="program.py", signatures=lambda path: ""):
    """The TypeScript of a program, and [line, reason] of each statement that is left as a comment."""
    t = Translator(source, filename, signatures)
    lines = t.run()
    return "\n".join([*header(t, lines), *lines]) + "\n", sorted(t.left)


def header(t, lines):
    body = "\n".join(lines)
    uses = lambda word: __import__("re").search(rf"(?<![\w.]){word}\b", body) is not None
    head = []
    if uses("torch"):
        head.append('import * as torch from "tidu";')
    f = t.functional_name if t.functional_name and uses(t.functional_name) else None
    if uses("nn") or f:
        head.append('import { nn } from "tidu";')
    if uses("distributions") and "distributions" in t.imports:
        head.append('import * as distributions from "tidu/distributions";')
    if uses("Tensor"):
        head.append('import type { Tensor } from "tidu";')
    helpers = sorted(h for h in t.helpers if uses(h)) + (["random"] if uses("random") and "random" in t.imports else [])
    if helpers:
        names = [h if name_of(h) == h else f"{h} as {name_of(h)}" for h in sorted(helpers)]
        head.append(f'import {{ {", ".join(names)} }} from "tidu/py";')
    if "serialization" in t.imports:
        names = [n for n in ("decode", "encode") if uses(n)]
        if names:
            head.append(f'import {{ {", ".join(names)} }} from "tidu/serialization";')
    files = [i.rpartition(":")[2] for i in sorted(t.imports) if i.startswith("node:fs:")]
    if files:
        head.append(f'import {{ {", ".join(files)} }} from "node:fs";')
    if "node:path" in t.imports and uses("join"):
        head.append('import { join } from "node:path";')
    if uses("parseArgs"):
        head.append('import { parseArgs } from "node:util";')
    if head:
        head.append("")
    if f:
        head += [f"const {f} = nn.functional;", ""]
    return head
