"""What an operation does to the items of a resource: how each action begins, before the rules, and how it ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import quote

from mockserver.behaviour.statements import Capacity, Unique
from mockserver.errors import Conflict, Fault, Invalid, Unanswerable
from mockserver.handlers import paging
from mockserver.handlers.cascade import Release
from mockserver.handlers.patch import MEDIA_TYPES, STYLES
from mockserver.handlers.request_context import RequestContext
from mockserver.handlers.resource_plan import compare
from mockserver.messages import Reply
from mockserver.openapi import path_template
from mockserver.state.collection import Collection, FilteredView, Record, Selection


def create(turn: RequestContext) -> None:
    """Draft a new item from the body. Raises Conflict where a limit or a uniqueness rule stands against it."""
    binding, held = turn.binding, turn.collection()
    plan = binding.resource
    for capacity in plan.statements.capacity:
        _refuse_over(capacity, held)
    given = binding.accept(_object(binding.given(turn.call)))
    if binding.keeps:
        given |= {name: turn.call.path[parameter] for parameter, name in binding.keeps.items()}
    record = plan.begin(turn.call, turn.world, turn.moment, held, turn.next_sequence(), given)
    turn.current = held.get(record.id) if binding.upsert or plan.is_single else None
    if turn.current is not None:
        record.sequence = turn.current.sequence
    elif plan.may_clash:
        _refuse_taken(turn, held, record.id, record.fields)
    turn.record = record


def get(turn: RequestContext) -> None:
    """Find the item. Raises Missing."""
    turn.record = turn.current = _find(turn)


def update(turn: RequestContext) -> None:
    """Draft the item's next version from the body, as `action.patch` says."""
    before = turn.before = _find(turn)
    turn.open(before)
    given = turn.binding.given(turn.call)
    style = MEDIA_TYPES.get(turn.call.media_type, turn.binding.patch)
    change = given if style == "json-patch" else turn.binding.accept(_object(given))
    changed = STYLES[style](before.fields, change)
    if (
        style == "merge-patch" and turn.binding.resource.invention is not None
    ):  # null takes away, or is all that is left
        emptied = turn.binding.resource.invention.nullable.intersection(change)
        changed |= {name: None for name in emptied if change[name] is None}
    _settle(turn, before, changed)


def replace(turn: RequestContext) -> None:
    """Draft the item anew from the body; what the service sets stays. With `upsert`, a missing one is created."""
    before = _known(turn)
    if before is None:
        if not turn.binding.upsert:
            raise turn.missing()
        return _create_as(turn)
    turn.before = before
    turn.open(before)
    plan = turn.binding.resource
    kept = {name: value for name, value in before.fields.items() if name in plan.settled or _is_own(turn, name)}
    stays = {name: before.fields[name] for name in plan.remembered if name in before.fields}
    _settle(
        turn, before, {**plan.defaults, **stays, **turn.binding.accept(_object(turn.binding.given(turn.call))), **kept}
    )
    return None


def delete(turn: RequestContext) -> None:
    """Take the item away, and all that it owns. Raises Missing."""
    turn.before = turn.record = turn.current = _find(turn)


def listing(turn: RequestContext) -> None:
    """Nothing is drafted for a list; it only must not be below an owner that is not there."""


def answer(turn: RequestContext) -> None:
    """The rules answer; the item is found for them where the path names one."""
    binding = turn.binding
    if binding.plan is not None and binding.plan.statements.identity.parameter in turn.call.path:
        get(turn)


def show(turn: RequestContext) -> Reply:
    """Remember the draft, if there is one, and show the item."""
    born = turn.current is None
    turn.save()
    shape = turn.binding.born if born and turn.binding.born is not None else turn.binding.shape
    return shape.one(turn.record, turn.extras, _location(turn) if shape.is_located else "")


