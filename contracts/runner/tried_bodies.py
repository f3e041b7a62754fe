"""Other forms of a create body, for a service that refuses the usual one: with all fields, with other numbers, …"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any

from contracts.client.request_bodies import RequestBodies
from contracts.model.resources import CheckedResource
from contracts.runner.amounts import with_numbers
from mockserver.openapi.schemas import Schemas

PLAIN = "plain"
FORMS = (PLAIN, "full", "least", "middle", "full least", "full middle", "few")
"""What is tried, the first that is accepted is kept: `plain` has the texts of the document's example as they are, since
one may name something, and `few` has only the required fields."""

SHORT, LONG = "short", "long"
SPAN_FORMS = (SHORT, LONG)
"""What is tried before where an item lasts from one moment to another: an hour, and a day."""

SPAN = 1000
"""How far the middle of a number without a maximum is from its minimum."""


def in_form(
    schemas: Schemas,
    bodies: RequestBodies,
    resource: CheckedResource,
    body: dict[str, Any],
    form: str,
    left_out: Container[str] = (),
) -> dict[str, Any]:
    """The body in a form, without the fields in `left_out`; as far as it stays valid.

    Which fields `full` adds is chosen before.
    """
    op = resource.operations["create"]
    body = _valid(bodies, resource, body, {name: value for name, value in body.items() if name not in left_out})
    if "few" in form:
        needed = bodies.required(op)
        body = _valid(bodies, resource, body, {name: value for name, value in body.items() if name in needed})
    change = _least if "least" in form else _middle if "middle" in form else None
    if change is None:
        return body
    refers = {each.field.partition("[")[0].partition(".")[0] for each in resource.behaviour.references}
    for name, pointer in bodies.properties(op).items():
        if name in body and name not in refers:
            changed = with_numbers(schemas, pointer, body[name], change)
            body = _valid(bodies, resource, body, body | {name: changed})
    return body


def _valid(
    bodies: RequestBodies, resource: CheckedResource, body: dict[str, Any], changed: dict[str, Any]
) -> dict[str, Any]:
    return changed if bodies.accepts(resource.operations["create"], changed) else body


def _least(_: float, bounds: Mapping[str, Any]) -> Iterator[Any]:
    """The smallest numbers that may be meant: an index from 0, a number from 1."""
    low = bounds["minimum"]
    yield from (low if isinstance(low, int | float) else 0, 0, 1)


def _middle(_: float, bounds: Mapping[str, Any]) -> Iterator[Any]:
    """Numbers that are no bound."""
    low, high = bounds["minimum"], bounds["maximum"]
    start = low if isinstance(low, int | float) else 0
    end = high if isinstance(high, int | float) else start + SPAN
    yield from (int(start + (end - start) // 2), int(start) + 1, start + (end - start) / 2)
