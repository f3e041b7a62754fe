"""What a sort parameter without an `enum` takes, as its pattern, default, examples and description show it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from mockserver.inference.sentences.descriptions import description
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Parameter
from mockserver.openapi.schemas import Schemas

NAME = lazy_pattern(r"[A-Za-z_]\w*")

ENDING = lazy_pattern(r"(?<=[\w()`}>\]\"'])(?<!asc)([,:_])\(?(?:\?:)?(?:asc|desc)", re.IGNORECASE)
"""How a direction follows a name: `name,asc`, `name:desc`, `property,(asc|desc)`."""

SPACED = lazy_pattern(r"^\w+ (?:asc|desc)$", re.IGNORECASE)
"""An example with a space between them."""

MINUS = lazy_pattern(
    r"(?:^|[`\"'(\s])-(?:[A-Za-z<{]|[`\"'])|\bwith (?:an? )?-|\b(?:minus|hyphen|dash)\b", re.IGNORECASE
)
"""How it is said that a sign before the name reverses the order."""


class WrittenSort(Struct, frozen=True):
    """`names` are the properties that it names; `ascending` and `descending` are the form of a value, with `{}`.

    Without any sign of a form, `ascending` is the name alone and `descending` has a `-` before it. `is_shown` says if
    there is such a sign; `is_listed` if the pattern names the properties, and not a sentence, which is the `source`.
    """

    names: tuple[str, ...]
    ascending: str
    descending: str
    is_shown: bool
    is_listed: bool
    source: str = ""


def written_sort(schemas: Schemas, parameter: Parameter, properties: Iterable[str]) -> WrittenSort:
    """What a document says of the values of a sort parameter; `properties` are those of an item."""
    known, said = list(properties), description(schemas, parameter.pointer)
    pointer = str(parameter.schema)
    own = said if said.text else description(schemas, pointer)
    pattern, *shown = (*_patterns(schemas, pointer), "")[:1] + tuple(_examples(schemas, pointer))
    listed = tuple(dict.fromkeys(each for each in NAME.findall(pattern) if each in known))
    named = () if len(listed) > 1 else _enumerated(own.text, known)
    ending = next((found[1] for text in (pattern, *shown, own.text) if (found := ENDING.search(text))), "")
    if not ending and any(SPACED.search(each) for each in shown):
        ending = " "
    is_minus = not ending and any(MINUS.search(each) for each in (*shown, own.text))
    forms = (f"{{}}{ending}asc", f"{{}}{ending}desc") if ending else ("{}", "-{}")
    source = f"“{own.text.strip()}” ({own.pointer})" if named else ""
    return WrittenSort(
        named or (listed if len(listed) > 1 else ()), *forms, bool(ending) or is_minus, len(listed) > 1, source
    )


def _patterns(schemas: Schemas, pointer: str) -> Iterator[str]:
    for at in (schemas.items(pointer), pointer):
        pattern = schemas.keyword(at, "pattern") if at else None
        if isinstance(pattern, str):
            yield pattern


def _examples(schemas: Schemas, pointer: str) -> Iterator[str]:
    """The default and the examples of the schema; of a list its entries."""
    for word in ("default", "example", "examples"):
        value = schemas.keyword(pointer, word)
        yield from (each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str))


def _enumerated(text: str, known: list[str]) -> tuple[str, ...]:
    """The properties that a text lists one after the other: "Sort by amount, payee or bookedAt"."""
    name = rf"[`'\"]?[-+]?\b(?:{'|'.join(sorted(map(re.escape, known), key=len, reverse=True))})\b[`'\"]?"
    found = re.search(rf"{name}(?:\s*(?:,|/|\||\bor\b|\band\b)\s*(?:(?:or|and)\s+)?{name})+", text) if known else None
    return tuple(dict.fromkeys(each for each in NAME.findall(found[0]) if each in known)) if found else ()
