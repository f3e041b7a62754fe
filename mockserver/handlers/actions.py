"""The actions on items of a resource: how each begins, before the rules run, and how it ends."""

from __future__ import annotations

from typing import Any

from mockserver.errors import Unanswerable
from mockserver.examples.generator import fresh
from mockserver.handlers.accounts import account_of, show_account
from mockserver.handlers.binding.bound_operation import Handler
from mockserver.handlers.binding.content_plans import keep
from mockserver.handlers.entries import changed_entries
from mockserver.handlers.fields.changed_fields import changed_fields, kept_fields
from mockserver.handlers.fields.figures import fill_figures
from mockserver.handlers.fields.set_fields import set_fields
from mockserver.handlers.lists import list_query, paging
from mockserver.handlers.lists.listing import begin_list, page_reply
from mockserver.handlers.lists.lookup import found_across, newest, selected
from mockserver.handlers.refusals.capacities import check_room
from mockserver.handlers.refusals.documented_refusals import refuse_held
from mockserver.handlers.refusals.further_values import refuse_lost
from mockserver.handlers.refusals.item_spans import check_values
from mockserver.handlers.refusals.ordered_fields import in_order
from mockserver.handlers.refusals.own_items import refuse_others
from mockserver.handlers.refusals.rests import check_rests, show_rests
from mockserver.handlers.refusals.sum_limits import caller_of
from mockserver.handlers.refusals.unique_values import refuse_second
from mockserver.handlers.relations.cascade import CascadingDelete
from mockserver.handlers.relations.copied_fields import copy_again, copy_fields
from mockserver.handlers.relations.embedded_items import show_change
from mockserver.handlers.relations.embedded_lists import keep_below, show_above
from mockserver.handlers.relations.expansions import expanded, included
from mockserver.handlers.relations.items_changed_above import change_above
from mockserver.handlers.relations.items_changed_by_name import change_named
from mockserver.handlers.relations.memberships import added, keep_members, remove_from_lists, show_in_lists
from mockserver.handlers.relations.owner_choice import choose_owner
from mockserver.handlers.relations.written_references import NO_NAMES, show_references
from mockserver.handlers.repeated_requests import made_before, mark
from mockserver.handlers.replies.entity_tags import check_match, tagged
from mockserver.handlers.replies.item_location import item_location
from mockserver.handlers.replies.preferences import MERGE, prefers
from mockserver.handlers.request_context import RequestContext
from mockserver.handlers.sent_contents import sent_content
from mockserver.handlers.soft_delete import mark_deleted
from mockserver.handlers.versions import keep_version, number_version
from mockserver.messages import Reply
from mockserver.state.collection import CREATOR, Collection
from mockserver.state.record import Record


def create(context: RequestContext) -> None:
    """Draft a new item from the body. Raises Conflict for a full collection or a value that must be unique."""
    choose_owner(context)
    bound, collection = context.bound, context.collection()
    plan = bound.resource
    before = made_before(context, collection) if bound.key_header else None
    if before is not None:
        context.record = context.current = before
        return
    check_room(context, collection)
    sent = bound.accept_body(_as_object(bound.item_body(context.call)))
    content = sent_content(context, sent) if bound.content is not None else None
    chosen = context.call.query.get(plan.statements.identity.chosen_by) if plan.statements.identity.chosen_by else None
    if chosen is not None:
        sent[plan.statements.identity.field] = chosen
    if bound.path_fields or bound.effects.own:
        sent |= _kept(context)
        bound.effects.change(sent, plan.scope(context.call, None, sent, context.moment))
    record = _drafted(context, collection, sent)
    in_order(context, record.fields)
    if bound.rests:
        check_rests(context, record.fields)
        show_rests(context, record.fields)
    is_merged = bound.upsert or plan.is_single or prefers(context.call, MERGE)
    context.current = collection.get(record.id) if is_merged else None
    if context.current is not None:
        refuse_second(context, context.current)
        record.sequence = context.current.sequence
    elif plan.may_conflict:
        check_values(context, collection, record.id, record.fields)
    if content is not None:
        keep(record, content)
    if bound.key_header:
        mark(context, record)
    if plan.statements.sum_limit:
        record.hidden[CREATOR] = caller_of(context)
    context.record = record


