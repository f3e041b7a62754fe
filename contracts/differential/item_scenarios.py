"""Scenarios of items: creating, changing and deleting them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.checks.item_view import unchangeable
from contracts.checks.valid_bodies import smallest_body
from contracts.differential.scenario import Scenario, ScenarioStep
from contracts.differential.scenario_builder import MOST, ScenarioBuilder
from contracts.model.resources import CheckedResource, ResourceOperation, actions_of
from mockserver.openapi import path_template

UNKNOWN_CAPACITY = 51
"""How many items are created where no statement says how many there may be: limits are seldom above 50."""

PARTIAL = "some fields"
"""The detail of scenarios that change an item by a body with some of its fields."""


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
        part = {} if action == "update" else _part_of(builder, op, whole)
        if part is not None:
            yield builder.scenario(
                action,
                builder.create("one", whole),
                builder.step(action, "one", body=part),
                *builder.read("one"),
                detail=PARTIAL,
            )


def _part_of(builder: ScenarioBuilder, op: ResourceOperation, whole: Mapping[str, Any]) -> dict[str, Any] | None:
    """A valid body with as few fields of a whole one as the document allows; None if it must have all of them."""
    bodies = builder.context.bodies
    changeable = [name for name in bodies.properties(op) if name in whole]
    needed = [name for name in changeable if name in bodies.required(op)] or changeable[:1]
    part = {name: whole[name] for name in needed}
    return part if set(part) < set(changeable) and bodies.accepts(op, part) else None


def naming_owners(builder: ScenarioBuilder) -> Iterator[Scenario]:
    """A body that names another owner than the path does: `organization_id` in both."""
    op = builder.resource.operations["create"]
    names = path_template.names(op.operation.path)
    for name in builder.context.bodies.properties(op):
        value = builder.context.body(builder.resource, full=True).get(name) if name in names else None
        if value is not None:
            body = builder.context.body(builder.resource, full=True) | {name: value}
            yield builder.scenario("path", builder.create("one", body), *builder.read("one"), detail=name)


def sub_actions(builder: ScenarioBuilder) -> Iterator[Scenario]:
    """Operations below an item that belong to no resource, such as `POST /books/{id}/archive`: of an item, and of an
    unknown one."""
    for op in actions_of(builder.contract, builder.resource):
        body: dict[str, Any] = {}
        if op.operation.request_body is not None:
            body["body"] = builder.context.bodies.minimal(op, "action")
        if body.get("body", {}) is not None:
            create = builder.create("one")
            yield builder.scenario(
                "missing", create, ScenarioStep(op, item="one", unknown_id=True, **body), error="missing"
            )
            yield builder.scenario(
                "action", create, ScenarioStep(op, item="one", **body), *builder.read_and_list("one")
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
    if not builder.resource.behaviour.capacity and not _is_filled_by_a_page(builder.resource):
        many = (builder.create(f"item {number}") for number in range(UNKNOWN_CAPACITY))
        yield builder.scenario("capacity", *many, error="conflict")
    for stated in builder.resource.behaviour.capacity:
        if stated.limit < MOST:
            many = (builder.create(f"item {number}") for number in range(stated.limit + 1))
            yield builder.scenario("capacity", *many, statement=builder.statement("capacity", stated), error="conflict")
    body = builder.context.body(builder.resource, full=True)
    statement = next((builder.statement("unique", each) for each in builder.resource.behaviour.unique), None)
    yield builder.scenario(
        "unique", builder.create("one", body), builder.create("two", body), statement=statement, error="conflict"
    )


def _is_filled_by_a_page(resource: CheckedResource) -> bool:
    """Does another scenario create as many items, to fill a page of the list?"""
    op = resource.operations.get("list")
    return op is not None and op.behaviour.paging is not None


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
