"""Pieces of TypeScript: expressions with how tightly they bind, names, literals."""

import inspect
import json
import re

ATOM, UNARY, POWER, TIMES, PLUS, SHIFT, LESS, EQUAL, BIT, AND, OR, CHOICE, ASSIGN = 20, 15, 14, 13, 12, 11, 10, 9, 8, 5, 4, 3, 2

RESERVED = set(
    """arguments await break case catch const continue debugger default delete do else enum eval export extends false finally for
    function if implements import in instanceof interface let new null package private protected public return static super switch
    this throw true try typeof undefined var void while with yield""".split()
)
# Names that the output itself uses.
TAKEN = set("torch nn Math Array Object Number String Boolean Set Map Error console process performance Date JSON Infinity NaN BigInt Promise Symbol Record Iterable".split())


class Untranslatable(Exception):
    """What the translator cannot say in TypeScript, and why."""


class E:
    """An expression: its text, its kind, how tightly it binds."""

    __slots__ = ("text", "kind", "binds", "is_literal", "items")

    def __init__(self, text, kind, binds=ATOM, is_literal=False):
        self.text, self.kind, self.binds, self.is_literal = text, kind, binds, is_literal
        self.items = ()  # of a list that is written out: the kind of each

    def at(self, binds):
        """The text for a place that needs this much."""
        return self.text if self.binds >= binds else f"({self.text})"

    @property
    def object(self):
        """The text in front of a dot."""
        if self.is_literal and re.fullmatch(r"\d+", self.text) or self.text.startswith("new ") and not self.text.endswith(")"):
            return f"({self.text})"
        return self.at(ATOM)


def name_of(python):
    return python + "_" if python in RESERVED or python in TAKEN else python


def quoted(text):
    return json.dumps(text, ensure_ascii=False).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def template_part(text):
    """Text between the holes of a template."""
    return json.dumps(text, ensure_ascii=False)[1:-1].replace('\\"', '"').replace("`", "\\`").replace("${", "\\${")


def key_of(text):
    return text if re.fullmatch(r"[A-Za-z_$][\w$]*", text) else quoted(text)


def number(value):
    if isinstance(value, float):
        if value != value:
            return "NaN"
        if value in (float("inf"), float("-inf")):
            return "Infinity" if value > 0 else "-Infinity"
        text = repr(value)
        if text.endswith(".0"):
            text = text[:-2]
        return re.sub(r"e([+-])0*(\d)", lambda m: f"e{'-' if m[1] == '-' else ''}{m[2]}", text)
    return str(value)


def options(pairs):
    """An object of these texts, {a: 1} as `{ a: 1 }`, and `{ a }` for {a: a}."""
    return "{ " + ", ".join(v if k is None else k if k == v else f"{k}: {v}" for k, v in pairs) + " }"


def indent(lines):
    return [f"  {line}" if line else line for line in lines]


def comment(text, opening="/*"):
    lines = inspect.cleandoc(text).replace("*/", "* /").split("\n")
    if len(lines) == 1:
        return [f"{opening} {lines[0]} */"] if opening == "/**" else [f"// {lines[0]}"]
    if opening != "/**":
        return [f"// {line}".rstrip() for line in lines]
    return ["/**", *[f" * {line}".rstrip() for line in lines], " */"]
