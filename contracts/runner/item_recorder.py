"""Remembers the items that a check creates, and deletes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from contracts.cleanup.created_items import CreatedItem, created_item, naming_field, slug_sources
from contracts.cleanup.journal import Entry
from contracts.client.request_builder import CannotBuildRequest
from contracts.client.target import User
from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource
from contracts.runner.request_sender import RequestSender
from mockserver.inference.names import words
from mockserver.inference.values.identity import CHOSEN_BY_PEOPLE, KEYS

MOST_KEYS = 4
"""So many properties of an item are tried as its id, at most."""


def _is_guessed(made: CreatedItem) -> bool:
    """Is it only a guess that the path has this property of an item, which people choose or the reply does not show?"""
    identity, resource = made.resource.behaviour.identity, made.resource
    is_by_path = identity.location == "path" and bool(identity.parameter) and not resource.is_put
    is_unlikely = identity.field not in made.item or not CHOSEN_BY_PEOPLE.isdisjoint(words(identity.field)[-1:])
    is_guess = identity.evidence in ("inferred", "assumed") and is_unlikely
    return is_by_path and is_guess and resource.can("get")


def _others(made: CreatedItem) -> Iterator[tuple[str, CreatedItem]]:
    """The item by other properties of the reply that may be its id, with their names."""
    parameter = made.resource.behaviour.identity.parameter
    tried = 0
    for name, value in made.item.items():
        is_key = words(name)[-1:] != () and words(name)[-1] in KEYS and isinstance(value, str | int)
        if is_key and not isinstance(value, bool) and value not in ("", made.id) and tried < MOST_KEYS:
            tried += 1
            yield name, replace(made, id=value, path={**made.path, parameter: value})


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

        `number` is the one that `journal_create` returned, for a request that this context did not send. Raises
        CannotBuildRequest where its id was a guess, and wrong.
        """
        number, _ = self._numbers.pop(id(exchange), (number, exchange))
        made = self._with_key(created_item(resource, exchange, sent, user, path))
        if made is not None:
            self._created.add(made)
            field = naming_field(resource, sent, made.id)
            if made.named is not None and field != resource.behaviour.identity.field:
                self.shared.naming[resource.name] = field
            self.shared.made.add(resource.name)
            self.shared.named_after[resource.name] |= slug_sources(made)
        if number and (made is not None or exchange.status >= 300):
            self.journal.created(number, self._entry(made) if made else None)
        if key := self.shared.keys.get(resource.name):
            said = f"a GET finds a new {resource.name} by its {key} and not by its {resource.behaviour.identity.field}"
            raise CannotBuildRequest(f"{said}: state `identity: {{field: {key}}}` of it in a behaviour file")
        return made

    def _with_key(self, made: CreatedItem | None) -> CreatedItem | None:
        """The item by the id that a GET wants: where that is only inferred and not there, another one of the reply.

        The first item of a resource tells it, by one GET for each value that may be its id.
        """
        if made is None or not _is_guessed(made):
            return made
        name = made.resource.name
        if name not in self.shared.keys:
            self.shared.keys[name] = ""
            found = [key for key, other in _others(made) if self._is_there(other)] if not self._is_there(made) else []
            self.shared.keys[name] = found[0] if found else ""
        return next((other for key, other in _others(made) if key == self.shared.keys[name]), made)

    def _is_there(self, made: CreatedItem) -> bool:
        try:
            response = self.send(made.resource.operations["get"], user=made.user, path=made.path)
        except CannotBuildRequest:
            return True  # nothing says otherwise
        return response.status not in (400, 404, 410, 422)

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
