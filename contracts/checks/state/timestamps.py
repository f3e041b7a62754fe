"""Check of the times of creation and of the last update."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from contracts.checks.item_view import as_json, change_of, documented, shown_fields, shows_null, views
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation
from contracts.runner.check import Check, resource_statement
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Timestamps
from mockserver.inference.sentences.descriptions import description

LAST_CHANGE = re.compile(
    r"\b(?:last|latest|most recent) (?:\w+ )?(?:changed?|updated?|modified|modification|edit(?:ed)?)\b|"
    r"\b(?:changes|is set|is updated|is renewed) (?:with|by|at|on) (?:every|each|any) (?:change|update|edit)\b",
    re.IGNORECASE,
)
"""How a description says that a time is that of the last change."""


def timestamps(context: CheckContext, resource: CheckedResource, statement: Timestamps) -> None:
    """The time of creation never changes; the time of the last update changes with every update, and only then."""
    created = context.create(resource)
    for item, exchanges in views(context, created):
        for name in filter(None, (statement.created, statement.updated)):
            if name in shown_fields(context, resource) and not _is_unset(context, resource, statement, item, name):
                _check_format(context, statement, name, item.get(name), exchanges)
        if statement.created and statement.updated and statement.updated in item:
            context.expect(
                not is_later(item.get(statement.created), item[statement.updated]),
                f"{statement.updated} is not before {statement.created}",
                f"{statement.created} is {item.get(statement.created)}, {statement.updated} is {item[statement.updated]}",
                *exchanges,
                about="order",
            )
    if resource.can("get", "update"):
        _check_update(context, resource, statement, created)
    if resource.can("get", "replace") and resource.operations.get("update") != resource.operations["replace"]:
        _check_put(context, resource, statement, created)


def _check_put(context: CheckContext, resource: CheckedResource, statement: Timestamps, created: CreatedItem) -> None:
    """PUT changes the time of the last update, too."""
    op = resource.operations["replace"]
    before = context.item(resource.operations["get"], context.get(created))
    context.target.pause(_until_later(statement, before))
    body = {**created.sent}
    if not context.bodies.accepts(op, body):
        return
    changed = context.send(op, path=created.path, body=body)
    response = context.get(created)
    after = context.item(resource.operations["get"], response)
    if changed.status < 300 and statement.updated and statement.updated in before:
        _expect_later(context, resource, op, statement, (before, after), created.exchange, changed, response)


def _expect_later(
    context: CheckContext,
    resource: CheckedResource,
    op: ResourceOperation,
    statement: Timestamps,
    views: tuple[Mapping[str, Any], Mapping[str, Any]],
    *history: RecordedExchange,
) -> None:
    """The time of the last update is a later one after a request; the two `views` are of the item before and after."""
    before, after = (view.get(statement.updated) for view in views)
    context.compared += 1
    was_unset = _is_unset(context, resource, statement, views[0], statement.updated)
    if not (moment_of(after) is not None if was_unset else is_later(after, before)):
        context.report_violation(
            f"{'PUT' if op.operation.method == 'put' else 'an update'} changes {statement.updated} to a later time",
            f"{before} before, {after} after",
            *history,
            about="replace moves" if op.operation.method == "put" else "updated moves",
            statement=_said(context, resource, op, statement.updated),
            operation=op.name,
        )


def _is_unset(
    context: CheckContext, resource: CheckedResource, statement: Timestamps, item: Mapping[str, Any], name: str
) -> bool:
    """Is a time of the last update null, as the document allows for an item that was never updated?"""
    is_shown_as_null = name == statement.updated and name in item and item[name] is None
    return is_shown_as_null and resource.can("get") and shows_null(context, resource, name)


def _said(context: CheckContext, resource: CheckedResource, op: ResourceOperation, name: str) -> StatementRef | None:
    """What the description of a field says about the last change; None if it says nothing."""
    pointer = documented(context.contract, resource.operations["get"]).get(name)
    said = description(context.contract.schemas, pointer).first(LAST_CHANGE) if pointer is not None else None
    if said is None:
        return None
    return StatementRef(op.name, "timestamps", "described", said.source, f"{name} is the time of the last change.")


def _until_later(statement: Timestamps, item: Mapping[str, Any]) -> float:
    """The seconds after which a time that the service writes is a later one."""
    fractions = statement.written in ("iso-milliseconds", "iso-microseconds") and "." in str(
        item.get(statement.updated)
    )
    return 0.003 if fractions else 1.05


def _check_update(
    context: CheckContext, resource: CheckedResource, statement: Timestamps, created: CreatedItem
) -> None:
    op = resource.operations["update"]
    first, again = context.get(created), context.get(created)
    before = context.item(resource.operations["get"], again)
    _check_listing(context, resource, statement, created, before)
    for name in filter(None, (statement.created, statement.updated)):
        context.expect(
            context.item(resource.operations["get"], first).get(name) == before.get(name),
            f"a GET does not change {name}",
            f"it became {before.get(name)}",
            created.exchange,
            first,
            again,
            about=f"read {name}",
        )
    name, value = change_of(context, resource, op, created)
    context.target.pause(_until_later(statement, before))
    changed = context.update(created, {name: value})
    if not 200 <= changed.status < 300:
        raise CannotBuildRequest(f"{op.name} answers {changed.status} to a valid change")
    response = context.get(created)
    after = context.item(resource.operations["get"], response)
    history = (created.exchange, again, changed, response)
    if statement.created:
        context.expect(
            after.get(statement.created) == before.get(statement.created),
            f"an update does not change {statement.created}",
            f"{before.get(statement.created)} before, {after.get(statement.created)} after",
            *history,
            about="created stays",
        )
    if statement.updated in before:
        _expect_later(context, resource, op, statement, (before, after), *history)
        reply_item = context.item(op, changed)
        if statement.updated in reply_item:
            context.expect(
                reply_item[statement.updated] == after[statement.updated],
                f"the update reply shows the same {statement.updated} as a GET after it: {after[statement.updated]}",
                f"{reply_item[statement.updated]}",
                *history,
                about="updated told",
            )


def _check_listing(
    context: CheckContext,
    resource: CheckedResource,
    statement: Timestamps,
    created: CreatedItem,
    before: Mapping[str, Any],
) -> None:
    if not resource.can("list"):
        return
    context.target.pause(0.003)
    _, listing = context.list_all(created)
    response = context.get(created)
    shown = context.item(resource.operations["get"], response).get(statement.updated)
    context.expect(
        shown == before.get(statement.updated),
        f"listing does not change {statement.updated}",
        as_json(shown),
        created.exchange,
        *listing,
        response,
        about="list updated",
    )


def _check_format(
    context: CheckContext, statement: Timestamps, name: str, value: Any, exchanges: tuple[RecordedExchange, ...]
) -> None:
    moment = moment_of(value)
    form = isinstance(value, int) if statement.written == "unix-seconds" else isinstance(value, str)
    if context.expect(
        form and moment is not None,
        f"{name} is a time with a time zone (RFC 3339)",
        as_json(value),
        *exchanges,
        about=f"{name} form",
    ):
        now = datetime.now(UTC)
        context.expect(
            moment is not None and 2015 < moment.year <= now.year + 1,
            f"{name} is between 2016 and now",
            as_json(value),
            *exchanges,
            about=f"{name} plausible",
        )


def moment_of(value: Any) -> datetime | None:
    """Reads a time in RFC 3339 format or Unix seconds; None for anything else."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return datetime.fromtimestamp(value, UTC)
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo is not None else None


def is_later(value: Any, than: Any) -> bool:
    """Are both values times, and the first one later?"""
    first, second = moment_of(value), moment_of(than)
    return first is not None and second is not None and first > second


CHECKS = (
    Check("timestamps", ("timestamps",), resource_statement("timestamps", "create"), timestamps, exclusive=False),
)
