"""Parameters that choose the properties of a reply: `?fields=id,name`, `?$select=Name`, `?fields[posts]=title`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mockserver.inference.evidence import Statement, implied
from mockserver.inference.names import noun, plain
from mockserver.inference.sentences.descriptions import description
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Operation, Parameter
from mockserver.openapi.schemas import Schemas

NAMES = frozenset(("select", "fields", "field", "properties", "attributes", "columns", "only", "onlyfields"))
"""Plain names of such parameters."""

HOLDER = "attributes"
"""The property of an item of JSON:API in which its fields are."""

CHOOSES = lazy_pattern(
    r"\b(?:fields?|propert(?:y|ies)|attributes?|columns?|fieldset)\b(?: [\w`'\"()-]+){0,8}? "
    r"(?:return(?:ed)?|includ(?:e|ed)|shown?|respon(?:se|d)|retriev(?:e|ed)|output|fetch(?:ed)?|selected)\b"
    r"|\b(?:select|choose|limit|restrict|return|include|show|retrieve|fetch)s?(?: \w+){0,3} "
    r"(?:fields|properties|attributes|columns)\b|\bsparse fieldsets?\b",
    re.IGNORECASE,
)
"""How the description of a parameter says that it chooses what a reply shows."""

OTHERWISE = lazy_pattern(
    r"\b(?:exclud|omit|search|sort|order|filter|expand|group|validat|updat|match|contain|in addition|additional|extra)",
    re.IGNORECASE,
)
"""What makes of such a sentence one about something else."""


def selection(schemas: Schemas, operation: Operation, item: str | None, word: str) -> Mapping[str, Statement]:
    """The `select` statement of an operation whose reply shows items by a schema; none if nothing says so.

    Its `enum` has names of properties, or its description says that it chooses what a reply shows. `word` is the last
    one of the path.
    """
    shown = schemas.properties(item) if item is not None else {}
    for each in operation.parameters if shown else ():
        inside = HOLDER if HOLDER in shown and _is_of_type(each.name, word) else ""
        at = shown.get(inside)
        names = frozenset(schemas.properties(at)) if at is not None else frozenset(shown)
        is_named = (plain(each.name) in NAMES and plain(each.name) not in {*map(plain, shown)}) or inside
        if each.location != "query" or not is_named or not names:
            continue
        keys = {"parameter": each.name} | ({"inside": inside} if inside else {})
        if inside or _lists_names(schemas, each, names):
            return {"select": implied("the parameter names properties of the reply", **keys)}
        said = next(iter(_sentences(schemas, each)), None)
        if said is not None:
            note = "a sentence of the document says so"
            return {"select": {**keys, "evidence": "described", "source": said, "note": note}}
    return {}


def _is_of_type(name: str, word: str) -> bool:
    """Does a parameter choose fields of one type of JSON:API: `fields[articles]`?"""
    outer, _, inner = name.rstrip("]").partition("[")
    return outer == "fields" and bool(inner) and noun(inner) == noun(word)


def _lists_names(schemas: Schemas, parameter: Parameter, names: frozenset[str]) -> bool:
    """Has the `enum` of a parameter, or of its entries, nothing but names of properties?"""
    at = str(parameter.schema)
    allowed = schemas.keyword(schemas.items(at) or at, "enum")
    return bool(allowed) and {*map(str, allowed)} <= names | {"*"}


def _sentences(schemas: Schemas, parameter: Parameter) -> list[str]:
    """The sentences that say that a parameter chooses what a reply shows, each with its place."""
    told = description(schemas, parameter.pointer)
    if OTHERWISE.search(told.text):
        return []
    return [f'"{each}" ({told.pointer})' for each in told.sentences() if CHOOSES.search(each)]
