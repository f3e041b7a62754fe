"""What no statement can say about Piper: testing MCP servers (TI, TS), and the servers of an agent (AM)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.errors import BadGateway
from mockserver.handlers.request_context import Asking, RequestContext
from mockserver.mcp_sync.prober import McpConnection, Outcome, Tool
from mockserver.rules import rule
from mockserver.state.record import Record

SERVER, ASSIGNMENT = "mcp-server", "agent-mcp-server"
SECRET = ("auth_type", "auth_header_name", "auth_token")
"""The fields of the token: its value and how it is sent."""

TIMEOUT = 30
"""Seconds a test may take by default (the documented default of `timeout_seconds`)."""

SEPARATOR = "_"
"""The text between tool prefix and name (assumed)."""


@rule("fall-back-on-stored-token", refuses=("missing",), unchecked="only the MCP server sees which token was sent")
def fall_back_on_stored_token(context: RequestContext) -> None:
    """Find the saved server that the body names. Raises Missing if it does not exist."""
    named = context.call.body.get("server_id")
    if named is not None:
        context.record = context.current = _server(context, named)


@rule("test-inline", refuses=("bad-gateway",))
def test_inline(context: RequestContext) -> Asking:
    """Connect with the values of the body. Without a token in the body, that of the saved server is used."""
    given = context.call.body
    stored = context.record.fields if context.record and given.get("auth_token") is None else {}
    secret = {name: given[name] if given.get(name) is not None else stored.get(name) for name in SECRET}
    outcome: Outcome = yield connection(context, given | secret)
    show_tools(context, outcome)
    return None


@rule("test-saved", refuses=("bad-gateway",))
def test_saved(context: RequestContext) -> Asking:
    """Connect to the saved server."""
    outcome: Outcome = yield connection(context, context.item.fields)
    show_tools(context, outcome)
    return None


@rule("prefix-tools", unchecked="needs a server of known tools, which no vendor provides")
def prefix_tools(context: RequestContext) -> None:
    """Add the prefix of the tested server to the name of every shown tool."""
    prefix = (context.call.body or context.item.fields).get("tool_prefix")
    if prefix:
        context.extras["tools"] = [
            tool | {"name": prefix + SEPARATOR + tool["name"]} for tool in context.extras["tools"]
        ]


@rule("assign", refuses=("missing",))
def assign(context: RequestContext) -> None:
    """Replace the agent's servers; the last entry for a server counts. Raises Missing for an unknown server."""
    wanted = {entry["server_id"]: entry.get("is_enabled", True) for entry in context.call.body["servers"]}
    for id in wanted:
        _server(context, id)
    for record in list(context.items_of(ASSIGNMENT)):
        context.delete(ASSIGNMENT, record.id)
    for id, enabled in wanted.items():
        context.create(ASSIGNMENT, {"server_id": id, "is_enabled": enabled})


@rule("show-assigned", unchecked="the check of assign covers it")
def show_assigned(context: RequestContext) -> None:
    """The agent's servers, each as in its own resource and with `is_enabled`."""
    context.extras["servers"] = list(_assigned(context))


@rule("unassign", unchecked="the check of assign covers it")
def unassign(context: RequestContext) -> None:
    """Remove the deleted server from every agent."""
    for resource, _, held in list(context.transaction.store.items(context.tenant)):
        record = held.by_id.get(context.item.id) if resource == ASSIGNMENT else None
        if record is not None:
            context.transaction.remove(held, record)


def connection(context: RequestContext, fields: Mapping[str, Any]) -> McpConnection:
    """The connection to a server. That Piper tries both transports is assumed."""
    id = context.record.id if context.record else "unsaved"
    return McpConnection(
        url=fields["url"],
        headers=headers(fields),
        timeout=float(fields.get("timeout_seconds", TIMEOUT)),
        owner=context.name_of(id),
    )


def headers(fields: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The token as `Authorization: Bearer`, or alone in the named header. The default `bearer` is assumed."""
    token = fields.get("auth_token")
    if token is None:
        return ()
    if fields.get("auth_type") == "header":
        return ((fields.get("auth_header_name") or "Authorization", token),)
    return (("Authorization", f"Bearer {token}"),)


def show_tools(context: RequestContext, outcome: Outcome) -> None:
    """Put the tools into the reply. Raises BadGateway if the server could not be queried."""
    if outcome.status != "ok":
        raise BadGateway(outcome.message or "The MCP server did not answer in time.")
    context.extras["tools"] = [_tool(tool) for tool in outcome.tools]


def _tool(tool: Tool) -> dict[str, Any]:
    return {"name": tool.name, "description": tool.description or "", "input_schema": dict(tool.input_schema)}


def _server(context: RequestContext, id: str) -> Record:
    record = context.collection(SERVER).by_id.get(id)
    if record is None:
        raise context.missing(SERVER)
    return record


def _assigned(context: RequestContext) -> Iterator[dict[str, Any]]:
    servers, secrets = context.collection(SERVER), context.bound.plans[SERVER].secrets
    for record in context.items_of(ASSIGNMENT):
        server = servers.by_id.get(record.id)
        if server is not None:
            shown = {name: value for name, value in server.fields.items() if name not in secrets}
            yield {"server": shown, "is_enabled": record.fields["is_enabled"]}
