"""Refusals written into the service's own error bodies: the one place where an error becomes a reply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.call import Reply
from mockserver.errors import Fault, Refusal
from mockserver.semantics import template
from mockserver.semantics.template import Render
from mockserver.spec.behaviour import ErrorBody
from mockserver.spec.document import Operation
from mockserver.web.policy import Policy

VALUES = frozenset({
    "message", "field", "status", "kind", "path", "keyword", "faults", "loc", "retry_after_ms", "resource", "limit",
    "location", "method",
})  # fmt: skip
"""What an error body's template may name."""


@dataclass(frozen=True, slots=True)
class _Form:
    status: int | None
    media_type: str
    body: Render


class Refusals:
    """The error bodies of one service, or of one operation where it has its own."""

    def __init__(self, stated: Mapping[str, ErrorBody], policy: Policy, place: str) -> None:
        self._forms = {kind: _form(body, f"{place}/errors/{kind}") for kind, body in stated.items()}
        self._policy = policy

    def reply(self, refusal: Refusal, operation: Operation | None, method: str, path: str) -> Reply:
        """The reply that tells a client why it is refused."""
        form = self._forms.get(refusal.kind) or self._forms.get("default")
        if form is None:
            return self._policy.reply(refusal, operation)
        status = form.status or refusal.status
        body = form.body(scope(refusal, status, method, path))
        return Reply(status, body, refusal.headers, form.media_type)


def scope(refusal: Refusal, status: int, method: str = "", path: str = "") -> dict[str, Any]:
    """The values that an error body's template may name."""
    faults = [_each(fault) for fault in refusal.faults]
    first = faults[0] if faults else {"loc": [], "keyword": refusal.kind, "field": "", "location": ""}
    given: dict[str, Any] = {
        "message": text(refusal), "field": first["field"], "status": status, "kind": refusal.kind, "path": path,
        "keyword": first["keyword"], "loc": first["loc"], "location": first["location"], "method": method,
        "faults": faults or [first | {"message": refusal.message}], "retry_after_ms": 0, "resource": "", "limit": 0,
    }  # fmt: skip
    return given | refusal.values


def text(refusal: Refusal) -> str:
    """What is wrong, in one line that names every field."""
    if not refusal.faults:
        return refusal.message
    return "; ".join(dict.fromkeys(_sentence(fault) for fault in refusal.faults[:5]))


def _sentence(fault: Fault) -> str:
    return fault.message if fault.message.startswith(f"{fault.field}:") else f"{fault.field}: {fault.message}"


def _each(fault: Fault) -> dict[str, Any]:
    return {
        "loc": [fault.location, *fault.path], "message": fault.message, "keyword": fault.keyword,
        "field": fault.field, "location": fault.location,
    }  # fmt: skip


def _form(stated: ErrorBody, place: str) -> _Form:
    return _Form(stated.status, stated.media_type, template.compile(stated.body, VALUES, place))
