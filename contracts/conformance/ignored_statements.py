"""What a document says in vain: OpenAPI or HTTP itself overrules it, so that no implementation is held to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contracts.client.path_values import is_nested
from contracts.conformance.response_validation import never_one
from mockserver.contract import Contract
from mockserver.openapi import normalize
from mockserver.openapi.object_positions import Place, find, walk
from mockserver.openapi.pointer import join

IGNORED = "OpenAPI 3.1 section 4.8.12.1"
FRAMING = "RFC 9110 section 8.6 and RFC 9112 section 6"

HEADERS: Mapping[str, str] = {
    "accept": IGNORED, "content-type": IGNORED, "authorization": IGNORED,
    "content-length": FRAMING, "transfer-encoding": FRAMING, "host": "RFC 9110 section 7.2",
}  # fmt: skip
"""Names of header parameters that are not the document's to describe, and who says so."""


@dataclass(frozen=True, slots=True)
class IgnoredStatements:
    """One thing that a document says in vain: where (a JSON pointer), and why."""

    pointer: str
    because: str


def heeded(raw: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[IgnoredStatements, ...]]:
    """A copy of a document without what is overruled, and all of that."""
    document = normalize.copy(dict(raw))
    found: list[IgnoredStatements] = []
    for place in walk(document):
        rule = RULES.get(place.kind)
        if rule is not None:
            found += rule(document, place)
    return document, tuple(found)


def notes(contract: Contract) -> tuple[str, ...]:
    """What a reader of a report should know of a document, each kind of thing once with its first place."""
    places: dict[str, list[str]] = {}
    for each in (*heeded(contract.document.raw)[1], *_alternatives(contract), *_unwritable(contract)):
        places.setdefault(each.because, []).append(each.pointer)
    return tuple(
        f"#{at[0]}: {because}" + (f" ({len(at) - 1} more)" if len(at) > 1 else "") for because, at in places.items()
    )


def _alternatives(contract: Contract) -> Iterator[IgnoredStatements]:
    """Bodies of replies of which the document wants exactly one alternative to hold, and never one does."""
    bodies = (media for each in contract.document.operations for reply in each.responses for media in reply.content)
    for pointer in dict.fromkeys(str(media.schema) for media in bodies if never_one(contract, media)):
        yield IgnoredStatements(
            pointer, "no value fits exactly one alternative of this `oneOf`: a reply may fit several"
        )


def _unwritable(contract: Contract) -> Iterator[IgnoredStatements]:
    """Parameters whose values no style writes."""
    asked = (parameter for each in contract.document.operations for parameter in each.parameters)
    for pointer in dict.fromkeys(each.pointer for each in asked if is_nested(contract.schemas, each)):
        yield IgnoredStatements(
            pointer, "no style of OpenAPI writes lists or objects in lists or objects: such may be refused"
        )


def has_heirs(raw: Mapping[str, Any]) -> bool:
    """Has a schema a discriminator and no list of its kinds, which inherit from it (OpenAPI 3.1 section 4.8.25)?"""
    schemas = (place.node for place in walk(dict(raw)) if place.kind == "schema")
    return any("discriminator" in node and node.keys().isdisjoint(("oneOf", "anyOf")) for node in schemas)


def nullable(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of a document in which `nullable` allows null wherever it stands beside a type or an `enum`."""
    document = normalize.copy(dict(raw))
    for place in walk(document):
        node = place.node
        if place.kind == "schema" and node.get("nullable") is True:
            types, choices = node.get("type"), node.get("enum")
            if str(document.get("openapi")).startswith("3.1") and types is not None:
                node["type"] = [*dict.fromkeys([*([types] if type(types) is str else types), "null"])]
            if type(choices) is list and None not in choices:
                choices.append(None)
    return document


def _parameters(document: dict[str, Any], place: Place) -> Iterator[IgnoredStatements]:
    listed = place.node.get("parameters")
    if type(listed) is not list:
        return
    kept = []
    for index, written in enumerate(listed):
        name = _header(document, written)
        if name.lower() in HEADERS:
            because = f"the header parameter {name} is not asked for: {HEADERS[name.lower()]} decides about it"
            yield IgnoredStatements(join(place.pointer, "parameters", index), because)
        else:
            kept.append(written)
    place.node["parameters"] = kept


def _header(document: dict[str, Any], written: Any) -> str:
    """The name of a header parameter; empty for any other one."""
    ref = written.get("$ref") if type(written) is dict else None
    node = find(document, ref)[0] if type(ref) is str else written
    return str(node.get("name", "")) if type(node) is dict and node.get("in") == "header" else ""


def _response(document: dict[str, Any], place: Place) -> Iterator[IgnoredStatements]:
    """`Content-Type` among the headers of a response is ignored (OpenAPI 3.1 section 4.8.17)."""
    headers = place.node.get("headers")
    for name in [*headers] if type(headers) is dict else ():
        if name.lower() == "content-type":
            because = "the response header Content-Type is not held to its schema: OpenAPI 3.1 section 4.8.17 says so"
            yield IgnoredStatements(join(place.pointer, "headers", name), because)
            del headers[name]


def _schema(document: dict[str, Any], place: Place) -> Iterator[IgnoredStatements]:
    """`nullable` allows no null that an `enum` lacks (OpenAPI 3.0.3 section 4.7.24.1); its writer means it to."""
    choices = place.node.get("enum")
    if place.node.get("nullable") is not True:
        return
    if type(choices) is list and None not in choices:
        yield IgnoredStatements(
            place.pointer, "`nullable` beside an `enum` without null: a null may be taken or refused"
        )
    elif str(document.get("openapi")).startswith("3.1"):
        yield IgnoredStatements(place.pointer, "`nullable` is no keyword of OpenAPI 3.1: a null may be shown or not")


RULES = {"path item": _parameters, "operation": _parameters, "response": _response, "schema": _schema}
"""Kind of object → what is overruled in it. What cannot be taken out stays: it is for `Fairness` to excuse."""
