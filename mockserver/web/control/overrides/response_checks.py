"""Does the document allow what an override answers? Each check yields what is wrong, as faults of its fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.errors import Fault
from mockserver.openapi import media_types
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
        there = ", ".join(each.name for each in response.content) or "no body"
        about = f"the media type {kind}" if kind else "a body"
        yield fault(
            f"{operation.operation_id} documents for {response.status} not {about} but {there}{ALL_THE_SAME}", at
        )
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


def wrong_headers(then: Mapping[str, Any], operation: Operation | None, schemas: Schemas, at: Place) -> Iterator[Fault]:
    """Values of header fields that the document does not allow, and fields that follow from the body."""
    response = operation.response(then.get("status", 0)) if operation is not None else None
    documented = {header.name.lower(): header for header in response.headers} if response is not None else {}
    for name, value in then.get("headers", {}).items():
        header = documented.get(name.lower())
        if header is not None and header.schema is not None:
            validator = schemas.validator(header.schema, "response")
            if not any(validator.is_valid(reading) for reading in readings([value])):
                wrong = next(iter(validator.iter_errors(value)))
                yield fault(
                    f"the header {name} breaks the document: {wrong.message}{ALL_THE_SAME}", (*at, "headers", name)
                )
