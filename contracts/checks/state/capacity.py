"""Checks of how many items there may be."""

from __future__ import annotations

from contracts.checks.error_replies import check_error_body, conflict_status
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource
from contracts.runner.check import Check, resource_statement
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import FROM_DOCUMENT, Capacity


def capacity(context: CheckContext, resource: CheckedResource, statement: Capacity) -> None:
    """Creates succeed up to the limit and are refused above it; deleting an item makes room for one more."""
    if statement.limit > 120:
        raise CannotBuildRequest(f"{statement.limit} items would be needed")
    held = len(context.list_all(resource)[0])
    created, exchange = [], None
    for number in range(held, statement.limit):
        exchange, item = context.try_create(resource)
        if not context.expect_status(
            item is not None, f"the create of item {number + 1} of {statement.limit} succeeds", exchange, about="below"
        ):
            return
        created.append(item)
    over, extra = context.try_create(resource)
    last = created[-1].exchange if created and created[-1] else over
    context.expect_status(
        extra is None,
        f"the create of item {statement.limit + 1} is refused, since the limit is {statement.limit}",
        last,
        over,
        about="over",
    )
    if extra is not None:
        return
    if statement.evidence not in FROM_DOCUMENT:
        _check_refusal(context, statement, last, over)
    listed = len(context.list_all(resource)[0])
    context.expect(
        listed == statement.limit,
        f"the list has {statement.limit} items after the refused create",
        f"{listed} items",
        over,
        about="refused",
    )
    if created and created[0] and resource.can("delete"):
        _check_room_after_delete(context, resource, created[0])
    _check_other_tenant(context, resource)
    _check_own_tenants(context, resource, statement)


def _check_refusal(context: CheckContext, statement: Capacity, last: RecordedExchange, over: RecordedExchange) -> None:
    """The refusal has the status and the body of a conflict. A sentence of the document does not say which status."""
    wanted = conflict_status(context)
    expected = f"the create of item {statement.limit + 1} is refused with {wanted}"
    context.expect_status(over.status == wanted, expected, last, over, about="status")
    check_error_body(context, "conflict", over)


def _check_room_after_delete(context: CheckContext, resource: CheckedResource, created: CreatedItem) -> None:
    removed = context.delete(created)
    fresh, item = context.try_create(resource)
    context.expect_status(item is not None, "deleting an item makes room for a new one", removed, fresh, about="freed")
    again, extra = context.try_create(resource)
    context.expect_status(
        extra is None, "deleting one item makes room for one new item only", removed, fresh, again, about="one"
    )


def _check_own_tenants(context: CheckContext, resource: CheckedResource, statement: Capacity) -> None:
    """The limit counts each tenant of one credential separately."""
    for user in context.unrestricted_users:
        others = [tenant for tenant in context.tenants_of(user) if tenant != user.tenant]
        if others and user.tenant:
            for _ in range(len(context.list_all(resource, user=user)[0]), statement.limit):
                context.try_create(resource, user=user)
            exchange, item = context.try_create(resource, user=user.in_tenant(others[0]))
            context.expect(
                item is not None,
                "the limit counts each tenant separately",
                f"status {exchange.status} in another tenant of the same credential",
                exchange,
                about="own tenant",
            )
            return


def _check_other_tenant(context: CheckContext, resource: CheckedResource) -> None:
    """The limit counts the tenants of different credentials separately."""
    if resource.behaviour.tenant.by == "none":
        return
    try:
        other_user = context.other_tenant_user()
    except CannotBuildRequest:
        return
    exchange, item = context.try_create(resource, user=other_user)
    context.expect(
        item is not None,
        "the limit counts each tenant separately",
        f"status {exchange.status} in another tenant",
        exchange,
        about="tenant",
    )


CHECKS = (Check("capacity", ("capacity",), resource_statement("capacity", "create", "list"), capacity),)
