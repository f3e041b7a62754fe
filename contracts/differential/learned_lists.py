"""Learns statements about lists."""

from __future__ import annotations

from contracts.differential import measurements
from contracts.differential.learned_overlay import LearnedStatement
from contracts.differential.observed import ObservedDifference, operation_place, resource_place


def order(found: ObservedDifference) -> LearnedStatement | None:
    """The order of a list."""
    if found.how != "order" or found.about == "sort":
        return None
    measured = measurements.order_of(found.context, found.resource)
    if measured is None:
        return None
    return found.changed_statement(
        resource_place(found.resource, "order"),
        f"The list is ordered by {measured[0]}, {measured[1]}.",
        by=measured[0],
        direction=measured[1],
    )


def page_default(found: ObservedDifference) -> LearnedStatement | None:
    """The default page size."""
    if found.about != "default-page-size" or found.how not in ("items", "value"):
        return None
    size = measurements.page_size(found.context, found.resource)
    return (
        found.changed_statement(
            operation_place(found.step, "paging"), f"A page has {size} items by default.", default=size
        )
        if size
        else None
    )


def unknown_position(found: ObservedDifference) -> LearnedStatement | None:
    """The response to an unknown position."""
    if found.about != "unknown-position" or found.how != "status":
        return None
    measured = "missing" if found.difference.seen == 404 else "invalid" if found.difference.seen >= 400 else "empty"
    return found.changed_statement(
        operation_place(found.step, "paging"),
        f"Response to an unknown position: {measured}.",
        unknown_position=measured,
    )


def narrowing(found: ObservedDifference) -> LearnedStatement | None:
    """A filter or sort parameter without effect, if it is the only one."""
    if found.about not in ("filter", "sort") or found.how not in ("items", "order"):
        return None
    several = found.about == "filter" and len(found.step.op.behaviour.filter) > 1
    summary = f"{found.step.name}: the parameter {found.scenario.detail} has no effect."
    return None if several else LearnedStatement(operation_place(found.step, found.about), None, summary)
