"""Every error that this program raises on purpose.

MockServerError
├── DocumentError                    a document cannot be read, at load: file and JSON pointer
│   ├── InvalidDocument          it breaks the OpenAPI Specification
│   ├── UnsupportedFeature       it is valid, but uses something that the mock does not implement
│   └── UnknownOperation         no operation of the document has this name
├── BehaviourError               a behaviour statement cannot be applied, at load: which one, and what is allowed
├── StateError                   a state file cannot be loaded, at start: which entry, and why
├── OverridesError               an override file cannot be loaded, at start: which entry and field, and why
├── ProjectSettingsError         a setting of the project cannot be used: file, key, and what would be right
├── HandlerError                 a function of the user cannot answer its operation, at start: which one, and why
├── LogError                     the shared log of changes cannot be used: where it is, and why
│   ├── LogUnavailable           it cannot be reached or written now; later it may
│   ├── LogDamaged               a part of it cannot be read
│   ├── LogLost                  it has less than it had before
│   └── LogMismatch              it is of another document, another program or a newer version
├── Refusal                      an error response to a client, in the service's own format
│   ├── Malformed                the body cannot be parsed as its media type
│   ├── Invalid                  a value breaks the document: where, and which keyword
│   ├── Unauthenticated          no credential, or one that is not accepted
│   ├── Forbidden                the credential's role does not allow this
│   ├── Missing                  no such item, or not for this tenant
│   │   └── Gone                 it was deleted (RFC 9110 section 15.5.11)
│   ├── UnknownPath              no such path in the document
│   ├── MethodNotAllowed         the path does not have this method (RFC 9110 section 15.5.6)
│   ├── NotAcceptable            the client accepts none of the documented media types
│   ├── Conflict                 a limit or a uniqueness rule forbids it
│   ├── PreconditionFailed       the item does not have the entity tag of `If-Match` (RFC 9110 section 13.1.1)
│   ├── PreconditionRequired     the request needs `If-Match` (RFC 6585 section 3)
│   ├── TooLarge                 the body is larger than the configured limit
│   ├── UnsupportedMediaType     the operation does not take this content type
│   ├── RangeNotSatisfiable      the content has no byte of the `Range` (RFC 9110 section 15.5.17)
│   ├── TooMany                  the rate limit is used up
│   ├── StoreUnavailable         the shared log of changes cannot be reached (503)
│   ├── BadGateway               another server, which the request is about, could not be reached (502)
│   └── Unanswerable             no valid response exists, or the mock's own response was not valid (500)
└── SyncError                    an MCP server could not be queried
"""

from __future__ import annotations

from typing import Any, Self

from msgspec import Struct

from mockserver.printed_text import masked


class MockServerError(Exception):
    """Base of every error this program raises on purpose."""


class DocumentError(MockServerError):
    """A document cannot be served; the message names the file and the JSON pointer (RFC 6901).

    `place` is how the message writes them, where that is not `file#pointer`: inside of a file that was joined.
    """

    def __init__(self, message: str, *, file: str = "", pointer: str = "", place: str = "") -> None:
        message, file, place = masked(message), masked(file), masked(place)
        self.message, self.file, self.pointer = message, file, pointer
        place = place or file + (f"#{pointer}" if pointer else "")
        super().__init__(f"{place}: {message}" if place else message)


class InvalidDocument(DocumentError):
    """The document breaks the OpenAPI Specification."""


class UnsupportedFeature(DocumentError):
    """The document is valid but uses something that the mock does not implement."""


class UnknownOperation(DocumentError):
    """No operation of the document has this name."""


class BehaviourError(MockServerError):
    """A behaviour file has mistakes: a line for each (20 at most) says where it is and what is allowed."""

    def __init__(self, *lines: str) -> None:
        more = [f"and {len(lines) - MOST_MISTAKES} more"] if len(lines) > MOST_MISTAKES else []
        super().__init__("\n".join([*lines[:MOST_MISTAKES], *more]))


MOST_MISTAKES = 20
"""How many mistakes one error reports."""


class StateError(MockServerError):
    """A state file cannot be loaded; the message says which entry, and why."""


class OverridesError(MockServerError):
    """A file of overrides cannot be loaded; the message says which entry and field, and why."""


class ProjectSettingsError(MockServerError):
    """A setting of a project cannot be used; the message names file and key, and says what would be right."""


class HandlerError(MockServerError):
    """A function of the user cannot answer an operation; the message names it and says why."""


