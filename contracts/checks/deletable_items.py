"""Items to delete where the document says that their state may forbid it: a barrel with wine, a shipped order."""

from __future__ import annotations

from contracts.checks.valid_bodies import smallest_body
from contracts.cleanup.created_items import CreatedItem
from contracts.model.resources import CheckedResource
from contracts.runner.context import CheckContext
from contracts.runner.item_maker import CONFLICT

UNKNOWN_STATE = "The document lists 409 for this DELETE, and does not say for which items."


def deletable(context: CheckContext, resource: CheckedResource) -> CreatedItem:
    """A new item: with nothing but the required fields, where a DELETE may conflict with what the others say.

    Raises CannotBuildRequest.
    """
    return context.create(resource, smallest_body(context, resource) if _may_conflict(resource) else None)


def is_documented_conflict(resource: CheckedResource, status: int) -> bool:
    """Is it a reply to a DELETE by which the state of the item forbids it, as the document says?"""
    return status == CONFLICT and _may_conflict(resource)


def _may_conflict(resource: CheckedResource) -> bool:
    op = resource.operations.get("delete")
    return op is not None and any(each.status == str(CONFLICT) for each in op.operation.responses)
