"""Promises about who may: authentication on every operation, tenants that do not see each other, roles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from contracts.checks.lists import ids
from contracts.checks.read_your_writes import never
from contracts.checks.responses import matches_error, refused, status_of
from contracts.cleanup.created_items import CreatedItem
from contracts.client.authentication import basic
from contracts.client.request_builder import MISSING, CannotBuildRequest
from contracts.client.target import NOBODY, User
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import (
    CheckedResource,
    ResourceOperation,
    checked_resources,
    resource_operations,
    value_at,
)
from contracts.runner.check import Check, Place, resource_of
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Permission
from mockserver.contract import Contract

DENIED = frozenset({401, 403, 404, 410})
"""Statuses of somebody who may not, or may not know."""


def authentication(context: CheckContext, op: ResourceOperation, resource: CheckedResource | None) -> None:
    """Without a credential, or with one that cannot be right, nothing is told and nothing is done."""
    if not context.target.users:
        raise CannotBuildRequest("no credential is known")
    asked = _asked(context, op)
    if any(each == {"mutualTLS"} for each in asked):
        raise CannotBuildRequest("the credential is the certificate of the connection")
    made = context.some_item(resource) if resource is not None and resource.can("create") else None
    path = dict(made.path) if made else {}
    path |= _tenant_in_path(context, op)
    for what, nobody in _wrong(context, any("basic" in each for each in asked)):
        body = _body(context, op, resource)
        exchange = context.send(op, user=nobody, path=path, body=body, headers=_tenant_header(context))
        if exchange.status < 300 and resource is not None and op == resource.operations.get("create"):
            context.record_created(resource, exchange, {}, context.main_user, path)
        refused(context, "unauthenticated", op, exchange, f"a request {what}", what)
    if op.operation.method == "get":
        _written_small(context, op, path)
        _looked_up_first(context, op, resource, made, path)
    if made is not None and resource is not None and resource.can("get") and made.resource is resource:
        seen = context.get(made)
        context.expect(
            seen.status == 200,
            "what was refused was not done",
            f"status {seen.status}",
            made.exchange,
            seen,
            about="done",
        )


def _written_small(context: CheckContext, op: ResourceOperation, path: dict[str, Any]) -> None:
    """The name of an authentication scheme may be written large or small (RFC 9110 section 11.1)."""
    main = context.main_user
    small = tuple((n, "bearer" + v[6:] if v.startswith("Bearer ") else v) for n, v in main.headers)
    if small == main.headers or context.send(op, path=path).status == 401:
        return
    exchange = context.send(op, user=replace(main, headers=small), path=path)
    statement = StatementRef(
        op.name, "http", "documented", "RFC 9110 section 11.1", "Schemes are known by name in any case."
    )
    context.expect(
        exchange.status != 401,
        "the scheme bearer is Bearer",
        f"status {exchange.status}",
        exchange,
        about="scheme",
        statement=statement,
    )


def _looked_up_first(
    context: CheckContext,
    op: ResourceOperation,
    resource: CheckedResource | None,
    made: CreatedItem | None,
    path: dict[str, Any],
) -> None:
    """Without a credential, what is there is told no better than what is not."""
    parameter = resource.behaviour.identity.parameter if resource else ""
    if made is None or resource is None or "{" + parameter + "}" not in op.operation.path:
        return
    there = context.send(op, user=NOBODY, path=path, headers=_tenant_header(context))
    for id in never(context, made):
        not_there = context.send(op, user=NOBODY, path=path | {parameter: id}, headers=_tenant_header(context))
        statement = StatementRef(
            op.name, "http", "inferred", "OWASP API Security Top 10 2023, API1", "Nothing is told to nobody."
        )
        context.expect(
            there.status == not_there.status,
            f"status {there.status} without a credential, be it there or not",
            f"status {not_there.status} for what is not there",
            there,
            not_there,
            about="looked up",
            statement=statement,
        )


def _tenant_in_path(context: CheckContext, op: ResourceOperation) -> dict[str, Any]:
    names = {k.behaviour.tenant.name for k in context.shared.resources.values() if k.behaviour.tenant.by == "path"}
    return {
        name: context.main_user.tenant
        for name in names
        if context.main_user.tenant and "{" + name + "}" in op.operation.path
    }


def _tenant_header(context: CheckContext) -> dict[str, str]:
    names = {k.behaviour.tenant.name for k in context.shared.resources.values() if k.behaviour.tenant.by == "header"}
    return {name: context.main_user.tenant for name in names if context.main_user.tenant}


def _body(context: CheckContext, op: ResourceOperation, resource: CheckedResource | None) -> Any:
    if op.media_type is None:
        return MISSING
    body = (
        context.body(resource)
        if resource and op == resource.operations.get("create")
        else context.bodies.least(op, context.check)
    )
    return MISSING if body is None else body


def _asked(context: CheckContext, op: ResourceOperation) -> list[set[str]]:
    """The kinds of credentials that each alternative of an operation asks for (OpenAPI 3.1 section 4.8.30)."""
    known = context.contract.document.security_schemes
    schemes = [[known[name] for name, _ in one if name in known] for one in op.operation.security]
    return [{each.scheme if each.type == "http" else each.type for each in one} for one in schemes]


def _wrong(context: CheckContext, takes_basic: bool) -> Iterator[tuple[str, User]]:
    """Credentials that no service accepts: none, another scheme's, an empty one, and ones of the wrong form."""
    yield "without a credential", NOBODY
    main = context.main_user
    header = next((value for name, value in main.headers if name.lower() == "authorization"), "")
    if header.startswith("Bearer "):
        if not takes_basic:
            yield "with another scheme", User("other", headers=(("authorization", "Basic " + "dXNlcjpwYXNz"),))
        yield "with an empty token", User("empty", headers=(("authorization", "Bearer "),))
        yield (
            "with the token and no scheme",
            User("bare", headers=(("authorization", main.secret),), secret=main.secret),
        )
    if main.secret and any(value == main.secret for _, value in (*main.headers, *main.query)):
        yield "with an empty key", _with(main, "")
    if main.secret and not context.contract.behaviour.service.credentials:
        yield "with a credential that says it is invalid", _with(main, "invalid-contract-check")
    pattern = re.compile(context.contract.behaviour.service.authentication.pattern)
    for what, secret in (
        ("of an unknown form", "contract-check"),
        ("that is cut", main.secret[:-1]),
        ("that is too long", main.secret + "!"),
        ("with another beginning", "x" + main.secret),
    ):
        if secret and pattern.search(secret) is None:
            yield f"with a credential {what}", _with(main, secret)


