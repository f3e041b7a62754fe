"""Does the document allow what an override answers? Each check yields what is wrong, as faults of its fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.errors import Fault
from mockserver.openapi import media_types
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.document import MediaType, Operation, Response
from mockserver.openapi.schema_faults import faults
from mockserver.openapi.schemas import Schemas
from mockserver.suggestions import meant
from mockserver.web.control.conditions import readings
from mockserver.web.control.overrides.answer import Place
from mockserver.web.control.overrides.service_errors import is_possible_status

ALL_THE_SAME = "; `invalid: true` beside `then` answers it all the same"

SERVER_HEADERS = frozenset({"content-type", "content-length", "transfer-encoding", "connection"})
"""Header fields that follow from the body; `media_type` and the faults change them."""


def fault(message: str, at: Place) -> Fault:
    """One thing that is wrong with an override."""
    return Fault("body", at, message, "document")


def wrong_status(status: int, operation: Operation, at: Place) -> Iterator[Fault]:
    """An undocumented status that no broken server sends either, with those that there are."""
    if not is_possible_status(status, operation):
        there = ", ".join(response.status for response in operation.responses) or "none"
        yield fault(
            f"{operation.operation_id} documents no response {status}; there are: {there}{ALL_THE_SAME}",
            (*at, "status"),
        )


def wrong_example(name: str, status: int | None, operation: Operation, at: Place) -> Iterator[Fault]:
    """An example that the document does not have, with those that it has."""
    names = example_names(operation, status)
    if name not in names:
        yield fault(f"{operation.operation_id} documents no example {name!r}; {meant(name, names)}", (*at, "example"))


def example_names(operation: Operation, status: int | None) -> list[str]:
    """The names of the examples of an operation's responses, or of the response with a status."""
    offered = [operation.response(status)] if status is not None else operation.responses
    found = (name for response in offered if response for media in response.content for name in media.examples)
    return sorted(set(found))


def wrong_body(then: Mapping[str, Any], operation: Operation, schemas: Schemas, at: Place) -> Iterator[Fault]:
    """A body that the document does not allow, by JSON pointer."""
    response = operation.response(then["status"])
    if response is None or "body" not in then:
        return
    media, kind = media_of(response, then.get("media_type")), then.get("media_type")
    if media is None:
        there = ", ".join(each.name for each in response.content)
        wrong = f"not the media type {kind} but {there}" if there else "no body"
        yield fault(f"{operation.operation_id} documents for {response.status} {wrong}{ALL_THE_SAME}", at)
    elif media.schema is not None and media_types.is_json(media.name):
        for each in faults(schemas.validator(media.schema, "response"), then["body"], "body", (*at, "body")):
            pointer = "".join(f"/{step}" for step in each.path[len(at) + 1 :]) or "/"
            yield fault(
                f"at {pointer} the body breaks the document of {operation.operation_id}: {each.message}{ALL_THE_SAME}",
                each.path,
            )


def media_of(response: Response, wanted: str | None) -> MediaType | None:
    """The documented media type that describes a body: the one that is wanted, else JSON, else the first."""
    if wanted is not None:
        found = media_types.best([media.name for media in response.content], wanted)
        return response.content[found] if found is not None else None
    offered = sorted(response.content, key=lambda media: not media_types.is_json(media.name))
    return offered[0] if offered else None


def wrong_headers(then: Mapping[str, Any], operation: Operation, schemas: Schemas, at: Place) -> Iterator[Fault]:
    """Values of header fields that the document does not allow in the response with the status, else in any."""
    meant = [operation.response(then["status"])] if "status" in then else operation.responses
    documented = [header for response in meant if response is not None for header in response.headers]
    for name, value in then["headers"].items():
        own = [header.schema for header in documented if header.name.lower() == name.lower()]
        wrong = [_wrong_header(value, schema, schemas) for schema in own]
        if wrong and all(wrong):
            yield fault(f"the header {name} breaks the document: {wrong[0]}{ALL_THE_SAME}", (*at, "headers", name))


def _wrong_header(value: str, schema: str | None, schemas: Schemas) -> str:
    """What is wrong with the value of a header field; empty if nothing is."""
    validator = schemas.validator(schema, "response") if schema is not None else None
    if validator is None or any(validator.is_valid(reading) for reading in readings([value])):
        return ""
    return str(next(iter(validator.iter_errors(value))).message)


def wrong_patch(patch: Any, operation: Operation, schemas: Schemas, at: Place) -> Iterator[Fault]:
    """Values that no response which has a property of this name allows for it, whatever the mock answers beside it."""
    media = [each for response in operation.responses for each in response.content]
    known = [each.schema for each in media if each.schema is not None and media_types.is_json(each.name)]
    if not isinstance(patch, dict):
        return
    for name, value in patch.items():
        own = [pointer for pointer in known if name in schemas.properties(pointer)]
        wrong = [list(_wrong_property(name, value, pointer, schemas, (*at, "patch", name))) for pointer in own]
        if wrong and all(wrong):
            yield from wrong[0]
    is_known = any(name in schemas.properties(pointer) for pointer in known for name in patch)
    if patch and not is_known and known and schemas.types(known[0]) == {"array"}:
        yield fault(f"{operation.operation_id} answers {WHOLE_LIST}{ALL_THE_SAME}", (*at, "patch"))


WHOLE_LIST = "a list, which a merge patch (RFC 7396) replaces as a whole"


def _wrong_property(name: str, value: Any, pointer: str, schemas: Schemas, at: Place) -> Iterator[Fault]:
    """What the schema of an object never allows for one of its properties."""
    if value is None:
        if name in schemas.required(pointer):
            yield fault(f"null takes {name} away, which is required{ALL_THE_SAME}", at)
        return
    for node, here in schemas.branches(pointer):
        if name not in (node.get("properties") or ()):
            continue
        own = json_pointer.join(here, "properties", name)
        types = schemas.types(own)
        if isinstance(value, dict) and (not types or "object" in types):
            for inner, part in value.items():
                yield from _wrong_property(inner, part, own, schemas, (*at, inner))
        elif isinstance(value, dict) and types == {"array"}:
            yield fault(f"{name} is {WHOLE_LIST}{ALL_THE_SAME}", at)
        else:
            for each in faults(schemas.validator(own, "response"), value, "body", at):
                yield fault(f"the value breaks the document: {each.message}{ALL_THE_SAME}", each.path)
