"""Sequences of requests that are compared with a simple model: a list of items for each user."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from contracts.checks.deletable_items import is_documented_conflict
from contracts.checks.item_view import as_json, changing, documented, fixed_fields
from contracts.checks.lists.listed_items import ids, order_of
from contracts.checks.missing_items import HIDDEN_OR_GONE, is_marked_deleted, may_succeed
from contracts.checks.refused_changes import may_be_by_rule
from contracts.checks.stored_fields import shown_part
from contracts.checks.value_likeness import ABSENT, likeness
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.client.target import User
from contracts.conformance.response_validation import is_documented_error
from contracts.model.finding import BINDING_EVIDENCE, RecordedExchange
from contracts.model.resources import CheckedResource
from contracts.runner.context import CheckContext
from mockserver.inference.values.ordered_pairs import comes_in_order

FORBIDDEN, NOT_FOUND = 403, 404


class StateMachineFailure(AssertionError):
    """The service differs from the model."""


@dataclass
class RememberedItem:
    """An item in the model. It is `unread` if it was changed, and no request has shown it since."""

    created: CreatedItem
    fields: dict[str, Any]
    alive: bool = True
    unread: bool = False


@dataclass
class RequestSequence:
    """The state of one sequence: the model, and the exchanges so far."""

    context: CheckContext
    resource: CheckedResource
    users: list[User]
    held: dict[str, list[RememberedItem]] = field(default_factory=dict)
    trail: list[RecordedExchange] = field(default_factory=list)
    has_failed: bool = False

    def existing(self, user: User) -> list[RememberedItem]:
        """The existing items of a user, the oldest first."""
        return [each for each in self.held.get(user.name, ()) if each.alive]

    def all_items(self, user: User) -> list[RememberedItem]:
        """The existing and deleted items of a user."""
        return self.held.get(user.name, [])

    def forget(self, created: CreatedItem) -> None:
        """Forget the deleted items whose id a new item has, and an item that the client named again.

        From now on a request with this id is about the new item. That an id is used again is for `identity` to report.
        """
        is_named = created.named is not None
        for name, present in self.held.items():
            again = is_named and name == created.user.name
            present[:] = [each for each in present if each.created.id != created.id or (each.alive and not again)]

    def record(self, exchange: RecordedExchange) -> RecordedExchange:
        """Record an exchange."""
        self.trail.append(exchange)
        return exchange

    def expect(self, holds: bool, expected: str, seen: str) -> None:
        """Raise StateMachineFailure if the condition is false."""
        self.context.compared += 1
        if not holds:
            self.has_failed = True
            raise StateMachineFailure(expected, seen)

    def read_changed(self) -> None:
        """Read what was changed and not read since, unless the sequence has failed already.

        Without this, a lost change is only seen in a sequence that happens to read the same item later.
        """
        if self.has_failed or not self.resource.can("get"):
            return
        for user in self.users:
            for held in self.existing(user):
                if held.unread:
                    _read(self, held)


def create(sequence: RequestSequence, user: User, choice: int) -> None:
    """Create an item, if the user has fewer than five."""
    if len(sequence.existing(user)) >= 5:
        return
    exchange, created = sequence.context.try_create(sequence.resource, user=user)
    sequence.record(exchange)
    if 400 <= exchange.status < 500 and user != sequence.context.main_user:
        return  # another user may have another role, or not the items that the request refers to
    if exchange.status in (400, 404, 409, 422) and not sequence.held.get(user.name):
        return  # nothing was ever created: perhaps a rule that no schema states forbids our values
    op = sequence.resource.operations["create"]
    if created is None and exchange.status < 300:
        raise CannotBuildRequest(f"{op.name} shows no id")
    may_refuse = (op.may_refuse and 400 <= exchange.status < 500) or is_documented_error(op.operation, exchange.status)
    sequence.expect(created is not None or may_refuse, "a valid create request succeeds", f"status {exchange.status}")
    if created is not None:
        sequence.forget(created)
        sequence.held.setdefault(user.name, []).append(RememberedItem(created, dict(created.sent)))


def read(sequence: RequestSequence, user: User, choice: int) -> None:
    """Read an existing or deleted item."""
    held = _pick(sequence.all_items(user), choice)
    if held is not None and sequence.resource.can("get"):
        _read(sequence, held)


def change(sequence: RequestSequence, user: User, choice: int) -> None:
    """Update one field of an existing or deleted item."""
    held = _pick(sequence.all_items(user), choice)
    op = sequence.resource.operations.get("update")
    if held is None or op is None or (op.creates_missing and not held.alive):
        return
    names = [
        n
        for n in sequence.context.bodies.properties(op)
        if n in held.fields and n not in fixed_fields(sequence.context, sequence.resource)
    ]
    name = names[choice % len(names)] if names else ""
    value = sequence.context.bodies.other(op, name, held.fields[name], f"{choice}") if name else None
    body = changing(sequence.context, op, held.fields, name, value) if value is not None else None
    if body is None or not comes_in_order({**held.fields, **body}):
        return
    exchange = sequence.record(sequence.context.update(held.created, body))
    if exchange.status == FORBIDDEN and user != sequence.context.main_user:
        return
    if is_documented_error(op.operation, exchange.status):
        return
    if not held.alive:
        sequence.expect(
            exchange.status in HIDDEN_OR_GONE, "an update of a deleted item returns 404", f"status {exchange.status}"
        )
    elif exchange.status < 300:
        held.fields[name], held.unread = value, True
    else:
        may_refuse = op.may_refuse or may_be_by_rule(sequence.context, op, name, exchange.status)
        may_refuse &= exchange.status != NOT_FOUND  # the item is there
        sequence.expect(may_refuse or exchange.status == 409, "a valid update succeeds", f"status {exchange.status}")


def remove(sequence: RequestSequence, user: User, choice: int) -> None:
    """Delete an existing or deleted item."""
    held = _pick(sequence.all_items(user), choice)
    if held is None or not sequence.resource.can("delete"):
        return
    op = sequence.resource.operations["delete"]
    exchange = sequence.record(sequence.context.delete(held.created))
    if held.alive and is_documented_conflict(sequence.resource, exchange.status):
        return
    if exchange.status == FORBIDDEN and user != sequence.context.main_user:
        return  # the other user may have another role
    if is_documented_error(op.operation, exchange.status):
        return
    if held.alive:
        sequence.expect(exchange.status < 300, "a DELETE of an existing item succeeds", f"status {exchange.status}")
    else:
        gone = exchange.status in HIDDEN_OR_GONE or may_succeed(op, exchange.status)
        sequence.expect(gone, "a second DELETE of an item returns 404", f"status {exchange.status}")
    held.alive = False


def list_items(sequence: RequestSequence, user: User, choice: int) -> None:
    """List the items of a user."""
    present = sequence.all_items(user)
    if not sequence.resource.can("list") or (sequence.resource.behaviour.parent and not present):
        return
    subject: CreatedItem | CheckedResource = sequence.resource
    if sequence.resource.behaviour.parent:
        # An owner that refuses a second item was left for another one: a list has the items of one owner.
        subject = present[0].created
        present = [each for each in present if _owners(each.created) == _owners(subject)]
    items, listing = sequence.context.list_all(subject, user=user)
    sequence.trail += listing
    if listing[0].status == FORBIDDEN and user != sequence.context.main_user:
        return  # the other user may have another role
    known = {str(each.created.id) for each in present}
    seen = [id for id in ids(sequence.resource, items) if id in known]
    wanted = [str(each.created.id) for each in present if each.alive]
    sequence.expect(
        sorted(seen) == sorted(wanted),
        f"the list has the {len(wanted)} items that this check made and did not delete",
        f"it has {len(seen)} that this check made",
    )
    order = order_of(sequence.resource)
    if order.by == "creation" and order.evidence in BINDING_EVIDENCE:
        wanted = wanted[::-1] if order.direction == "descending" else wanted
        sequence.expect(seen == wanted, f"the list is in order of creation, {order.direction}", "another order")
    strangers = {
        str(h.created.id)
        for each in sequence.users
        if each != user and _has_tenants(sequence)
        for h in sequence.all_items(each)
    }
    sequence.expect(
        not strangers & set(ids(sequence.resource, items)),
        "the list contains no item of another tenant",
        "it contains an item of another tenant",
    )


def _owners(made: CreatedItem) -> dict[str, Any]:
    """The path parameters of an item that name what it is below."""
    own = made.resource.behaviour.identity.parameter
    return {name: value for name, value in made.path.items() if name != own}


def request_foreign_item(sequence: RequestSequence, user: User, choice: int) -> None:
    """Read or delete an item of another tenant."""
    other = next((each for each in sequence.users if each != user), None)
    held = _pick(sequence.existing(other), choice) if other else None
    if held is None or not _has_tenants(sequence):
        return
    name = [n for n in ("get", "delete") if n in sequence.resource.operations][
        choice % 2 if sequence.resource.can("get", "delete") else 0
    ]
    exchange = sequence.record(
        sequence.context.send(sequence.resource.operations[name], user=user, path=held.created.path)
    )
    sequence.expect(
        exchange.status in (401, 403, 404, 410), f"a {name} by another tenant is refused", f"status {exchange.status}"
    )


REQUESTS: tuple[Callable[[RequestSequence, User, int], None], ...] = (
    create,
    read,
    change,
    remove,
    list_items,
    request_foreign_item,
)
"""The requests that a sequence consists of."""


def _has_tenants(sequence: RequestSequence) -> bool:
    return sequence.resource.behaviour.tenant.by != "none" and len(sequence.users) > 1


def _pick(held: list[RememberedItem], choice: int) -> RememberedItem | None:
    return held[choice % len(held)] if held else None


def _read(sequence: RequestSequence, held: RememberedItem) -> None:
    held.unread = False
    _compare(sequence, held, sequence.record(sequence.context.get(held.created)))


def _compare(sequence: RequestSequence, held: RememberedItem, exchange: RecordedExchange) -> None:
    if is_documented_error(sequence.resource.operations["get"].operation, exchange.status):
        return
    if not held.alive:
        shown = sequence.context.item(sequence.resource.operations["get"], exchange)
        gone = exchange.status in HIDDEN_OR_GONE or (
            exchange.status == 200 and is_marked_deleted(held.created.item, shown)
        )
        sequence.expect(gone, "a GET of a deleted item returns 404", f"status {exchange.status}")
        return
    sequence.expect(exchange.status == 200, "a GET of an existing item returns it", f"status {exchange.status}")
    op = sequence.resource.operations["get"]
    item, shows = sequence.context.item(op, exchange), documented(sequence.context.contract, op)
    resource = sequence.resource
    hidden = resource.server_fields | resource.write_only_fields | resource.rule_fields
    for name, sent in held.fields.items():
        value = shown_part(sequence.context, shows[name], sent) if name in shows and name not in hidden else ABSENT
        if value is not ABSENT:
            sequence.expect(
                likeness(item.get(name, ABSENT), value, name) != "different",
                f"a GET returns {name} {as_json(value)}",
                as_json(item.get(name)),
            )