def _with(main: User, secret: str) -> User:
    """The same way of showing a credential, with another one."""
    headers, query, cookies = (
        tuple(
            (name, value.replace(basic(main.secret), basic(secret)).replace(main.secret, secret))
            for name, value in pairs
        )
        for pairs in (main.headers, main.query, main.cookies)
    )
    return User("wrong", headers, query, cookies)


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
        context.bodies.least(op, context.check) if op.media_type else None,
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


def references(context: CheckContext, resource: CheckedResource, fields: Mapping[str, str]) -> None:
    """A body cannot refer to what belongs to another tenant."""
    stranger = context.other_tenant_user()
    for name, of in fields.items():
        theirs = context.create(context.shared.resources[of], user=stranger)
        ours = context.create(context.shared.resources[of])
        fitting, _ = context.try_create(resource, context.body(resource) | {name: ours.id})
        if fitting.status >= 300:
            continue
        exchange, _ = context.try_create(resource, context.body(resource) | {name: theirs.id})
        context.expect(
            exchange.status >= 400,
            f"{name} cannot be a {of} of another tenant",
            f"status {exchange.status}",
            theirs.exchange,
            exchange,
            about=name,
        )


def _referring(contract: Contract) -> Iterator[Place]:
    """Fields that are named after another resource and its id, such as `secret_id`."""
    known = checked_resources(contract)
    for resource in known.values():
        op = resource.operations.get("create")
        media = op.media_type if op else None
        schema = contract.schemas.below(media.schema, op.envelope) if op and media else None
        if op is None or schema is None or resource.behaviour.tenant.by == "none":
            continue
        found = {
            name: other.name
            for name in contract.schemas.properties(schema)
            for other in known.values()
            if other is not resource
            and other.can("create")
            and other.behaviour.tenant.by != "none"
            and other.is_referenced_by(name)
        }
        if found:
            statement = StatementRef(
                op.name,
                "http",
                "inferred",
                "OWASP API Security Top 10 2023, API1",
                "A reference is no way around the borders of tenants.",
            )
            yield op.name, statement, (resource, found)


