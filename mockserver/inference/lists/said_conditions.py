"""Flags of a query whose description says which items they ask for: `weak`, "only hives with a strength below 4"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.inference.lists.sort_names import named_property
from mockserver.inference.sentences.descriptions import description
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

Statement = dict[str, Any]

WORDS = {
    "below": "below", "under": "below", "less than": "below", "lower than": "below", "fewer than": "below",
    "smaller than": "below", "above": "above", "over": "above", "more than": "above", "greater than": "above",
    "higher than": "above", "larger than": "above", "at least": "at-least", "at most": "at-most", "up to": "at-most",
}  # fmt: skip
"""How a sentence compares a number, and the word of a `filter` for it."""

CONDITION = lazy_pattern(
    rf"\b(?:with|whose|where|having)(?: an?| the| their| its)? (?P<about>[a-z_]\w*(?: [a-z_]\w*)?)"
    rf"(?: is| are| of| lies)?,? (?P<compare>{'|'.join(WORDS)}) (?P<number>\d{{1,9}}(?:\.\d{{1,4}})?)\b(?! ?%)",
    re.IGNORECASE,
)


def said_conditions(
    schemas: Schemas, operation: Operation, properties: Mapping[str, str], taken: frozenset[str]
) -> Iterator[Statement]:
    """The `filter` statements about flags that a sentence describes as a bound of a number; false asks for nothing."""
    numbers = [name for name, at in properties.items() if schemas.types(at) & {"integer", "number"}]
    for each in operation.parameters:
        is_flag = each.location == "query" and each.schema and schemas.types(each.schema) - {"null"} == {"boolean"}
        said = description(schemas, each.pointer).first(CONDITION) if is_flag and each.name not in taken else None
        name = named_property(said.match["about"], numbers) if said is not None else ""
        if said is not None and name:
            number = float(said.match["number"])
            bound = int(number) if number.is_integer() else number
            compare = WORDS[said.match["compare"].lower()]
            yield said.statement(parameter=each.name, field=name, compare=compare, equals=bound, unless=False)
