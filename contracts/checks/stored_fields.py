"""Compares what was sent with what the service shows afterwards, in its reply, in a GET and in the list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from contracts.checks.item_view import as_json, documented, shown_value
from contracts.checks.value_likeness import ABSENT, is_same_number, likeness
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.differing_fields import PARTIAL, is_kept_by_null, rewritten_fields, told
from contracts.model.finding import BINDING_EVIDENCE, RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources
from contracts.runner.context import CheckContext
from mockserver.inference.names import plain
from mockserver.inference.values.fields import CREATED

FOLLOWS = "The value may follow from other items."
TICK = 1.05
"""Seconds in which a field that shows a time changes, even if it counts whole seconds."""

WHOLE = "A PUT may replace the whole item, also if none of its fields is required (RFC 9110 section 9.3.4)."

MADE_THEN = "The only time that a new item shows may be that of its last change."

NORMALISED = "The service writes the value in another way, which its document does not mention."


def weaker(context: CheckContext, text: str) -> StatementRef | None:
    """The statement of a check as a guess, so that breaking it is a warning."""
    return replace(context.statement, evidence="inferred", text=text) if context.statement else None


def doubt_of_time(context: CheckContext, resource: CheckedResource, name: str) -> StatementRef | None:
    """A guess in place of the statement that a field stays, if only its place says that it is the time of creation."""
    times = resource.behaviour.timestamps
    is_guess = times is not None and name == times.created and times.evidence not in BINDING_EVIDENCE
    return weaker(context, MADE_THEN) if is_guess and plain(name) not in CREATED else None


def whole_put(context: CheckContext, op: ResourceOperation) -> StatementRef | None:
    """A guess in place of the statement that an update keeps what it does not name, if it is a PUT; else None.

    That such a PUT changes parts of an item is inferred from its optional fields, unless a sentence says so.
    """
    action = op.behaviour.action
    is_guess = action is not None and action.evidence not in ("documented", "described")
    if op.operation.method != "put" or not is_guess or PARTIAL.search(told(context.contract, op.operation)):
        return None
    return weaker(context, WHOLE)


def comparable(
    context: CheckContext, resource: CheckedResource, op: ResourceOperation, sent: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    """The sent fields that a success reply of `op` shows in the same form, with the part of the value that it shows.

    Fields that the service sets, hides, or shows in another form (an id as an object) are left out.
    """
    hidden = resource.server_fields | resource.write_only_fields | resource.rule_fields
    hidden |= {name for name, value in sent.items() if value is None and _is_kept(context, resource, name)}
    named = _request_fields(context, resource)
    for name, pointer in documented(context.contract, op).items():
        if name in sent and name in named and name not in hidden:
            value = shown_part(context, pointer, sent[name])
            if value is not ABSENT:
                yield name, value


def _is_kept(context: CheckContext, resource: CheckedResource, name: str) -> bool:
    """Is the check about an update that leaves a field as it is where it gets null?"""
    op = next((each for each in resource.operations.values() if each.name == context.operation), None)
    if op is None or op == resource.operations.get("create"):
        return False
    return is_kept_by_null(context.contract, op.operation, context.bodies.properties(op).get(name))


def shown_part(context: CheckContext, pointer: str, value: Any) -> Any:
    """The part of a sent value that a reply shows by its schema at `pointer`.

    ABSENT if that schema forbids the value: the document then shows it in another form, such as an id as an object.
    """
    part = _visible(context, pointer, value)
    return part if context.contract.schemas.validator(pointer, "response").is_valid(part) else ABSENT


def _request_fields(context: CheckContext, resource: CheckedResource) -> set[str]:
    """The fields that the schemas of requests name; an example may have others, which need not be stored."""
    writes = [op for kind in ("create", "update", "replace") if (op := resource.operations.get(kind))]
    return {name for op in writes for name in context.bodies.properties(op)}


def _visible(context: CheckContext, pointer: str, value: Any) -> Any:
    """The value without properties that a response does not document, or only for requests."""
    schemas = context.contract.schemas
    known = schemas.properties(pointer) if isinstance(value, dict) else {}
    if not known:
        return value
    return {
        name: _visible(context, known[name], inner)
        for name, inner in value.items()
        if name in known and not schemas.keyword(known[name], "writeOnly")
    }


def check_fields(
    context: CheckContext,
    resource: CheckedResource,
    op: ResourceOperation,
    item: Mapping[str, Any],
    sent: Mapping[str, Any],
    where: str,
    *exchanges: RecordedExchange,
) -> None:
    """Report every comparable field of `sent` that `item`, shown by `op`, has not kept. `where` says who shows it."""
    if exchanges and op.shows_list(exchanges[-1].json):
        return  # the document has an object there, which is another failure
    for name, value in comparable(context, resource, op, sent):
        expected = f"{where} shows {name} as it was sent: {_short(as_json(value))}"
        expect_value(context, item, name, value, expected, *exchanges, about=f"{where} {name}")


def expect_value(
    context: CheckContext,
    item: Mapping[str, Any],
    name: str,
    sent: Any,
    expected: str,
    *exchanges: RecordedExchange,
    about: str,
    statement: StatementRef | None = None,
) -> None:
    """Report a field of an item that does not show the value that was sent.

    A normalised one is a warning, and right where the document says so.
    """
    alike = likeness(item.get(name, ABSENT), sent, name)
    is_number = alike == "normalised" and is_same_number(item.get(name), sent) and _is_decimal(context, name)
    context.expect(
        alike == "same" or is_number or (alike == "normalised" and _is_said(context, name)),
        expected,
        _short(shown_value(item, name)),
        *exchanges,
        about=about,
        statement=weaker(context, NORMALISED) if alike == "normalised" else statement,
    )


def _is_said(context: CheckContext, name: str) -> bool:
    """Does the document say that the service writes a field anew, in the resource that the check is about?"""
    return any(is_rewritten(context, each, name) for each in _subjects(context))


def _is_decimal(context: CheckContext, name: str) -> bool:
    """Is a field of the resource that the check is about a decimal number, whose last zeros say nothing?"""
    for op in (op for each in _subjects(context) for op in each.operations.values()):
        pointer = context.bodies.properties(op).get(name)
        if pointer is not None and context.contract.schemas.keyword(pointer, "format") == "decimal":
            return True
    return False


def _subjects(context: CheckContext) -> Iterator[CheckedResource]:
    """The resources that the check is about."""
    known = checked_resources(context.contract).values()
    return (each for each in known if context.operation in {op.name for op in each.operations.values()})


def is_rewritten(context: CheckContext, resource: CheckedResource, name: str) -> bool:
    """Does the document say that a field is written anew, such as in lower case?"""
    return name in rewritten_fields(context.contract, [op.operation for op in resource.operations.values()])


def _short(text: str) -> str:
    return text if len(text) < 200 else f"{text[:120]}… ({len(text)} characters)"


def current(
    context: CheckContext, created: CreatedItem
) -> tuple[ResourceOperation, dict[str, Any], tuple[RecordedExchange, ...]]:
    """An item as the service shows it now, by GET or, without one, by its list; and the operation that shows it.

    The item is empty if there is none. Raises CannotBuildRequest if neither exists.
    """
    resource = created.resource
    if resource.can("get"):
        response = context.get(created)
        item = context.item(resource.operations["get"], response) if response.status < 300 else {}
        return resource.operations["get"], item, (response,)
    if not resource.can("list"):
        raise CannotBuildRequest(f"no operation shows a {resource.name}")
    item, listing = listed_item(context, created)
    return resource.operations["list"], item, tuple(listing)


def listed_item(context: CheckContext, created: CreatedItem) -> tuple[dict[str, Any], list[RecordedExchange]]:
    """An item as its list shows it; empty if the list does not contain it."""
    items, listing = context.list_all(created)
    field = created.resource.behaviour.identity.field
    return next((item for item in items if str(item.get(field)) == str(created.id)), {}), listing


def expect_different_items(*created: CreatedItem) -> None:
    """Raise CannotBuildRequest if two create requests named the same id, so that they created one item."""
    if len({(each.resource.name, str(each.id)) for each in created}) < len(created):
        raise CannotBuildRequest("several requests have the same client-chosen id")


def settled(context: CheckContext, created: CreatedItem) -> dict[str, Any]:
    """The fields of an item that two reads show alike; others, such as a counter of reads, tell nothing.

    Raises CannotBuildRequest if the item cannot be read.
    """
    first, second = (current(context, created)[1] for _ in range(2))
    if not first:
        raise CannotBuildRequest(f"a new {created.resource.name} cannot be read")
    return {name: value for name, value in first.items() if second.get(name, ABSENT) == value}


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What became of the fields in `before` that `after` shows with another value, as texts for a finding."""
    changed = [name for name, value in before.items() if after.get(name, ABSENT) != value]
    return [f"{name} was {_short(as_json(before[name]))}, is {_short(shown_value(after, name))}" for name in changed]


