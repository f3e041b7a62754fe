"""What no statement can say about Datagrid: managed secrets, tool sync and who the caller is (S002, UPD, MOV, ID)."""

from __future__ import annotations

from typing import Any

from mockserver.errors import Fault, Missing
from mockserver.handlers.request_context import Asking, RequestContext
from mockserver.mcp_sync.prober import McpConnection, Outcome
from mockserver.messages import Reply
from mockserver.rules import rule
from mockserver.state.record import Record

CONNECTIVITY = frozenset({"base_url", "transport", "protocol_version", "authorization", "authorization_secret_id"})
"""The fields whose update starts another sync (UPD: "connectivity or auth fields")."""

STATUSES = {
    "ok": "connected",
    "needs-auth": "auth_required",
    "pending": "pending",
    "unreachable": "error",
    "timeout": "error",
    "error": "error",
}
"""Outcome → `status`. The values are assumed, because no page names one."""

SYNCED = ("status", "metadata")
"""The fields that a sync decides."""


@rule("keep-authorization", governs=("authorization_secret_id",))
def keep_authorization(context: RequestContext) -> None:
    """Store a raw credential as a managed secret, and remove the one that it replaces.

    `authorization` wins over `authorization_secret_id` (S002). Raises Missing for an unknown secret.
    """
    fields, given = context.item.fields, context.call.body or {}
    credential = fields.pop("authorization", None)
    if credential is not None:
        fields["authorization_secret_id"] = _keep(context, credential)
    elif given.get("authorization_secret_id") is not None:
        _refuse_unknown(context, given["authorization_secret_id"])
    elif "authorization" in given and managed(context, fields["authorization_secret_id"]):
        fields["authorization_secret_id"] = None
    if context.before is not None:
        _release(context, context.before.fields["authorization_secret_id"])


@rule("remove-managed-secret", unchecked="the check of keep-authorization covers what is documented")
def remove_managed_secret(context: RequestContext) -> None:
    """Delete the managed secret of a deleted server. The caller's own secret stays."""
    secret = managed(context, context.item.fields["authorization_secret_id"])
    if secret is not None:
        context.delete("secret", secret.id)


@rule("sync-tools", governs=SYNCED, fills=("protocol_version",))
def sync_tools(context: RequestContext) -> Asking:
    """Try to list the tools of the server. A failure is shown in the item and is no error."""
    _begin(context)
    outcome: Outcome = yield connection(context)
    take_over(context, outcome)
    return None


@rule(
    "sync-tools-again",
    governs=SYNCED,
    fills=("protocol_version",),
    unchecked="that a second sync was tried shows in no field that must change",
)
def sync_tools_again(context: RequestContext) -> Asking:
    """As `sync_tools`, if an update names a field that the connection depends on, even with the same value."""
    if CONNECTIVITY.isdisjoint(context.call.body or ()):
        return None
    yield from sync_tools(context)
    return None


@rule("identify")
def identify(context: RequestContext) -> Reply:
    """Show the caller's user, the teamspace of the request and the teamspaces of the user (ID)."""
    caller = context.call.principal
    memberships = [
        {"teamspace_id": teamspace, "permissions": {"role": caller.role}}
        for teamspace in sorted(caller.tenants or {context.tenant})
    ]
    return Reply(
        200,
        {
            "object": "identity",
            "user_id": caller.user,
            "current_teamspace_id": context.tenant,
            "teamspaces": memberships,
        },
    )


def managed(context: RequestContext, id: Any) -> Record | None:
    """The secret with that id, if it is the managed secret of this server."""
    secret = context.collection("secret").by_id.get(id)
    return secret if secret is not None and secret.hidden.get("server") == context.item.id else None


def connection(context: RequestContext) -> McpConnection:
    """How Datagrid reaches a registered server: streamable HTTP, with the secret as its Authorization header (MOV)."""
    fields = context.item.fields
    secret = context.collection("secret").by_id.get(fields["authorization_secret_id"])
    headers = (("Authorization", str(secret.fields["value"])),) if secret is not None else ()
    owner = context.name_of(context.item.id)
    return McpConnection(url=fields["base_url"], transport="http", headers=headers, owner=owner)


def take_over(context: RequestContext, outcome: Outcome) -> None:
    """Store the outcome of a sync. Values that a failed sync cannot know stay as they are."""
    fields = context.item.fields
    fields["status"] = STATUSES[outcome.status]
    fields["metadata"] = fields["metadata"] | _learnt(context, outcome)
    if outcome.protocol_version and not context.item.hidden.get("version_given"):
        fields["protocol_version"] = outcome.protocol_version


def _learnt(context: RequestContext, outcome: Outcome) -> dict[str, Any]:
    oauth = {"requires_oauth": outcome.auth_type == "oauth", "oauth_configured": outcome.oauth_configured}
    if outcome.status == "ok":
        return oauth | {"tool_count": len(outcome.tools), "last_synced_at": context.now()}
    return oauth if outcome.status == "needs-auth" else {}


def _begin(context: RequestContext) -> None:
    """Clear the metadata for a new address, and note whether the caller chose the protocol version."""
    if context.before is not None and context.changed(frozenset({"base_url"})):
        context.item.fields["metadata"] = {}
    if "protocol_version" in (context.call.body or {}):
        context.item.hidden["version_given"] = True


def _keep(context: RequestContext, credential: str) -> Any:
    fields = {"name": f"mcp-server-{context.item.id}", "value": credential, "managed": True}
    return context.create("secret", fields, hidden={"server": context.item.id}).id


def _refuse_unknown(context: RequestContext, id: Any) -> None:
    if id not in context.collection("secret").by_id:
        fault = Fault("body", ("authorization_secret_id",), f"there is no secret {id!r}", "reference")
        raise Missing(fault.message, faults=(fault,), resource="secret")


def _release(context: RequestContext, before: Any) -> None:
    """Delete the earlier managed secret once the server refers to another secret or to none."""
    secret = managed(context, before)
    if secret is not None and context.item.fields["authorization_secret_id"] != secret.id:
        context.delete("secret", secret.id)
