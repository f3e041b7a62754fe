"""Checks of tenant isolation: a tenant neither sees nor changes what belongs to another."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.checks.lists import ids
from contracts.checks.read_your_writes import never
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import MISSING, CannotBuildRequest
from contracts.client.target import User
from contracts.model.finding import StatementRef
from contracts.model.resources import (
    CheckedResource,
    ResourceOperation,
    checked_resources,
    value_at,
)
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract

DENIED = frozenset({401, 403, 404, 410})
"""Statuses of somebody who may not, or may not know."""


def tenants(context: CheckContext, resource: CheckedResource) -> None:
    """What belongs to one tenant is not seen, changed or removed by another, by whatever way it is asked for."""
    stranger = context.other_tenant_user()
    made = context.create(resource)
    before = context.item(resource.operations["get"], context.get(made)) if resource.can("get") else None
    for way, user in _ways(context, resource, stranger):
        for name in ("get", "update", "replace", "delete"):
            op = resource.operations.get(name)
            if op is not None:
                _closed(context, resource, op, made, user, f"{name} {way}")
        for op in _further(context, resource):
            _closed(context, resource, op, made, user, f"{op.name} {way}")
        if resource.can("get"):
            _like_nothing(context, resource, made, user, way)
        if resource.can("list"):
            _unlisted(context, resource, made, user, way)
    if before is not None:
        seen = context.get(made)
        context.expect(
            seen.status == 200 and context.item(resource.operations["get"], seen) == before,
            "the item is as its owner left it",
            f"status {seen.status}",
            made.exchange,
            seen,
            about="unchanged",
        )


def _further(context: CheckContext, resource: CheckedResource) -> list[ResourceOperation]:
    """The operations on an item that are neither of those that every resource has."""
    own = {op.name for op in resource.operations.values()}
    return [
        op
        for op in context.shared.operations.values()
        if op.behaviour.action
        and op.behaviour.action.of == resource.name
        and op.name not in own
        and _asked_by_id(context, resource, op) is not None
    ]


def _asked_by_id(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> str | None:
    """Where an operation takes the id of an item: `path`, `query` or `body`; None where it takes none."""
    name = resource.behaviour.identity.parameter
    if "{" + name + "}" in op.operation.path:
        return "path"
    if any(p.location == "query" and p.name == name for p in op.operation.parameters):
        return "query"
    return "body" if op.media_type and name in context.bodies.required(op) else None


def _like_nothing(context: CheckContext, resource: CheckedResource, made: CreatedItem, user: User, way: str) -> None:
    """A refusal does not tell whether there is such an item elsewhere."""
    op, policy = resource.operations["get"], context.contract.behaviour.service.no_access
    parameter = resource.behaviour.identity.parameter
    foreign = context.send(op, user=user, path=made.path)
    statement = StatementRef(
        op.name, "http", "inferred", "OWASP API Security Top 10 2023, API1", "Nothing is told of others."
    )
    if policy.refusal == "missing" and resource.behaviour.tenant.by == "path":
        statement = StatementRef.of("service", "no-access", policy)
    for id in never(context, made):
        nothing = context.send(op, user=user, path={**made.path, parameter: id})
        context.expect(
            foreign.status == nothing.status or foreign.status < 300,
            f"another tenant's item is refused as one that is not there, with {nothing.status}",
            f"status {foreign.status}",
            made.exchange,
            nothing,
            foreign,
            about=f"told apart {way}",
            statement=statement,
        )


def _ways(context: CheckContext, resource: CheckedResource, stranger: User) -> Iterator[tuple[str, User]]:
    yield "from its own tenant", stranger
    if resource.behaviour.tenant.by in ("path", "header") and context.main_user.tenant:
        yield "in the owner's tenant", stranger.in_tenant(context.main_user.tenant)


def _closed(
    context: CheckContext, resource: CheckedResource, op: ResourceOperation, made: CreatedItem, user: User, about: str
) -> None:
    body, parameter = (
        context.bodies.minimal(op, context.check) if op.media_type else None,
        resource.behaviour.identity.parameter,
    )
    where = _asked_by_id(context, resource, op)
    if where == "body" and body is not None:
        body |= {parameter: made.id}
    query = {parameter: made.id} if where == "query" else {}
    exchange = context.send(op, user=user, path=made.path, query=query, body=MISSING if body is None else body)
    context.expect(
        exchange.status in DENIED,
        f"another tenant's {op.operation.method.upper()} is refused",
        f"status {exchange.status}",
        made.exchange,
        exchange,
        about=about,
    )
    context.expect(
        str(made.sent.get(_telling(made), "\0")).encode() not in exchange.reply_body,
        "nothing of the item is told",
        "the refusal tells of it",
        made.exchange,
        exchange,
        about=f"told {about}",
    )


def _telling(made: CreatedItem) -> str:
    """The field that carries our mark, by which an item would be known in any reply."""
    return next((n for n, v in made.sent.items() if isinstance(v, str) and "contract" in v and "check" in v), "")


def _unlisted(context: CheckContext, resource: CheckedResource, made: CreatedItem, user: User, way: str) -> None:
    seen = context.list_page(made, user=user)
    if seen.status < 300:
        there = str(made.id) in ids(resource, context.items(resource, seen))
        context.expect(
            not there,
            "another tenant's list does not have the item",
            "it does",
            made.exchange,
            seen,
            about=f"list {way}",
        )
    total = resource.operations["list"].reply_path("total")
    if seen.status < 300 and total is not None and way == "from its own tenant":
        shown = len(context.list_all(made, user=user)[0])
        told = value_at(seen.json, total)
        context.expect(
            told == shown,
            "the total counts this tenant's items",
            f"{told} where {shown} are shown",
            seen,
            about="total",
        )


def foreign_create(context: CheckContext, resource: CheckedResource) -> None:
    """Nobody creates in another tenant; what is created goes where the credential belongs."""
    stranger = context.other_tenant_user()
    exchange, made = context.try_create(resource, user=stranger.in_tenant(context.main_user.tenant))
    if made is None:
        context.expect(
            exchange.status in DENIED,
            "creating in another tenant is refused",
            f"status {exchange.status}",
            exchange,
            about="status",
        )
        return
    items, asked = context.list_all(resource)
    context.expect(
        str(made.id) not in ids(resource, items),
        "nothing is created in another tenant",
        "an item is",
        exchange,
        *asked,
        about="created",
    )


def own_tenants(context: CheckContext, resource: CheckedResource) -> None:
    """A credential that may work in several tenants finds each thing in the tenant where it was made."""
    for user in context.unrestricted_users:
        others = [tenant for tenant in context.tenants_of(user) if tenant != user.tenant]
        if others and user.tenant:
            _kept_apart(context, resource, user, user.in_tenant(others[0]))
            return
    raise CannotBuildRequest("no credential is known that may work in several tenants")


def _kept_apart(context: CheckContext, resource: CheckedResource, here: User, there: User) -> None:
    for mine, other in ((here, there), (there, here)):
        exchange, made = context.try_create(resource, user=mine)
        if made is None:
            raise CannotBuildRequest(
                f"{resource.operations['create'].name} answers {exchange.status} to a valid request"
            )
        if resource.can("get"):
            seen, away = context.get(made), context.get(made, user=other)
            context.expect(
                seen.status == 200, "it is found in its tenant", f"status {seen.status}", exchange, seen, about="found"
            )
            context.expect(
                away.status in DENIED,
                "it is not found in another",
                f"status {away.status}",
                exchange,
                away,
                about="elsewhere",
            )
        items, asked = context.list_all(made, user=other)
        context.expect(
            str(made.id) not in ids(resource, items),
            "the other tenant's list is without it",
            "it is there",
            exchange,
            *asked,
            about="list",
        )


def _tenanted(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        if resource.behaviour.tenant.by != "none" and resource.can("create"):
            op = next(resource.operations[name] for name in ("get", "list", "create") if name in resource.operations)
            yield op.name, StatementRef.of(resource.name, "tenant", resource.behaviour.tenant), (resource,)


def _addressed(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        if resource.behaviour.tenant.by in ("path", "header") and resource.can("create", "list"):
            yield (
                resource.operations["create"].name,
                StatementRef.of(resource.name, "tenant", resource.behaviour.tenant),
                (resource,),
            )


CHECKS = (
    Check("tenants", ("tenant",), _tenanted, tenants),
    Check("foreign-create", ("tenant",), _addressed, foreign_create),
    Check("own-tenants", ("tenant",), _addressed, own_tenants),
)
