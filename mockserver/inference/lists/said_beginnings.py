"""Parameters that are the beginning of a text, as a description says: "only keys whose name starts with this"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.inference.lists.sort_names import named_property
from mockserver.inference.names import plain
from mockserver.inference.sentences.descriptions import description
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

Statement = dict[str, Any]

BEGINNING = lazy_pattern(
    r"\b(?:(?:whose|where the|with an?|by the) (?P<about>[a-z_]\w*(?: [a-z_]\w*)?)|[a-z]+s)(?: that)? "
    r"(?:starts?|begins?|starting|beginning|prefixed) with (?:this|the given|it|the value)\b",
    re.IGNORECASE,
)
"""How a sentence says it, with the property that it names."""


def said_beginnings(
    schemas: Schemas, operation: Operation, properties: Mapping[str, str], taken: frozenset[str], key: str
) -> Iterator[Statement]:
    """The `filter` statements about the beginning of a text: of the property that is named, else of the `key`.

    Where nothing is said, `prefix` is the beginning of the `key`, as in object stores, `namePrefix` of a `queueName`.
    """
    texts = [name for name, at in properties.items() if schemas.types(at) - {"null"} == {"string"}]
    for each in operation.parameters:
        is_text = each.location == "query" and each.schema and schemas.types(each.schema) - {"null"} == {"string"}
        said = description(schemas, each.pointer).first(BEGINNING) if is_text and each.name not in taken else None
        about = said.match["about"] if said is not None else ""
        name = named_property(about, texts) if about else key if key in texts else ""
        if said is not None and name:
            yield said.statement(parameter=each.name, field=name, compare="starts-with")
        elif is_text and key in texts and _is_prefix(each.name, key) and each.name not in {*taken, *properties}:
            note = f"by the name of the query parameter: the beginning of {key}"
            yield {"parameter": each.name, "field": key, "compare": "starts-with", "evidence": "inferred", "note": note}


def _is_prefix(name: str, key: str) -> bool:
    """Is a parameter by its name the beginning of the property with the id?"""
    asked = plain(name)
    return asked.endswith("prefix") and plain(key).endswith(asked.removesuffix("prefix"))
