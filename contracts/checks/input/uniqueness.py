"""Checks which values must be unique, and which need not be."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from contracts.checks.error_replies import conflict_status
from contracts.checks.item_view import as_json, unchangeable
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_bodies import MARK
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources
from contracts.runner.check import Check, Place, resource_statement
from contracts.runner.context import CheckContext
from contracts.runner.existing_items import owner_of
from contracts.runner.item_maker import CONFLICT
from mockserver.behaviour.statements import FROM_DOCUMENT, Unique
from mockserver.contract import Contract
from mockserver.inference.sentences.descriptions import description, taken
from mockserver.inference.sentences.letter_case import SCOPE
from mockserver.inference.sentences.refusal_sentences import operation_sentences


def unique(context: CheckContext, resource: CheckedResource, statement: Unique) -> None:
    """No two items have the same unique values: a create or update that would cause it is refused."""
    fields = [name for name in statement.fields if name != _field_of_owner(resource)]
    body = context.body(resource, full=any(name not in context.body(resource) for name in fields))
    if any(body.get(name) is None for name in fields):
        raise CannotBuildRequest(f"no value for {', '.join(fields)}")
    first = _created_with_capitals(context, resource, body, fields)
    body = dict(first.sent)
    values = {name: body[name] for name in fields}
    second, item = context.try_create(resource, context.body(resource) | values)
    _expect_refused(context, f"{_duplicate(values)} is refused", "create", first.exchange, second)
    _check_similar_value(context, resource, statement, body, first)
    _check_scope(context, resource, statement, values, first)
    _check_other_user(context, resource, statement, values, first)
    same = _same_rule(context, second) if statement.evidence in FROM_DOCUMENT else None
    if _refuses(context, statement, resource, "replace") and not resource.client_named:
        _check_replace(context, resource, values, first, same)
    if _refuses(context, statement, resource, "update") and not (set(fields) & unchangeable(resource)):
        _check_update(context, resource, values, first, same)
    if resource.can("delete") and item is None and not context.findings:  # otherwise another item has the values now
        _check_freed(context, resource, values, first)


def _created_with_capitals(
    context: CheckContext, resource: CheckedResource, body: dict[str, Any], fields: Collection[str]
) -> CreatedItem:
    """An item with a capital at the begin of each text: a service may keep values in small letters to compare them."""
    id = resource.behaviour.identity.field  # by which the item is found again
    texts = {name: str(body[name]) for name in fields if name != id}
    changed = {name: value[:1].upper() + value[1:] for name, value in texts.items() if MARK in value}
    if changed and context.bodies.accepts(resource.operations["create"], body | changed):
        _, made = context.try_create(resource, body | changed, may_conflict=True)
        if made is not None:
            return made
    return context.create(resource, body)


def _field_of_owner(resource: CheckedResource) -> str:
    """The field that names the item above, which no request sends; empty if there is none."""
    parent = resource.behaviour.parent
    return parent.field if parent is not None else ""


OF_ALL = re.compile(
    r"\b(?:whoever|whosever|globally|(?:no matter|regardless of|whatever) (?:who|the (?:owner|user))"
    r"|(?:across|among|for|of) all (?:users|accounts|customers|owners|members))\b",
    re.IGNORECASE,
)
"""How a sentence says that the values of all users count: "only once, whoever owns it"."""


def _check_other_user(
    context: CheckContext,
    resource: CheckedResource,
    statement: Unique,
    values: Mapping[str, Any],
    first: CreatedItem,
) -> None:
    """Another user cannot have the values either, where a sentence says that all items count."""
    other = context.second_user(first.user) if OF_ALL.search(statement.source) else None
    if other is None or owner_of(resource):
        return
    exchange, _ = context.try_create(resource, {**context.body(resource), **values}, user=other, may_conflict=True)
    expected = f"{_duplicate(values)} is refused, also from another user"
    _expect_refused(context, expected, "other user", first.exchange, exchange)


def _check_scope(
    context: CheckContext,
    resource: CheckedResource,
    statement: Unique,
    values: Mapping[str, Any],
    first: CreatedItem,
) -> None:
    """What several fields have together, one of them may have alone: below another item, or beside another value."""
    op, owner = resource.operations["create"], context.shared.resources.get(owner_of(resource))
    if len(statement.fields) < 2 or statement.evidence == "inferred":
        return
    others = ((name, context.bodies.other(op, name, value, context.check)) for name, value in values.items())
    tried: list[tuple[str, Mapping[str, Any], Mapping[str, Any] | None]] = [
        (f"with another {name}", {**values, name: each}, None) for name, each in others if each is not None
    ]
    if owner is not None and owner.can("create") and SCOPE.search(statement.source):
        tried.append((f"below another {owner.name}", values, context.create(owner).path_below(resource)))
    for where, wanted, path in tried:
        sent = {**context.body(resource), **wanted}
        exchange, _ = context.try_create(resource, sent, path=path, may_conflict=True)
        context.expect_status(
            exchange.status < 300,
            f"an item {where} may have {_values_of(values, wanted)} too",
            first.exchange,
            exchange,
            about=where,
        )


def _values_of(values: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    return " and ".join(f"{name} {as_json(value)}" for name, value in values.items() if wanted[name] == value)


def _same_rule(context: CheckContext, refused: RecordedExchange) -> StatementRef | None:
    """What the service itself refuses when an item is created, an update with a documented 409 cannot bring about."""
    stated = context.statement
    if stated is None or refused.status != CONFLICT:
        return None
    text = "The service refuses the same values in a create request."
    return StatementRef(stated.subject, stated.kind, "implied", "the 409 of both operations in the document", text)


def _refuses(context: CheckContext, statement: Unique, resource: CheckedResource, does: str) -> bool:
    """Is there such an operation, and does it refuse duplicates?

    What is read out of the document needs a 409, or a sentence: about all items, or about this operation.
    """
    op = resource.operations.get(does)
    if op is not None and not _takes(context, op, statement.fields):
        return False
    if op is None or statement.evidence not in FROM_DOCUMENT or op.operation.response(CONFLICT) is not None:
        return op is not None
    said = taken(description(context.contract.schemas, op.operation.pointer), statement.fields)
    return said is not None or NO_TWO.search(statement.source) is not None


def _takes(context: CheckContext, op: ResourceOperation, fields: Collection[str]) -> bool:
    """Does the body of an operation have these fields, or may it have any?"""
    known = context.bodies.properties(op)
    return not known or set(fields) <= known.keys()


NO_TWO = re.compile(r"\bno two\b", re.IGNORECASE)
"""Begins a sentence about all items, however they come to be."""


def _duplicate(values: Mapping[str, Any]) -> str:
    return f"a second item with the same {', '.join(values)}"


def _expect_refused(
    context: CheckContext,
    expected: str,
    about: str,
    *exchanges: RecordedExchange,
    statement: StatementRef | None = None,
    operation: str = "",
) -> None:
    """Report a violation if the last exchange is no conflict. A sentence of the document does not say which status."""
    wanted, last = conflict_status(context), exchanges[-1]
    if context.statement is not None and context.statement.evidence in FROM_DOCUMENT and 400 <= last.status < 500:
        return
    is_read = context.statement is not None and context.statement.evidence in FROM_DOCUMENT
    said = "" if is_read else f" with {wanted}"
    context.compared += 1
    if last.status != wanted:
        seen = f"status {last.status}"
        context.report_violation(
            expected + said, seen, *exchanges, about=about, statement=statement, operation=operation
        )


def _check_replace(
    context: CheckContext,
    resource: CheckedResource,
    values: Mapping[str, Any],
    first: CreatedItem,
    same: StatementRef | None,
) -> None:
    """A PUT does not give an item the values of another one."""
    other = context.create(resource)
    op = resource.operations["replace"]
    put = context.send(op, path=other.path, body={**other.sent, **values})
    expected = f"a PUT that makes {_duplicate(values)} is refused"
    history = (first.exchange, other.exchange, put)
    _expect_refused(context, expected, "replace", *history, statement=same, operation=op.name)


def _check_update(
    context: CheckContext,
    resource: CheckedResource,
    values: Mapping[str, Any],
    first: CreatedItem,
    same: StatementRef | None,
) -> None:
    """An update does not give an item the values of another one; an item may keep its own."""
    other = context.create(resource)
    changed = context.update(other, values)
    expected = f"an update that makes {_duplicate(values)} is refused"
    history, op = (first.exchange, other.exchange, changed), resource.operations["update"]
    _expect_refused(context, expected, "update", *history, statement=same, operation=op.name)
    own = context.update(first, values)
    context.expect_status(
        200 <= own.status < 300,
        "an update of an item with its own unique values succeeds",
        first.exchange,
        own,
        about="itself",
    )


def _check_freed(
    context: CheckContext, resource: CheckedResource, values: Mapping[str, Any], first: CreatedItem
) -> None:
    """The values of a deleted item are free again."""
    context.delete(first)
    above = first.path if resource.behaviour.parent is not None else None
    again, fresh = context.try_create(resource, {**context.body(resource), **values}, path=above)
    context.expect_status(
        fresh is not None,
        "the unique values of a deleted item can be used again",
        again,
        about="freed",
        statement=_said_free(context, resource) or _habit(context, "A deleted item no longer counts."),
    )


FREE = re.compile(
    r"\b(?:can|may) be (?:used|taken|chosen|registered|given) again\b|\b(?:is|are|becomes?) (?:free|available) again\b",
    re.IGNORECASE,
)
"""How a sentence about a delete says that others may have the values of the item."""


def _said_free(context: CheckContext, resource: CheckedResource) -> StatementRef | None:
    """The sentence about the delete which says that the values are free again; None if none does."""
    op = resource.operations["delete"]
    said = (each for each in operation_sentences(context.contract.schemas, op.operation) if FREE.search(each.text))
    found = next(said, None)
    text = "A deleted item no longer counts."
    return StatementRef(op.name, "unique", "described", found.source, text) if found is not None else None


def _habit(context: CheckContext, text: str) -> StatementRef | None:
    """A statement about what most services do, where it is not stated; None where a behaviour file says it."""
    stated = context.statement
    if stated is None or stated.evidence not in FROM_DOCUMENT:
        return None
    return StatementRef(stated.subject, stated.kind, "inferred", "", text)


def _check_similar_value(
    context: CheckContext, resource: CheckedResource, statement: Unique, body: dict[str, Any], first: CreatedItem
) -> None:
    """A value that only resembles a used value is accepted."""
    name = statement.fields[-1]
    used = body[name] if isinstance(body[name], str) else ""
    # With fewer digits, a mark may be that of another item.
    shorter = used.rstrip("0123456789") if MARK in used and used[-1].isdigit() else used[:-1]
    for value in (shorter, f"{used}x") if used else ():
        like = context.body(resource) | {each: body[each] for each in statement.fields} | {name: value}
        if value and context.bodies.accepts(resource.operations["create"], like):
            exchange, created = context.try_create(resource, like)
            context.expect_status(
                created is not None,
                f"{name} {as_json(value)} is accepted, since it differs from the used {as_json(body[name])}",
                first.exchange,
                exchange,
                about="like",
                statement=_habit(context, "Values are compared as they are."),
            )


def duplicates_allowed(context: CheckContext, resource: CheckedResource) -> None:
    """Two items may have the same values, unless a statement forbids it."""
    op = resource.operations["create"]
    body = context.body(resource)
    first = context.create(resource, body)
    exchange, second = context.try_create(resource, body, may_conflict=True)
    explained = any(r.status == "409" for r in op.operation.responses) and not resource.behaviour.capacity
    context.expect_status(
        exchange.status < 300 or op.may_refuse or explained,
        "a second item with the same values is accepted, since no statement forbids it",
        first.exchange,
        exchange,
        about="accepted",
    )
    if second is not None:
        context.expect(
            second.id != first.id,
            "the second item has an id of its own",
            f"both items have the id {second.id}",
            first.exchange,
            exchange,
            about="id",
        )


def _places_without_unique(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        if resource.can("create") and not resource.behaviour.unique and not resource.client_named:
            op = resource.operations["create"]
            yield (
                op.name,
                StatementRef(
                    op.name, "http", "inferred", "the document", "No statement says that values must be unique."
                ),
                (resource,),
            )


CHECKS = (
    Check("unique", ("unique",), resource_statement("unique", "create"), unique),
    Check("duplicates-allowed", (), _places_without_unique, duplicates_allowed),
)
