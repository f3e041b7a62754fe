"""Sends the requests of a check: for which user, with an entry in the journal, and with a look at each response."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from random import Random
from typing import Any, Literal

from contracts.cleanup.created_items import CreatedItems
from contracts.cleanup.journal import Journal, Pending
from contracts.client.request_builder import MISSING, CannotBuildRequest, NotAllowed, RequestBuilder
from contracts.client.target import ANONYMOUS, Target, Unanswered, User
from contracts.conformance.response_rules import response_faults
from contracts.conformance.response_validation import is_unsatisfiable, response_violations
from contracts.model.finding import Finding, RecordedExchange, StatementRef, finding
from contracts.model.lasting_responses import may_last
from contracts.model.registration import registration_of
from contracts.model.resources import ResourceOperation, name_of
from contracts.runner.shared import SharedState
from mockserver.openapi import path_template
from mockserver.openapi.document import Operation

Mode = Literal["quick", "default", "campaign"]

MAX_UNANSWERED = 3
"""After so many requests in a row without a response in time, an operation gets no more: each costs the timeout."""


class RequestSender:
    """Sends requests for one check at one operation of a target.

    Every response is validated against the document; what is wrong with one is in `response_findings`. `compared`
    counts the comparisons of the check, and `refusal` names the last response that was no success.
    """

    def __init__(
        self,
        shared: SharedState,
        target: Target,
        check: str,
        operation: str,
        statement: StatementRef | None,
        *,
        mode: Mode = "default",
        seed: int = 0,
        strict: bool = False,
        journal: Journal | None = None,
    ) -> None:
        self.shared, self.target = shared, target
        self.check, self.operation, self.statement = check, operation, statement
        self.mode, self.strict, self.journal = mode, strict, journal or Journal.in_memory()
        self.random = Random(f"{seed}/{check}/{operation}")
        self.contract, self.bodies = shared.contract, shared.bodies
        self.findings: list[Finding] = []
        self.response_findings: list[Finding] = []
        self.checked_operations: set[str] = set()
        self.compared, self.refusal = 0, ""
        self._created = CreatedItems()
        requests = RequestBuilder(shared, self._created)
        self.request, self.valid, self.new_id = requests.request, requests.valid, requests.new_id
        self._numbers: dict[int, tuple[str, RecordedExchange]] = {}

    # Users.

    @cached_property
    def main_user(self) -> User:
        """The user that sends requests unless another one is given: the first whose role may do everything."""
        return next(iter(self.unrestricted_users), ANONYMOUS)

    @cached_property
    def unrestricted_users(self) -> list[User]:
        """The users whose role may do everything; if there are none, all users."""
        roles_of_operations = [
            op.behaviour.permission.roles for op in self.shared.operations.values() if op.behaviour.permission
        ]
        unrestricted = [
            user
            for user in self.target.users
            if not user.role or all(user.role in roles for roles in roles_of_operations)
        ]
        return unrestricted or list(self.target.users)

    def other_tenant_user(self) -> User:
        """A user of another tenant with the same rights there. Raises CannotBuildRequest if there is none."""
        for each in self.unrestricted_users:
            if each.secret != self.main_user.secret and (each.tenant != self.main_user.tenant or not each.tenant):
                return each
        made_by = registration_of(self.contract)
        how = f"; {made_by} makes accounts" if made_by else ""
        raise CannotBuildRequest(f"this check needs a credential of a second tenant; give one by another --auth{how}")

    def tenants_of(self, user: User) -> tuple[str, ...]:
        """The tenants that a credential of the sandbox may use; empty if the behaviour file does not say."""
        listed = {c.value: c for c in self.contract.behaviour.service.credentials}
        return tuple(listed[user.secret].tenants or ()) if user.secret in listed else ()

    # Requests.

    def send(
        self,
        op: ResourceOperation | Operation,
        *,
        user: User | None = None,
        path: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        body: Any = MISSING,
        headers: Mapping[str, str] | None = None,
        media_type: str = "",
        once: bool = False,
        may_fail: bool = False,
        may_be_refused: bool = False,
    ) -> RecordedExchange:
        """Send a request to an operation. What the contract requires and the arguments leave out is filled in.

        With `once`, a 429 is not waited out. With `may_fail`, a server error is left to the caller, and so
        is an answer that cannot be read, which may repeat an odd request. One that `may_be_refused` says nothing of
        what the user may do elsewhere.
        The response is validated against the document. Where the service demands a condition (428), the request is sent
        again with the entity tag of the item.
        Raises as `Target.send`, and CannotBuildRequest: NotAllowed if the main user may not use the operation.
        """
        operation = op.operation if isinstance(op, ResourceOperation) else op
        user = self._default_user(path) if user is None else user
        request = self.request(
            operation, user=user, path=path, query=query, body=body, headers=headers, media_type=media_type
        )
        with self._answering(operation):
            number = self.journal_create(operation, user, path or {}, body)
            exchange = self.target.send_once(request, user) if once else self.target.send(request, user)
        self._answered(number, exchange)
        self._created.wrote(name_of(operation), exchange)
        if not may_fail or (exchange.status < 500 and exchange.json is not None):
            self.check_response(operation, exchange)
        else:
            self._check_rules(operation, exchange)
        if exchange.method == "DELETE" and exchange.status < 300:
            self._created.removed_by(exchange)
        if not may_be_refused:
            is_ordinary = not (query or headers) and self._is_own(operation, path or {})
            self._record_access(operation, user, exchange, path or {}, ordinary=is_ordinary)
        tag = self._entity_tag(operation, user, path, headers or {}) if exchange.status == 428 else ""
        if tag:
            again = {**(headers or {}), "If-Match": tag}
            return self.send(op, user=user, path=path, query=query, body=body, headers=again, media_type=media_type)
        return exchange

    def _default_user(self, path: Mapping[str, Any] | None) -> User:
        """Who sends a request: the main user, or who made the item, where that has to be another one."""
        present = reversed(self._created.present) if path and self.shared.below_others else ()
        return next((made.user for made in present if made.path == path), self.main_user)

    def _entity_tag(
        self, operation: Operation, user: User, path: Mapping[str, Any] | None, headers: Mapping[str, str]
    ) -> str:
        """The entity tag of the item, which a service demands by 428 (RFC 6585 section 3); empty if there is none."""
        op = self.shared.operations.get(name_of(operation))
        action = op.behaviour.action if op is not None else None
        resource = self.shared.resources.get(action.of) if action is not None else None
        if resource is None or not path or not resource.can("get") or "if-match" in {each.lower() for each in headers}:
            return ""
        request = self.request(resource.operations["get"].operation, user=user, path=path)
        return self.target.send(request, user).header("etag") or ""

    def _record_access(
        self, operation: Operation, user: User, exchange: RecordedExchange, path: Mapping[str, Any], *, ordinary: bool
    ) -> None:
        """Record whether the user may use the operation. Raises NotAllowed.

        Only an `ordinary` request says that a user may not: one without further parameters, about own items.
        """
        name = name_of(operation)
        self.shared.access.record(user.name, name, exchange.status)
        if exchange.status >= 400:
            self.refusal = f"{name} returned {exchange.status}"
        access, status = self.shared.access, exchange.status
        if user == self.main_user and access.is_refused(user.name, name, status, ordinary=ordinary):
            raise NotAllowed(f"{user.name} may not use {name} ({exchange.status})")
        is_doubtful = status == 403 and user == self.main_user and not access.has_succeeded(user.name, name)
        if is_doubtful and self._is_below_others(operation, path):
            raise CannotBuildRequest(f"{name} answers 403 to {user.name} below an item that is not its own")

    def _is_below_others(self, operation: Operation, path: Mapping[str, Any]) -> bool:
        """Does a path lead through an item that was there before the run?"""
        made = {str(each.id) for each in self._created.present}
        for name in path_template.names(operation.path):
            known = self.shared.existing.get(operation.path.partition("{" + name + "}")[0] + "{" + name + "}")
            if known is not None and str(path.get(name, known)) == str(known) and str(known) not in made:
                return True
        return False

    def require_access(self, op: ResourceOperation) -> None:
        """Raise NotAllowed if the main user is known not to be allowed to use an operation."""
        if self.shared.access.refusal(self.main_user.name, op.name):
            raise NotAllowed(f"{self.main_user.name} may not use {op.name}")

    def _is_own(self, operation: Operation, path: Mapping[str, Any]) -> bool:
        """Does a path lead only to what the main user has created, or to its tenant?"""
        made = {str(each.id) for each in self._created.present if each.user == self.main_user}
        made |= {str(id) for _, ids in self.main_user.fixtures for id in ids}
        tenant = self.main_user.tenant
        return all(
            str(path[name]) in made | {tenant} if name in path else bool(tenant)
            for name in path_template.names(operation.path)
        )

    def send_together(
        self, operation: Operation, bodies: Sequence[Any], path: Mapping[str, Any], user: User | None = None
    ) -> list[RecordedExchange]:
        """Send the same request with different bodies in parallel. Raises as `Target.send_together`."""
        user = self.main_user if user is None else user
        requests = [(self.request(operation, user=user, path=path, body=b), user) for b in bodies]
        with self._answering(operation):
            numbers = [self.journal_create(operation, user, path, body) for body in bodies]
            exchanges = self.target.send_together(requests)
        for number, exchange in zip(numbers, exchanges, strict=True):
            self._answered(number, exchange)
            self._created.wrote(name_of(operation), exchange)
            self._record_access(operation, user, exchange, path, ordinary=self._is_own(operation, path))
        return [self.check_response(operation, exchange) for exchange in exchanges]

    @contextmanager
    def _answering(self, operation: Operation) -> Iterator[None]:
        """Count the requests without a response. Raises CannotBuildRequest after MAX_UNANSWERED of them."""
        name, unanswered = name_of(operation), self.shared.unanswered
        if unanswered[name] >= MAX_UNANSWERED:
            raise CannotBuildRequest(f"{name} did not respond to {MAX_UNANSWERED} requests in time")
        try:
            yield
        except Unanswered as silence:
            unanswered[name] += 1
            silence.may_last = may_last(self.contract, operation)
            raise
        unanswered[name] = 0

    def journal_create(self, operation: Operation, user: User, path: Mapping[str, Any], body: Any) -> str:
        """Record in the journal that a create request will be sent. Returns its number; empty if nothing is created."""
        resource = self.shared.created_by.get(name_of(operation))
        if resource is None or any(made.path == path for made in self._created.present):
            return ""  # what is put again is no new item
        number = self.shared.number()
        fields = body if isinstance(body, Mapping) else {}
        shows = {
            name: value for name, value in fields.items() if name not in resource.write_only_fields and _is_short(value)
        }
        self.journal.creating(
            number, Pending(self.target.base_url, name_of(operation), user.name, user.tenant, dict(path), shows)
        )
        return number

    def _answered(self, number: str, exchange: RecordedExchange) -> None:
        """An unsuccessful create request created nothing. A successful one waits for `record_created`."""
        if number and 200 <= exchange.status < 300:
            self._numbers[id(exchange)] = (number, exchange)
        elif number:
            self.journal.created(number, None)

    def check_response(self, operation: Operation, exchange: RecordedExchange) -> RecordedExchange:
        """Validate a response against the document. Returns the exchange."""
        self.checked_operations.add(name_of(operation))
        found = list(response_violations(operation, exchange, self.contract))
        if not is_unsatisfiable(self.contract, operation, exchange):
            self._ask_openapi_core(operation, exchange, [each.seen for each in found])
        for each in found:
            self.response_findings.append(
                finding(
                    "document",
                    name_of(operation),
                    expected=each.expected,
                    seen=each.seen,
                    about=each.about,
                    exchanges=self._created.steps_to_show(exchange),
                )
            )
        self._check_rules(operation, exchange)
        return exchange

    def _check_rules(self, operation: Operation, exchange: RecordedExchange) -> None:
        """Look for what no response may be or contain, such as a stack trace in the answer to odd input."""
        for fault in response_faults(operation, exchange, self.contract):
            steps = self._created.steps_to_show(exchange)
            self.response_findings.append(fault.as_finding(name_of(operation), steps, strict=self.strict))

    def _ask_openapi_core(self, operation: Operation, exchange: RecordedExchange, faults: Sequence[str]) -> None:
        with self.shared.openapi_core_lock:
            self.shared.openapi_core.compare(operation, exchange, self.target.base_url, "mockserver", faults)


def _is_short(value: Any) -> bool:
    return isinstance(value, int) or (isinstance(value, str) and len(value) < 200)
