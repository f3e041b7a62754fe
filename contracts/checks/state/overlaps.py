"""A check of items that take a time of something: no two bookings of a room overlap."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.body_references import body_references, referring
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, checked_resources
from contracts.model.timed_items import Span, span_of
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from contracts.runner.existing_items import owner_of
from contracts.runner.tried_bodies import LONG
from mockserver.behaviour.statements import Reference
from mockserver.contract import Contract
from mockserver.inference.sentences.overlap_sentences import says_adjacent, says_no_overlap

YEAR = 2035
"""A year in the future, since a booking of the past may be refused; no other item of a run is in it."""

TOGETHER = 6
"""How many requests for the same time are sent together."""

FIRST_FREE, TRIES = 10, 2
"""From this day or hour on, nothing is taken; how many times are tried."""


def overlap(
    context: CheckContext, resource: CheckedResource, owner: CheckedResource, reference: Reference | None, ends: Span
) -> None:
    """Of two items that want the same thing at the same time, the second is refused; at another time it is not."""
    above = context.create(owner)
    _, first = _take(context, resource, above, reference, ends, 3, 6)
    if first is None:
        raise CannotBuildRequest(f"no {resource.name} of a new {owner.name} could be made")
    _, apart = _take(context, resource, above, reference, ends, 20, 22)
    if apart is None:
        raise CannotBuildRequest(f"a second {resource.name} of a {owner.name} at another time is refused")
    _check_adjacent(context, resource, above, reference, ends, first)
    for begin, end, how in ((5, 8, "begins before the other ends"), (3, 6, "is at the same time"), (4, 5, "is within")):
        exchange, _ = _take(context, resource, above, reference, ends, begin, end)
        if not context.expect_status(
            400 <= exchange.status < 500,
            f"a second {resource.name} of the same {owner.name} which {how} is refused",
            above.exchange,
            first.exchange,
            exchange,
            about="overlap",
        ):
            return
    _check_together(context, resource, above, reference, ends)


def _check_together(
    context: CheckContext, resource: CheckedResource, above: CreatedItem, reference: Reference | None, ends: Span
) -> None:
    """Of requests at the same time for the same time, one succeeds at most."""
    op, user = resource.operations["create"], context.main_user
    path = {**context.parent_path(resource, user), **(above.path_below(resource) if reference is None else {})}
    for round in range(TRIES):
        begin = FIRST_FREE + round
        bodies = [_body(context, resource, above, reference, ends, begin, begin + 1) for _ in range(TOGETHER)]
        exchanges = context.send_together(op.operation, bodies, path)
        made = [
            context.record_created(resource, each, body, user, path)
            for each, body in zip(exchanges, bodies, strict=True)
        ]
        accepted = sum(each is not None for each in made)
        context.expect(
            accepted <= 1,
            f"of {TOGETHER} concurrent requests for the same {above.resource.name} at the same time, one succeeds at most",
            f"{accepted} succeed",
            above.exchange,
            *exchanges,
            about="together",
        )
        if accepted > 1:
            return


def _check_adjacent(
    context: CheckContext,
    resource: CheckedResource,
    above: CreatedItem,
    reference: Reference | None,
    ends: Span,
    first: CreatedItem,
) -> None:
    """An item may begin when another one ends, if the document says so."""
    said = says_adjacent(context.contract.schemas, resource.operations["create"].operation)
    if said is None:
        return
    text = f"A {resource.name} may begin when another one ends."
    for begin, end, how in ((6, 7, "begins when the first one ends"), (2, 3, "ends when the first one begins")):
        exchange, _ = _take(context, resource, above, reference, ends, begin, end)
        context.expect_status(
            exchange.status < 300,
            f"a second {resource.name} which {how} is accepted",
            above.exchange,
            first.exchange,
            exchange,
            about="adjacent",
            statement=StatementRef(context.operation, "http", "described", said.source, text),
        )


def _take(
    context: CheckContext,
    resource: CheckedResource,
    above: CreatedItem,
    reference: Reference | None,
    ends: Span,
    begin: int,
    end: int,
) -> tuple[RecordedExchange, CreatedItem | None]:
    """A create of an item from one day or hour to another one; None for the item if it is refused."""
    body = _body(context, resource, above, reference, ends, begin, end)
    path = above.path_below(resource) if reference is None else None
    return context.try_create(resource, body, path=path, may_conflict=True)


def _body(
    context: CheckContext,
    resource: CheckedResource,
    above: CreatedItem,
    reference: Reference | None,
    ends: Span,
    begin: int,
    end: int,
) -> dict[str, Any]:
    """The body of a create request with that span. Raises CannotBuildRequest if it is not valid."""
    op, schemas = resource.operations["create"], context.contract.schemas
    body = context.body(resource)
    body = referring(body, reference.field, above.id) if reference is not None else body
    is_long = context.shared.forms.get(resource.name) == LONG
    for name, number in zip(ends, (begin, end), strict=True):
        is_day = schemas.keyword(context.bodies.properties(op)[name], "format") == "date"
        body[name] = _moment(number, is_day=is_day, is_long=is_long)
    if not context.bodies.accepts(op, body):
        raise CannotBuildRequest(f"no valid {resource.name} lasts from {body[ends[0]]} to {body[ends[1]]}")
    return body


def _moment(number: int, *, is_day: bool, is_long: bool) -> str:
    """A day of a month, or an hour of a day: where an item may not last for an hour, a time on the day."""
    if is_day:
        return f"{YEAR}-05-{number:02}"
    return f"{YEAR}-05-{number:02}T10:00:00Z" if is_long else f"{YEAR}-05-03T{number:02}:00:00Z"


def _places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for resource in known.values():
        op = resource.operations.get("create")
        ends = span_of(contract.schemas, resource) if op is not None else None
        said = says_no_overlap(contract.schemas, op.operation) if op is not None and ends is not None else None
        found = _taken(contract, known, resource) if said is not None else None
        if op is not None and said is not None and found is not None:
            text = f"No two {resource.name} items of a {found[0].name} overlap."
            yield op.name, StatementRef(op.name, "http", "described", said.source, text), (resource, *found, ends)


def _taken(
    contract: Contract, known: Mapping[str, CheckedResource], resource: CheckedResource
) -> tuple[CheckedResource, Reference | None] | None:
    """What is taken for the time: the item above, or the only one that the body names."""
    above = known.get(owner_of(resource))
    if above is not None and above.can("create"):
        return above, None
    found = [
        (known[each.resource], each)
        for each in body_references(contract.schemas, resource, resource.operations["create"])
        if each.resource in known and each.key == known[each.resource].behaviour.identity.field
    ]
    return found[0] if len(found) == 1 and found[0][0].can("create") else None


CHECKS = (Check("overlap", ("references",), _places, overlap, exclusive=False),)
