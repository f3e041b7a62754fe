"""Examples of requests and responses that have one name: who sends the one gets the other.

OpenAPI does not say so; it is what authors mean who name both alike, and what Microcks and Specmatic do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from mockserver.messages import Call
from mockserver.openapi.document import MediaType, Operation
from mockserver.openapi.pointer import join
from mockserver.openapi.schemas import Schemas

Sent = Mapping[tuple[str, str], Any]
"""The location and the name of a parameter, or `body`, → its value in an example of a request."""


class _Pair(Struct, frozen=True):
    """The name of an example of a response, and the request that it answers."""

    name: str
    sent: Sent


class ExamplePairs:
    """The pairs of a document, found once for each media type of a response."""

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas
        self._known: dict[tuple[str, str], tuple[_Pair, ...]] = {}

    def name(self, operation: Operation, media: MediaType, call: Call) -> str | None:
        """The name of the valid example of `media` whose request is this one; None if there is none."""
        if len(media.examples) < SEVERAL:
            return None
        key = operation.pointer, media.pointer
        if key not in self._known:
            self._known[key] = tuple(self._pairs(operation, media))
        return next((pair.name for pair in self._known[key] if _is_request(pair.sent, call)), None)

    def _pairs(self, operation: Operation, media: MediaType) -> Iterator[_Pair]:
        parts = dict(self._requests(operation))
        is_valid = self._schemas.validator(media.schema, "response").is_valid if media.schema else lambda _: True
        for name, value in media.examples.items():
            sent = {place: examples[name] for place, examples in parts.items() if name in examples}
            if sent and is_valid(value):
                yield _Pair(name, sent)

    def _requests(self, operation: Operation) -> Iterator[tuple[tuple[str, str], Mapping[str, Any]]]:
        """The examples of each part of a request, by their names."""
        for parameter in operation.parameters:
            written = self._schemas.resolve(parameter.pointer)[0].get("examples")
            places = [
                (n, join(parameter.pointer, "examples", n)) for n in (written if isinstance(written, dict) else ())
            ]
            nodes = ((name, self._schemas.resolve(place)[0]) for name, place in places)
            values = {name: node["value"] for name, node in nodes if isinstance(node, dict) and "value" in node}
            yield (parameter.location, parameter.name), values
        for body in operation.request_body.content if operation.request_body else ():
            yield ("body", body.name), body.examples


SEVERAL = 2
"""From how many examples on one of them is chosen."""


def _is_request(sent: Sent, call: Call) -> bool:
    """Has a call all that an example of a request has?"""
    values = {"path": call.path, "query": call.query, "header": call.headers, "cookie": call.cookies}
    bodies = [value for (location, _), value in sent.items() if location == "body"]
    parameters = [(place, value) for place, value in sent.items() if place[0] != "body"]
    is_body = not bodies or call.body in bodies
    return is_body and all(values[location].get(name) == value for (location, name), value in parameters)