def forget(turn: RequestContext) -> Reply:
    """Remove the item and what it owns, and say so."""
    record = turn.item
    turn.transaction.remove(turn.collection(), record)
    plan = turn.binding.resource
    if plan.owns.below or plan.owns.wards:
        plans = turn.binding.plans
        Release(turn.transaction, lambda name: plans[name].owns, turn.tenant).of(
            plan.name, plan.owner(turn.call.path), record
        )
    return turn.binding.shape.one(record, turn.extras)


def enumerate_items(turn: RequestContext) -> Reply:
    """Show one page of the list."""
    binding, held = turn.binding, turn.collection()
    newest_first = binding.resource.newest_first
    found = _ordered(turn, _selected(turn, held))
    records, values = binding.page(turn.call, binding.paging or paging.WHOLE, found, held, newest_first)
    headers: tuple[tuple[str, str], ...] = ()
    if binding.paging is not None and binding.paging.link_header:
        headers = paging.link_header(turn.call, binding.paging, values)
    return binding.shape.many(records, values, headers)


def told(turn: RequestContext) -> Reply:
    """What the rules put into `extras` is the body. Raises Unanswerable where they put nothing."""
    if not turn.extras:
        raise Unanswerable("no rule answered this operation")
    turn.save()
    shape = turn.binding.shape
    return Reply(shape.status, dict(turn.extras), (), shape.media_type)


class Handler(NamedTuple):
    """How an action begins and how it ends."""

    begin: Callable[[RequestContext], None]
    end: Callable[[RequestContext], Reply]


ACTIONS: dict[str, Handler] = {
    "create": Handler(create, show),
    "get": Handler(get, show),
    "update": Handler(update, show),
    "replace": Handler(replace, show),
    "delete": Handler(delete, forget),
    "list": Handler(listing, enumerate_items),
    "answer": Handler(answer, told),
}
"""What an operation does, by the name that `action.does` uses."""


def _find(turn: RequestContext) -> Record:
    record = _known(turn)
    if record is None:
        raise turn.missing()
    return record


def _known(turn: RequestContext) -> Record | None:
    """The item that the request names, if it is there; one of which there is only one begins to be when asked for."""
    held, plan = turn.collection(), turn.binding.resource
    record = held.get(turn.binding.id(turn.call))
    if record is None and plan.is_begun and held.place("") is None:
        record = plan.begin(turn.call, turn.world, turn.moment, held, turn.next_sequence(), dict(plan.defaults))
        turn.transaction.add(held, record)
    if record is None and not plan.is_single:
        record = turn.made_up(plan, [*(turn.call.path.get(name) for name in plan.above), turn.binding.id(turn.call)])
    return record


def _object(given: Any) -> dict[str, Any]:
    return given if isinstance(given, dict) else {}


def _is_own(turn: RequestContext, name: str) -> bool:
    """Is a field the service's own, because what it shows is made up and no request names it?"""
    binding = turn.binding
    return binding.resource.invention is not None and bool(binding.named) and name not in binding.named


def _location(turn: RequestContext) -> str:
    """The path of the item (RFC 9110 section 10.2.2): that of the request, below the collection with the id."""
    if turn.binding.item_path:
        return _elsewhere(turn, turn.binding.item_path)
    if turn.binding.resource.statements.identity.parameter in turn.call.path:
        return turn.call.url
    return f"{turn.call.url.rstrip('/')}/{quote(str(turn.item.id), safe='')}"


def _elsewhere(turn: RequestContext, path: str) -> str:
    """The path of an item that is not below the collection to which it was posted."""
    steps = turn.binding.operation.path.rstrip("/").count("/")
    begin = turn.call.url.rstrip("/").rsplit("/", steps)[0]
    ids = [*(turn.call.path.get(name, "") for name in turn.binding.resource.above), turn.item.id]
    return begin + path_template.filled(path, [quote(str(id), safe="") for id in ids])


