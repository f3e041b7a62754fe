"""A check of items that are shared: what was taken back is closed again, and who may only read changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contracts.checks.security.access_attempts import DENIED, Access, AccessAttempt, owners_view
from contracts.checks.security.other_user_access import item_apart
from contracts.checks.security.other_user_changes import actions, changes, deletes
from contracts.checks.security.other_user_lists import lists
from contracts.checks.security.ownership import OWNER_FIELD
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.client.target import User
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, checked_resources
from contracts.model.share_operations import TAKES_BACK, ItemSharing, sharings
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Evidence
from mockserver.contract import Contract
from mockserver.inference.sentences.descriptions import description
from mockserver.inference.sentences.owner_sentences import read_only_sentence, sentence_of

REMOVED = "RFC 9110 section 9.3.5 (a DELETE takes back what was made at its path)"


def sharing(context: CheckContext, resource: CheckedResource, kind: ItemSharing) -> None:
    """An item that is no longer shared with a user is closed to them again, and who may only read it changes nothing."""
    other = context.other_tenant_user()
    names = _names(context, resource, other)
    if kind.unshare is not None:
        _check_taken_back(context, kind, *_shared(context, resource, kind, other, names))
    access, history, _ = _shared(context, resource, kind, other, names)
    for tried in (changes, actions, deletes):
        for attempt in tried(context, access):
            _check_reader(context, access, attempt, history)


def _names(context: CheckContext, resource: CheckedResource, other: User) -> list[Any]:
    """How the service may call the other user: as in an item that this user creates, or as in the credentials."""
    try:
        own = owners_view(context, context.create(resource, user=other))
    except CannotBuildRequest:
        own = {}
    shown = [own[name] for name in own if OWNER_FIELD.match(name) and isinstance(own[name], str | int)]
    return list(dict.fromkeys((*shown, other.name)))


def _shared(
    context: CheckContext, resource: CheckedResource, kind: ItemSharing, other: User, names: list[Any]
) -> tuple[Access, tuple[RecordedExchange, ...], Any]:
    """A new item that was closed to the other user and is open now, and how the service calls this user.

    Raises CannotBuildRequest if there is none.
    """
    made = item_apart(context, resource, context.main_user)
    access = Access(context.main_user, other, made, owners_view(context, made))
    if _read(context, made, other).status not in DENIED:
        raise CannotBuildRequest(f"another user may read a {resource.name} that is not shared")
    for name in names:
        shared = context.send(kind.share, **kind.arguments(made.path, name))
        if shared.status < 300 and _read(context, made, other).status < 300:
            return access, (made.exchange, shared), name
    raise CannotBuildRequest(f"{kind.share.name} opens no {resource.name} to the second user")


def _read(context: CheckContext, made: CreatedItem, user: User) -> RecordedExchange:
    return context.send(made.resource.operations["get"], user=user, path=made.path)


def _check_taken_back(
    context: CheckContext, kind: ItemSharing, access: Access, history: tuple[RecordedExchange, ...], name: Any
) -> None:
    """After the share is taken back, the item is closed again, and so is each list that may show it."""
    made, resource = access.made, access.made.resource
    key = _key(kind, history[-1], name)
    if kind.unshare is None or key is None:
        return
    removed = context.send(kind.unshare, path={**made.path, kind.key: key})
    if removed.status >= 300:
        return
    read = _read(context, made, access.other)
    closed = f"a {resource.name} that is no longer shared with a user is closed to them again"
    said = _said(context, kind)
    steps = (*history, removed)
    context.expect_status(read.status in DENIED, closed, *steps, read, about="read again", statement=said)
    for attempt in lists(context, access):
        context.expect(
            not attempt.open,
            f"{closed}, also in {attempt.op.name}",
            attempt.seen,
            *steps,
            *attempt.exchanges[1:],
            about=f"{attempt.kind} again",
            statement=said,
        )


def _key(kind: ItemSharing, shared: RecordedExchange, name: Any) -> Any:
    """What the path of the DELETE calls the share: the user, or the id that the reply shows; None if that is unknown."""
    if kind.parameter:
        return name
    shown = shared.json if isinstance(shared.json, dict) else {}
    return shown.get(kind.key, shown.get("id", name))


def _said(context: CheckContext, kind: ItemSharing) -> StatementRef:
    found = description(context.contract.schemas, kind.unshare.operation.pointer) if kind.unshare is not None else None
    sentence = next((each for each in found.sentences() if TAKES_BACK.search(each)), "") if found is not None else ""
    source = f'"{sentence}" ({found.pointer})' if sentence and found is not None else REMOVED
    name = kind.unshare.name if kind.unshare is not None else kind.share.name
    evidence: Evidence = "described" if sentence else "implied"
    return StatementRef(name, "ownership", evidence, source, "What is no longer shared is closed again.")


def _check_reader(
    context: CheckContext, access: Access, attempt: AccessAttempt, history: tuple[RecordedExchange, ...]
) -> None:
    """A change by a user who may read the item: a failure where the document says that it is not for readers."""
    name = access.made.resource.name
    said = sentence_of(context.contract.document, attempt.op.operation, name) or read_only_sentence(
        context.contract.document, attempt.op.operation
    )
    is_listed = attempt.op.operation.response(403) is not None
    if not is_listed and not attempt.denied:
        return
    # A sentence about the whole service may not be about an action that readers, too, are meant to use.
    is_said = said is not None and not (attempt.kind == "action" and said.pointer.startswith("/info"))
    evidence: Evidence = "implied" if attempt.denied else "described" if is_said else "inferred"
    source = said.source if said is not None and not attempt.denied else "RFC 9110, section 15.5"
    text = "Who may only read an item does not change it."
    context.compared += 1
    if attempt.open:
        context.report_violation(
            f"a user with whom a {name} is shared may not {attempt.kind} it",
            attempt.seen,
            *history,
            *attempt.exchanges[1:],
            about=f"reader {attempt.kind}",
            statement=StatementRef(attempt.op.name, "ownership", evidence, source, text),
            operation=attempt.op.name,
        )


def _places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        for kind in sharings(contract, resource) if resource.can("create", "get") else ():
            operation = (kind.unshare or kind.share).name
            text = "A share lets another user read an item until it is taken back."
            yield operation, StatementRef(operation, "ownership", "implied", REMOVED, text), (resource, kind)


CHECKS = (Check("sharing", (), _places, sharing, exclusive=False),)
