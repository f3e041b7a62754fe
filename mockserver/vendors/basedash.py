"""What no data can say about Basedash: tool sync, the OAuth bootstrap and the trial (S000, "Side effects")."""

from __future__ import annotations

from typing import Any

from mockserver.probe import Connection, Outcome, Tool
from mockserver.semantics.turn import Asking, Rule, Turn
from mockserver.state.world import World

REDIRECT = "https://charts.basedash.com/api/mcp-connectors/oauth/callback"
"""Where Basedash's OAuth comes back to (mcp-connectors page, CONN)."""

CONNECTIVITY = frozenset({"serverUrl", "headers"})
TRANSPORTS = {"http": "STREAMABLE_HTTP", "sse": "SSE"}
BROKEN = frozenset({"unreachable", "timeout", "error"})


def sync_tools(turn: Turn) -> Asking:
    """Connect to the server and take over its tools and state; a failure is told in the item, not as an error."""
    outcome: Outcome = yield connection(turn)
    take_over(turn, outcome)
    return None


def sync_tools_again(turn: Turn) -> Asking:
    """As `sync_tools`, when an update touched what the connection depends on."""
    if turn.changed(CONNECTIVITY):
        outcome: Outcome = yield connection(turn)
        take_over(turn, outcome)
    return None


def bootstrap_oauth(turn: Turn) -> None:
    """Tell in the reply whether the server asks for OAuth, and where to begin it."""
    turn.extras["requiresAuth"] = bool(turn.item.hidden.get("authUrl"))
    turn.extras["authUrl"] = turn.item.hidden.get("authUrl")


def start_trial(turn: Turn) -> None:
    """Start the organization's trial once; it stays started when the server is deleted."""
    if turn.fact("trialStartedAt") is None:
        turn.remember("trialStartedAt", turn.now())


def connection(turn: Turn) -> Connection:
    """How Basedash reaches a registered server: streamable HTTP or SSE, with its static headers (CONN)."""
    fields = turn.item.fields
    return Connection(
        url=fields["serverUrl"], headers=static_headers(fields.get("headers")), redirect_uri=REDIRECT,
        owner=f"basedash/{turn.tenant}/{turn.item.id}",
    )  # fmt: skip


def static_headers(written: Any) -> tuple[tuple[str, str], ...]:
    """Header entries `{name, value}`; the shape of an entry is not documented, so others are passed over."""
    entries = [entry for entry in written or () if isinstance(entry, dict)]
    return tuple((str(e["name"]), str(e["value"])) for e in entries if e.get("name") and e.get("value") is not None)


def take_over(turn: Turn, outcome: Outcome) -> None:
    """Move the item to the state that an outcome leads to (fact sheet, "State model")."""
    fields, now = turn.item.fields, turn.now()
    fields["lastSyncAttemptAt"] = now
    fields["syncErrorMessage"] = None
    turn.item.hidden["authUrl"] = outcome.authorization_url if outcome.requires_auth else None
    STATES[outcome.status](turn, outcome, now)


def _connected(turn: Turn, outcome: Outcome, now: str) -> None:
    turn.item.fields |= {
        "setupState": "CONNECTED", "lastSyncStatus": "SUCCESS", "lastSuccessfulSyncAt": now,
        "hasCompletedFirstSync": True, "transportType": TRANSPORTS.get(outcome.transport or ""),
        "tools": merged(turn.item.fields["tools"], outcome.tools, turn.world),
    }  # fmt: skip


def _waiting(turn: Turn, outcome: Outcome, now: str) -> None:
    turn.item.fields |= {"setupState": "INCOMPLETE", "lastSyncStatus": "NEVER_SYNCED", "lastSyncAttemptAt": None}


def _pending(turn: Turn, outcome: Outcome, now: str) -> None:
    turn.item.fields["lastSyncStatus"] = "PENDING"


def _broken(turn: Turn, outcome: Outcome, now: str) -> None:
    message = outcome.message or "The tools could not be synced."
    turn.item.fields |= {"setupState": "BROKEN", "lastSyncStatus": "FAILED", "syncErrorMessage": message}


STATES = {"ok": _connected, "needs-auth": _waiting, "pending": _pending} | dict.fromkeys(BROKEN, _broken)


def merged(known: list[dict[str, Any]], seen: tuple[Tool, ...], world: World) -> list[dict[str, Any]]:
    """The tools after a sync: a known one keeps its id and access mode; one that has gone is kept as not found."""
    digits = world.token(16 * len(seen)) if seen else ""
    fresh = [_tool(tool, f"tool_{digits[16 * i : 16 * i + 16]}") for i, tool in enumerate(seen)]
    if not known:
        return fresh
    by_name = {tool["name"]: tool for tool in known}
    for tool in fresh:
        before = by_name.pop(tool["name"], None)
        if before is not None:
            tool |= {"id": before["id"], "accessMode": before["accessMode"]}
    return fresh + [tool | {"foundInServer": False} for tool in by_name.values()]


def _tool(tool: Tool, id: str) -> dict[str, Any]:
    """That a read-only tool is allowed and any other needs approval is assumed; no page says it."""
    return {
        "id": id, "name": tool.name, "description": tool.description, "readOnlyHint": tool.read_only_hint,
        "accessMode": "ALWAYS_ALLOW" if tool.read_only_hint else "NEEDS_APPROVAL", "foundInServer": True,
    }  # fmt: skip


RULES: dict[str, Rule] = {
    "sync-tools": sync_tools, "sync-tools-again": sync_tools_again, "bootstrap-oauth": bootstrap_oauth,
    "start-trial": start_trial,
}  # fmt: skip
