"""Versions of items: a file that is uploaded again, or a document that is changed, leaves the version before.

A version is an item below the one that it is a version of. Each change of what a version shows makes one; an operation
that makes a version itself changes the item above.
"""

from __future__ import annotations

from typing import Any

from mockserver.examples.generator import fresh
from mockserver.handlers.binding.content_plans import CONTENT, keep, kept
from mockserver.handlers.binding.version_plans import VersionPlan, Writers
from mockserver.handlers.request_context import RequestContext
from mockserver.state.collection import Collection
from mockserver.state.record import Record


def number_version(context: RequestContext) -> None:
    """Number what the request made: a new version, or the one that a changed item has now."""
    plan = context.bound.resource.versions
    if plan is None or context.record is None:
        return
    if context.bound.resource.name == plan.version:
        if context.before is None:
            _set_number(context, plan, context.collection(), context.item)
    elif plan.current and _is_changed(context, plan):
        context.item.fields[plan.current] = _highest(_versions(context, plan, context.item), plan) + 1


def keep_version(context: RequestContext) -> None:
    """Store the version that an item has now, or show a new version in the item above it."""
    plan = context.bound.resource.versions
    if plan is None:
        return
    if context.bound.resource.name == plan.version:
        if context.before is None:
            _show_above(context, plan)
    elif _is_changed(context, plan):
        _add(context, plan)


def _is_changed(context: RequestContext, plan: VersionPlan) -> bool:
    """Is the item new, or has it another content or another value of what a version shows?"""
    before, now = context.before, context.item
    if plan.is_file:
        return CONTENT in now.hidden and (before is None or before.hidden.get(CONTENT) != now.hidden[CONTENT])
    return before is None or any(before.fields.get(name) != now.fields.get(name) for name in plan.shared)


def _versions(context: RequestContext, plan: VersionPlan, item: Record) -> Collection:
    version = context.bound.plans[plan.version]
    ids = [*(context.call.path.get(name) for name in context.bound.resource.parent_parameters), item.id]
    owner = version.owner(dict(zip(version.parent_parameters, ids, strict=False)))
    return context.transaction.store.collection(version.name, context.tenant, owner)


def _highest(versions: Collection, plan: VersionPlan) -> int:
    numbers = (each.fields.get(plan.number, each.id) for each in versions)
    return max((each for each in numbers if type(each) is int), default=len(versions))


def _set_number(context: RequestContext, plan: VersionPlan, versions: Collection, version: Record) -> None:
    number, identity = _highest(versions, plan) + 1, context.bound.plans[plan.version].statements.identity
    if plan.number:
        version.fields[plan.number] = number
    if plan.number == identity.field and type(version.id) is int:
        version.id = number


def _add(context: RequestContext, plan: VersionPlan) -> None:
    """Add the version that the item of the request has now."""
    versions, item = _versions(context, plan, context.item), context.item
    version_plan, own = context.bound.plans[plan.version], context.bound.resource
    ids = [*(context.call.path.get(name) for name in own.parent_parameters), item.id]
    call = context.call._replace(
        path={**context.call.path, **dict(zip(version_plan.parent_parameters, ids, strict=False))}
    )
    content = kept(item)
    fields = {name: fresh(item.fields[name]) for name in plan.shared if name in item.fields}
    fields |= _described(plan.described, content)
    new = version_plan.new_record(call, context.world, context.moment, versions, context.next_sequence(), fields)
    if content is not None:
        keep(new, content)
    _set_number(context, plan, versions, new)
    context.transaction.add(versions, new)


def _show_above(context: RequestContext, plan: VersionPlan) -> None:
    """Let the item above show the new version: its content, and what both show."""
    above, version = context.bound.plans[plan.item], context.item
    *owner, id = (str(context.call.path.get(name, "")) for name in context.bound.resource.parent_parameters)
    collection = context.transaction.store.collection(above.name, context.tenant, "/".join(owner))
    item = collection.get(id)
    if item is None:
        return
    new, content = item.copy(), kept(version)
    sent = context.bound.request_properties | {name for name, _ in plan.described}
    new.fields |= {name: fresh(version.fields[name]) for name in plan.shared & sent if name in version.fields}
    new.fields |= _described(plan.described_current, content)
    if plan.current and plan.number:
        new.fields[plan.current] = version.fields[plan.number]
    above.stamp(new.fields, context.moment, created=False)
    if content is not None:
        keep(new, content)
    if all(validator.is_valid(new.fields) for validator in plan.fits):
        context.transaction.swap(collection, item, new)


def _described(writers: Writers, content: Any) -> dict[str, Any]:
    made = ((name, write(content)) for name, write in writers) if content is not None else ()
    return {name: value for name, value in made if value != ""}
