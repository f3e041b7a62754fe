"""Simple conditions of Arazzo (1.0.1 section 4.6.11): literals, operators and runtime expressions.

or = and *("||" and)      and = comparison *("&&" comparison)
comparison = operand [("==" / "!=" / "<" / "<=" / ">" / ">=") operand]
operand = "!" operand / "(" or ")" / literal / expression
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from contracts.arazzo.expressions import Reading, compiled

LONGEST = 10_000
"""The longest condition, in characters."""

DEEPEST = 100
"""How deeply parentheses and `!` may be nested."""

TOKEN = re.compile(
    r"""\s*(?:
    (?P<operator>==|!=|<=|>=|&&|\|\||[<>!()])
    | (?P<text>'(?:[^']|'')*'|"[^"]*")
    | (?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])
    | \{(?P<braced>\$[^{}]*)\}
    | (?P<expression>\$(?:(?!==|!=|&&|\|\|)[^\s()<>])+)
    | (?P<word>\w+)
    )""",
    re.VERBOSE,
)

WORDS: Mapping[str, Any] = {"true": True, "false": False, "null": None}

ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

Token = tuple[str, str]
"""What a token is, a group of TOKEN, and its text."""


class BadCondition(Exception):
    """A condition that cannot be read; the text says where."""


class SimpleCondition(NamedTuple):
    """A compiled condition. `operands` are the expressions in it as they are written."""

    read: Reading
    operands: tuple[str, ...]


@lru_cache(maxsize=4096)
def simple_condition(text: str) -> SimpleCondition:
    """The condition in a text. Raises BadCondition or BadExpression."""
    text = text.strip()
    inner = text[1:-1] if text.startswith("{$") and text.endswith("}") and text.count("{") == 1 else text
    if len(text) > LONGEST:
        raise BadCondition(f"the condition is longer than {LONGEST:,} characters")
    return _Parser(_tokens(inner)).condition()


def _tokens(text: str) -> list[Token]:
    found, at = [], 0
    text = text.rstrip()
    while at < len(text):
        token = TOKEN.match(text, at)
        if token is None or token.lastgroup is None:
            raise BadCondition(f"cannot read {text[at:].strip()[:40]!r}; texts are in single quotes: 'available'")
        kind = "expression" if token.lastgroup == "braced" else token.lastgroup
        found.append((kind, token[token.lastgroup]))
        at = token.end()
    return found


class _Parser:
    """Reads tokens by recursive descent."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens, self._at, self._depth, self._operands = tokens, 0, 0, []  # type: list[Token], int, int, list[str]

    def condition(self) -> SimpleCondition:
        read = self._or()
        if self._at < len(self._tokens):
            raise BadCondition(f"{self._tokens[self._at][1]!r} is one too many; join conditions by && or ||")
        return SimpleCondition(read, tuple(dict.fromkeys(self._operands)))

    def _next(self, *operators: str) -> str:
        """The next token if it is one of these operators, else an empty text."""
        if self._at < len(self._tokens) and self._tokens[self._at] in [("operator", each) for each in operators]:
            self._at += 1
            return self._tokens[self._at - 1][1]
        return ""

    def _or(self) -> Reading:
        parts = [self._and()]
        while self._next("||"):
            parts.append(self._and())
        return parts[0] if len(parts) == 1 else lambda scope: any(is_true(read(scope)) for read in parts)

    def _and(self) -> Reading:
        parts = [self._comparison()]
        while self._next("&&"):
            parts.append(self._comparison())
        return parts[0] if len(parts) == 1 else lambda scope: all(is_true(read(scope)) for read in parts)

    def _comparison(self) -> Reading:
        left = self._operand()
        if sign := self._next("==", "!=", *ORDERS):
            right = self._operand()
            return lambda scope: compare(left(scope), sign, right(scope))
        return left

    def _operand(self) -> Reading:
        self._depth += 1
        if self._depth > DEEPEST:
            raise BadCondition(f"the condition is nested deeper than {DEEPEST} levels")
        try:
            return self._nested()
        finally:
            self._depth -= 1

    def _nested(self) -> Reading:
        if self._next("!"):
            inner = self._operand()
            return lambda scope: not is_true(inner(scope))
        if self._next("("):
            inner = self._or()
            if not self._next(")"):
                raise BadCondition("a closing parenthesis is missing")
            return inner
        return self._value()

    def _value(self) -> Reading:
        if self._at >= len(self._tokens):
            raise BadCondition("the condition ends too early")
        kind, text = self._tokens[self._at]
        self._at += 1
        if kind == "expression":
            self._operands.append(text)
            return compiled(text)
        value = _literal(kind, text)
        return lambda scope: value


def _literal(kind: str, text: str) -> Any:
    if kind == "text":
        return text[1:-1].replace("''", "'") if text[0] == "'" else text[1:-1]
    if kind == "number":
        return float(text) if set(text) & set(".eE") else int(text)
    if kind == "word" and text in WORDS:
        return WORDS[text]
    raise BadCondition(f"{text!r} is no value; texts are in single quotes: '{text if kind == 'word' else 'text'}'")


def is_true(value: Any) -> bool:
    """Does a value alone meet a condition? Null, false, zero and an empty text do not."""
    return bool(value)


def compare(left: Any, sign: str, right: Any) -> bool:
    """A loose comparison: texts without case, a text with a number as number; null equals only null."""
    left, right = _alike(left, right)
    if sign in ("==", "!="):
        return (left == right and isinstance(left, bool) == isinstance(right, bool)) == (sign == "==")
    is_ordered = (_is_number(left) and _is_number(right)) or (isinstance(left, str) and isinstance(right, str))
    return is_ordered and ORDERS[sign](left, right)


def _alike(left: Any, right: Any) -> tuple[Any, Any]:
    if isinstance(left, str) and isinstance(right, str):
        return left.casefold(), right.casefold()
    if isinstance(left, str):
        return _like(left, right), right
    return (left, _like(right, left)) if isinstance(right, str) else (left, right)


def _like(text: str, other: Any) -> Any:
    """A text as the type of what it is compared with, if it can be read so."""
    if isinstance(other, bool):
        return WORDS.get(text.casefold(), text)
    try:
        return float(text) if _is_number(other) else text
    except ValueError:
        return text


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
