"""Learns statements about lists."""

from __future__ import annotations

from contracts.checks.item_view import as_json
from contracts.differential import measurements
from contracts.differential.learned_overlay import LearnedStatement, statement_at
from contracts.differential.list_scenarios import switched_field, switches
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


def switch(found: ObservedDifference) -> LearnedStatement | None:
    """A parameter that includes items which are otherwise left out."""
    op, steps = found.resource.operations.get("list"), found.scenario.steps
    if found.about != "filter" or found.how != "items" or op is None or len(steps) != 4:
        return None
    parameter = found.scenario.detail
    field = switched_field(parameter, steps[0].body)
    hidden = {"one": True, "two": False}.get(
        next(iter(set(found.difference.expected) - set(found.difference.seen)), "")
    )
    if parameter not in switches(found.contract, op) or not field or hidden is None:
        return None
    value = {"parameter": parameter, "field": field, "equals": not hidden, "unless": True}
    summary = f"Items whose {field} is {str(hidden).lower()} are listed only with {parameter}."
    stated = statement_at(found.contract, place := operation_place(found.step, "filter")) or []
    before = list(stated) if isinstance(stated, list | tuple) else [stated]
    return LearnedStatement(
        place, [*before, {**value, "evidence": "observed", "source": found.source, "note": summary}], summary
    )


def tenant_header(found: ObservedDifference) -> LearnedStatement | None:
    """A header that names the tenant."""
    if found.about != "tenant-header" or found.how != "items" or found.difference.seen:
        return None
    name = found.scenario.detail
    return found.changed_statement(
        resource_place(found.resource, "tenant"),
        f"The header {name} names the tenant: {found.resource.name}.",
        by="header",
        name=name,
    )


def envelope(found: ObservedDifference) -> LearnedStatement | None:
    """A constant beside the items of a list, such as `"object": "list"`."""
    stated = found.step.op.behaviour.reply
    path = found.difference.path
    seen = found.difference.seen
    if stated is None or found.how != "value" or len(path) != 1 or not isinstance(stated.body, dict):
        return None
    if not isinstance(seen, str) or "{" in str(stated.body.get(path[0], "{")):
        return None
    return found.changed_statement(
        operation_place(found.step, "reply"),
        f"{found.step.name}: {path[0]} is {as_json(seen)}.",
        body={**stated.body, path[0]: seen},
    )
