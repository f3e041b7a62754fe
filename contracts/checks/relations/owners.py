"""Checks of items that exist only below an owner: a request about one owner's items leaves all others as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from contracts.checks.item_view import as_json
from contracts.checks.lists.listed_items import ids
from contracts.checks.missing_items import HIDDEN_OR_GONE, documents_missing
from contracts.checks.stored_fields import check_unchanged, current, expect_different_items, settled
from contracts.checks.valid_bodies import distinct_body, every_change
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract
from mockserver.inference.names import words
from mockserver.inference.sentences.descriptions import description

BELOW = "the paths of the document"


@dataclass(frozen=True)
class OwnedItem:
    """An item below an owner that was created for it."""

    owner: CreatedItem
    item: CreatedItem


def other_owners_unchanged(context: CheckContext, resource: CheckedResource, owner: CheckedResource) -> None:
    """Creating, updating and deleting items of one owner changes neither this owner nor the items of another one."""
    other, above = _owned(context, resource, owner), context.create(owner, distinct_body(context, owner))
    kept = [(each, settled(context, each)) for each in (other.owner, other.item, above)]
    sibling, item = (context.create(resource, path=above.path_below(resource)) for _ in range(2))
    expect_different_items(other.owner, above)
    expect_different_items(other.item, sibling, item)
    kept.append((sibling, settled(context, sibling)))
    done = [item.exchange, *_change_and_delete(context, item)]
    for each, before in kept:
        check_unchanged(context, each, before, done, related=each in (sibling, above))
    if resource.can("list"):
        _check_lists(context, resource, other, sibling, done)


def _owned(context: CheckContext, resource: CheckedResource, owner: CheckedResource) -> OwnedItem:
    """A new owner with a new item. Raises CannotBuildRequest."""
    above = context.create(owner, distinct_body(context, owner))
    return OwnedItem(above, context.create(resource, path=above.path_below(resource)))


def _change_and_delete(context: CheckContext, created: CreatedItem) -> list[RecordedExchange]:
    """Update and delete an item, as far as there are operations."""
    resource, done = created.resource, []
    op = resource.operations.get("update") or resource.operations.get("replace")
    body = every_change(context, resource, op, created) if op is not None else {}
    if op is not None and body:
        done.append(context.send(op, path=created.path, body=body))
    if resource.can("delete"):
        done.append(context.delete(created))
    return done


def _check_lists(
    context: CheckContext,
    resource: CheckedResource,
    other: OwnedItem,
    sibling: CreatedItem,
    done: list[RecordedExchange],
) -> None:
    """Each owner's list has the items of this owner, and none of another one."""
    if not resource.leads_through_owner(resource.operations["list"]):
        return
    items, listing = context.list_all(other.item)
    shown = ids(resource, items)
    context.expect(
        str(sibling.id) not in shown or sibling.id == other.item.id,  # each owner may count its own items
        f"the list below one {other.owner.resource.name} has no {resource.name} of another one",
        f"it has {as_json(sibling.id)}, which was created below another one",
        sibling.exchange,
        *listing,
        about="foreign",
    )
    for each, seen in ((other.item, shown), (sibling, ids(resource, context.list_all(sibling)[0]))):
        context.expect(
            str(each.id) in seen,
            f"the list still has the {resource.name} {as_json(each.id)} after requests about others",
            "the list does not contain it",
            each.exchange,
            *done,
            *listing,
            about="listed",
        )


def _shows_no_ids(context: CheckContext, resource: CheckedResource, one: OwnedItem) -> bool:
    """Has the list items, and none with an id?"""
    items, _ = context.list_all(one.item) if resource.can("list") else ([], ())
    return bool(items) and not any(resource.behaviour.identity.field in each for each in items)


