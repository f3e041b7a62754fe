"""Parts of a document that OpenAPI or HTTP overrules, so that no check enforces them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contracts.client.path_values import is_nested
from contracts.conformance.response_validation import never_matches_once
from contracts.model.ending_operations import ends_service
from contracts.model.resources import name_of
from contracts.model.unreachable_operations import unreachable_operations
from mockserver.contract import Contract
from mockserver.openapi import normalize, openapi_32, schema_ids
from mockserver.openapi.object_positions import Place, find, walk
from mockserver.openapi.pointer import join

IGNORED = "OpenAPI 3.1 section 4.8.12.1"
FRAMING = "RFC 9110 section 8.6 and RFC 9112 section 6"

HEADERS: Mapping[str, str] = {
    "accept": IGNORED,
    "content-type": IGNORED,
    "authorization": IGNORED,
    "content-length": FRAMING,
    "transfer-encoding": FRAMING,
    "host": "RFC 9110 section 7.2",
}
"""Header parameters that a document cannot define, and the standard that says so."""


@dataclass(frozen=True, slots=True)
class IgnoredStatement:
    """One ignored part of a document: its JSON pointer, and why it is ignored."""

    pointer: str
    reason: str


def without_ignored(raw: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[IgnoredStatement, ...]]:
    """A copy of a document without its ignored parts, and the list of these parts.

    References to media types are written out, because Schemathesis does not follow them.
    """
    document = normalize.copy(dict(raw))
    found: list[IgnoredStatement] = []
    for place in walk(document):
        if place.kind == "media type":
            openapi_32.write_out(document, place.node)
        rule = RULES.get(place.kind)
        if rule is not None:
            found += rule(document, place)
    return document, tuple(found)


def notes(contract: Contract) -> tuple[str, ...]:
    """The ignored parts of a document as notes for a report: each reason once, with its first place.

    The operations that an error of the document concerns come first.
    """
    places: dict[str, list[str]] = {}
    more = (*_alternatives(contract), *_unwritable(contract), *_fragments(contract), *_unreachable(contract))
    for each in (*without_ignored(contract.document.raw)[1], *more):
        places.setdefault(each.reason, []).append(each.pointer)
    left_out = [f"{each.operation} is not examined: {each.because}" for each in contract.skipped]
    ending = filter(ends_service, map(name_of, contract.document.operations))
    left_out += [
        f"{name} is not examined unless --only names it: by its name it ends the service or session" for name in ending
    ]
    return (
        *left_out,
        *(f"#{at[0]}: {reason}" + (f" ({len(at) - 1} more)" if len(at) > 1 else "") for reason, at in places.items()),
    )


def _alternatives(contract: Contract) -> Iterator[IgnoredStatement]:
    """Response bodies with a `oneOf` whose alternatives can never match exactly once."""
    bodies = (media for each in contract.document.operations for reply in each.responses for media in reply.content)
    for pointer in dict.fromkeys(str(media.schema) for media in bodies if never_matches_once(contract, media)):
        yield IgnoredStatement(
            pointer, "this `oneOf` is not enforced, since no value can match exactly one of its alternatives"
        )


def _unwritable(contract: Contract) -> Iterator[IgnoredStatement]:
    """Parameters whose values no `style` can write."""
    asked = (parameter for each in contract.document.operations for parameter in each.parameters)
    for pointer in dict.fromkeys(each.pointer for each in asked if is_nested(contract.schemas, each)):
        yield IgnoredStatement(
            pointer,
            "the server may refuse this parameter, since no `style` of OpenAPI can write nested lists or objects",
        )


def _fragments(contract: Contract) -> Iterator[IgnoredStatement]:
    """Paths with a `#`: a client sends only what is before it."""
    for operation in contract.document.operations:
        if "#" in operation.path:
            reason = "no request has this path: `#` begins the fragment, which is not sent (RFC 3986 section 3.5)"
            yield IgnoredStatement(join("/paths", operation.path), reason)


def _unreachable(contract: Contract) -> Iterator[IgnoredStatement]:
    """Operations whose path and method are those of another one."""
    for name, other in unreachable_operations(contract).items():
        method, _, path = name.partition(" ")
        reason = f"no request reaches this operation, since {other} has the same path (OpenAPI 3.1 section 4.8.8.2)"
        yield IgnoredStatement(join("/paths", path, method.lower()), reason)


def has_inheriting_discriminator(raw: Mapping[str, Any]) -> bool:
    """Does a discriminator rely on schemas that inherit, without a `oneOf` (OpenAPI 3.1 section 4.8.25)?"""
    schemas = (place.node for place in walk(dict(raw)) if place.kind == "schema")
    return any("discriminator" in node and node.keys().isdisjoint(("oneOf", "anyOf")) for node in schemas)


def with_pointers(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A document whose references to schemas are all JSON pointers; `raw` itself if it has no others.

    Schemathesis and openapi-core know no scope of a `$dynamicRef`, and accept any value there.
    """
    document = dict(raw)
    is_named = normalize.version_of(document) in normalize.NAMED
    return schema_ids.localised(document, normalize.copy, scoped=True) if is_named else document