def copy(context: RequestContext) -> None:
    """Draft an item with what clients can send of the one that the path names. Raises Missing."""
    plan, original = context.bound.resource, find(context)
    parent, identity = plan.statements.parent, plan.statements.identity.field
    own = plan.server_fields.union({identity}, *(each.fields for each in plan.statements.unique))
    names = plan.sent_fields | plan.path_fields | ({parent.field} if parent is not None else frozenset())
    copied = {name: fresh(value) for name, value in original.fields.items() if name in names and name not in own}
    check_room(context, context.collection())
    sent = copied | context.bound.accept_body(_as_object(context.bound.item_body(context.call)))
    context.record = _drafted(context, context.collection(), sent)


def _kept(context: RequestContext) -> dict[str, Any]:
    """The parameters of a create that the new item stores."""
    given = {**context.call.query, **context.call.path}
    return {name: given[parameter] for parameter, name in context.bound.path_fields.items() if parameter in given}


def _drafted(context: RequestContext, collection: Collection, sent: dict[str, Any]) -> Record:
    """A new item of what was sent, or the item of another resource whose id was sent."""
    plan = context.bound.resource
    record = added(context, sent.get(plan.statements.identity.field)) if plan.member_of else None
    if record is not None:
        return record
    names = frozenset(sent) if plan.statements.references else NO_NAMES
    copy_fields(context, sent)
    given = dict(sent)
    record = plan.new_record(context.call, context.world, context.moment, collection, context.next_sequence(), sent)
    refuse_lost(context, given, record.fields)
    if plan.statements.references:
        show_references(context, record, names)
        show_account(context, record)
        fill_figures(plan.figures, record.fields)  # they may follow from what is shown now
    return record


def get(context: RequestContext) -> None:
    """Find the item. Raises Missing."""
    is_named = not context.bound.query_key or context.bound.query_key in context.call.path
    context.record = context.current = find(context) if is_named else newest(context)


def update(context: RequestContext) -> None:
    """Draft the item with the changes of the body, applied as `action.patch` says. With `upsert`, create a missing one.

    Raises Missing without `upsert`.
    """
    before = to_change(context)
    if before is None:
        return
    context.edit(before)
    sent, entry = context.bound.item_body(context.call), context.bound.entry
    changed = changed_fields(context, before, sent) if entry is None else changed_entries(context, entry, sent)
    complete_update(context, before, changed)


def replace(context: RequestContext) -> None:
    """Draft the item from the body alone, but keep what the service set. With `upsert`, create a missing one.

    Raises Missing without `upsert`.
    """
    before = to_change(context)
    if before is None:
        return
    if context.bound.resource.member_of and not context.bound.request_properties:
        context.record = context.current = before  # added again, it stays as it is
        return
    context.edit(before)
    plan = context.bound.resource
    sent = context.bound.accept_body(_as_object(context.bound.item_body(context.call)))
    named = (*plan.path_fields, *context.bound.filters.fields)
    from_path = {name: before.fields[name] for name in named if name in before.fields}
    kept = {name: v for name, v in before.fields.items() if name in plan.server_fields or is_generated(context, name)}
    complete_update(context, before, {**plan.defaults, **from_path, **sent, **kept})


def to_change(context: RequestContext) -> Record | None:
    """The item to change; None if there is none and, with `upsert`, one was drafted. Raises Missing without."""
    before = look_up(context)
    if before is not None:
        check_tag(context, before)
        context.before = before
    elif context.bound.upsert:
        check_tag(context, None)
        create_with_id(context)
    else:
        raise context.missing()
    return before


def delete(context: RequestContext) -> None:
    """Find the item to delete. Raises Missing."""
    context.before = context.record = context.current = find_unchanged(context)


