"""Login operations, and rude checks of them, which run only with `--probe-security`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from contracts.client.request_builder import CannotBuildRequest
from contracts.client.target import ANONYMOUS
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.registration import login_of
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources, resource_operations
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract
from mockserver.inference.operations.account_names import PASSWORD

ATTEMPTS = 20
"""So many wrong passwords in a row should make a service slow down or refuse further ones."""

LIMITED = frozenset({403, 423, 429, 503})
"""Statuses that stop a client that tries again and again."""


def enumeration(
    context: CheckContext, op: ResourceOperation, resource: CheckedResource, names: tuple[str, str]
) -> None:
    """A login with a wrong password gets the same response whether the account exists or not."""
    account = _account(context, op, resource, names)
    wrong, unknown = (
        _login(context, op, names, name, "Wrong-1-contract-check") for name in (account[0], account[0][:-2] + "zq")
    )
    same = wrong.status == unknown.status and _shape(wrong, account[0]) == _shape(unknown, account[0][:-2] + "zq")
    context.expect(
        same,
        "a wrong password and an unknown account get the same response",
        f"status {wrong.status} and status {unknown.status}"
        + ("" if wrong.status != unknown.status else " with different bodies"),
        wrong,
        unknown,
        about="enumeration",
    )


def attempts(context: CheckContext, op: ResourceOperation, resource: CheckedResource, names: tuple[str, str]) -> None:
    """After many wrong passwords, further logins are slowed down or refused."""
    account = _account(context, op, resource, names)
    replies = [_login(context, op, names, account[0], f"Wrong-{n}-contract-check") for n in range(ATTEMPTS)]
    limits = [each for each in replies if each.status in LIMITED or each.header("retry-after") is not None]
    context.expect(
        bool(limits),
        f"{ATTEMPTS} wrong passwords in a row are limited (429, 423, or Retry-After)",
        f"every one is answered with {replies[-1].status}",
        replies[-1],
        about="attempts",
    )


def _account(
    context: CheckContext, op: ResourceOperation, resource: CheckedResource, names: tuple[str, str]
) -> tuple[str, str]:
    """Name and password of a new account that can log in. Raises CannotBuildRequest."""
    made = context.create(resource)
    user, password = names
    known = {**made.item, **made.sent}
    if not isinstance(known.get(user), str) or not isinstance(known.get(password), str):
        raise CannotBuildRequest(f"a new {resource.name} has no {user} and {password} to log in with")
    if _login(context, op, names, known[user], known[password]).status >= 300:
        raise CannotBuildRequest(f"a new {resource.name} cannot log in")
    return known[user], known[password]


def _login(
    context: CheckContext, op: ResourceOperation, names: tuple[str, str], user: str, password: str
) -> RecordedExchange:
    body: dict[str, Any] = (context.bodies.minimal(op, context.check) or {}) | {names[0]: user, names[1]: password}
    return context.send(op, user=ANONYMOUS, body=body, once=True)


def _shape(exchange: RecordedExchange, name: str) -> str:
    """The body without the name of the account, ids and times."""
    text = exchange.reply_body.decode("utf-8", "replace").replace(name, "NAME")
    return re.sub(r"\d+|[0-9a-fA-F-]{16,}", "0", text)


def _places(about: str, evidence: Any) -> Any:
    def places(contract: Contract) -> Iterator[Place]:
        for op in resource_operations(contract):
            login = login_of(contract, op)
            if login is None or op.media_type is None:
                continue
            names = (login.name, login.password)
            for resource in checked_resources(contract).values():
                if resource.can("create") and _has_password(contract, resource):
                    source = "OWASP API Security Top 10 2023, API2 (broken authentication)"
                    yield op.name, StatementRef(op.name, "http", evidence, source, about), (op, resource, names)
                    break

    return places


def _has_password(contract: Contract, resource: CheckedResource) -> bool:
    media = resource.operations["create"].media_type
    names = contract.schemas.properties(media.schema) if media is not None and media.schema is not None else {}
    return any(PASSWORD.fullmatch(name) for name in names)


CHECKS = (
    Check(
        "user-enumeration",
        (),
        _places("A login does not tell which accounts exist.", "implied"),
        enumeration,
        exclusive=False,
        rude=True,
    ),
    Check(
        "login-attempts",
        (),
        _places("A login limits how often passwords can be guessed.", "inferred"),
        attempts,
        run_last=True,
        rude=True,
    ),
)
