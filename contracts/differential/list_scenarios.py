"""Scenarios of lists: their order, pages, filters and sorting."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.client.pagination import largest_page
from contracts.differential.scenario import Scenario
from contracts.differential.scenario_builder import MOST, ScenarioBuilder
from contracts.model.finding import StatementRef


def ordering(builder: ScenarioBuilder) -> Iterator[Scenario]:
    """The order of a list, also after an update."""
    if not builder.resource.can("list"):
        return
    made = tuple(builder.create(name) for name in ("one", "two", "three"))
    statement = builder.statement("order", builder.resource.behaviour.order)
    yield builder.scenario("order", *made, builder.list(), statement=statement)
    op = builder.resource.operations.get("update")
    if op is not None:
        change = builder.text_change(op, made[0].body, "order")
        if change is not None:
            yield builder.scenario(
                "order",
                *made,
                builder.step("update", "one", body=change, pause=1.1),
                builder.list(),
                statement=statement,
            )


def paging(builder: ScenarioBuilder) -> Iterator[Scenario]:
    """Pages of a list, and the default page size."""
    op = builder.resource.operations.get("list")
    stated = op.behaviour.paging if op else None
    if op is None or stated is None:
        return
    statement = builder.operation_reference(op, "paging", stated)
    for size in (1, 2):
        pages = (builder.list(query={stated.limit: size}, page=page) for page in range(3))
        yield builder.scenario(
            "paging", *(builder.create(name) for name in ("one", "two", "three")), *pages, statement=statement
        )
    largest = largest_page(builder.context.contract, op, stated.limit)
    for size in (*(() if largest is None else (largest, largest + 1)), 0, -1, "many"):
        yield builder.scenario("paging", builder.list(query={stated.limit: size}), statement=statement, error="invalid")
    unknown = StatementRef(op.name, "paging", "assumed", text=f"unknown_position {stated.unknown_position}")
    yield builder.scenario(
        "unknown-position",
        builder.list(query={stated.position: "contract-check-unknown"}),
        statement=unknown,
        error="missing" if stated.unknown_position == "missing" else "invalid",
    )
    room = min((c.limit for c in builder.resource.behaviour.capacity), default=MOST)
    if stated.default < min(room, MOST):
        many = (builder.create(f"item {number}") for number in range(stated.default + 1))
        yield builder.scenario("default-page-size", *many, builder.list(), statement=statement)


def narrowing(builder: ScenarioBuilder) -> Iterator[Scenario]:
    """Filters and sorting of a list."""
    op = builder.resource.operations.get("list")
    if op is None:
        return
    create = builder.resource.operations["create"]
    for stated in op.behaviour.filter:
        if stated.parameter and stated.field in builder.context.bodies.properties(create):
            one = builder.context.body(builder.resource, full=True)
            other = builder.context.bodies.other(create, stated.field, one.get(stated.field), "filter")
            if other is not None and one.get(stated.field) is not None:
                two = builder.context.body(builder.resource, full=True) | {stated.field: other}
                yield builder.scenario(
                    "filter",
                    builder.create("one", one),
                    builder.create("two", two),
                    builder.list(query={stated.parameter: one[stated.field]}),
                    statement=builder.operation_reference(op, "filter", stated),
                    detail=stated.parameter,
                )
    sort = op.behaviour.sort
    pointer = next((p.schema for p in op.operation.parameters if sort and p.name == sort.parameter), None)
    for value in (builder.contract.schemas.keyword(pointer, "enum") or ()) if pointer and sort else ():
        made = (builder.create(name) for name in ("one", "two", "three"))
        yield builder.scenario(
            "sort",
            *made,
            builder.list(query={sort.parameter: value}) if sort else builder.list(),
            statement=builder.operation_reference(op, "sort", sort),
            detail=str(value),
        )