def begin_answer(context: RequestContext) -> None:
    """Find the item if the path has its id; the rules do the rest. Raises Missing."""
    bound = context.bound
    if bound.plan is not None and bound.plan.statements.identity.parameter in context.call.path:
        get(context)


def item_reply(context: RequestContext) -> Reply:
    """Store the draft, if there is one, and show the item."""
    is_new = context.current is None
    if context.record is not context.current:
        store(context)
    renderer = (context.bound.created_renderer if is_new else None) or context.bound.renderer
    if renderer.shows_all:
        return renderer.item_list([*context.collection()], paging.whole(len(context.collection())), ())
    is_expanded = context.bound.expand is not None and context.record is not None
    shown = expanded(context, context.item) if is_expanded else context.record
    beside = included(context, [context.item]) if is_expanded else None
    reply = renderer.one_item(shown, context.extras, item_location(context) if renderer.is_located else "", beside)
    tags, record = context.bound.tags, context.record
    if tags is None or record is None:
        return reply
    return tagged(tags, context.call.headers, tags.tag(record), reply)


def store(context: RequestContext) -> None:
    """Store the draft, and change the items that show it or that it shows."""
    plan = context.bound.resource
    for shown in plan.lists:
        keep_below(context, shown)
    number_version(context)
    context.save()
    if plan.member_lists:
        keep_members(context)
    keep_version(context)
    if context.before is not None and plan.shown_in:
        show_change(context)
    if context.before is not None and plan.lists_of_members:
        show_in_lists(context)
    if plan.listed_in is not None:
        show_above(context, plan.listed_in, context.item)
    if context.bound.effects.above:
        change_above(context)
    if context.bound.effects.named:
        change_named(context)


def deleted_reply(context: RequestContext) -> Reply:
    """Delete the item and its children; the reply confirms it, and shows the item as deleted.

    If a query names it by its properties, all that have these are deleted.
    """
    alike = list_query.matching(context) if context.bound.is_selected else []
    for record in alike or [context.item]:
        context.record = record
        remove(context)
    extras = context.extras
    if context.bound.effects.own:
        plan, record = context.bound.resource, context.item
        scope = plan.scope(context.call, record.id, record.fields, context.moment)
        extras = {**extras, **{name: render(scope) for name, render in context.bound.effects.own}}
    return context.bound.renderer.one_item(context.item, extras)


def remove(context: RequestContext) -> None:
    """Delete the item and its children, or mark it as deleted."""
    record, plan = context.item, context.bound.resource
    if plan.cascade.holds:
        refuse_held(context, plan, record)
    if context.bound.effects.named:
        change_named(context)
    if mark_deleted(context):
        return
    context.transaction.remove(context.collection(), record)
    if not plan.cascade.is_empty:
        plans = context.bound.plans
        children = CascadingDelete(context.transaction, lambda name: plans[name].cascade, context.tenant)
        children.delete_children(plan.name, plan.owner(context.call.path), record)
    if plan.lists_of_members:
        remove_from_lists(context)
    if plan.listed_in is not None:
        show_above(context, plan.listed_in, record, is_gone=True)


def extras_reply(context: RequestContext) -> Reply:
    """Show the `extras` of the rules as the body. Raises Unanswerable when there are none."""
    if not context.extras:
        raise Unanswerable("no rule answered this operation")
    context.save()
    renderer = context.bound.renderer
    return Reply(renderer.status, dict(context.extras), (), renderer.media_type)


HANDLERS: dict[str, Handler] = {
    "create": Handler(create, item_reply),
    "copy": Handler(copy, item_reply),
    "get": Handler(get, item_reply),
    "update": Handler(update, item_reply),
    "replace": Handler(replace, item_reply),
    "delete": Handler(delete, deleted_reply),
    "list": Handler(begin_list, page_reply),
    "answer": Handler(begin_answer, extras_reply),
}
"""The handler of each action, by the name that `action.does` uses."""


def find_unchanged(context: RequestContext) -> Record:
    """The item to change, if it is as the request expects. Raises Missing, PreconditionFailed, PreconditionRequired."""
    record = find(context)
    check_tag(context, record)
    return record


