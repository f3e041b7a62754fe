"""Remembers the items that a check creates, and deletes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contracts.cleanup.created_items import CreatedItem, created_item, naming_field, slug_sources
from contracts.cleanup.journal import Entry
from contracts.client.target import User
from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource
from contracts.runner.request_sender import RequestSender


class ItemRecorder(RequestSender):
    """Remembers the items that requests create; `clean_up` deletes them."""

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
        made = created_item(resource, exchange, sent, user, path)
        if made is not None:
            self._created.add(made)
            field = naming_field(resource, sent, made.id)
            if made.named is not None and field != resource.behaviour.identity.field:
                self.shared.naming[resource.name] = field
            self.shared.made.add(resource.name)
            named = slug_sources(made)
            if named:
                self.shared.named_after[resource.name] = self.shared.named_after.get(resource.name, frozenset()) | named
        if number and (made is not None or exchange.status >= 300):
            self.journal.created(number, self._entry(made) if made else None)
        return made

    def _entry(self, made: CreatedItem) -> Entry | None:
        op = made.resource.operations.get("delete")
        if op is None:
            return None
        request = self.request(op.operation, user=made.user, path=made.path)
        return Entry("DELETE", self.target.address(request), made.user.name, request.headers)

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
            self.journal.removed(self.target.address(request))
            return None
        return self.target.address(request)

    def remaining(self) -> tuple[str, ...]:
        """The addresses of created items that still exist, as far as is known."""
        return tuple(entry.address for made in self._created.present if (entry := self._entry(made)) is not None)

    def clean_up(self) -> tuple[str, ...]:
        """Delete every created item that still exists. Returns the addresses of those that could not be deleted."""
        return tuple(left for made in reversed(tuple(self._created.present)) if (left := self.remove(made)) is not None)
