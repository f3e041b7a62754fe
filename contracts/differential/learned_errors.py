"""Learns statements about statuses, errors and headers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from contracts.differential.learned_overlay import LearnedStatement, Place, statement_at
from contracts.differential.observed import ObservedDifference, operation_place

PROSE = frozenset(
    {"message", "detail", "description", "title", "msg", "reason", "hint", "mitigation", "error_description"}
)
"""Names of properties with texts for people."""


MOST_CONSTANTS = 8
"""The largest number of properties of a body that is learned as a constant."""


def status(found: ObservedDifference) -> LearnedStatement | None:
    """The status of a success reply."""
    if found.how != "status" or found.difference.expected >= 300 or found.difference.seen >= 300:
        return None
    return found.changed_statement(
        operation_place(found.step, "reply"),
        f"{found.step.name} returns {found.difference.seen}, not {found.difference.expected}.",
        status=found.difference.seen,
    )


def deleted(found: ObservedDifference) -> LearnedStatement | None:
    """The body of the response to a DELETE: a constant, around the id."""
    action = found.step.op.behaviour.action
    if found.how != "value" or found.difference.path or found.difference.error or action is None:
        return None
    body = found.reply.json
    if action.does != "delete" or not isinstance(body, dict) or len(body) > MOST_CONSTANTS:
        return None
    id = found.reply.url.rstrip("/").rpartition("/")[2]
    shown = {name: "{id}" if str(value) == id else value for name, value in body.items()}
    if any(isinstance(value, dict | list) for value in shown.values()):
        return None
    return found.changed_statement(
        operation_place(found.step, "reply"), f"{found.step.name} returns {json.dumps(shown)}.", body=shown
    )


def trailing_slash(found: ObservedDifference) -> LearnedStatement | None:
    """What happens to a path that differs from a documented one by its last slash."""
    if found.about != "trailing-slash" or found.how != "status":
        return None
    seen = found.difference.seen
    policy = "ignore" if seen < 300 else "redirect" if seen < 400 else "strict" if seen == 404 else ""
    if not policy:
        return None
    return found.changed_statement(("x-service", "trailing-slash"), f"A trailing slash: {policy}.", policy=policy)


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
        body=_template(found.reply.json, found.difference.seen, _names(found)),
    )


def refusal_body(found: ObservedDifference) -> LearnedStatement | None:
    """The body of a kind of error."""
    if found.how != "value" or not found.difference.error:
        return None
    media_type = (found.reply.header("content-type") or "application/json").split(";")[0]
    body = _template(found.reply.json, found.reply.status, _names(found))
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


def _names(found: ObservedDifference) -> list[str]:
    """The names of fields and parameters that an error body of this request may point at."""
    body = found.step.body if isinstance(found.step.body, dict) else {}
    detail = found.scenario.detail.partition(" ")[0]
    return [name for name in dict.fromkeys((detail, *found.step.query, *body)) if name] if _is_invalid(found) else []


def _is_invalid(found: ObservedDifference) -> bool:
    """Is the error about a field? The others name none."""
    return found.difference.error == "invalid"


def _template(body: Any, status: int, names: Sequence[str]) -> Any:
    """The template of an error body: values that vary become placeholders. `names` are those of the faulty fields."""
    if isinstance(body, dict):
        prose = {key for key, value in body.items() if key.lower() in PROSE and isinstance(value, str)}
        return {key: "{message}" if key in prose else _template(value, status, names) for key, value in body.items()}
    if isinstance(body, list) and body and isinstance(body[0], dict):
        return [{"$each": "faults", **_template(body[0], status, names)}]
    if isinstance(body, list):
        return ["{message}"] if body and isinstance(body[0], str) else body
    for name in names:
        if isinstance(body, str) and body in (name, f"/{name}"):
            return body.replace(name, "{field}")
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
        place,
        f"{found.step.name} returns {'a' if found.difference.seen == 'there' else 'no'} Location header.",
        headers=headers,
    )