def expect_at_rest(context: CheckContext, created: CreatedItem, name: str) -> None:
    """Raise CannotBuildRequest if a field of an item goes on changing while nothing is sent, or changes when it is read."""
    seen = []
    for wait in (0.0, TICK):
        context.target.pause(wait)
        seen.append(current(context, created)[1].get(name, ABSENT))
    if seen[0] != seen[1]:
        raise CannotBuildRequest(f"{name} of the {created.resource.name} changes while nothing is sent")


def lasting_changes(
    context: CheckContext, created: CreatedItem, before: Mapping[str, Any]
) -> tuple[list[str], dict[str, Any], tuple[RecordedExchange, ...]]:
    """What became of the fields in `before`, as texts; the item as it is now (see `current`), and how it was read.

    A field that goes on changing while nothing is sent is left out: it shows a time, such as the seconds that are left.
    """
    _, after, shown = current(context, created)
    if not changed_fields(before, after):
        return [], after, shown
    context.target.pause(TICK)
    later = current(context, created)[1]
    lasting = {n: value for n, value in before.items() if after.get(n, ABSENT) == later.get(n, ABSENT)}
    return changed_fields(lasting, after), after, shown


def check_unchanged(
    context: CheckContext,
    kept: CreatedItem,
    before: Mapping[str, Any],
    done: Sequence[RecordedExchange],
    *,
    related: bool,
) -> None:
    """Report what the requests in `done`, which were about other items, have changed in an item.

    In a `related` item (the owner, or one beside it) fields that the service sets are left out, and a changed number,
    flag or status is a warning: a balance or a position may follow from the other item. A value that was sent for the
    other item is a failure.
    """
    shows, after, shown = current(context, kept)
    compared = {name for name in before if name in kept.sent} if related and after else set(before)
    sent = {name: each.sent[name] for each in done if isinstance(each.sent, Mapping) for name in each.sent}
    if related:  # a list of the items that are below it
        compared -= {name for name in compared if _has_more(after.get(name), before[name])}
    leaked = {name for name in compared if name in after and name in sent and after[name] == sent[name]}
    following = {n for n in compared - leaked if related and after and _may_follow(context, shows, n)}
    for names, doubt in ((compared - following, None), (following, weaker(context, FOLLOWS))):
        changed = changed_fields({name: before[name] for name in sorted(names)}, after)
        context.expect(
            not changed,
            f"requests about other items do not change this {kept.resource.name}",
            "; ".join(changed) if after else f"status {shown[-1].status}, the item is gone",
            kept.exchange,
            *done,
            *shown,
            about=f"unchanged {kept.resource.name}{' following' if doubt else ''}",
            statement=doubt,
        )


def _has_more(after: Any, before: Any) -> bool:
    """Has a list of objects all that it had, and others too?"""
    is_longer = isinstance(after, list) and isinstance(before, list) and len(after) > len(before)
    return is_longer and all(isinstance(each, Mapping) for each in after) and all(each in after for each in before)


def _may_follow(context: CheckContext, op: ResourceOperation, name: str) -> bool:
    """Is a shown field a number, a flag, a status or a time, which a service may compute from other items?"""
    pointer = documented(context.contract, op).get(name)
    schemas = context.contract.schemas
    if pointer is None:
        return True
    listed = schemas.keyword(pointer, "enum") is not None or schemas.keyword(pointer, "format") is not None
    return listed or not schemas.types(pointer) & {"string", "array", "object"}