def deleted_owner(context: CheckContext, resource: CheckedResource, owner: CheckedResource) -> None:
    """With its owner an item is deleted: no path leads to it, and the owner's list is gone. Other owners keep theirs."""
    other, own = _owned(context, resource, owner), _owned(context, resource, owner)
    expect_different_items(other.owner, own.owner)
    expect_different_items(other.item, own.item)
    if resource.can("list"):
        context.list_all(own.item)  # a server with a stale cache is found only if it listed before
    removed = context.delete(own.owner)
    if removed.status >= 300 or removed.status == 202:
        raise CannotBuildRequest(f"a {owner.name} with items is not deleted at once: status {removed.status}")
    history = (own.owner.exchange, own.item.exchange, removed)
    if resource.can("get") and resource.leads_through_owner(resource.operations["get"]):
        response = context.get(own.item)
        context.expect_status(
            response.status in HIDDEN_OR_GONE,
            f"a GET below a deleted {owner.name} returns 404",
            *history,
            response,
            about="get",
        )
    if resource.can("list") and resource.leads_through_owner(resource.operations["list"]):
        _check_list_of_deleted(context, resource, own, history)
    elif resource.can("list"):
        _check_whole_list(context, resource, own, history)
    _, kept, shown = current(context, other.item)
    if not kept and not resource.can("get") and _shows_no_ids(context, resource, other):
        return  # its items cannot be told apart
    context.expect(
        bool(kept),
        f"deleting one {owner.name} does not delete the {resource.name} of another one",
        f"status {shown[-1].status}",
        other.owner.exchange,
        other.item.exchange,
        removed,
        *shown,
        about="other",
    )


def _check_whole_list(
    context: CheckContext, resource: CheckedResource, own: OwnedItem, history: tuple[RecordedExchange, ...]
) -> None:
    """A list of the items of all owners does not contain what no path leads to any more."""
    items, listing = context.list_all(own.item)
    # Each owner may count its own items, so the id alone does not say that it is the same item.
    known = {name: value for name, value in own.item.item.items() if isinstance(value, str | int)}
    left = [item for item in items if known and all(item.get(name) == value for name, value in known.items())]
    context.expect(
        not left,
        f"the list of all {resource.name} items has none of a deleted {own.owner.resource.name}",
        f"it contains {as_json(own.item.id)}, which no other operation finds",
        *history,
        *listing,
        about="whole list",
        statement=_said_to_go(context, resource, own.owner.resource),
    )


def _said_to_go(context: CheckContext, resource: CheckedResource, owner: CheckedResource) -> StatementRef:
    """The sentence that says that the items go with their owner; without one, that they do is a guess."""
    op = owner.operations["delete"]
    noun = words(resource.name)[-1].removesuffix("y")
    named = re.compile(rf"(?i)\b(?:all|its|with|and|including|also|cascad\w+)\b[^.]*\b{re.escape(noun)}")
    said = description(context.contract.schemas, op.operation.pointer).first(named)
    text = f"A {resource.name} is deleted with its {owner.name}."
    return StatementRef(op.name, "parent", "described" if said else "inferred", said.source if said else BELOW, text)


def _check_list_of_deleted(
    context: CheckContext, resource: CheckedResource, own: OwnedItem, history: tuple[RecordedExchange, ...]
) -> None:
    op = resource.operations["list"]
    response = context.list_page(own.item)
    context.expect(
        str(own.item.id) not in ids(resource, context.items(resource, response)),
        f"the list below a deleted {own.owner.resource.name} does not contain its items",
        "the list contains the item",
        *history,
        response,
        about="list",
    )
    if documents_missing(op):
        context.expect_status(
            response.status in HIDDEN_OR_GONE or bool(context.items(resource, response)),
            f"the list below a deleted {own.owner.resource.name} returns 404, as the document says",
            *history,
            response,
            about="list status",
        )


def _places(contract: Contract, *, kind: str, needs: tuple[str, ...]) -> Iterator[Place]:
    """Each resource whose items can be created and read only below an owner that can be created, too.

    A list of the items of all owners may be beside that.
    """
    known = checked_resources(contract)
    for resource in known.values():
        parent = resource.behaviour.parent
        owner = known.get(parent.resource) if parent else None
        if owner is None or owner is resource or not resource.can("create") or not owner.can("create", *needs):
            continue
        reading = (
            ("get",)
            if resource.can("get") and resource.leads_through_owner(resource.operations["create"])
            else ("list",)
        )
        operations = [resource.operations[name] for name in reading if resource.can(name)]
        if operations and all(resource.leads_through_owner(op) for op in operations):
            op = resource.operations["create"]
            text = f"A {resource.name} exists only below its {owner.name}."
            yield op.name, StatementRef(resource.name, kind, "implied", BELOW, text), (resource, owner)


def _unchanged_places(contract: Contract) -> Iterator[Place]:
    return _places(contract, kind="parent", needs=("get",))


def _deleted_places(contract: Contract) -> Iterator[Place]:
    return _places(contract, kind="parent", needs=("delete",))


CHECKS = (
    Check("other-owners-unchanged", ("parent",), _unchanged_places, other_owners_unchanged, exclusive=False),
    Check("deleted-owner", ("parent",), _deleted_places, deleted_owner, exclusive=False),
)
