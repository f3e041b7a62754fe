"""Query parameters whose value selects items by their labels or fields, as in Kubernetes: `labelSelector=area=tax`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.behaviour.statements.lists import EVERY_FIELD
from mockserver.inference.names import plain, same
from mockserver.inference.sentences.descriptions import description
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Operation, Parameter
from mockserver.openapi.schemas import Schemas

Statement = dict[str, Any]


def selectors(
    schemas: Schemas, operation: Operation, properties: Mapping[str, str], taken: frozenset[str]
) -> Iterator[Statement]:
    """The `filter` statements about parameters that are called selectors of labels or of fields."""
    for each in operation.parameters:
        if each.location != "query" or each.name in taken or not each.schema:
            continue
        is_selector = plain(each.name) == "labelselector"
        labels = _labels(schemas, properties) if is_selector else _described(schemas, each, properties)
        if labels or plain(each.name) == "fieldselector":
            compare = "label-selector" if labels else "field-selector"
            stated = {"parameter": each.name, "field": labels or EVERY_FIELD, "compare": compare}
            yield {**stated, "evidence": "inferred", "note": f"{each.name} is a selector, by its name or description"}


def _described(schemas: Schemas, parameter: Parameter, properties: Mapping[str, str]) -> str:
    """The map of texts that a parameter is called after, if it is described as a key with a value; else empty."""
    if schemas.types(str(parameter.schema)) - {"null"} != {"string"}:
        return ""
    said = KEY_AND_VALUE.search(description(schemas, parameter.pointer).text)
    maps = (name for name, at in properties.items() if schemas.values(at) is not None)
    return next((name for name in maps if said is not None and same(name, parameter.name)), "")


KEY_AND_VALUE = lazy_pattern(r"\bkey ?[:=] ?value\b|\bselector\b", re.IGNORECASE)
"""How a description says that a parameter has the key and the value of a label."""


def _labels(schemas: Schemas, properties: Mapping[str, str]) -> str:
    """Where the labels of an item are: `labels`, or `metadata.labels`; empty if nowhere."""
    if "labels" in properties:
        return "labels"
    inner = schemas.properties(properties["metadata"]) if "metadata" in properties else {}
    return "metadata.labels" if "labels" in inner else ""
