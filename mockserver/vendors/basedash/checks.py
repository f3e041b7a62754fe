"""Checks of Basedash's rules: the first sync, the start of OAuth and the states of a server."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.checks.item_view import as_json
from contracts.model.resources import CheckedResource
from contracts.runner.context import CheckContext
from contracts.runner.rule_check import rule_check

STATES: Mapping[str, frozenset[str]] = {
    "CONNECTED": frozenset({"SUCCESS"}),
    "BROKEN": frozenset({"FAILED"}),
    "INCOMPLETE": frozenset({"NEVER_SYNCED", "PENDING"}),
}
"""setupState → the possible values of lastSyncStatus."""


@rule_check("sync-tools")
def sync_tools(context: CheckContext, resource: CheckedResource) -> None:
    """A new server has a state that a first sync can cause, and all fields about it agree."""
    created = context.create(resource)
    item = context.item(resource.operations["get"], response := context.get(created))
    state, status = str(item.get("setupState")), item.get("lastSyncStatus")
    context.expect(
        status in STATES.get(state, ()),
        f"lastSyncStatus matches setupState {state}",
        f"lastSyncStatus is {status}",
        created.exchange,
        response,
        about="state",
    )
    synced = status == "SUCCESS"
    for name, wanted in (
        ("hasCompletedFirstSync", synced),
        ("lastSuccessfulSyncAt", synced),
        ("transportType", synced),
        ("syncErrorMessage", status == "FAILED"),
    ):
        context.expect(
            bool(item.get(name)) is wanted,
            f"{name} is {'set' if wanted else 'not set'} after a first sync with the status {status}",
            as_json(item.get(name)),
            created.exchange,
            response,
            about=name,
        )
    exchange, away = context.try_create(
        resource, context.body(resource) | {"serverUrl": "https://contract-check.invalid/mcp"}
    )
    context.expect_status(
        away is not None, "a server that cannot be reached is registered, too", exchange, about="unreachable"
    )


@rule_check("bootstrap-oauth")
def bootstrap_oauth(context: CheckContext, resource: CheckedResource) -> None:
    """The create reply says whether OAuth is needed, and if so, at which URL it starts."""
    created = context.create(resource)
    needed, address = created.item.get("requiresAuth"), created.item.get("authUrl")
    context.expect(
        isinstance(needed, bool),
        "requiresAuth is true or false",
        as_json(needed),
        created.exchange,
        about="requiresAuth",
    )
    context.expect(
        bool(address) is bool(needed),
        f"authUrl is {'set' if needed else 'not set'} when requiresAuth is {needed}",
        as_json(address),
        created.exchange,
        about="authUrl",
    )
