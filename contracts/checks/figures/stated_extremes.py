"""A check of fields that show the highest or lowest value of the items below: the date of the latest visit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contracts.checks.item_view import as_json, documented
from contracts.checks.state.timestamps import moment_of
from contracts.checks.stored_fields import current, expect_at_rest
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from contracts.runner.existing_items import owner_of
from mockserver.contract import Contract
from mockserver.inference.names import noun
from mockserver.inference.sentences.extreme_sentences import Extreme, extremes, meant_field

DAYS = ("2026-05-04", "2026-11-20", "2025-02-03", "2026-08-08")
"""Values in the order of their creation: the highest and the lowest come neither first nor last."""

MOMENTS = tuple(f"{each}T10:00:00Z" for each in DAYS)

NUMBERS = (20, 90, 3, 50)


def stated_extreme(context: CheckContext, owner: CheckedResource, child: CheckedResource, said: Extreme) -> None:
    """A field that shows the highest value of the items below does so in whichever order they are created."""
    above, history = context.create(owner), list[RecordedExchange]()
    values, made = _values(context, child, said.each), list[CreatedItem]()
    for value in values:
        exchange, item = context.create_below(above, child, context.body_below(above, child) | {said.each: value})
        history.append(exchange)
        made += [item] if item is not None else []
        wanted = (max if said.is_highest else min)(values[: len(history)])
        if not _check(context, above, said, wanted, history, f"after {', '.join(map(str, values[: len(history)]))}"):
            return
    if child.can("delete") and len(made) == len(values):
        _check_deletes(context, above, said, dict(zip(values, made, strict=True)), history)


def _check_deletes(
    context: CheckContext,
    above: CreatedItem,
    said: Extreme,
    left: dict[Any, CreatedItem],
    history: list[RecordedExchange],
) -> None:
    """The field shows the next value when the item with the highest one is deleted, and null after the last one."""
    while left:
        gone = (max if said.is_highest else min)(left)
        removed = context.delete(left.pop(gone))
        history.append(removed)
        if removed.status not in (200, 204) or not (left or said.is_null):
            return
        wanted = (max if said.is_highest else min)(left) if left else None
        if not _check(context, above, said, wanted, history, f"after that of {gone} is deleted"):
            return


def _check(
    context: CheckContext,
    above: CreatedItem,
    said: Extreme,
    wanted: Any,
    history: list[RecordedExchange],
    when: str,
) -> bool:
    _, item, reading = current(context, above)
    shown = item.get(said.field)
    right = shown == wanted or (isinstance(wanted, str) and _same_moment(shown, wanted))
    if not right:
        expect_at_rest(context, above, said.field)
    which = "highest" if said.is_highest else "lowest"
    return context.expect(
        right,
        f"{said.field} of the {above.resource.name} is {as_json(wanted)}, the {which} {said.each}, {when}",
        f"{said.field} is {as_json(shown)}",
        above.exchange,
        *history,
        *reading,
        about=said.field,
    )


def _same_moment(shown: object, wanted: str) -> bool:
    return isinstance(shown, str) and moment_of(shown) is not None and moment_of(shown) == moment_of(wanted)


def _values(context: CheckContext, child: CheckedResource, field: str) -> list[Any]:
    """Valid values of a field, as they are created. Raises CannotBuildRequest."""
    pointer, schemas = context.bodies.properties(child.operations["create"])[field], context.contract.schemas
    valid = schemas.validator(pointer, "request").is_valid
    if "string" in schemas.types(pointer):
        times = DAYS if schemas.keyword(pointer, "format") == "date" else MOMENTS
        if schemas.keyword(pointer, "format") in ("date", "date-time") and all(valid(value) for value in times):
            return list(times)
    elif all(valid(value) for value in NUMBERS):
        return list(NUMBERS)
    raise CannotBuildRequest(f"no values of {field} whose order is known are valid")


def _places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for owner in known.values():
        shown = documented(contract, owner.operations["get"]) if owner.can("create", "get") else {}
        for said in extremes(contract.schemas, shown):
            for child in known.values():
                op = child.operations.get("create")
                if op is None or owner_of(child) != owner.name or noun(child.name)[-1] != said.noun:
                    continue
                pointer = op.body_schema(contract.schemas)
                asked = contract.schemas.properties(pointer) if pointer is not None else {}
                each = meant_field(contract.schemas, asked, said.each)
                if each:
                    text = f"{said.field} is the {'highest' if said.is_highest else 'lowest'} {each} below."
                    stated = StatementRef(op.name, "counts", "described", said.source, text)
                    yield op.name, stated, (owner, child, said._replace(each=each))


CHECKS = (Check("stated-extreme", (), _places, stated_extreme, exclusive=False),)
