"""Checks of conditional requests (RFC 9110 section 13), where the document has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.checks.item_view import as_json
from contracts.checks.stored_fields import changed_fields, settled, weaker
from contracts.checks.valid_bodies import distinct_body, every_change
from contracts.cleanup.created_items import CreatedItem
from contracts.client.distinct_values import distinct
from contracts.client.request_builder import MISSING, CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from contracts.runner.item_maker import CONFLICT
from mockserver.contract import Contract

NEVER = '"contract-check-never"'
"""An entity tag that no item has."""

EARLIER = 4_321
"""How much is subtracted from an entity tag to get an older one."""

OPTIONAL = "The document names entity tags, but no If-None-Match and no 304."


def conditional_get(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> None:
    """A GET with the current entity tag returns 304, and one with an old tag the item, which has another tag then."""
    created = context.create(resource, distinct_body(context, resource))
    first = context.get(created)
    tag = _tag_of(context, created, first)
    doubt = None if _has_header(op, "if-none-match") or _lists(op, "304") else weaker(context, OPTIONAL)
    again = context.send(op, path=created.path, headers={"if-none-match": tag})
    context.expect_status(
        again.status == 304,
        f"a GET with If-None-Match: {tag}, the current entity tag, returns 304",
        created.exchange,
        first,
        again,
        about="unchanged",
        statement=doubt,
    )
    other = context.send(op, path=created.path, headers={"if-none-match": _older(tag)})
    context.expect_status(
        other.status == 200,
        "a GET with an entity tag in If-None-Match that the item does not have returns the item",
        created.exchange,
        other,
        about="other tag",
    )
    _check_after_update(context, resource, op, created, first, tag)


def _check_after_update(
    context: CheckContext,
    resource: CheckedResource,
    op: ResourceOperation,
    created: CreatedItem,
    first: RecordedExchange,
    tag: str,
) -> None:
    """After an update the item has another tag, and the old one does not say that nothing has changed."""
    change = resource.operations.get("update") or resource.operations.get("replace")
    body = every_change(context, resource, change, created) if change is not None and change.media_type else {}
    if change is None or not body:
        return
    changed = context.send(change, path=created.path, body=body, headers=_matching(change, tag))
    if changed.status >= 300:
        return  # whether updates are accepted is another check
    response = context.send(op, path=created.path, headers={"if-none-match": tag})
    history = (created.exchange, first, changed, response)
    context.expect_status(
        response.status == 200,
        "a GET with the entity tag from before an update returns the updated item",
        *history,
        about="changed",
    )
    context.expect(
        response.status != 200 or response.header("etag") != tag,
        "the entity tag changes with the item",
        f"it is still {tag}",
        *history,
        about="tag",
    )


def precondition(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> None:
    """A request whose If-Match names an old entity tag returns 412 and changes nothing; the current tag is accepted."""
    created = context.create(resource, distinct_body(context, resource))
    body = _body(context, resource, op, created)
    before = settled(context, created)
    tag = context.get(created).header("etag")
    refused = context.send(op, path=created.path, body=body, headers={"if-match": _older(tag) if tag else NEVER})
    context.expect_status(
        refused.status == 412,
        f"{op.name} with an entity tag in If-Match that the item does not have returns 412",
        created.exchange,
        refused,
        about="stale",
    )
    response = context.get(created)
    after = context.item(resource.operations["get"], response) if response.status == 200 else {}
    changed = changed_fields(before, after)
    if refused.status >= 300:
        context.expect(
            not changed,
            "a request that is refused with 412 changes nothing",
            "; ".join(changed),
            created.exchange,
            refused,
            response,
            about="unchanged",
        )
    _check_current(context, resource, op, body)


def _check_current(context: CheckContext, resource: CheckedResource, op: ResourceOperation, body: Any) -> None:
    """With the current tag the request succeeds; the same tag is old after it."""
    created = context.create(resource, distinct_body(context, resource))
    first = context.get(created)
    tag = _tag_of(context, created, first)
    accepted = context.send(op, path=created.path, body=body, headers={"if-match": tag})
    if accepted.status == CONFLICT and _lists(op, str(CONFLICT)):  # another item has a value of the body
        texts = frozenset(name for name, value in created.sent.items() if isinstance(value, str))
        body = every_change(context, resource, op, created, texts)
        accepted = context.send(op, path=created.path, body=body, headers={"if-match": tag}) if body else accepted
    if accepted.status == CONFLICT and _lists(op, str(CONFLICT)):
        raise CannotBuildRequest(
            f"{op.name} answers {CONFLICT} with the current tag: something else may be in conflict"
        )
    context.expect_status(
        200 <= accepted.status < 300 or (tag.startswith("W/") and accepted.status == 412),
        f"{op.name} with If-Match: {tag}, the current entity tag, succeeds",
        created.exchange,
        first,
        accepted,
        about="current",
    )
    if accepted.status >= 300 or op.behaviour.action is None or op.behaviour.action.does == "delete":
        return
    check_reply_tag(context, created, accepted)
    if context.get(created).header("etag") != tag:
        again = context.send(op, path=created.path, body=body, headers={"if-match": tag})
        context.expect_status(
            again.status == 412,
            f"{op.name} with the entity tag from before an update returns 412",
            created.exchange,
            first,
            accepted,
            again,
            about="old",
        )


def check_reply_tag(context: CheckContext, created: CreatedItem, exchange: RecordedExchange) -> None:
    """The tag in the reply to a change is the one that a GET shows (RFC 9110 section 8.8): the next change needs it."""
    tag = exchange.header("etag")
    response = context.get(created) if tag else exchange
    if tag and response.status == 200:
        context.expect(
            response.header("etag") == tag,
            f"the ETag in the reply to {exchange.method} is that of the item after it",
            f"{tag}, and a GET shows {response.header('etag')}",
            created.exchange,
            exchange,
            response,
            about=f"tag of {exchange.method}",
        )


def _body(context: CheckContext, resource: CheckedResource, op: ResourceOperation, created: CreatedItem) -> Any:
    if op.media_type is None:
        return MISSING
    body = every_change(context, resource, op, created)
    if not body:
        raise CannotBuildRequest(f"no valid body of {op.name} changes anything")
    return body


def _tag_of(context: CheckContext, created: CreatedItem, first: RecordedExchange) -> str:
    """The entity tag of an item. Raises CannotBuildRequest if it has none, or another one in every response."""
    tag = first.header("etag")
    if not tag:
        raise CannotBuildRequest(f"a GET of a {created.resource.name} shows no ETag")
    if context.get(created).header("etag") != tag:
        raise CannotBuildRequest(f"the ETag differs in every response: {as_json(tag)}")
    return tag


def _older(tag: str) -> str:
    """An entity tag that the item does not have, in the form of those of this service: perhaps they are times."""
    return str(distinct(tag, -EARLIER, lambda _: True))


def _matching(op: ResourceOperation, tag: str) -> Mapping[str, str] | None:
    return {"if-match": tag} if _has_header(op, "if-match") else None


def _has_header(op: ResourceOperation, name: str) -> bool:
    return any(p.location == "header" and p.name.lower() == name for p in op.operation.parameters)


def _lists(op: ResourceOperation, status: str) -> bool:
    return any(response.status == status for response in op.operation.responses)


def _shows_tag(op: ResourceOperation) -> bool:
    response = op.operation.success()
    return response is not None and any(header.name.lower() == "etag" for header in response.headers)


def _get_places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        op = resource.operations.get("get")
        if op is None or not resource.can("create"):
            continue
        if _has_header(op, "if-none-match") or _lists(op, "304") or _shows_tag(op):
            source = "RFC 9110 sections 13.1.2 and 8.8"
            text = "Entity tags tell whether an item has changed."
            yield op.name, StatementRef(op.name, "http", "documented", source, text), (resource, op)


def _write_places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        found = [op for kind in ("update", "replace", "delete") if (op := resource.operations.get(kind))]
        for op in {each.name: each for each in found}.values():
            if resource.can("create", "get") and _has_header(op, "if-match"):
                source = "RFC 9110 section 13.1.1"
                text = "A request whose If-Match does not hold is not carried out."
                yield op.name, StatementRef(op.name, "http", "documented", source, text), (resource, op)


CHECKS = (
    Check("conditional-get", (), _get_places, conditional_get, exclusive=False),
    Check("precondition", (), _write_places, precondition, exclusive=False),
)
