"""Learns statements about items and their fields."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from contracts.differential import measurements
from contracts.differential.comparable_reply import TIME, UUID, shape_of
from contracts.differential.learned_overlay import LearnedStatement
from contracts.differential.observed import ObservedDifference, resource_place
from contracts.differential.scenario import ScenarioStep
from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource, value_at
from contracts.runner.context import CheckContext


def capacity(found: ObservedDifference) -> LearnedStatement | None:
    """The capacity, measured by creating items."""
    step, resource = found.step, found.resource
    crowd = sum(bool(each.creates) for each in found.scenario.steps[: found.difference.step + 1])
    limits = found.about == "capacity" or (step.creates and crowd > 2 and found.about != "unique")
    if found.how != "status" or not limits or (found.difference.expected < 400) is (found.difference.seen < 400):
        return None
    limit = measurements.capacity_of(found.context, resource)
    place = resource_place(resource, "capacity")
    if limit is None:
        return LearnedStatement(
            place, None, f"{measurements.MOST} items of {resource.name} were accepted, so there seems to be no limit."
        )
    return found.changed_statement(place, f"There can be {limit} items of {resource.name}.", limit=limit)


def unique(found: ObservedDifference) -> LearnedStatement | None:
    """The unique fields: none if duplicates are accepted, else those whose change makes a duplicate acceptable."""
    if (
        found.how != "status"
        or found.about != "unique"
        or (found.difference.expected < 400) is (found.difference.seen < 400)
    ):
        return None
    resource, place = found.resource, resource_place(found.resource, "unique")
    if found.difference.seen < 400:
        return LearnedStatement(place, None, f"Two items of {resource.name} may have the same values.")
    fields = tuple(_unique_fields(found.context, resource))
    return (
        found.fields_statement(place, f"No two items of {resource.name} have the same {', '.join(fields)}.", fields)
        if fields
        else None
    )


def _unique_fields(context: CheckContext, resource: CheckedResource) -> Iterator[str]:
    op = resource.operations["create"]
    body = context.body(resource, full=True)
    context.create(resource, body)
    for name, value in body.items():
        other = context.bodies.other(op, name, value, "unique") if name in context.bodies.properties(op) else None
        if other is not None and context.try_create(resource, {**body, name: other})[1] is not None:
            yield name
    context.clean_up()


def identity(found: ObservedDifference) -> LearnedStatement | None:
    """The format of ids."""
    resource, step = found.resource, found.step
    if found.how != "type" or found.difference.field != (resource.behaviour.identity.field,) or not step.creates:
        return None
    way, prefix, length = shape_of(
        value_at(found.reply.json, (*(step.op.reply_path("item") or ()), *found.difference.field))
    )
    more = {"prefix": prefix, "length": length} if way == "random" else {}
    return found.changed_statement(
        resource_place(resource, "identity"),
        f"The format of ids: {way} {prefix}".strip() + ".",
        "prefix",
        "length",
        generate=way,
        **more,
    )


def timestamps(found: ObservedDifference) -> LearnedStatement | None:
    """The format of times."""
    written_as = re.fullmatch(r"‹time ([a-z-]+)›", str(found.difference.seen))
    times = found.resource.behaviour.timestamps
    if times is None or not written_as or found.difference.field not in ((times.created,), (times.updated,)):
        return None
    return found.changed_statement(
        resource_place(found.resource, "timestamps"), f"The format of times: {written_as[1]}.", written=written_as[1]
    )


def write_only(found: ObservedDifference) -> LearnedStatement | None:
    """The write-only fields."""
    resource = found.resource
    if len(found.difference.field) != 1 or found.how not in ("missing", "further"):
        return None
    [name] = found.difference.field
    sent = any(isinstance(step.body, dict) and name in step.body for step in found.scenario.steps)
    if found.how == "further" and name in resource.write_only_fields:
        rest = tuple(sorted(resource.write_only_fields - {name}))
        return found.fields_statement(resource_place(resource, "write-only"), f"Replies show {name}.", rest)
    if found.how == "missing" and sent and name not in resource.write_only_fields:
        return found.fields_statement(
            resource_place(resource, "write-only"),
            f"No reply shows {name}.",
            tuple(sorted({*resource.write_only_fields, name})),
        )
    return None


def immutable(found: ObservedDifference) -> LearnedStatement | None:
    """An immutable field."""
    name = found.scenario.detail
    created = found.scenario.steps[0].body
    if (
        found.about != "update"
        or found.how != "value"
        or found.difference.field != (name,)
        or not isinstance(created, dict)
    ):
        return None
    if created.get(name) != found.difference.seen:
        return None
    fixed = {each for statement in found.resource.behaviour.immutable for each in statement.fields} | {name}
    return found.fields_statement(
        resource_place(found.resource, "immutable"), f"An update does not change {name}.", tuple(sorted(fixed))
    )


def starting_value(found: ObservedDifference) -> LearnedStatement | None:
    """The initial value of a field that the client omits."""
    step, resource = found.step, found.resource
    if (
        not found.difference.field
        or found.how not in ("value", "further", "type")
        or found.difference.seen == "no such field"
    ):
        return None
    name = found.difference.field[0]
    if any(isinstance(each.body, dict) and name in each.body for each in found.scenario.steps):
        return None
    value = _shown(step, name, found.reply)
    if _is_unique_value(value):
        return None
    key = "initial" if any(name in statement.fields for statement in resource.behaviour.initial) else "defaults"
    before = {name: each for statement in getattr(resource.behaviour, key) for name, each in statement.fields.items()}
    return found.fields_statement(
        resource_place(resource, key), f"{name} is initially {value!r}.", {**before, name: value}
    )


def _shown(step: ScenarioStep, name: str, exchange: RecordedExchange) -> Any:
    """The value of a field in a reply; in a list reply, that of the first item."""
    place = step.op.reply_path("item")
    if place is None:
        place = (*(step.op.reply_path("items") or ()), 0)
    return value_at(exchange.json, (*place, name))


def _is_unique_value(value: Any) -> bool:
    """Is it a time or an id, which differs for each item?"""
    return isinstance(value, str) and bool(TIME.fullmatch(value) or UUID.fullmatch(value))


def owner(found: ObservedDifference) -> LearnedStatement | None:
    """Whether an item needs an existing parent."""
    if found.about != "parent" or found.how != "status" or not found.step.creates:
        return None
    must = bool(found.difference.seen >= 400)
    return found.changed_statement(
        resource_place(found.resource, "parent"),
        f"An item can {'not ' * must}be created without an existing parent.",
        must_exist=must,
    )
