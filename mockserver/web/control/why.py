"""Why a request was answered as it was, in plain sentences, with a request that would have been accepted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from math import ceil
from typing import Any

from mockserver.errors import (
    Forbidden,
    Invalid,
    Malformed,
    Missing,
    Refusal,
    TooMany,
    Unauthenticated,
    UnsupportedMediaType,
)
from mockserver.openapi.document import Operation
from mockserver.reason_phrases import PHRASES
from mockserver.state.store import Store
from mockserver.web.control.decisions import INFERRED_FROM, Decision, entry_decision
from mockserver.web.control.existing_items import item_path, naming_items
from mockserver.web.control.journal import JournalRecord
from mockserver.web.control.namespaces import DEFAULT, NAME
from mockserver.web.control.nearest_operation import Candidate, mount_of, nearest
from mockserver.web.control.shown_entry import steps
from mockserver.web.curl_example import certificate_option, curl_for
from mockserver.web.response.default_errors import fault_summary, summary
from mockserver.web.service import Service

ACCESS = "access"
"""The step at which it is decided whether a caller may use an operation, and whose items."""

MENDED = (Unauthenticated, Forbidden, Invalid, Malformed, UnsupportedMediaType)
"""Refusals that a request as the document describes it does not get."""

Services = Mapping[str, Service]

SHOWN_FAULTS = 5
"""So many faults of a request are listed."""

KNOWN = {
    "documented": "it is documented",
    "described": "a sentence of the document says so",
    "implied": "it follows from the document",
    "observed": "it was observed on the real service",
    "inferred": "it is inferred from the document",
    "assumed": "it is assumed: no source states it",
}
"""How a statement is known, in words."""


def explained(entry: JournalRecord, services: Services, stores: Mapping[str, Store], address: str) -> dict[str, Any]:
    """The explanation of an entry, as the schema `Explanation` of the admin API.

    `stores` are those of its namespace by service; `address` is the base URL of the sandbox, for the curl line.
    """
    service = services.get(entry.service) if entry.service is not None else None
    found = entry_decision(entry, service) if service is not None else None
    near = nearest(entry.method, entry.target, services) if entry.operation is None else None
    return {
        "sentences": [*_sentences(entry, found, near), *_stored(entry, service, stores)],
        "steps": steps(entry),
        "statement": found._asdict() if found is not None else None,
        "curl": _curl(entry, service, near, services, stores, address),
    }


def _sentences(entry: JournalRecord, found: Decision | None, near: Candidate | None) -> Iterator[str]:
    yield f"{entry.method} {entry.target.partition('?')[0]} was answered with {_status(entry)}."
    yield from (f"{note[:1].upper()}{note[1:]}." for note in entry.trace.notes)
    if entry.operation is None:
        yield from (f"{reason[:1].upper()}{reason[1:]}." for reason in entry.trace.reasons)
        if near is not None:
            yield f"The nearest operation is {near.operation.http_method} {near.path}."
        return
    if entry.preference:
        yield f"The request asked for this response, by the preference {entry.preference}; stored items do not matter."
    if entry.trace.refusal is not None:
        yield f"It was refused at the step {entry.trace.step!r}: {_broken(entry.trace.refusal)}."
        if entry.trace.refusal.rule:
            yield f"The rule {entry.trace.refusal.rule!r} refused it."
        yield from _waiting(entry, entry.trace.refusal)
    elif entry.trace.reasons:
        yield f"It was refused: {'; '.join(entry.trace.reasons)}."
    for commit in entry.trace.commits:
        for change in commit.items:
            record = change.after or change.before
            what = "created" if change.before is None else "deleted" if change.after is None else "changed"
            yield f"It {what} {change.key[0]} {record.id if record is not None else ''!s} (revision {commit.revision})."
    if found is not None:
        yield _evidence(found)


def _waiting(entry: JournalRecord, refusal: Refusal) -> Iterator[str]:
    """When a request that came too soon is accepted, and how a test need not wait for that."""
    milliseconds = refusal.values.get("retry_after_ms") if isinstance(refusal, TooMany) else None
    if milliseconds:
        wait = f"{ceil(milliseconds / 1000)}s"
        option = "" if entry.namespace == DEFAULT else f" --namespace {entry.namespace}"
        moves = f"`mockserver clock advance {wait}{option}` moves"
        yield f"It is accepted after {wait} of the namespace's clock, which {moves}."


def _broken(refusal: Refusal) -> str:
    """What is wrong with a request: all of it, where the response often has room for the first fault only."""
    shown = refusal.faults[:SHOWN_FAULTS]
    more = len(refusal.faults) - len(shown)
    told = "; ".join(map(fault_summary, shown)) + (f"; and {more} more" if more else "") or summary(refusal)
    return told.removesuffix(".")


def _stored(entry: JournalRecord, service: Service | None, stores: Mapping[str, Store]) -> Iterator[str]:
    """What is stored of the kind of item that was not found."""
    if service is None or entry.operation is None or not _is_unknown(entry):
        return
    bound, store = service.endpoints[entry.operation.operation_id].bound, stores.get(service.name)
    if bound is None or bound.plan is None or store is None:
        return
    name, tenants = bound.plan.name, set[str]()
    held = [(key[1], each) for key, each in store.collections.items() if key[0] == name and len(each)]
    tenants |= {tenant for tenant, _ in held}
    count = sum(len(each) for _, each in held)
    others = f", of the tenants {', '.join(sorted(tenants)[:5])}" if tenants - {""} else ""
    yield f"The namespace {entry.namespace} has {count} of the resource {name}{others}."


def _is_unknown(entry: JournalRecord) -> bool:
    """Was an item not found? Some services say so, too, of what a caller has no access to."""
    return isinstance(entry.trace.refusal, Missing) and entry.trace.step != ACCESS


def _evidence(found: Decision) -> str:
    if found.kind == "document":
        return f"The document says so at {found.where}."
    source = f" ({found.source})" if found.source else ""
    # What the document itself lets infer has no place of its own; an inference has a reason.
    note = found.says.get("note", "") if found.evidence == "inferred" else ""
    where = note if found.where.startswith(INFERRED_FROM) else found.where
    told = f"The statement `{found.kind}` about {found.about} decided; {KNOWN[found.evidence]}{source}"
    return f"{told}: {where}." if where else f"{told}."


def _status(entry: JournalRecord) -> str:
    if entry.status is None:
        return "nothing: the connection was cut" + ("" if entry.trace.override else ", or the mock failed")
    return f"{entry.status} {PHRASES.get(entry.status, '')}".rstrip()


def _curl(
    entry: JournalRecord,
    service: Service | None,
    near: Candidate | None,
    services: Services,
    stores: Mapping[str, Store],
    address: str,
) -> str | None:
    """A request that would have been accepted; None if it was, or if only time or another item helps."""
    if near is not None:
        prefix = _prefix(near.service, services, address)
        return _accepted(near.service, near.operation, prefix, {}, stores, _options(entry, address))
    operation, refusal = entry.operation, entry.trace.refusal
    if service is None or operation is None or refusal is None or isinstance(refusal, TooMany):
        return None
    prefix = _prefix(service, services, address)
    return _mended(entry, service, operation, refusal, prefix, stores, _options(entry, address))


def _mended(
    entry: JournalRecord,
    service: Service,
    operation: Operation,
    refusal: Refusal,
    prefix: str,
    stores: Mapping[str, Store],
    options: str,
) -> str | None:
    if _is_unknown(entry):
        if not item_path(operation, service, stores):
            return None
    elif entry.trace.step != ACCESS and not isinstance(refusal, MENDED) and not refusal.faults:
        return None
    return _accepted(service, operation, prefix, _sent_path(operation, entry), stores, options)


def _accepted(
    service: Service, operation: Operation, prefix: str, sent: dict[str, str], stores: Mapping[str, Store], options: str
) -> str:
    """The curl line for an operation, about items that exist: those in the path that was `sent`, as far as possible."""
    path = sent | item_path(operation, service, stores, sent)
    return curl_for(service, prefix, operation, path, options, partial(naming_items, operation, service, stores))


def _options(entry: JournalRecord, address: str) -> str:
    """The options that accept the certificate and name the namespace. A name that was refused may be any text."""
    is_named = entry.namespace != DEFAULT and NAME.fullmatch(entry.namespace) is not None
    named = f"-H 'Mock-Namespace: {entry.namespace}'" if is_named else ""
    return " ".join(filter(None, (certificate_option(address), named)))


def _prefix(service: Service, services: Services, address: str) -> str:
    return address + mount_of(service, services)


def _sent_path(operation: Operation, entry: JournalRecord) -> dict[str, str]:
    """The path parameters as they were sent, except those that are wrong."""
    sent = entry.target.partition("?")[0].rstrip("/").split("/")
    template = operation.path.rstrip("/").split("/")
    wrong = (
        {fault.path[0] for fault in entry.trace.refusal.faults if fault.path and fault.location == "path"}
        if entry.trace.refusal is not None
        else set()
    )
    pairs = zip(reversed(template), reversed(sent), strict=False)
    named = {own[1:-1]: given for own, given in pairs if own.startswith("{") and own.endswith("}")}
    return {name: value for name, value in named.items() if name not in wrong}
