"""Filter expressions of SCIM (RFC 7644 section 3.4.2.2) and OData 4.01 (Part 2, section 5.1.1).

`userName eq "ada" and emails[type eq "work"]`, `contains(name,'a') or price gt 5`. Texts in double quotes, as SCIM
writes them, are compared without regard to case.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from mockserver.errors import Fault, Invalid
from mockserver.handlers.lists.ranges import is_within

Test = Callable[[Any], bool]
"""Says of an item, or of a value in it, if it is selected."""

LONGEST = 4_096
"""The longest expression, in characters."""

DEEPEST = 32
"""How many parentheses may be inside of each other."""

TOKEN = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[()\[\],]|[!<>]?=|[<>]|[^\s()\[\],"'=<>!]+)""")

SYMBOLS = {"=": "eq", "!=": "ne", ">": "gt", ">=": "ge", "<": "lt", "<=": "le"}
"""The operators of AIP-160 filters, as the other languages call them."""

BOUNDS = {"gt": "above", "ge": "at-least", "lt": "below", "le": "at-most"}

OPERATORS = "eq, ne, gt, ge, lt, le, co, sw, ew, pr, in"

PARTS: dict[str, Callable[[str, str], bool]] = {
    "co": lambda text, part: part in text,
    "contains": lambda text, part: part in text,
    "sw": str.startswith,
    "startswith": str.startswith,
    "ew": str.endswith,
    "endswith": str.endswith,
}
"""Operators and functions about a part of a text."""

WORDS = {"true": True, "false": False, "null": None}


class FilterLiteral(NamedTuple):
    """A value in an expression, and whether texts are compared without regard to case."""

    value: Any
    any_case: bool = False


def selects(parameter: str, text: str) -> Test:
    """The test of an expression that a parameter has. Raises Invalid for one that cannot be read."""
    return readable(parameter, text, _compiled)


def readable(parameter: str, text: str, compiled: Callable[[str], Test]) -> Test:
    """The test that `compiled` makes of the value of a parameter; its ValueError becomes Invalid."""
    try:
        return compiled(text)
    except ValueError as fault:
        message = f"{parameter}: {fault}"
        raise Invalid(message, faults=(Fault("query", (parameter,), message, "filter"),)) from None


@lru_cache(maxsize=256)
def _compiled(text: str) -> Test:
    if len(text) > LONGEST:
        raise ValueError(f"an expression may have {LONGEST} characters")
    reader = _ExpressionReader(text)
    test = reader.either()
    if reader.next:
        raise ValueError(f"{reader.next!r} is not expected here")
    return test


