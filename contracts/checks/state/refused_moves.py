"""A check of refused moves: a transfer that is refused neither takes anything from one item nor gives it to another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from contracts.checks.item_view import as_json
from contracts.checks.relations.unknown_references import unknown_id
from contracts.checks.state.refused_requests import FAILED
from contracts.checks.stored_fields import current, expect_at_rest
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.body_references import referring
from contracts.model.fillings import Move, move_of
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract


class TriedMove(NamedTuple):
    """A move that may be refused, the items whose figures then stay, and why it may be refused."""

    body: dict[str, Any]
    items: tuple[CreatedItem, ...]
    why: str


def refused_move(context: CheckContext, child: CheckedResource, move: Move) -> None:
    """A move that is refused leaves the figures of both items as they are."""
    refused = 0
    for attempt in _attempts(context, child, move):
        if not context.bodies.accepts(child.operations["create"], attempt.body):
            continue
        before = [_figure(context, item, move.figure) for item in attempt.items]
        exchange, _ = context.try_create(child, attempt.body, may_conflict=True)
        if not 400 <= exchange.status < 500:
            continue  # that it is accepted is another check
        refused += 1
        for item, was in zip(attempt.items, before, strict=True):
            _, shown, reading = current(context, item)
            if shown.get(move.figure) != was:
                expect_at_rest(context, item, move.figure)
            if not context.expect(
                shown.get(move.figure) == was,
                f"a {child.name} that is refused, {attempt.why}, leaves {move.figure} at {as_json(was)}",
                f"{move.figure} is {as_json(shown.get(move.figure))}",
                *(each.exchange for each in attempt.items),
                exchange,
                *reading,
                about=attempt.why,
            ):
                return
    if not refused:
        raise CannotBuildRequest(f"no {child.name} was refused")


def _attempts(context: CheckContext, child: CheckedResource, move: Move) -> Iterator[TriedMove]:
    giver, taker = (context.create_plentiful(move.owner, always=True) for _ in range(2))
    body = context.body(child)
    had = _figure(context, giver, move.figure)

    def moving(source: Any, target: Any, amount: Any = None) -> dict[str, Any]:
        made = referring(referring(body, move.giver.field, source), move.taker.field, target)
        return made if amount is None else {**made, move.amount: amount}

    yield TriedMove(moving(giver.id, taker.id, had + 1), (giver, taker), f"for more than the {move.figure}")
    for name, other in _unlike(context, move.owner, giver):
        yield TriedMove(moving(giver.id, other.id), (giver, other), f"to an item with another {name}")
        yield TriedMove(moving(other.id, giver.id), (giver, other), f"from an item with another {name}")
    yield TriedMove(moving(giver.id, giver.id), (giver,), "to the same item")
    yield TriedMove(moving(giver.id, unknown_id(context, taker)[0]), (giver,), "to an unknown item")


def _unlike(context: CheckContext, owner: CheckedResource, giver: CreatedItem) -> Iterator[tuple[str, CreatedItem]]:
    """Items that differ from another one in a field with a few values, such as the currency."""
    op, schemas = owner.operations["create"], context.contract.schemas
    for name, pointer in context.bodies.properties(op).items():
        present = giver.item.get(name, giver.sent.get(name))
        values = [each for each in schemas.keyword(pointer, "enum") or () if each is not None and each != present]
        body = context.body(owner) | ({name: values[0]} if values else {})
        if values and context.bodies.accepts(op, body):
            yield name, context.create_plentiful(owner, always=True, **{name: values[0]})


def _figure(context: CheckContext, item: CreatedItem, figure: str) -> Any:
    shown = current(context, item)[1].get(figure)
    if type(shown) not in (int, float):
        raise CannotBuildRequest(f"a new {item.resource.name} shows no {figure}")
    return shown


def _places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for child in known.values():
        move = move_of(contract.schemas, known, child) if child.can("create") else None
        if move is not None and move.owner.can("create", "get"):
            op = child.operations["create"].name
            text = f"A refused {child.name} has no effect."
            yield op, StatementRef(op, "http", "documented", FAILED, text), (child, move)


CHECKS = (Check("refused-move", (), _places, refused_move, exclusive=False),)
