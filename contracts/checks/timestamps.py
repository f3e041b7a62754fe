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
from contracts.runner.check import Check, stated
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Timestamps


def timestamps(stage: CheckContext, kind: CheckedResource, statement: Timestamps) -> None:
    """The time of creation is set once; the time of the last update moves with every change, and with nothing else."""
    made = stage.create(kind)
    for item, exchanges in views(stage, made):
        for name in filter(None, (statement.created, statement.updated)):
            if name in shown_fields(stage, kind):
                _plausible(stage, statement, name, item.get(name), exchanges)
        if statement.created and statement.updated and statement.updated in item:
            stage.expect(
                not is_later(item.get(statement.created), item[statement.updated]),
                f"{statement.updated} is not before {statement.created}",
                f"{item.get(statement.created)} and {item[statement.updated]}",
                *exchanges,
                about="order",
            )
    if kind.can("get", "update"):
        _moves(stage, kind, statement, made)
    if kind.can("get", "replace") and kind.acts.get("update") != kind.acts["replace"]:
        _replacing_moves(stage, kind, statement, made)


def _replacing_moves(stage: CheckContext, kind: CheckedResource, statement: Timestamps, made: CreatedItem) -> None:
    """PUT is a change, too."""
    act = kind.acts["replace"]
    before = stage.item(kind.acts["get"], stage.get(made))
    stage.target.pause(0.003 if statement.written == "iso-milliseconds" else 1.05)
    body = {**made.sent}
    if not stage.bodies.accepts(act, body):
        return
    changed = stage.send(act, path=made.path, body=body)
    seen = stage.get(made)
    after = stage.item(kind.acts["get"], seen)
    if changed.status < 300 and statement.updated and statement.updated in before:
        stage.expect(
            is_later(after.get(statement.updated), before[statement.updated]),
            f"{statement.updated} moves on when the item is replaced",
            f"{before[statement.updated]} became {after.get(statement.updated)}",
            made.exchange,
            changed,
            seen,
            about="replace moves",
        )


def _moves(stage: CheckContext, kind: CheckedResource, statement: Timestamps, made: CreatedItem) -> None:
    act = kind.acts["update"]
    first, again = stage.get(made), stage.get(made)
    before = stage.item(kind.acts["get"], again)
    _listing_leaves(stage, kind, statement, made, before)
    for name in filter(None, (statement.created, statement.updated)):
        stage.expect(
            stage.item(kind.acts["get"], first).get(name) == before.get(name),
            f"reading leaves {name} alone",
            f"{before.get(name)}",
            made.exchange,
            first,
            again,
            about=f"read {name}",
        )
    name, value = change_of(stage, kind, act, made)
    stage.target.pause(0.003 if statement.written == "iso-milliseconds" else 1.05)
    changed = stage.update(made, {name: value})
    if not 200 <= changed.status < 300:
        raise CannotBuildRequest(f"{act.name} answers {changed.status} to a valid change")
    seen = stage.get(made)
    after = stage.item(kind.acts["get"], seen)
    history = (made.exchange, again, changed, seen)
    if statement.created:
        stage.expect(
            after.get(statement.created) == before.get(statement.created),
            f"{statement.created} stays",
            f"{before.get(statement.created)} became {after.get(statement.created)}",
            *history,
            about="created stays",
        )
    if statement.updated in before:
        stage.expect(
            is_later(after.get(statement.updated), before.get(statement.updated)),
            f"{statement.updated} moves on",
            f"{before.get(statement.updated)} became {after.get(statement.updated)}",
            *history,
            about="updated moves",
        )
        told = stage.item(act, changed)
        if statement.updated in told:
            stage.expect(
                told[statement.updated] == after[statement.updated],
                "the update reply shows the new time",
                f"{told[statement.updated]}",
                *history,
                about="updated told",
            )


def _listing_leaves(
    stage: CheckContext, kind: CheckedResource, statement: Timestamps, made: CreatedItem, before: Mapping[str, Any]
) -> None:
    if not kind.can("list"):
        return
    stage.target.pause(0.003)
    _, asked = stage.walk(made)
    seen = stage.get(made)
    shown = stage.item(kind.acts["get"], seen).get(statement.updated)
    stage.expect(
        shown == before.get(statement.updated),
        f"listing leaves {statement.updated} alone",
        repr(shown),
        made.exchange,
        *asked,
        seen,
        about="list updated",
    )


def _plausible(
    stage: CheckContext, statement: Timestamps, name: str, value: Any, exchanges: tuple[RecordedExchange, ...]
) -> None:
    moment = moment_of(value)
    form = isinstance(value, int) if statement.written == "unix-seconds" else isinstance(value, str)
    if stage.expect(
        form and moment is not None,
        f"{name} is a time with its zone (RFC 3339)",
        repr(value),
        *exchanges,
        about=f"{name} form",
    ):
        now = datetime.now(UTC)
        stage.expect(
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


PROMISES = (Check("timestamps", ("timestamps",), stated("timestamps", "create"), timestamps),)