def permission(
    context: CheckContext, op: ResourceOperation, resource: CheckedResource | None, statement: Permission
) -> None:
    """Roles that may use the operation can, and others are refused without effect."""
    made = context.create(resource) if resource is not None and resource.can("create") else None
    for user in context.target.users:
        if not user.role or (user.tenant != context.main_user.tenant and user.secret != context.main_user.secret):
            user = user.in_tenant(context.main_user.tenant) if _is_open(context, user) else user  # noqa: PLW2901
        if user.role and user.role not in statement.roles and user.tenant == context.main_user.tenant:
            _barred(context, op, resource, made, user)
        elif user.role in statement.roles and user.tenant == context.main_user.tenant:
            _admitted(context, op, resource, user)


def _is_open(context: CheckContext, user: User) -> bool:
    """Has a listed credential no tenants of its own, so that it may work in any?"""
    listed = {c.name: c for c in context.contract.behaviour.service.credentials}
    return user.name in listed and listed[user.name].tenants is None


def _barred(
    context: CheckContext, op: ResourceOperation, resource: CheckedResource | None, made: CreatedItem | None, user: User
) -> None:
    exchange = context.send(op, user=user, path=made.path if made else None, body=_body(context, op, resource))
    policy = context.contract.behaviour.service.no_access.refusal
    wanted = status_of(context, "missing" if policy == "missing" else "forbidden", op)
    if context.expect(
        exchange.status in wanted,
        f"the role {user.role} is refused with {min(wanted)}",
        f"status {exchange.status}",
        exchange,
        about=user.role,
    ):
        matches_error(context, "missing" if policy == "missing" else "forbidden", exchange, op)
    if exchange.status < 300 and resource is not None and op == resource.operations.get("create"):
        context.record_created(
            resource, exchange, {}, context.main_user, context.parent_path(resource, context.main_user)
        )
    if made is not None and resource is not None and resource.can("get"):
        seen = context.get(made)
        context.expect(
            seen.status == 200,
            "what was refused was not done",
            f"status {seen.status}",
            exchange,
            seen,
            about=f"done {user.role}",
        )


def _admitted(context: CheckContext, op: ResourceOperation, resource: CheckedResource | None, user: User) -> None:
    made = context.create(resource) if resource is not None and resource.can("create") else None
    exchange = context.send(op, user=user, path=made.path if made else None, body=_body(context, op, resource))
    context.expect(
        exchange.status not in (401, 403) and not (made and exchange.status in (404, 410)),
        f"the role {user.role} may",
        f"status {exchange.status}",
        exchange,
        about=f"admitted {user.role}",
    )
    if resource is not None and op == resource.operations.get("create"):
        context.record_created(resource, exchange, {}, user, context.parent_path(resource, user))


def no_access(context: CheckContext, resource: CheckedResource) -> None:
    """Somebody without access to a tenant is refused as said: as if nothing were there, or as forbidden."""
    stranger = context.other_tenant_user().in_tenant(context.main_user.tenant)
    policy = context.contract.behaviour.service.no_access.refusal
    op = resource.operations["list"]
    wanted = status_of(context, policy, op)
    exchange: RecordedExchange = context.send(op, user=stranger)
    context.expect(exchange.status in wanted, f"{policy}: {min(wanted)}", f"status {exchange.status}", exchange)
    if exchange.status in wanted:
        matches_error(context, policy, exchange, op)


def _guarded(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for op in resource_operations(contract):
        if op.operation.security and all(op.operation.security):
            statement = contract.behaviour.service.authentication
            reference = StatementRef(
                op.name,
                "authentication",
                "documented",
                "OpenAPI 3.1 section 4.8.30 (security)",
                f"A credential is needed. {statement.source}".strip(),
            )
            yield op.name, reference, (op, resource_of(op, known))


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


def _permitted(contract: Contract) -> Iterator[Place]:
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
    Check("authentication", ("authentication",), _guarded, authentication, exclusive=False),
    Check("tenants", ("tenant",), _tenanted, tenants),
    Check("foreign-create", ("tenant",), _addressed, foreign_create),
    Check("own-tenants", ("tenant",), _addressed, own_tenants),
    Check("references", ("tenant",), _referring, references),
    Check("permission", ("permission",), _permitted, permission, exclusive=False),
    Check("no-access", ("no-access",), _no_access_places, no_access, exclusive=False),
)  # fmt: skip
