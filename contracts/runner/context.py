"""What a check works with: it sends requests, creates and lists items, reports violations and cleans up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from random import Random
from typing import Any, Literal

from contracts.cleanup.created_items import CreatedItem, CreatedItems
from contracts.cleanup.journal import Entry, Journal, Pending
from contracts.client.pagination import following, largest_page
from contracts.client.path_values import may_be_id
from contracts.client.request_builder import MISSING, CannotBuildRequest, RequestBuilder
from contracts.client.target import ANONYMOUS, Target, User
from contracts.conformance.response_validation import is_unsatisfiable, response_violations
from contracts.model.finding import Finding, RecordedExchange, StatementRef, finding
from contracts.model.resources import CheckedResource, ResourceOperation, name_of, value_at
from contracts.runner.shared import SharedState
from mockserver.openapi.document import Operation

Mode = Literal["quick", "default", "campaign"]


class CheckContext:
    """One check at one operation of a target. Violations become `findings`; `clean_up` deletes what was created.

    Every response is also validated against the document; what is wrong with one is in `response_findings`.
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
        self._created = CreatedItems()
        requests = RequestBuilder(shared, self._created)
        self.request, self.valid = requests.request, requests.valid
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
        raise CannotBuildRequest("this check needs a credential of a second tenant; give one by another --auth")

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
    ) -> RecordedExchange:
        """Send a request to an operation. What the contract requires and the arguments leave out is filled in.

        With `once`, a 429 is not waited out. The response is validated against the document.
        Raises as `Target.send`, and CannotBuildRequest.
        """
        operation = op.operation if isinstance(op, ResourceOperation) else op
        user = self.main_user if user is None else user
        request = self.request(
            operation, user=user, path=path, query=query, body=body, headers=headers, media_type=media_type
        )
        number = self.journal_create(operation, user, path or {}, body)
        exchange = self.target.send_once(request, user) if once else self.target.send(request, user)
        self._answered(number, exchange)
        self.check_response(operation, exchange)
        if exchange.method == "DELETE" and exchange.status < 300:
            self._created.removed_by(exchange)
        return exchange

    def send_together(
        self, operation: Operation, bodies: Sequence[Any], path: Mapping[str, Any]
    ) -> list[RecordedExchange]:
        """Send the same request with different bodies in parallel. Raises as `Target.send_together`."""
        numbers = [self.journal_create(operation, self.main_user, path, body) for body in bodies]
        exchanges = self.target.send_together(
            [(self.request(operation, user=self.main_user, path=path, body=body), self.main_user) for body in bodies]
        )
        for number, exchange in zip(numbers, exchanges, strict=True):
            self._answered(number, exchange)
        return [self.check_response(operation, exchange) for exchange in exchanges]

    def journal_create(self, operation: Operation, user: User, path: Mapping[str, Any], body: Any) -> str:
        """Record in the journal that a create request will be sent. Returns its number; empty if nothing is created."""
        resource = self.shared.created_by.get(name_of(operation))
        if resource is None:
            return ""
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
        return exchange

    def _ask_openapi_core(self, operation: Operation, exchange: RecordedExchange, faults: Sequence[str]) -> None:
        with self.shared.openapi_core_lock:
            self.shared.openapi_core.compare(operation, exchange, self.target.base_url, "mockserver", faults)

    # Creating and deleting.

    def body(self, resource: CheckedResource, *, full: bool = False, **fields: Any) -> dict[str, Any]:
        """A valid create body that contains a unique mark. `full` fills in optional fields too.

        Raises CannotBuildRequest if no valid body can be generated.
        """
        op = resource.operations["create"]
        made = (self.bodies.full if full else self.bodies.minimal)(op, f"{self.check}/{self.random.random()}")
        if made is None:
            raise CannotBuildRequest(f"cannot generate a valid body for {op.name}")
        return self._reachable(resource, self.bodies.marked(op, resource, made, self.shared.mark())) | fields

    def _reachable(self, resource: CheckedResource, body: dict[str, Any]) -> dict[str, Any]:
        """The body without an id that no request could name in its path, if the id may be left out."""
        id, without_id = (
            resource.behaviour.identity,
            {k: v for k, v in body.items() if k != resource.behaviour.identity.field},
        )
        of_item = [op.operation for op in resource.operations.values() if resource.is_of_item(op)]
        reachable = all(may_be_id(self.contract.schemas, each, id.parameter, body.get(id.field)) for each in of_item)
        is_optional = id.field in body and self.bodies.accepts(resource.operations["create"], without_id)
        return without_id if is_optional and not reachable else body

    def create(
        self,
        resource: CheckedResource,
        body: Mapping[str, Any] | None = None,
        *,
        user: User | None = None,
        path: Mapping[str, Any] | None = None,
    ) -> CreatedItem:
        """Create an item. Raises CannotBuildRequest if that fails; the check `create` reports the failure itself."""
        exchange, made = self.try_create(resource, body, user=user, path=path)
        if made is None:
            reason = "returned no id" if exchange.status < 300 else f"returned {exchange.status} for a valid request"
            raise CannotBuildRequest(f"{resource.operations['create'].name} {reason}")
        return made

    def try_create(
        self,
        resource: CheckedResource,
        body: Mapping[str, Any] | None = None,
        *,
        user: User | None = None,
        path: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[RecordedExchange, CreatedItem | None]:
        """Send a create request. Returns the exchange, and the item if one was created."""
        user = self.main_user if user is None else user
        op = resource.operations["create"]
        sent = self.body(resource) if body is None else dict(body)
        path = {**self.parent_path(resource, user), **(path or {})}
        exchange = self.send(op, user=user, path=path, body=sent, headers=headers)
        return exchange, self.record_created(resource, exchange, sent, user, path)

    def record_created(
        self,
        resource: CheckedResource,
        exchange: RecordedExchange,
        sent: Mapping[str, Any],
        user: User,
        path: Mapping[str, Any],
        number: str = "",
    ) -> CreatedItem | None:
        """Remember the item that a create request created, so that `clean_up` deletes it. Returns None if there is
        none.

        `number` is the one that `journal_create` returned, for a request that this context did not send.
        """
        number, _ = self._numbers.pop(id(exchange), (number, exchange))
        made = self._made_of(resource, exchange, sent, user, path)
        if made is not None:
            self._created.add(made)
        if number and (made is not None or exchange.status >= 300):
            self.journal.created(number, self._entry(made) if made else None)
        return made

    def _made_of(
        self,
        resource: CheckedResource,
        exchange: RecordedExchange,
        sent: Mapping[str, Any],
        user: User,
        path: Mapping[str, Any],
    ) -> CreatedItem | None:
        if not 200 <= exchange.status < 300:
            return None
        item = value_at(exchange.json, resource.operations["create"].reply_path("item"))
        shown = item if isinstance(item, dict) else {}
        field = resource.behaviour.identity.field
        id = shown.get(field, value_at(exchange.json, resource.operations["create"].reply_path("id")))
        id = sent.get(field) if id is None else id
        if id is None:
            return None
        return CreatedItem(
            resource, id, shown, sent, user, exchange, {**path, resource.behaviour.identity.parameter: id}
        )

    def _entry(self, made: CreatedItem) -> Entry | None:
        op = made.resource.operations.get("delete")
        if op is None:
            return None
        request = self.request(op.operation, user=made.user, path=made.path)
        return Entry("DELETE", self.target.base_url + request.path, made.user.name, request.headers)

    def parent_path(self, resource: CheckedResource, user: User) -> dict[str, Any]:
        """Path parameters that name the owners of a resource. Owners that do not exist yet are created."""
        parent = resource.behaviour.parent
        owner = self.shared.resources.get(parent.resource) if parent else None
        if parent is None or owner is None or not owner.can("create"):
            return {}
        present = next((m for m in self._created.present if m.resource is owner and m.user == user), None)
        made = present or self.create(owner, user=user)
        return {**made.path, parent.parameter: made.id, **({resource.owner_key: made.id} if resource.owner_key else {})}

    def created_items(self, resource: CheckedResource) -> tuple[CreatedItem, ...]:
        """The items of a resource that this context created and that still exist."""
        return tuple(made for made in self._created.present if made.resource.name == resource.name)

    def remove(self, made: CreatedItem) -> str | None:
        """Delete an item. Returns None, or its address if it could not be deleted."""
        op = made.resource.operations.get("delete")
        if op is None:
            self._created.forget(made)
            return None if made.resource.behaviour.parent else f"{made.resource.name} {made.id}"
        request = self.request(op.operation, user=made.user, path=made.path)
        status = self.target.send(request, made.user).status
        self._created.forget(made)
        if 200 <= status < 300 or status in (404, 410):
            self.journal.removed(self.target.base_url + request.path)
            return None
        return self.target.base_url + request.path

    def remaining(self) -> tuple[str, ...]:
        """The addresses of created items that still exist, as far as is known."""
        return tuple(entry.address for made in self._created.present if (entry := self._entry(made)) is not None)

    def some_item(self, resource: CheckedResource) -> CreatedItem:
        """An item to send requests about: a new one, or with --read-only an existing one. Raises CannotBuildRequest."""
        if not self.target.read_only:
            return self.create(resource)
        if resource.behaviour.parent or not resource.can("list"):
            raise CannotBuildRequest("--read-only: no existing item is known, and none may be created")
        items = self.items(resource, exchange := self.list_page(resource))
        id = items[0].get(resource.behaviour.identity.field) if items else None
        if id is None:
            raise CannotBuildRequest("--read-only: the list is empty, and no item may be created")
        return CreatedItem(
            resource, id, items[0], {}, self.main_user, exchange, {resource.behaviour.identity.parameter: id}
        )

    def clean_up(self) -> tuple[str, ...]:
        """Delete every created item that still exists. Returns the addresses of those that could not be deleted."""
        return tuple(left for made in reversed(tuple(self._created.present)) if (left := self.remove(made)) is not None)

    # Reading.

    def get(self, made: CreatedItem, *, user: User | None = None) -> RecordedExchange:
        """Get an item."""
        return self.send(made.resource.operations["get"], user=user or made.user, path=made.path)

    def update(self, made: CreatedItem, body: Any, *, user: User | None = None) -> RecordedExchange:
        """Update an item by the update operation (PATCH); if there is none, by the replace operation (PUT)."""
        op = made.resource.operations.get("update") or made.resource.operations["replace"]
        return self.send(op, user=user or made.user, path=made.path, body=body)

    def delete(self, made: CreatedItem, *, user: User | None = None) -> RecordedExchange:
        """Delete an item."""
        return self.send(made.resource.operations["delete"], user=user or made.user, path=made.path)

    def list_page(
        self, made: CreatedItem | CheckedResource, *, user: User | None = None, query: Mapping[str, Any] | None = None
    ) -> RecordedExchange:
        """Get a list (one page), below the same owner as `made`."""
        resource = made if isinstance(made, CheckedResource) else made.resource
        path = {} if isinstance(made, CheckedResource) else made.path
        user = user or (self.main_user if isinstance(made, CheckedResource) else made.user)
        return self.send(resource.operations["list"], user=user, path=path, query=query)

    def items(self, resource: CheckedResource, exchange: RecordedExchange) -> list[dict[str, Any]]:
        """The items in a list response."""
        found = value_at(exchange.json, resource.operations["list"].reply_path("items"))
        return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []

    def item(self, op: ResourceOperation, exchange: RecordedExchange) -> dict[str, Any]:
        """The item in a response; empty if it contains none."""
        found = value_at(exchange.json, op.reply_path("item"))
        return found if isinstance(found, dict) else {}

    def list_all(
        self,
        made: CreatedItem | CheckedResource,
        *,
        size: int | None = None,
        user: User | None = None,
        pages: int = 200,
        query: Mapping[str, Any] | None = None,
    ) -> tuple[list[dict[str, Any]], list[RecordedExchange]]:
        """All items of a list, read page by page, and the exchanges."""
        resource = made if isinstance(made, CheckedResource) else made.resource
        op = resource.operations["list"]
        paging = op.behaviour.paging
        if paging is None:
            exchange = self.list_page(made, user=user, query=query)
            return self.items(resource, exchange), [exchange]
        found: list[dict[str, Any]] = []
        exchanges: list[RecordedExchange] = []
        size = size or paging.maximum or largest_page(self.contract, op, paging.limit) or paging.default
        position: Any = None
        for page in range(pages):
            given: dict[str, Any] = {paging.limit: size, **(query or {})} | (
                {paging.position: position} if position is not None else {}
            )
            exchange = self.list_page(made, user=user, query=given)
            exchanges.append(exchange)
            items = self.items(resource, exchange)
            found += items
            position = following(self.shared.resources, op, exchange, items, page, len(found), size)
            if position is None:
                break
        return found, exchanges

    # Reporting.

    def report_violation(
        self,
        expected: str,
        seen: str,
        *exchanges: RecordedExchange,
        about: str = "",
        statement: StatementRef | None = None,
        operation: str = "",
    ) -> None:
        """Report a violation: what was expected, what was seen, and the exchanges that show it.

        `about` keeps several findings of one check at one operation apart. `statement` and `operation` are those of
        this context unless others are given.
        """
        self.findings.append(
            finding(
                self.check,
                operation or self.operation,
                expected=expected,
                seen=seen,
                about=about,
                statement=statement or self.statement,
                exchanges=self._created.steps_to(*exchanges),
                strict=self.strict,
            )
        )

    def expect(
        self,
        holds: bool,
        expected: str,
        seen: str,
        *exchanges: RecordedExchange,
        about: str = "",
        statement: StatementRef | None = None,
    ) -> bool:
        """Report a violation unless `holds`. Returns `holds`."""
        if not holds:
            self.report_violation(expected, seen, *exchanges, about=about, statement=statement)
        return holds


def _is_short(value: Any) -> bool:
    return isinstance(value, int) or (isinstance(value, str) and len(value) < 200)
