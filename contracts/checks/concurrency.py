"""Checks of concurrent requests."""

from __future__ import annotations

from collections import Counter
from typing import Any

from contracts.checks.identity import requested_count
from contracts.checks.item_view import change_of, covers, showable, shows_id, unchangeable
from contracts.checks.lists import ids
from contracts.checks.read_your_writes import GONE
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource
from contracts.runner.check import Check, http_rule, resource_statement
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Capacity, Unique

CROWD = 8
"""How many requests are sent at the same time."""


def crowd(context: CheckContext, resource: CheckedResource) -> None:
    """Items that are created at the same time are all there, each once, each with its own id."""
    if not shows_id(context, resource):
        context.create(resource)
    made, exchanges = _together(context, resource, min([CROWD, *_room(context, resource)]))
    if requested_count(resource, made) < len(made):
        raise CannotBuildRequest("the client calls items alike")
    seen = [str(each.id) for each in made]
    counts = Counter(str(e.status) for e in exchanges)
    context.expect(
        len(made) == len(exchanges),
        "requests at the same time are all accepted",
        f"{dict(counts)}",
        *exchanges,
        about="accepted",
    )
    context.expect(
        len(set(seen)) == len(seen),
        "every item has an id of its own",
        f"{len(seen) - len(set(seen))} are shared",
        *exchanges,
        about="ids",
    )
    if resource.can("list"):
        items, asked = context.list_all(made[0] if made else resource)
        listed = Counter(ids(resource, items))
        context.expect(
            all(listed[id] == 1 for id in seen),
            "each is in the list once",
            f"{len(seen)} were created, {sum(listed[id] == 1 for id in seen)} are listed once",
            *exchanges,
            *asked,
            about="listed",
        )
    for each in made if resource.can("get") else ():
        shown = context.item(resource.operations["get"], context.get(each))
        mixed = [
            n
            for n, v in each.sent.items()
            if n in shown
            and isinstance(v, str)
            and n not in unchangeable(resource)
            and not covers(shown[n], v)
            and n in showable(context, resource, resource.operations["get"])
        ]
        context.expect(not mixed, "each is what its own request said", f"{mixed} differ", each.exchange, about="mixed")


def _room(context: CheckContext, resource: CheckedResource) -> list[int]:
    held = len(context.list_all(resource)[0]) if resource.can("list") and resource.behaviour.capacity else 0
    return [max(statement.limit - held, 1) for statement in resource.behaviour.capacity]


def _together(
    context: CheckContext, resource: CheckedResource, count: int
) -> tuple[list[CreatedItem], list[RecordedExchange]]:
    op = resource.operations["create"]
    path = context.parent_path(resource, context.main_user)
    bodies = [context.body(resource) for _ in range(count)]
    exchanges = context.send_together(op.operation, bodies, path)
    found = [
        context.record_created(resource, e, body, context.main_user, path)
        for e, body in zip(exchanges, bodies, strict=True)
    ]
    return [made for made in found if made is not None], exchanges


def crowded(context: CheckContext, resource: CheckedResource, statement: Capacity) -> None:
    """Requests at the same time do not get over the limit together."""
    if statement.limit > 120:
        raise CannotBuildRequest(f"{statement.limit} items would be needed")
    held = len(context.list_all(resource)[0])
    for _ in range(held, statement.limit - 2):
        context.create(resource)
    made, exchanges = _together(context, resource, CROWD)
    room = min(statement.limit - held, 2)
    counts = Counter(e.status for e in exchanges)
    context.expect(
        len(made) == room,
        f"with room for {room}, {room} of {CROWD} requests at the same time are accepted",
        f"{dict(counts)}",
        *exchanges,
    )


def crowded_unique(context: CheckContext, resource: CheckedResource, statement: Unique) -> None:
    """Of requests at the same time for the same unique value one is accepted."""
    body = context.body(resource, full=True)
    values = {name: body[name] for name in statement.fields if name in body}
    op = resource.operations["create"]
    bodies = [context.body(resource) | values for _ in range(CROWD)]
    path = context.parent_path(resource, context.main_user)
    exchanges = context.send_together(op.operation, bodies, path)
    made = [
        context.record_created(resource, e, b, context.main_user, path) for e, b in zip(exchanges, bodies, strict=True)
    ]
    accepted = sum(each is not None for each in made)
    context.expect(accepted == 1, "one of the requests is accepted", f"{accepted} are", *exchanges)


