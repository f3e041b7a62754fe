"""Finds items that exist, or that a PUT makes, where none can be created."""

from __future__ import annotations

from contracts.cleanup.created_items import CreatedItem
from contracts.client.pagination import listed
from contracts.client.target import User
from contracts.model.resources import CheckedResource
from contracts.runner.item_recorder import ItemRecorder


class ExistingItems(ItemRecorder):
    """Finds items of resources without a create operation."""

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

    def _put(self, resource: CheckedResource, user: User) -> CreatedItem | None:
        """An item that a PUT to an id of our own makes; None if that is not possible."""
        op, parameter = resource.operations.get("replace"), resource.behaviour.identity.parameter
        if op is None or self.target.read_only or not (op.behaviour.action and op.behaviour.action.upsert):
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
