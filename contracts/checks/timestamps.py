"""Promises about times: of creation and of the last update."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from contracts.checks.item_view import change_of, shown_fields, views
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource
from contracts.runner.check import Check, resource_statement
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Timestamps


def timestamps(context: CheckContext, resource: CheckedResource, statement: Timestamps) -> None:
    """The time of creation is set once; the time of the last update moves with every change, and with nothing else."""
    made = context.create(resource)
    for item, exchanges in views(context, made):
        for name in filter(None, (statement.created, statement.updated)):
            if name in shown_fields(context, resource):
                _plausible(context, statement, name, item.get(name), exchanges)
        if statement.created and statement.updated and statement.updated in item:
            context.expect(
                not is_later(item.get(statement.created), item[statement.updated]),
                f"{statement.updated} is not before {statement.created}",
                f"{item.get(statement.created)} and {item[statement.updated]}",
                *exchanges,
                about="order",
            )
    if resource.can("get", "update"):
        _moves(context, resource, statement, made)
    if resource.can("get", "replace") and resource.operations.get("update") != resource.operations["replace"]:
        _replacing_moves(context, resource, statement, made)


def _replacing_moves(
    context: CheckContext, resource: CheckedResource, statement: Timestamps, made: CreatedItem
) -> None:
    """PUT is a change, too."""
    op = resource.operations["replace"]
    before = context.item(resource.operations["get"], context.get(made))
    context.target.pause(0.003 if statement.written == "iso-milliseconds" else 1.05)
    body = {**made.sent}
    if not context.bodies.accepts(op, body):
        return
    changed = context.send(op, path=made.path, body=body)
    seen = context.get(made)
    after = context.item(resource.operations["get"], seen)
    if changed.status < 300 and statement.updated and statement.updated in before:
        context.expect(
            is_later(after.get(statement.updated), before[statement.updated]),
            f"{statement.updated} moves on when the item is replaced",
            f"{before[statement.updated]} became {after.get(statement.updated)}",
            made.exchange,
            changed,
            seen,
            about="replace moves",
        )


def _moves(context: CheckContext, resource: CheckedResource, statement: Timestamps, made: CreatedItem) -> None:
    op = resource.operations["update"]
    first, again = context.get(made), context.get(made)
    before = context.item(resource.operations["get"], again)
    _listing_leaves(context, resource, statement, made, before)
    for name in filter(None, (statement.created, statement.updated)):
        context.expect(
            context.item(resource.operations["get"], first).get(name) == before.get(name),
            f"reading leaves {name} alone",
            f"{before.get(name)}",
            made.exchange,
            first,
            again,
            about=f"read {name}",
        )
    name, value = change_of(context, resource, op, made)
    context.target.pause(0.003 if statement.written == "iso-milliseconds" else 1.05)
    changed = context.update(made, {name: value})
    if not 200 <= changed.status < 300:
        raise CannotBuildRequest(f"{op.name} answers {changed.status} to a valid change")
    seen = context.get(made)
    after = context.item(resource.operations["get"], seen)
    history = (made.exchange, again, changed, seen)
    if statement.created:
        context.expect(
            after.get(statement.created) == before.get(statement.created),
            f"{statement.created} stays",
            f"{before.get(statement.created)} became {after.get(statement.created)}",
            *history,
            about="created stays",
        )
    if statement.updated in before:
        context.expect(
            is_later(after.get(statement.updated), before.get(statement.updated)),
            f"{statement.updated} moves on",
            f"{before.get(statement.updated)} became {after.get(statement.updated)}",
            *history,
            about="updated moves",
        )
        told = context.item(op, changed)
        if statement.updated in told:
            context.expect(
                told[statement.updated] == after[statement.updated],
                "the update reply shows the new time",
                f"{told[statement.updated]}",
                *history,
                about="updated told",
            )


def _listing_leaves(
    context: CheckContext,
    resource: CheckedResource,
    statement: Timestamps,
    made: CreatedItem,
    before: Mapping[str, Any],
) -> None:
    if not resource.can("list"):
        return
    context.target.pause(0.003)
    _, asked = context.list_all(made)
    seen = context.get(made)
    shown = context.item(resource.operations["get"], seen).get(statement.updated)
    context.expect(
        shown == before.get(statement.updated),
        f"listing leaves {statement.updated} alone",
        repr(shown),
        made.exchange,
        *asked,
        seen,
        about="list updated",
    )


def _plausible(
    context: CheckContext, statement: Timestamps, name: str, value: Any, exchanges: tuple[RecordedExchange, ...]
) -> None:
    moment = moment_of(value)
    form = isinstance(value, int) if statement.written == "unix-seconds" else isinstance(value, str)
    if context.expect(
        form and moment is not None,
        f"{name} is a time with its zone (RFC 3339)",
        repr(value),
        *exchanges,
        about=f"{name} form",
    ):
        now = datetime.now(UTC)
        context.expect(
            moment is not None and 2015 < moment.year <= now.year + 1,
            f"{name} is a plausible time",
            repr(value),
            *exchanges,
            about=f"{name} plausible",
        )


def moment_of(value: Any) -> datetime | None:
    """A time as RFC 3339 or Unix seconds write it, or None."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return datetime.fromtimestamp(value, UTC)
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo is not None else None


def is_later(value: Any, than: Any) -> bool:
    first, second = moment_of(value), moment_of(than)
    return first is not None and second is not None and first > second


CHECKS = (
    Check("timestamps", ("timestamps",), resource_statement("timestamps", "create"), timestamps, exclusive=False),
)
