"""The lists of an MCP server (tools, resources and prompts), page by page and within limits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import mcp_types
from mcp.client.client import Client
from mcp.shared.exceptions import MCPError
from pydantic import BaseModel

from mockserver.errors import SyncError
from mockserver.mcp_sync.guarded_http import ResponseLimits
from mockserver.mcp_sync.prober import Tool


@dataclass(frozen=True, slots=True)
class Listing:
    """The lists of one session, with the protocol version and the name of the server."""

    tools: tuple[Tool, ...]
    resources: tuple[Mapping[str, Any], ...]
    prompts: tuple[Mapping[str, Any], ...]
    protocol_version: str
    server_info: Mapping[str, Any]


async def list_all(client: Client, want: frozenset[str], limits: ResponseLimits) -> Listing:
    """Get every page of the wanted lists.

    Raises:
        SyncError: a list has no end, or more pages or items than allowed.
        mcp.shared.exceptions.MCPError: the server answered with an error.
    """
    found: dict[str, list[Any]] = {kind: [] for kind in ASK}
    for kind, ask in ASK.items():
        if kind in want:
            found[kind] = await _pages(kind, partial(ask, client), limits)
    return Listing(
        tuple(map(_tool, found["tools"])),
        tuple(map(_plain, found["resources"])),
        tuple(map(_plain, found["prompts"])),
        client.protocol_version,
        _plain(client.server_info) if client.server_info else {},
    )


ASK: dict[str, Callable[[Client, str | None], Awaitable[Any]]] = {
    "tools": lambda client, cursor: client.list_tools(cursor=cursor),
    "resources": lambda client, cursor: client.list_resources(cursor=cursor),
    "prompts": lambda client, cursor: client.list_prompts(cursor=cursor),
}
"""The list requests of MCP by what they list. That is also the name of the list in the result."""


async def _pages(kind: str, ask: Callable[[str | None], Awaitable[Any]], limits: ResponseLimits) -> list[Any]:
    items: list[Any] = []
    cursors: set[str | None] = {None}
    page = await _first(ask)
    while page is not None:
        items += getattr(page, kind)
        cursor = page.next_cursor or None
        if cursor is None:
            break
        _check(kind, cursor, cursors, items, limits)
        cursors.add(cursor)
        page = await ask(cursor)
    _check_number(kind, items, limits)
    return items


async def _first(ask: Callable[[str | None], Awaitable[Any]]) -> Any:
    """The first page, or None if the server does not know the request: then it has no such list."""
    try:
        return await ask(None)
    except MCPError as error:
        if error.code == mcp_types.METHOD_NOT_FOUND:
            return None
        raise


def _check(kind: str, cursor: str, cursors: set[str | None], items: list[Any], limits: ResponseLimits) -> None:
    if cursor in cursors:
        raise SyncError(f"The server gives the same page cursor again: its list of {kind} has no end.")
    if len(cursors) >= limits.pages:
        raise SyncError(f"The server's list of {kind} has more than {limits.pages} pages.")
    _check_number(kind, items, limits)


def _check_number(kind: str, items: list[Any], limits: ResponseLimits) -> None:
    if len(items) > limits.items:
        raise SyncError(f"The server lists more than {limits.items} {kind}.")


def _tool(tool: mcp_types.Tool) -> Tool:
    hint = tool.annotations.read_only_hint if tool.annotations else None
    return Tool(tool.name, tool.description, tool.input_schema, hint)


def _plain(model: BaseModel) -> Mapping[str, Any]:
    """The value as MCP writes it in JSON."""
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)
