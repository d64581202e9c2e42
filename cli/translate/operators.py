"""Arithmetic, comparisons, truth: what an operator is depends on what it is between."""

import ast
import re

from .kinds import ANY, BOOL, COUNT, F, FLOAT, I, B, INT, INTS, Dict, Iter, Lib, List, NONE, NOTHING, NUMBERS, Object, SIZE, STR, Set, Tensor, Tuple, alternatives, is_a, join, may_be, note_shown, root, same, without
from .text import AND, ASSIGN, ATOM, BIT, CHOICE, E, EQUAL, LESS, OR, PLUS, POWER, TIMES, UNARY, Untranslatable

METHODS = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.FloorDiv: "floor_divide", ast.Mod: "remainder", ast.Pow: "pow",
    ast.MatMult: "matmul", ast.BitAnd: "bitwise_and", ast.BitOr: "bitwise_or", ast.BitXor: "bitwise_xor", ast.LShift: "bitwise_left_shift",
    ast.RShift: "bitwise_right_shift",
}  # fmt: skip
DUNDERS = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.Pow: "pow", ast.MatMult: "matmul", ast.FloorDiv: "floordiv", ast.Mod: "mod"}
COMPARISONS = {ast.Eq: "eq", ast.NotEq: "ne", ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge"}
MIRRORED = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le", "eq": "eq", "ne": "ne"}
SIGNS = {ast.Eq: "===", ast.NotEq: "!==", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
BITS = {ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.LShift: "<<", ast.RShift: ">>"}
NUMERIC = (*NUMBERS, BOOL)


class Operators:
    def visit_BinOp(self, node):
        if isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant) and isinstance(node.left.value, str):
            return self.percent(node.left.value, node.right)
        return self.operation(node.op, self.expr(node.left), self.expr(node.right), node)

    def operation(self, op, a, b, node=None):
        ka, kb = root(a.kind), root(b.kind)
        for x, y in ((ka, kb), (kb, ka)):
            if x in (ANY, NOTHING) and is_a(y, Tensor):
                return self.of_tensors(op, a, b)
        if ka in (NOTHING, ANY) and kb in (NOTHING, ANY):
            if not self.final:
                return E("?", NOTHING)
            raise Untranslatable("the types of both sides are not known: annotate what comes from outside (x: Tensor, n: int)")
        if is_a(ka, Tensor) or is_a(kb, Tensor):
            return self.of_tensors(op, a, b)
        if isinstance(ka, Object) or isinstance(kb, Object):
            return self.of_objects(op, a, b)
        if may_be(ka, Tensor) or may_be(kb, Tensor):
            return self.of_tensors(op, a, b)
        if isinstance(op, ast.Add):
            joined = self.joined_lists(a, b)
            if joined is not None:
                return joined
            if is_a(ka, STR) or is_a(kb, STR):
                return E(f"{a.at(PLUS)} + {b.at(PLUS + 1)}", STR, PLUS)
            if isinstance(ka, Lib) and ka.path.startswith("torch.utils.data"):
                return E(f"{a.object}.concat({b.text})", Lib("torch.utils.data.ConcatDataset", ka.of))
        if isinstance(op, ast.Mult):
            for x, y in ((a, b), (b, a)):
                if is_a(x.kind, List, Tuple, SIZE) and is_a(y.kind, *NUMERIC, ANY, NOTHING):
                    return self.repeated(x, y)
                if is_a(x.kind, STR):
                    return E(f"{x.object}.repeat({y.text})", STR)
        if isinstance(op, ast.Mod) and is_a(ka, STR):
            raise Untranslatable("% of a text that is not written out")
        if is_a(ka, Set) or is_a(kb, Set) or is_a(ka, Dict) or is_a(kb, Dict):
            return self.of_sets(op, a, b)
        return self.of_numbers(op, a, b)

    def of_numbers(self, op, a, b):
        ka, kb = root(a.kind), root(b.kind)
        for k in (ka, kb):
            if not all(m in NUMERIC or m in (ANY, NOTHING, NONE) for m in alternatives(k)):
                raise Untranslatable(f"no {type(op).__name__} of {ka!r} and {kb!r} is known")
        a = E(f"Number({a.text})", INT) if ka is BOOL else a
        b = E(f"Number({b.text})", INT) if kb is BOOL else b
        both = all(k in INTS or k is BOOL for k in (ka, kb))
        counts = all(k in (COUNT, BOOL) for k in (ka, kb))
        kind = COUNT if counts else INT if both else FLOAT
        if isinstance(op, ast.Add):
            return E(f"{a.at(PLUS)} + {b.at(PLUS)}", kind, PLUS)
        if isinstance(op, ast.Sub):
            return E(f"{a.at(PLUS)} - {b.at(PLUS + 1)}", INT if both else FLOAT, PLUS)
        if isinstance(op, ast.Mult):
            return E(f"{a.at(TIMES)} * {b.at(UNARY if '/' in b.text or '%' in b.text else TIMES)}", kind, TIMES)
        if isinstance(op, ast.Div):
            return E(f"{a.at(TIMES)} / {b.at(TIMES + 1)}", FLOAT, TIMES)
        if isinstance(op, ast.FloorDiv):
            return E(f"Math.floor({a.at(TIMES)} / {b.at(TIMES + 1)})", kind)
        if isinstance(op, ast.Mod):
            if all(k in (COUNT, BOOL) for k in (ka, kb)):
                return E(f"{a.at(TIMES)} % {b.at(TIMES + 1)}", COUNT, TIMES)
            return E(f"{self.helper('mod')}({a.text}, {b.text})", COUNT if both and kb is COUNT else kind)
        if isinstance(op, ast.Pow):
            if both and kb is not COUNT:
                kind = FLOAT
            return E(f"{a.at(POWER + 2)} ** {b.at(POWER)}", kind, POWER)
        if type(op) in BITS and both:
            if isinstance(op, ast.LShift):
                return E(f"{a.at(TIMES)} * 2 ** {b.at(POWER)}", kind, TIMES)
            if isinstance(op, ast.RShift):
                return E(f"Math.floor({a.at(TIMES)} / 2 ** {b.at(POWER)})", kind)
            return E(f"({a.at(BIT + 1)} {BITS[type(op)]} {b.at(BIT + 1)})", kind)
        raise Untranslatable(f"no {type(op).__name__} of {ka!r} and {kb!r} is known")

    def number_for(self, n, tensor):
        """A number beside a tensor: a whole float beside a tensor of ints is told to be one."""
        if n.kind is FLOAT and tensor.kind in (I, B) and not (n.is_literal and not float(n.text).is_integer()):
            return f"new torch.Float({n.text})"
        return n.text

    def of_tensors(self, op, a, b, inplace=False):
        name = METHODS[type(op)]
        kind = self.library.result(f"torch.{name}", [a.kind, b.kind], {})
        if isinstance(op, ast.Div):
            kind = F
        if is_a(b.kind, List, Tuple) or is_a(a.kind, List, Tuple):
            raise Untranslatable("a list beside a tensor")
        if is_a(a.kind, Tensor) or a.kind in (ANY, NOTHING):
            other = b.text if is_a(b.kind, Tensor) else self.number_for(b, a)
            return E(f"{a.object}.{name}({other})", kind)
        if not is_a(b.kind, Tensor):  # either may be a number
            if is_a(b.kind, *NUMERIC):
                return E(f"torch.{name}({self.either(a)}, {b.text})", kind)
            return E(f"torch.{name}({self.either(a)}, {b.text})", kind)
        number_text, t = self.number_for(a, b), b.object
        if name in ("add", "mul", "bitwise_and", "bitwise_or", "bitwise_xor"):
            return E(f"{t}.{name}({number_text})", kind)
        if name == "sub":
            return E(f"{t}.rsub({number_text})", kind)
        if name == "div":
            return E(f"{t}.reciprocal().mul({a.text})" if not (a.is_literal and a.text == "1") else f"{t}.reciprocal()", F)
        return E(f"torch.{name}({number_text}, {t})", kind)

    def either(self, e):
        """What may be a number or a tensor, as the first argument of a function."""
        return f"torch.as_tensor({e.text})"

    def joined_lists(self, a, b):
        if not all(is_a(e.kind, List, Tuple, SIZE) for e in (a, b)):
            return None
        ka, kb = root(a.kind), root(b.kind)
        spread = lambda e: e.text[1:-1] if e.text.startswith("[") and e.is_literal else f"...{e.at(ASSIGN)}"
        text = "[" + ", ".join(filter(None, (spread(a), spread(b)))) + "]"
        if isinstance(ka, Tuple) and isinstance(kb, Tuple):
            return E(text, Tuple(ka.of + kb.of), ATOM, True)
        word = ka.word if isinstance(ka, List) else "tuple"
        return E(text, List(join(self.element(ka), self.element(kb)), word), ATOM, True)

    def repeated(self, xs, n):
        kind = root(xs.kind)
        word = kind.word if isinstance(kind, List) else "tuple"
        made = List(self.element(kind), word)
        if xs.is_literal and xs.text.startswith("[") and (isinstance(kind, List) or len(kind.of) == 1) and is_a(made.of, *NUMERIC, STR, NONE) and "," not in xs.text:
            return E(f"new Array<{self.ts(made.of)}>({n.text}).fill({xs.text[1:-1]})", made)
        return E(f"Array.from({{ length: {n.text} }}, () => {xs.text}).flat()", made)

    def of_sets(self, op, a, b):
        if isinstance(op, ast.BitOr) and is_a(a.kind, Dict):
            return E(f"{{ ...{a.text}, ...{b.text} }}", join(a.kind, b.kind))
        if isinstance(op, (ast.BitOr, ast.BitAnd, ast.Sub)) and is_a(a.kind, Set):
            if isinstance(op, ast.BitOr):
                return E(f"new Set([...{a.text}, ...{b.text}])", join(a.kind, b.kind))
            sign = "" if isinstance(op, ast.BitAnd) else "!"
            return E(f"new Set([...{a.text}].filter((x) => {sign}{b.object}.has(x)))", a.kind)
        raise Untranslatable(f"no {type(op).__name__} of {root(a.kind)!r} and {root(b.kind)!r} is known")

    def of_objects(self, op, a, b):
        word = DUNDERS.get(type(op), "?")
        for e, other, name in ((a, b, f"__{word}__"), (b, a, f"__r{word}__")):
            if isinstance(root(e.kind), Object):
                method = root(e.kind).info.method(name)
                if method is not None:
                    return E(f"{e.object}.{name}({other.text})", method.call([other.kind], {}))
        raise Untranslatable(f"no {type(op).__name__} of {a.kind!r} and {b.kind!r} is known")

    # ---- of one thing

    def visit_UnaryOp(self, node):
        if isinstance(node.op, ast.Not):
            return self.negated(node.operand)
        e = self.expr(node.operand)
        if is_a(e.kind, Tensor):
            name = {ast.USub: "neg", ast.UAdd: "positive", ast.Invert: "bitwise_not"}[type(node.op)]
            return E(f"{e.object}.{name}()", e.kind)
        if isinstance(root(e.kind), Object):
            method = root(e.kind).info.method("__neg__")
            if method is not None:
                return E(f"{e.object}.__neg__()", method.call([], {}))
        if isinstance(node.op, ast.Invert):
            return E(f"~{e.at(UNARY)}", INT, UNARY)
        if isinstance(node.op, ast.UAdd):
            return e
        kind = INT if e.kind is COUNT else e.kind
        return E(f"-{e.at(UNARY + 1 if not e.is_literal else UNARY)}", kind, UNARY, e.is_literal)

    # ---- truth

    def truth(self, node):
        """A condition: what Python takes for true."""
        if isinstance(node, ast.BoolOp):
            return self.bool_op(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return self.negated(node.operand)
        return self.true_of(self.expr(node))

    def true_of(self, e):
        kind = root(e.kind)
        if kind is BOOL:
            return e
        if is_a(kind, Tensor):
            return E(f"{e.object}.item()", BOOL) if kind is B else E(f"{e.object}.item() !== 0", BOOL, EQUAL)
        rest = without(kind, NONE)
        null = f"{e.at(EQUAL + 1)} !== null" if rest is not kind else ""
        if is_a(rest, List, Tuple, SIZE):
            return E(" && ".join(filter(None, (null, f"{e.object}.length > 0"))), BOOL, AND if null else LESS)
        if is_a(rest, Set) or is_a(rest, Dict) and any(k.is_map for k in map(root, alternatives(rest))):
            return E(" && ".join(filter(None, (null, f"{e.object}.size > 0"))), BOOL, AND if null else LESS)
        if is_a(rest, Dict):
            return E(" && ".join(filter(None, (null, f"Object.keys({e.text}).length > 0"))), BOOL, AND if null else LESS)
        if null and is_a(rest, Tensor):
            return E(f"{null} && {e.object}.item() !== 0", BOOL, AND)
        if null and not may_be(rest, *NUMERIC, STR):
            return E(null, BOOL, EQUAL)
        if is_a(kind, *INTS, FLOAT):
            return E(f"{e.at(EQUAL + 1)} !== 0", BOOL, EQUAL)
        if is_a(kind, STR):
            return E(f'{e.at(EQUAL + 1)} !== ""', BOOL, EQUAL)
        return e

    def negated(self, node):
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], (ast.In, ast.Is, ast.Eq)):
            flipped = {ast.In: ast.NotIn, ast.Is: ast.IsNot, ast.Eq: ast.NotEq}[type(node.ops[0])]()
            made = self.compare(node.left, [flipped], node.comparators)
            if made.kind is BOOL:
                return made
        e = self.truth(node)
        if e.text.endswith(" !== 0") and e.binds == EQUAL:
            return E(e.text[: -len(" !== 0")] + " === 0", BOOL, EQUAL)
        if e.text.endswith(" !== null") and e.binds == EQUAL:
            return E(e.text[: -len(" !== null")] + " === null", BOOL, EQUAL)
        if e.text.endswith(".length > 0") and e.binds == LESS:
            return E(e.text[: -len(" > 0")] + " === 0", BOOL, EQUAL)
        return E(f"!{e.at(UNARY)}", BOOL, UNARY)

    def bool_op(self, node):
        parts, env = [], self.env
        self.env = dict(env)
        for value in node.values:
            parts.append(self.truth(value))
            self.narrow(value, isinstance(node.op, ast.And))
        self.env = env
        binds = AND if isinstance(node.op, ast.And) else OR
        return E((" && " if binds is AND else " || ").join(p.at(binds if binds is AND else OR) for p in parts), BOOL, binds)

    def visit_BoolOp(self, node):
        kinds = [self.quiet(v).kind for v in node.values]
        if all(root(k) is BOOL for k in kinds):
            return self.bool_op(node)
        if len(node.values) != 2:
            raise Untranslatable("and/or of three values that are no bools")
        a, b = (self.expr(v) for v in node.values)
        kind = join(without(a.kind, NONE) if isinstance(node.op, ast.Or) else a.kind, b.kind)
        if isinstance(node.op, ast.Or):
            if may_be(a.kind, NONE) and is_a(without(a.kind, NONE), List, Tuple, Dict, Set, Object, Lib, Tensor):
                return E(f"{a.at(OR + 1)} ?? {b.at(OR + 1)}", kind, OR)
            if is_a(a.kind, *NUMERIC, STR, NONE, ANY, NOTHING, Object, Lib):
                return E(f"{a.at(OR + 1)} || {b.at(OR + 1)}", kind, OR)
        elif is_a(a.kind, *NUMERIC, STR, NONE, ANY, NOTHING, Object, Lib):
            return E(f"{a.at(AND)} && {b.at(AND)}", kind, AND)
        condition = self.truth(node.values[0])
        first, second = (a, b) if isinstance(node.op, ast.Or) else (b, a)
        return E(f"{condition.at(CHOICE + 1)} ? {first.at(CHOICE)} : {second.at(CHOICE)}", kind, CHOICE)

    # ---- comparisons

    def visit_Compare(self, node):
        return self.compare(node.left, node.ops, node.comparators)

    def compare(self, left, ops, rights):
        parts = []
        for op, right in zip(ops, rights):
            parts.append(self.comparison(op, left, right))
            left = right
        if len(parts) == 1:
            return parts[0]
        if any(is_a(p.kind, Tensor) for p in parts):
            raise Untranslatable("a chain of comparisons of tensors")
        return E(" && ".join(p.at(AND) for p in parts), BOOL, AND)

    def comparison(self, op, left, right):
        asked = self.argument_asked(left, right) if isinstance(op, (ast.In, ast.NotIn)) else None
        if asked is not None:
            return E("true" if asked == isinstance(op, ast.In) else "false", BOOL)
        if isinstance(op, (ast.Is, ast.IsNot)):
            self.takes_null.add(id(left))
        a, b = self.expr(left), self.expr(right)
        if isinstance(op, (ast.Is, ast.IsNot)) or isinstance(right, ast.Constant) and right.value is None and isinstance(op, (ast.Eq, ast.NotEq)):
            sign = "===" if isinstance(op, (ast.Is, ast.Eq)) else "!=="
            return E(f"{a.at(EQUAL + 1)} {sign} {b.at(EQUAL + 1)}", BOOL, EQUAL)
        if isinstance(op, (ast.In, ast.NotIn)):
            return self.contained(a, b, isinstance(op, ast.NotIn), left)
        ka, kb = root(a.kind), root(b.kind)
        name = COMPARISONS[type(op)]
        if is_a(ka, Tensor) and kb is not NONE:
            return E(f"{a.object}.{name}({b.text if is_a(kb, Tensor) else self.number_for(b, a)})", B)
        if is_a(kb, Tensor) and not may_be(ka, STR, NONE):
            return E(f"{b.object}.{MIRRORED[name]}({a.text})", B)
        if isinstance(op, (ast.Eq, ast.NotEq)):
            if isinstance(ka, Object) and ka.info.method("__eq__") is not None:
                method = ka.info.method("__eq__")
                return E(("" if name == "eq" else "!") + f"{a.object}.__eq__({b.text})", method.call([b.kind], {}), ATOM if name == "eq" else UNARY)
            by_fields = isinstance(ka, Object) and ka.info.is_data
            if by_fields or may_be(ka, List, Tuple, SIZE, Dict, Set) or may_be(kb, List, Tuple, SIZE, Dict, Set) or str(getattr(ka, "name", "")) == "device":
                note_shown(ka)
                note_shown(kb)
                text = f"{self.helper('equals')}({a.text}, {b.text})"
                return E(text, BOOL) if name == "eq" else E("!" + text, BOOL, UNARY)
            if ka is BOOL and kb in NUMBERS or kb is BOOL and ka in NUMBERS:
                return E(f"Number({a.text}) {SIGNS[type(op)]} Number({b.text})", BOOL, EQUAL)
            return E(f"{a.at(EQUAL + 1)} {SIGNS[type(op)]} {b.at(EQUAL + 1)}", BOOL, EQUAL)
        if is_a(ka, List, Tuple) or is_a(kb, List, Tuple):
            raise Untranslatable("an order of lists or tuples")
        if isinstance(ka, Object) and ka.info.method(f"__{name}__") is not None:
            return E(f"{a.object}.__{name}__({b.text})", ka.info.method(f"__{name}__").call([b.kind], {}))
        return E(f"{a.at(LESS + 1)} {SIGNS[type(op)]} {b.at(LESS + 1)}", BOOL, LESS)

    def argument_asked(self, left, right):
        """'fused' in inspect.signature(torch.optim.AdamW).parameters: the signature is known here."""
        if not (isinstance(right, ast.Attribute) and right.attr == "parameters" and isinstance(right.value, ast.Call) and isinstance(left, ast.Constant)):
            return None
        if self.quiet_path(right.value.func) != "inspect.signature":
            return None
        path = self.quiet_path(right.value.args[0])
        text = self.library.signature(path) if path else ""
        return re.search(rf"\b{left.value}=?", text.partition("->")[0]) is not None if text else None

    def contained(self, a, b, negated, left):
        kind = root(b.kind)
        sign = "!" if negated else ""
        binds = UNARY if negated else ATOM
        if is_a(kind, STR):
            return E(f"{sign}{b.object}.includes({a.text})", BOOL, binds)
        if is_a(kind, Set):
            return E(f"{sign}{b.object}.has({a.text})", BOOL, binds)
        if is_a(kind, Dict):
            if kind.is_map:
                return E(f"{sign}{b.object}.has({a.text})", BOOL, binds)
            return E(f"!({a.at(LESS + 1)} in {b.at(LESS + 1)})", BOOL, UNARY) if negated else E(f"{a.at(LESS + 1)} in {b.at(LESS + 1)}", BOOL, LESS)
        if is_a(kind, List, Tuple, SIZE):
            if is_a(a.kind, Tuple, List) or isinstance(root(a.kind), Object) and root(a.kind).info.is_data:
                note_shown(a.kind)
                text = f"{b.object}.some((x) => {self.helper('equals')}(x, {a.text}))"
                return E(sign + text, BOOL, binds)
            items = b.text
            if isinstance(kind, Tuple) and b.is_literal or not same(a.kind, self.element(kind)) and not (a.kind in NUMBERS):
                items = f"({b.text} as {self.ts(join(self.element(kind), a.kind)) or 'unknown'}[])" if " | " not in self.ts(join(self.element(kind), a.kind)) else f"({b.text} as unknown[])"
                return E(f"{sign}{items}.includes({a.text})", BOOL, binds)
            return E(f"{sign}{b.object}.includes({a.text})", BOOL, binds)
        if isinstance(kind, Lib) and kind.path == "torch.nn.StateDict":
            return E(f"{sign}{b.object}.has({a.text})", BOOL, binds)
        if isinstance(kind, Lib) and kind.path in ("torch.nn.ModuleDict", "torch.nn.ParameterDict"):
            return E(f"{sign}{b.object}.has({a.text})", BOOL, binds)
        if isinstance(kind, Iter):
            return E(f"{sign}[...{b.text}].includes({a.text})", BOOL, binds)
        if is_a(kind, Tensor):
            return E(f"{sign}{b.object}.eq({a.text}).any().item()", BOOL, binds)
        if isinstance(kind, Object) and kind.info.method("__contains__"):
            return E(f"{sign}{b.object}.__contains__({a.text})", BOOL, binds)
        return E(f"!({a.text} in {b.text})", BOOL, UNARY) if negated else E(f"{a.at(LESS + 1)} in {b.at(LESS + 1)}", BOOL, LESS)
