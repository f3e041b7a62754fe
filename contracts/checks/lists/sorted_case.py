"""A check of sorted lists: texts are sorted without regard to case, where the document says so."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.checks.item_view import as_json
from contracts.checks.lists.listed_items import in_one_list, only
from contracts.checks.lists.ordering import sort_choices
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.resources import CheckedResource, ResourceOperation
from contracts.runner.check import Check, Place, operation_statement
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Sort
from mockserver.contract import Contract
from mockserver.inference.names import noun, words


def sorted_in_any_case(
    context: CheckContext, resource: CheckedResource, op: ResourceOperation, statement: Sort
) -> None:
    """A list is sorted by the letters of a text, and not by their case, where the document says so."""
    create, mark = resource.operations["create"], context.shared.mark()
    fields = context.bodies.free_text_fields(create, context.body(resource, full=True))
    named = [name for name in fields if _is_named(name, statement)] or fields
    texts = (f"{mark.lower()} a", f"{mark.upper()} B")
    field = next((name for name in named if all(_accepts(context, resource, name, text) for text in texts)), "")
    if not field:
        raise CannotBuildRequest("no text of our own is valid in upper and in lower case")
    made = [context.create(resource, context.body(resource) | {field: text}) for text in reversed(texts)]
    choices = sort_choices(context, op, statement, made)
    choice = next((each for each in choices if each.field == field and not each.backwards), None)
    if choice is None or len(in_one_list(resource, made)) < len(made):
        raise CannotBuildRequest(f"no value of {statement.parameter} sorts items by their {field}")
    items, listing = context.list_all(made[0], query={statement.parameter: choice.value, **choice.more}, op=op)
    shown = [item.get(field) for item in only(resource, items, made)]
    if sorted(map(str, shown)) != sorted(texts):
        raise CannotBuildRequest(f"the sorted list does not show the {field} of the new items as it was sent")
    context.expect(
        shown == list(texts),
        f"with {statement.parameter}={choice.value}, the case of letters in {field} does not matter: {as_json(texts)}",
        as_json(shown),
        *(each.exchange for each in made),
        *listing,
        about=field,
    )


def _is_named(name: str, statement: Sort) -> bool:
    return noun(name)[-1] in {noun(each)[-1] for each in words(statement.source)}


def _accepts(context: CheckContext, resource: CheckedResource, name: str, text: str) -> bool:
    return context.bodies.accepts(resource.operations["create"], context.body(resource) | {name: text})


def _places(contract: Contract) -> Iterator[Place]:
    for operation, stated, (resource, op, sort) in operation_statement("sort", "create", "list")(contract):
        if sort.any_case and sort.parameter:
            yield operation, stated, (resource, op, sort)


CHECKS = (Check("sorted-in-any-case", ("sort",), _places, sorted_in_any_case, exclusive=False),)