class LogError(MockServerError):
    """The shared log of changes cannot be used; the message says where it is, and why."""

    def __init__(self, message: str) -> None:
        super().__init__(masked(message))


class LogUnavailable(LogError):
    """The log cannot be reached or written now. `retry_after` is a time in seconds after which it may be."""

    retry_after = 1


class LogDamaged(LogError):
    """A part of the log cannot be read. `before` has the entries that were asked for and come before that part."""

    def __init__(self, message: str, before: tuple[bytes, ...] = ()) -> None:
        super().__init__(message)
        self.before = before


class LogLost(LogError):
    """The log has less than it had before: it was emptied, or replaced by an older one."""


class LogMismatch(LogError):
    """The log is of another document, of another program, or of a newer version of this one."""


class WebhookError(MockServerError):
    """A webhook cannot be sent as it is wanted: an unknown name, an address that is none."""


class SyncError(MockServerError):
    """An MCP server could not be queried; the message says what happened."""


class Fault(Struct, frozen=True):
    """One thing that is wrong with a request: where it is, and which rule it breaks.

    `location` is `body`, `path`, `query`, `header` or `cookie`; `path` are the keys from there to the value.
    `keyword` is the JSON Schema keyword that failed (`maxLength`, `required`, …), `expected` its value (255).
    """

    location: str
    path: tuple[str | int, ...]
    message: str
    keyword: str
    expected: Any = None

    @property
    def field(self) -> str:
        """The value's name as users write it: `tools.0.name`, or the location for the whole body."""
        return ".".join(str(step) for step in self.path) or self.location


class Refusal(MockServerError):
    """The request gets an error response. `web/response/error_responses.py` renders it in the service's own format.

    A behaviour file describes the body of each `kind`. `status` is the HTTP status unless the behaviour file or the
    document gives another one. `values` fill the placeholders of the body's template. `statement` is the statement
    about behaviour that decided, `rule` the name of the rule that did; without both, it was the document. `documented`
    is the status of the response that says so, if a sentence of the document does. `accept` is what the client accepts.
    """

    kind = "refusal"
    status = 400

    def __init__(
        self, message: str, *, faults: tuple[Fault, ...] = (), headers: tuple[tuple[str, str], ...] = (), **values: Any
    ) -> None:
        super().__init__(message)
        self.message, self.faults, self.headers, self.values = message, faults, headers, values
        self.statement: object | None = None
        self.rule = ""
        self.documented = 0
        self.accept = ""

    def because(self, statement: object) -> Self:
        """This refusal, with the statement that decided."""
        self.statement = statement
        return self


class Malformed(Refusal):
    kind, status = "malformed", 400


class Invalid(Refusal):
    kind, status = "invalid", 400


class Unauthenticated(Refusal):
    kind, status = "unauthenticated", 401


class Forbidden(Refusal):
    kind, status = "forbidden", 403


class Missing(Refusal):
    kind, status = "missing", 404


class Gone(Missing):
    status = 410


class UnknownPath(Refusal):
    kind, status = "unknown-path", 404


class MethodNotAllowed(Refusal):
    kind, status = "method-not-allowed", 405


class NotAcceptable(Refusal):
    kind, status = "not-acceptable", 406


class Conflict(Refusal):
    kind, status = "conflict", 409


class PreconditionFailed(Refusal):
    kind, status = "precondition-failed", 412


class PreconditionRequired(Refusal):
    kind, status = "precondition-required", 428


class TooLarge(Refusal):
    kind, status = "too-large", 413


class UnsupportedMediaType(Refusal):
    kind, status = "unsupported-media-type", 415


class RangeNotSatisfiable(Refusal):
    kind, status = "range-not-satisfiable", 416


class TooMany(Refusal):
    kind, status = "too-many", 429


class BadGateway(Refusal):
    kind, status = "bad-gateway", 502


class StoreUnavailable(Refusal):
    kind, status = "unavailable", 503


class Unanswerable(Refusal):
    kind, status = "unanswerable", 500


REFUSALS: dict[str, type[Refusal]] = {
    cls.kind: cls
    for cls in (
        Malformed,
        Invalid,
        Unauthenticated,
        Forbidden,
        Missing,
        UnknownPath,
        MethodNotAllowed,
        NotAcceptable,
        Conflict,
        PreconditionFailed,
        PreconditionRequired,
        TooLarge,
        UnsupportedMediaType,
        RangeNotSatisfiable,
        TooMany,
        BadGateway,
        Unanswerable,
    )
}
"""Kind → class: the kinds of refusal that a behaviour file may describe."""
