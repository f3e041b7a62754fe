"""Learns statements about items and their fields."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

from contracts.checks.item_view import as_json
from contracts.differential import measurements
from contracts.differential.comparable_reply import TIME, UUID
from contracts.differential.item_scenarios import PARTIAL
from contracts.differential.learned_overlay import LearnedStatement
from contracts.differential.observed import ObservedDifference, operation_place, resource_place
from contracts.model.resources import CheckedResource, value_at
from contracts.runner.context import CheckContext
from mockserver.openapi import path_template


def capacity(found: ObservedDifference) -> LearnedStatement | None:
    """The capacity, measured by creating items."""
    step, resource = found.step, found.resource
    crowd = sum(bool(each.creates) for each in found.scenario.steps[: found.difference.step + 1])
    limits = found.about == "capacity" or (step.creates and crowd > 2 and found.about != "unique")
    if found.how != "status" or not limits or (found.difference.expected < 400) is (found.difference.seen < 400):
        return None
    limit = measurements.capacity_of(found.context, resource)
    place = resource_place(resource, "capacity")
    if limit is None and not resource.behaviour.capacity:
        return None
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
    id = value_at(found.reply.json, (*(step.op.reply_path("item") or ()), *found.difference.field))
    shape = found.observations.id_shape(resource.name, id)
    if shape is None:
        return None
    way, prefix, length = shape
    more: dict[str, Any] = {}
    if way == "random":
        more = {"prefix": prefix, "length": length}
    if way == "digits":
        more = {"prefix": prefix} | ({"width": length} if length else {})
    return found.changed_statement(
        resource_place(resource, "identity"),
        f"The format of ids: {'numbers' if way == 'digits' else way} {f'after {prefix}' if prefix else ''}".strip()
        + ".",
        "prefix",
        "length",
        "width",
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
    place = resource_place(resource, "write-only")
    sent = any(isinstance(step.body, dict) and name in step.body for step in found.scenario.steps)
    if found.how == "further" and name in resource.write_only_fields:
        return LearnedStatement(place, None, f"Replies show {name}.", part=name)
    # One response without a field proves nothing: the one to a DELETE may be empty.
    shown = name in found.observations.shown.get(resource.name, ())
    if found.how == "missing" and sent and not shown and name not in resource.write_only_fields:
        return found.field_lesson(place, name, f"No reply shows {name}.")
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
    place = resource_place(found.resource, "immutable")
    return found.field_lesson(place, name, f"An update does not change {name}.")


def starting_value(found: ObservedDifference) -> LearnedStatement | None:
    """The initial value of a field that the client omits."""
    resource = found.resource
    if (
        not found.difference.field
        or found.how not in ("value", "further", "type")
        or found.difference.seen == "no such field"
    ):
        return None
    name = found.difference.field[0]
    # A value that several items show is the start; one that only one shows may come from anywhere.
    if not found.observations.is_constant(resource.name, name):
        return None
    value = json.loads(found.observations.unsent[resource.name, name][0])
    if _is_unique_value(value):
        return None
    key = "initial" if any(name in statement.fields for statement in resource.behaviour.initial) else "defaults"
    return found.field_lesson(resource_place(resource, key), name, f"{name} is initially {as_json(value)}.", value)


def keeps(found: ObservedDifference) -> LearnedStatement | None:
    """A field that has the value of the path parameter of its name, whatever the body says."""
    create = found.resource.operations["create"]
    name = found.difference.field[0] if len(found.difference.field) == 1 else ""
    if not name or name not in path_template.names(create.operation.path) or found.how == "missing":
        return None
    first = found.exchanges[0]
    item = value_at(first.json, create.reply_path("item"))
    steps = urlsplit(first.url).path.split("/")
    if not isinstance(item, dict) or quote(str(item.get(name)), safe="") not in steps:
        return None
    stated = create.behaviour.action
    kept = {**(stated.keeps if stated else {}), name: name}
    return found.changed_statement(
        ("paths", create.operation.path, create.operation.method, "x-behaviour", "action"),
        f"{name} is the one in the path, whatever the body says.",
        keeps=kept,
    )


def partial_put(found: ObservedDifference) -> LearnedStatement | None:
    """A PUT that keeps what its body leaves out."""
    step, created = found.step, found.scenario.steps[0].body
    changed = next((each for each in found.scenario.steps if each.op is found.resource.operations.get("replace")), None)
    if (
        changed is None
        or found.about != "replace"
        or found.scenario.detail != PARTIAL
        or len(found.difference.field) != 1
    ):
        return None
    [name] = found.difference.field
    item = value_at(found.reply.json, step.op.reply_path("item"))
    is_left_out = isinstance(changed.body, dict) and name not in changed.body
    if not is_left_out or not isinstance(created, dict) or not isinstance(item, dict) or name not in created:
        return None
    if item.get(name) != created[name]:
        return None
    return found.changed_statement(
        operation_place(changed, "action"), f"{changed.name} keeps the fields that it does not name.", does="update"
    )


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


def special_operation(found: ObservedDifference) -> LearnedStatement | None:
    """An operation below an item that answers 404 for an unknown one."""
    step = found.step
    if found.about != "missing" or found.how != "status" or step.op.behaviour.action is not None or step.path:
        return None
    if found.difference.expected >= 300 or found.difference.seen != 404 or not found.resource.can("get"):
        return None
    return found.changed_statement(
        operation_place(step, "action"),
        f"{step.name} returns 404 for an unknown {found.resource.name}.",
        does="get",
        of=found.resource.name,
    )
