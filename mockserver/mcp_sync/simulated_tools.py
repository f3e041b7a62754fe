"""The tools, resources and prompts of simulated MCP servers: realistic, unlimited and always the same."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from mockserver.mcp_sync.prober import Tool

NOUNS = (
    "ticket", "customer", "invoice", "order", "project", "document", "message", "calendar_event", "contact", "deal",
    "dashboard", "report", "incident", "deployment", "commit", "pull_request", "channel", "subscription", "product",
    "shipment", "employee", "expense", "campaign", "survey", "meeting", "task", "note", "rule", "asset", "contract",
    "payment", "refund", "lead", "pipeline", "release", "workspace",
)  # fmt: skip

IDENTIFIER = {"type": "string", "description": "The identifier of the record."}
FIELDS = {"type": "object", "description": "The fields to write, by name.", "additionalProperties": True}
QUERY = {"type": "string", "description": "Words to look for."}
LIMIT = {"type": "integer", "minimum": 1, "maximum": 100, "default": 25, "description": "How many to return at most."}

VERBS: tuple[tuple[str, str, bool | None, Mapping[str, Any], tuple[str, ...]], ...] = (
    ("search_{noun}s", "Search {thing}s by text.", True, {"query": QUERY, "limit": LIMIT}, ("query",)),
    ("get_{noun}", "Get one {thing} by its identifier.", True, {"id": IDENTIFIER}, ("id",)),
    ("create_{noun}", "Create a {thing}.", False, {"fields": FIELDS}, ("fields",)),
    ("list_{noun}s", "List {thing}s, newest first.", True, {"limit": LIMIT}, ()),
    ("update_{noun}", "Change fields of a {thing}.", False, {"id": IDENTIFIER, "fields": FIELDS}, ("id", "fields")),
    ("archive_{noun}", "Archive a {thing}.", None, {"id": IDENTIFIER}, ("id",)),
    ("delete_{noun}", "Delete a {thing} for good.", False, {"id": IDENTIFIER}, ("id",)),
)
"""Name, description, read-only hint (None: the server does not say), input properties and the required ones."""


def number(key: str) -> int:
    """A large number that depends on the key only, on any machine."""
    return int.from_bytes(sha256(key.encode()).digest()[:8], "big")


def tools(key: str, count: int | None = None) -> tuple[Tool, ...]:
    """The first `count` tools of the server `key` (three to nine without `count`).

    A smaller count gives a prefix of a larger one, so changing it removes or adds tools.
    """
    return tuple(_tool(number(key), i) for i in range(3 + number(key) % 7 if count is None else count))


def _tool(start: int, i: int) -> Tool:
    name, description, read_only, properties, required = VERBS[i % len(VERBS)]
    turn, step = divmod(i // len(VERBS), len(NOUNS))
    noun = NOUNS[(start + step) % len(NOUNS)]
    schema = {"type": "object", "properties": properties, "required": list(required)}
    again = f"_{turn + 1}" if turn else ""
    return Tool(name.format(noun=noun) + again, description.format(thing=noun.replace("_", " ")), schema, read_only)


def resources(key: str) -> tuple[Mapping[str, Any], ...]:
    """The resources of the server `key`, as MCP `resources/list` writes them."""
    return tuple(_resource(NOUNS[(number(key) + i) % len(NOUNS)]) for i in range(1 + number(key) % 3))


def _resource(noun: str) -> Mapping[str, Any]:
    description = f"How a {noun.replace('_', ' ')} is built."
    return {"uri": f"schema://{noun}", "name": f"{noun}_schema", "description": description, "mimeType": "text/plain"}


def prompts(key: str) -> tuple[Mapping[str, Any], ...]:
    """The prompts of the server `key`, as MCP `prompts/list` writes them."""
    noun = NOUNS[number(key) % len(NOUNS)]
    arguments = [{"name": "id", "description": "The identifier of the record.", "required": True}]
    description = f"Summarize one {noun.replace('_', ' ')}."
    return ({"name": f"summarize_{noun}", "description": description, "arguments": arguments},)
