"""An entry of the journal as JSON: bodies read, secrets masked, changes named."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from mockserver.errors import Refusal
from mockserver.handlers.item_editor import MASK
from mockserver.handlers.item_editor import masked as masked_fields
from mockserver.openapi import json_codec, media_types
from mockserver.printed_text import masked
from mockserver.state.change_log import ItemChange
from mockserver.state.record import Record
from mockserver.web.control.decisions import entry_decision
from mockserver.web.control.journal import JournalRecord
from mockserver.web.control.masking import is_secret, masked_content, masked_value
from mockserver.web.control.nearest_operation import nearest
from mockserver.web.service import Service
from mockserver.web.trace import STEPS

HANDLER = STEPS.index("handler")

Services = Mapping[str, Service]


def shown(entry: JournalRecord, services: Services) -> dict[str, Any]:
    """The entry as the schema `Entry` of the admin API."""
    service = services.get(entry.service) if entry.service is not None else None
    operation = entry.operation
    found = entry_decision(entry, service) if service is not None else None
    secrets = secret_names(service)
    return {
        "number": entry.number,
        "time": time_of(entry.moment),
        "namespace": entry.namespace,
        "service": entry.service,
        "operation": operation.operation_id if operation is not None else None,
        "caller": entry.trace.principal.name if entry.trace.principal is not None else None,
        "tenant": entry.trace.tenant,
        "request": {
            "method": entry.method,
            "target": masked(entry.target),
            **shown_message(entry.headers, entry.body, entry.length, secrets),
        },
        "response": _response(entry, secrets),
        "milliseconds": round(entry.seconds * 1000, 3),
        "steps": steps(entry),
        "refusal": _refusal(entry),
        "statement": found._asdict() if found is not None else None,
        "notes": list(entry.trace.notes),
        "revision": entry.trace.commits[-1].revision if entry.trace.commits else None,
        "changes": list(_changes(entry, services)),
        **({"nearest": _nearest(entry, services)} if operation is None else {}),
    }


def _nearest(entry: JournalRecord, services: Services) -> str:
    found = nearest(entry.method, entry.target, services)
    return f"{found.operation.http_method} {found.path}" if found is not None else ""


def time_of(moment: float) -> str:
    """A time in RFC 3339, with milliseconds."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def steps(entry: JournalRecord) -> list[dict[str, Any]]:
    """The steps of the decision that the request reached; the last one is where it was refused, if it was."""
    trace = entry.trace
    reached = STEPS.index(trace.step) if trace.step in STEPS else 0
    is_refused = trace.refusal is not None or (entry.operation is None and not trace.override)
    is_answered = not is_refused and not entry.is_overridden and entry.operation is not None
    found: list[dict[str, Any]] = [
        {"step": name, "passed": True} for name in (STEPS if is_answered else STEPS[: reached + 1])
    ]
    ran = [{"step": "rule", "name": name, "passed": True} for name in trace.rules]
    # An action ends after the rules; where they have passed, what is refused at the handler is refused at its end.
    after = HANDLER if is_refused and trace.refusal is not None and not trace.refusal.rule else HANDLER + 1
    found[after:after] = ran
    if is_refused:
        found[-1]["passed"] = False
    if trace.override:
        found.insert(1, {"step": "override", "name": trace.override, "passed": True})
    return found


def header_pairs(lines: bytes) -> list[tuple[str, str]]:
    """Names and values of encoded header lines."""
    parts = (line.decode("latin-1").partition(": ") for line in lines.split(b"\r\n"))
    return [(name, value) for name, colon, value in parts if colon]


def secret_names(service: Service | None) -> frozenset[str]:
    """The names of header fields and properties that are secrets of this service."""
    if service is None:
        return frozenset()
    keys = {each.parameter.lower() for each in service.contract.document.security_schemes.values() if each.parameter}
    return frozenset(keys | {name for plan in service.plans.values() for name in plan.secrets})


def shown_message(headers: list[tuple[str, str]], body: bytes, length: int, secrets: frozenset[str]) -> dict[str, Any]:
    media_type = next((value for name, value in headers if name.lower() == "content-type"), "")
    return {
        "headers": [[name, MASK if is_secret(name.lower(), secrets) else value] for name, value in headers],
        "body": _body(body, length, media_type, secrets),
    }


def _response(entry: JournalRecord, secrets: frozenset[str]) -> dict[str, Any] | None:
    if entry.response is None:
        return None
    message = shown_message(header_pairs(entry.response[1]), entry.response[2], entry.sent, secrets)
    return {"status": entry.status, **message}


def _body(content: bytes, length: int, media_type: str, secrets: frozenset[str]) -> dict[str, Any]:
    is_cut, kind = len(content) < length, media_types.essence(media_type)
    found: dict[str, Any] = {"bytes": length} | ({"is_cut": True} if is_cut else {})
    if not content:
        return found
    if media_types.is_json(kind) and not is_cut:
        try:
            return found | {"json": masked_value(json_codec.read(content), secrets)}
        except ValueError:
            pass
    content = masked_content(content, kind, secrets)
    try:
        return found | {"text": content.decode("utf-8", "strict" if not is_cut else "ignore")}
    except UnicodeDecodeError:
        return found | {"base64": b64encode(content).decode()}


def _refusal(entry: JournalRecord) -> dict[str, Any] | None:
    refusal = entry.trace.refusal
    if refusal is None:
        return (
            {"kind": "refused", "message": "; ".join(entry.trace.reasons), "faults": []}
            if entry.trace.reasons
            else None
        )
    return {"kind": refusal.kind, "message": refusal.message, "faults": list(_faults(refusal))}


def _faults(refusal: Refusal) -> Iterator[dict[str, Any]]:
    for fault in refusal.faults[:50]:
        named = {"in": fault.location, "field": fault.field, "message": fault.message, "keyword": fault.keyword}
        yield named if fault.expected is None else named | {"expected": fault.expected}


def _changes(entry: JournalRecord, services: Services) -> Iterator[dict[str, Any]]:
    for commit in entry.trace.commits:
        name = commit.store.partition("@")[0]
        yield from (shown_change(change, name, services) for change in commit.items)


def shown_change(change: ItemChange, service: str, services: Services) -> dict[str, Any]:
    """A changed item as the schema `Change` of the admin API."""
    resource, tenant, owner = change.key
    record = change.after or change.before
    return {
        "service": service,
        "resource": resource,
        "tenant": tenant,
        "owner": owner,
        "id": _plain(record.id) if record is not None else None,
        "change": "created" if change.before is None else "deleted" if change.after is None else "changed",
        "before": _fields(change.before, resource, services.get(service)),
        "after": _fields(change.after, resource, services.get(service)),
    }


def _fields(record: Record | None, resource: str, service: Service | None) -> dict[str, Any] | None:
    if record is None:
        return None
    plan = service.plans.get(resource) if service is not None else None
    secrets = plan.secrets if plan is not None else frozenset[str]()
    return masked_fields(record.fields, secrets)


def _plain(id: Any) -> Any:
    return id if id is None or isinstance(id, str | int | float | bool) else str(id)
