"""A check of lists that count: the tags of all notes, each with the number of notes that have it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources, resource_operations
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract
from mockserver.inference.names import noun, plain
from mockserver.inference.sentences.refusal_sentences import Sentence, operation_sentences
from mockserver.openapi import path_template
from mockserver.openapi.media_types import is_json
from mockserver.openapi.schemas import Schemas

NUMBER_OF = re.compile(
    r"\b(?:number|count) of (?:(?:all|the|its|their|own|your|our|these|those) )*(?P<noun>[a-z]\w*)"
    r"(?: (?:that|which|with|in|of|under|for|per|carry|having)\b.*)?$|\bhow many (?:[a-z]+ )?(?P<noun_too>[a-z]\w*)",
    re.IGNORECASE,
)
"""How a sentence says that each entry of a list counts items."""

DOUBT = re.compile(r"\b(?:approximat\w*|roughly|estimat\w*|cached|ever|so far|total|may|might)\b", re.IGNORECASE)

COUNTS = frozenset(("count", "number", "total", "uses", "usage", "items"))


class Tally(NamedTuple):
    """A list whose entries have a `value` of a field of items, and the `number` of the items that have it."""

    op: ResourceOperation
    entries: str
    value: str
    number: str
    resource: CheckedResource
    field: str
    source: str


def tally(context: CheckContext, found: Tally) -> None:
    """A list that says how many items have a value follows each create, change and delete."""
    resource, op = found.resource, found.resource.operations["create"]
    value = _new_value(context, found)
    body = context.body(resource)
    shown = [value] if _is_list(context.contract.schemas, context.bodies.properties(op)[found.field]) else value
    if not context.bodies.accepts(op, body | {found.field: shown}):
        raise CannotBuildRequest(f"no valid {resource.name} has a new {found.field}")
    history: list[RecordedExchange] = []
    made: list[CreatedItem] = []
    for number in (1, 2):
        made.append(context.create(resource, context.body(resource) | {found.field: shown}))
        history.append(made[-1].exchange)
        if not _expect(context, found, value, number, f"after {number} of {number} are created", history):
            return
    left = 2
    if resource.can("delete") and (removed := context.delete(made[0])).status < 300:
        left -= 1
        history.append(removed)
        if not _expect(context, found, value, left, f"after a {resource.name} is deleted", history):
            return
    change = resource.operations.get("update") or resource.operations.get("replace")
    if change is None or found.field not in context.bodies.properties(change):
        return
    is_whole = change == resource.operations.get("replace")
    other = [_new_value(context, found)] if isinstance(shown, list) else _new_value(context, found)
    changed = context.send(change, path=made[1].path, body={**(made[1].sent if is_whole else {}), found.field: other})
    if changed.status < 300:
        history.append(changed)
        _expect(context, found, value, left - 1, f"after a {resource.name} has another {found.field}", history)


def _expect(
    context: CheckContext, found: Tally, value: str, wanted: int, when: str, history: list[RecordedExchange]
) -> bool:
    exchange = context.send(found.op)
    if exchange.status >= 300:
        raise CannotBuildRequest(f"{found.op.name} answers {exchange.status}")
    body = exchange.json
    entries = body if not found.entries else body.get(found.entries) if isinstance(body, dict) else None
    counts = [
        each.get(found.number) for each in entries or () if isinstance(each, dict) and each.get(found.value) == value
    ]
    seen = counts[0] if counts else 0
    return context.expect(
        seen == wanted,
        f"{found.number} of {value} is {wanted} {when}"
        if wanted
        else f"{value} counts no {found.resource.name} {when}",
        f"it is {seen}",
        *history,
        exchange,
        about=when,
    )


def _new_value(context: CheckContext, found: Tally) -> str:
    """A value that no item has. Raises CannotBuildRequest."""
    op, schemas = found.resource.operations["create"], context.contract.schemas
    pointer = context.bodies.properties(op)[found.field]
    pointer = schemas.items(pointer) or pointer
    letters = "".join(chr(ord("a") + (context.shared.next() // 26**place) % 26) for place in (2, 1, 0))
    validator = schemas.validator(pointer, "request")
    for text in (f"contract-check-{letters}", f"check{letters}", f"Check{letters}", letters):
        if validator.is_valid(text):
            return text
    raise CannotBuildRequest(f"no new {found.field} is valid")


def _is_list(schemas: Schemas, pointer: str) -> bool:
    return schemas.items(pointer) is not None


def _places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for op in resource_operations(contract):
        if op.operation.method == "get" and not path_template.names(op.operation.path):
            for found in _tallies(contract, known, op):
                text = f"{op.name} says how many {found.resource.name} items have each {found.value}."
                yield op.name, StatementRef(op.name, "counts", "described", found.source, text), (found,)
                break


def _tallies(contract: Contract, known: dict[str, CheckedResource], op: ResourceOperation) -> Iterator[Tally]:
    schemas = contract.schemas
    response = op.operation.success()
    media = next((m for m in response.content if m.schema and is_json(m.name)), None) if response else None
    said = next(_said(schemas, op), None) if media is not None else None
    for name, pointer in _lists(schemas, media.schema) if media is not None and media.schema and said else ():
        fields = schemas.properties(pointer)
        counts = [each for each, at in fields.items() if "integer" in schemas.types(at)]
        values = [each for each, at in fields.items() if schemas.types(at) == {"string"}]
        if len(counts) != 1 or len(values) != 1 or len(fields) != 2 or not COUNTS & set(noun(counts[0])) or not said:
            continue
        for resource in known.values():
            field = _field(contract, resource, values[0]) if resource.can("create") else ""
            if field and noun(resource.name)[-1] == said[1]:
                yield Tally(op, name, values[0], counts[0], resource, field, said[0].source)


def _said(schemas: Schemas, op: ResourceOperation) -> Iterator[tuple[Sentence, str]]:
    for each in operation_sentences(schemas, op.operation):
        match = NUMBER_OF.search(each.text)
        if match and not DOUBT.search(each.text):
            yield each, noun(match["noun"] or match["noun_too"])[-1]


def _lists(schemas: Schemas, pointer: str) -> Iterator[tuple[str, str]]:
    """The list that a reply is, or the lists in it, with the pointer of their entries."""
    items = schemas.items(pointer)
    if items is not None:
        yield "", items
    for name, at in schemas.properties(pointer).items():
        inner = schemas.items(at)
        if inner is not None:
            yield name, inner


def _field(contract: Contract, resource: CheckedResource, value: str) -> str:
    """The field of the items whose values are counted: `tags` for `tag`; empty if there is none."""
    schemas, pointer = contract.schemas, resource.operations["create"].body_schema(contract.schemas)
    known: dict[str, Any] = dict(schemas.properties(pointer)) if pointer is not None else {}
    for name, at in known.items():
        types = schemas.types(schemas.items(at) or at)
        if types == {"string"} and plain("".join(noun(name))) == plain("".join(noun(value))):
            return name
    return ""


CHECKS = (Check("tally", ("counts",), _places, tally, exclusive=False),)
