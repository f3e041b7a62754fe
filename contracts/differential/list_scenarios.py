"""Scenarios of lists: their order, pages, filters and sorting."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace

from contracts.client.pagination import largest_page
from contracts.differential.scenario import Scenario, ScenarioStep
from contracts.differential.scenario_builder import MOST, ScenarioBuilder
from contracts.model.finding import StatementRef
from contracts.model.resources import ResourceOperation, actions_of
from mockserver.behaviour.statements import Paging
from mockserver.contract import Contract
from mockserver.inference.names import plain

TENANT = re.compile("tenant|organi[sz]ation|workspace|account|project$|company")
"""What the plain name of a header contains that names a tenant."""


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
    statement = _guessed(builder.operation_reference(op, "paging", stated))
    if stated.limit:
        yield from _sizes(builder, op, stated, statement)
    if stated.position:
        unknown = StatementRef(op.name, "paging", "assumed", text=f"unknown_position {stated.unknown_position}")
        yield builder.scenario(
            "unknown-position",
            builder.list(query={stated.position: "contract-check-unknown"}),
            statement=unknown,
            error="missing" if stated.unknown_position == "missing" else "invalid",
        )
    # Below a small capacity all items may fit on a page of the mock, and need not at the service.
    room = min((c.limit for c in builder.resource.behaviour.capacity), default=MOST)
    count = min(stated.default + 1, room, MOST)
    many = (builder.create(f"item {number}") for number in range(count))
    yield builder.scenario("default-page-size", *many, builder.list(), statement=statement)


def _sizes(
    builder: ScenarioBuilder, op: ResourceOperation, stated: Paging, statement: StatementRef | None
) -> Iterator[Scenario]:
    """Pages of one and two items, and sizes at the bounds and beyond."""
    for size in (1, 2):
        pages = (builder.list(query={stated.limit: size}, page=page) for page in range(3))
        yield builder.scenario(
            "paging", *(builder.create(name) for name in ("one", "two", "three")), *pages, statement=statement
        )
    largest = largest_page(builder.context.contract, op, stated.limit)
    for size in (*(() if largest is None else (largest, largest + 1)), 0, -1, "many"):
        step = builder.list(query={stated.limit: size})
        yield builder.scenario("paging", step, statement=statement, error="invalid")


def _guessed(statement: StatementRef | None) -> StatementRef | None:
    """A statement about paging, as a guess: that a page has other items than the mock's breaks no law of paging."""
    if statement is not None and statement.evidence == "implied":
        return replace(statement, evidence="inferred")
    return statement


def switching(builder: ScenarioBuilder) -> Iterator[Scenario]:
    """Parameters that include items which are otherwise left out, such as `include_inactive`."""
    op, create = builder.resource.operations.get("list"), builder.resource.operations["create"]
    if op is None:
        return
    for parameter in switches(builder.contract, op):
        field = switched_field(parameter, builder.context.bodies.properties(create))
        if field:
            made = (
                builder.create(name, builder.context.body(builder.resource) | {field: value})
                for name, value in (("one", True), ("two", False))
            )
            steps = *made, builder.list(), builder.list(query={parameter: "true"})
            yield builder.scenario("filter", *steps, detail=parameter)
    for action in actions_of(builder.contract, builder.resource):
        if action.operation.request_body is None:
            for parameter in switches(builder.contract, op):
                steps = builder.create("one"), ScenarioStep(action, item="one"), builder.list(query={parameter: "true"})
                yield builder.scenario("filter", *steps, detail=parameter)


def switches(contract: Contract, op: ResourceOperation) -> list[str]:
    """The parameters of a list that are true or false, and that no statement is about."""
    stated = {each.parameter for each in op.behaviour.filter}
    found = [p for p in op.operation.parameters if p.location == "query" and p.schema and p.name not in stated]
    return [p.name for p in found if contract.schemas.types(str(p.schema)) == {"boolean"}]


def switched_field(parameter: str, fields: Collection[str]) -> str:
    """The field that a switch is about: `include_inactive` is about `active`; empty if there is none."""
    about = re.sub("^(include|show|with|only|list|get)", "", plain(parameter))
    positive = re.sub("^(in|un|not|non)", "", about)
    names = {plain(name).removeprefix("is"): name for name in fields}
    return next((names[name] for name in (about, positive) if name in names), "")


def separating(builder: ScenarioBuilder) -> Iterator[Scenario]:
    """A header that names the tenant, such as `X-Tenant`: another tenant does not see the item."""
    op = builder.resource.operations.get("list")
    for parameter in op.operation.parameters if op is not None else ():
        if parameter.location == "header" and TENANT.search(plain(parameter.name)):
            other = {parameter.name: "contract-check"}
            statement = builder.statement("tenant", builder.resource.behaviour.tenant)
            steps = builder.create("one"), builder.list(headers=other)
            yield builder.scenario("tenant-header", *steps, statement=statement, detail=parameter.name)


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
    pointer = op.query_schema(sort.parameter) if sort else None
    for value in (builder.contract.schemas.keyword(pointer, "enum") or ()) if pointer and sort else ():
        made = (builder.create(name) for name in ("one", "two", "three"))
        yield builder.scenario(
            "sort",
            *made,
            builder.list(query={sort.parameter: value}) if sort else builder.list(),
            statement=builder.operation_reference(op, "sort", sort),
            detail=str(value),
        )
