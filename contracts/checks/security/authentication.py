"""Checks of authentication: no operation works without a valid credential."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from contracts.checks.error_replies import check_refused, error_statement, error_statuses
from contracts.checks.state.deleted_items import unknown_ids
from contracts.cleanup.created_items import CreatedItem
from contracts.client.authentication import basic
from contracts.client.request_bodies import MARK
from contracts.client.request_builder import MISSING, CannotBuildRequest, required_schemes
from contracts.client.target import ANONYMOUS, User
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import (
    CheckedResource,
    ResourceOperation,
    checked_resources,
    resource_operations,
)
from contracts.runner.check import Check, Place, resource_of
from contracts.runner.context import CheckContext
from contracts.runner.start_page import is_start_page
from mockserver.contract import Contract

WITHOUT = "without a credential"

OFF = (404, 501, 503)
"""Statuses of an operation that is switched off, or that needs something which the service does not have."""


def authentication(context: CheckContext, op: ResourceOperation, resource: CheckedResource | None) -> None:
    """Requests without a credential, or with an invalid one, are refused and have no effect."""
    if not context.target.users:
        raise CannotBuildRequest("no credential is known")
    types = _credential_types(context, op)
    if any(each == {"mutualTLS"} for each in types):
        raise CannotBuildRequest("the credential is a TLS client certificate")
    created = context.item_for(op, resource)
    path = dict(created.path) if created else {}
    path |= _tenant_in_path(context, op)
    for what, invalid_user in _invalid_credentials(context, op, types):
        body = body_for(context, op, resource)
        exchange = context.send(op, user=invalid_user, path=path, body=body, headers=_tenant_header(context))
        if exchange.status < 300 and resource is not None and op == resource.operations.get("create"):
            context.record_created(resource, exchange, {}, context.main_user, path)
        if is_start_page(context, exchange):
            raise CannotBuildRequest(f"{op.name} leads to the start page, as any path that is not known")
        if exchange.status in OFF and created is None and what == WITHOUT:
            _needs_route(context, op, path, body, exchange.status)
        _check_unauthenticated(context, op, exchange, what)
        _check_without_effect(context, resource, op, created, body, exchange, what)
    if op.operation.method == "get":
        _check_scheme_case(context, op, path)
        _check_unknown_item(context, op, resource, created, path)


def _needs_route(context: CheckContext, op: ResourceOperation, path: dict[str, Any], body: Any, status: int) -> None:
    """Raises CannotBuildRequest if a valid credential gets the same: no such item is known, or the operation is off."""
    if context.send(op, path=path, body=body, headers=_tenant_header(context)).status == status:
        raise CannotBuildRequest(f"{op.name} answers {status} to a valid credential, too")


def _check_unauthenticated(context: CheckContext, op: ResourceOperation, exchange: RecordedExchange, what: str) -> None:
    """The request is refused with 401.

    Another refusal is only a warning unless the document lists 401: some frameworks return 403, or look at the body
    or at the item first, or lead to a login page. For a credential that does not do, 403 is right by RFC 9110 section
    15.5.4 if the document lists it.
    """
    stated = error_statement(context, "unauthenticated", op) is not None
    documented = {response.status for response in op.operation.responses}
    is_forbidden = exchange.status == 403 and "403" in documented and what != WITHOUT
    listed = "401" in documented and not is_forbidden
    if 300 <= exchange.status < 500 and exchange.status != 401 and not stated and not listed:
        wanted = error_statuses(context, "unauthenticated", op)
        statement = StatementRef(op.name, "authentication", "inferred", "RFC 9110 section 15.5.2", "The status is 401.")
        context.expect_status(
            exchange.status in wanted,
            f"a request {what} is refused with 401",
            exchange,
            about="status",
            statement=statement,
        )
        return
    check_refused(context, "unauthenticated", op, exchange, f"a request {what}", what)


def _check_without_effect(
    context: CheckContext,
    resource: CheckedResource | None,
    op: ResourceOperation,
    created: CreatedItem | None,
    body: Any,
    exchange: RecordedExchange,
    what: str,
) -> None:
    """A refused request does nothing: the item is there and unchanged, and no item is created."""
    if resource is None or exchange.status < 300 or op.operation.method == "get":
        return
    if op == resource.operations.get("create"):
        _check_not_created(context, resource, body, exchange, what)
    elif created is not None and resource.can("get") and created.resource is resource:
        response = context.get(created)
        item = context.item(resource.operations["get"], response)
        sent = body if isinstance(body, Mapping) else {}
        taken = [n for n, v in sent.items() if item.get(n) == v != created.item.get(n, v)]
        context.expect(
            response.status == 200 and not taken,
            "a refused request has no effect: a GET still returns the item as it was",
            f"status {response.status}" + (f", {taken[0]} is changed" if taken else ""),
            created.exchange,
            exchange,
            response,
            about="done",
        )


def _check_not_created(
    context: CheckContext, resource: CheckedResource, body: Any, exchange: RecordedExchange, what: str
) -> None:
    texts = [v for v in body.values() if isinstance(v, str) and MARK in v] if isinstance(body, Mapping) else []
    if not texts or what != WITHOUT or not resource.can("list") or resource.behaviour.parent:
        return
    reply = context.list_page(resource)
    context.expect(
        not any(json.dumps(text).strip('"').encode() in reply.reply_body for text in texts),
        "a refused create request creates nothing",
        "the list contains what was sent",
        exchange,
        reply,
        about="created",
    )


def _check_scheme_case(context: CheckContext, op: ResourceOperation, path: dict[str, Any]) -> None:
    """The name of the authentication scheme is case-insensitive (RFC 9110 section 11.1)."""
    main = context.main_user.for_security(required_schemes(op.operation))
    small = tuple((n, "bearer" + v[6:] if v.startswith("Bearer ") else v) for n, v in main.headers)
    if small == main.headers or context.send(op, path=path).status == 401:
        return
    exchange = context.send(op, user=replace(main, headers=small), path=path)
    statement = StatementRef(
        op.name, "http", "documented", "RFC 9110 section 11.1", "Scheme names are case-insensitive."
    )
    context.expect_status(
        exchange.status != 401,
        "the scheme `bearer` is accepted like `Bearer`",
        exchange,
        about="scheme",
        statement=statement,
    )


def _check_unknown_item(
    context: CheckContext,
    op: ResourceOperation,
    resource: CheckedResource | None,
    created: CreatedItem | None,
    path: dict[str, Any],
) -> None:
    """Without a credential, existing and unknown items get the same status."""
    parameter = resource.behaviour.identity.parameter if resource else ""
    if created is None or resource is None or "{" + parameter + "}" not in op.operation.path:
        return
    there = context.send(op, user=ANONYMOUS, path=path, headers=_tenant_header(context))
    for id in unknown_ids(context, created):
        not_there = context.send(op, user=ANONYMOUS, path=path | {parameter: id}, headers=_tenant_header(context))
        statement = StatementRef(
            op.name,
            "http",
            "inferred",
            "OWASP API Security Top 10 2023, API1",
            "An unauthenticated client cannot find out which items exist.",
        )
        context.expect(
            there.status == not_there.status,
            "without a credential, an existing and an unknown item get the same status",
            f"status {there.status} for an existing item, status {not_there.status} for an unknown one",
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


def _credential_types(context: CheckContext, op: ResourceOperation) -> list[set[str]]:
    """The types of credentials in each alternative of an operation's security (OpenAPI 3.1 section 4.8.30)."""
    known = context.contract.document.security_schemes
    schemes = [[known[name] for name, _ in one if name in known] for one in op.operation.security]
    return [{each.scheme if each.type == "http" else each.type for each in one} for one in schemes]


