"""How a refusal is told where nobody said how: with the status and body that the document offers.

An invalid request gets the first of 422, 400, 4XX and `default` that the operation documents, any other refusal its
own status, its range or `default`. The body fits that response's schema and names the field; where the document
offers none, it is problem details (RFC 9457).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockserver.call import Reply
from mockserver.errors import Invalid, Malformed, Refusal
from mockserver.spec.document import MediaType, Operation, Response
from mockserver.spec.schemas import Schemas

PROBLEM = "application/problem+json"

Fill = Callable[[str, dict[str, str]], Any]
"""Makes a value for the schema at a pointer in which texts with telling names say the given words."""


class Policy:
    """Refusals of a document without `errors` statements."""

    def __init__(self, schemas: Schemas, fill: Fill) -> None:
        self._schemas, self._fill = schemas, fill

    def reply(self, refusal: Refusal, operation: Operation | None) -> Reply:
        """The reply that tells a client why it is refused."""
        response = _offered(refusal, operation)
        status = _status(refusal, response)
        media = _json(response)
        if media is not None and media.schema:
            body = self._body(refusal, status, media)
            if body is not None:
                return Reply(status, body, refusal.headers, media.name)
        if response is not None and response.content and media is None:
            return Reply(status, refusal.message.encode(), refusal.headers, response.content[0].name)
        return Reply(status, problem(refusal, status), refusal.headers, PROBLEM)

    def _body(self, refusal: Refusal, status: int, media: MediaType) -> Any:
        words = {"message": summary(refusal), "code": refusal.kind, "status": str(status)}
        body = self._fill(str(media.schema), words)
        valid = body is not None and self._schemas.validator(str(media.schema), "response").is_valid(body)
        return body if valid else None


def problem(refusal: Refusal, status: int) -> dict[str, Any]:
    """Problem details (RFC 9457 section 3) with every fault."""
    body: dict[str, Any] = {
        "type": "about:blank", "title": refusal.kind.replace("-", " ").capitalize(), "status": status,
        "detail": summary(refusal),
    }  # fmt: skip
    if refusal.faults:
        body["errors"] = [
            {"in": fault.location, "field": fault.field, "detail": fault.message} for fault in refusal.faults[:50]
        ]
    return body


def summary(refusal: Refusal) -> str:
    """What is wrong, naming the first field."""
    if not refusal.faults:
        return refusal.message
    first = refusal.faults[0]
    return f"{first.location} {first.field}: {first.message}" if first.path else f"{first.location}: {first.message}"


def _offered(refusal: Refusal, operation: Operation | None) -> Response | None:
    if operation is None:
        return None
    if isinstance(refusal, Invalid | Malformed):
        described = {response.status.upper(): response for response in operation.responses}
        order = ("422", "400", "4XX", "DEFAULT") if isinstance(refusal, Invalid) else ("400", "422", "4XX", "DEFAULT")
        return next((described[status] for status in order if status in described), None)
    return operation.response(refusal.status)


def _status(refusal: Refusal, response: Response | None) -> int:
    if response is not None and response.status.isdigit():
        return int(response.status)
    return refusal.status


def _json(response: Response | None) -> MediaType | None:
    return next((media for media in response.content if "json" in media.name), None) if response else None
