"""Requests about several items: what an action does to one item is done to each, in the order of the request.

All of it happens or nothing: the first refusal ends the request, and its faults name the entry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from mockserver.behaviour import templates
from mockserver.behaviour.statements import BATCHES, Action, OperationBehaviour
from mockserver.behaviour.templates import Render
from mockserver.contract import Contract
from mockserver.errors import Missing, Refusal
from mockserver.handlers import actions
from mockserver.handlers.binding.bound_operation import BoundOperation, Handler
from mockserver.handlers.binding.item_schemas import further_fields, view_maker
from mockserver.handlers.fields.changed_fields import changed_fields
from mockserver.handlers.lists import list_query, paging
from mockserver.handlers.replies import reply_renderer
from mockserver.handlers.replies.preferences import REPRESENTATION, prefers
from mockserver.handlers.request_context import RequestContext
from mockserver.messages import Call, Reply
from mockserver.openapi.document import Operation
from mockserver.state.record import Record

BindSingle = Callable[[OperationBehaviour], BoundOperation | None]


def bind_batch(
    contract: Contract, operation: Operation, behaviour: OperationBehaviour, action: Action, bind_single: BindSingle
) -> BoundOperation | None:
    """The operation with the handler of a batch, and in `each` what it does to one item."""
    single = replace(action, does=BATCHES[action.does], envelope=(*action.envelope, 0))  # the schema of one entry
    shows_one = _shows_one(contract, operation, behaviour)
    reply = behaviour.reply
    if reply is not None and shows_one:
        reply = replace(reply, body=_of_one(reply.body))
    each = bind_single(replace(behaviour, action=single, reply=reply))
    if each is None:
        return None
    plan = each.resource
    view = view_maker(contract, plan.name, plan.server_fields) if plan.generated_fields is not None else None
    stated, schemas = behaviour.reply, contract.schemas
    further = further_fields(contract, plan.name)
    renderer = reply_renderer.compile(operation, stated, schemas, plan.secrets, action.does, view, further=further)
    return replace(
        each,
        handler=BATCH,
        renderer=renderer,
        envelope=action.envelope,
        each=replace(each, envelope=(), rules=(), upsert=each.upsert or action.does == "replace-all"),  # rules run once
        is_whole=action.does in ("replace-all", "update-all", "delete-all"),
        ids_parameter=action.ids,
        shows_one=shows_one,
    )


def _of_one(template: Any) -> Any:
    """The template of a reply about several items for one: `{data: "{item}"}` for `{data: "{items}"}`."""
    if isinstance(template, Mapping):
        return {name: _of_one(value) for name, value in template.items()}
    return "{item}" if template == "{items}" else template


def _shows_one(contract: Contract, operation: Operation, behaviour: OperationBehaviour) -> bool:
    """May a reply be an item as well as a list of them?"""
    success, stated = operation.success(), behaviour.reply
    schemas = [media.schema for media in success.content if media.schema] if success is not None else []
    place = templates.find(stated.body, "items") if stated is not None and stated.body != "{item}" else ()
    shown = [contract.schemas.below(schema, place) for schema in schemas] if place is not None else []
    return any({"array", "object"} <= contract.schemas.types(at) for at in shown if at is not None)


def begin(context: RequestContext) -> None:
    """A batch drafts no item of its own: each entry is drafted after the one before it is stored."""


def end(context: RequestContext) -> Reply:
    """Do it to each entry, and show the items."""
    each = context.bound.each
    assert each is not None  # noqa: S101  # `bind_batch` sets it
    is_deletion = each.handler.end is actions.deleted_reply
    if context.bound.is_whole and (is_deletion or each.handler.begin is actions.update):
        change = _removed if is_deletion else _changed
        return _reply(context, change(context, each, list_query.matching(context)), ())
    is_partial = is_deletion and context.bound.operation.response(404) is None
    records, unknown = list[Record](), list[str]()
    entries = _entries(context)
    if isinstance(entries, Mapping):
        if context.bound.shows_one:
            alone = RequestContext(_call(context, each, entries), each, context.transaction)
            each.handler.begin(alone)
            return each.handler.end(alone)
        entries = [entries]
    known = _without_others(context, each, entries) if context.bound.is_whole else {}
    results = list[dict[str, Any]]()
    for index, entry in enumerate(entries):
        one = RequestContext(_call(context, each, entry), each, context.transaction)
        one.capacity, one.position = context.capacity, index
        try:
            each.handler.begin(one)
        except Refusal as refusal:
            if context.bound.renderer.has_results:
                results.append(_refused(context, entry, refusal))
                continue
            if is_partial and isinstance(refusal, Missing):  # what is not there needs not be deleted
                unknown.append(_id_in(context, entry))
                continue
            raise _placed(refusal, (*context.bound.envelope, index)) from None
        if known:
            _keep_id(one, known.get(_id_in(context, entry)))
        (actions.remove if is_deletion else actions.store)(one)
        records.append(one.item)
        status = 201 if each.handler.begin is actions.create else 200
        results.append({"id": one.item.id, "status": status, "ok": True, "message": None})
    return _reply(context, records, unknown, results)


def _refused(context: RequestContext, entry: Any, refusal: Refusal) -> dict[str, Any]:
    """What became of an entry that was refused."""
    id = entry.get(context.bound.resource.statements.identity.field) if isinstance(entry, Mapping) else entry
    return {"id": id, "status": refusal.status, "ok": False, "message": refusal.message}


def _changed(context: RequestContext, each: BoundOperation, records: list[Record]) -> list[Record]:
    """The items after the change that the body says, the same for each."""
    found = []
    for record in records:
        one = RequestContext(context.call, each, context.transaction)
        if each.effects.own and not any(_changes(one, record, *each_set) for each_set in each.effects.own):
            continue
        one.before = record
        one.edit(record)
        actions.complete_update(one, record, changed_fields(one, record, each.item_body(context.call)))
        actions.store(one)
        found.append(one.item)
    return found


def _changes(one: RequestContext, record: Record, name: str, render: Render) -> bool:
    """Does an item not yet have the value that the operation sets? The time of that is no change by itself."""
    value = render(one.bound.resource.scope(one.call, record.id, record.fields, one.moment))
    return bool(value != one.now() and record.fields.get(name) != value)


def _removed(context: RequestContext, each: BoundOperation, records: list[Record]) -> list[Record]:
    for record in records:
        one = RequestContext(context.call, each, context.transaction)
        one.record = one.current = one.before = record
        actions.remove(one)
    return records


def _id_in(context: RequestContext, entry: Any) -> str:
    """The id that an entry names; empty for none."""
    id = entry.get(context.bound.resource.statements.identity.field) if isinstance(entry, Mapping) else entry
    return str(id) if id is not None else ""


def _without_others(context: RequestContext, each: BoundOperation, entries: list[Any]) -> dict[str, Record]:
    """Delete the items that no entry names; returns the others, by their ids."""
    named = {_id_in(context, entry) for entry in entries}
    records = list(context.collection())
    _removed(context, each, [record for record in records if str(record.id) not in named])
    return {str(record.id): record for record in records if str(record.id) in named}


def _keep_id(one: RequestContext, before: Record | None) -> None:
    """Let a new draft have the id that its entry names, also where only the service sets ids."""
    if before is None:
        return
    one.transaction.remove(one.collection(), before)
    draft, name = one.item, one.bound.resource.statements.identity.field
    draft.id, one.current = before.id, None
    if name:
        draft.fields[name] = before.id


def _reply(
    context: RequestContext, records: list[Record], unknown: Sequence[str], results: Sequence[Mapping[str, Any]] = ()
) -> Reply:
    total = len(records)
    values: dict[str, Any] = {**paging.whole(total), "unknown_ids": [*unknown], "results": results}
    renderer = context.bound.renderer
    if renderer.minimal is not None and not prefers(context.call, REPRESENTATION):
        return Reply(renderer.minimal, None, (), renderer.media_type, b"", True)
    if renderer.needs_more:
        values |= paging.described(context.call, None, values, renderer)
    return renderer.item_list(records, values, ())


def _entries(context: RequestContext) -> list[Any] | Mapping[str, Any]:
    """What the request has for each item: an object with its properties, or its id. Without a list the only one."""
    bound = context.bound
    if bound.ids_parameter:
        given = context.call.query.get(bound.ids_parameter)
        found = given.split(",") if isinstance(given, str) else given if isinstance(given, list) else [given]
        return [id for id in found if id not in (None, "")]
    body = value = context.call.body
    for key in bound.envelope:
        value = value.get(key) if isinstance(value, dict) else None
    if value is None and isinstance(body, dict) and not bound.request_properties.isdisjoint(body):
        return [body]  # one item as it is, where a list of them may also be sent
    return value if isinstance(value, list | Mapping) else []


def _call(context: RequestContext, each: BoundOperation, entry: Any) -> Call:
    """The call for one entry, as if it had been sent alone."""
    if isinstance(entry, Mapping):
        return context.call._replace(body=dict(entry))
    identity = each.resource.statements.identity
    if each.resource.member_of:
        return context.call._replace(body={identity.field: entry})
    return context.call._replace(body=None, path={**context.call.path, identity.parameter: str(entry)})


def _placed(refusal: Refusal, place: tuple[str | int, ...]) -> Refusal:
    """The refusal, whose faults in the body are those of the entry at a place; an unknown item has none."""
    refusal.faults = tuple(
        replace(fault, path=(*place, *fault.path)) if fault.location == "body" else fault for fault in refusal.faults
    )
    return refusal


BATCH = Handler(begin, end)
