"""What no statement can say about Basedash: tool sync, the OAuth bootstrap and the trial (S000, "Side effects")."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from mockserver.handlers.request_context import Asking, RequestContext
from mockserver.mcp_sync.prober import McpConnection, Outcome, Tool
from mockserver.rules import rule
from mockserver.state.world import World

Fields = dict[str, Any]

REDIRECT = "https://charts.basedash.com/api/mcp-connectors/oauth/callback"
"""The redirect URI of Basedash's OAuth (mcp-connectors page, CONN)."""

CONNECTIVITY = frozenset({"serverUrl", "headers"})
TRANSPORTS = {"http": "STREAMABLE_HTTP", "sse": "SSE"}
ACCESS = {True: "ALWAYS_ALLOW", False: "NEEDS_APPROVAL", None: "NEEDS_APPROVAL"}
BROKEN = frozenset({"unreachable", "timeout", "error"})

SYNCED = (
    "tools",
    "transportType",
    "setupState",
    "lastSyncStatus",
    "lastSyncAttemptAt",
    "lastSuccessfulSyncAt",
    "hasCompletedFirstSync",
    "syncErrorMessage",
)
"""The fields that a sync decides."""


@rule("sync-tools", governs=SYNCED)
def sync_tools(context: RequestContext) -> Asking:
    """Connect to the server and store its tools and state. A failure is shown in the item and is no error."""
    outcome: Outcome = yield connection(context)
    take_over(context, outcome)
    return None


@rule("sync-tools-again", governs=SYNCED, unchecked="that a second sync was tried shows in no field that must change")
def sync_tools_again(context: RequestContext) -> Asking:
    """As `sync_tools`, if an update changes a field that the connection depends on."""
    if context.changed(CONNECTIVITY):
        outcome: Outcome = yield connection(context)
        take_over(context, outcome)
    return None


@rule("bootstrap-oauth", governs=("requiresAuth", "authUrl"))
def bootstrap_oauth(context: RequestContext) -> None:
    """Show in the reply whether the server requires OAuth, and the URL to start it."""
    address = context.item.hidden.get("authUrl")
    context.extras = {"requiresAuth": bool(address), "authUrl": address}


@rule("start-trial", unchecked="no documented operation shows whether a trial runs")
def start_trial(context: RequestContext) -> None:
    """Start the organization's trial once. It stays started if the server is deleted."""
    if context.fact("trialStartedAt") is None:
        context.remember("trialStartedAt", context.now())


def connection(context: RequestContext) -> McpConnection:
    """How Basedash reaches a registered server: streamable HTTP or SSE, with its static headers (CONN)."""
    item = context.item
    headers = static_headers(item.fields.get("headers"))
    owner = context.name_of(item.id)
    return McpConnection(url=item.fields["serverUrl"], headers=headers, redirect_uri=REDIRECT, owner=owner)


def static_headers(written: Any) -> tuple[tuple[str, str], ...]:
    """Header entries `{name, value}`; entries of another form are ignored, because the form is not documented."""
    if not written:
        return ()
    entries = [entry for entry in written if isinstance(entry, dict)]
    return tuple((str(e["name"]), str(e["value"])) for e in entries if e.get("name") and e.get("value") is not None)


def take_over(context: RequestContext, outcome: Outcome) -> None:
    """Set the state that an outcome leads to (fact sheet, "State model")."""
    item, now = context.item, context.now()
    item.hidden["authUrl"] = outcome.authorization_url if outcome.requires_auth else None
    item.fields |= {"lastSyncAttemptAt": now, "syncErrorMessage": None}
    item.fields |= STATES[outcome.status](item.fields, outcome, now, context.world)


def _connected(fields: Fields, outcome: Outcome, now: str, world: World) -> Fields:
    return {
        "setupState": "CONNECTED",
        "lastSyncStatus": "SUCCESS",
        "lastSuccessfulSyncAt": now,
        "hasCompletedFirstSync": True,
        "transportType": TRANSPORTS.get(outcome.transport or ""),
        "tools": merged(fields["tools"], outcome.tools, world),
    }


def _waiting(fields: Fields, outcome: Outcome, now: str, world: World) -> Fields:
    return {"setupState": "INCOMPLETE", "lastSyncStatus": "NEVER_SYNCED", "lastSyncAttemptAt": None}


def _pending(fields: Fields, outcome: Outcome, now: str, world: World) -> Fields:
    return {"lastSyncStatus": "PENDING"}


def _broken(fields: Fields, outcome: Outcome, now: str, world: World) -> Fields:
    message = outcome.message or "The tools could not be synced."
    return {"setupState": "BROKEN", "lastSyncStatus": "FAILED", "syncErrorMessage": message}


STATES = {"ok": _connected, "needs-auth": _waiting, "pending": _pending} | dict.fromkeys(BROKEN, _broken)


def merged(known: list[Fields], seen: tuple[Tool, ...], world: World) -> list[Fields]:
    """The tools after a sync: known ones keep id and access mode; those that the server lacks stay as not found."""
    digits = world.token(16 * len(seen)) if seen else ""
    fresh: list[Fields] = []
    for at, listed in enumerate(seen):
        entry = _entry(listed.name, listed.description, listed.read_only_hint).copy()
        entry["id"] = "tool_" + digits[16 * at : 16 * at + 16]
        fresh.append(entry)
    if not known:
        return fresh
    by_name = {tool["name"]: tool for tool in known}
    for tool in fresh:
        before = by_name.pop(tool["name"], None)
        if before is not None:
            tool |= {"id": before["id"], "accessMode": before["accessMode"]}
    return fresh + [tool | {"foundInServer": False} for tool in by_name.values()]


@lru_cache(1024)
def _entry(name: str, description: str | None, read_only_hint: bool | None) -> Fields:
    """A new tool without its id. Callers copy it, which costs less than making it again."""
    # Assumed, as no page says it: read-only tools are allowed, and other tools need approval.
    return {
        "id": "",
        "name": name,
        "description": description,
        "readOnlyHint": read_only_hint,
        "accessMode": ACCESS[read_only_hint],
        "foundInServer": True,
    }