def _settle(turn: RequestContext, before: Record, fields: dict[str, Any]) -> None:
    """The next version: what the service sets and what never changes stay as they were."""
    plan = turn.binding.resource
    for name in plan.settled | plan.immutable | {plan.statements.identity.field}:
        if name in before.fields:
            fields[name] = before.fields[name]
    plan.stamp(fields, turn.moment, created=False)
    plan.complete(fields, before.id, turn.world, before.fields)
    _refuse_taken(turn, turn.collection(), before.id, fields)
    turn.item.fields = fields


def _create_as(turn: RequestContext) -> None:
    plan, held = turn.binding.resource, turn.collection()
    id, name = turn.binding.id(turn.call), plan.statements.identity.field
    given = turn.binding.accept(_object(turn.binding.given(turn.call))) | ({name: id} if name else {})
    record = plan.begin(turn.call, turn.world, turn.moment, held, turn.next_sequence(), given)
    record.id = id
    if name:
        record.fields[name] = id
    turn.record = record


def _refuse_over(capacity: Capacity, held: Collection) -> None:
    if len(held) >= capacity.limit:
        raise Conflict(capacity.message.replace("{limit}", str(capacity.limit)), limit=capacity.limit)


def _refuse_taken(turn: RequestContext, held: Collection, id: Any, fields: dict[str, Any]) -> None:
    plan = turn.binding.resource
    if plan.has_chosen_ids and id in held.by_id and turn.before is None:
        raise Conflict(f"an item with the {plan.statements.identity.field} {id!r} already exists")
    for unique in plan.statements.unique:
        _refuse_equal(unique, held, id, fields)


def _refuse_equal(unique: Unique, held: Collection, id: Any, fields: dict[str, Any]) -> None:
    wanted = [fields.get(name) for name in unique.fields]
    if any(value is None for value in wanted):
        return
    for other in held:
        if other.id != id and [other.fields.get(name) for name in unique.fields] == wanted:
            names = ", ".join(unique.fields)
            fault = Fault("body", (unique.fields[0],), unique.message.replace("{fields}", names), "unique")
            raise Conflict(fault.message, faults=(fault,))


def _selected(turn: RequestContext, held: Collection) -> FilteredView | Selection:
    wanted = [compare(entry, getattr(turn.call, entry.location).get(entry.parameter)) for entry in turn.binding.filters]
    conditions = [condition for condition in wanted if condition is not None]
    if not conditions:
        return held.view()
    if len(conditions) == 1 and held.is_indexed(conditions[0][0]):
        return held.view(conditions[0])
    walk = held.view().after(None, newest_first=turn.binding.resource.newest_first)
    return Selection([r for r in walk if all(r.fields.get(name) == value for name, value in conditions)])


def _ordered(turn: RequestContext, found: FilteredView | Selection) -> FilteredView | Selection:
    sort, newest_first = turn.binding.sort, turn.binding.resource.newest_first
    by, backwards = turn.binding.resource.statements.order.by, newest_first
    given = turn.call.query.get(sort.parameter) if sort is not None else None
    if sort is not None and given:
        direction = str(turn.call.query.get(sort.direction) or "") if sort.direction else ""
        by, backwards = str(given).lstrip("+-"), str(given).startswith("-") or direction.lower().startswith("desc")
    if by == "creation":
        return found
    records = found.after(None, newest_first=False)
    return Selection(sorted(records, key=lambda each: (_rank(each.fields.get(by)), each.sequence), reverse=backwards))


def _rank(value: Any) -> tuple[int, Any]:
    """Values of different types side by side: null first, then numbers, then text."""
    if value is None:
        return (0, 0)
    return (1, value) if isinstance(value, int | float) else (2, str(value))


def refuse_unknown(known: frozenset[str], body: dict[str, Any]) -> None:
    """Raise Invalid for every property that the document does not name."""
    faults = tuple(
        Fault("body", (name,), f"property {name} should not exist", "additionalProperties")
        for name in body
        if name not in known
    )
    if faults:
        raise Invalid(faults[0].message, faults=faults)
