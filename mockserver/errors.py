"""The error tree.

MockServerError
├── SpecError                    a document cannot be read, at load: file and JSON pointer
│   ├── InvalidDocument          it breaks the OpenAPI Specification
│   ├── UnsupportedFeature       it is sound, but asks for what this program does not do
│   └── UnknownOperation         a name that no operation of the document has
├── BehaviourError               a behaviour statement cannot be kept, at load: which one, and what is allowed
├── StateError                   a state file cannot be loaded, at start: which entry, and why
├── Refusal                      told to the client, in the words of the service it stands for
│   ├── Malformed                the bytes of the body are not what the media type says
│   ├── Invalid                  a value breaks the document: where, and which rule
│   ├── Unauthenticated          no credential, or one that is not accepted
│   ├── Forbidden                a credential whose role does not allow this
│   ├── Missing                  no such item, or not for this tenant
│   ├── UnknownPath              no such path in the document
│   ├── MethodNotAllowed         a path that does not have this method (RFC 9110 section 15.5.6)
│   ├── NotAcceptable            no documented media type that the client accepts
│   ├── Conflict                 a limit or a uniqueness rule stands against it
│   ├── TooLarge                 a body over the configured bound
│   ├── UnsupportedMediaType     a content type that the operation does not take
│   ├── TooMany                  a rate limit is spent
│   ├── BadGateway               another server, which the request is about, could not be asked (502)
│   └── Unanswerable             the document makes a valid answer impossible, or ours was not valid (500)
└── SyncError                    an MCP server could not be asked
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class MockServerError(Exception):
    """Base of every error this program raises on purpose."""


class SpecError(MockServerError):
    """A document cannot be served; the text names the file and the JSON pointer (RFC 6901)."""

    def __init__(self, message: str, *, file: str = "", pointer: str = "") -> None:
        self.message, self.file, self.pointer = message, file, pointer
        place = file + (f"#{pointer}" if pointer else "")
        super().__init__(f"{place}: {message}" if place else message)


class InvalidDocument(SpecError):
    """The document breaks the OpenAPI Specification."""


class UnsupportedFeature(SpecError):
    """The document is sound but uses something this program does not do."""


class UnknownOperation(SpecError):
    """A name that no operation of the document has."""


class BehaviourError(MockServerError):
    """A statement of a behaviour file cannot be kept; the text says which, and what is allowed."""


class StateError(MockServerError):
    """A state file cannot be loaded; the text says which entry and why."""


class SyncError(MockServerError):
    """An MCP server could not be asked; the text says what happened in words."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a request: where it stands and which rule it breaks.

    `location` is `body`, `path`, `query`, `header` or `cookie`; `path` the keys from there to the value;
    `keyword` the JSON Schema keyword that failed (`maxLength`, `required`, ...) and `expected` what it demands (255).
    """

    location: str
    path: tuple[str | int, ...]
    message: str
    keyword: str
    expected: Any = None

    @property
    def field(self) -> str:
        """The value's name as people write it: `tools.0.name`, or the location for the whole body."""
        return ".".join(str(step) for step in self.path) or self.location


class Refusal(MockServerError):
    """The request is refused; rendered in one place into the service's own error body.

    `kind` is the key under which a behaviour file describes the body; `status` the HTTP status when neither the
    behaviour nor the document says otherwise.
    """

    kind = "refusal"
    status = 400

    def __init__(
        self, message: str, *, faults: tuple[Fault, ...] = (), headers: tuple[tuple[str, str], ...] = (), **values: Any
    ) -> None:
        super().__init__(message)
        self.message, self.faults, self.headers, self.values = message, faults, headers, values


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


class UnknownPath(Refusal):
    kind, status = "unknown-path", 404


class MethodNotAllowed(Refusal):
    kind, status = "method-not-allowed", 405


class NotAcceptable(Refusal):
    kind, status = "not-acceptable", 406


class Conflict(Refusal):
    kind, status = "conflict", 409


class TooLarge(Refusal):
    kind, status = "too-large", 413


class UnsupportedMediaType(Refusal):
    kind, status = "unsupported-media-type", 415


class TooMany(Refusal):
    kind, status = "too-many", 429


class BadGateway(Refusal):
    kind, status = "bad-gateway", 502


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
        TooLarge,
        UnsupportedMediaType,
        TooMany,
        BadGateway,
        Unanswerable,
    )
}
"""Every kind of refusal that a behaviour file may describe, by its key."""
