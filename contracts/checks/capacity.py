"""Checks of how many items there may be."""

from __future__ import annotations

from contracts.checks.error_replies import conflict_status, matches_error
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.resources import CheckedResource
from contracts.runner.check import Check, resource_statement
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Capacity


def capacity(context: CheckContext, resource: CheckedResource, statement: Capacity) -> None:
    """Up to the limit items are accepted, one more is refused, and deleting one makes room for one."""
    if statement.limit > 120:
        raise CannotBuildRequest(f"{statement.limit} items would be needed")
    held = len(context.list_all(resource)[0])
    made, exchange = [], None
    for number in range(held, statement.limit):
        exchange, item = context.try_create(resource)
        if not context.expect(
            item is not None,
            f"item {number + 1} of {statement.limit} is accepted",
            f"status {exchange.status}",
            exchange,
            about="below",
        ):
            return
        made.append(item)
    over, extra = context.try_create(resource)
    last = made[-1].exchange if made and made[-1] else over
    context.expect(
        extra is None,
        f"item {statement.limit + 1} is refused with a conflict",
        f"status {over.status}",
        last,
        over,
        about="over",
    )
    if extra is not None:
        return
    wanted = conflict_status(context)
    context.expect(
        over.status == wanted,
        f"item {statement.limit + 1} is refused with {wanted}",
        f"status {over.status}",
        last,
        over,
        about="status",
    )
    matches_error(context, "conflict", over)
    listed = len(context.list_all(resource)[0])
    context.expect(listed == statement.limit, "what was refused is not there", f"{listed} items", over, about="refused")
    if made and made[0] and resource.can("delete"):
        _frees(context, resource, made[0], statement)
    _apart(context, resource)
    _own_apart(context, resource, statement)


def _frees(context: CheckContext, resource: CheckedResource, made: CreatedItem, statement: Capacity) -> None:
    removed = context.delete(made)
    fresh, item = context.try_create(resource)
    context.expect(
        item is not None, "deleting one makes room for one", f"status {fresh.status}", removed, fresh, about="freed"
    )
    again, extra = context.try_create(resource)
    context.expect(extra is None, "and for one only", f"status {again.status}", removed, fresh, again, about="one")


def _own_apart(context: CheckContext, resource: CheckedResource, statement: Capacity) -> None:
    """A full tenant does not fill another one of the same credential."""
    for user in context.unrestricted_users:
        others = [tenant for tenant in context.tenants_of(user) if tenant != user.tenant]
        if others and user.tenant:
            for _ in range(len(context.list_all(resource, user=user)[0]), statement.limit):
                context.try_create(resource, user=user)
            exchange, item = context.try_create(resource, user=user.in_tenant(others[0]))
            context.expect(
                item is not None,
                "the limit counts each tenant by itself",
                f"status {exchange.status} for another one of the same credential",
                exchange,
                about="own tenant",
            )
            return


def _apart(context: CheckContext, resource: CheckedResource) -> None:
    """A full tenant does not fill another one."""
    if resource.behaviour.tenant.by == "none":
        return
    try:
        stranger = context.other_tenant_user()
    except CannotBuildRequest:
        return
    exchange, item = context.try_create(resource, user=stranger)
    context.expect(
        item is not None,
        "the limit counts each tenant by itself",
        f"status {exchange.status} for another one",
        exchange,
        about="tenant",
    )


CHECKS = (Check("capacity", ("capacity",), resource_statement("capacity", "create", "list"), capacity),)