def nullable(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of a document in which `nullable` allows null also next to an `enum`, or in OpenAPI 3.1."""
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


def _parameters(document: dict[str, Any], place: Place) -> Iterator[IgnoredStatement]:
    listed = place.node.get("parameters")
    if type(listed) is not list:
        return
    kept = []
    for index, written in enumerate(listed):
        name = _header(document, written)
        if name.lower() in HEADERS:
            reason = f"the header parameter {name} is ignored, since {HEADERS[name.lower()]} defines this header"
            yield IgnoredStatement(join(place.pointer, "parameters", index), reason)
        else:
            kept.append(written)
    place.node["parameters"] = kept


def _header(document: dict[str, Any], written: Any) -> str:
    """The name of a header parameter; empty for other parameters."""
    ref = written.get("$ref") if type(written) is dict else None
    node = find(document, ref)[0] if type(ref) is str else written
    return str(node.get("name", "")) if type(node) is dict and node.get("in") == "header" else ""


def _response(document: dict[str, Any], place: Place) -> Iterator[IgnoredStatement]:
    """`Content-Type` among the headers of a response is ignored (OpenAPI 3.1 section 4.8.17)."""
    headers = place.node.get("headers")
    for name in [*headers] if type(headers) is dict else ():
        if name.lower() == "content-type":
            reason = "the response header Content-Type is ignored, as OpenAPI 3.1 section 4.8.17 says"
            yield IgnoredStatement(join(place.pointer, "headers", name), reason)
            del headers[name]


def _schema(document: dict[str, Any], place: Place) -> Iterator[IgnoredStatement]:
    """Strictly, `nullable` adds no null to an `enum` (OpenAPI 3.0.3 section 4.7.24.1), but authors expect it to."""
    choices = place.node.get("enum")
    if place.node.get("nullable") is not True:
        return
    if type(choices) is list and None not in choices:
        yield IgnoredStatement(
            place.pointer, "the server may accept or refuse null, since `nullable` is next to an `enum` without null"
        )
    elif str(document.get("openapi")).startswith("3.1"):
        yield IgnoredStatement(
            place.pointer, "the server may return null or not, since `nullable` is not a keyword of OpenAPI 3.1"
        )


def _non_empty(document: dict[str, Any], place: Place) -> Iterator[IgnoredStatement]:
    """Write `allowEmptyValue: false` as `minLength`, which Schemathesis reads too: nothing is ignored here."""
    schema = place.node if "type" in place.node else place.node.get("schema")
    if place.node.get("allowEmptyValue") is False and type(schema) is dict and schema.get("type") == "string":
        schema.setdefault("minLength", 1)
    yield from ()


RULES = {
    "parameter": _non_empty,
    "path item": _parameters,
    "operation": _parameters,
    "response": _response,
    "schema": _schema,
}
"""Kind of OpenAPI object → the function that removes its ignored parts. `FalsePositives` handles the rest."""
