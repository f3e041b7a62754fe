"""How the items of a resource are marked as deleted, and which operations find them then, compiled at load."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from mockserver.behaviour import templates
from mockserver.behaviour.statements import Resource
from mockserver.behaviour.templates import ITEM_VALUES, Render
from mockserver.contract import Contract
from mockserver.handlers.binding.item_schemas import operations_on
from mockserver.openapi.document import Operation
from mockserver.state.record import Record


class SoftDeletePlan(Struct, frozen=True):
    """A `soft-delete` statement, compiled: `value` marks an item, and the operations `restoring` find it then."""

    field: str
    value: Render
    restoring: frozenset[tuple[str, str]]

    def hides(self, record: Record, operation: Operation) -> bool:
        """Is an item marked as deleted, so that the operation does not find it?"""
        return self.is_marked(record) and (operation.path, operation.method) not in self.restoring

    def is_marked(self, record: Record) -> bool:
        """Is an item marked as deleted?"""
        return bool(record.fields.get(self.field))


def soft_delete_plan(contract: Contract, name: str, resource: Resource) -> SoftDeletePlan | None:
    """How the items of a resource are marked as deleted; None if a DELETE does not keep them."""
    stated = resource.soft_delete
    if stated is None:
        return None
    value = templates.compile(stated.value, ITEM_VALUES)
    return SoftDeletePlan(stated.field, value, frozenset(_restoring(contract, name, stated.field)))


def _restoring(contract: Contract, name: str, field: str) -> Iterator[tuple[str, str]]:
    """The operations that set back what says that an item is deleted."""
    for operation, behaviour in operations_on(contract, name):
        if behaviour.action is not None and behaviour.action.sets.get(field, True) in (None, False):
            yield operation.path, operation.method
