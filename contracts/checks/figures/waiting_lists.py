"""A check of waiting lists: when a place becomes free, the first who waits gets it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from contracts.checks.item_view import as_json, documented
from contracts.checks.stored_fields import current
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from contracts.runner.existing_items import owner_of
from mockserver.contract import Contract
from mockserver.inference.names import plain
from mockserver.inference.sentences.descriptions import room_field
from mockserver.inference.sentences.refusal_sentences import Sentence, operation_sentences
from mockserver.inference.sentences.state_rules import STATES
from mockserver.openapi.schemas import Schemas

FIRST_MOVES_UP = re.compile(
    r"\bwait(?:ed|s|ing)? (?:the )?longest\b|\bfirst (?:[a-z]+ ){0,3}(?:wait|on the|in line)|\bnext (?:[a-z]+ ){0,2}"
    r"(?:in line|waiting|(?:on|in|of|from) the (?:waiting )?(?:list|queue))\b|\blongest[- ]waiting\b",
    re.IGNORECASE,
)
"""How a sentence says who gets a place that becomes free."""

WAITERS = 3
"""How many wait: enough to tell the first, the last and one in the middle apart."""


def waiting_list(context: CheckContext, child: CheckedResource, owner: CheckedResource, field: str) -> None:
    """When an item makes room, the first of those that wait gets its place, as the document says."""
    op, body = owner.operations["create"], context.body(owner)
    if not context.bodies.accepts(op, body | {field: 1}):
        raise CannotBuildRequest(f"no {owner.name} for one {child.name} is valid")
    above = context.create(owner, body | {field: 1})
    made = [context.create(child, path=above.path_below(child)) for _ in range(WAITERS + 1)]
    items = [current(context, each)[1] for each in made]
    name = _state_field(context, child, items)
    removed = context.delete(made[0])
    if removed.status >= 300:
        raise CannotBuildRequest(f"a {child.name} cannot be deleted: status {removed.status}")
    history = (above.exchange, *(each.exchange for each in made), removed)
    for number, each in enumerate(made[1:]):
        _, item, shown = current(context, each)
        wanted = items[0][name] if number == 0 else items[number + 1][name]
        what = "gets its place" if number == 0 else "still waits"
        context.expect(
            item.get(name) == wanted,
            f"number {number + 1} of those that wait {what} when the first {child.name} is deleted: {name} is "
            f"{as_json(wanted)}",
            f"{name} is {as_json(item.get(name))}",
            *history,
            *shown,
            about=f"waiting {number + 1}",
        )


def _state_field(context: CheckContext, child: CheckedResource, items: list[dict[str, Any]]) -> str:
    """The field that says who waits: one value for the first item, and another one for all others."""
    fields = documented(context.contract, child.operations["get" if child.can("get") else "list"])
    for name in fields:
        first, *rest = (item.get(name) for item in items)
        is_state = plain(name).endswith(STATES) or isinstance(first, bool)
        if is_state and first is not None and len(set(map(str, rest))) == 1 and rest[0] not in (first, None):
            return name
    raise CannotBuildRequest(f"no field of a {child.name} says whether it waits")


def _said(schemas: Schemas, ops: Mapping[str, ResourceOperation]) -> Sentence | None:
    for op in (ops[name] for name in ("delete", "create") if name in ops):
        for each in operation_sentences(schemas, op.operation):
            if FIRST_MOVES_UP.search(each.text):
                return each
    return None


def _places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for child in known.values():
        owner = known.get(owner_of(child))
        if owner is None or not owner.can("create") or not child.can("create", "delete"):
            continue
        pointer = owner.operations["create"].body_schema(contract.schemas)
        field = room_field(contract.schemas.properties(pointer), child.name) if pointer is not None else ""
        said = _said(contract.schemas, child.operations) if child.can("get") or child.can("list") else None
        if field and said is not None:
            op = child.operations["delete"].name
            text = f"The first {child.name} that waits gets a place that becomes free."
            yield op, StatementRef(op, "parent", "described", said.source, text), (child, owner, field)


CHECKS = (Check("waiting-list", ("parent",), _places, waiting_list, exclusive=False),)
