"""Refusals written into the service's own error bodies: the one place where an error becomes a reply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from mockserver.behaviour.statements import ErrorBody, Wording
from mockserver.errors import Fault, Refusal
from mockserver.handlers import reply_template
from mockserver.handlers.reply_template import Render
from mockserver.messages import Reply
from mockserver.openapi.document import Operation
from mockserver.web.response.default_errors import DefaultErrors

VALUES = frozenset(
    {
        "message",
        "field",
        "status",
        "kind",
        "path",
        "keyword",
        "faults",
        "loc",
        "retry_after_ms",
        "resource",
        "limit",
        "location",
        "method",
        "messages",
        "position",
    }
)
"""What an error body's template may name."""

SPOKEN = frozenset({"message", "field", "expected", "keyword", "number"})
"""What a service's own words for a fault may name."""


class _Words(NamedTuple):
    stated: Wording
    message: Render
    code: Render


@dataclass(frozen=True, slots=True)
class _Form:
    status: int | None
    media_type: str
    body: Render
    words: tuple[_Words, ...]


class ErrorResponses:
    """The error bodies of one service, or of one operation where it has its own."""

    def __init__(self, stated: Mapping[str, ErrorBody], policy: DefaultErrors, place: str) -> None:
        self._forms = {kind: _form(body, f"{place}/errors/{kind}") for kind, body in stated.items()}
        self._policy = policy

    def reply(self, refusal: Refusal, operation: Operation | None, method: str, path: str) -> Reply:
        """The reply that tells a client why it is refused."""
        form = self._forms.get(refusal.kind) or self._forms.get("default")
        if form is None:
            return self._policy.reply(refusal, operation)
        status = form.status or refusal.status
        faults = tuple(_spoken(fault, form.words) for fault in refusal.faults) if form.words else refusal.faults
        body = form.body(scope(refusal, faults, status, method, path))
        return Reply(status, body, refusal.headers, form.media_type)


def scope(refusal: Refusal, told: tuple[Fault, ...], status: int, method: str, path: str) -> dict[str, Any]:
    """The values that an error body's template may name; `told` are the faults in the service's words."""
    faults = [_each(fault) for fault in told]
    first = faults[0] if faults else {"loc": [], "keyword": refusal.kind, "field": "", "location": ""}
    given: dict[str, Any] = {
        "message": text(refusal.message, told),
        "field": first["field"],
        "status": status,
        "kind": refusal.kind,
        "path": path,
        "keyword": first["keyword"],
        "loc": first["loc"],
        "location": first["location"],
        "method": method,
        "faults": faults or [first | {"message": refusal.message}],
        "retry_after_ms": 0,
        "messages": ", ".join(dict.fromkeys(fault.message for fault in told)) or refusal.message,
        "position": 0,
        "resource": "",
        "limit": 0,
    }
    return given | refusal.values


def text(message: str, faults: tuple[Fault, ...]) -> str:
    """What is wrong, in one line that names every field."""
    return "; ".join(dict.fromkeys(_sentence(fault) for fault in faults[:5])) or message


def _sentence(fault: Fault) -> str:
    return fault.message if fault.message.startswith(f"{fault.field}:") else f"{fault.field}: {fault.message}"


def _each(fault: Fault) -> dict[str, Any]:
    return {
        "loc": [fault.location, *fault.path],
        "message": fault.message,
        "keyword": fault.keyword,
        "field": fault.field,
        "location": fault.location,
    }


def _spoken(fault: Fault, words: tuple[_Words, ...]) -> Fault:
    """The fault in the words that are the first to fit it; as it is where none do."""
    fitting = next((entry for entry in words if _fits(entry.stated, fault)), None)
    if fitting is None:
        return fault
    number = next((step + 1 for step in fault.path if isinstance(step, int)), 0)
    values = {
        "message": fault.message,
        "field": fault.field,
        "expected": fault.expected,
        "keyword": fault.keyword,
        "number": number,
    }
    return replace(fault, message=str(fitting.message(values)), keyword=str(fitting.code(values)))


def _fits(wording: Wording, fault: Fault) -> bool:
    return (
        wording.keyword in ("", fault.keyword)
        and wording.expected in (None, fault.expected)
        and (not wording.field or fnmatchcase(fault.field, wording.field))
    )


def _form(stated: ErrorBody, place: str) -> _Form:
    words = tuple(
        _Words(
            entry,
            reply_template.compile(entry.message, SPOKEN, place),
            reply_template.compile(entry.code, SPOKEN, place),
        )
        for entry in stated.words
    )
    return _Form(stated.status, stated.media_type, reply_template.compile(stated.body, VALUES, place), words)
