"""The fields of an item after an update, and whether a reply can show them."""

from __future__ import annotations

from typing import Any

from mockserver.errors import Invalid
from mockserver.handlers.fields.field_mask import masked_fields
from mockserver.handlers.fields.patch import MEDIA_TYPES, STYLES
from mockserver.handlers.relations.joining import is_settled
from mockserver.handlers.request_context import RequestContext
from mockserver.state.record import Record


def changed_fields(context: RequestContext, before: Record, sent: Any) -> dict[str, Any]:
    """The fields of the item after what was sent is applied to it."""
    mask = context.call.query.get(context.bound.mask) if context.bound.mask else None
    if mask:
        return masked_fields(before.fields, context.bound.accept_body(sent if isinstance(sent, dict) else {}), mask)
    style = MEDIA_TYPES.get(context.call.media_type, context.bound.patch)
    change = (
        sent if style in ("json-patch", "scim") else context.bound.accept_body(sent if isinstance(sent, dict) else {})
    )
    holder = context.bound.inside
    if holder and style == "fields" and isinstance(held := before.fields.get(holder), dict):
        change = {holder: {**held, **change.get(holder, {})}}
    if context.bound.merges and style == "fields":
        change = {**change, **_merged(context.bound.merges, before.fields, change)}
    changed = STYLES[style](before.fields, change)
    generator = context.bound.resource.generated_fields
    if style == "merge-patch" and generator is not None:
        # A merge patch removes a field by null. Replies that require the field then show null where that is valid.
        changed |= {name: None for name in generator.nullable.intersection(change) if change[name] is None}
    if style in PATCHED:
        _refuse_invalid(context, before, changed, PATCHED[style])
    return changed


def _merged(names: tuple[str, ...], before: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """The objects with these names, each with the keys that it had; one that gets null or an empty text is gone."""
    pairs = ((name, before.get(name), change.get(name)) for name in names)
    joined = {name: {**old, **new} for name, old, new in pairs if isinstance(old, dict) and isinstance(new, dict)}
    return {name: {k: v for k, v in each.items() if v not in (None, "")} for name, each in joined.items()}


def kept_fields(before: Record, changed: frozenset[str]) -> frozenset[str]:
    """The fields that an update leaves as they are. A generated item may be one whose references name no items yet."""
    return frozenset(before.fields) - changed if is_settled(before) else frozenset()


PATCHED: dict[str, frozenset[str]] = {
    "merge-patch": frozenset({"required"}),
    "json-patch": frozenset(),
    "scim": frozenset(),
}
"""Style of a patch → the keywords that its own schema cannot check; none listed: any."""


def _refuse_invalid(context: RequestContext, before: Record, fields: dict[str, Any], keywords: frozenset[str]) -> None:
    """Raise Invalid when a patch leaves an item that no reply could show (RFC 5789 section 2.2)."""
    plan = context.bound.resource
    if plan.generated_fields is None:
        return
    kept = plan.server_fields | plan.immutable | {plan.statements.identity.field}
    trial = fields | {name: before.fields[name] for name in kept if name in before.fields}
    changed = {name for name in {*before.fields, *trial} if before.fields.get(name) != trial.get(name)}
    found = plan.generated_fields.problems(trial)
    faults = tuple(f for f in found if f.path and f.path[0] in changed and (not keywords or f.keyword in keywords))
    if faults:
        raise Invalid(f"after the patch: {faults[0].message}", faults=faults)
