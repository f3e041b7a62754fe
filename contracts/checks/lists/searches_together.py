"""A check of a search beside a filter in one request: both apply, in whichever field the word is found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contracts.checks.item_view import as_json
from contracts.checks.lists.filter_target import FilteredList
from contracts.checks.lists.filters_together import has_few_values, two_choices
from contracts.checks.lists.listed_items import ids
from contracts.checks.valid_bodies import is_reference
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_bodies import texts
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources, resource_operations
from contracts.runner.check import Check, Place, resource_of
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import FROM_DOCUMENT, Filter
from mockserver.behaviour.statements.lists import EVERY_FIELD
from mockserver.contract import Contract

MOST_FIELDS = 4
"""In so many fields the word is put, one after the other."""


def searches_together(
    context: CheckContext, resource: CheckedResource, op: ResourceOperation, search: Filter, beside: Filter
) -> None:
    """A search with a filter has no item that the filter excludes, in whichever field the word is."""
    target = FilteredList(resource, op, beside)
    wanted, other = two_choices(context, target)
    create = resource.operations["create"]
    body = context.body(resource, full=True)
    named = [name for name in context.bodies.free_text_fields(create, body) if not is_reference(context, name)]
    for name in named[:MOST_FIELDS]:
        made = _item(context, resource, name, {target.field: other})
        if made is None:
            continue
        excluded, word = made
        if str(excluded.id) in _found(context, target, excluded, {beside.parameter: wanted})[0]:
            raise CannotBuildRequest(f"{beside.parameter}={wanted} alone is not kept, which `filter` reports")
        query = {search.parameter: word, beside.parameter: wanted}
        found, listing = _found(context, target, excluded, query)
        if listing[-1].status >= 400:
            raise CannotBuildRequest(f"the list was refused with {listing[-1].status}, which other checks report")
        context.expect(
            str(excluded.id) not in found,
            f"the list with {search.parameter}={word}&{beside.parameter}={wanted} has no item whose {target.field} is "
            f"{as_json(other)}, though its {name} has the word",
            "such an item is in it",
            excluded.exchange,
            *listing,
            about=name,
        )


def _item(
    context: CheckContext, resource: CheckedResource, name: str, fields: dict[str, Any]
) -> tuple[CreatedItem, str] | None:
    """A new item with a word in one field that is in no other item, and the word; None if no word can be there."""
    op = resource.operations["create"]
    body = context.body(resource, full=True) | fields
    mark = "".join(filter(str.isalnum, context.shared.mark()))
    word = next((each for each in texts("", mark) if each and context.bodies.accepts(op, body | {name: each})), None)
    return (context.create(resource, body | {name: word}), word) if isinstance(word, str) else None


def _found(
    context: CheckContext, target: FilteredList, made: CreatedItem, query: dict[str, Any]
) -> tuple[set[str], list[Any]]:
    items, listing = target.all(context, made, query)
    return set(ids(target.resource, items)), listing


def _places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for op in resource_operations(contract):
        resource, action = resource_of(op, known), op.behaviour.action
        if resource is None or action is None or action.does != "list" or not resource.can("create"):
            continue
        search = next((each for each in op.behaviour.filter if each.field == EVERY_FIELD and each.parameter), None)
        asked = resource.operations["create"].body_schema(contract.schemas)
        sent = contract.schemas.properties(asked) if asked is not None else {}
        usable = (each for each in op.behaviour.filter if each.field in sent and has_few_values(contract, op, each))
        beside = next(usable, None)
        if search is not None and beside is not None:
            weaker = next((each for each in (search, beside) if each.evidence not in FROM_DOCUMENT), beside)
            text = f"{search.parameter} and {beside.parameter} apply together."
            yield op.name, StatementRef.of(op.name, "filter", weaker, text), (resource, op, search, beside)


CHECKS = (Check("search-with-filter", ("filter",), _places, searches_together),)
