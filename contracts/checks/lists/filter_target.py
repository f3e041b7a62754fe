"""The list that a check of a filter is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from contracts.cleanup.created_items import CreatedItem
from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource, ResourceOperation
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Filter

EACH = "[]"
"""Ends the name of a field that is a list: the filter selects the items whose list has the value."""


class FilteredList(NamedTuple):
    """The list that is checked, with its filter."""

    resource: CheckedResource
    op: ResourceOperation
    statement: Filter

    @property
    def field(self) -> str:
        """The property that the filter is about."""
        return self.statement.field.removesuffix(EACH)

    def all(
        self, context: CheckContext, made: CreatedItem, query: Mapping[str, Any], size: int | None = None
    ) -> tuple[list[dict[str, Any]], list[RecordedExchange]]:
        """All items of the list for a query, and the exchanges."""
        return context.list_all(made, query=query, size=size, op=self.op)
