"""Checks of GAIA's rules: refused configurations, and the status of a server after connect and disconnect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contracts.checks.item_view import as_json
from contracts.checks.lists.listed_items import ids
from contracts.checks.missing_items import GONE
from contracts.cleanup.created_items import CreatedItem
from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource
from contracts.runner.context import CheckContext
from contracts.runner.rule_check import rule_check

WRONG: Mapping[str, tuple[dict[str, Any], frozenset[str]]] = {
    "a stdio server without command": ({"transportType": "stdio"}, frozenset({"url", "command", "connectionType"})),
    "an http server without url": ({"transportType": "http"}, frozenset({"url", "command"})),
}
"""Configurations that cannot connect: the fields that are set, and those that are omitted."""


@rule_check("check-configuration")
def check_configuration(context: CheckContext, resource: CheckedResource) -> None:
    """A configuration that cannot connect is refused, and no server is registered."""
    created = context.create(resource)
    for what, (given, left_out) in WRONG.items():
        before = len(context.list_all(created)[0])
        body = {name: value for name, value in context.body(resource).items() if name not in left_out} | given
        exchange, _ = context.try_create(resource, body)
        context.expect_status(400 <= exchange.status < 500, f"{what} is refused", exchange, about=what)
        items, listing = context.list_all(created)
        context.expect(
            len(items) == before,
            f"{what} is not registered",
            f"{len(items) - before} more",
            exchange,
            *listing,
            about=f"kept: {what}",
        )


@rule_check("connect")
def connect(context: CheckContext, resource: CheckedResource) -> None:
    """After connect the status is connected, or error if it failed; a deleted server returns 404."""
    created = context.create(resource)
    exchange = _by_id(context, "connect", created.id)
    wanted = "connected" if exchange.status == 200 else "error"
    _status(context, created, wanted, exchange)
    _able(context, created, exchange)
    _nobody(context, resource, "connect", created)


@rule_check("disconnect")
def disconnect(context: CheckContext, resource: CheckedResource) -> None:
    """After disconnect the status is disconnected, and the server is still registered."""
    created = context.create(resource)
    connected = _by_id(context, "connect", created.id)
    exchange = _by_id(context, "disconnect", created.id)
    if context.expect_status(exchange.status == 200, "a disconnect succeeds", connected, exchange, about="accepted"):
        _status(context, created, "disconnected", connected, exchange)
    items, listing = context.list_all(created)
    context.expect(
        str(created.id) in ids(resource, items),
        "a disconnected server stays registered",
        "the list does not contain it",
        connected,
        exchange,
        *listing,
        about="registered",
    )
    _nobody(context, resource, "disconnect", created)


@rule_check("validate")
def validate(context: CheckContext, resource: CheckedResource) -> None:
    """`valid` is true exactly if `status` is ok, and validating registers no server."""
    created = context.create(resource)
    before = len(context.list_all(created)[0])
    op = context.shared.operations["POST /api/mcp/validate"]
    exchange = context.send(op, body=context.bodies.minimal(op, context.check))
    body = exchange.json if isinstance(exchange.json, dict) else {}
    context.expect(
        body.get("valid") is (body.get("status") == "ok"),
        "valid is true exactly if status is ok",
        f"valid is {body.get('valid')}, status is {body.get('status')}",
        exchange,
        about="valid",
    )
    after = len(context.list_all(created)[0])
    context.expect(
        after == before,
        "validating registers no server",
        f"{after - before} more servers",
        exchange,
        about="registered",
    )


def _by_id(context: CheckContext, name: str, id: Any) -> RecordedExchange:
    return context.send(context.shared.operations[f"POST /api/mcp/{name}"], body={"id": id})


def _status(context: CheckContext, created: CreatedItem, wanted: str, *history: RecordedExchange) -> None:
    response = context.get(created)
    shown = context.item(created.resource.operations["get"], response).get("status")
    context.expect(
        shown == wanted,
        f"the status of the server is {wanted}",
        as_json(shown),
        created.exchange,
        *history,
        response,
        about=wanted,
    )


def _able(context: CheckContext, created: CreatedItem, connected: RecordedExchange) -> None:
    """A connected server has the capabilities that the connect reply listed."""
    reply_item = connected.json.get("capabilities") if isinstance(connected.json, dict) else None
    response = context.get(created)
    shown = context.item(created.resource.operations["get"], response).get("capabilities")
    context.expect(
        reply_item is None or shown == reply_item,
        f"a GET returns the capabilities of the connect reply: {as_json(reply_item)}",
        as_json(shown),
        created.exchange,
        connected,
        response,
        about="capabilities",
    )


def _nobody(context: CheckContext, resource: CheckedResource, name: str, created: CreatedItem) -> None:
    removed = context.delete(created)
    exchange = _by_id(context, name, created.id)
    context.expect_status(
        exchange.status in GONE, f"{name} returns 404 for a deleted server", removed, exchange, about="missing"
    )
