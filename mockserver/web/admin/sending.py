"""Operations that send a request: one of the journal again, an example, and one with an override that is not set."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from mockserver.errors import Invalid, Missing
from mockserver.handlers.item_editor import MASK
from mockserver.messages import Reply
from mockserver.openapi.document import in_capitals
from mockserver.printed_text import masked
from mockserver.web.admin.admin_request import AdminRequest, as_conflict
from mockserver.web.admin.operations import named_operation, sent_example
from mockserver.web.control.checkpoints import Checkpoint, Checkpoints
from mockserver.web.control.journal import JournalRecord
from mockserver.web.control.namespaces import DEFAULT, Namespace
from mockserver.web.control.overrides.override import Override
from mockserver.web.control.own_request import OwnAnswer, OwnRequest, lower_case, send
from mockserver.web.control.shown_entry import secret_names, shown_message
from mockserver.web.service import Service

Json = dict[str, Any]

NOT_TRIED = ("times", "after", "probability", "expires", "enabled")
"""What a preview leaves out of an override: it shows the answer, and not when there is one."""

MOST_TRIED = 5
"""How many answers of a list a preview shows."""

MOST_NAMED = 50
"""How many operations a preview names."""


async def sent(request: AdminRequest) -> Reply:
    """Send a request to the sandbox, as clients do. Raises Conflict for one that cannot be sent."""
    with as_conflict():
        wanted = _in_namespace(request, _wanted(request, request.body))
        answer = await send(request.control.app, wanted)
    return Reply(200, _shown(request, wanted, answer))


async def previewed(request: AdminRequest) -> Reply:
    """What a client gets while an override applies, tried in a copy of the namespace. Raises Conflict."""
    override: Json = {name: value for name, value in request.body["override"].items() if name not in NOT_TRIED}
    then = override["then"]
    waits = [each.get("delay") for each in (then[:MOST_TRIED] if isinstance(then, list) else [then])]
    override["then"] = list(map(_without_delay, then)) if isinstance(then, list) else _without_delay(then)
    with as_conflict(), _copy(request) as trial:
        made = request.control.overrides.add_trial(trial, override)
        wanted = _tried(request, made)
        answers = [await _try(request, made, wanted, wait) for wait in waits]
    names = [endpoint.operation.operation_id for _, endpoint in made.scope.endpoints]
    return Reply(200, {"operations": names[:MOST_NAMED], "count": len(names), "answers": answers})


async def _try(request: AdminRequest, made: Override, wanted: OwnRequest, delay: Any) -> Json:
    before = made.applied
    answer = await send(request.control.app, wanted.in_namespace(made.scope.namespace.name), is_recorded=False)
    return {"applied": made.applied > before, "delay": delay, **_shown(request, wanted, answer)}


def _without_delay(then: Mapping[str, Any]) -> Json:
    return {name: value for name, value in then.items() if name != "delay"} or {"pass": True}


def _tried(request: AdminRequest, made: Override) -> OwnRequest:
    """The request that a preview sends: the given one, else the example of the first operation."""
    if "request" in request.body:
        return _wanted(request, request.body["request"])
    if not made.scope.endpoints:
        raise Invalid("request: no operation matches `when`; say which request to try")
    service, endpoint = made.scope.endpoints[0]
    return sent_example(request, service, endpoint.operation)


@contextmanager
def _copy(request: AdminRequest) -> Iterator[Namespace]:
    """A namespace with the same items, for one trial."""
    control, services = request.control, list(request.control.services.values())
    before = _now(request.namespace, services)
    trial = control.namespaces.named(f"preview-{secrets.token_hex(8)}")
    try:
        trial.restore(services, before)
        yield trial
    finally:
        control.namespaces.end(trial.name)


def _now(namespace: Namespace, services: list[Service]) -> Checkpoint:
    held = [(service, namespace.store(service)) for service in services]
    return Checkpoints().set("preview", held, namespace.world, namespace.revision)


def _wanted(request: AdminRequest, wanted: Mapping[str, Any]) -> OwnRequest:
    """The request that the body describes. Raises Missing and Invalid."""
    entry = _entry(request, wanted["number"]) if "number" in wanted else None
    base = _example(request, wanted) if "operation" in wanted else None
    if entry is not None:
        base = OwnRequest(entry.method, entry.target, tuple(entry.headers), entry.body)
    if base is None and not {"method", "target"} <= wanted.keys():
        raise Invalid("say which request: `number`, `operation` with `service`, or `method` with `target`")
    if entry is not None and "body" not in wanted and entry.length > len(entry.body):
        raise Invalid(f"body: the journal keeps only {len(entry.body)} of {entry.length} bytes; give the whole body")
    return OwnRequest(
        method=in_capitals(wanted.get("method", base.method if base else "")),
        target=_target(wanted, base),
        headers=_headers(wanted, base),
        body=wanted["body"].encode() if "body" in wanted else base.body if base else b"",
    )


def _target(wanted: Mapping[str, Any], base: OwnRequest | None) -> str:
    """The target; secrets in it that are shown as `***` stay as they were sent."""
    given: str | None = wanted.get("target")
    if base is not None and (given is None or given == masked(base.target)):
        return base.target
    return given or "/"


def _headers(wanted: Mapping[str, Any], base: OwnRequest | None) -> tuple[tuple[str, str], ...]:
    """The header fields; a value that is shown masked stays as it was sent."""
    before = base.headers if base is not None else ()
    if "headers" not in wanted:
        return before
    secrets = dict(before)
    return tuple((n, secrets.get(n, v) if v == MASK else v) for n, v in lower_case(wanted["headers"]))


def _in_namespace(request: AdminRequest, wanted: OwnRequest) -> OwnRequest:
    name = request.namespace_name
    return wanted if name is None else wanted.in_namespace(name)


def _entry(request: AdminRequest, number: int) -> JournalRecord:
    journal = request.control.journal
    found = journal.entry(number) if journal is not None else None
    if found is None:
        raise Missing(f"the request {number} is not in the journal", resource="request")
    return found


def _example(request: AdminRequest, wanted: Mapping[str, Any]) -> OwnRequest:
    service, operation = named_operation(request, wanted.get("service"), wanted["operation"])
    return sent_example(request, service, operation)


def _shown(request: AdminRequest, wanted: OwnRequest, answer: OwnAnswer) -> Json:
    """The exchange as the schema `Sent` of the admin API."""
    secrets = frozenset[str]().union(*(secret_names(each) for each in request.control.services.values()))
    asked = shown_message(list(wanted.headers), wanted.body, len(wanted.body), secrets)
    response = shown_message(list(answer.headers), answer.content, answer.length, secrets)
    return {
        "number": answer.number,
        "namespace": request.namespace_name or DEFAULT,
        "request": {"method": wanted.method, "target": masked(wanted.target), **asked},
        "response": None if answer.status is None else {"status": answer.status, **response},
        "broken": answer.broken,
        "milliseconds": round(answer.seconds * 1000, 3),
    }
