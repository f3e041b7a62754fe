"""The items of a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.resources import CheckedResource
from mockserver.behaviour.statements import Order


def ids(resource: CheckedResource, items: Sequence[Any]) -> list[str]:
    """The ids of items, as texts. Raises CannotBuildRequest if the items of a list show no id."""
    field = resource.behaviour.identity.field
    if items and not any(isinstance(item, dict) and field in item for item in items):
        raise CannotBuildRequest(f"the list shows no {field}, so its items cannot be told apart")
    return [str(item.get(field)) for item in items]


def only(resource: CheckedResource, items: Sequence[Any], created: Sequence[CreatedItem]) -> list[Any]:
    """The items that the check created. Raises CannotBuildRequest if the items of a list show no id."""
    wanted = {str(each.id) for each in created}
    return [item for item, id in zip(items, ids(resource, items), strict=True) if id in wanted]


def in_one_list(resource: CheckedResource, created: Sequence[CreatedItem]) -> list[CreatedItem]:
    """The created items that one list shows: those below the owner that most of them have.

    A create may need another owner than the one before, such as a parcel that is not delivered yet.
    """
    own = resource.behaviour.identity.parameter
    owners = [{name: value for name, value in each.path.items() if name != own} for each in created]
    most = max(owners, key=owners.count)
    return [each for each, owner in zip(created, owners, strict=True) if owner == most]


def order_of(resource: CheckedResource) -> Order:
    """How the list of a resource is ordered. What a sentence says of another list of the same items may be otherwise."""
    sort, times = resource.operations["list"].behaviour.sort, resource.behaviour.timestamps
    if sort is None or sort.parameter or not sort.default:
        return resource.behaviour.order
    field, is_reversed = sort.default.lstrip("-"), sort.default.startswith("-") != (sort.default_direction == "desc")
    return Order(
        by="creation" if times is not None and field == times.created else field,
        direction="descending" if is_reversed else "ascending",
        evidence=sort.evidence,
        source=sort.source,
    )
