"""Checks of tenant isolation: a tenant neither sees nor changes what belongs to another."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.checks.lists.listed_items import ids
from contracts.checks.lists.page_facts import is_approximate
from contracts.checks.state.deleted_items import unknown_ids
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
"""Statuses for a request without access; 404 and 410 also hide whether the item exists."""


def tenants(context: CheckContext, resource: CheckedResource) -> None:
    """Another tenant can neither read, list, update nor delete an item, whichever path or header it uses."""
    other_user = context.other_tenant_user()
    created = context.create(resource)
    before = context.item(resource.operations["get"], context.get(created)) if resource.can("get") else None
    for way, user in _routes(context, resource, other_user):
        for name in ("get", "update", "replace", "delete"):
            op = resource.operations.get(name)
            if op is not None:
                _check_refusal(context, resource, op, created, user, f"{name} {way}")
        for op in _further_operations(context, resource):
            _check_refusal(context, resource, op, created, user, f"{op.name} {way}")
        if resource.can("get"):
            _check_same_as_unknown(context, resource, created, user, way)
        if resource.can("list"):
            _check_list(context, resource, created, user, way)
    if before is not None:
        response = context.get(created)
        context.expect_status(
            response.status == 200 and context.item(resource.operations["get"], response) == before,
            "requests of another tenant do not change the item",
            created.exchange,
            response,
            about="unchanged",
        )


def _further_operations(context: CheckContext, resource: CheckedResource) -> list[ResourceOperation]:
    """Further operations on an item, besides get, update, replace and delete."""
    own = {op.name for op in resource.operations.values()}
    return [
        op
        for op in context.shared.operations.values()
        if op.behaviour.action
        and op.behaviour.action.of == resource.name
        and op.name not in own
        and _position_of_id(context, resource, op) is not None
    ]


def _position_of_id(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> str | None:
    """Where an operation takes the id of an item: `path`, `query` or `body`; None if it takes no id."""
    name = resource.behaviour.identity.parameter
    if "{" + name + "}" in op.operation.path:
        return "path"
    if op.operation.parameter("query", name) is not None:
        return "query"
    return "body" if op.media_type and name in context.bodies.required(op) else None


def _check_same_as_unknown(
    context: CheckContext, resource: CheckedResource, created: CreatedItem, user: User, way: str
) -> None:
    """A refusal does not reveal whether another tenant has the item."""
    op, policy = resource.operations["get"], context.contract.behaviour.service.no_access
    parameter = resource.behaviour.identity.parameter
    foreign = context.send(op, user=user, path=created.path)
    statement = StatementRef(
        op.name,
        "http",
        "inferred",
        "OWASP API Security Top 10 2023, API1",
        "A client cannot find out which items other tenants have.",
    )
    if policy.refusal == "missing" and resource.behaviour.tenant.by == "path":
        statement = StatementRef.of("service", "no-access", policy)
    for id in unknown_ids(context, created):
        nothing = context.send(op, user=user, path={**created.path, parameter: id})
        context.expect_status(
            foreign.status == nothing.status or foreign.status < 300,
            f"another tenant's item gets the same status as an unknown item, {nothing.status}",
            created.exchange,
            nothing,
            foreign,
            about=f"existence {way}",
            statement=statement,
        )


def _routes(context: CheckContext, resource: CheckedResource, other_user: User) -> Iterator[tuple[str, User]]:
    yield "from its own tenant", other_user
    if resource.behaviour.tenant.by in ("path", "header") and context.main_user.tenant:
        yield "in the owner's tenant", other_user.in_tenant(context.main_user.tenant)


def _check_refusal(
    context: CheckContext,
    resource: CheckedResource,
    op: ResourceOperation,
    created: CreatedItem,
    user: User,
    about: str,
) -> None:
    body, parameter = (
        context.bodies.minimal(op, context.check) if op.media_type else None,
        resource.behaviour.identity.parameter,
    )
    where = _position_of_id(context, resource, op)
    if where == "body" and body is not None:
        body |= {parameter: created.id}
    query = {parameter: created.id} if where == "query" else {}
    exchange = context.send(op, user=user, path=created.path, query=query, body=MISSING if body is None else body)
    context.expect_status(
        exchange.status in DENIED,
        f"a {op.operation.http_method} by another tenant is refused",
        created.exchange,
        exchange,
        about=about,
    )
    context.expect(
        str(created.sent.get(_marked_field(created), "\0")).encode() not in exchange.reply_body,
        "the refusal contains no value of the item",
        "it contains a value of the item",
        created.exchange,
        exchange,
        about=f"value {about}",
    )


def _marked_field(created: CreatedItem) -> str:
    """A field with our unique text, by which any reply with the item can be recognized."""
    return next((n for n, v in created.sent.items() if isinstance(v, str) and "contract" in v and "check" in v), "")


def _check_list(context: CheckContext, resource: CheckedResource, created: CreatedItem, user: User, way: str) -> None:
    response = context.list_page(created, user=user)
    if response.status < 300:
        there = str(created.id) in ids(resource, context.items(resource, response))
        context.expect(
            not there,
            "another tenant's list does not contain the item",
            "the list contains it",
            created.exchange,
            response,
            about=f"list {way}",
        )
    total = resource.operations["list"].reply_path("total")
    is_counted = total is not None and not is_approximate(context, resource.operations["list"])
    if response.status < 300 and is_counted and way == "from its own tenant":
        shown = len(context.list_all(created, user=user)[0])
        stated_total = value_at(response.json, total)
        context.expect(
            stated_total == shown,
            f"the total counts the {shown} items of this tenant only",
            f"the total is {stated_total}",
            response,
            about="total",
        )


def create_in_other_tenant(context: CheckContext, resource: CheckedResource) -> None:
    """A create in another tenant is refused, or creates the item in the tenant of the credential."""
    other_user = context.other_tenant_user()
    exchange, created = context.try_create(resource, user=other_user.in_tenant(context.main_user.tenant))
    if created is None:
        context.expect_status(
            exchange.status in DENIED, "a create in another tenant is refused", exchange, about="status"
        )
        return
    items, listing = context.list_all(resource)
    context.expect(
        str(created.id) not in ids(resource, items),
        "a create does not add an item to another tenant",
        "the other tenant's list contains the new item",
        exchange,
        *listing,
        about="created",
    )


def several_own_tenants(context: CheckContext, resource: CheckedResource) -> None:
    """A credential for several tenants finds each item only in the tenant where it was created."""
    for user in context.unrestricted_users:
        others = [tenant for tenant in context.tenants_of(user) if tenant != user.tenant]
        if others and user.tenant:
            _check_two_tenants(context, resource, user, user.in_tenant(others[0]))
            return
    raise CannotBuildRequest("no known credential has access to several tenants")


def _check_two_tenants(context: CheckContext, resource: CheckedResource, here: User, there: User) -> None:
    for mine, other in ((here, there), (there, here)):
        exchange, created = context.try_create(resource, user=mine)
        if created is None:
            raise CannotBuildRequest(
                f"{resource.operations['create'].name} answers {exchange.status} to a valid request"
            )
        if resource.can("get"):
            response, away = context.get(created), context.get(created, user=other)
            context.expect_status(
                response.status == 200, "a GET in the item's tenant returns it", exchange, response, about="found"
            )
            context.expect_status(
                away.status in DENIED,
                "a GET in another tenant of the same credential is refused",
                exchange,
                away,
                about="elsewhere",
            )
        items, listing = context.list_all(created, user=other)
        context.expect(
            str(created.id) not in ids(resource, items),
            "the list of another tenant of the same credential does not contain the item",
            "the list contains it",
            exchange,
            *listing,
            about="list",
        )


def _tenant_places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        if resource.behaviour.tenant.by != "none" and resource.can("create"):
            op = next(resource.operations[name] for name in ("get", "list", "create") if name in resource.operations)
            yield op.name, StatementRef.of(resource.name, "tenant", resource.behaviour.tenant), (resource,)


def _addressed_tenant_places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        if resource.behaviour.tenant.by in ("path", "header") and resource.can("create", "list"):
            yield (
                resource.operations["create"].name,
                StatementRef.of(resource.name, "tenant", resource.behaviour.tenant),
                (resource,),
            )


CHECKS = (
    Check("tenant-isolation", ("tenant",), _tenant_places, tenants),
    Check("create-in-other-tenant", ("tenant",), _addressed_tenant_places, create_in_other_tenant),
    Check("several-own-tenants", ("tenant",), _addressed_tenant_places, several_own_tenants),
)
