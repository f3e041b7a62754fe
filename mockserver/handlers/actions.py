"""What an operation does to the items of a resource: how each action begins, before the rules, and how it ends."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from mockserver.behaviour.statements import Capacity, Unique
from mockserver.errors import Conflict, Fault, Invalid, Unanswerable
from mockserver.handlers import paging
from mockserver.handlers.cascade import Release
from mockserver.handlers.patch import MEDIA_TYPES, STYLES
from mockserver.handlers.request_context import Handler, RequestContext
from mockserver.handlers.resource_plan import compare
from mockserver.messages import Reply
from mockserver.openapi import path_template
from mockserver.openapi.document import Operation
from mockserver.state.collection import Collection
from mockserver.state.record import Record
from mockserver.state.views import FilteredView, Selection


def create(context: RequestContext) -> None:
    """Draft a new item from the body. Raises Conflict where a limit or a uniqueness rule stands against it."""
    bound, held = context.bound, context.collection()
    plan = bound.resource
    for capacity in plan.statements.capacity:
        _refuse_over(capacity, held)
    given = bound.accept(_object(bound.given(context.call)))
    if bound.keeps:
        given |= {name: context.call.path[parameter] for parameter, name in bound.keeps.items()}
    record = plan.begin(context.call, context.world, context.moment, held, context.next_sequence(), given)
    context.current = held.get(record.id) if bound.upsert or plan.is_single else None
    if context.current is not None:
        record.sequence = context.current.sequence
    elif plan.may_clash:
        _refuse_taken(context, held, record.id, record.fields)
    context.record = record


def get(context: RequestContext) -> None:
    """Find the item. Raises Missing."""
    context.record = context.current = _find(context)


def update(context: RequestContext) -> None:
    """Draft the item's next version from the body, as `action.patch` says."""
    before = context.before = _find(context)
    context.open(before)
    given = context.bound.given(context.call)
    style = MEDIA_TYPES.get(context.call.media_type, context.bound.patch)
    change = given if style == "json-patch" else context.bound.accept(_object(given))
    changed = STYLES[style](before.fields, change)
    if (
        style == "merge-patch" and context.bound.resource.invention is not None
    ):  # null takes away, or is all that is left
        emptied = context.bound.resource.invention.nullable.intersection(change)
        changed |= {name: None for name in emptied if change[name] is None}
    _settle(context, before, changed)


def replace(context: RequestContext) -> None:
    """Draft the item anew from the body; what the service sets stays. With `upsert`, a missing one is created."""
    before = _known(context)
    if before is None:
        if not context.bound.upsert:
            raise context.missing()
        return _create_as(context)
    context.before = before
    context.open(before)
    plan = context.bound.resource
    kept = {name: value for name, value in before.fields.items() if name in plan.settled or _is_own(context, name)}
    stays = {name: before.fields[name] for name in plan.remembered if name in before.fields}
    _settle(
        context,
        before,
        {**plan.defaults, **stays, **context.bound.accept(_object(context.bound.given(context.call))), **kept},
    )
    return None


def delete(context: RequestContext) -> None:
    """Take the item away, and all that it owns. Raises Missing."""
    context.before = context.record = context.current = _find(context)


def listing(context: RequestContext) -> None:
    """Nothing is drafted for a list; it only must not be below an owner that is not there."""


def answer(context: RequestContext) -> None:
    """The rules answer; the item is found for them where the path names one."""
    bound = context.bound
    if bound.plan is not None and bound.plan.statements.identity.parameter in context.call.path:
        get(context)


def show(context: RequestContext) -> Reply:
    """Remember the draft, if there is one, and show the item."""
    born = context.current is None
    context.save()
    shape = context.bound.born if born and context.bound.born is not None else context.bound.renderer
    return shape.one(context.record, context.extras, _location(context) if shape.is_located else "")


def forget(context: RequestContext) -> Reply:
    """Remove the item and what it owns, and say so."""
    record = context.item
    context.transaction.remove(context.collection(), record)
    plan = context.bound.resource
    if plan.owns.below or plan.owns.wards:
        plans = context.bound.plans
        Release(context.transaction, lambda name: plans[name].owns, context.tenant).of(
            plan.name, plan.owner(context.call.path), record
        )
    return context.bound.renderer.one(record, context.extras)


def enumerate_items(context: RequestContext) -> Reply:
    """Show one page of the list."""
    bound, held = context.bound, context.collection()
    newest_first = bound.resource.newest_first
    found = _ordered(context, _selected(context, held))
    records, values = bound.page(context.call, bound.paging or paging.WHOLE, found, held, newest_first)
    headers: tuple[tuple[str, str], ...] = ()
    if bound.paging is not None and bound.paging.link_header:
        headers = paging.link_header(context.call, bound.paging, values)
    return bound.renderer.many(records, values, headers)


def told(context: RequestContext) -> Reply:
    """What the rules put into `extras` is the body. Raises Unanswerable where they put nothing."""
    if not context.extras:
        raise Unanswerable("no rule answered this operation")
    context.save()
    shape = context.bound.renderer
    return Reply(shape.status, dict(context.extras), (), shape.media_type)


HANDLERS: dict[str, Handler] = {
    "create": Handler(create, show),
    "get": Handler(get, show),
    "update": Handler(update, show),
    "replace": Handler(replace, show),
    "delete": Handler(delete, forget),
    "list": Handler(listing, enumerate_items),
    "answer": Handler(answer, told),
}
"""What an operation does, by the name that `action.does` uses."""


