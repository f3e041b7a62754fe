"""Checks of Datagrid's rules: managed secrets, the first sync and the identity of the caller."""

from __future__ import annotations

from typing import Any

from contracts.checks.item_view import as_json
from contracts.checks.lists.listed_items import ids
from contracts.checks.missing_items import GONE
from contracts.cleanup.created_items import CreatedItem
from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource
from contracts.runner.context import CheckContext
from contracts.runner.rule_check import rule_check

FIELD = "authorization_secret_id"


@rule_check("keep-authorization")
def keep_authorization(context: CheckContext, resource: CheckedResource) -> None:
    """A raw credential becomes a managed secret, overrides a reference, and is deleted when replaced or cleared."""
    secrets = context.shared.resources["secret"]
    own = context.create(secrets)
    created = context.create(resource, context.body(resource) | {"authorization": "Bearer contract-check"})
    first = created.item.get(FIELD)
    context.expect(
        bool(first), f"{FIELD} is the id of the managed secret", as_json(first), created.exchange, about="made"
    )
    _unlisted(context, secrets, first, created)
    _wins(context, resource, own)
    if first:
        _rotates(context, created, first)
    _own_stays(context, resource, own)


def _secret(context: CheckContext, id: Any) -> RecordedExchange:
    op = context.shared.resources["secret"].operations["get"]
    return context.send(op, path={context.shared.resources["secret"].behaviour.identity.parameter: id})


def _unlisted(context: CheckContext, secrets: CheckedResource, id: Any, created: CreatedItem) -> None:
    items, listing = context.list_all(secrets)
    context.expect(
        str(id) not in ids(secrets, items),
        "no list of secrets contains a managed secret",
        "the list contains it",
        created.exchange,
        *listing,
        about="listed",
    )


def _wins(context: CheckContext, resource: CheckedResource, own: CreatedItem) -> None:
    both = context.create(resource, context.body(resource) | {"authorization": "Bearer contract-check", FIELD: own.id})
    shown = both.item.get(FIELD)
    context.expect(
        bool(shown) and shown != own.id,
        f"authorization overrides {FIELD}",
        as_json(shown),
        both.exchange,
        about="wins",
    )


def _rotates(context: CheckContext, created: CreatedItem, first: Any) -> None:
    rotated = context.update(created, {"authorization": "Bearer contract-check-2"})
    second = context.item(created.resource.operations["get"], context.get(created)).get(FIELD)
    context.expect(
        bool(second) and second != first,
        "another authorization creates another managed secret",
        as_json(second),
        created.exchange,
        rotated,
        about="rotated",
    )
    old = _secret(context, first)
    context.expect_status(
        old.status in GONE, "the replaced managed secret is deleted", created.exchange, rotated, old, about="replaced"
    )
    cleared = context.update(created, {"authorization": None})
    last = context.item(created.resource.operations["get"], response := context.get(created)).get(FIELD)
    context.expect(
        last is None,
        f"authorization null sets {FIELD} to null",
        as_json(last),
        created.exchange,
        cleared,
        response,
        about="cleared",
    )
    gone = _secret(context, second)
    context.expect_status(
        gone.status in GONE, "the cleared managed secret is deleted", created.exchange, cleared, gone, about="removed"
    )


def _own_stays(context: CheckContext, resource: CheckedResource, own: CreatedItem) -> None:
    """A secret of the caller is never deleted: not when cleared, not when replaced, and not with the server."""
    for change in ({FIELD: None}, {"authorization": "Bearer contract-check"}, None):
        created = context.create(resource, context.body(resource) | {FIELD: own.id})
        shown = created.item.get(FIELD)
        context.expect(
            shown == own.id,
            f"the create reply shows {FIELD} as it was sent: {own.id}",
            as_json(shown),
            created.exchange,
            about="reference",
        )
        done = context.delete(created) if change is None else context.update(created, change)
        response = _secret(context, own.id)
        if not context.expect_status(
            response.status == 200,
            "a secret that the caller created still exists",
            created.exchange,
            done,
            response,
            about="own",
        ):
            return


@rule_check("sync-tools")
def sync_tools(context: CheckContext, resource: CheckedResource) -> None:
    """A failed first sync does not fail the create (`.invalid` is never resolved: RFC 6761)."""
    exchange, created = context.try_create(
        resource, context.body(resource) | {"base_url": "https://contract-check.invalid/mcp"}
    )
    context.expect_status(
        created is not None, "a server that cannot be reached is registered, too", exchange, about="unreachable"
    )


@rule_check("identify")
def identify(context: CheckContext, resource: CheckedResource) -> None:
    """The identity reply names the teamspace of the request."""
    op = context.shared.operations["GET /identity"]
    response = context.send(op)
    body = response.json if isinstance(response.json, dict) else {}
    current = body.get("current_teamspace_id")
    context.expect(
        not context.main_user.tenant or current == context.main_user.tenant,
        f"current_teamspace_id is {context.main_user.tenant}",
        as_json(current),
        response,
        about="current",
    )
