"""Text: f-strings, %, str.format, print, and how Python writes values."""

import ast
import re
import string

from .kinds import ANY, BOOL, COUNT, DEVICE, DTYPE, FLOAT, INT, INTS, Lib, List, NONE, NOTHING, Object, SIZE, STR, Tensor, Tuple, is_a, may_be, note_shown, print_type, root
from .text import ATOM, E, PLUS, Untranslatable, quoted, template_part


class Strings:
    def plain(self, e):
        """Text that `${…}` and console.log write as Python does, or None."""
        kind = root(e.kind)
        if is_a(kind, STR, COUNT, INT, DTYPE, SIZE) or isinstance(kind, Tensor) and kind is not None:
            return e.text
        if isinstance(kind, Object) and (kind.info.is_module or kind.info.has_text):
            note_shown(kind)
            return e.text
        if isinstance(kind, Lib) and kind.path.startswith("torch.nn."):
            return e.text
        return None

    def shown(self, e, as_text=True):
        """A call that gives the text of any value, as str() does."""
        kind = root(e.kind)
        note_shown(kind)
        if isinstance(kind, Lib) and kind.path == "exception":
            return f"({e.text} as Error).message"
        if is_a(kind, STR):
            return e.text
        how = written_type(e)
        name = "str" if may_be(kind, STR, ANY, NOTHING, Object, Lib) else "repr"
        return f"{self.helper(name)}({e.text}{f', {quoted(how)}' if how else ''})"

    def hole(self, e):
        """What stands in a template for {e}."""
        kind = root(e.kind)
        if isinstance(kind, Tensor):
            return f"{self.helper('format')}({e.text})"
        plain = self.plain(e)
        return plain if plain is not None else self.shown(e)

    def visit_JoinedStr(self, node):
        return self.template(self.parts_of(node))

    def parts_of(self, node):
        parts = []
        for value in node.values:
            if isinstance(value, ast.Constant):
                parts.append(value.value)
                continue
            e = self.expr(value.value)
            if value.conversion in (114, 97):  # !r, !a
                e = E(self.repr_of(e), STR)
            elif value.conversion == 115:
                e = E(self.shown(e), STR)
            if value.format_spec is None:
                parts.append((self.hole(e),))
                continue
            spec = self.parts_of(value.format_spec)
            if all(isinstance(p, str) for p in spec):
                parts.append((self.formatted(e, "".join(spec)),))
            else:
                parts.append((f"{self.helper('format')}({self.for_format(e)}, {self.template(spec).text})",))
        return parts

    def for_format(self, e):
        kind = root(e.kind)
        if is_a(kind, Tensor):
            return f"{e.object}.item()"
        if kind is BOOL:
            return f"Number({e.text})"
        return e.text

    def formatted(self, e, spec):
        """{e:spec}"""
        kind = root(e.kind)
        if not spec:
            return self.hole(e)
        if isinstance(kind, (List, Tuple)) or kind is NONE:
            raise Untranslatable("a format of a list or None")
        if is_a(kind, *INTS) and re.fullmatch(r"d", spec):
            return e.text
        if may_be(kind, SIZE, DTYPE, DEVICE) or isinstance(kind, (Object, Lib)):
            return f"{self.helper('format')}(String({e.text}), {quoted(spec)})"
        bare = re.fullmatch(r"[<>^=+\- ]?[<>^+\- ]?0?\d*,?", spec) is not None
        how = ', "float"' if is_a(kind, FLOAT) and bare else ""
        return f"{self.helper('format')}({self.for_format(e)}, {quoted(spec)}{how})"

    def template(self, parts):
        if not any(isinstance(p, tuple) for p in parts):
            return E(quoted("".join(parts)), STR, ATOM, True)
        text = "".join(template_part(p) if isinstance(p, str) else "${" + p[0] + "}" for p in parts)
        return E(f"`{text}`", STR, ATOM)

    def percent(self, text, right):
        """'…%d…' % right"""
        if isinstance(right, ast.Tuple):
            values = [self.expr(v) for v in right.elts]
        else:
            e = self.expr(right)
            if isinstance(root(e.kind), Tuple):
                if not isinstance(right, ast.Name):
                    raise Untranslatable("% with a tuple that is not written out")
                values = [E(f"{e.object}[{i}]", k) for i, k in enumerate(root(e.kind).of)]
            elif isinstance(root(e.kind), (List,)) and root(e.kind).word == "tuple":
                raise Untranslatable("% with a tuple that is not written out")
            else:
                values = [e]
        parts, at = [], 0
        pieces = re.split(r"(%(?:\(\w+\))?[-+ #0]*(?:\d+|\*)?(?:\.\d+)?[a-zA-Z%])", text)
        for piece in pieces:
            if not piece.startswith("%"):
                parts.append(piece)
                continue
            if piece == "%%":
                parts.append("%")
                continue
            m = re.fullmatch(r"%(\(\w+\))?([-+ #0]*)(\d*)(\.\d+)?([a-zA-Z])", piece)
            if m is None or m[1] or at >= len(values):
                raise Untranslatable(f"{piece} in a text")
            e, (flags, width, precision, letter) = values[at], m.group(2, 3, 4, 5)
            at += 1
            parts.append((self.percent_hole(e, flags, width, precision or "", letter),))
        if at != len(values):
            raise Untranslatable("% with more values than places")
        return self.template(parts)

    def percent_hole(self, e, flags, width, precision, letter):
        kind = root(e.kind)
        align = "<" if "-" in flags else ""
        sign = "+" if "+" in flags else ""
        zero = "0" if "0" in flags and "-" not in flags else ""
        if letter in "sr":
            text = (self.plain(e) if letter == "s" else None) or (self.shown(e) if letter == "s" else self.repr_of(e))
            if not width and not precision:
                return text
            return f"{self.helper('format')}({text if is_a(kind, STR) or letter == 'r' or text != e.text else f'String({text})'}, {quoted((align or '>') + width + precision)})"
        if letter in "diu":
            value = e.text if is_a(kind, *INTS) else f"Math.trunc({self.for_format(e)})"
            if is_a(kind, BOOL):
                value = f"Number({e.text})"
            return value if not (width or sign) else f"{self.helper('format')}({value}, {quoted((align or '') + sign + zero + width + 'd')})"
        if letter in "feEgGF":
            return f"{self.helper('format')}({self.for_format(e)}, {quoted(align + sign + zero + width + precision + letter)})"
        if letter in "xXo":
            return f"{self.helper('format')}({self.for_format(e)}, {quoted(align + zero + width + letter)})"
        raise Untranslatable(f"%{letter} in a text")

    def format_call(self, text, node):
        """'…{}…'.format(…)"""
        if any(isinstance(a, ast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords):
            raise Untranslatable("format with * or **")
        values = [self.expr(a) for a in node.args]
        named = {k.arg: self.expr(k.value) for k in node.keywords}
        parts, count = [], 0
        for literal, field, spec, conversion in string.Formatter().parse(text):
            parts.append(literal)
            if field is None:
                continue
            name = re.match(r"\w*", field)[0]
            if name == "":
                e, count = values[count], count + 1
            else:
                e = values[int(name)] if name.isdigit() else named[name]
            rest = field[len(name) :]
            if rest:
                code = ast.parse(f"x{rest}", mode="eval").body
                if isinstance(code, ast.Attribute):
                    e = self.attribute(e, code.attr, code)
                elif isinstance(code, ast.Subscript) and isinstance(code.slice, ast.Constant):
                    e = self.item(e, E(str(code.slice.value), COUNT), self.element(e.kind), code.slice)
                else:
                    raise Untranslatable(f"{{{field}}} in a text")
            if conversion == "r":
                e = E(self.repr_of(e), STR)
            if "{" in (spec or ""):
                raise Untranslatable("a width that is given in a text")
            parts.append((self.formatted(e, spec or ""),))
        return self.template(parts)

    def repr_of(self, e):
        note_shown(e.kind)
        how = written_type(e)
        if isinstance(root(e.kind), Object):
            return f"String({e.text})"
        return f"{self.helper('repr')}({e.text}{f', {quoted(how)}' if how else ''})"

    def print_call(self, node):
        keywords = {k.arg: k.value for k in node.keywords}
        end = keywords.pop("end", None)
        sep = keywords.pop("sep", None)
        keywords.pop("flush", None)
        if "file" in keywords:
            target = ast.unparse(keywords.pop("file"))
            if target != "sys.stderr":
                raise Untranslatable("print to a file")
            return E(f"console.error({self.line(node, ' ').text})", NONE)
        if keywords:
            raise Untranslatable(f"print with {', '.join(map(str, keywords))}")
        separator = " "
        if sep is not None:
            if not (isinstance(sep, ast.Constant) and isinstance(sep.value, str)):
                raise Untranslatable("print with a sep that is not written out")
            separator = sep.value
        if end is None:
            return self.logged(node, separator)
        line = self.line(node, separator)
        ending = self.expr(end)
        if ending.is_literal and isinstance(end, ast.Constant):
            text = self.template([*line.parts, end.value] if hasattr(line, "parts") else [(line.text,), end.value] if line.text != '""' else [end.value])
            text = E(line.text[:-1] + template_part(end.value) + "`", STR) if line.text.startswith("`") else text
        else:
            text = E(f"{line.at(PLUS)} + {ending.at(PLUS)}", STR)
        return E(f"process.stdout.write({text.text})", NONE)

    def line(self, node, separator):
        if any(isinstance(a, ast.Starred) for a in node.args):
            if len(node.args) == 1:
                e = self.expr(node.args[0].value)
                how = print_type(self.element(e.kind))
                one = "String(x)" if not how and is_a(self.element(e.kind), *INTS, STR, Tensor) else f"{self.helper('str')}(x{f', {quoted(how)}' if how else ''})"
                return E(f"Array.from({self.iterable(e)}, (x) => {one}).join({quoted(separator)})", STR)
            raise Untranslatable("print with *")
        parts = []
        for i, a in enumerate(node.args):
            if i:
                parts.append(separator)
            e = self.argument(a)
            if isinstance(a, ast.Constant) and isinstance(a.value, str):
                parts.append(a.value)
            elif e.text.startswith("`"):
                parts.extend(self.parts_again(a))
            else:
                parts.append((self.plain(e) or self.shown(e),))
        return self.template(parts)

    def parts_again(self, a):
        if isinstance(a, ast.JoinedStr):
            return self.parts_of(a)
        return [(self.expr(a).text,)]

    def argument(self, a):
        self.takes_null.add(id(a))
        return self.expr(a)

    def logged_text(self, e):
        """What console.log writes as Python does, or None: of a class's object it shows the fields, and not its text."""
        kind, text = root(e.kind), self.plain(e)
        return f"String({text})" if isinstance(kind, Object) and kind.info.has_text and text is not None else text

    def logged(self, node, separator):
        """print(…) as console.log(…)."""
        if not node.args:
            return E("console.log()", NONE)
        if separator == " " and not any(isinstance(a, ast.Starred) for a in node.args):
            given = [self.argument(a) for a in node.args]
            texts = [self.logged_text(e) for e in given]
            if len(given) == 1 and texts[0] is None and not is_a(given[0].kind, STR):
                return E(f"console.log({self.shown(given[0])})", NONE)
            first_is_safe = len(given) == 1 or not is_a(given[0].kind, STR) or given[0].is_literal and "%" not in given[0].text
            kinds_are_safe = all(is_a(e.kind, STR) or is_a(e.kind, *INTS) or isinstance(root(e.kind), (Tensor, Object, Lib)) or is_a(e.kind, SIZE) or texts[i] is None for i, e in enumerate(given))
            if first_is_safe and kinds_are_safe:
                return E(f"console.log({', '.join(t if t is not None else self.shown(e) for t, e in zip(texts, given))})", NONE)
        return E(f"console.log({self.line(node, separator).text})", NONE)


def written_type(e):
    """The type as `repr` takes it; of a list that is written out, [1.0, 2], that of each item."""
    kinds = [print_type(k) for k in e.items]
    if len(set(kinds)) > 1 and isinstance(root(e.kind), List) and root(e.kind).word == "list":
        return f"list[{', '.join(k or 'int' for k in kinds)}]"
    return print_type(e.kind)
