"""Finds items that exist, or that a PUT makes, where none can be created."""

from __future__ import annotations

from typing import Any

from contracts.cleanup.created_items import CreatedItem
from contracts.client.pagination import listed
from contracts.client.request_builder import CannotBuildRequest
from contracts.client.target import User
from contracts.model.lookups import entries_path
from contracts.model.resources import CheckedResource, value_at
from contracts.runner.item_recorder import ItemRecorder

HIDDEN = 404
"""The status by which a service hides an item from who may not see it (RFC 9110 section 15.5.4)."""


def owner_of(resource: CheckedResource) -> str:
    """The name of the resource that a resource is below; empty if there is none."""
    return resource.behaviour.parent.resource if resource.behaviour.parent else ""


class ExistingItems(ItemRecorder):
    """Finds items of resources without a create operation, and those that were created and are still there."""

    def _present(self, resource: CheckedResource, user: User) -> CreatedItem | None:
        """The newest item of a resource that a user created; None if there is none."""
        made = reversed(self._created.present)
        return next((each for each in made if each.resource is resource and each.user == user), None)

    def _forget_owner(self, resource: CheckedResource, user: User) -> bool:
        """Is the owner below which an item was to be created no longer the user's? It was given away, or ended."""
        owner = self.shared.resources.get(owner_of(resource))
        present = self._present(owner, user) if owner is not None else None
        if owner is None or present is None or not owner.can("create", "get"):
            return False
        if self.send(owner.operations["get"], user=user, path=present.path).status != HIDDEN:
            return False
        self._created.forget(present)
        return True

    def _listed(self, resource: CheckedResource, user: User) -> CreatedItem | None:
        """The first item of a list; None if there is none."""
        op, field = resource.operations.get("list"), resource.behaviour.identity.field
        if op is None or resource.behaviour.parent:
            return None
        exchange = self.send(op, user=user)
        item = next(iter(listed(op, exchange)), {})
        if item.get(field) is None:
            return None
        path = {resource.behaviour.identity.parameter: item[field]}
        return CreatedItem(resource, item[field], item, {}, user, exchange, path)

    def _looked_up(self, name: str, key: str) -> list[Any]:
        """The values of a property of what a list shows that no request adds to; `name` is that of its operation."""
        op, kept = self.shared.operations.get(name), self.shared.listed
        if op is not None and not kept.get(name):
            try:
                exchange = self.send(op)
            except CannotBuildRequest:
                return []
            path = entries_path(self.contract.schemas, op.operation)
            shown = value_at(exchange.json, path) if exchange.status == 200 and path is not None else None
            kept[name] = [each for each in shown if isinstance(each, dict)] if isinstance(shown, list) else []
        return [each[key] for each in kept.get(name, ()) if each.get(key) is not None]

    def _put(self, resource: CheckedResource, user: User) -> CreatedItem | None:
        """An item that a PUT to an id of our own makes; None if that is not possible."""
        op, parameter = resource.operations.get("replace"), resource.behaviour.identity.parameter
        if op is None or self.target.read_only or not op.creates_missing:
            return None
        body = self.shared.bodies.minimal(op, self.check)
        described = next((p for p in op.operation.parameters if p.name == parameter), None)
        if body is None or described is None:
            return None
        path = {parameter: self.valid(described)}
        exchange = self.send(op, user=user, path=path, body=body)
        if exchange.status >= 300:
            return None
        made = CreatedItem(resource, path[parameter], op.item_in(exchange.json), body, user, exchange, path)
        self._created.add(made)
        return made
