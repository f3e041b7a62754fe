"""Checks of roles and of access to a tenant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from contracts.checks.error_replies import check_error_body, error_statuses
from contracts.checks.security.authentication import body_for
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
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
from mockserver.inference.sentences.refusal_sentences import Sentence, operation_sentences

NEEDS = re.compile(
    r"\b(?:needs?|requires?)\b[^.;,]*?\b(?:role|scope|permission)\b\W{1,3}(?P<name>[\w:.-]*\w)"
    r"|\b(?:needs?|requires?) (?:the |an? )?[`'\"]?(?P<first>[\w:.-]*\w)[`'\"]? (?:role|scope|permission)\b",
    re.IGNORECASE,
)
"""How a sentence says which role an operation needs: "Needs the role `dispatcher`", "requires the admin scope"."""

FORBIDDEN = 403


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


def described_role(context: CheckContext, resource: CheckedResource, others: Sequence[ResourceOperation]) -> None:
    """A user who is refused for want of a role at one operation does not use another one that needs the same role.

    A refusal of the user's own item shows that the user lacks the role, since no rule of ownership refuses.
    """
    op, user = resource.operations["create"], context.other_tenant_user()
    exchange, made = context.try_create(resource, user=user)
    if made is None:
        if exchange.status != FORBIDDEN:
            raise CannotBuildRequest(f"{op.name} answers {exchange.status} to {user.name}")
        context.compared += 1
        return
    for other in others:
        answer = context.send(other, user=user, path=made.path, body=body_for(context, other, resource))
        if answer.status == FORBIDDEN:
            expected = f"a user whom {other.name} refuses for want of the role is refused, too"
            context.report_violation(expected, f"status {exchange.status}", answer, exchange, about="role")
            if resource.can("delete"):  # as the user, it would stay
                context.delete(made, user=context.main_user)
            return
    raise CannotBuildRequest("each user has the role")


def _needed(contract: Contract, op: ResourceOperation) -> tuple[str, Sentence] | None:
    """The only role that a sentence of an operation names, and the sentence; None if there is none, or a choice."""
    found = {}
    for each in operation_sentences(contract.schemas, op.operation):
        match = NEEDS.search(each.text)
        if match is not None and " or " not in each.text:
            found[(match["name"] or match["first"]).lower()] = each
    return next(iter(found.items())) if len(found) == 1 else None


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


def _role_places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        create = resource.operations.get("create")
        needed = _needed(contract, create) if create is not None else None
        if create is None or needed is None or resource.behaviour.parent is not None:
            continue
        kinds = (resource.operations.get(kind) for kind in ("delete", "update", "replace"))
        others = {each.name: each for each in kinds if each is not None and each != create}
        same = [each for each in others.values() if (its := _needed(contract, each)) and its[0] == needed[0]]
        if same:
            text = f"{create.name} needs the role {needed[0]}, as {same[0].name} does."
            yield create.name, StatementRef(create.name, "role", "described", needed[1].source, text), (resource, same)


CHECKS = (
    Check("described-role", (), _role_places, described_role, exclusive=False),
    Check("permission", ("permission",), _permission_places, permission, exclusive=False),
    Check("no-access", ("no-access",), _no_access_places, no_access, exclusive=False),
)
