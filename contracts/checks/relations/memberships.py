"""A check of memberships: items that exist already are put below an owner, as `PUT /groups/{id}/members/{contactId}`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from contracts.checks.stored_fields import current
from contracts.checks.valid_bodies import distinct_body
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import MISSING, CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources, resource_operations
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract
from mockserver.inference.sentences.descriptions import Said, description
from mockserver.openapi import path_template

SEVERAL = re.compile(
    r"(?i)\b(?:any number of|several|many|multiple|more than one|one or more|different)\s+(?:other\s+)?(?P<noun>[a-z]+)"
)
"""What says that an item may be below several owners."""

TAKES_EFFECT = "RFC 9110 section 9.3.4 and 9.3.5 (a successful PUT or DELETE has taken effect)"


class _Membership:
    """An operation that puts an item below an owner, and the one that takes it out again."""

    def __init__(
        self,
        owner: CheckedResource,
        member: CheckedResource,
        put: ResourceOperation,
        listing: ResourceOperation | None = None,
    ) -> None:
        """`listing` is the operation that lists what is below an owner, if there is one."""
        self.owner, self.member, self.put, self.listing = owner, member, put, listing

    def path(self, owner: CreatedItem, member: CreatedItem) -> dict[str, Any]:
        """The path parameters of the membership."""
        return {**owner.path, path_template.names(self.put.operation.path)[-1]: member.id}


def membership(
    context: CheckContext, kind: _Membership, remove: ResourceOperation | None, several: Said | None
) -> None:
    """What is put below an owner is there, once, also if it is put below another owner; and it can be taken out."""
    first, second = (context.create(kind.owner, distinct_body(context, kind.owner)) for _ in range(2))
    member = context.create(kind.member, distinct_body(context, kind.member))
    put = _put(context, kind, first, member)
    if put.status >= 300:
        raise CannotBuildRequest(f"{kind.put.name} answers {put.status} for a new {kind.member.name}")
    count, _ = _occurrences(context, kind, first, member)
    if not count:
        raise CannotBuildRequest(f"no reply about a {kind.owner.name} shows what was put below it")
    again = _put(context, kind, first, member)
    history = (first.exchange, member.exchange, put)
    twice, read = _occurrences(context, kind, first, member)
    expected = f"the {kind.owner.name} shows the {kind.member.name} as often after a second identical PUT"
    context.expect(twice == count, expected, f"{twice} times, not {count}", *history, again, *read, about="again")
    _check_second_owner(context, kind, (first, second), member, history, several)
    if remove is not None:
        _check_removed(context, kind, remove, first, member, history)


def _put(context: CheckContext, kind: _Membership, owner: CreatedItem, member: CreatedItem) -> RecordedExchange:
    body = context.bodies.minimal(kind.put, context.check) if kind.put.media_type else None
    return context.send(kind.put, path=kind.path(owner, member), body=MISSING if body is None else body)


def _occurrences(
    context: CheckContext, kind: _Membership, owner: CreatedItem, member: CreatedItem
) -> tuple[int, tuple[RecordedExchange, ...]]:
    """How often the owner, or else the list below it, shows the id of the item, as a whole value."""
    _, item, shown = current(context, owner)
    count = _count(item, str(member.id))
    if count or kind.listing is None:
        return count, shown
    response = context.send(kind.listing, path=owner.path)
    return _count(response.json, str(member.id)), (*shown, response)


def _count(value: Any, id: str) -> int:
    if isinstance(value, dict):
        return sum(_count(each, id) for each in value.values())
    if isinstance(value, list):
        return sum(_count(each, id) for each in value)
    return int(not isinstance(value, bool) and str(value) == id)


def _check_second_owner(
    context: CheckContext,
    kind: _Membership,
    owners: tuple[CreatedItem, CreatedItem],
    member: CreatedItem,
    history: tuple[RecordedExchange, ...],
    several: Said | None,
) -> None:
    """Putting the item below another owner leaves it below the first, if the document says that it may have several."""
    other = _put(context, kind, owners[1], member)
    if other.status >= 300:
        return
    count, shown = _occurrences(context, kind, owners[0], member)
    text = f"A {kind.member.name} may be below several {kind.owner.name} items."
    source = several.source if several else ""
    statement = StatementRef(kind.put.name, "http", "described" if several else "inferred", source, text)
    context.expect(
        count > 0,
        f"a {kind.member.name} that is put below another {kind.owner.name} stays below the first",
        f"the first {kind.owner.name} no longer shows it",
        *history,
        owners[1].exchange,
        other,
        *shown,
        about="second owner",
        statement=statement,
    )


def _check_removed(
    context: CheckContext,
    kind: _Membership,
    remove: ResourceOperation,
    owner: CreatedItem,
    member: CreatedItem,
    history: tuple[RecordedExchange, ...],
) -> None:
    """After a DELETE the owner shows the item no more, and the item itself is still there."""
    back = _put(context, kind, owner, member)
    removed = context.send(remove, path=kind.path(owner, member))
    if removed.status >= 300:
        return
    count, shown = _occurrences(context, kind, owner, member)
    expected = f"the {kind.owner.name} no longer shows the {kind.member.name} that was taken out"
    context.expect(not count, expected, "it still shows it", *history, back, removed, *shown, about="removed")
    if kind.member.can("get"):
        read = context.get(member)
        expected = f"the {kind.member.name} itself is still there when it is taken out of a {kind.owner.name}"
        context.expect_status(read.status < 300, expected, member.exchange, *history[-1:], removed, read, about="kept")


def _places(contract: Contract) -> Iterator[Place]:
    """PUT operations whose path names an owner and an item that other operations create."""
    known = checked_resources(contract)
    operations = resource_operations(contract)
    for op in operations:
        path = op.operation.path
        named = path_template.names(path)
        if op.operation.method != "put" or len(named) < 2 or not path.rstrip("/").endswith("}"):
            continue
        owner = next((each for each in known.values() if _is_just_above(each, path)), None)
        member = next((each for each in known.values() if each is not owner and _is_named(each, named[-1])), None)
        if owner is None or member is None:
            continue
        remove = next((o for o in operations if o.operation.path == path and o.operation.method == "delete"), None)
        above = path.rstrip("/").rpartition("/")[0]
        listing = next((o for o in operations if (o.operation.path, o.operation.method) == (above, "get")), None)
        several = description(contract.schemas, op.operation.pointer).first(SEVERAL)
        text = f"A {member.name} is put below a {owner.name}."
        statement = StatementRef(op.name, "http", "documented", TAKES_EFFECT, text)
        yield op.name, statement, (_Membership(owner, member, op, listing), remove, several)


def _is_just_above(owner: CheckedResource, path: str) -> bool:
    """Is a path one step and one parameter below the path of an item of the owner?"""
    if not owner.can("create", "get") or owner.behaviour.parent:
        return False
    above = owner.operations["get"].operation.path.rstrip("/")
    return path.rstrip("/").rsplit("/", 2)[0] == above


def _is_named(resource: CheckedResource, parameter: str) -> bool:
    """Is it a resource without an owner whose items are created, and whose id the path parameter has by its name?"""
    can_stand_alone = resource.can("create") and not resource.behaviour.parent
    is_its_id = resource.behaviour.identity.parameter == parameter or resource.is_referenced_by(parameter)
    return can_stand_alone and is_its_id


CHECKS = (Check("membership", (), _places, membership, exclusive=False),)
