"""Checks of the order of lists, and of sorting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from contracts.checks.item_view import as_json, documented
from contracts.checks.lists.listed_items import ids, in_one_list, only, order_of
from contracts.checks.lists.sort_values import is_named, written_values
from contracts.checks.state.timestamps import moment_of
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation
from contracts.runner.amounts import with_numbers
from contracts.runner.check import Check, Place, operation_statement, resource_statement
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import FROM_DOCUMENT, Order, Sort
from mockserver.contract import Contract
from mockserver.inference.lists.paging import SORT_ORDER
from mockserver.inference.lists.sort_names import UNITS
from mockserver.inference.names import words
from mockserver.inference.values.ordered_pairs import in_order_around

FEWEST = 2
"""With fewer items, a list has no order."""


SHUFFLED: tuple[tuple[Any, ...], ...] = (
    tuple(f"2026-03-0{day}T12:00:00Z" for day in (2, 4, 1, 3)),
    tuple(f"2026-03-0{day}" for day in (2, 4, 1, 3)),
    (2, 4, 1, 3),
)
"""Values out of order: times, days, numbers. A text without a format takes the first ones, which sort as texts."""


def order(context: CheckContext, resource: CheckedResource, _: Order) -> None:
    """A list has the stated order, also after an update."""
    statement = order_of(resource)
    is_exact = statement.evidence not in FROM_DOCUMENT
    holds = _is_in_order(context, resource, statement, pause=0.0, report=is_exact)
    if not holds and not is_exact:
        # How exactly the service measures time is not known; items of the same second may be in any order.
        _is_in_order(context, resource, statement, pause=1.05, report=True)


def _is_in_order(
    context: CheckContext, resource: CheckedResource, statement: Order, *, pause: float, report: bool
) -> bool:
    bodies = _out_of_order(context, resource, statement.by)
    created = [context.create(resource, bodies[0])]
    for body in bodies[1:]:
        context.target.pause(pause)
        created.append(context.create(resource, body))
    created = in_one_list(resource, created)
    if len(created) < FEWEST:
        raise CannotBuildRequest(f"only {len(created)} items can be created in one list")
    _update_one(context, resource, created[1])
    items, listing = context.list_all(created[0])
    ours = only(resource, items, created)
    if statement.by == "creation":
        wanted = [str(m.id) for m in (reversed(created) if statement.direction == "descending" else created)]
        holds, seen = ids(resource, ours) == wanted, _creation_numbers(ids(resource, ours), wanted)
        expected = f"the list is in order of creation, {statement.direction}"
    else:
        rank = statement.ranks.get(statement.by, ())
        values = [rank.index(v) if (v := item.get(statement.by)) in rank else v for item in ours]
        holds = values == _sorted(values, statement.direction == "descending")
        expected, seen = f"the list is ordered by {statement.by}, {statement.direction}", as_json(values)
        if statement.evidence in FROM_DOCUMENT and not holds:
            ordered = list(reversed(values)) if statement.direction == "descending" else values
            pairs = [(_comparable(a), _comparable(b)) for a, b in pairwise(ordered)]
            holds = not any(type(a) is type(b) and a is not None and is_before(b, a) for a, b in pairs)
    if report or holds:
        stated = StatementRef.of(resource.name, "order", statement)
        context.expect(holds, expected, seen, *(m.exchange for m in created), *listing, statement=stated)
    return holds


def _out_of_order(context: CheckContext, resource: CheckedResource, by: str) -> list[dict[str, Any] | None]:
    """Four bodies whose values of the field that orders the list come neither in its order nor against it.

    None means any body: where clients do not send the field, the service sets it.
    """
    op, schemas = resource.operations["create"], context.contract.schemas
    pointer = context.bodies.properties(op).get(by)
    if pointer is None:
        return [None] * len(SHUFFLED[0])
    valid = schemas.validator(pointer, "request").is_valid
    for values in SHUFFLED:
        bodies = [{**context.body(resource), by: value} for value in values if valid(value)]
        bodies = [in_order_around(each, by, resource.ordered_pairs) for each in bodies]
        if len(bodies) == len(values) and all(context.bodies.accepts(op, body) for body in bodies):
            return list(bodies)
    return [None] * len(SHUFFLED[0])


def _update_one(context: CheckContext, resource: CheckedResource, made: CreatedItem) -> None:
    """Change a text of an item, because that must not change its place."""
    op = resource.operations.get("update")
    for name in context.bodies.properties(op) if op is not None else ():
        if op is not None and isinstance(made.sent.get(name), str):
            context.update(made, {name: context.bodies.other(op, name, made.sent[name], "order")})
            return


def _creation_numbers(seen: Sequence[str], wanted: Sequence[str]) -> str:
    return "the items in this order of creation: " + ", ".join(str(wanted.index(id) + 1) for id in seen if id in wanted)


def _sorted(values: list[Any], backwards: bool) -> list[Any]:
    try:
        return sorted(values, reverse=backwards)
    except TypeError:
        return values


def sort(context: CheckContext, resource: CheckedResource, op: ResourceOperation, statement: Sort) -> None:
    """A sort parameter orders the list by the requested field, in both directions."""
    if not statement.parameter:
        raise CannotBuildRequest("no parameter chooses the order; `order` checks it")
    created = in_one_list(resource, [context.create(resource, body) for body in _various(context, resource)])
    named = (
        each._replace(rank=statement.ranks.get(each.field, ()))
        for each in sort_choices(context, op, statement, created)
    )
    choices = [each for each in named if each.rank or _is_ordered(context, op, each.field)]
    if not choices:
        raise CannotBuildRequest(f"no value of {statement.parameter} names a field whose order is known")
    judged = [_in_order(context, resource, op, statement, created, each) for each in choices]
    if not any(judged):
        raise CannotBuildRequest("the list does not show two new items that differ in such a field")


class _SortChoice(NamedTuple):
    """A value of the sort parameter: the field that it names, the direction, and the further parameters to send.

    `rank` is the order of the values of the field where they have one of their own.
    """

    value: str
    field: str
    backwards: bool
    more: Mapping[str, Any]
    rank: Sequence[str] = ()


def sort_choices(
    context: CheckContext, op: ResourceOperation, statement: Sort, created: Sequence[CreatedItem]
) -> Iterator[_SortChoice]:
    """What the document lets one sort by: the values of an `enum`, or what it shows in another way."""
    values = [str(each) for each in parameter_values(context, op, statement.parameter)]
    values = values or written_values(context.contract, op, statement, created[0])
    known = {name.lower(): name for each in created for name in (*each.item, *each.sent)}
    for value in values:
        ending = None if value.lstrip("+-").lower() in known else SORT_ORDER.search(value)
        asked = (value[: ending.start()] if ending else value).lstrip("+-").lower()
        name = known.get(asked) or _named_longer(asked, known.values())
        backwards = value.startswith("-") or (ending is not None and ending[1].lower().startswith("desc"))
        for direction in _directions(context, op, statement) if name and ending is None else ("",):
            is_desc = direction.lower().startswith("desc") or direction == "true"
            if name and not (backwards and direction):
                yield _SortChoice(
                    value, name, backwards or is_desc, {statement.direction: direction} if direction else {}
                )


def _named_longer(asked: str, known: Iterable[str]) -> str:
    """The one field whose name is that of a query with a unit; empty if there is none, or there are several."""
    start = words(asked)
    found = [each for each in known if start and words(each)[: len(start)] == start and words(each)[len(start) :]]
    return found[0] if len(found) == 1 and UNITS.issuperset(words(found[0])[len(start) :]) else ""


def _directions(context: CheckContext, op: ResourceOperation, statement: Sort) -> Sequence[str]:
    """The values of the parameter for the direction; one empty text without such a parameter."""
    if not statement.direction:
        return ("",)
    pointer = op.query_schema(statement.direction)
    if pointer is not None and context.contract.schemas.types(pointer) - {"null"} == {"boolean"}:
        return ("false", "true")
    return [str(each) for each in parameter_values(context, op, statement.direction)] or ("asc", "desc")


def parameter_values(context: CheckContext, op: ResourceOperation, parameter: str) -> Sequence[Any]:
    """The values that the document lists for a query parameter; none if it lists none."""
    pointer = op.query_schema(parameter)
    return (context.contract.schemas.keyword(pointer, "enum") if pointer else None) or ()


def _is_ordered(context: CheckContext, op: ResourceOperation, field: str) -> bool:
    """Is there one order of the values? Services sort the values of an `enum` by name or by rank."""
    pointer = documented(context.contract, op).get(field)
    return pointer is None or context.contract.schemas.keyword(pointer, "enum") is None


def _various(context: CheckContext, resource: CheckedResource) -> list[dict[str, Any]]:
    """Four bodies that differ in every field whose values can differ."""
    op, found = resource.operations["create"], [context.body(resource, full=True)]
    for _ in range(3):
        body = context.body(resource, full=True)
        for name in context.bodies.properties(op):
            present = [each.get(name) for each in found]
            value = _of_other_length(context, op, name, present)
            value = context.bodies.other_than(op, name, present, context.check) if value is None else value
            free = name not in resource.server_fields | resource.rule_fields and not (
                isinstance(body.get(name), str) and "-" in body[name]
            )
            if value is not None and free and context.bodies.accepts(op, body | {name: value}):
                body[name] = value
        found.append(body)
    found = [_with_inner_numbers(context, resource, body, at) for body, at in zip(found, INNER, strict=True)]
    return [found[i] for i in (2, 0, 3, 1)]


def _with_inner_numbers(
    context: CheckContext, resource: CheckedResource, body: dict[str, Any], number: int
) -> dict[str, Any]:
    """The body with other numbers inside of its objects and lists: a figure of the item may be their sum."""
    op, kept = resource.operations["create"], {each.field for each in resource.behaviour.references}
    for name, pointer in context.bodies.properties(op).items():
        if isinstance(body.get(name), list | dict) and name not in op.rule_fields:
            inner = with_numbers(context.contract.schemas, pointer, body[name], lambda *_: (number,), kept, field=name)
            body = body | {name: inner} if context.bodies.accepts(op, body | {name: inner}) else body
    return body


MOST_TRIED = 10
"""So many fields of an item are tried to see if a service sorts by any."""

LENGTHS = (9, 10, 100, 2)
"""Numbers that have another order as texts."""


INNER = (28, 40, 300, 7)
"""Numbers in lines whose sum may be a figure of the item: they, their squares, and hundredths of these differ so too."""


def _of_other_length(context: CheckContext, op: ResourceOperation, name: str, present: list[Any]) -> int | None:
    """A valid number that is not present and has another number of digits than some of them; None for other fields."""
    pointer = context.bodies.properties(op)[name]
    if not context.contract.schemas.types(pointer) & {"integer", "number"} or isinstance(present[0], bool):
        return None
    validator = context.contract.schemas.validator(pointer, "request")
    return next((each for each in LENGTHS if each not in present and validator.is_valid(each)), None)


def _in_order(
    context: CheckContext,
    resource: CheckedResource,
    op: ResourceOperation,
    statement: Sort,
    created: list[CreatedItem],
    choice: _SortChoice,
) -> bool:
    """Check the order for one value of the parameter. False if there was nothing to compare."""
    judged, is_guess = False, not is_named(context.contract, op, statement, created[0])
    for size in (None, 2) if op.behaviour.paging and op.behaviour.paging.limit else (None,):
        query = {statement.parameter: choice.value, **choice.more}
        items, listing = context.list_all(created[0], query=query, size=size, op=op)
        if any(each.status >= 400 for each in listing):
            continue  # other checks report that a valid value is refused
        values = [_place(choice, item.get(choice.field)) for item in only(resource, items, created)]
        ordered = reversed(values) if choice.backwards else values
        pairs = [(a, b) for a, b in pairwise(ordered) if type(a) is type(b) and a is not None]
        judged = judged or any(a != b for a, b in pairs)
        text = (
            f"the list is sorted by {choice.field}{', descending' * choice.backwards}{', in pages of 2' * bool(size)}"
        )
        holds = not any(is_before(b, a) for a, b in pairs)
        seen = [item.get(choice.field) for item in only(resource, items, created)]
        if not holds and is_guess and _sorts_by_others(context, op, statement, created[0], size, items):
            continue  # the field is our choice, and the service sorts by others
        about = "".join((choice.value, *choice.more.values()))
        text += f": {', '.join(choice.rank)}" if choice.rank else ""
        context.expect(holds, text, as_json(seen), *listing, about=about)
    return judged


def _sorts_by_others(
    context: CheckContext, op: ResourceOperation, statement: Sort, made: CreatedItem, size: int | None, items: list[Any]
) -> bool:
    """Has the list the same order without the parameter, and another one with other fields that an item shows?"""
    if context.list_all(made, size=size, op=op)[0] != items:
        return False
    values = [form.format(name) for name in list(made.item)[:MOST_TRIED] for form in ("{}", "-{}")]
    tried = (context.list_all(made, query={statement.parameter: value}, size=size, op=op) for value in values)
    return any(found != items and all(each.status < 400 for each in listing) for found, listing in tried)


def _place(choice: _SortChoice, value: Any) -> Any:
    """What to compare of a value: its number in the order that the document says, or the value itself."""
    if not choice.rank:
        return _comparable(value)
    return choice.rank.index(value) if value in choice.rank else None


def is_before(one: Any, other: Any) -> bool:
    """Is a value before another one in every order? Services compare texts by code points, or without case and signs."""
    if not isinstance(one, str):
        return bool(one < other)
    return one < other and _letters(one) < _letters(other)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _comparable(value: Any) -> Any:
    return (moment_of(value) or value) if isinstance(value, str) else value if isinstance(value, int | float) else None


def sort_places(contract: Contract) -> Iterator[Place]:
    """The lists with a parameter that sorts them. One in an order of its own may have none."""
    for name, ref, (resource, op, statement) in operation_statement("sort", "create", "list")(contract):
        if statement.parameter:
            yield name, ref, (resource, op, statement)


CHECKS = (
    Check("order", ("order",), resource_statement("order", "list", "create"), order),
    Check("sort", ("sort",), sort_places, sort),
)
