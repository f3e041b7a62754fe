"""Error replies of a service whose behaviour file has no `errors`: the status and body that the document offers.

An invalid request gets the first of 422, 400, 4XX and `default` that the operation documents, any other error its own
status, its range or `default`; a breakdown (500 and above) also what several other errors share. The body matches that
response's schema and names the field. Without a schema it is problem details (RFC 9457). docs/policies.md describes
this for users.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from msgspec.structs import replace

from mockserver.errors import Fault, Invalid, Malformed, Refusal, Unanswerable, Unauthenticated
from mockserver.examples.example_maker import ExampleMaker
from mockserver.inference.bodies.messages import SCALARS, request_schema
from mockserver.messages import Reply
from mockserver.openapi.document import MediaType, Operation, Response
from mockserver.openapi.media_types import is_json
from mockserver.openapi.schemas import Schemas
from mockserver.reason_phrases import PHRASES
from mockserver.web.request.content_negotiation import accepts
from mockserver.web.response import error_body_filler, error_values, serializers

PROBLEM = "application/problem+json"

PLAIN = "text/plain"
"""The media type of a text where the document leaves it open."""

BREAKDOWN = 500
"""The first status of a server that breaks down, which few documents have."""

INVALID = ("422", "400", "4XX", "DEFAULT")
"""The responses for an invalid request, in the order in which they are looked for."""

MOST_IN_ONE_TEXT = 5
"""How many faults one text names; it counts the others."""

MALFORMED = ("400", "422", "4XX", "DEFAULT")
"""The same for a body that cannot be parsed."""


class DefaultErrors:
    """Makes error replies for a document without `errors` statements."""

    def __init__(self, schemas: Schemas, maker: ExampleMaker, now: Callable[[], float]) -> None:
        self._schemas, self._maker, self._now = schemas, maker, now

    def reply(self, refusal: Refusal, operation: Operation | None, address: str = "") -> Reply:
        """The reply for an error of a request to the path `address`."""
        response = _error_response(refusal, operation)
        status = _status(refusal, response)
        media = _error_media(response, refusal.accept)
        if response is None and operation is not None and status >= BREAKDOWN:
            media = self._shared_media(operation)
        if media is None:
            return Reply(status, problem(refusal, status), refusal.headers, PROBLEM)
        wrapper = self._wrapper(operation) if refusal.faults else ""
        body, name = self.fill(media, refusal, status, address, wrapper, operation), self._type(media)
        if is_json(name):
            return Reply(status, problem(refusal, status) if body is None else body, refusal.headers, name)
        if not isinstance(body, dict | list) and (media.schema is not None or body is None):
            text = _summaries(refusal)[0] if refusal.faults else refusal.message
            body = {"message": text} if name.endswith("xml") else text
        return Reply(
            status, None, refusal.headers, name, serializers.write(body, name, media, self._schemas), proven=True
        )

    def _wrapper(self, operation: Operation | None) -> str:
        """The object that is all that a request has, such as `task` of `{task: {…}}`; empty for other requests."""
        asked = request_schema(operation.request_body) if operation is not None else None
        own = self._schemas.properties(asked) if asked else {}
        names = [name for name, at in own.items() if self._schemas.properties(at)]
        return names[0] if len(own) == len(names) == 1 else ""

    def fill(
        self,
        media: MediaType,
        refusal: Refusal,
        status: int,
        address: str = "",
        wrapper: str = "",
        operation: Operation | None = None,
    ) -> Any:
        """A body of this media type whose properties describe the error.

        Fields inside of the `wrapper` of a request are named without it in a map by field. Without a schema the
        document's example is the body. None when there is neither, or no valid body can be generated.
        """
        if media.schema is None:
            return self._maker.documented(media)
        try:
            body = self._maker.content(media, seed=refusal.kind)
        except Unanswerable:
            return None
        rules = error_body_filler.BodyRules(
            self._schemas.validator(media.schema, "response").is_valid,
            self._is_map(media.schema),
            self._choices(media.schema),
            is_example=len(media.examples) == 1,
            wrapper=wrapper,
            fields=self._fields(media.schema, operation) if refusal.faults else (),
            is_by_field=self._schemas.values(media.schema) is not None,
        )
        # The clock of a mock with a seed moves whenever it is read.
        facts = error_values.facts_of(refusal, status, summary(refusal), address, cache(self._now))
        filled = error_body_filler.fill(body, facts, refusal.faults, rules)
        if len(refusal.faults) > 1 and error_body_filler.names_one(filled, facts, refusal.faults):
            whole, *shorter = _summaries(refusal)
            facts = replace(facts, message=whole, shorter=tuple(shorter))
            filled = error_body_filler.fill(body, facts, refusal.faults, rules)
        return filled

    def _fields(self, pointer: str, operation: Operation | None) -> frozenset[str]:
        """The properties of an error body that the body of the request has too."""
        asked = request_schema(operation.request_body) if operation is not None else None
        own = self._schemas.properties(asked) if asked else {}
        inner = (self._schemas.properties(at) for at in own.values())
        return frozenset(self._schemas.properties(pointer).keys() & {*own, *(name for each in inner for name in each)})

    def _shared_media(self, operation: Operation) -> MediaType | None:
        """The media type whose schema several error responses of an operation share, for a breakdown too."""
        found = [_error_media(response, "") for response in operation.responses if response.status[:1] in ("4", "5")]
        offered = [(each, self._schemas.resolve(each.schema)[0]) for each in found if each and each.schema is not None]
        shared = (media for media, schema in offered if sum(other == schema for _, other in offered) > 1)
        return next(shared, None)

    def _type(self, media: MediaType) -> str:
        """The media type to send: JSON where the document leaves it open (`*/*`) and describes an object or a list."""
        types = self._schemas.types(media.schema) if media.schema is not None else frozenset()
        return serializers.concrete_type(media.name, PLAIN if types <= SCALARS else "application/json")

    def _choices(self, pointer: str) -> Callable[[error_values.Path], Sequence[Any]]:
        """The function that says which values the schema at a path allows, if it lists them."""

        def choices(path: error_values.Path) -> Sequence[Any]:
            below = self._schemas.below(pointer, path)
            found = self._schemas.keyword(below, "enum") if below is not None else None
            return found if isinstance(found, list) else ()

        return choices

    def _is_map(self, pointer: str) -> Callable[[error_values.Path], bool]:
        """The function that says if the schema at a path is an object without declared properties."""

        def is_map(path: error_values.Path) -> bool:
            below = self._schemas.below(pointer, path)
            return below is not None and "object" in self._schemas.types(below) and not self._schemas.properties(below)

        return is_map


def problem(refusal: Refusal, status: int) -> dict[str, Any]:
    """Problem details (RFC 9457 section 3) with up to 50 faults."""
    body: dict[str, Any] = {
        "type": "about:blank",  # then the title is the phrase of the status (section 4.2.1)
        "title": PHRASES.get(status) or refusal.kind.replace("-", " ").capitalize(),
        "status": status,
        "detail": summary(refusal),
    }
    if refusal.faults:
        body["errors"] = [
            {"in": fault.location, "field": fault.field, "detail": fault.message} for fault in refusal.faults[:50]
        ]
    return body


def summary(refusal: Refusal) -> str:
    """The message of the first fault with its location and field; else the error's own message."""
    if not refusal.faults:
        return refusal.message
    return fault_summary(refusal.faults[0])


