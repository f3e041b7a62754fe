"""Error replies with the service's own error bodies. Every error becomes a reply here."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from mockserver.behaviour import templates
from mockserver.behaviour.statements import ErrorBody, Wording
from mockserver.behaviour.templates import ERROR_VALUES, WORDING_VALUES, Render
from mockserver.errors import Fault, Refusal
from mockserver.messages import Reply
from mockserver.openapi.document import Operation
from mockserver.web.response.default_errors import DefaultErrors


class _CompiledWording(Struct, frozen=True):
    stated: Wording
    message: Render
    code: Render


class _ErrorTemplate(Struct, frozen=True):
    status: int | None
    media_type: str
    body: Render
    wordings: tuple[_CompiledWording, ...]


class ErrorResponses:
    """The error bodies of one service, or of an operation that has its own."""

    def __init__(self, stated: Mapping[str, ErrorBody], default_errors: DefaultErrors) -> None:
        self._templates = {kind: _error_template(body) for kind, body in stated.items()}
        self._default_errors = default_errors

    def states(self, kind: str) -> bool:
        """Does the behaviour of the service state the body of this kind of error?"""
        return kind in self._templates or "default" in self._templates

    def reply(self, refusal: Refusal, operation: Operation | None, method: str, path: str) -> Reply:
        """The reply for an error: the service's stated body, else that of `DefaultErrors`."""
        template = self._templates.get(refusal.kind) or self._templates.get("default")
        if template is None:
            return self._default_errors.reply(refusal, operation, path)
        status = template.status or refusal.status
        faults = (
            tuple(_worded(fault, template.wordings) for fault in refusal.faults)
            if template.wordings
            else refusal.faults
        )
        body = template.body(scope(refusal, faults, status, method, path))
        return Reply(status, body, refusal.headers, template.media_type)


def scope(refusal: Refusal, worded: tuple[Fault, ...], status: int, method: str, path: str) -> dict[str, Any]:
    """The values of the placeholders; `worded` are the faults with the service's own messages."""
    faults = [_fault_values(fault) for fault in worded]
    first = faults[0] if faults else {"loc": [], "keyword": refusal.kind, "field": "", "location": ""}
    values: dict[str, Any] = {
        "message": text(refusal.message, worded),
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
        "messages": ", ".join(dict.fromkeys(fault.message for fault in worded)) or refusal.message,
        "position": 0,
        "resource": "",
        "limit": 0,
    }
    return values | refusal.values


def text(message: str, faults: tuple[Fault, ...]) -> str:
    """The messages of up to five faults, with their fields, in one line; without faults the error's message."""
    return "; ".join(dict.fromkeys(_sentence(fault) for fault in faults[:5])) or message


def _sentence(fault: Fault) -> str:
    return fault.message if fault.message.startswith(f"{fault.field}:") else f"{fault.field}: {fault.message}"


def _fault_values(fault: Fault) -> dict[str, Any]:
    return {
        "loc": [fault.location, *fault.path],
        "message": fault.message,
        "keyword": fault.keyword,
        "field": fault.field,
        "location": fault.location,
    }


def _worded(fault: Fault, wordings: tuple[_CompiledWording, ...]) -> Fault:
    """The fault with the message of the first wording that matches it; unchanged when none does."""
    wording = next((entry for entry in wordings if _matches(entry.stated, fault)), None)
    if wording is None:
        return fault
    number = next((step + 1 for step in fault.path if isinstance(step, int)), 0)
    values = {
        "message": fault.message,
        "field": fault.field,
        "expected": fault.expected,
        "keyword": fault.keyword,
        "number": number,
    }
    return replace(fault, message=str(wording.message(values)), keyword=str(wording.code(values)))


def _matches(wording: Wording, fault: Fault) -> bool:
    return (
        wording.keyword in ("", fault.keyword)
        and wording.expected in (None, fault.expected)
        and (not wording.field or fnmatchcase(fault.field, wording.field))
    )


def _error_template(stated: ErrorBody) -> _ErrorTemplate:
    wordings = tuple(
        _CompiledWording(
            entry,
            templates.compile(entry.message, WORDING_VALUES),
            templates.compile(entry.code, WORDING_VALUES),
        )
        for entry in stated.words
    )
    return _ErrorTemplate(stated.status, stated.media_type, templates.compile(stated.body, ERROR_VALUES), wordings)
