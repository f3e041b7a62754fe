"""What is wrong with the links of responses: they name an operation or a parameter that the document does not have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import Any

from mockserver.openapi import normalize
from mockserver.openapi.object_positions import Place, find
from mockserver.openapi.pointer import join


def wrong_links(document: dict[str, Any], links: Iterable[Place]) -> Iterator[tuple[str, str]]:
    """The pointer and the text of each problem with the Link Objects of a document (OpenAPI 3.1 section 4.8.20)."""
    by_id, by_place = _operations(document)
    for place in links:
        name, reference = place.node.get("operationId"), place.node.get("operationRef")
        if type(name) is str:
            key, parameters = "operationId", by_id.get(name)
        elif type(reference) is str and reference[:1] == "#":
            node, _ = find(document, reference)
            key, parameters = "operationRef", by_place.get(id(node))
        else:
            continue  # it names an operation of another document, or none
        if parameters is None:
            wrong = f"the link names no operation of the document: {key} {place.node[key]!r}; it is not followed"
            yield join(place.pointer, key), wrong
            continue
        given = place.node.get("parameters")
        for own in given if type(given) is dict else ():
            if not _is_known(str(own), parameters):
                message = f"the operation of the link has no parameter {own!r}; {_named(parameters)}"
                yield join(place.pointer, "parameters", own), message


Parameters = AbstractSet[tuple[str, str]]
"""The location and the name of each parameter of an operation."""


def _operations(document: dict[str, Any]) -> tuple[dict[str, Parameters], dict[int, Parameters]]:
    """The parameters of each operation, by its operationId and by the identity of its object."""
    by_id: dict[str, Parameters] = {}
    by_place: dict[int, Parameters] = {}
    paths = document.get("paths")
    for item in paths.values() if type(paths) is dict else ():
        for _, operation in normalize.operations(document, item):
            declared = normalize.parameters(document, item) | normalize.parameters(document, operation)
            by_place[id(operation)] = declared
            if type(operation.get("operationId")) is str:
                by_id.setdefault(operation["operationId"], declared)
    return by_id, by_place


def _is_known(name: str, parameters: Parameters) -> bool:
    """Is it a parameter, by its name or with its location before it (`path.id`)?"""
    location, _, rest = name.partition(".")
    return (location, rest) in parameters or any(name == known for _, known in parameters)


def _named(parameters: Parameters) -> str:
    return f"it has {', '.join(sorted(name for _, name in parameters))}" if parameters else "it has none"
