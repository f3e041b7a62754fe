"""Query parameters whose value selects items by their labels or fields, as in Kubernetes: `labelSelector=area=tax`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.behaviour.statements.lists import EVERY_FIELD
from mockserver.inference.names import plain
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

Statement = dict[str, Any]


def selectors(
    schemas: Schemas, operation: Operation, properties: Mapping[str, str], taken: frozenset[str]
) -> Iterator[Statement]:
    """The `filter` statements about parameters that are called selectors of labels or of fields."""
    for each in operation.parameters:
        if each.location != "query" or each.name in taken or not each.schema:
            continue
        labels = _labels(schemas, properties) if plain(each.name) == "labelselector" else ""
        if labels or plain(each.name) == "fieldselector":
            compare = "label-selector" if labels else "field-selector"
            stated = {"parameter": each.name, "field": labels or EVERY_FIELD, "compare": compare}
            yield {**stated, "evidence": "inferred", "note": f"{each.name} selects as in Kubernetes"}


def _labels(schemas: Schemas, properties: Mapping[str, str]) -> str:
    """Where the labels of an item are: `labels`, or `metadata.labels`; empty if nowhere."""
    if "labels" in properties:
        return "labels"
    inner = schemas.properties(properties["metadata"]) if "metadata" in properties else {}
    return "metadata.labels" if "labels" in inner else ""
