"""Where a promise is held: it sends requests, makes items, looks at them and takes them away again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from random import Random
from typing import Any, Literal

from contracts.cleanup.created_items import CreatedItem, CreatedItems
from contracts.cleanup.journal import Entry, Journal, Pending
from contracts.client.pagination import following, largest_page
from contracts.client.path_values import may_name
from contracts.client.request_builder import MISSING, CannotBuildRequest, RequestBuilder
from contracts.client.target import NOBODY, Target, User
from contracts.conformance.response_validation import is_unsatisfiable, response_violations
from contracts.model.finding import Finding, RecordedExchange, StatementRef, finding
from contracts.model.resources import CheckedResource, ResourceOperation, name_of, value_at
from contracts.runner.shared import SharedState
from mockserver.openapi.document import Operation

Mode = Literal["quick", "default", "campaign"]


class CheckContext:
    """One promise being held against a target. Breaches become findings; what was made is taken away by `tidy`."""

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
        self.shared, self.target, self.check, self.operation, self.statement = (
            shared,
            target,
            check,
            operation,
            statement,
        )
        self.mode, self.strict, self.journal = mode, strict, journal or Journal.nowhere()
        self.random = Random(f"{seed}/{check}/{operation}")
        self.contract, self.bodies = shared.contract, shared.bodies
        self.findings: list[Finding] = []
        self.response_findings: list[Finding] = []
        self.checked_operations: set[str] = set()
        self._created = CreatedItems()
        requests = RequestBuilder(shared, self._created)
        self.request, self.valid = requests.request, requests.valid
        self._numbers: dict[int, tuple[str, RecordedExchange]] = {}

    # Who asks.

    @cached_property
    def main_user(self) -> User:
        """Who the promise is held as: the first identity whose role may do everything."""
        return next(iter(self.unrestricted_users), NOBODY)

    @cached_property
    def unrestricted_users(self) -> list[User]:
        """The identities whose role may do everything; all of them when no role may."""
        wanted = [op.behaviour.permission.roles for op in self.shared.operations.values() if op.behaviour.permission]
        able = [i for i in self.target.users if not i.role or all(i.role in roles for roles in wanted)]
        return able or list(self.target.users)

    def other_tenant_user(self) -> User:
        """Somebody with a tenant of their own and the same rights there. Raises Unable when there is nobody."""
        for each in self.unrestricted_users:
            if each.secret != self.main_user.secret and (each.tenant != self.main_user.tenant or not each.tenant):
                return each
        raise CannotBuildRequest("only one tenant's credential is known; give a second one to examine this")

    def tenants_of(self, user: User) -> tuple[str, ...]:
        """The tenants in which a listed credential may work, if it is said."""
        listed = {c.value: c for c in self.contract.behaviour.service.credentials}
        return tuple(listed[user.secret].tenants or ()) if user.secret in listed else ()

    # What is sent.

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
        """Send a request to an operation, filling in what the contract requires and nobody gave.

        The reply is judged by the document on the way. Raises as `Target.send`.
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
        """Send the same request with different bodies at the same time. Raises as `Target.together`."""
        numbers = [self.journal_create(operation, self.main_user, path, body) for body in bodies]
        exchanges = self.target.send_together(
            [(self.request(operation, user=self.main_user, path=path, body=body), self.main_user) for body in bodies]
        )
        for number, exchange in zip(numbers, exchanges, strict=True):
            self._answered(number, exchange)
        return [self.check_response(operation, exchange) for exchange in exchanges]

    def journal_create(self, operation: Operation, user: User, path: Mapping[str, Any], body: Any) -> str:
        """Write down that something is about to be created. Answers the number of the request, if it creates."""
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
        """What a success made is written down by `made`; a refusal made nothing."""
        if number and 200 <= exchange.status < 300:
            self._numbers[id(exchange)] = (number, exchange)
        elif number:
            self.journal.created(number, None)

    def check_response(self, operation: Operation, exchange: RecordedExchange) -> RecordedExchange:
        """Note where a reply is not as the document says."""
        self.checked_operations.add(name_of(operation))
        found = list(response_violations(operation, exchange, self.contract))
        if not is_unsatisfiable(self.contract, operation, exchange):
            self._hear(operation, exchange, [each.seen for each in found])
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

    def _hear(self, operation: Operation, exchange: RecordedExchange, faults: Sequence[str]) -> None:
        with self.shared.hearing:
            self.shared.jury.hear(operation, exchange, self.target.base_url, "mockserver", faults)

    # What is made.

    def body(self, resource: CheckedResource, *, full: bool = False, **fields: Any) -> dict[str, Any]:
        """A body that creates an item, told apart by a mark of ours. Raises Unable where none can be made."""
        op = resource.operations["create"]
        made = (self.bodies.most if full else self.bodies.least)(op, f"{self.check}/{self.random.random()}")
        if made is None:
            raise CannotBuildRequest(f"no valid body can be made for {op.name}")
        return self._reachable(resource, self.bodies.marked(op, resource, made, self.shared.mark())) | fields

    def _reachable(self, resource: CheckedResource, body: dict[str, Any]) -> dict[str, Any]:
        """The body without an id under which nobody could ask for the item again, if it may be left out."""
        id, slim = (
            resource.behaviour.identity,
            {k: v for k, v in body.items() if k != resource.behaviour.identity.field},
        )
        asked = [op.operation for op in resource.operations.values() if resource.is_of_item(op)]
        reachable = all(may_name(self.contract.schemas, each, id.parameter, body.get(id.field)) for each in asked)
        may_go = id.field in body and self.bodies.accepts(resource.operations["create"], slim)
        return slim if may_go and not reachable else body

    def create(
        self,
        resource: CheckedResource,
        body: Mapping[str, Any] | None = None,
        *,
        user: User | None = None,
        path: Mapping[str, Any] | None = None,
    ) -> CreatedItem:
        """Make an item. Raises Unable when the service will not have it (which the create promise tells)."""
        exchange, made = self.try_create(resource, body, user=user, path=path)
        if made is None:
            told = "shows no id" if exchange.status < 300 else f"answers {exchange.status} to a valid request"
            raise CannotBuildRequest(f"{resource.operations['create'].name} {told}")
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
        """Ask for an item to be made: the exchange, and the item when there is one now."""
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
        """The item that an answered create request made, to be taken away in the end; None when it made none.

        `number` is the one that `announce` gave, for a request that was not sent by this stage.
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
        """The path parameters of the owners of a resource, which are made for it."""
        parent = resource.behaviour.parent
        owner = self.shared.resources.get(parent.resource) if parent else None
        if parent is None or owner is None or not owner.can("create"):
            return {}
        present = next((m for m in self._created.present if m.resource is owner and m.user == user), None)
        made = present or self.create(owner, user=user)
        return {**made.path, parent.parameter: made.id, **({resource.owner_key: made.id} if resource.owner_key else {})}

    def created_items(self, resource: CheckedResource) -> tuple[CreatedItem, ...]:
        """What was made of a kind and not taken away yet."""
        return tuple(made for made in self._created.present if made.resource.name == resource.name)

    def remove(self, made: CreatedItem) -> str | None:
        """Take an item away. Answers its address when it could not be removed, or cannot be."""
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
        """The addresses of what was made and is still there as far as we know."""
        return tuple(entry.address for made in self._created.present if (entry := self._entry(made)) is not None)

    def some_item(self, resource: CheckedResource) -> CreatedItem:
        """An item to ask for: a new one, or in a read-only examination one that is there. Raises Unable."""
        if not self.target.read_only:
            return self.create(resource)
        if resource.behaviour.parent or not resource.can("list"):
            raise CannotBuildRequest("the examination is read-only, and nothing is known to be there")
        items = self.items(resource, exchange := self.list_page(resource))
        id = items[0].get(resource.behaviour.identity.field) if items else None
        if id is None:
            raise CannotBuildRequest("the examination is read-only, and nothing is there to be read")
        return CreatedItem(
            resource, id, items[0], {}, self.main_user, exchange, {resource.behaviour.identity.parameter: id}
        )

    def clean_up(self) -> tuple[str, ...]:
        """Take away what was made and still exists. Answers the addresses that could not be removed."""
        return tuple(left for made in reversed(tuple(self._created.present)) if (left := self.remove(made)) is not None)

    # What is seen.

    def get(self, made: CreatedItem, *, user: User | None = None) -> RecordedExchange:
        """Ask for an item."""
        return self.send(made.resource.operations["get"], user=user or made.user, path=made.path)

    def update(self, made: CreatedItem, body: Any, *, user: User | None = None) -> RecordedExchange:
        """Change an item by PATCH, or by PUT where there is no other way."""
        op = made.resource.operations.get("update") or made.resource.operations["replace"]
        return self.send(op, user=user or made.user, path=made.path, body=body)

    def delete(self, made: CreatedItem, *, user: User | None = None) -> RecordedExchange:
        """Remove an item."""
        return self.send(made.resource.operations["delete"], user=user or made.user, path=made.path)

    def list_page(
        self, made: CreatedItem | CheckedResource, *, user: User | None = None, query: Mapping[str, Any] | None = None
    ) -> RecordedExchange:
        """Ask for a list (one page), below the same owner as `made`."""
        resource = made if isinstance(made, CheckedResource) else made.resource
        path = {} if isinstance(made, CheckedResource) else made.path
        user = user or (self.main_user if isinstance(made, CheckedResource) else made.user)
        return self.send(resource.operations["list"], user=user, path=path, query=query)

    def items(self, resource: CheckedResource, exchange: RecordedExchange) -> list[dict[str, Any]]:
        """The items of a list reply."""
        found = value_at(exchange.json, resource.operations["list"].reply_path("items"))
        return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []

    def item(self, op: ResourceOperation, exchange: RecordedExchange) -> dict[str, Any]:
        """The item of a reply; empty where it shows none."""
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
        """Every item of a list, page by page as the contract says, and the exchanges that showed them."""
        resource = made if isinstance(made, CheckedResource) else made.resource
        op = resource.operations["list"]
        paging = op.behaviour.paging
        if paging is None:
            exchange = self.list_page(made, user=user, query=query)
            return self.items(resource, exchange), [exchange]
        found: list[dict[str, Any]] = []
        asked: list[RecordedExchange] = []
        size = size or paging.maximum or largest_page(self.contract, op, paging.limit) or paging.default
        position: Any = None
        for page in range(pages):
            given: dict[str, Any] = {paging.limit: size, **(query or {})} | (
                {paging.position: position} if position is not None else {}
            )
            exchange = self.list_page(made, user=user, query=given)
            asked.append(exchange)
            items = self.items(resource, exchange)
            found += items
            position = following(self.shared.resources, op, exchange, items, page, len(found), size)
            if position is None:
                break
        return found, asked

    # What is told.

    def report_violation(
        self,
        expected: str,
        seen: str,
        *exchanges: RecordedExchange,
        about: str = "",
        statement: StatementRef | None = None,
        operation: str = "",
    ) -> None:
        """The promise is broken: what was expected, what was seen, and the exchanges that show it."""
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
        """Tell a breach unless it holds. Answers whether it holds."""
        if not holds:
            self.report_violation(expected, seen, *exchanges, about=about, statement=statement)
        return holds


def _is_short(value: Any) -> bool:
    return isinstance(value, int) or (isinstance(value, str) and len(value) < 200)
