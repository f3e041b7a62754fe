"""Scenarios of items: creating, changing and deleting them."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.checks.item_view import unchangeable
from contracts.checks.valid_bodies import smallest_body
from contracts.differential.scenario import Scenario, ScenarioStep
from contracts.differential.scenario_builder import MOST, ScenarioBuilder


def creating(builder: ScenarioBuilder) -> Iterator[Scenario]:
    """A new item from the smallest and from the largest create request."""
    yield builder.scenario(
        "create", builder.create("one", smallest_body(builder.context, builder.resource)), *builder.read_and_list("one")
    )
    yield builder.scenario(
        "create",
        builder.create("one", builder.context.body(builder.resource, full=True)),
        *builder.read_and_list("one"),
    )


def changing(builder: ScenarioBuilder) -> Iterator[Scenario]:
    """Updates of each field."""
    bodies = builder.context.bodies
    for action in ("update", "replace"):
        op = builder.resource.operations.get(action)
        if op is None:
            continue
        whole = builder.context.body(builder.resource, full=True)
        for name in bodies.properties(op):
            value = (
                bodies.other(op, name, whole.get(name), "change")
                if name not in unchangeable(builder.resource)
                else None
            )
            if value is not None:
                body = {name: value} if action == "update" else {**whole, name: value}
                yield builder.scenario(
                    action,
                    builder.create("one", whole),
                    builder.step(action, "one", body=body),
                    *builder.read("one"),
                    detail=name,
                )
        if action == "update":
            yield builder.scenario(
                action, builder.create("one", whole), builder.step(action, "one", body={}), *builder.read("one")
            )


def removing(builder: ScenarioBuilder) -> Iterator[Scenario]:
    """Requests for a deleted item."""
    if builder.resource.can("delete"):
        gone = builder.create("one"), builder.step("delete", "one")
        yield builder.scenario("delete", *gone, *builder.read_and_list("one")[-1:])
        for action in ("get", "delete"):
            if builder.resource.can(action):
                yield builder.scenario("delete", *gone, builder.step(action, "one"), error="missing")


def times(builder: ScenarioBuilder) -> Iterator[Scenario]:
    """The time of the last update, after an update."""
    stated, op = builder.resource.behaviour.timestamps, builder.resource.operations.get("update")
    if stated is not None and stated.updated and op is not None and builder.resource.can("get"):
        body = builder.context.body(builder.resource)
        change = builder.text_change(op, body, "later")
        if change is not None:
            yield builder.scenario(
                "timestamps",
                builder.create("one", body),
                builder.step("update", "one", body=change, pause=1.1),
                *builder.read("one"),
                statement=builder.statement("timestamps", stated),
            )


def limits(builder: ScenarioBuilder) -> Iterator[Scenario]:
    """Capacity and unique fields."""
    for stated in builder.resource.behaviour.capacity:
        if stated.limit < MOST:
            many = (builder.create(f"item {number}") for number in range(stated.limit + 1))
            yield builder.scenario("capacity", *many, statement=builder.statement("capacity", stated), error="conflict")
    body = builder.context.body(builder.resource, full=True)
    statement = next((builder.statement("unique", each) for each in builder.resource.behaviour.unique), None)
    yield builder.scenario(
        "unique", builder.create("one", body), builder.create("two", body), statement=statement, error="conflict"
    )


def missing(builder: ScenarioBuilder) -> Iterator[Scenario]:
    """Requests with an unknown id."""
    for action in ("get", "update", "replace", "delete"):
        op = builder.resource.operations.get(action)
        if op is not None:
            body = {"body": builder.context.bodies.minimal(op, "missing") or {}} if op.media_type else {}
            yield builder.scenario(
                "missing", builder.create("one"), builder.step(action, "one", unknown_id=True, **body), error="missing"
            )


def belonging(builder: ScenarioBuilder) -> Iterator[Scenario]:
    """Items of a deleted parent."""
    parent = builder.resource.behaviour.parent
    owner = builder.context.shared.resources.get(parent.resource) if parent else None
    if parent is not None and owner is not None and owner.can("create", "delete"):
        drop = ScenarioStep(owner.operations["delete"], item="owner")
        statement = builder.statement("parent", parent)
        yield builder.scenario("parent", drop, builder.create("one"), statement=statement, error="missing")
        yield builder.scenario(
            "parent",
            builder.create("one"),
            drop,
            *builder.read_and_list("one")[:1],
            statement=statement,
            error="missing",
        )
