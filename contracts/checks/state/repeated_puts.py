"""A check of PUT requests that make items: the same PUT again moves no item and changes none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from contracts.checks.lists.listed_items import ids
from contracts.checks.state.item_actions import CHANGES
from contracts.checks.stored_fields import changed_fields, listed_item
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import MISSING, CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from contracts.runner.existing_items import owner_of
from mockserver.contract import Contract
from mockserver.inference.names import words
from mockserver.inference.sentences.refusal_sentences import Sentence, operation_sentences
from mockserver.openapi.schemas import Schemas

IDEMPOTENT = "RFC 9110 section 9.2.2 (several identical PUT requests have the effect of one)"

SAME = re.compile(
    r"\b(?:nothing changes|changes nothing|no (?:further |other |additional )?effect|has no effect|(?:stays?|keeps?|remains?) (?:as|where) (?:it|he|she|they)\b|keeps? (?:its|his|her|their) place)\b",
    re.IGNORECASE,
)
"""How a sentence says that the second request changes nothing."""

AGAIN = re.compile(r"\b(?:idempotent|again|already|twice|repeat\w*|second)\b", re.IGNORECASE)

TIMES = frozenset(("updated", "modified", "changed", "edited", "last", "seen", "touched"))
"""Words of a field that may show when the last request came."""

ITEMS = 3
"""How many items are put: the first one perhaps has what the others wait for."""


def repeated_put(context: CheckContext, resource: CheckedResource, owner: CheckedResource | None) -> None:
    """The same PUT again changes no item and leaves the order of the list as it is."""
    for body in _owner_bodies(context, owner):
        created = _put_several(context, resource, owner, body)
        if len(created) > 1:
            _check_again(context, resource, created)
        if context.findings:
            return


def _owner_bodies(context: CheckContext, owner: CheckedResource | None) -> list[dict[str, Any] | None]:
    """Bodies of owners: an ordinary one, and one with the smallest numbers, so that there is room for one item only."""
    if owner is None or not owner.can("create"):
        return [None]
    op, schemas = owner.operations["create"], context.contract.schemas
    body = context.body(owner)
    least = {name: schemas.keyword(at, "minimum") for name, at in context.bodies.properties(op).items() if name in body}
    small = {**body, **{name: value for name, value in least.items() if type(value) is int and type(body[name]) is int}}
    return [small, context.body(owner)] if small != body and context.bodies.accepts(op, small) else [body]


def _put_several(
    context: CheckContext, resource: CheckedResource, owner: CheckedResource | None, body: dict[str, Any] | None
) -> list[CreatedItem]:
    op, user = resource.operations["create"], context.main_user
    above = context.create(owner, body).path_below(resource) if owner is not None and body is not None else {}
    found = []
    for _ in range(ITEMS):
        sent = MISSING if op.operation.request_body is None else context.body(resource)
        path = {**above, resource.behaviour.identity.parameter: context.new_id(resource)}
        exchange = context.send(op, path=path, body=sent)
        made = context.record_created(resource, exchange, {} if sent is MISSING else sent, user, path)
        if made is None:
            raise CannotBuildRequest(f"{op.name} answers {exchange.status} for a new {resource.name}")
        found.append(made)
    return found


def _check_again(context: CheckContext, resource: CheckedResource, created: list[CreatedItem]) -> None:
    """Put each item again, the second one first: the first one may be where the second request leaves it."""
    op = resource.operations["create"]
    before, first = context.list_all(created[0])
    history: tuple[RecordedExchange, ...] = tuple(each.exchange for each in created)
    for each in (*created[1:], created[0]):
        shown = listed_item(context, each)[0]
        sent = each.exchange.sent
        again = context.send(op, path=each.path, body=MISSING if sent is None else each.sent)
        if again.status >= 300:
            raise CannotBuildRequest(f"{op.name} answers {again.status} to the same request again")
        after, listing = context.list_all(created[0])
        kept = {name: value for name, value in shown.items() if not set(words(name)) & (CHANGES | TIMES)}
        now = next((item for item in after if ids(resource, [item]) == [str(each.id)]), {})
        context.expect(
            not changed_fields(kept, now),
            f"the same PUT again leaves the {resource.name} as it is",
            "; ".join(changed_fields(kept, now)) if now else "it is no longer in the list",
            *history,
            again,
            *listing,
            about="changed",
        )
        context.expect(
            ids(resource, before) == ids(resource, after),
            f"the same PUT again leaves the order of {resource.operations['list'].name} as it is",
            f"{', '.join(ids(resource, after))} instead of {', '.join(ids(resource, before))}",
            *history,
            *first,
            again,
            *listing,
            about="order",
        )
        if context.findings:
            return


def _said(schemas: Schemas, resource: CheckedResource) -> Sentence | None:
    found = list(operation_sentences(schemas, resource.operations["create"].operation))
    whole = " ".join(each.text for each in found)
    return next((each for each in found if SAME.search(each.text) and AGAIN.search(whole)), None)


def _places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for resource in known.values():
        if resource.is_put and resource.can("create", "list"):
            said, operation = _said(contract.schemas, resource), resource.operations["create"].name
            text = "The same PUT again changes nothing."
            source = said.source if said is not None else IDEMPOTENT
            statement = StatementRef(operation, "http", "described" if said else "inferred", source, text)
            yield operation, statement, (resource, known.get(owner_of(resource)))


CHECKS = (Check("repeated-put", (), _places, repeated_put),)
