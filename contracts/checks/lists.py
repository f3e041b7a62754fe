"""The items of a list reply."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from contracts.cleanup.created_items import CreatedItem
from contracts.model.resources import CheckedResource


def ids(resource: CheckedResource, items: Sequence[Any]) -> list[str]:
    """The ids of items, as texts."""
    return [str(item.get(resource.behaviour.identity.field)) for item in items]


def only(resource: CheckedResource, items: Sequence[Any], created: Sequence[CreatedItem]) -> list[Any]:
    """The items that the check created."""
    wanted = {str(each.id) for each in created}
    return [item for item in items if str(item.get(resource.behaviour.identity.field)) in wanted]
