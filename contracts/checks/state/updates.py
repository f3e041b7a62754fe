"""Checks of updates: PATCH changes exactly the named fields, and PUT replaces the whole item."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from contracts.checks.item_view import (
    always_shown,
    as_json,
    changing,
    fixed_fields,
    meant,
    showable,
    shows_null,
    unchangeable,
)
from contracts.checks.missing_items import GONE, is_renamed
from contracts.checks.refused_changes import BY_RULE, doubt_of_change, own_values
from contracts.checks.state.read_your_writes import WRITES, echoed
from contracts.checks.stored_fields import doubt_of_time, expect_value, whole_put
from contracts.checks.valid_bodies import distinct_body
from contracts.checks.value_likeness import ABSENT, is_same_but_later, likeness
from contracts.cleanup.created_items import CreatedItem
from contracts.client.named_items import id_name
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.differing_fields import PARTIAL, is_kept_by_null, told
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation
from contracts.runner.check import Check, http_rule
from contracts.runner.context import CheckContext
from mockserver.inference.values.ordered_pairs import comes_in_order

RESETS = re.compile(
    r"[^.;]*\b(?:left (?:out|away)|omitted|missing|absent|not (?:given|sent|present|provided|included))\b"
    r"(?![^.;]*\b(?:not|never|keeps?|kept|unchanged|untouched)\b)"
    r"[^.;]*\b(?:defaults?|reset|removed|cleared|emptied|deleted|null)\b[^.;]*",
    re.IGNORECASE,
)
"""A clause that says what becomes of the fields which a body lacks: "those left out get their default values"."""

COUNTS_CHANGES = re.compile(r"(?i)modif|updated|changed|revision|version|etag|generation|sequence")
"""A part of the name of a field that may change with each PUT, even if nothing else does (RFC 9110 section 9.2.2)."""


def update_field(context: CheckContext, resource: CheckedResource) -> None:
    """An update of one field changes this field, in every reply, and no other."""
    op = resource.operations["update"]
    for name in context.bodies.properties(op):
        if name not in {*unchangeable(resource), id_name(op, resource)}:
            _check_field(context, resource, op, name)


def update_several_fields(context: CheckContext, resource: CheckedResource) -> None:
    """An update of several fields changes all of them."""
    op = resource.operations["update"]
    created = context.create(resource, distinct_body(context, resource))
    shows = showable(context, resource, resource.operations["get"])
    wanted: dict[str, Any] = {}
    for name in context.bodies.properties(op):
        if name in shows and name in created.sent and name not in fixed_fields(context, resource):
            value = context.bodies.other(op, name, created.sent[name], f"{context.check}/{name}")
            if value is not None and context.bodies.accepts(op, wanted | {name: value}):
                wanted[name] = value
    if len(wanted) < 2:
        raise CannotBuildRequest("fewer than two fields can be changed")
    changed = context.update(created, wanted)
    if changed.status >= 300:
        raise CannotBuildRequest(f"{op.name} answers {changed.status} to a change of {', '.join(wanted)}")
    response = context.get(created)
    after = context.item(resource.operations["get"], response)
    lost = [name for name, value in wanted.items() if likeness(after.get(name, ABSENT), value, name) == "different"]
    context.expect(
        not lost,
        f"one update changes all of {', '.join(wanted)}",
        f"{', '.join(lost)} did not change",
        created.exchange,
        changed,
        response,
    )


def _check_field(context: CheckContext, resource: CheckedResource, op: ResourceOperation, name: str) -> None:
    created = context.create(resource, distinct_body(context, resource))
    before = context.item(resource.operations["get"], context.get(created))
    present = before.get(name, created.sent.get(name))
    present = created.sent.get(name, present) if isinstance(present, str) and set(present) == {"*"} else present
    another = context.bodies.other(op, name, present, f"{context.check}/{name}")
    values = [] if another is None else [another]
    if present is not None and _may_become_null(context, resource, op, name):
        values.append(None)
    for value in values:
        if value is None and (present is None or name in op.rule_defaults):
            continue
        body = changing(context, op, created.sent, name, value)
        if body is None or not comes_in_order({**before, **body}):
            continue
        changed = context.update(created, body)
        if not 200 <= changed.status < 300:
            context.compared += not op.may_refuse
            if not op.may_refuse:
                context.report_violation(
                    f"a valid update of {name} succeeds",
                    f"status {changed.status}",
                    created.exchange,
                    changed,
                    about=f"{name} accepted",
                    statement=doubt_of_change(context, op, created, name, value, changed),
                )
            continue
        response = context.get(created)
        if response.status in GONE and is_renamed(context, op, created, changed, name):
            return
        after = context.item(resource.operations["get"], response)
        if name in showable(context, resource, resource.operations["get"]):
            expected = f"a GET after the update returns {name} {as_json(value)}"
            expect_value(context, after, name, value, expected, created.exchange, changed, response, about=name)
            _check_update_reply(context, resource, op, name, value, changed, created)
        _check_other_fields(context, resource, created, before, after, name, (created.exchange, changed, response))
        _check_list(context, resource, created, name, after, (created.exchange, changed))
        before = after


def _may_become_null(context: CheckContext, resource: CheckedResource, op: ResourceOperation, name: str) -> bool:
    """Does an update take null for a field, and a GET show it? A sentence may say that null changes nothing."""
    is_taken = context.bodies.accepts(op, {name: None}) and shows_null(context, resource, name)
    return is_taken and not is_kept_by_null(context.contract, op.operation, context.bodies.properties(op).get(name))


def _check_list(
    context: CheckContext,
    resource: CheckedResource,
    created: CreatedItem,
    name: str,
    after: Mapping[str, Any],
    history: Any,
) -> None:
    """The list shows the updated value, as a GET of the item does."""
    if not resource.can("list"):
        return
    items, listing = context.list_all(created)
    shown = next((i for i in items if str(i.get(resource.behaviour.identity.field)) == str(created.id)), {})
    context.expect(
        shown.get(name, after.get(name)) == after.get(name),
        f"the list shows the updated {name}: {as_json(after.get(name))}",
        as_json(shown.get(name)),
        *history,
        *listing,
        about=f"listed {name}",
    )


def _check_update_reply(
    context: CheckContext,
    resource: CheckedResource,
    op: ResourceOperation,
    name: str,
    value: Any,
    changed: Any,
    created: CreatedItem,
) -> None:
    item = context.item(op, changed)
    if op.reply_path("item") is not None and name in showable(context, resource, op):
        expected = f"the update reply shows the new {name}: {as_json(value)}"
        expect_value(context, item, name, value, expected, created.exchange, changed, about=f"reply {name}")


def _check_other_fields(
    context: CheckContext,
    resource: CheckedResource,
    created: CreatedItem,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    name: str,
    exchanges: Any,
) -> None:
    """The id, the time of creation and all other fields that clients set do not change."""
    times = resource.behaviour.timestamps
    kept = {*created.sent, resource.behaviour.identity.field, *((times.created,) if times else ())}
    if not resource.operations["update"].may_refuse:
        kept |= set(context.bodies.properties(resource.operations["create"]))
    derived = {n for statement in resource.behaviour.derived for n in statement.fields}
    for other in sorted(kept & before.keys() - {name} - derived - resource.rule_fields):
        context.expect(
            after.get(other) == before[other],
            f"{other} stays {as_json(before[other])} when {name or 'nothing'} is updated",
            as_json(after.get(other)),
            *exchanges,
            about=f"kept {other}",
            statement=whole_put(context, resource.operations["update"]) or doubt_of_time(context, resource, other),
        )


def empty_update(context: CheckContext, resource: CheckedResource) -> None:
    """An update without any field succeeds and changes nothing."""
    op = resource.operations["update"]
    created = context.create(resource, distinct_body(context, resource))
    if not context.bodies.accepts(op, {}):
        return
    before = context.item(resource.operations["get"], context.get(created))
    changed = context.update(created, {})
    if 200 <= changed.status < 300:
        response = context.get(created)
        _check_other_fields(
            context,
            resource,
            created,
            before,
            context.item(resource.operations["get"], response),
            "",
            (created.exchange, changed, response),
        )
    elif not op.may_refuse:
        statement = StatementRef(
            op.name, "schema", "inferred", "the document's schema of the request", "The schema requires no field."
        )
        context.report_violation(
            "an update without any field succeeds, because its schema requires none",
            f"status {changed.status}",
            created.exchange,
            changed,
            about="accepted",
            statement=statement,
        )


def replace_item(context: CheckContext, resource: CheckedResource) -> None:
    """PUT replaces the whole item, and sending it twice has the same effect as once (RFC 9110 section 9.3.4)."""
    op = resource.operations["replace"]
    created = context.create(resource, distinct_body(context, resource))
    before = context.item(resource.operations["get"], context.get(created))
    count = len(context.list_all(created)[0]) if resource.can("list") else 0
    body = smallest_put_body(context, resource, op, created)
    first = context.send(op, path=created.path, body=body)
    own = own_values(context, op, created, body) if first.status in BY_RULE else None
    if own is not None:  # one of the other values may be a name that is taken, or that of nothing
        body, first = own, context.send(op, path=created.path, body=own)
    if not context.expect_status(
        200 <= first.status < 300, "a valid PUT succeeds", created.exchange, first, about="accepted"
    ):
        return
    response = context.get(created)
    item = context.item(resource.operations["get"], response)
    history = (created.exchange, first, response)
    echoed(context, resource, resource.operations["get"], response, body, created)
    if not keeps_what_is_left_out(context, resource):
        _check_dropped(context, resource, created, body, item, history)
    _check_fixed_fields(context, resource, before, item, history)
    if resource.can("list"):
        items, listing = context.list_all(created)
        context.expect(
            len(items) == count,
            f"the list still has {count} items after PUT",
            f"{len(items)} items",
            *history,
            *listing,
            about="count",
        )
    second = context.send(op, path=created.path, body=body)
    for each in (first, second):
        context.expect_status(
            each.status != 201,
            "a PUT of an existing item does not say that it created one (RFC 9110 section 9.3.4)",
            created.exchange,
            each,
            about="created",
        )
    again = context.get(created)
    _check_idempotent(
        context,
        resource,
        body,
        item,
        context.item(resource.operations["get"], again),
        (created.exchange, first, response, second, again),
    )


def keeps_what_is_left_out(context: CheckContext, resource: CheckedResource) -> bool:
    """Does the document describe a PUT that changes only the given fields?

    A sentence says so, or nothing is required in its body though a new item requires something and no sentence says
    that the others are reset.
    """
    op = resource.operations["replace"]
    is_optional = not context.bodies.required(op) and bool(context.bodies.required(resource.operations["create"]))
    said = told(context.contract, op.operation)
    return (is_optional and not says_reset(context, op)) or PARTIAL.search(RESETS.sub("", said)) is not None


def says_reset(context: CheckContext, op: ResourceOperation) -> bool:
    """Does the document say that an operation resets the fields which its body lacks?"""
    return RESETS.search(told(context.contract, op.operation)) is not None


def _check_dropped(
    context: CheckContext,
    resource: CheckedResource,
    created: CreatedItem,
    body: Mapping[str, Any],
    item: Mapping[str, Any],
    history: tuple[RecordedExchange, ...],
) -> None:
    """What the create request sent and the body of the PUT may have and lacks is gone, or has its default."""
    op = resource.operations["replace"]
    kept = (
        body.keys()
        | resource.server_fields
        | unchangeable(resource)
        | always_shown(context, resource.operations["get"])
        | always_shown(context, op)
    )
    for name in (created.sent.keys() & item.keys() & context.bodies.properties(op).keys()) - kept:
        context.expect(
            item[name] != created.sent[name] or item[name] in _default_values(context, op, name),
            f"PUT removes or resets {name}, which its body does not contain",
            as_json(item[name]),
            *history,
            about=f"dropped {name}",
        )


def smallest_put_body(
    context: CheckContext, resource: CheckedResource, op: ResourceOperation, created: CreatedItem
) -> dict[str, Any]:
    """A PUT body with the required fields only."""
    body = context.bodies.minimal(op, f"{context.check}/put")
    if body is None:
        raise CannotBuildRequest(f"no valid body can be made for {op.name}")
    for name in list(body):
        slim = {key: value for key, value in body.items() if key != name}
        body = slim if context.bodies.accepts(op, slim) else body
    return meant(context, resource, op, context.bodies.marked(op, resource, body, context.shared.mark()), created)


def _check_fixed_fields(
    context: CheckContext, resource: CheckedResource, before: Mapping[str, Any], after: Mapping[str, Any], history: Any
) -> None:
    times = resource.behaviour.timestamps
    for name in (resource.behaviour.identity.field, *((times.created,) if times else ())):
        if name in before:
            context.expect(
                after.get(name) == before[name],
                f"{name} stays {as_json(before[name])} after PUT",
                as_json(after.get(name)),
                *history,
                about=f"{name} stays",
                statement=doubt_of_time(context, resource, name),
            )


def _default_values(context: CheckContext, op: ResourceOperation, name: str) -> tuple[Any, ...]:
    pointer = context.bodies.properties(op).get(name)
    return (context.contract.schemas.keyword(pointer, "default") if pointer else None, None, [], "", 0, False)


def _check_idempotent(
    context: CheckContext,
    resource: CheckedResource,
    sent: Mapping[str, Any],
    item: Mapping[str, Any],
    after: Mapping[str, Any],
    exchanges: Any,
) -> None:
    moving = {resource.behaviour.timestamps.updated} if resource.behaviour.timestamps else set()
    moving |= {name for name in item if COUNTS_CHANGES.search(name)}
    for name in item.keys() - moving:
        tells_when = name not in sent and is_same_but_later(item[name], after.get(name))  # the last PUT came
        context.expect(
            tells_when or after.get(name) == item[name],
            f"a second identical PUT does not change {name} (RFC 9110 section 9.2.2)",
            as_json(after.get(name)),
            *exchanges,
            about="idempotent",
        )


CHECKS = (
    Check("update", ("action",), http_rule("update", "create", "get", source=WRITES, text="An update changes exactly the named fields."),
            update_field, exclusive=False),
    Check("update-several-fields", ("action",), http_rule("update", "create", "get", source=WRITES, text="An update changes all named fields."), update_several_fields),
    Check("empty-update", ("action",), http_rule("update", "create", "get", source=WRITES, text="An update changes no other field."), empty_update, exclusive=False),
    Check("replace", ("action",), http_rule("replace", "create", "get", source="RFC 9110 section 9.3.4", text="PUT replaces the whole item."), replace_item, exclusive=False),
)  # fmt: skip
