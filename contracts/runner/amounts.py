"""Amounts in bodies: little of what there may be too little of, and plenty of it in what a request refers to."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from typing import Any

from contracts.client.request_bodies import RequestBodies
from contracts.model.resources import CheckedResource
from mockserver.inference.sentences.relative_sentences import relative_sentence
from mockserver.openapi.schemas import Schemas

PLENTY = (9_995, 995, 95, 15, 10)
"""Amounts that are enough for all requests of a check, the first valid one counts. None is round, so that a tenth of it
shows how it is rounded."""


Change = Callable[[float, Mapping[str, Any]], Iterable[float]]
"""From a number and its `minimum` and `maximum`, None where there is none, to those that may take its place."""


def with_numbers(
    schemas: Schemas, pointer: str, value: Any, change: Change, kept: Container[str] = (), field: str = ""
) -> Any:
    """The value with other numbers, also inside it: for each the first valid one of `change`.

    `field` is the name of the value as in references, such as `lines[].part_id`; what is in `kept` is no amount.
    """
    if isinstance(value, dict):
        known, start = schemas.properties(pointer), f"{field}." if field else ""
        return {
            name: with_numbers(schemas, known[name], each, change, kept, start + name) if name in known else each
            for name, each in value.items()
        }
    items = schemas.items(pointer) if isinstance(value, list) else None
    if items is not None:
        return [with_numbers(schemas, items, each, change, kept, f"{field}[]") for each in value]
    if field in kept or isinstance(value, bool) or not isinstance(value, int | float):
        return value
    bounds = {word: schemas.keyword(pointer, word) for word in ("minimum", "maximum")}
    validator = schemas.validator(pointer, "request")
    return next((each for each in change(value, bounds) if validator.is_valid(each)), value)


def modest_body(
    schemas: Schemas, bodies: RequestBodies, resource: CheckedResource, body: dict[str, Any]
) -> dict[str, Any]:
    """The body of a create request with the smallest amounts, if the document says that there may be less than a
    request asks for."""
    op = resource.operations["create"]
    pointer = bodies.schema(op)
    if pointer is None or not relative_sentence(schemas, op.operation):
        return body
    modest = with_numbers(schemas, pointer, body, _smaller, {each.field for each in resource.behaviour.references})
    return modest if bodies.accepts(op, modest) else body


def adding_body(
    schemas: Schemas,
    bodies: RequestBodies,
    resources: Mapping[str, CheckedResource],
    resource: CheckedResource,
    body: dict[str, Any],
) -> dict[str, Any]:
    """The body of a create request that adds to a figure of another item: there may be nothing yet to take off."""
    counts = [each for one in resources.values() for each in one.behaviour.counts if each.resource == resource.name]
    known = bodies.properties(resource.operations["create"])
    for name, off in (pair for each in counts for pair in each.lowered_by.items() if pair[0] in known):
        others = [value for value in schemas.keyword(known[name], "enum") or () if value not in off]
        changed = body | {name: others[0]} if body.get(name) in off and others else body
        body = changed if bodies.accepts(resource.operations["create"], changed) else body
    return body


def _smaller(value: float, bounds: Mapping[str, Any]) -> list[float]:
    low = bounds["minimum"]
    tried = [1, *([low] if isinstance(low, int | float) and low > 0 else [])]
    return [each for each in tried if each < value]


def plentiful_body(
    schemas: Schemas, bodies: RequestBodies, resource: CheckedResource, body: dict[str, Any]
) -> dict[str, Any]:
    """The body of a create request with large amounts in every number that may be sent and names no other item."""
    made, op = dict(body), resource.operations["create"]
    kept = op.rule_fields | {each.field for each in resource.behaviour.references}
    for name, pointer in bodies.properties(op).items():
        is_number = bool(schemas.types(pointer) & {"integer", "number"}) and name not in kept
        most = schemas.keyword(pointer, "maximum")
        for amount in (*PLENTY, *([most] if type(most) is int else [])) if is_number else ():
            if bodies.accepts(op, made | {name: amount}):
                made[name] = amount
                break
    return made


def needed_plentifully(schemas: Schemas, resources: dict[str, CheckedResource]) -> frozenset[str]:
    """The names of the resources that may run out for a create request: those that it refers to."""
    return frozenset(_used_up(schemas, resources))


def _used_up(schemas: Schemas, resources: dict[str, CheckedResource]) -> Iterator[str]:
    for each in resources.values():
        create = each.operations.get("create")
        if create is not None and relative_sentence(schemas, create.operation):
            yield from (reference.resource for reference in each.behaviour.references)
            if each.behaviour.parent is not None:
                yield each.behaviour.parent.resource
