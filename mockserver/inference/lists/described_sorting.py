"""What descriptions say about a sorted list: the order of the values of an `enum`, and of items with the same value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.inference.evidence import described
from mockserver.inference.lists.paging import SORT_ORDER
from mockserver.inference.sentences.descriptions import description
from mockserver.inference.sentences.letter_case import IGNORES_CASE
from mockserver.inference.sentences.rank_sentences import Rank, rank
from mockserver.inference.sentences.refusal_sentences import Sentence, operation_sentences
from mockserver.inference.sentences.tie_sentences import ties
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

Statement = dict[str, Any]

SORTED = lazy_pattern(r"\b(?:sort|order)(?:ed|s|ing)?\b", re.IGNORECASE)
"""What says that a sentence is about the order of a list."""


def described_sorting(
    schemas: Schemas, operation: Operation, sort: Statement, properties: Mapping[str, str]
) -> Statement:
    """A `sort` statement with the `ranks`, `ties` and `any-case` that the document says; the same one without.

    `properties` has the pointers to the properties of an item. The texts are those of the parameter, of a property,
    and of the operation.
    """
    parameter = next((each for each in operation.parameters if each.name == sort["parameter"]), None)
    if parameter is None:  # it is a property of one
        return sort
    texts = [parameter.pointer, operation.pointer]
    ranks = dict(_ranks(schemas, texts, sort, list(_directions(schemas, parameter.schema, properties)), properties))
    tied = {tie.field: tie for tie in reversed(ties(schemas, texts, properties))}
    case = _of_any_case(schemas, operation, parameter.pointer)
    if not ranks and not tied and case is None:
        return sort
    found: Statement = {}
    if ranks:
        found["ranks"] = {name: list(each.values) for name, each in ranks.items()}
    if tied:
        found["ties"] = {name: f"{'-' * tie.backwards}{tie.by or 'creation'}" for name, tie in tied.items()}
    sources = [*(each.source for each in ranks.values()), *(each.source for each in tied.values())]
    if case is not None:
        found["any-case"] = True
        sources.append(case.source)
    source = "; ".join(dict.fromkeys(sources))
    return sort | found | described(source)


def _of_any_case(schemas: Schemas, operation: Operation, pointer: str) -> Sentence | None:
    """The sentence which says that a list is sorted without regard to case; None if there is none."""
    own = description(schemas, pointer)
    said = [*operation_sentences(schemas, operation), *(Sentence(each, own.pointer) for each in own.sentences())]
    return next((each for each in said if SORTED.search(each.text) and IGNORES_CASE.search(each.text)), None)


def _ranks(
    schemas: Schemas,
    texts: list[str],
    sort: Statement,
    directions: list[tuple[str, str, bool]],
    properties: Mapping[str, str],
) -> Iterator[tuple[str, Rank]]:
    """The properties whose values have a described order, each with it."""
    asked, operation = texts
    for name, pointer in properties.items():
        choices = {value: is_back for value, field, is_back in directions if field == name}
        values = schemas.keyword(pointer, "enum") or ()
        if not choices or not all(isinstance(value, str) for value in values):
            continue
        found = rank(schemas, [asked, pointer, operation], values, {} if "direction" in sort else choices)
        if found is not None:
            yield name, found


def _directions(
    schemas: Schemas, pointer: str | None, properties: Mapping[str, str]
) -> Iterator[tuple[str, str, bool]]:
    """The values of a sort parameter, each with its property and whether it means a descending list."""
    entries = schemas.items(pointer) if pointer and schemas.types(pointer) - {"null"} == {"array"} else pointer
    values = (schemas.keyword(entries, "enum") if entries else None) or (
        value for name in properties for value in (name, f"-{name}")
    )
    known = {name.lower(): name for name in properties}
    for value in map(str, values):
        ending = None if value.lstrip("+-").lower() in known else SORT_ORDER.search(value)
        field = known.get((value[: ending.start()] if ending else value).lstrip("+-").lower(), "")
        if field:
            yield value, field, value.startswith("-") or (ending is not None and ending[1].lower().startswith("desc"))
