"""Checks of Piper's rules: tests of saved and unsaved servers, and the servers of an agent."""

from __future__ import annotations

from typing import Any

from contracts.checks.lists.listed_items import ids
from contracts.checks.missing_items import GONE
from contracts.cleanup.created_items import CreatedItem
from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource
from contracts.runner.context import CheckContext
from contracts.runner.rule_check import rule_check

TESTED = (200, 502)
"""A test returns the tools, or 502 if the server cannot be reached (assumed)."""


@rule_check("test-saved")
def test_saved(context: CheckContext, resource: CheckedResource) -> None:
    """A test of a saved server does not change it; a test of a deleted server returns 404."""
    op = context.shared.operations["POST /v1/orgs/{org_id}/mcp-servers/{server_id}:test"]
    created = context.create(resource)
    before = context.item(resource.operations["get"], context.get(created))
    exchange = context.send(op, path=created.path)
    _tested(context, exchange, created)
    response = context.get(created)
    context.expect(
        context.item(resource.operations["get"], response) == before,
        "a test does not change the server",
        "it changed",
        created.exchange,
        exchange,
        response,
        about="unchanged",
    )
    removed = context.delete(created)
    gone = context.send(op, path=created.path)
    context.expect_status(gone.status in GONE, "a test of a deleted server returns 404", removed, gone, about="missing")


@rule_check("test-inline")
def test_inline(context: CheckContext, resource: CheckedResource) -> None:
    """A test of unsaved values saves nothing."""
    op = context.shared.operations["POST /v1/orgs/{org_id}/mcp-servers/test"]
    created = context.create(resource)
    before = ids(resource, context.list_all(created)[0])
    exchange = context.send(op, body=context.bodies.minimal(op, context.check))
    _tested(context, exchange, created)
    away = context.send(op, body={"url": "https://contract-check.invalid/mcp"})
    _tested(context, away, created)
    after = ids(resource, context.list_all(created)[0])
    context.expect(
        after == before,
        "a test of unsaved values saves no server",
        f"{len(after) - len(before)} more servers",
        exchange,
        about="saved",
    )


def _tested(context: CheckContext, exchange: RecordedExchange, created: CreatedItem) -> None:
    context.expect_status(
        exchange.status in TESTED,
        "a test returns the tools with 200, or 502",
        created.exchange,
        exchange,
        about="tested",
    )


@rule_check("assign")
def assign(context: CheckContext, resource: CheckedResource) -> None:
    """An agent has exactly the servers of the last assignment, each once, without deleted servers."""
    servers = context.shared.resources["mcp-server"]
    op = context.shared.operations["PUT /v1/orgs/{org_id}/agents/{agent_id}/mcp-servers"]
    first, second = context.create(servers), context.create(servers)
    for chosen in ([first, second], [second], [second, second]):
        exchange = context.send(op, body={"servers": [{"server_id": each.id} for each in chosen]})
        wanted = sorted({str(each.id) for each in chosen})
        _assigned(context, wanted, exchange)
    off = context.send(op, body={"servers": [{"server_id": first.id, "is_enabled": False}]})
    response = context.send(context.shared.operations["GET /v1/orgs/{org_id}/agents/{agent_id}/mcp-servers"])
    shown = [entry.get("is_enabled") for entry in _entries(response)]
    context.expect(
        shown == [False],
        "the agent has one server, with is_enabled false",
        f"is_enabled {shown}",
        off,
        response,
        about="enabled",
    )
    again = context.send(op, body={"servers": [{"server_id": second.id}]})
    _assigned(context, [str(second.id)], again)
    removed = context.delete(second)
    _assigned(context, [], removed)


def _assigned(context: CheckContext, wanted: list[str], exchange: RecordedExchange) -> None:
    response = context.send(context.shared.operations["GET /v1/orgs/{org_id}/agents/{agent_id}/mcp-servers"])
    shown = sorted(str(_id(entry)) for entry in _entries(response))
    context.expect(
        shown == wanted,
        f"the agent has {len(wanted)} servers",
        f"{len(shown)}",
        exchange,
        response,
        about="assigned",
    )


def _entries(response: RecordedExchange) -> list[dict[str, Any]]:
    body: Any = response.json if isinstance(response.json, dict) else {}
    return [entry for entry in body.get("servers", ()) if isinstance(entry, dict)]


def _id(entry: Any) -> Any:
    """The id of the server in an entry, in any of the possible notations."""
    return entry.get("server_id") or entry.get("id") or (entry.get("server") or entry.get("mcp_server") or {}).get("id")
