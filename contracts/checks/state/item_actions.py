"""A check of actions on one item, such as `POST /invoices/{id}/send`: every view shows what they did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.checks.item_view import SUMMARY, as_json, documented, shows_less
from contracts.checks.lists.listed_items import ids
from contracts.checks.state.conflicts import action_name, sent_action
from contracts.checks.stored_fields import TICK, current, listed_item, weaker
from contracts.checks.valid_bodies import distinct_body
from contracts.checks.value_likeness import ABSENT
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, Path, ResourceOperation, checked_resources, resource_operations
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract
from mockserver.inference.names import words
from mockserver.inference.operations.actions import VERBS
from mockserver.openapi.schemas import Schemas

CHANGES = frozenset({"version", "revision", "rev", "etag", "changes", "updates", "views", "reads", "requests"})
"""Words of a figure that may grow with each request."""

ACCEPTED = 202
"""The status of what happens later (RFC 9110 section 15.3.3)."""

ASKS = VERBS | {"dry", "simulate", "quote", "propose"}
"""Words of an action that may reply with what would be, and change nothing."""

TAKES_EFFECT = "RFC 9110 section 9.3 (a successful request has taken effect)"


def item_action(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> None:
    """After an action on an item, its reply, a GET, the list and the filters of the list show the same item."""
    created = context.create(resource, distinct_body(context, resource))
    before, exchange = current(context, created)[1], sent_action(context, op, created)
    if exchange.status >= 300 and context.bring_to(op, created):
        before, exchange = current(context, created)[1], sent_action(context, op, created)
    if exchange.status >= 300:
        raise CannotBuildRequest(f"{op.name} answers {exchange.status} for a new {resource.name}")
    _, after, shown = current(context, created)
    if not after:
        raise CannotBuildRequest(f"after {op.name} there is no such {resource.name}")
    changed = {name: value for name, value in after.items() if before.get(name, ABSENT) != value}
    history = (created.exchange, exchange, *shown)
    _check_reply(context, op, created, (before, after), (exchange, history))
    if op.operation.method == "put":
        _check_repeated(context, op, created, after, history)
    if resource.can("list"):
        _check_list(context, created, changed, history)
        _check_filters(context, created, before, changed, history)


def _check_reply(
    context: CheckContext,
    op: ResourceOperation,
    created: CreatedItem,
    states: tuple[Mapping[str, Any], Mapping[str, Any]],
    seen: tuple[RecordedExchange, tuple[RecordedExchange, ...]],
) -> None:
    """If the reply shows the item, it shows what became of it, and a GET shows what the reply does.

    `states` has the item before and after the action, `seen` the reply and what a finding shows.
    """
    (before, after), (exchange, history) = states, seen
    reply = exchange.json if isinstance(exchange.json, dict) else {}
    field = created.resource.behaviour.identity.field
    nested = [name for name, value in reply.items() if isinstance(value, dict) and field in value]
    where = () if field in reply else (nested[0],) if len(nested) == 1 else None
    item = {} if where is None else reply[where[0]] if where else reply
    if where is None or str(item.get(field)) != str(created.id):
        return
    changed = {name for name, value in after.items() if before.get(name, ABSENT) != value}
    for name in sorted(changed & item.keys()):
        _expect_kept(context, name, item[name], after[name], history)
    told = [name for name in _told(context, op, created.resource, where) if name in item and name in after]
    told = [name for name in told if name not in changed and _is_other(item[name], after[name])]
    if told and exchange.status != ACCEPTED and not ASKS & set(words(action_name(exchange))):
        context.target.pause(TICK)  # a service may show a state a moment later
        later = current(context, created)[1]
        for name in told:
            if later.get(name, ABSENT) == after[name]:
                _expect_kept(context, name, item[name], after[name], history)


def _expect_kept(
    context: CheckContext, name: str, replied: Any, shown: Any, history: tuple[RecordedExchange, ...]
) -> None:
    context.expect(
        replied == shown,
        f"a GET shows the same {name} as the reply: {as_json(replied)}",
        as_json(shown),
        *history,
        about=f"{name} kept",
    )


def _told(context: CheckContext, op: ResourceOperation, resource: CheckedResource, where: Path) -> list[str]:
    """The states and flags that the reply, at a path in it, and a GET show in one form, by their schemas."""
    schemas = context.contract.schemas
    item, shown = op.schema_at(schemas, where), documented(context.contract, resource.operations["get"])
    replied = schemas.properties(item) if item is not None else {}
    return [name for name, at in replied.items() if name in shown and _are_of_one_form(schemas, at, shown[name])]


def _are_of_one_form(schemas: Schemas, one: str, other: str) -> bool:
    """Are two fields flags, or states out of the same few?"""
    values = [schemas.keyword(each, "enum") for each in (one, other)]
    types = [schemas.types(each) for each in (one, other)]
    return values[0] == values[1] and types[0] == types[1] and (bool(values[0]) or types[0] == {"boolean"})


def _is_other(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one != other


def _check_repeated(
    context: CheckContext,
    op: ResourceOperation,
    created: CreatedItem,
    after: Mapping[str, Any],
    history: tuple[RecordedExchange, ...],
) -> None:
    """A second identical PUT changes no figure (RFC 9110 section 9.2.2), except those that count changes."""
    again = sent_action(context, op, created)
    _, item, shown = current(context, created)
    for name, value in after.items():
        if type(value) in (int, float) and not CHANGES & set(words(name)):
            context.expect(
                item.get(name) == value,
                f"a second identical PUT leaves {name} at {value} (RFC 9110 section 9.2.2)",
                f"{name} is {item.get(name)}",
                *history,
                again,
                *shown,
                about=f"{name} again",
            )


def _check_list(
    context: CheckContext, created: CreatedItem, changed: Mapping[str, Any], history: tuple[RecordedExchange, ...]
) -> None:
    shown, listing = listed_item(context, created)
    for name in changed.keys() & shown.keys():
        context.expect(
            shown[name] == changed[name],
            f"the list shows the same {name} as a GET: {as_json(changed[name])}",
            as_json(shown[name]),
            *history,
            *listing,
            about=f"{name} listed",
            statement=weaker(context, SUMMARY) if shows_less(shown[name], changed[name]) else None,
        )


def _check_filters(
    context: CheckContext,
    created: CreatedItem,
    before: Mapping[str, Any],
    changed: Mapping[str, Any],
    history: tuple[RecordedExchange, ...],
) -> None:
    """A filter by a field that the action changed finds the item by its new value, and not by its old one."""
    for statement in created.resource.operations["list"].behaviour.filter:
        name = statement.field
        if not statement.parameter or statement.compare != "equal" or name not in changed:
            continue
        for value, is_there in ((changed[name], True), (before.get(name), False)):
            if not isinstance(value, str | int) or isinstance(value, bool):
                continue
            items, listing = context.list_all(created, query={statement.parameter: value})
            if listing[0].status >= 400:
                continue
            context.expect(
                (str(created.id) in ids(created.resource, items)) is is_there,
                f"{statement.parameter}={value} {'finds' if is_there else 'does not find'} the item, whose {name} is "
                f"{changed[name]}",
                "it does not find it" if is_there else "it finds it",
                *history,
                *listing,
                about=f"{statement.parameter} {'new' if is_there else 'old'}",
            )


def _places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for op in resource_operations(contract):
        resource = _acted_on(known, op)
        if resource is not None and resource.can("create", "get"):
            text = "Every view shows what a successful request did."
            yield op.name, StatementRef(op.name, "http", "documented", TAKES_EFFECT, text), (resource, op)


def _acted_on(known: Mapping[str, CheckedResource], op: ResourceOperation) -> CheckedResource | None:
    """The resource of whose items an operation without an action of ours is: one literal step below an item's path."""
    if op.behaviour.action is not None or op.operation.method not in ("post", "put", "patch"):
        return None
    above, _, step = op.operation.path.rstrip("/").rpartition("/")
    if "{" in step:
        return None
    readable = (each for each in known.values() if each.can("get"))
    return next((each for each in readable if each.operations["get"].operation.path.rstrip("/") == above), None)


CHECKS = (Check("item-action", (), _places, item_action, exclusive=False),)
