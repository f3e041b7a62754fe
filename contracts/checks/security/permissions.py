"""Checks of roles and of access to a tenant."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.checks.error_replies import check_error_body, error_statuses
from contracts.checks.security.authentication import body_for
from contracts.cleanup.created_items import CreatedItem
from contracts.client.target import User
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import (
    CheckedResource,
    ResourceOperation,
    checked_resources,
    resource_operations,
)
from contracts.runner.check import Check, Place, resource_of
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Permission
from mockserver.contract import Contract


def permission(
    context: CheckContext, op: ResourceOperation, resource: CheckedResource | None, statement: Permission
) -> None:
    """Users with a permitted role can use the operation; others are refused, without effect."""
    created = context.create(resource) if resource is not None and resource.can("create") else None
    for user in context.target.users:
        if not user.role or (user.tenant != context.main_user.tenant and user.secret != context.main_user.secret):
            user = user.in_tenant(context.main_user.tenant) if _has_all_tenants(context, user) else user  # noqa: PLW2901
        if user.role and user.role not in statement.roles and user.tenant == context.main_user.tenant:
            _check_refused_role(context, op, resource, created, user)
        elif user.role in statement.roles and user.tenant == context.main_user.tenant:
            _check_permission_places_role(context, op, resource, user)


def _has_all_tenants(context: CheckContext, user: User) -> bool:
    """Does the listed credential have access to every tenant?"""
    listed = {c.name: c for c in context.contract.behaviour.service.credentials}
    return user.name in listed and listed[user.name].tenants is None


def _check_refused_role(
    context: CheckContext,
    op: ResourceOperation,
    resource: CheckedResource | None,
    created: CreatedItem | None,
    user: User,
) -> None:
    exchange = context.send(op, user=user, path=created.path if created else None, body=body_for(context, op, resource))
    policy = context.contract.behaviour.service.no_access.refusal
    wanted = error_statuses(context, "missing" if policy == "missing" else "forbidden", op)
    if context.expect_status(
        exchange.status in wanted,
        f"a request with the role {user.role} is refused with {min(wanted)}",
        exchange,
        about=user.role,
    ):
        check_error_body(context, "missing" if policy == "missing" else "forbidden", exchange, op)
    if exchange.status < 300 and resource is not None and op == resource.operations.get("create"):
        context.record_created(
            resource, exchange, {}, context.main_user, context.parent_path(resource, context.main_user)
        )
    if created is not None and resource is not None and resource.can("get"):
        response = context.get(created)
        context.expect_status(
            response.status == 200,
            "a refused request has no effect: a GET still returns the item",
            exchange,
            response,
            about=f"done {user.role}",
        )


def _check_permission_places_role(
    context: CheckContext, op: ResourceOperation, resource: CheckedResource | None, user: User
) -> None:
    created = context.create(resource) if resource is not None and resource.can("create") else None
    exchange = context.send(op, user=user, path=created.path if created else None, body=body_for(context, op, resource))
    context.expect_status(
        exchange.status not in (401, 403) and not (created and exchange.status in (404, 410)),
        f"a request with the role {user.role} is permitted",
        exchange,
        about=f"admitted {user.role}",
    )
    if resource is not None and op == resource.operations.get("create"):
        context.record_created(resource, exchange, {}, user, context.parent_path(resource, user))


def no_access(context: CheckContext, resource: CheckedResource) -> None:
    """A user without access to a tenant gets the stated error: missing or forbidden."""
    other_user = context.other_tenant_user().in_tenant(context.main_user.tenant)
    policy = context.contract.behaviour.service.no_access.refusal
    op = resource.operations["list"]
    wanted = error_statuses(context, policy, op)
    exchange: RecordedExchange = context.send(op, user=other_user)
    context.expect_status(
        exchange.status in wanted, f"a request in a tenant without access is refused with {min(wanted)}", exchange
    )
    if exchange.status in wanted:
        check_error_body(context, policy, exchange, op)


def _permission_places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for op in resource_operations(contract):
        if op.behaviour.permission is not None:
            statement = StatementRef.of(op.name, "permission", op.behaviour.permission)
            yield op.name, statement, (op, resource_of(op, known), op.behaviour.permission)


def _no_access_places(contract: Contract) -> Iterator[Place]:
    statement = contract.behaviour.service.no_access
    for resource in checked_resources(contract).values():
        if resource.behaviour.tenant.by == "path" and resource.can("list"):
            yield resource.operations["list"].name, StatementRef.of("service", "no-access", statement), (resource,)


CHECKS = (
    Check("permission", ("permission",), _permission_places, permission, exclusive=False),
    Check("no-access", ("no-access",), _no_access_places, no_access, exclusive=False),
)