class _ExpressionReader:
    """Reads an expression from left to right; `next` is the token that comes next, empty at the end."""

    def __init__(self, text: str) -> None:
        self._tokens: Iterator[str] = self._split(text)
        self._depth = 0
        self.next = next(self._tokens, "")

    @staticmethod
    def _split(text: str) -> Iterator[str]:
        position, end = 0, len(text.rstrip())
        while position < end:
            found = TOKEN.match(text, position)
            if found is None:
                raise ValueError(f"{text[position : position + 20]!r} cannot be read")
            position = found.end()
            yield found[1]

    def _take(self, expected: str = "") -> str:
        taken = self.next
        if not taken or (expected and taken != expected):
            raise ValueError(f"{expected or 'more'!r} is expected {f'before {taken!r}' if taken else 'at the end'}")
        self.next = next(self._tokens, "")
        return taken

    def either(self) -> Test:
        """Tests that are joined by `or`."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise ValueError(f"more than {DEEPEST} parentheses are inside of each other")
        tests = [self._all()]
        while self.next.lower() == "or":
            self._take()
            tests.append(self._all())
        self._depth -= 1
        return tests[0] if len(tests) == 1 else lambda item: any(test(item) for test in tests)

    def _all(self) -> Test:
        tests = [self._one()]
        while self.next.lower() == "and":
            self._take()
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else lambda item: all(test(item) for test in tests)

    def _one(self) -> Test:
        if self.next.lower() == "not":
            self._take()
            self._take("(")
            inner = self.either()
            self._take(")")
            return lambda item: not inner(item)
        if self.next == "(":
            return self._inside("(", ")")
        name = self._take()
        if self.next == "(":
            return self._function(name.lower())
        path = _steps(name)
        return self._of_entry(path) if self.next == "[" else self._comparison(path)

    def _inside(self, begin: str, end: str) -> Test:
        self._take(begin)
        inner = self.either()
        self._take(end)
        return inner

    def _function(self, name: str) -> Test:
        if name.endswith(("/any", "/all")):
            raise ValueError(f"{name} is not supported: no test of each value in a list can be made")
        if name not in PARTS:
            raise ValueError(f"the function {name!r} is not known; there are: contains, startswith, endswith")
        self._take("(")
        path = _steps(self._take())
        self._take(",")
        test = _part(path, name, self._literal())
        self._take(")")
        if self.next.lower() == "eq":
            self._take()
            wanted = self._literal().value
            return lambda item: test(item) is wanted
        return test

    def _of_entry(self, path: tuple[str, ...]) -> Test:
        """`emails[type eq "work"]`: an entry of a list fits; with `.value eq "x"` behind it, by this as well."""
        inner = self._inside("[", "]")
        after = self._comparison(_steps(self._take()[1:])) if self.next.startswith(".") else lambda entry: True
        return lambda item: any(inner(entry) and after(entry) for entry in _at(item, path))

    def _comparison(self, path: tuple[str, ...]) -> Test:
        operator = self._take().lower()
        operator = SYMBOLS.get(operator, operator)
        if operator == "pr":
            return lambda item: any(value not in (None, "", []) for value in _at(item, path))
        if operator == "in":
            return self._among(path)
        literal = self._literal()
        if operator in ("eq", "ne"):
            is_wanted = operator == "eq"
            return lambda item: any(_equal(value, literal) for value in _shown(item, path)) is is_wanted
        if operator in PARTS:
            return _part(path, operator, literal)
        if operator in BOUNDS:
            bound = BOUNDS[operator]
            return lambda item: any(_ordered(value, bound, literal) for value in _at(item, path))
        raise ValueError(
            f"the operator {operator!r} is not known; there are: eq, ne, gt, ge, lt, le, co, sw, ew, pr, in"
        )

    def _among(self, path: tuple[str, ...]) -> Test:
        self._take("(")
        literals = [self._literal()]
        while self.next == ",":
            self._take()
            literals.append(self._literal())
        self._take(")")
        return lambda item: any(_equal(value, literal) for value in _at(item, path) for literal in literals)

    def _literal(self) -> FilterLiteral:
        token = self._take()
        if token.startswith('"'):
            return FilterLiteral(re.sub(r"\\(.)", r"\1", token[1:-1]), any_case=True)
        if token.startswith("'"):
            return FilterLiteral(token[1:-1].replace("''", "'"))
        if token.lower() in WORDS:
            return FilterLiteral(WORDS[token.lower()])
        try:
            return FilterLiteral(int(token) if token.lstrip("-").isdecimal() else float(token))
        except ValueError:
            return FilterLiteral(token, any_case=True)  # a time or a GUID of OData has no quotes


def _steps(name: str) -> tuple[str, ...]:
    """`name.familyName`, `address/city` or `urn:…:User:userName` as the names of properties, in lower case."""
    return tuple(step for step in re.split(r"[./]", name.rpartition(":")[2].lower()) if step)


def _at(value: Any, steps: tuple[str, ...]) -> Iterator[Any]:
    """The values at a path, of each entry of a list; upper and lower case are one."""
    if isinstance(value, list):
        for entry in value:
            yield from _at(entry, steps)
    elif not steps:
        yield value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if name.lower() == steps[0]:
                yield from _at(inner, steps[1:])


def _shown(item: Any, steps: tuple[str, ...]) -> list[Any]:
    """The values at a path; null where there is none."""
    return list(_at(item, steps)) or [None]


def _text(value: Any, literal: FilterLiteral) -> str | None:
    """A text as it is compared. Of a value in a list of SCIM, its property `value` is compared."""
    inner = value.get("value") if isinstance(value, Mapping) else value
    if not isinstance(inner, str):
        return None
    return inner.casefold() if literal.any_case else inner


def _equal(value: Any, literal: FilterLiteral) -> bool:
    text = _text(value, literal)
    if text is not None and isinstance(literal.value, str):
        return text == _text(literal.value, literal)
    return (type(value) is type(literal.value) and bool(value == literal.value)) or _same_number(value, literal.value)


def _same_number(value: Any, other: Any) -> bool:
    numbers = isinstance(value, int | float) and isinstance(other, int | float)
    return numbers and not isinstance(value, bool) and not isinstance(other, bool) and value == other


def _ordered(value: Any, bound: str, literal: FilterLiteral) -> bool:
    if is_within(value, "at-least", literal.value) or is_within(value, "at-most", literal.value):
        return is_within(value, bound, literal.value)  # numbers, or times
    text, other = _text(value, literal), _text(literal.value, literal)
    return text is not None and other is not None and ORDER[bound](text, other)


ORDER: dict[str, Callable[[str, str], bool]] = {
    "above": str.__gt__,
    "at-least": str.__ge__,
    "below": str.__lt__,
    "at-most": str.__le__,
}
"""How texts that are no times are compared."""


def _part(path: tuple[str, ...], name: str, literal: FilterLiteral) -> Test:
    wanted = _text(str(literal.value), literal) or ""
    texts = PARTS[name]
    return lambda item: any(
        (text := _text(value, literal)) is not None and texts(text, wanted) for value in _at(item, path)
    )
