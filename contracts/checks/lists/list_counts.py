"""Check of the number beside a list without pages: `{"data": […], "count": 2}`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contracts.checks.item_view import as_json
from contracts.cleanup.created_items import CreatedItem
from contracts.client.pagination import USUAL_CAPS, listed
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, Path, ResourceOperation, checked_resources, value_at
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract

MOST_FILTERS = 6
"""So many filters are tried, each with two values."""


def list_counts(context: CheckContext, resource: CheckedResource, op: ResourceOperation, place: Path) -> None:
    """The count beside a list without pages is the number of its items, also in a filtered list and after a DELETE."""
    made = [context.create(resource) for _ in range(2)]
    _compare(context, op, place, "of all items", made, {})
    for query in _queries(context, op, made[0]):
        written = "&".join(f"{name}={value}" for name, value in query.items())
        _compare(context, op, place, f"with {written}", made, query)
    if resource.can("delete"):
        removed = context.delete(made[1])
        if removed.status < 300:
            _compare(context, op, place, "after a DELETE", made[:1], {}, removed)


def _compare(
    context: CheckContext,
    op: ResourceOperation,
    place: Path,
    which: str,
    made: list[CreatedItem],
    query: dict[str, Any],
    *before: RecordedExchange,
) -> None:
    response = context.send(op, path=made[0].path, query=query)
    count = value_at(response.json, place)
    if response.status != 200 or not isinstance(count, int) or isinstance(count, bool):
        if not query:
            raise CannotBuildRequest(f"{op.name} returned {response.status} without a number at {place[-1]}")
        return
    shown = len(listed(op, response))
    if shown in USUAL_CAPS and count > shown:
        return  # the list seems to be cut, which other checks report
    context.expect(
        count == shown,
        f"{place[-1]} of the list {which} is {shown}, the number of its items",
        as_json(count),
        *(each.exchange for each in made),
        *before,
        response,
        about=which.split(maxsplit=1)[0],
    )


def _queries(context: CheckContext, op: ResourceOperation, made: CreatedItem) -> list[dict[str, Any]]:
    """For each filter, the value that an item has, and one that it has not."""
    found, item = list[dict[str, Any]](), {**made.sent, **made.item}
    for each in op.behaviour.filter[:MOST_FILTERS]:
        value = item.get(each.field)
        if each.location == "query" and each.compare == "equal" and each.parameter and isinstance(value, str | int):
            other = _another(context, op.query_schema(each.parameter), value)
            found += [{each.parameter: value}, *([{each.parameter: other}] if other is not None else [])]
    return found


def _another(context: CheckContext, pointer: str | None, value: str | int) -> Any:
    """Another valid value of a parameter; None if none is known."""
    if pointer is None or isinstance(value, bool):
        return None
    choices = context.contract.schemas.keyword(pointer, "enum") or [
        f"{value}x" if isinstance(value, str) else value + 1
    ]
    validator = context.contract.schemas.validator(pointer, "request")
    return next((each for each in choices if each != value and validator.is_valid(each)), None)


def _places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        op = resource.operations.get("list")
        if op is None or op.behaviour.paging is not None or not resource.can("create"):
            continue
        place = op.page_fact("total") or op.page_fact("count")
        if place and op.reply_path("items") is not None:
            text = f"{place[-1]} is the number of the items in the list: no further page is documented."
            source = "the document's schema of the reply"
            yield op.name, StatementRef(op.name, "reply", "implied", source, text), (resource, op, place)


CHECKS = (Check("list-count", (), _places, list_counts),)
