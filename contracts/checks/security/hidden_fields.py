"""Check of fields that only who made an item can see: of an anonymous pledge others do not see the donor."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from contracts.checks.item_view import as_json, documented
from contracts.checks.lists.listed_items import ids
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.client.target import User
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract
from mockserver.inference.names import plain
from mockserver.inference.sentences.descriptions import description

SEEN_BY_ONE = re.compile(
    r"\bonly (?:\w+ ){0,4}(?:can|may) (?:see|read|view) (?:it|them|this)\b"
    r"|\b(?:visible|shown|disclosed|readable) (?:only )?(?:to|for) (?:\w+ ){0,3}(?:only|alone)\b"
    r"|\b(?:only (?:visible|shown|disclosed|readable)|(?:visible|shown|disclosed|readable) only) (?:to|for)\b"
    r"|\b(?:hidden|withheld|concealed) (?:from|for) (?:all )?(?:others?|everybody else|everyone else|other users)\b"
    r"|\b(?:all )?(?:others|other users|everybody else|everyone else)\b[^.;]*\b(?:get|gets|see|sees|receive|receives)"
    r" (?:only )?null\b",
    re.IGNORECASE,
)
"""How a description says that others do not see the value."""


STAFF = re.compile(r"\b(?:admin\w*|staff|moderators?|support|managers?|employees|roles?|scopes?)\b", re.IGNORECASE)
"""Who may see more than others: both users may be such ones."""


class HiddenField(NamedTuple):
    """Others do not see `field` of an item, or only not of one with the flag `flag`."""

    field: str
    flag: str
    source: str


def hidden_field(context: CheckContext, resource: CheckedResource, hidden: HiddenField) -> None:
    """What only its owner can see of an item is in no reply to another user: not in the item, and not in a list."""
    other = context.other_tenant_user()
    body = _body(context, resource, hidden)
    made = context.create(resource, body)
    own = _value(context, made, hidden, context.main_user)[0]
    if own is None:
        raise CannotBuildRequest(f"who creates a {resource.name} sees no {hidden.field} of it")
    _expect_own_value(context, resource, hidden, own, other)
    for place, value, exchange in _views(context, made, hidden, other):
        context.expect(
            value != own,
            f"{hidden.field} of a {resource.name}{_flagged(hidden)} is not shown to another user",
            f"{hidden.field} is {as_json(value)}",
            made.exchange,
            exchange,
            about=place,
        )


def _flagged(hidden: HiddenField) -> str:
    return f" with {hidden.flag}: true" if hidden.flag else ""


def _body(context: CheckContext, resource: CheckedResource, hidden: HiddenField) -> dict[str, Any]:
    body = context.body(resource) | ({hidden.flag: True} if hidden.flag else {})
    if not context.bodies.accepts(resource.operations["create"], body):
        raise CannotBuildRequest(f"no valid create request sets {hidden.flag}")
    return body


def _expect_own_value(
    context: CheckContext, resource: CheckedResource, hidden: HiddenField, own: Any, other: User
) -> None:
    """Raises CannotBuildRequest unless each user has a value of their own, so that the service tells the users apart."""
    again = _value(context, context.create(resource, _body(context, resource, hidden)), hidden, context.main_user)[0]
    theirs = context.create(resource, _body(context, resource, hidden), user=other)
    if hidden.field in context.bodies.properties(resource.operations["create"]):
        raise CannotBuildRequest(f"{hidden.field} is what was sent, so nothing tells the users apart")
    if own != again or _value(context, theirs, hidden, other)[0] in (None, own):
        raise CannotBuildRequest(f"{hidden.field} does not tell the users apart")


def _value(context: CheckContext, made: CreatedItem, hidden: HiddenField, user: User) -> tuple[Any, RecordedExchange]:
    response = context.get(made, user=user)
    return context.item(made.resource.operations["get"], response).get(hidden.field), response


def _views(
    context: CheckContext, made: CreatedItem, hidden: HiddenField, user: User
) -> Iterator[tuple[str, Any, RecordedExchange]]:
    """What a user sees of the field, in the item and in the list."""
    yield "item", *_value(context, made, hidden, user)
    if made.resource.can("list"):
        for response in context.list_all(made, user=user)[1]:
            items = context.items(made.resource, response)
            if response.status < 300 and str(made.id) in (shown := ids(made.resource, items)):
                yield "list", items[shown.index(str(made.id))].get(hidden.field), response


def _places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        if not resource.can("create", "get") or not resource.operations["get"].operation.security:
            continue
        op = resource.operations["get"]
        sent = resource.operations["create"].body_schema(contract.schemas)
        flags = {
            plain(name): name
            for name, at in (contract.schemas.properties(sent).items() if sent is not None else ())
            if contract.schemas.types(at) == {"boolean"}
        }
        for field, pointer in documented(contract, op).items():
            said = description(contract.schemas, pointer)
            for sentence in said.sentences():
                flag = next((flags[word] for each in sentence.split() if (word := plain(each)) in flags), "")
                if SEEN_BY_ONE.search(sentence) and not STAFF.search(sentence):
                    source = f'"{sentence}" ({said.pointer})'
                    text = f"Only who made a {resource.name} sees {field} of it."
                    hidden = HiddenField(field, flag, source)
                    yield op.name, StatementRef(op.name, "schema", "described", source, text), (resource, hidden)
                    break


CHECKS = (Check("hidden-field", (), _places, hidden_field, exclusive=False),)