def _summaries(refusal: Refusal) -> list[str]:
    """The messages of several faults in one line: of five, then of fewer, down to the first alone."""
    told = list(dict.fromkeys(fault_summary(fault) for fault in refusal.faults))
    counts = range(min(len(told), MOST_IN_ONE_TEXT), 0, -1)
    more = {n: [f"and {len(told) - n} more"] if len(told) > n else [] for n in counts}
    return [*("; ".join([*told[:n], *more[n]]) for n in counts), told[0]]


def fault_summary(fault: Fault) -> str:
    """The message of a fault with its location and field."""
    return f"{fault.location} {fault.field}: {fault.message}" if fault.path else f"{fault.location}: {fault.message}"


def _error_response(refusal: Refusal, operation: Operation | None) -> Response | None:
    if operation is None:
        return None
    if isinstance(refusal, Invalid | Malformed):
        described = {response.status.upper(): response for response in operation.responses}
        order = (str(refusal.documented), *(INVALID if isinstance(refusal, Invalid) else MALFORMED))
        return next((described[status] for status in order if status in described), None)
    found = operation.response(refusal.status)
    # Some services answer 403 without a credential, and say so by documenting it alone.
    return operation.response(403) if found is None and isinstance(refusal, Unauthenticated) else found


def _status(refusal: Refusal, response: Response | None) -> int:
    if response is not None and response.status.isdigit():
        return int(response.status)
    return refusal.status


def _error_media(response: Response | None, accept: str) -> MediaType | None:
    """The media type for the error body: of those that the client accepts JSON, else the first."""
    offered = response.content if response else ()
    accepted = [media for media in offered if accept and accepts(accept, media.name)] or offered
    return next((media for media in accepted if is_json(media.name)), next(iter(accepted), None))
