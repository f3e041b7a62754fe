"""Asks a service a few safe questions: which user gets success at which operations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from contracts.cleanup.created_items import CreatedItems
from contracts.client.request_builder import CannotBuildRequest, RequestBuilder
from contracts.client.target import ANONYMOUS, NoResponse, Request, Target, User
from contracts.model.finding import RecordedExchange
from contracts.model.resources import name_of
from contracts.runner.shared import SharedState
from mockserver.contract import Contract
from mockserver.openapi import path_template
from mockserver.openapi.document import Operation

MAX_OPERATIONS = 8
"""The most operations that are tried as the first user; as each other user, half of them."""

MAX_USERS = 4

NOWHERE = "/no-such-path-of-the-contract-check"

MAX_SILENT = 2
"""After so many requests without a response, no more are sent: each may cost the timeout."""


@dataclass(frozen=True, slots=True)
class TriedOperation:
    """An operation that was tried as a user, and the response."""

    user: User
    operation: Operation
    exchange: RecordedExchange

    @property
    def name(self) -> str:
        """`METHOD path`."""
        return name_of(self.operation)

    @property
    def succeeded(self) -> bool:
        """Was the response a success?"""
        return 200 <= self.exchange.status < 300


@dataclass(slots=True)
class Survey:
    """What was tried, and why requests got no response that can be read."""

    tried: list[TriedOperation] = field(default_factory=list)
    silent: list[NoResponse] = field(default_factory=list)

    def of(self, user: User) -> list[TriedOperation]:
        """What was tried as one user."""
        return [each for each in self.tried if each.user == user]


def surveyed(contract: Contract, target: Target) -> Survey:
    """Try operations that change nothing and need no item, as each user. Raises Unreachable."""
    survey, builder = Survey(), RequestBuilder(SharedState(contract, 0), CreatedItems())
    for number, user in enumerate((target.users or (ANONYMOUS,))[:MAX_USERS]):
        operations = list(_operations(contract, user))[: MAX_OPERATIONS if number == 0 else MAX_OPERATIONS // 2]
        for operation in operations:
            if len(survey.silent) < MAX_SILENT:
                _try(survey, target, builder, operation, user)
    if not survey.tried and not survey.silent:
        target.send(Request("GET", "/"))  # whether it accepts connections
    return survey


def _try(survey: Survey, target: Target, builder: RequestBuilder, operation: Operation, user: User) -> None:
    try:
        request = builder.request(operation, user=user)
        survey.tried.append(TriedOperation(user, operation, target.send(request, user)))
    except CannotBuildRequest:
        return
    except NoResponse as fault:
        survey.silent.append(fault)


def _operations(contract: Contract, user: User) -> Iterator[Operation]:
    """The GET operations whose paths need no id; those that need a credential first."""
    tenants = {each.tenant.name for each in contract.behaviour.resources.values() if each.tenant.by == "path"}
    known = tenants if user.tenant else set()
    found = [
        each
        for each in contract.document.operations
        if each.method == "get" and set(path_template.names(each.path)) <= known
    ]
    return iter(sorted(found, key=lambda each: not (each.security and all(each.security))))


def existing_paths(contract: Contract, target: Target, operations: Sequence[Operation]) -> list[str]:
    """The paths among those of the operations where OPTIONS is not answered with 404: the service has such a route.

    None, if OPTIONS is answered at any path, as some proxies do for browsers.
    """
    user = next(iter(target.users), ANONYMOUS)
    if _has_route(target, NOWHERE, user):
        return []
    builder, found = RequestBuilder(SharedState(contract, 0), CreatedItems()), []
    for operation in operations:
        with suppress(CannotBuildRequest):
            if _has_route(target, builder.request(operation, user=user).path, user):
                found.append(operation.path)
    return found


def _has_route(target: Target, path: str, user: User) -> bool:
    try:
        return target.send(Request("OPTIONS", path), user).status not in (404, 410)
    except NoResponse:
        return False