def _invalid_credentials(
    context: CheckContext, op: ResourceOperation, types: list[set[str]]
) -> Iterator[tuple[str, User]]:
    """Invalid credentials: none, one of another scheme, an empty one, and ones with a wrong format.

    `types` are those of `_credential_types`.
    """
    takes_basic, known = any("basic" in each for each in types), context.contract.document.security_schemes
    schemes = [known[name] for one in op.operation.security for name, _ in one if name in known]
    takes_key = any(each.type == "apiKey" and each.parameter.lower() == "authorization" for each in schemes)
    yield WITHOUT, ANONYMOUS
    main = context.main_user.for_security(required_schemes(op.operation))
    header = next((value for name, value in main.headers if name.lower() == "authorization"), "")
    if header.startswith("Bearer "):
        if not takes_basic:
            yield "with the wrong scheme", User("other", headers=(("authorization", "Basic " + "dXNlcjpwYXNz"),))
        yield "with an empty token", User("empty", headers=(("authorization", "Bearer "),))
        token = main.secret.rpartition(" ")[2]  # it may be given with the scheme
        if not takes_key:
            yield "with a token without a scheme", User("bare", headers=(("authorization", token),), secret=token)
    if main.secret and any(value == main.secret for _, value in (*main.headers, *main.query)):
        yield "with an empty key", _with_credential(main, "")
    if main.secret and not context.contract.behaviour.service.credentials:
        yield "with an invalid credential", _with_credential(main, "invalid-contract-check")
    pattern = re.compile(context.contract.behaviour.service.authentication.pattern)
    for what, secret in (
        ("with an unknown format", "contract-check"),
        ("that is truncated", main.secret[:-1]),
        ("that is too long", main.secret + "!"),
        ("with a wrong prefix", "x" + main.secret),
    ):
        if secret and pattern.search(secret) is None:
            yield f"with a credential {what}", _with_credential(main, secret)


def _with_credential(main: User, secret: str) -> User:
    """The user with another credential, sent in the same way, and without any further one, which may be enough."""
    further = [each for each in main.other_secrets if each != basic(main.secret) and each not in main.secret]
    headers, query, cookies = (
        tuple(
            (name, value.replace(basic(main.secret), basic(secret)).replace(main.secret, secret))
            for name, value in pairs
            if not any(each in value for each in further)
        )
        for pairs in (main.headers, main.query, main.cookies)
    )
    return User("wrong", headers, query, cookies)


def _secured_places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for op in resource_operations(contract):
        if op.operation.security and all(op.operation.security):
            statement = contract.behaviour.service.authentication
            reference = StatementRef(
                op.name,
                "authentication",
                "documented",
                "OpenAPI 3.1 section 4.8.30 (security)",
                f"The operation needs a credential. {statement.source}".strip(),
            )
            yield op.name, reference, (op, resource_of(op, known))


def body_for(context: CheckContext, op: ResourceOperation, resource: CheckedResource | None) -> Any:
    """A valid body for an operation; MISSING where it takes none, or none can be built."""
    if op.media_type is None:
        return MISSING
    body = (
        context.body(resource)
        if resource and op == resource.operations.get("create")
        else context.bodies.minimal(op, context.check)
    )
    return MISSING if body is None else body


CHECKS = (Check("authentication", ("authentication",), _secured_places, authentication, exclusive=False),)
