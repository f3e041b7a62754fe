"""What a check works with: it sends requests, creates and lists items, reports violations and cleans up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from contracts.cleanup.created_items import CreatedItem
from contracts.client.pagination import listed
from contracts.client.request_builder import CannotBuildRequest, NotAllowed
from contracts.client.target import SAFE, User
from contracts.model.finding import RecordedExchange, StatementRef, finding
from contracts.model.resources import CheckedResource, ResourceOperation
from contracts.runner.list_pages import needs_words, read_pages
from contracts.runner.refused_fields import RefusedFields


class CheckContext(RefusedFields):
    """One check at one operation of a target. Violations become `findings`; `clean_up` deletes what was created."""

    def some_item(self, resource: CheckedResource) -> CreatedItem:
        """An item to send requests about: a new one, or an existing one if none may be created.

        Raises CannotBuildRequest.
        """
        if not self.target.read_only:
            return self._new_or_fixture(resource)
        if (found := self.fixture(resource, self.main_user)) is not None:
            return found
        if resource.behaviour.parent or not resource.can("list"):
            raise CannotBuildRequest("--read-only: no existing item is known, and none may be created")
        items = self.items(resource, exchange := self.list_page(resource))
        id = items[0].get(resource.behaviour.identity.field) if items else None
        if id is None:
            raise CannotBuildRequest("--read-only: the list is empty, and no item may be created")
        return CreatedItem(
            resource, id, items[0], {}, self.main_user, exchange, {resource.behaviour.identity.parameter: id}
        )

    def _new_or_fixture(self, resource: CheckedResource) -> CreatedItem:
        made = self._owner(resource, self.main_user)
        if made is None:
            raise CannotBuildRequest(f"no item of {resource.name} is known; name one in the `fixtures` of a user")
        return made

    def item_for(self, op: ResourceOperation, resource: CheckedResource | None) -> CreatedItem | None:
        """An item for requests to an operation; None if it needs none and none is known. Raises CannotBuildRequest.

        An operation that may change the item gets one of ours.
        """
        is_safe = op.operation.http_method in SAFE
        if resource is None or not (resource.can("create") or (is_safe and self.main_user.ids_of(resource.name))):
            return None
        try:
            return self.some_item(resource) if is_safe or self.target.read_only else self.create(resource)
        except NotAllowed:
            if resource.is_of_item(op):
                raise
            return None

    def created_ids(self) -> set[str]:
        """The ids of the items that this check has created and that still exist."""
        return {str(made.id) for made in self._created.present}

    def path_to(self, op: ResourceOperation, resource: CheckedResource | None) -> Mapping[str, Any]:
        """The path parameters of an operation: of an item, if the path needs one. Raises CannotBuildRequest."""
        names = [each.name for each in op.operation.parameters if each.location == "path"]
        if not names:
            return {}
        made = self.item_for(op, resource)
        if made is None or not set(names) <= set(made.path):
            raise CannotBuildRequest(f"no values are known for {', '.join(names)}")
        return made.path

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
        op = resource.operations["list"]
        user = user or (self.main_user if isinstance(made, CheckedResource) else self.acting_user(op, made))
        return self.send(op, user=user, path=path, query=query)

    def items(self, resource: CheckedResource, exchange: RecordedExchange) -> list[dict[str, Any]]:
        """The items in a list response."""
        return listed(resource.operations["list"], exchange)

    def item(self, op: ResourceOperation, exchange: RecordedExchange) -> dict[str, Any]:
        """The item in a response; empty if it contains none."""
        return op.item_in(exchange.json)

    def list_all(
        self,
        made: CreatedItem | CheckedResource,
        *,
        size: int | None = None,
        user: User | None = None,
        pages: int = 200,
        query: Mapping[str, Any] | None = None,
        op: ResourceOperation | None = None,
    ) -> tuple[list[dict[str, Any]], list[RecordedExchange]]:
        """All items of a list, read page by page, and the exchanges. `op` is another list of the same resource.

        Raises CannotBuildRequest if the list of the user who created `made`, without a query, is no success, and for a
        search that finds nothing without a word.
        """
        resource = made if isinstance(made, CheckedResource) else made.resource
        path = {} if isinstance(made, CheckedResource) else made.path
        is_ordinary = user is None and not query
        op = op or resource.operations["list"]
        if is_ordinary and isinstance(made, CreatedItem):
            query = self._scope(made, op)
        user = user or (self.main_user if isinstance(made, CheckedResource) else self.acting_user(op, made))
        if op.behaviour.paging is None:
            exchange = self.send(op, user=user, path=path, query=query)
            self._needs_list(exchange, op, is_ordinary=is_ordinary)
            items = listed(op, exchange)
            if not items and not query and needs_words(op):
                raise CannotBuildRequest(f"{op.name} is a search, and finds nothing without a word")
            return items, [exchange]
        read = read_pages(self, op, path=path, user=user, size=size, most=pages, query=query or {})
        self._needs_list(read.exchanges[0], op, is_ordinary=is_ordinary)
        return read.items, read.exchanges

    def _scope(self, made: CreatedItem, op: ResourceOperation) -> dict[str, Any]:
        """The query without which a list shows only items of another owner: `project`, where one is the usual one.

        It is found out once for each list, by the first item: the list does not show it, and shows it by the owner that
        the item was sent with.
        """
        name = self.shared.scopes.get(op.name)
        if name is None:
            name = self.shared.scopes[op.name] = ""
            asked = [each.name for each in op.operation.parameters if each.location == "query"]
            named = {each.field for each in made.resource.behaviour.references if each.key}
            able = [each for each in asked if each in named and isinstance(made.sent.get(each), str | int)]
            if able and not self._shows(made, op, {}):
                name = next((each for each in able if self._shows(made, op, {each: made.sent[each]})), "")
                self.shared.scopes[op.name] = name
        return {name: made.sent[name]} if name and name in made.sent else {}

    def _shows(self, made: CreatedItem, op: ResourceOperation, query: Mapping[str, Any]) -> bool:
        shown, _ = self.list_all(made, op=op, query=query)
        return str(made.id) in {str(each.get(made.resource.behaviour.identity.field)) for each in shown}

    def _needs_list(self, exchange: RecordedExchange, op: ResourceOperation, *, is_ordinary: bool) -> None:
        if is_ordinary and not 200 <= exchange.status < 300:
            raise CannotBuildRequest(f"{op.name} returned {exchange.status} for a valid request")

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
        this context unless others are given. `context.operation_that_wrote(exchanges)` is the operation to file a lost
        write under.
        """
        self.compared += 1
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

    def operation_that_wrote(self, exchanges: Sequence[RecordedExchange]) -> str:
        """The operation that last changed the item that the last exchange reads, or else that of this context."""
        last = exchanges[-1] if exchanges else None
        written = self._created.last_write(exchanges) if last is not None and last.method in ("GET", "HEAD") else ""
        return written or self.operation

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
        self.compared += 1
        if not holds:
            self.report_violation(expected, seen, *exchanges, about=about, statement=statement)
        return holds

    def expect_status(
        self,
        holds: bool,
        expected: str,
        *exchanges: RecordedExchange,
        about: str = "",
        statement: StatementRef | None = None,
    ) -> bool:
        """The same, where the status of the last exchange is what was seen."""
        seen = f"status {exchanges[-1].status}"
        return self.expect(holds, expected, seen, *exchanges, about=about, statement=statement)