def check_tag(context: RequestContext, record: Record | None) -> None:
    """Raise PreconditionFailed or PreconditionRequired, if the tags of a request forbid its change."""
    if context.bound.tags is not None:
        check_match(context.bound.tags, context.call.headers, record)


def find(context: RequestContext) -> Record:
    """The item that the request names. Raises Missing."""
    record = look_up(context)
    if record is None:
        raise context.missing()
    return record


def look_up(context: RequestContext) -> Record | None:
    """The item that the request names; None if there is none, or if it is marked as deleted.

    A single item that no operation creates is created here, as is, with `--materialize`, the item for an unknown id.
    """
    record = _look_up(context)
    plan = context.bound.resource.soft_delete
    if record is None or (plan is not None and plan.hides(record, context.bound.operation)):
        return None
    refuse_others(context, record)
    return record


def _look_up(context: RequestContext) -> Record | None:
    if context.bound.account:
        return account_of(context)
    if context.bound.is_selected:
        return selected(context)
    if context.bound.of_caller:
        return next(iter(context.collection()), None)
    if context.bound.across:
        return found_across(context)
    collection, plan = context.collection(), context.bound.resource
    record = collection.get(context.bound.id(context.call))
    if record is None and plan.exists_from_start and collection.age_of("") is None:
        record = plan.new_record(
            context.call, context.world, context.moment, collection, context.next_sequence(), plan.first_fields()
        )
        if plan.statements.references:
            show_references(context, record, frozenset())
        context.transaction.add(collection, record)
    if record is None:
        record = context.materialize(
            plan, [*(context.call.path.get(name) for name in plan.parent_parameters), context.bound.id(context.call)]
        )
    return record


def _as_object(sent: Any) -> dict[str, Any]:
    return sent if isinstance(sent, dict) else {}


def is_generated(context: RequestContext, name: str) -> bool:
    """Is the value of a field generated, and can no request of this operation set it?"""
    properties, generator = context.bound.request_properties, context.bound.resource.generated_fields
    return generator is not None and bool(properties) and name not in properties and not generator.is_further(name)


def complete_update(context: RequestContext, before: Record, fields: dict[str, Any]) -> None:
    """Complete an update: keep what the service set and what is immutable, set timestamps, check uniqueness."""
    plan = context.bound.resource
    for name in plan.server_fields | plan.immutable | {plan.statements.identity.field}:
        if name in before.fields and name not in context.bound.body_names.values():
            fields[name] = before.fields[name]
    plan.stamp(fields, context.moment, created=False)
    if context.bound.effects.own:
        set_fields(context, fields)
    changed = frozenset(name for name, value in fields.items() if before.fields.get(name) != value)
    if plan.statements.copied:
        copy_again(context, fields, changed)
    given = dict(fields)
    plan.complete(fields, before.id, context.world, before.fields)
    refuse_lost(context, given, fields)
    check_values(context, context.collection(), before.id, fields)
    context.item.fields = in_order(context, fields)
    if plan.statements.references:
        show_references(context, context.item, changed, kept_fields(before, changed))
        fill_figures(plan.figures, context.item.fields)


def create_with_id(context: RequestContext) -> None:
    """Draft a new item with the id, or the properties, that the request names; without an id it gets a new one."""
    plan, collection = context.bound.resource, context.collection()
    id, name = context.bound.id(context.call), plan.statements.identity.field
    context.record = added(context, id) if plan.member_of else None
    if context.record is not None:
        return
    is_named = id is not None and not context.bound.is_selected
    named = {name: id} if name and is_named and not plan.is_single else list_query.selected_values(context)
    sent = context.bound.accept_body(_as_object(context.bound.item_body(context.call))) | named
    content = sent_content(context, sent) if context.bound.content is not None else None
    record = plan.new_record(context.call, context.world, context.moment, collection, context.next_sequence(), sent)
    if content is not None:
        keep(record, content)
    if is_named:
        record.id = id
        plan.show_id(context.call, id, in_order(context, record.fields))
    context.record = record
