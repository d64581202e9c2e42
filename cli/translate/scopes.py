"""Where names are declared: a name's `let` or `const` stands in the innermost block that has all its uses."""

import ast

SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
DECLARING = (ast.Assign, ast.AnnAssign, ast.For, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Use:
    """A use of a name: the blocks it stands in, each with the place of the statement there, from the outermost on."""

    def __init__(self, blocks, statement, writes, nested):
        self.blocks, self.statement, self.writes, self.nested = blocks, statement, writes, nested


class Scope:
    """The names of a module or a function, with the blocks in which each is used."""

    def __init__(self, body, parameters=(), above=None):
        self.uses, self.parameters, self.above = {}, set(parameters), above
        self.loops = set()  # bodies of loops
        self.foreign = set()  # declared global or nonlocal
        for statement in walk_statements(body):
            if isinstance(statement, (ast.Global, ast.Nonlocal)):
                self.foreign.update(statement.names)
        self._block(body, ())
        self.names = {n for n, uses in self.uses.items() if any(u.writes and not u.nested for u in uses)} - self.parameters - self.foreign
        self.declared = {}  # statement or block id -> names to declare before it / in it
        self.inline = {}  # (name, id of the statement that declares it) -> whether it is the only one that writes
        for name in self.names:
            self._place(name)

    def _note(self, name, blocks, statement, writes, nested=False):
        self.uses.setdefault(name, []).append(Use(blocks, statement, writes, nested))

    def _block(self, body, blocks):
        for i, statement in enumerate(body):
            self._statement(statement, blocks + ((id(body), i),))

    def _statement(self, s, here):
        if isinstance(s, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            self._note(s.name, here, s, True)
            written = globals_of(s)
            for name in free_names(s) | written:
                self._note(name, here, s, name in written, True)
            return
        if isinstance(s, (ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal)):
            return
        if isinstance(s, (ast.For, ast.AsyncFor)):
            self._expressions(s.iter, here, s)
            self.loops.add(id(s.body))
            self._expressions(s.target, here + ((id(s.body), 0),), s)
            self._block(s.body, here)
            self._block(s.orelse, here)
            return
        if is_one_in_a_mode(s):
            self._statement(s.body[0], here)
            return
        if isinstance(s, ast.While):
            self.loops.add(id(s.body))
        for _, value in ast.iter_fields(s):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                self._block(value, here)
            elif isinstance(value, list) and value and isinstance(value[0], ast.ExceptHandler):
                for handler in value:
                    self._block(handler.body, here)
            elif isinstance(value, list):
                for v in value:
                    if isinstance(v, ast.withitem):
                        self._expressions(v.context_expr, here, s)
                        if v.optional_vars is not None:
                            self._expressions(v.optional_vars, here, s)
                    elif isinstance(v, ast.AST):
                        self._expressions(v, here, s)
            elif isinstance(value, ast.AST):
                self._expressions(value, here, s)

    def _expressions(self, node, here, s, bound=frozenset()):
        if isinstance(node, COMPREHENSIONS):
            bound = bound | {n.id for g in node.generators for n in ast.walk(g.target) if isinstance(n, ast.Name)}
        elif isinstance(node, ast.Lambda):
            bound = bound | {a.arg for a in ast.walk(node.args) if isinstance(a, ast.arg)}
        elif isinstance(node, ast.Name) and node.id not in bound:
            self._note(node.id, here, s, not isinstance(node.ctx, ast.Load))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "save" and len(node.args) > 1:
            if isinstance(node.args[1], ast.Name):  # what is saved into becomes those bytes
                self._note(node.args[1].id, here, s, True)
        for child in ast.iter_child_nodes(node):
            self._expressions(child, here, s, bound)

    def _place(self, name):
        uses = self.uses[name]
        regions = self._regions(name)
        if regions is not None:
            for s, those in regions:
                writes = {id(u.statement) for u in those if u.writes}
                self.inline[name, id(s)] = len(writes) == 1 and not any(u.writes and u.nested for u in those)
            return
        depth = min(len(u.blocks) for u in uses)
        while any(u.blocks[depth - 1][0] != uses[0].blocks[depth - 1][0] for u in uses):
            depth -= 1
        first = uses[0]
        while first.blocks[depth - 1][0] in self.loops:  # a value may come from the round before
            depth -= 1
        self.declared.setdefault((first.blocks[depth - 1][0], min(u.blocks[depth - 1][1] for u in uses)), []).append(name)

    def _regions(self, name):
        """The statements that declare a name, each with the uses of what it declares; None if it takes a declaration of its own."""
        regions = []
        for use in self.uses[name]:
            if regions:
                start, those = regions[-1]
                if len(use.blocks) >= len(start) and use.blocks[len(start) - 1][0] == start[-1][0]:
                    those.append(use)
                    continue
            s = use.statement
            if not use.writes or use.nested or not isinstance(s, DECLARING) or not only_writes(self.uses[name], s):
                return None
            regions.append((use.blocks, [use]))
        if len(regions) > 1 and any(u.nested for u in self.uses[name]):
            return None
        return [(those[0].statement, those) for _, those in regions]

    def declares(self, name, s):
        return (name, id(s)) in self.inline

    def is_constant(self, name, s):
        return self.inline.get((name, id(s)), False)


def is_one_in_a_mode(s):
    """with torch.no_grad(): x = …, which becomes an assignment of what the mode's function gives."""
    if not (isinstance(s, ast.With) and len(s.items) == 1 and len(s.body) == 1 and isinstance(s.body[0], ast.Assign)):
        return False
    call, assigned = s.items[0].context_expr, s.body[0]
    is_mode = isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in ("no_grad", "inference_mode", "enable_grad")
    return is_mode and not call.args and not call.keywords and len(assigned.targets) == 1 and isinstance(assigned.targets[0], ast.Name)


def only_writes(uses, s):
    """Whether the statement only writes the name: x = x + 1 does not declare it."""
    return all(u.writes for u in uses if u.statement is s and not u.nested) or isinstance(s, ast.For)


def free_names(node):
    """Names that a function or class uses and does not have of its own."""
    args = node.args if not isinstance(node, ast.ClassDef) else None
    own = {a.arg for a in ast.walk(args) if isinstance(a, ast.arg)} if args is not None else set()
    used, body = set(), node.body if isinstance(node.body, list) else [node.body]
    todo = [*body, *getattr(node, "decorator_list", []), *getattr(node, "bases", [])]
    if args is not None:
        todo += [d for d in (*args.defaults, *args.kw_defaults) if d is not None]
    while todo:
        n = todo.pop()
        if isinstance(n, SCOPES):
            used |= free_names(n)
            if not isinstance(n, ast.Lambda):
                own.add(n.name)
            continue
        if isinstance(n, ast.Name):
            (used if isinstance(n.ctx, ast.Load) else own).add(n.id)
        todo.extend(ast.iter_child_nodes(n))
    return used - (own - globals_of(node))


def globals_of(function):
    return {n for s in ast.walk(function) if isinstance(s, (ast.Global, ast.Nonlocal)) for n in s.names}


def walk_statements(body):
    """All statements but those of functions and classes inside."""
    for s in body:
        yield s
        if isinstance(s, SCOPES):
            continue
        for _, value in ast.iter_fields(s):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                yield from walk_statements(value)
            elif isinstance(value, list) and value and isinstance(value[0], (ast.ExceptHandler,)):
                for handler in value:
                    yield from walk_statements(handler.body)
