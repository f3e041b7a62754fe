"""Learns statements about statuses, errors and headers."""

from __future__ import annotations

from typing import Any

from contracts.differential.learned_overlay import LearnedStatement, Place, statement_at
from contracts.differential.observed import ObservedDifference, operation_place

PROSE = frozenset(
    {"message", "detail", "description", "title", "msg", "reason", "hint", "mitigation", "error_description"}
)
"""Names of properties with texts for people."""


def status(found: ObservedDifference) -> LearnedStatement | None:
    """The status of a success reply."""
    if found.how != "status" or found.difference.expected >= 300 or found.difference.seen >= 300:
        return None
    return found.changed_statement(
        operation_place(found.step, "reply"),
        f"{found.step.name} returns {found.difference.seen}, not {found.difference.expected}.",
        status=found.difference.seen,
    )


def refusal_status(found: ObservedDifference) -> LearnedStatement | None:
    """The status of a kind of error; also whether a user without access gets 403 or 404."""
    if found.how != "status" or found.difference.expected < 400 or not 400 <= found.difference.seen < 500:
        return None
    if found.about == "no-access" and found.difference.seen in (403, 404):
        refusal = {403: "forbidden", 404: "missing"}[found.difference.seen]
        return found.changed_statement(
            ("x-service", "no-access"), f"A user without access gets {found.difference.seen}.", refusal=refusal
        )
    if not found.step.path and found.step.op.operation.response(found.difference.seen) is None:
        return None
    place = _errors(found)
    return found.changed_statement(
        place,
        f"A `{found.difference.error}` error has status {found.difference.seen}, not {found.difference.expected}.",
        status=found.difference.seen,
        body=_template(found.reply.json, found.difference.seen, found.scenario.detail),
    )


def refusal_body(found: ObservedDifference) -> LearnedStatement | None:
    """The body of a kind of error."""
    if found.how != "value" or not found.difference.error:
        return None
    media_type = (found.reply.header("content-type") or "application/json").split(";")[0]
    body = _template(found.reply.json, found.reply.status, found.scenario.detail)
    place = _errors(found)
    media = {"media_type": media_type} if media_type != "application/json" else {}
    return found.changed_statement(
        place,
        f"The body of a `{found.difference.error}` error.",
        "words",
        "media-type",
        body=body,
        status=found.reply.status,
        **media,
    )


def _errors(found: ObservedDifference) -> Place:
    """The place of the statement about the kind of error: the operation's, if it has one, else the service's."""
    own = (*operation_place(found.step, "errors"), found.difference.error)
    return own if statement_at(found.contract, own) is not None else ("x-service", "errors", found.difference.error)


def _template(body: Any, status: int, detail: str) -> Any:
    """The template of an error body: values that vary become placeholders."""
    field = detail.partition(" ")[0]
    if isinstance(body, dict):
        prose = {key for key, value in body.items() if key.lower() in PROSE and isinstance(value, str)}
        return {key: "{message}" if key in prose else _template(value, status, detail) for key, value in body.items()}
    if isinstance(body, list) and body and isinstance(body[0], dict):
        return [{"$each": "faults", **_template(body[0], status, detail)}]
    if isinstance(body, list):
        return ["{message}"] if body and isinstance(body[0], str) else body
    if isinstance(body, str) and field and body in (field, f"/{field}"):
        return body.replace(field, "{field}")
    if isinstance(body, str) and " " in body:
        return "{message}"
    return "{status}" if not isinstance(body, bool) and body in (status, str(status)) else body


def unknown_fields(found: ObservedDifference) -> LearnedStatement | None:
    """The policy for undocumented fields."""
    if found.about != "unknown-fields" or found.how not in ("status", "further", "missing"):
        return None
    shown = b"contract_check_unknown" in found.reply.reply_body
    policy = "refuse" if found.reply.status >= 400 else "keep" if shown else "ignore"
    return found.changed_statement(("x-service", "unknown-fields"), f"Unknown fields: {policy}.", policy=policy)


def location(found: ObservedDifference) -> LearnedStatement | None:
    """Whether a reply has a Location header."""
    if found.how != "header" or found.difference.path != ("location",):
        return None
    place = operation_place(found.step, "reply")
    headers = dict((statement_at(found.contract, place) or {}).get("headers") or {})
    headers = {key: value for key, value in headers.items() if key.lower() != "location"}
    if found.difference.seen == "there":
        headers["Location"] = "{location}"
    return found.changed_statement(
        place, f"The reply has {'a' if found.difference.seen == 'there' else 'no'} Location header.", headers=headers
    )