def no_lost_update(context: CheckContext, resource: CheckedResource) -> None:
    """Changes of different fields at the same time are all kept."""
    op = resource.operations["update"]
    if op.behaviour.action and op.behaviour.action.patch == "json-patch":
        raise CannotBuildRequest("JSON Patch names paths, not fields")
    made = context.create(resource, context.body(resource, full=not resource.operations["create"].may_refuse))
    shows = showable(context, resource, resource.operations["get"])
    wanted: dict[str, Any] = {}
    for name in context.bodies.properties(op):
        value = context.bodies.other(op, name, made.sent.get(name), context.check) if name in made.sent else None
        if (
            value is not None
            and name in shows
            and name not in unchangeable(resource)
            and context.bodies.accepts(op, {name: value})
        ):
            wanted[name] = value
    if len(wanted) < 2:
        raise CannotBuildRequest("fewer than two fields can be changed")
    for _ in range(2):
        requests = [
            (context.request(op.operation, user=context.main_user, path=made.path, body={n: v}), context.main_user)
            for n, v in wanted.items()
        ]
        exchanges = context.target.send_together(requests)
        broken = [e.status for e in exchanges if e.status >= 500]
        context.expect(
            not broken, "changes at the same time are no server error", f"{broken}", *exchanges, about="error"
        )
        if any(e.status >= 300 for e in exchanges):
            raise CannotBuildRequest(f"{op.name} refuses one of the changes")
    seen = context.get(made)
    after = context.item(resource.operations["get"], seen)
    lost = [name for name, value in wanted.items() if not covers(after.get(name), value)]
    context.expect(
        not lost,
        "changes of different fields at the same time are all kept",
        f"{', '.join(lost)} lost",
        made.exchange,
        *exchanges,
        seen,
    )


def update_or_delete(context: CheckContext, resource: CheckedResource) -> None:
    """Of a change and a deletion at the same time the deletion wins: what was removed does not come back."""
    op, remove = resource.operations["update"], resource.operations["delete"]
    for first in (True, False):
        made = context.create(resource)
        name, value = change_of(context, resource, op, made)
        requests = [
            (
                context.request(op.operation, user=context.main_user, path=made.path, body={name: value}),
                context.main_user,
            ),
            (context.request(remove.operation, user=context.main_user, path=made.path), context.main_user),
        ]
        exchanges = context.target.send_together(requests if first else requests[::-1])
        deleted = exchanges[1 if first else 0]
        context.expect(
            all(e.status < 500 for e in exchanges),
            "no server error",
            f"{[e.status for e in exchanges]}",
            *exchanges,
            about="error",
        )
        if deleted.status < 300:
            seen = context.get(made)
            context.expect(
                seen.status in GONE,
                "what was removed stays removed",
                f"status {seen.status}",
                made.exchange,
                *exchanges,
                seen,
                about="revived",
            )


def one_delete(context: CheckContext, resource: CheckedResource) -> None:
    """Of deletions at the same time none breaks the server, and the item is gone."""
    made = context.create(resource)
    op = resource.operations["delete"]
    request = context.request(op.operation, user=context.main_user, path=made.path)
    exchanges = [
        context.check_response(op.operation, e)
        for e in context.target.send_together([(request, context.main_user)] * CROWD)
    ]
    counts = Counter(e.status for e in exchanges)
    context.expect(
        all(e.status < 500 for e in exchanges), "no server error", f"{dict(counts)}", *exchanges, about="error"
    )
    context.expect(
        any(e.status < 300 for e in exchanges), "one deletion succeeds", f"{dict(counts)}", *exchanges, about="one"
    )
    seen = context.get(made) if resource.can("get") else None
    if seen is not None:
        context.expect(seen.status in GONE, "the item is gone", f"status {seen.status}", *exchanges, seen, about="gone")


TOGETHER = "RFC 9110 section 9.2 (what a request asks for does not depend on who else asks)"

CHECKS = (
    Check("crowd", (), http_rule("create", source=TOGETHER), crowd),
    Check("crowded-capacity", ("capacity",), resource_statement("capacity", "create", "list"), crowded),
    Check("crowded-unique", ("unique",), resource_statement("unique", "create"), crowded_unique),
    Check("lost-update", (), http_rule("update", "create", "get", source=TOGETHER), no_lost_update),
    Check("update-or-delete", (), http_rule("update", "create", "get", "delete", source=TOGETHER), update_or_delete),
    Check("crowded-delete", (), http_rule("delete", "create", source=TOGETHER), one_delete),
)  # fmt: skip
