"""Edge values: valid values that servers often refuse, or store as something else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

from contracts.client.text_forms import has_form, of_length
from mockserver.openapi.schemas import Schemas

UNICODE = "Ünïcødé 漢字 – 🙂"
"""Letters beyond ASCII and beyond 16 bits."""

LONG = 1_000
"""The length of a text without a documented `maxLength`."""

LARGEST = 2**31 - 1
"""The largest integer that nearly every database stores in its default integer type."""


EAST = timezone(timedelta(hours=2))

FRACTIONS = (8.2, 4.1, 2.3, 0.29, 2.5)
"""The binary forms of the first ones are a little less: a price that is cut off to whole cents loses one."""


class EdgeValue(NamedTuple):
    """A valid value, what is special about it, and whether the schema allows it in so many words.

    Where `explicit` is false, the value is valid only because no keyword forbids it.
    """

    what: str
    value: Any
    explicit: bool


def edge_values(schemas: Schemas, pointer: str, present: Any) -> list[EdgeValue]:
    """Valid edge values for the schema at `pointer`, each once. `present` is a valid value."""
    validator, seen = schemas.validator(pointer, "request"), set()
    found = []
    for edge in _candidates(schemas, pointer, present):
        key = json.dumps(edge.value, sort_keys=True, default=str)
        if key not in seen and validator.is_valid(edge.value):
            seen.add(key)
            found.append(edge)
    return found


def _candidates(schemas: Schemas, pointer: str, present: Any) -> Iterator[EdgeValue]:
    types = schemas.types(pointer)
    choices = schemas.keyword(pointer, "enum")
    if choices:
        yield from (EdgeValue(f"the enum value {value!r}", value, True) for value in choices[:12])
    elif "boolean" in types:
        yield from (EdgeValue(str(value).lower(), value, True) for value in (False, True))
    if types & {"integer", "number"}:
        yield from _numbers(schemas, pointer, types)
    if "string" in types and not choices:
        yield from _texts(schemas, pointer, present)
    if "array" in types:
        yield from _arrays(schemas, pointer, present)
    if isinstance(present, dict):
        yield from _objects(schemas, pointer, present)
    if "null" in types:
        yield EdgeValue("null", None, True)


def _numbers(schemas: Schemas, pointer: str, types: frozenset[str]) -> Iterator[EdgeValue]:
    least, most = schemas.keyword(pointer, "minimum"), schemas.keyword(pointer, "maximum")
    yield from (EdgeValue("the minimum", least, True) for _ in (1,) if least is not None)
    yield from (EdgeValue("the maximum", most, True) for _ in (1,) if most is not None)
    yield EdgeValue("zero", 0, least is not None)
    if "number" in types:
        fits = schemas.validator(pointer, "request").is_valid
        yield from (EdgeValue("a fraction", each, True) for each in [*filter(fits, FRACTIONS)][:1])
    if most is None:
        yield EdgeValue("a large number", LARGEST, False)
    if least is None:
        yield EdgeValue("a negative number", -1, False)


DIGITS = re.compile(r"[-+]?\d+(?:[.,]\d+)?")


def _figures(present: Any) -> Iterator[EdgeValue]:
    """Numbers written as text whose zeros mean something: as a number, `12.50` becomes `12.5`, and `007` becomes 7."""
    if isinstance(present, str) and DIGITS.fullmatch(present):
        whole, point, rest = present.partition("." if "." in present else ",")
        if point:
            yield EdgeValue("a figure that ends in zero", f"{whole}{point}{rest[:-1]}0", True)
            yield EdgeValue("a figure with zeros only after the point", f"{whole}{point}{'0' * len(rest)}", True)
        yield EdgeValue("a figure that begins with zero", f"0{present[1:]}", False)


def _elsewhere(present: Any) -> Iterator[EdgeValue]:
    """The same moment as people two hours further east write it (RFC 3339 section 4.2)."""
    try:
        moment = datetime.fromisoformat(present.upper())
        yield EdgeValue("a time with an offset", moment.astimezone(EAST).isoformat(), False)
    except (AttributeError, ValueError, OverflowError):
        return


def _texts(schemas: Schemas, pointer: str, present: Any) -> Iterator[EdgeValue]:
    if schemas.keyword(pointer, "format") or schemas.keyword(pointer, "pattern"):
        yield from _figures(present)
        if schemas.keyword(pointer, "format") == "date-time":
            yield from _elsewhere(present)
        return
    least, most = schemas.keyword(pointer, "minLength"), schemas.keyword(pointer, "maxLength")
    yield EdgeValue("the empty text", "", least == 0)
    if not isinstance(present, str) or not has_form(present):
        yield EdgeValue("letters beyond ASCII", UNICODE, False)
        yield EdgeValue("a name with an apostrophe", "O'Brien-Lee", False)
    if isinstance(most, int) and most <= 10_000:
        yield from _of_length("the longest text", present, most, explicit=True)
    else:
        yield from _of_length(f"a text of {LONG} characters", present, LONG, explicit=False)
    if isinstance(least, int) and least > 0:
        yield from _of_length("the shortest text", present, least, explicit=True)
    yield EdgeValue("a digit as text", "0", False)


def _of_length(what: str, present: Any, length: int, *, explicit: bool) -> Iterator[EdgeValue]:
    text = of_length(present, length)
    if text is not None:
        yield EdgeValue(what, text, explicit)


def _arrays(schemas: Schemas, pointer: str, present: Any) -> Iterator[EdgeValue]:
    yield EdgeValue("the empty array", [], schemas.keyword(pointer, "minItems") == 0)
    items = schemas.items(pointer)
    entry = present[0] if isinstance(present, list) and present else None
    if items is None or entry is None:
        return
    for edge in edge_values(schemas, items, entry)[:4]:
        if edge.value not in (None, entry):
            yield EdgeValue(f"two entries, one of them {edge.what}", [edge.value, entry], False)


def _objects(schemas: Schemas, pointer: str, present: dict[str, Any]) -> Iterator[EdgeValue]:
    """The object with its required properties only, and with an edge value in each property."""
    required, known = schemas.required(pointer), schemas.properties(pointer)
    yield EdgeValue(
        "an object with its required properties only", {k: v for k, v in present.items() if k in required}, True
    )
    inner = {
        name: edge_values(schemas, at, present[name])
        for name, at in known.items()
        if name in present and not isinstance(present[name], dict)
    }
    for place in range(min(5, max(map(len, inner.values()), default=0))):
        changed = {name: edges[place] for name, edges in inner.items() if place < len(edges)}
        what = ", ".join(f"{name}: {edge.what}" for name, edge in changed.items())
        explicit = all(edge.explicit for edge in changed.values())
        yield EdgeValue(f"an object with {what}", {**present, **{n: e.value for n, e in changed.items()}}, explicit)
