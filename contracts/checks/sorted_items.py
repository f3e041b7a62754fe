"""A check of sorted lists: sorting changes the order of a list, and not which items it has."""

from __future__ import annotations

from contracts.checks.lists import ids
from contracts.checks.ordering import parameter_values
from contracts.checks.valid_bodies import distinct_body, smallest_body
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation
from contracts.runner.check import Check, operation_statement
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Sort

MOST_VALUES = 12
"""How many values of a sort parameter are tried."""


def sort_keeps_items(context: CheckContext, resource: CheckedResource, op: ResourceOperation, statement: Sort) -> None:
    """A sorted list has the same items as the list without the parameter, also those without a value to sort by."""
    values = [str(each) for each in parameter_values(context, op, statement.parameter) if each is not None]
    if not values:
        raise CannotBuildRequest(f"the document lists no values of {statement.parameter}")
    created = [context.create(resource, body(context, resource)) for body in (distinct_body, smallest_body)]
    plain, _ = context.list_all(created[-1])
    wanted = {str(each.id) for each in created} & set(ids(resource, plain))
    law = StatementRef(op.name, "sort", "implied", "what a sort parameter means", "Sorting a list leaves no item out.")
    for value in values[:MOST_VALUES] if wanted else ():
        items, listing = context.list_all(created[-1], query={statement.parameter: value})
        if listing[0].status >= 400:
            continue
        missing = wanted - set(ids(resource, items))
        context.expect(
            not missing,
            f"the list with {statement.parameter}={value} has the same items as without it",
            f"{len(missing)} of {len(wanted)} new items are missing",
            *(each.exchange for each in created if str(each.id) in missing),
            *listing,
            about=f"kept {value}",
            statement=law,
        )


CHECKS = (Check("sort-keeps-items", ("sort",), operation_statement("sort", "create", "list"), sort_keeps_items),)