def _find(context: RequestContext) -> Record:
    record = _known(context)
    if record is None:
        raise context.missing()
    return record


def _known(context: RequestContext) -> Record | None:
    """The item that the request names, if it is there; one of which there is only one begins to be when asked for."""
    held, plan = context.collection(), context.bound.resource
    record = held.get(context.bound.id(context.call))
    if record is None and plan.is_begun and held.age_of("") is None:
        record = plan.begin(
            context.call, context.world, context.moment, held, context.next_sequence(), dict(plan.defaults)
        )
        context.transaction.add(held, record)
    if record is None:
        record = context.made_up(
            plan, [*(context.call.path.get(name) for name in plan.above), context.bound.id(context.call)]
        )
    return record


def _object(given: Any) -> dict[str, Any]:
    return given if isinstance(given, dict) else {}


def _is_own(context: RequestContext, name: str) -> bool:
    """Is a field the service's own, because what it shows is made up and no request names it?"""
    bound = context.bound
    return bound.resource.invention is not None and bool(bound.named) and name not in bound.named


def _location(context: RequestContext) -> str:
    """The path of the item (RFC 9110 section 10.2.2): that of the request, below the collection with the id."""
    if context.bound.item_path:
        return _elsewhere(context, context.bound.item_path)
    if context.bound.resource.statements.identity.parameter in context.call.path:
        return context.call.url
    return f"{context.call.url.rstrip('/')}/{quote(str(context.item.id), safe='')}"


def _elsewhere(context: RequestContext, path: str) -> str:
    """The path of an item that is not below the collection to which it was posted."""
    steps = context.bound.operation.path.rstrip("/").count("/")
    begin = context.call.url.rstrip("/").rsplit("/", steps)[0]
    ids = [*(context.call.path.get(name, "") for name in context.bound.resource.above), context.item.id]
    return begin + path_template.filled(path, [quote(str(id), safe="") for id in ids])


def _settle(context: RequestContext, before: Record, fields: dict[str, Any]) -> None:
    """The next version: what the service sets and what never changes stay as they were."""
    plan = context.bound.resource
    for name in plan.settled | plan.immutable | {plan.statements.identity.field}:
        if name in before.fields:
            fields[name] = before.fields[name]
    plan.stamp(fields, context.moment, created=False)
    plan.complete(fields, before.id, context.world, before.fields)
    _refuse_taken(context, context.collection(), before.id, fields)
    context.item.fields = fields


def _create_as(context: RequestContext) -> None:
    plan, held = context.bound.resource, context.collection()
    id, name = context.bound.id(context.call), plan.statements.identity.field
    given = context.bound.accept(_object(context.bound.given(context.call))) | ({name: id} if name else {})
    record = plan.begin(context.call, context.world, context.moment, held, context.next_sequence(), given)
    record.id = id
    if name:
        record.fields[name] = id
    context.record = record


def _refuse_over(capacity: Capacity, held: Collection) -> None:
    if len(held) >= capacity.limit:
        raise Conflict(capacity.message.replace("{limit}", str(capacity.limit)), limit=capacity.limit)


def _refuse_taken(context: RequestContext, held: Collection, id: Any, fields: dict[str, Any]) -> None:
    plan = context.bound.resource
    if plan.has_chosen_ids and id in held.by_id and context.before is None:
        raise Conflict(f"an item with the {plan.statements.identity.field} {id!r} already exists")
    for unique in plan.statements.unique:
        if unique.evidence != "inferred" or _documents(context.bound.operation, 409):
            _refuse_equal(unique, held, id, fields)


def _documents(operation: Operation, status: int) -> bool:
    """May the operation answer with `status`? What is only inferred never makes a reply that the document lacks."""
    return operation.response(status) is not None


def _refuse_equal(unique: Unique, held: Collection, id: Any, fields: dict[str, Any]) -> None:
    wanted = [fields.get(name) for name in unique.fields]
    if any(value is None for value in wanted):
        return
    for other in held:
        if other.id != id and [other.fields.get(name) for name in unique.fields] == wanted:
            names = ", ".join(unique.fields)
            fault = Fault("body", (unique.fields[0],), unique.message.replace("{fields}", names), "unique")
            raise Conflict(fault.message, faults=(fault,))


def _selected(context: RequestContext, held: Collection) -> FilteredView | Selection:
    wanted = [
        compare(entry, getattr(context.call, entry.location).get(entry.parameter)) for entry in context.bound.filters
    ]
    conditions = [condition for condition in wanted if condition is not None]
    if not conditions:
        return held.view()
    if len(conditions) == 1 and held.is_indexed(conditions[0][0]):
        return held.view(conditions[0])
    walk = held.view().after(None, newest_first=context.bound.resource.newest_first)
    return Selection([r for r in walk if all(r.fields.get(name) == value for name, value in conditions)])


def _ordered(context: RequestContext, found: FilteredView | Selection) -> FilteredView | Selection:
    sort, newest_first = context.bound.sort, context.bound.resource.newest_first
    by, backwards = context.bound.resource.statements.order.by, newest_first
    given = context.call.query.get(sort.parameter) if sort is not None else None
    if sort is not None and given:
        direction = str(context.call.query.get(sort.direction) or "") if sort.direction else ""
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
