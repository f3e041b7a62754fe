"""Checks of the deletion of items to which others refer: it is refused, or takes them with it, as the document says."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from contracts.checks.item_view import as_json
from contracts.checks.missing_items import HIDDEN_OR_GONE
from contracts.checks.stored_fields import current, listed_item
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.body_references import body_references, referring
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from contracts.runner.existing_items import owner_of
from mockserver.behaviour.statements import Reference
from mockserver.contract import Contract
from mockserver.inference.sentences.cascade_sentences import said_to_delete
from mockserver.inference.sentences.held_sentences import said_to_hold
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

Sources = Callable[[Schemas, Operation, str], str]
"""The source of the sentence about a DELETE and items called so; empty if there is none."""


def held_item(
    context: CheckContext, resource: CheckedResource, child: CheckedResource, reference: Reference | None
) -> None:
    """An item to which others refer is not deleted, if the document says so; it is when they are gone."""
    above, below = _pair(context, resource, child, reference)
    removed = context.delete(above)
    history = (above.exchange, below.exchange, removed)
    if not context.expect_status(
        removed.status >= 400,
        f"the DELETE of a {resource.name} to which a new {child.name} belongs is refused",
        *history,
        about="refused",
    ):
        return
    for each in (above, below):
        _, item, shown = current(context, each)
        context.expect(
            bool(item),
            f"the {each.resource.name} still exists after the DELETE was refused",
            f"status {shown[-1].status}",
            *history,
            *shown,
            about=f"{each.resource.name} kept",
        )
    if child.can("delete") and context.delete(below).status < 300:
        freed = context.delete(above)
        context.expect_status(
            freed.status < 400,
            f"the DELETE of a {resource.name} succeeds when its {child.name} is deleted",
            *history,
            freed,
            about="freed",
        )


def deleted_with_item(
    context: CheckContext, resource: CheckedResource, child: CheckedResource, reference: Reference | None
) -> None:
    """With an item, those that refer to it are deleted, if the document says so."""
    above, below = _pair(context, resource, child, reference)
    _, other = _pair(context, resource, child, reference)
    removed = context.delete(above)
    if not 200 <= removed.status < 300 or removed.status == 202:
        raise CannotBuildRequest(
            f"a {resource.name} with a {child.name} is not deleted at once: status {removed.status}"
        )
    history = (above.exchange, below.exchange, removed)
    if child.can("get"):
        response = context.get(below)
        context.expect_status(
            response.status in HIDDEN_OR_GONE,
            f"the {child.name} is deleted with its {resource.name}",
            *history,
            response,
            about="get",
        )
    if child.can("list") and not child.leads_through_owner(child.operations["list"]):
        item, listing = listed_item(context, below)
        context.expect(
            not item or listing[0].status >= 400,
            f"the list has no {child.name} of a deleted {resource.name}",
            f"it has {as_json(below.id)}",
            *history,
            *listing,
            about="list",
        )
    kept = current(context, other)
    context.expect(
        bool(kept[1]),
        f"deleting one {resource.name} keeps the {child.name} of another one",
        f"status {kept[2][-1].status}",
        other.exchange,
        *history,
        *kept[2],
        about="other",
    )


def _pair(
    context: CheckContext, resource: CheckedResource, child: CheckedResource, reference: Reference | None
) -> tuple[CreatedItem, CreatedItem]:
    """A new item, and another one that refers to it or is below it. Raises CannotBuildRequest."""
    above = context.create_plentiful(resource)
    if reference is None:
        return above, context.create(child, path=above.path_below(child))
    body = referring(context.body(child, full="." not in reference.field), reference.field, above.id)
    if not context.bodies.accepts(child.operations["create"], body):
        raise CannotBuildRequest(f"no valid {child.name} has a {reference.field}")
    return above, context.create(child, body)


def _held(schemas: Schemas, operation: Operation, child: str) -> str:
    said = said_to_hold(schemas, operation, child)
    return said.source if said is not None else ""


def _cascades(schemas: Schemas, operation: Operation, child: str) -> str:
    said = said_to_delete(schemas, operation, child)
    return said.source if said is not None else ""


def _places(contract: Contract, source: Sources, text: str, *, also_below: bool) -> Iterator[Place]:
    """Each resource that can be deleted with each other one that refers to it, where a sentence says what happens."""
    known = checked_resources(contract)
    for resource in known.values():
        for child in known.values() if resource.can("create", "delete") else ():
            found = _reference(contract, child, resource)
            is_below = owner_of(child) == resource.name
            if not child.can("create") or not (child.can("get") or child.can("list")):
                continue
            op = resource.operations["delete"]
            said = source(contract.schemas, op.operation, child.name) if found or (is_below and also_below) else ""
            if said and child is not resource and not (is_below and not also_below):
                statement = StatementRef(
                    op.name, "references", "described", said, text.format(child.name, resource.name)
                )
                yield op.name, statement, (resource, child, None if is_below else found)


def _reference(contract: Contract, child: CheckedResource, resource: CheckedResource) -> Reference | None:
    if not child.can("create"):
        return None
    found = body_references(contract.schemas, child, child.operations["create"])
    id = resource.behaviour.identity.field
    return next((each for each in found if each.resource == resource.name and each.key == id), None)


def _held_places(contract: Contract) -> Iterator[Place]:
    return _places(contract, _held, "Each {0} keeps its {1} from being deleted.", also_below=True)


def _cascade_places(contract: Contract) -> Iterator[Place]:
    return _places(contract, _cascades, "Each {0} is deleted with its {1}.", also_below=False)


CHECKS = (
    Check("held-item", ("references",), _held_places, held_item, exclusive=False),
    Check("deleted-with-item", ("references",), _cascade_places, deleted_with_item, exclusive=False),
)
