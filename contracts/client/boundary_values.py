"""Boundary values: values at and just beyond every limit of a schema (JSON Schema Validation section 6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from contracts.client.text_forms import has_form, of_length
from mockserver.openapi.direction_view import Direction
from mockserver.openapi.schemas import Schemas

Keyword = Callable[[str], Any]
"""Returns the value of a keyword of one schema."""

LONGEST = 70_000
"""Texts longer than this are not sent."""

MOST_PROPERTIES = 12
"""So many properties of an object inside of a body get invalid values."""

WRONG_TYPES: dict[str, tuple[Any, ...]] = {
    "string": (12345, {"wrong": "type"}, True),
    "integer": ("twelve", 1.5, [1], True),
    "number": ("twelve", [1], True),
    "boolean": ("yes", 7),
    "array": ("list", {"wrong": "type"}),
    "object": ("object", [1]),
    "null": ("null",),
}
"""Values of a wrong type, by the expected type."""

INVALID_FORMATS: dict[str, tuple[str, ...]] = {
    "date-time": ("yesterday", "2026-02-30T10:00:00Z"),
    "date": ("2026-13-45", "2026-02-30", "2026-01-17T10:30:00Z"),
    "time": ("25:61",),
    "email": ("no-address",),
    "uuid": ("not-a-uuid",),
    "uri": ("no address at all",),
    "ipv4": ("300.1.1.1",),
    "ipv6": ("::zz",),
    "hostname": ("-bad-.example",),
    "uri-reference": ("\\\\",),
}
"""Texts that do not match a format."""


class BoundaryCase(NamedTuple):
    """A value, the keyword that it tests, and whether the schema allows it."""

    keyword: str
    value: Any
    valid: bool


def cases(schemas: Schemas, pointer: str, present: Any, direction: Direction = "request") -> Iterator[BoundaryCase]:
    """Values that test each keyword of the schema at `pointer`, derived from the valid value `present`.

    A value on which the validator does not agree is left out.
    """
    validator = schemas.validator(pointer, direction)
    seen: list[Any] = []
    for case in _tried(schemas, pointer, present):
        mark = (type(case.value).__name__, case.value)
        broken = next((error.kind.name for error in validator.iter_errors(case.value)), None)
        if mark not in seen and (broken is None) is case.valid:
            seen.append(mark)
            yield case if broken is None or "/" in case.keyword else case._replace(keyword=broken)


def _tried(schemas: Schemas, pointer: str, present: Any) -> Iterator[BoundaryCase]:
    types = schemas.types(pointer)
    keyword: Keyword = partial(schemas.keyword, pointer)
    for name in sorted(types):
        yield from (BoundaryCase("type", value, False) for value in WRONG_TYPES[name])
    yield BoundaryCase("type", None, "null" in types or not types)
    yield BoundaryCase("nullable", None, False)
    yield from _texts(keyword, present)
    yield from _numbers(keyword)
    for value in keyword("enum") or ():
        yield BoundaryCase("enum", value, True)
    if keyword("enum"):
        yield BoundaryCase("enum", "contract-check-none-of-these", False)
        yield from (
            BoundaryCase("enum", value.swapcase(), False) for value in keyword("enum")[:1] if isinstance(value, str)
        )
    if "boolean" in types:
        yield from (BoundaryCase("type", value, True) for value in (True, False))
    yield from _arrays(schemas, pointer, present)
    yield from _objects(schemas, pointer, present)


def _texts(keyword: Keyword, present: Any) -> Iterator[BoundaryCase]:
    least, most = keyword("minLength"), keyword("maxLength")
    if isinstance(least, int) and least > 0:
        yield from _of_length("minLength", present, least, valid=True)
        yield from _of_length("minLength", present, least - 1, valid=False)
    if isinstance(most, int) and most < LONGEST:
        yield from _of_length("maxLength", present, most, valid=True)
        yield from _of_length("maxLength", present, most + 1, valid=False)
        if not isinstance(present, str) or not has_form(present):
            yield from (BoundaryCase("maxLength", letter * most, True) for letter in "é🙂")
    if keyword("pattern"):
        for broken in (
            "",
            "!",
            str(present).replace("https://", "http://"),
            str(present)[1:],
            f"!{present}",
            f"{present} !",
            "ftp://x",
            str(present).upper(),
            f"{present}\n",
        ):
            yield BoundaryCase("pattern", broken, False)
    for broken in INVALID_FORMATS.get(keyword("format"), ()):
        yield BoundaryCase("format", broken, False)


def _of_length(keyword: str, present: Any, length: int, *, valid: bool) -> Iterator[BoundaryCase]:
    """A text of a length, of the form of `present`: a URL stays one. Any text will do where none is valid."""
    text = of_length(present, length)
    if text is None and not valid:
        text = "a" * length
    if text is not None:
        yield BoundaryCase(keyword, text, valid)


def _numbers(keyword: Keyword) -> Iterator[BoundaryCase]:
    for name, step in (("minimum", -1), ("maximum", 1)):
        bound = keyword(name)
        if isinstance(bound, int | float) and not isinstance(bound, bool):
            yield BoundaryCase(name, bound, True)
            yield BoundaryCase(name, bound + step, False)
            if bound > 0:
                yield BoundaryCase(name, -bound, False)
    for name, step in (("exclusiveMinimum", 1), ("exclusiveMaximum", -1)):
        bound = keyword(name)
        if isinstance(bound, int | float) and not isinstance(bound, bool):
            yield BoundaryCase(name, bound, False)
            yield BoundaryCase(name, bound + step, True)
    unit = keyword("multipleOf")
    if isinstance(unit, int) and unit > 1:
        yield BoundaryCase("multipleOf", unit * 3, True)
        yield BoundaryCase("multipleOf", unit * 3 + 1, False)


def _arrays(schemas: Schemas, pointer: str, present: Any) -> Iterator[BoundaryCase]:
    if not isinstance(present, list) or not present:
        return
    least, most = schemas.keyword(pointer, "minItems"), schemas.keyword(pointer, "maxItems")
    if isinstance(least, int) and least > 0:
        yield BoundaryCase("minItems", (present * least)[: least - 1], False)
    if isinstance(most, int) and most < 2000:
        yield BoundaryCase("maxItems", (present * (most + 1))[:most], True)
        yield BoundaryCase("maxItems", (present * (most + 2))[: most + 1], False)
    if schemas.keyword(pointer, "uniqueItems"):
        yield BoundaryCase("uniqueItems", [present[0], present[0]], False)
    items = schemas.items(pointer)
    if items is not None:
        for case in _tried(schemas, items, present[0]):
            if not case.valid:
                yield BoundaryCase(f"items/{case.keyword}", [case.value], False)


def _objects(schemas: Schemas, pointer: str, present: Any) -> Iterator[BoundaryCase]:
    """Objects in which one property is invalid, or a required one is missing."""
    if not isinstance(present, dict):
        return
    known = [(name, at) for name, at in schemas.properties(pointer).items() if name in present]
    for name, at in known[:MOST_PROPERTIES]:
        for case in _tried(schemas, at, present[name]):
            if not case.valid:
                yield BoundaryCase(f"{name}/{case.keyword}", {**present, name: case.value}, False)
        yield BoundaryCase(f"{name}/required", {key: each for key, each in present.items() if key != name}, False)
