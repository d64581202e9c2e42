"""Which of torch's names that a program uses are not there: read from its text, before it runs."""

import ast
import importlib
import types

MISSING = object()


def _module(path):
    """A module of torch's by its path, or MISSING."""
    try:
        return importlib.import_module(path)
    except ImportError:
        return MISSING


def _member(holder, path, name):
    found = getattr(holder, name, MISSING)
    return _module(f"{path}.{name}") if found is MISSING and isinstance(holder, types.ModuleType) else found


class _Reader(ast.NodeVisitor):
    """Follows what a program calls torch and the parts of it; notes what is not there, by line."""

    def __init__(self):
        self.names = {}  # a name of the program's -> (path, object)
        self.missing = {}  # (line, column, path) -> None, in order

    def note(self, node, path):
        self.missing.setdefault((node.lineno, node.col_offset, path))

    def visit_Import(self, node):
        for alias in node.names:
            if alias.name.partition(".")[0] != "torch":
                continue
            found = _module(alias.name)
            if found is MISSING:
                self.note(node, alias.name)
            name = alias.asname or "torch"
            self.names[name] = (alias.name, found) if alias.asname else ("torch", _module("torch"))

    def visit_ImportFrom(self, node):
        if node.level or (node.module or "").partition(".")[0] != "torch":
            return
        holder = _module(node.module)
        if holder is MISSING:
            self.note(node, node.module)
            return
        for alias in node.names:
            if alias.name == "*":
                continue
            found = _member(holder, node.module, alias.name)
            path = f"{node.module}.{alias.name}"
            if found is MISSING:
                self.note(node, path)
            self.names[alias.asname or alias.name] = path, found

    def visit_Attribute(self, node):
        self.resolve(node)

    def resolve(self, node):
        """Path and object of a chain of attributes that begins at torch, or None."""
        if isinstance(node, ast.Name):
            return self.names.get(node.id)
        if not isinstance(node, ast.Attribute):
            self.visit(node)
            return None
        around = self.resolve(node.value)
        if around is None or around[1] is MISSING or not isinstance(around[1], (types.ModuleType, type)):
            return None
        if isinstance(node.ctx, (ast.Store, ast.Del)):
            return None
        path, holder = around
        found = _member(holder, path, node.attr)
        if found is MISSING:
            self.note(node, f"{path}.{node.attr}")
        return f"{path}.{node.attr}", found


class _Asking(ast.NodeVisitor):
    """Names that a program asks about before it uses them: hasattr(torch, "compile")."""

    def __init__(self):
        self.asked = set()

    def visit_Call(self, node):
        if isinstance(node.func, ast.Name) and node.func.id in ("hasattr", "getattr") and len(node.args) > 1:
            if isinstance(node.args[1], ast.Constant):
                self.asked.add(node.args[1].value)
        self.generic_visit(node)


def missing_names(source, filename="<program>"):
    """Lines and names, in the order of the program."""
    tree = ast.parse(source, filename)
    reader, asking = _Reader(), _Asking()
    reader.visit(tree)
    asking.visit(tree)
    found = [(line, path) for line, _, path in reader.missing if path.rpartition(".")[2] not in asking.asked]
    return sorted(dict.fromkeys(found))


def report(files):
    """Prints what is missing in each of these files, [name, text]; gives how many names that are."""
    count = 0
    for name, source in files:
        try:
            found = missing_names(source, name)
        except SyntaxError as error:
            print(f"{name}:{error.lineno}: {error.msg}")
            count += 1
            continue
        for line, path in found:
            print(f"{name}:{line}: {path} is not there")
        count += len(found)
    if count == 0:
        print(f"every name of torch in {len(files)} file{'s' if len(files) > 1 else ''} is there")
    return count
